/* SPDX-License-Identifier: MIT
 *
 * What a pane shows beside a table of processes, in lines: lists with a column
 * for each field, single entities with a line for each.
 */
#include "text_table.h"

#include <string.h>

#include "export.h"
#include "memtop/format.h"
#include "memtop/list.h"
#include "memtop/text.h"

enum { CELL_SIZE = 512, NAME_CELLS = 40 };

struct text_column {
	const struct field *field;
	int width;
};

struct text_list {
	const struct snapshot *snapshot;
	const struct entity *entity;
	struct export_rows rows;
	struct text_column columns[OUTPUT_COLUMNS];
	size_t ncolumns;
};

static int max_int(int a, int b)
{
	return a > b ? a : b;
}

static int put_cell(char *buf, int max_cells, const struct entity *entity,
		    const struct field *field, const void *row,
		    const struct snapshot *snapshot)
{
	struct cell_context context = {
		.now_ns = snapshot->monotonic_ns,
		.boottime_ns = snapshot->boottime_ns,
		.realtime_ns = snapshot->realtime_ns,
		.unit = FORMAT_AUTO,
		.max_cells = max_cells,
	};
	struct value value = field_get(entity, field, row);

	return value_cell(buf, CELL_SIZE, field, &value, &context);
}

static const char *title_of(const struct field *field)
{
	return field->title ? field->title : field->name;
}

/* As wide as the longest cell. */
static void add_column(struct text_list *list, const struct field *field)
{
	int width = max_int(text_cells(title_of(field)), field->width);
	char buf[CELL_SIZE];

	for (size_t i = 0; i < list->rows.count; i++)
		width = max_int(width,
				put_cell(buf, NAME_CELLS, list->entity, field,
					 export_row(&list->rows, i),
					 list->snapshot));
	list->columns[list->ncolumns++] =
		(struct text_column){ .field = field, .width = width };
}

static int list_width(const struct text_list *list)
{
	int width = -1; /* no blank behind the last */

	for (size_t i = 0; i < list->ncolumns; i++)
		width += list->columns[i].width + 1;
	return width;
}

static void remove_column(struct text_list *list, const char *name)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->ncolumns; i++)
		if (list->columns[i].field != field_find(list->entity, name))
			list->columns[kept++] = list->columns[i];
	list->ncolumns = kept;
}

static void choose_columns(struct text_list *list, const struct view_list *of,
			   const struct output_options *options, int width)
{
	const struct entity *entity = list->entity;

	if (options->columns && entity == view_entity(options->view)) {
		for (size_t i = 0; i < options->ncolumns; i++)
			add_column(list, &entity->fields[options->columns[i]]);
		return;
	}
	for (size_t i = 0; of->columns && of->columns[i]; i++)
		add_column(list, field_find(entity, of->columns[i]));
	for (size_t i = 0; !of->columns && i < entity->nfields; i++)
		if (entity->fields[i].title)
			add_column(list, &entity->fields[i]);
	for (size_t i = 0; of->drop && of->drop[i]; i++) {
		if (width <= 0 || list_width(list) <= width)
			break;
		remove_column(list, of->drop[i]);
	}
}

/* row NULL: the titles.  Texts go whole into the last column. */
static void put_line(const struct text_list *list, struct text_lines *lines,
		     const void *row)
{
	for (size_t i = 0; i < list->ncolumns; i++) {
		const struct text_column *column = &list->columns[i];
		const struct field *field = column->field;
		bool last = i + 1 == list->ncolumns;
		char buf[CELL_SIZE];
		int cells;

		if (row)
			cells = put_cell(buf, last ? CELL_SIZE - 1 : NAME_CELLS,
					 list->entity, field, row,
					 list->snapshot);
		else
			cells = snprintf(buf, sizeof(buf), "%s",
					 title_of(field));
		if (!field->left)
			text_lines_pad(lines, column->width - cells);
		text_lines_add(lines, "%s ", buf);
		if (field->left)
			text_lines_pad(lines, column->width - cells);
	}
	text_lines_end(lines);
}

/* "slabs: denied"; beside processes it is not worth a line. */
static bool put_state(struct text_lines *lines,
		      const struct output_options *options,
		      const struct entity *entity, enum state state)
{
	if (options->view->ncolumns)
		return false;
	text_lines_add(lines, "%s: %s", entity->name, state_name(state));
	text_lines_end(lines);
	return true;
}

/* false: there was nothing to write */
static bool put_list(struct text_list *list, const struct view_list *of,
		     const struct output_options *options,
		     struct text_lines *lines)
{
	enum state state = list_state(list->rows.list);

	if (state != STATE_OK)
		return put_state(lines, options, list->entity, state);
	if (!list->rows.count && options->view->ncolumns)
		return false;
	choose_columns(list, of, options, lines->width);
	put_line(list, lines, NULL);
	for (size_t i = 0; i < list->rows.count && !lines->error; i++)
		put_line(list, lines, export_row(&list->rows, i));
	return true;
}

/* A kernel without it needs no lines that say so twenty times. */
static bool put_single(struct text_lines *lines,
		       const struct output_options *options,
		       const struct snapshot *snapshot,
		       const struct entity *entity)
{
	const char *row = (const char *)snapshot + entity->offset;
	const struct block *block =
		(const struct block *)(row + entity->fields[0].block);

	if (block->state != STATE_OK)
		return put_state(lines, options, entity, block->state);
	text_lines_add(lines, "%s", entity->name);
	text_lines_end(lines);
	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		char buf[CELL_SIZE];

		put_cell(buf, CELL_SIZE - 1, entity, field, row, snapshot);
		text_lines_add(lines, "%-27s %s", field->name, buf);
		text_lines_end(lines);
	}
	return true;
}

int text_lists(struct text_lines *lines, const struct output_options *options,
	       const struct snapshot *snapshot)
{
	const struct view *view = options->view;

	for (size_t i = 0; i < view->nlists && !lines->error; i++) {
		const struct view_list *of = &view->lists[i];
		struct text_list list = {
			.snapshot = snapshot,
			.entity = &entities[of->entity],
		};
		bool put;

		if (list.entity->repeated) {
			int r = export_rows_make(options, of, snapshot,
						 &list.rows);

			if (r < 0)
				return r;
			put = put_list(&list, of, options, lines);
			export_rows_done(&list.rows);
		} else {
			put = put_single(lines, options, snapshot, list.entity);
		}
		/* a blank line before what follows */
		if (put && (view->ncolumns || i + 1 < view->nlists))
			text_lines_end(lines);
	}
	return lines->error;
}
