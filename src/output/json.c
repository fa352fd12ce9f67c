/* SPDX-License-Identifier: MIT
 *
 * JSON Lines: one object a sample and line, keys from the field tables.  It is
 * written member by member and row by row, so that thousands of processes are
 * never held as a tree of objects: memtop runs where memory is short.
 */
#include "json_write.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "memtop/format.h"
#include "memtop/ledger.h"
#include "memtop/list.h"
#include "memtop/swap_held.h"

/* Raised when a key changes its meaning or goes away. */
enum { JSON_VERSION = 1 };

static int put_head(FILE *stream, const struct snapshot *snapshot)
{
	char time[FORMAT_SIZE], seconds[EXPORT_NUMBER_SIZE];
	const char *host = snapshot->host ? snapshot->host->name : "";
	int r;

	format_rfc3339(time, snapshot->realtime_ns);
	fprintf(stream, "{\"version\":%d,\"time\":\"%s\"", JSON_VERSION, time);
	r = json_put_key(stream, "host", json_text(host, strlen(host)));
	if (r < 0)
		return r;
	if (snapshot->interval_ns == UNKNOWN)
		fputs(",\"interval\":null", stream);
	else
		fprintf(stream, ",\"interval\":%s",
			export_double(seconds, (double)snapshot->interval_ns /
						       (double)NS_PER_S));
	return json_put_key(stream, "verdict",
			    json_verdict(&snapshot->verdict));
}

static int put_single_entities(FILE *stream, const struct snapshot *snapshot)
{
	int r = 0;

	for (size_t i = 0; i < ENTITY_COUNT && r == 0; i++) {
		const struct entity *entity = &entities[i];
		const void *row = (const char *)snapshot + entity->offset;

		if (!entity->repeated && !entity->on_demand)
			r = json_put_key(stream, entity->name,
					 json_row(entity, row));
	}
	return r;
}

static int put_vmstat(FILE *stream, const struct snapshot *snapshot)
{
	const struct counter_names *names = snapshot->vmstat_names;
	struct json_flat values = { 0 }, rates = { 0 };
	int r;

	if (snapshot->vmstat_block.state != STATE_OK) {
		fputs(",\"vmstat\":null,\"vmstat_rates\":null", stream);
		return 0;
	}
	json_flat_begin(&values);
	json_flat_begin(&rates);
	for (size_t i = 0; names && i < names->count; i++) {
		const struct counter *counter = &snapshot->vmstat[i];

		json_flat_u64(&values, names->names[i], counter->value);
		json_flat_double(&rates, names->names[i], counter->rate);
	}
	fputs(",\"vmstat\":", stream);
	r = json_flat_put(&values, stream);
	fputs(",\"vmstat_rates\":", stream);
	if (r == 0)
		r = json_flat_put(&rates, stream);
	json_flat_done(&values);
	json_flat_done(&rates);
	return r;
}

static int put_row(FILE *stream, const struct entity *entity, const void *row,
		   struct json_flat *flat)
{
	json_flat_begin(flat);
	for (size_t i = 0; i < entity->nfields; i++)
		json_flat_field(flat, entity, &entity->fields[i], row);
	return json_flat_put(flat, stream);
}

static int put_rows(FILE *stream, enum entity_id id, const struct list *list)
{
	const struct entity *entity = &entities[id];
	bool is_flat = json_is_flat(entity);
	struct json_flat flat = { 0 };
	int r = 0;

	if (list_state(list) != STATE_OK)
		return json_put_key(stream, entity->name, NULL);
	fprintf(stream, ",\"%s\":[", entity->name);
	for (size_t i = 0; i < list->count && r == 0; i++) {
		const void *row = list_row(list, i);

		if (i)
			fputc(',', stream);
		r = is_flat ? put_row(stream, entity, row, &flat)
			    : json_put_object(stream, json_row(entity, row));
	}
	fputc(']', stream);
	json_flat_done(&flat);
	return r;
}

static int put_list(FILE *stream, const struct snapshot *snapshot,
		    enum entity_id id)
{
	return put_rows(stream, id, snapshot_list(snapshot, id));
}

static int put_swap_held(FILE *stream, const struct snapshot *snapshot)
{
	const struct list *list = swap_held_list(snapshot);
	int r = list ? put_rows(stream, ENTITY_SWAP_HELD, list) : -ENOMEM;

	list_unref(list);
	return r;
}

static void add_state(struct json_flat *flat, const char *key, enum state state)
{
	const char *name = state_name(state);

	if (state != STATE_OK)
		json_flat_text(flat, key, name, strlen(name));
}

/* Why there is null, or a row of nulls, in place of figures. */
static int put_unread(FILE *stream, const struct snapshot *snapshot)
{
	struct json_flat flat = { 0 };
	int r;

	json_flat_begin(&flat);
	for (size_t i = 0; i < ENTITY_LIST_FIRST; i++) {
		const struct entity *entity = &entities[i];
		const char *row = (const char *)snapshot + entity->offset;
		uint16_t block = entity->fields[0].block;

		if (block != NO_BLOCK)
			add_state(&flat, entity->name,
				  ((const struct block *)(row + block))->state);
	}
	add_state(&flat, "vmstat", snapshot->vmstat_block.state);
	for (int i = ENTITY_LIST_FIRST; i < ENTITY_LIST_END; i++)
		add_state(&flat, entities[i].name,
			  list_state(snapshot_list(snapshot, i)));
	fputs(",\"unread\":", stream);
	r = json_flat_put(&flat, stream);
	json_flat_done(&flat);
	return r;
}

static int put_part(FILE *stream, struct json_flat *flat,
		    const struct ledger *ledger, enum ledger_part part)
{
	const char *name = ledger_name(part);
	const char *freeable = freeable_name(ledger_freeable(part));

	json_flat_begin(flat);
	json_flat_text(flat, "name", name, strlen(name));
	json_flat_u64(flat, "bytes", ledger->bytes[part]);
	json_flat_text(flat, "freeable", freeable, strlen(freeable));
	return json_flat_put(flat, stream);
}

static int put_ledger(FILE *stream, const struct snapshot *snapshot)
{
	struct json_flat flat = { 0 };
	struct ledger ledger;
	int r = ledger_make(snapshot, &ledger);

	if (r < 0)
		return json_put_key(stream, "ledger", NULL);
	fputs(",\"ledger\":[", stream);
	for (int i = 0; i < LEDGER_COUNT && r == 0; i++) {
		if (i)
			fputc(',', stream);
		r = put_part(stream, &flat, &ledger, (enum ledger_part)i);
	}
	fprintf(stream, "],\"ledger_excess\":%" PRIu64, ledger.excess);
	json_flat_done(&flat);
	return r;
}

/* How the expensive read came out, and how old it is. */
static void add_smaps(struct json_flat *flat, const struct process *process,
		      const struct snapshot *snapshot)
{
	const struct block *smaps = &process->smaps;
	const char *state = state_name(smaps->state);
	uint64_t age = sub_floor(snapshot->monotonic_ns, smaps->read_ns);
	bool known = smaps->state == STATE_OK && smaps->read_ns;

	json_flat_text(flat, "smaps_state", state, strlen(state));
	json_flat_u64(flat, "smaps_age_ms", known ? age / NS_PER_MS : UNKNOWN);
}

/* A column that is named twice is one key. */
static bool is_repeated(const struct output_options *options, size_t column)
{
	for (size_t i = 0; i < column; i++)
		if (options->columns[i] == options->columns[column])
			return true;
	return false;
}

static void add_columns(struct json_flat *flat,
			const struct output_options *options,
			const struct process *process)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];

	for (size_t i = 0; i < options->ncolumns; i++)
		if (!is_repeated(options, i))
			json_flat_field(flat, entity,
					&entity->fields[options->columns[i]],
					process);
}

/* What a group has that a process has not; its name comes first. */
static void add_group(struct json_flat *flat, const struct row *row)
{
	const char *label = row->label ? row->label : "";

	json_flat_text(flat, "name", label, strlen(label));
	json_flat_u64(flat, "count", row->count);
	json_flat_u64(flat, "denied", row->denied);
	json_flat_i64(flat, "largest_pid", row->key.pid);
}

static int put_process(FILE *stream, const struct output_options *options,
		       const struct snapshot *snapshot, const struct row *row,
		       struct json_flat *flat)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];

	json_flat_begin(flat);
	if (options->query.group != GROUP_NONE)
		add_group(flat, row);
	if (options->columns)
		add_columns(flat, options, row->process);
	else
		for (size_t i = 0; i < entity->nfields; i++)
			json_flat_field(flat, entity, &entity->fields[i],
					row->process);
	if (options->query.group == GROUP_NONE)
		add_smaps(flat, row->process, snapshot);
	return json_flat_put(flat, stream);
}

static int put_processes(FILE *stream, const struct output_options *options,
			 const struct snapshot *snapshot)
{
	struct json_flat flat = { 0 };
	struct rows rows = { 0 };
	enum group_by group = options->query.group;
	int r = rows_build(snapshot, &options->query, &rows);

	if (r == 0 && group != GROUP_NONE) {
		fprintf(stream, ",\"group_by\":\"%s\"", group_name(group));
		fputs(",\"groups\":[", stream);
	} else if (r == 0) {
		fprintf(stream, ",\"%s\":[", entities[ENTITY_PROCESS].name);
	}
	for (size_t i = 0; i < rows.count && r == 0; i++) {
		if (i)
			fputc(',', stream);
		r = put_process(stream, options, snapshot, &rows.list[i],
				&flat);
		if (r == 0)
			r = export_status(stream);
	}
	fputc(']', stream);
	json_flat_done(&flat);
	rows_done(&rows);
	return r;
}

static int json_sample(FILE *stream, const struct output_options *options,
		       const struct snapshot *snapshot)
{
	int r;

	errno = 0;
	r = put_head(stream, snapshot);
	if (r == 0)
		r = put_single_entities(stream, snapshot);
	if (r == 0)
		r = put_ledger(stream, snapshot);
	if (r == 0)
		r = put_swap_held(stream, snapshot);
	if (r == 0)
		r = put_vmstat(stream, snapshot);
	for (int i = ENTITY_LIST_FIRST; i < ENTITY_LIST_END && r == 0; i++)
		r = put_list(stream, snapshot, i);
	if (r == 0)
		r = put_unread(stream, snapshot);
	if (r == 0)
		r = json_put_key(stream, "limit", json_own_limit(snapshot));
	if (r == 0)
		r = json_put_key(stream, "oom", json_oom(snapshot));
	if (r == 0)
		r = put_processes(stream, options, snapshot);
	if (r < 0)
		return r;
	fputs("}\n", stream);
	return export_status(stream);
}

const struct output_format output_json = {
	.name = "json",
	.sample = json_sample,
};
