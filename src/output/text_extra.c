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

static int put_cell(char *buf, const struct entity *entity,
		    const struct field *field, const void *row,
		    const struct snapshot *snapshot)
{
	struct cell_context context = {
		.now_ns = snapshot->monotonic_ns,
		.boottime_ns = snapshot->boottime_ns,
		.unit = FORMAT_AUTO,
		.max_cells = field->left ? NAME_CELLS : field->width,
	};
	struct value value = field_get(entity, field, row);

	return value_cell(buf, CELL_SIZE, field, &value, &context);
}

static int column_width(const struct field *field)
{
	int title = text_cells(field->title);

	return title > field->width ? title : field->width;
}

/* A swap's name leads its line, as long as it is; the others are columns. */
static void put_swaps(struct text_lines *lines, const struct snapshot *snapshot)
{
	const struct entity *entity = &entities[ENTITY_SWAP];

	if (snapshot->swaps_block.state != STATE_OK || !snapshot->nswaps)
		return;
	for (size_t row = 0; row <= snapshot->nswaps; row++) {
		for (size_t i = 0; i < entity->nfields; i++) {
			const struct field *field = &entity->fields[i];
			char buf[CELL_SIZE];
			int cells, width;

			if (!field->title)
				continue;
			width = column_width(field);
			if (row == 0)
				cells = snprintf(buf, sizeof(buf), "%s",
						 field->title);
			else
				cells = put_cell(buf, entity, field,
						 &snapshot->swaps[row - 1],
						 snapshot);
			if (!field->left)
				text_lines_pad(lines, width - cells);
			text_lines_add(lines, "%s ", buf);
			if (field->left)
				text_lines_pad(lines, width - cells);
		}
		text_lines_end(lines);
	}
	text_lines_end(lines);
}

static void put_thp(struct text_lines *lines, const struct snapshot *snapshot)
{
	const struct entity *entity = &entities[ENTITY_THP];

	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		char buf[CELL_SIZE];

		put_cell(buf, entity, field, &snapshot->thp, snapshot);
		text_lines_add(lines, "%-24s %s", field->name, buf);
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
