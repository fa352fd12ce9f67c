/* SPDX-License-Identifier: MIT
 *
 * What the Swap and THP panes show above their tables, in lines.
 */
#include "text_table.h"

#include <string.h>

#include "memtop/field.h"
#include "memtop/format.h"
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

/* As wide as the longest cell: there are few devices. */
static int swaps_width(const struct field *field,
		       const struct snapshot *snapshot)
{
	int width = max_int(text_cells(field->title), field->width);
	char buf[CELL_SIZE];

	for (size_t i = 0; i < snapshot->nswaps; i++)
		width = max_int(width,
				put_cell(buf, &entities[ENTITY_SWAP], field,
					 &snapshot->swaps[i], snapshot));
	return width;
}

/* device NULL: the titles */
static void put_swap_line(struct text_lines *lines,
			  const struct snapshot *snapshot,
			  const struct swap *device)
{
	const struct entity *entity = &entities[ENTITY_SWAP];

	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		char buf[CELL_SIZE];
		int cells, width;

		if (!field->title)
			continue;
		width = swaps_width(field, snapshot);
		if (device)
			cells = put_cell(buf, entity, field, device, snapshot);
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

static void put_swaps(struct text_lines *lines, const struct snapshot *snapshot)
{
	if (snapshot->swaps_block.state != STATE_OK || !snapshot->nswaps)
		return;
	put_swap_line(lines, snapshot, NULL);
	for (size_t i = 0; i < snapshot->nswaps; i++)
		put_swap_line(lines, snapshot, &snapshot->swaps[i]);
	text_lines_end(lines);
}

static void put_thp(struct text_lines *lines, const struct snapshot *snapshot)
{
	const struct entity *entity = &entities[ENTITY_THP];

	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		char buf[CELL_SIZE];

		put_cell(buf, entity, field, &snapshot->thp, snapshot);
		text_lines_add(lines, "%-27s %s", field->name, buf);
		text_lines_end(lines);
	}
	text_lines_end(lines);
}

void text_extra(struct text_lines *lines, const struct output_options *options,
		const struct snapshot *snapshot)
{
	if (options->view == &views[VIEW_SWAP])
		put_swaps(lines, snapshot);
	else if (options->view == &views[VIEW_THP])
		put_thp(lines, snapshot);
}
