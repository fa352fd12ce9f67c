/* SPDX-License-Identifier: MIT
 *
 * What the Swap and THP panes show above their tables, in lines.
 */
#include "text_table.h"

#include <string.h>

#include "memtop/field.h"
#include "memtop/format.h"
#include "memtop/list.h"
#include "memtop/text.h"

enum { CELL_SIZE = 512, NAME_CELLS = 40 };

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

static int put_cell(char *buf, const struct entity *entity,
		    const struct field *field, const void *row,
		    const struct snapshot *snapshot)
{
	struct cell_context context = {
		.now_ns = snapshot->monotonic_ns,
		.boottime_ns = snapshot->boottime_ns,
		.unit = FORMAT_AUTO,
		.max_cells = NAME_CELLS,
	};
	struct value value = field_get(entity, field, row);

	return value_cell(buf, CELL_SIZE, field, &value, &context);
}

/* As wide as the longest cell. */
static int column_width(const struct field *field, const struct list *list,
			const struct snapshot *snapshot)
{
	int width = max_int(text_cells(field->title), field->width);
	char buf[CELL_SIZE];

	for (size_t i = 0; i < list_count(list); i++)
		width = max_int(width,
				put_cell(buf, &entities[list->entity], field,
					 list_row(list, i), snapshot));
	return width;
}

/* row NULL: the titles */
static void put_list_line(struct text_lines *lines,
			  const struct snapshot *snapshot,
			  const struct list *list, const void *row)
{
	const struct entity *entity = &entities[list->entity];

	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		char buf[CELL_SIZE];
		int cells, width;

		if (!field->title)
			continue;
		width = column_width(field, list, snapshot);
		if (row)
			cells = put_cell(buf, entity, field, row, snapshot);
		else
			cells = snprintf(buf, sizeof(buf), "%s", field->title);
		if (!field->left)
			text_lines_pad(lines, width - cells);
		text_lines_add(lines, "%s ", buf);
		if (field->left)
			text_lines_pad(lines, width - cells);
	}
	text_lines_end(lines);
}

static void put_list(struct text_lines *lines, const struct snapshot *snapshot,
		     enum entity_id id)
{
	const struct list *list = snapshot_list(snapshot, id);

	if (list_state(list) != STATE_OK || !list->count)
		return;
	put_list_line(lines, snapshot, list, NULL);
	for (size_t i = 0; i < list->count; i++)
		put_list_line(lines, snapshot, list, list_row(list, i));
	text_lines_end(lines);
}

static void put_single(struct text_lines *lines,
		       const struct snapshot *snapshot, enum entity_id id)
{
	const struct entity *entity = &entities[id];
	const void *row = (const char *)snapshot + entity->offset;

	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		char buf[CELL_SIZE];

		put_cell(buf, entity, field, row, snapshot);
		text_lines_add(lines, "%-27s %s", field->name, buf);
		text_lines_end(lines);
	}
	text_lines_end(lines);
}

/* A kernel without it needs no lines that say so twenty times. */
static void put_zswap(struct text_lines *lines, const struct snapshot *snapshot)
{
	if (snapshot->zswap.block.state != STATE_OK)
		return;
	text_lines_add(lines, "zswap");
	text_lines_end(lines);
	put_single(lines, snapshot, ENTITY_ZSWAP);
}

void text_extra(struct text_lines *lines, const struct output_options *options,
		const struct snapshot *snapshot)
{
	if (options->view == &views[VIEW_SWAP]) {
		put_list(lines, snapshot, ENTITY_SWAP);
		put_list(lines, snapshot, ENTITY_ZRAM);
		put_zswap(lines, snapshot);
	} else if (options->view == &views[VIEW_THP]) {
		put_single(lines, snapshot, ENTITY_THP);
		put_list(lines, snapshot, ENTITY_MTHP);
		put_list(lines, snapshot, ENTITY_HUGETLB);
	}
}
