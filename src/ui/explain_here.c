/* SPDX-License-Identifier: MIT
 *
 * The "Here" line of `?`: the figure that is being explained, exact, with its
 * age and its neighbours.  Apart from the popup because it reads values where
 * that only reads texts.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "explain.h"
#include "memtop/field.h"
#include "memtop/flags.h"
#include "memtop/text.h"
#include "page_mappings.h"
#include "tiles.h"

struct line {
	char *buf;
	size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void add(struct line *line,
						      const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line->buf + line->len, line->size - line->len, format,
		      args);
	va_end(args);
	if (n > 0)
		line->len = min_u64(line->len + (size_t)n, line->size - 1);
}

static void add_number(struct line *line, const struct field *field,
		       const struct value *value,
		       const struct snapshot *snapshot)
{
	struct cell_context context = {
		.boottime_ns = snapshot->boottime_ns,
		.realtime_ns = snapshot->realtime_ns,
		.max_cells = 64,
	};
	char exact[EXACT_BYTES_SIZE], cell[256];

	if (field->unit == UNIT_BYTES && value->kind == KIND_U64) {
		add(line, "%s", exact_bytes(exact, value->u64));
	} else if (field->unit == UNIT_COUNT && value->kind == KIND_U64) {
		add(line, "%s", exact_grouped(exact, value->u64));
	} else {
		value_cell(cell, sizeof(cell), field, value, &context);
		add(line, "%s", cell);
		if (field->unit == UNIT_BYTES_PER_MINUTE)
			add(line, "/min");
		else if (field->unit == UNIT_BYTES_PER_SECOND ||
			 field->unit == UNIT_COUNT_PER_SECOND)
			add(line, "/s");
	}
}

static void add_value(struct line *line, const struct field *field,
		      const struct value *value,
		      const struct snapshot *snapshot)
{
	char exact[EXACT_BYTES_SIZE];

	if (value->state == STATE_OK) {
		add_number(line, field, value, snapshot);
		return;
	}
	add(line, "%s", state_words(value->state));
	if (value->has_bound)
		add(line, "; at most %s", exact_bytes(exact, value->bound));
}

/* PSS, USS and RSS say most beside each other. */
static void add_neighbours(struct line *line, enum process_field id,
			   const struct process *process)
{
	static const enum process_field sizes[] = { PROCESS_RSS, PROCESS_PSS,
						    PROCESS_USS };
	const struct entity *entity = &entities[ENTITY_PROCESS];
	const char *before = "; ";

	if (id != PROCESS_RSS && id != PROCESS_PSS && id != PROCESS_USS)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		const struct field *field = &entity->fields[sizes[i]];
		struct value value = field_get(entity, field, process);
		struct cell_context context = { .max_cells = 8 };
		char cell[64];

		if (sizes[i] == id)
			continue;
		value_cell(cell, sizeof(cell), field, &value, &context);
		/* without the room that tables keep for a mark */
		add(line, "%s%s %.*s", before, field->title,
		    (int)strcspn(cell, " "), cell);
		before = ", ";
	}
}

static bool is_ram(enum process_field id)
{
	return id == PROCESS_RSS || id == PROCESS_PSS || id == PROCESS_USS ||
	       id == PROCESS_ANON || id == PROCESS_FILE ||
	       id == PROCESS_SHMEM || id == PROCESS_THP;
}

/* "G 120M/min; L /batch has 90M left" */
static void add_letters(struct line *line, const struct process *process,
			const struct snapshot *snapshot)
{
	const char *before = "";
	char why[256];

	for (const char *at = process->flags; *at; at++, before = "; ") {
		flags_why(snapshot, process, *at, why, sizeof(why));
		add(line, "%s%c%s%s", before, *at, *why ? " " : "", why);
	}
	if (!process->flags[0])
		add(line, "nothing");
}

static void process_here(struct line *line, const struct field *field,
			 const struct process *process, const char *label,
			 const struct snapshot *snapshot)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];
	enum process_field id = (enum process_field)(field - entity->fields);
	struct value value = field_get(entity, field, process);
	char name[128], text[FORMAT_SIZE];

	if (!label)
		label = process->comm;
	text_printable(name, sizeof(name), label, strlen(label), 24);
	add(line, "%s: ", name);
	if (id == PROCESS_FLAGS && value.state == STATE_OK) {
		add_letters(line, process, snapshot);
		return;
	}
	add_value(line, field, &value, snapshot);
	if (value.state != STATE_OK)
		return;
	if (is_ram(id) && snapshot->memory.total != UNKNOWN)
		add(line, ", %s of RAM",
		    format_percent(text, percent_of(value.u64,
						    snapshot->memory.total)));
	if (field->costly && value.read_ns)
		add(line, ", measured %s ago",
		    format_duration(text, sub_floor(snapshot->monotonic_ns,
						    value.read_ns)));
	add_neighbours(line, id, process);
}

static void counter_here(struct line *line, const char *name,
			 const struct snapshot *snapshot)
{
	const struct counter *counter = snapshot_counter(snapshot, name);
	char text[FORMAT_SIZE];

	if (!counter) {
		add(line, "this kernel has no such counter");
		return;
	}
	add(line, "%s since boot", exact_grouped(text, counter->value));
	if (!isnan(counter->rate))
		add(line, ", %s/s now", format_rate(text, counter->rate));
}

/* One field of a part of the snapshot, or a family "name.avg10 …". */
static void system_here(struct line *line, const struct entity *entity,
			const char *name, const struct snapshot *snapshot)
{
	static const char *const spans[] = { "avg10", "avg60", "avg300" };
	const void *row = (const char *)snapshot + entity->offset;
	const struct field *field = field_find(entity, name);
	struct value value;

	if (field) {
		value = field_get(entity, field, row);
		add_value(line, field, &value, snapshot);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(spans); i++) {
		char full[64];

		snprintf(full, sizeof(full), "%s.%s", name, spans[i]);
		field = field_find(entity, full);
		if (!field)
			return;
		value = field_get(entity, field, row);
		add(line, "%s", i ? ", " : "");
		if (value.state != STATE_OK) {
			add(line, "%s", state_words(value.state));
			return;
		}
		add(line, "%.1f%% (%s)", value.dbl, spans[i] + 3);
	}
}

static const struct entity *single_entity(const char *name, size_t len)
{
	for (int i = 0; i < ENTITY_COUNT; i++)
		if (!entities[i].repeated && !entities[i].on_demand &&
		    strlen(entities[i].name) == len &&
		    !memcmp(entities[i].name, name, len))
			return &entities[i];
	return NULL;
}

/* The record under the cursor: a process, or the figures of a group. */
static const struct process *record_here(struct ui *ui, const char **ret_label)
{
	const struct row *row;

	*ret_label = NULL;
	if (ui->details)
		return ui->last_seen;
	row = table_selected(ui_table(ui));
	if (!row)
		return NULL;
	*ret_label = row->label;
	return row->process;
}

/* A field of the row under the cursor of a listing. */
static void listing_here(struct line *line, const struct listing *listing,
			 const char *name, const struct snapshot *snapshot)
{
	const struct entity *entity = listing->entity;
	const void *row = listing_selected(listing);
	const struct field *field;
	struct value value;
	char cell[64];

	if (!row || strncmp(name, entity->name, strlen(entity->name)) ||
	    name[strlen(entity->name)] != '.')
		return;
	field = field_find(entity, name + strlen(entity->name) + 1);
	if (!field)
		return;
	value = field_get(entity, &entity->fields[0], row);
	value_cell(cell, sizeof(cell), &entity->fields[0], &value,
		   &(struct cell_context){ .max_cells = 40 });
	add(line, "%s: ", cell);
	value = field_get(entity, field, row);
	add_value(line, field, &value, snapshot);
}

bool explain_here(struct ui *ui, const char *name, char *buf, size_t size)
{
	const char *dot = strchr(name, '.'), *label;
	struct line line = { .buf = buf, .size = size };
	const struct process *process;
	const struct entity *entity;
	const struct field *field;

	buf[0] = '\0';
	if (!ui->snapshot)
		return false;
	if (!dot) {
		field = field_find(&entities[ENTITY_PROCESS], name);
		process = record_here(ui, &label);
		if (field && process)
			process_here(&line, field, process, label,
				     ui->snapshot);
	} else if (ui->details && ui->page == PAGE_MAPPINGS &&
		   !strncmp(name, "mappings.", 9)) {
		mappings_here(ui, name, buf, size);
		return buf[0] != '\0';
	} else if (!strncmp(name, "vmstat.", 7)) {
		counter_here(&line, dot + 1, ui->snapshot);
	} else {
		entity = single_entity(name, (size_t)(dot - name));
		if (entity)
			system_here(&line, entity, dot + 1, ui->snapshot);
		else if (tiles_listing(ui))
			listing_here(&line, tiles_listing(ui), name,
				     ui->snapshot);
	}
	return line.len > 0;
}
