/* SPDX-License-Identifier: MIT
 *
 * The table of a view as lines: the cells of the screen, right-aligned
 * figures, tree rails, groups with their largest member.
 */
#include "text_table.h"

#include <ctype.h>
#include <string.h>

#include "export.h"
#include "memtop/format.h"
#include "memtop/text.h"

enum {
	CELL_SIZE = 256,
	LABEL_CELLS = 48, /* of a group's name, at most */
	LAST_CELLS = 18,  /* of the command, at least */
	MEMBER_CELLS = 20,
};

struct column {
	const struct field *field;
	uint8_t index; /* enum process_field */
	bool subtree;  /* the total of the row and all below it */
	bool sorted;   /* its title has the mark of the order */
};

struct table {
	const struct output_options *options;
	const struct snapshot *snapshot;
	struct column columns[PROCESS_FIELD_COUNT + 1];
	size_t ncolumns;
	bool grouped;
	int label_cells;
};

static int title_cells(const struct column *column)
{
	const char *title = column->field->title;

	return text_cells(title ? title : column->field->name) +
	       column->subtree;
}

static int column_width(const struct column *column)
{
	int title = title_cells(column) + column->field->mark;

	return title > column->field->width ? title : column->field->width;
}

/* Blanks behind a column.  The mark of the order uses the cell of the age
 * marks; a column without one gets a cell for it. */
static int column_gap(const struct column *column)
{
	return 1 + (column->sorted && !column->field->mark);
}

static void add_column(struct table *table, uint8_t index, bool subtree)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];

	if (table->ncolumns == ARRAY_SIZE(table->columns))
		return;
	table->columns[table->ncolumns++] = (struct column){
		.field = &entity->fields[index],
		.index = index,
		.subtree = subtree,
		.sorted = index == table->options->query.sort && !subtree,
	};
}

static void remove_column(struct table *table, uint8_t index)
{
	size_t kept = 0;

	for (size_t i = 0; i < table->ncolumns; i++)
		if (table->columns[i].index != index)
			table->columns[kept++] = table->columns[i];
	table->ncolumns = kept;
}

static int table_width(const struct table *table)
{
	int width = table->grouped ? table->label_cells + 6 + MEMBER_CELLS : 0;

	for (size_t i = 0; i < table->ncolumns; i++)
		width += table->columns[i].field->left &&
					 i + 1 == table->ncolumns
				 ? LAST_CELLS
				 : column_width(&table->columns[i]) +
					   column_gap(&table->columns[i]);
	return width;
}

/* Of a group only what its members add up to or agree on; neither its own name
 * again nor commands: the largest member stands for them. */
static bool is_shown(const struct table *table, uint8_t index)
{
	static const uint8_t own[GROUP_COUNT] = {
		[GROUP_NONE] = NO_FIELD,
		[GROUP_USER] = PROCESS_USER,
		[GROUP_COMMAND] = PROCESS_COMMAND,
		[GROUP_CGROUP] = PROCESS_CGROUP,
	};
	const struct field *field = &entities[ENTITY_PROCESS].fields[index];

	if (!table->grouped)
		return true;
	return field->aggregate != AGGREGATE_NONE && index != PROCESS_COMM &&
	       index != PROCESS_COMMAND &&
	       index != own[table->options->query.group];
}

static void choose_columns(struct table *table, const struct text_lines *lines)
{
	const struct output_options *options = table->options;
	const struct entity *entity = &entities[ENTITY_PROCESS];
	const uint8_t *columns;
	size_t ncolumns = export_columns(options, &columns);
	bool tree = options->query.tree && !table->grouped;

	for (size_t i = 0; i < ncolumns; i++) {
		const struct field *field = &entity->fields[columns[i]];

		if (!is_shown(table, columns[i]))
			continue;
		add_column(table, columns[i], false);
		if (tree && columns[i] == options->query.sort &&
		    field->aggregate == AGGREGATE_SUM)
			add_column(table, columns[i], true);
	}
	if (options->columns || lines->width <= 0)
		return;
	for (size_t i = 0; i < options->view->ndrop; i++) {
		if (table_width(table) <= lines->width)
			break;
		remove_column(table, options->view->drop[i]);
	}
}

static void put_title(const struct table *table, struct text_lines *lines,
		      const struct column *column)
{
	const struct field *field = column->field;
	int blanks = column_width(column) - title_cells(column) - field->mark;
	char order = table->options->query.reverse ? '^' : 'v';

	if (!field->left)
		text_lines_pad(lines, blanks);
	text_lines_add(
		lines, "%s%s%c", field->title ? field->title : field->name,
		column->subtree ? "+" : "", column->sorted ? order : ' ');
	if (field->left)
		text_lines_pad(lines, blanks);
	/* one of the gap, or the cell of the age mark, is used already */
	text_lines_pad(lines, column_gap(column) + field->mark - 1);
}

static void put_header(const struct table *table, struct text_lines *lines)
{
	if (table->grouped) {
		const char *name = group_name(table->options->query.group);

		for (const char *c = name; *c; c++)
			text_lines_add(lines, "%c", toupper((unsigned char)*c));
		text_lines_pad(lines, table->label_cells - (int)strlen(name));
		text_lines_add(lines, " %4s ", "N");
	}
	for (size_t i = 0; i < table->ncolumns; i++)
		put_title(table, lines, &table->columns[i]);
	if (table->grouped)
		text_lines_add(lines, "TOP MEMBER");
	text_lines_end(lines);
}

/* "|  |- " before a name in a tree */
static void put_rails(struct text_lines *lines, const struct row *row)
{
	for (uint16_t depth = 1; depth < row->depth; depth++) {
		bool goes_on =
			depth < 64 && row->rails & (UINT64_C(1) << depth);

		text_lines_add(lines, "%s", goes_on ? "|  " : "   ");
	}
	if (row->depth)
		text_lines_add(lines, "%s", row->last ? "`- " : "|- ");
}

/* Texts go whole into the last column; text_lines_end() cuts the line. */
static void put_text(const struct table *table, struct text_lines *lines,
		     const struct column *column, const struct value *value,
		     bool last)
{
	char buf[CELL_SIZE];
	int cells;
	struct cell_context context = {
		.now_ns = table->snapshot->monotonic_ns,
		.boottime_ns = table->snapshot->boottime_ns,
		.realtime_ns = table->snapshot->realtime_ns,
		.unit = FORMAT_AUTO,
		.max_cells = last ? CELL_SIZE - 1 : column_width(column),
	};

	if (last && value->state == STATE_OK && value->kind == KIND_TEXT) {
		text_lines_add(lines, "%.*s", (int)value->text.len,
			       value->text.bytes);
		return;
	}
	cells = value_cell(buf, sizeof(buf), column->field, value, &context);
	text_lines_add(lines, "%s", buf);
	text_lines_pad(lines,
		       column_width(column) - cells + column_gap(column));
}

/* Right-aligned; the '<' of a bound may take the blank before the column. */
static void put_number(const struct table *table, struct text_lines *lines,
		       const struct column *column, const struct value *value)
{
	char buf[CELL_SIZE];
	int width = column_width(column);
	struct cell_context context = {
		.now_ns = table->snapshot->monotonic_ns,
		.boottime_ns = table->snapshot->boottime_ns,
		.realtime_ns = table->snapshot->realtime_ns,
		.unit = FORMAT_AUTO,
		.max_cells = width + 1,
	};
	int cells =
		value_cell(buf, sizeof(buf), column->field, value, &context);

	if (cells > width)
		text_lines_unpad(lines, (size_t)(cells - width));
	text_lines_pad(lines, width - cells);
	text_lines_add(lines, "%s", buf);
	text_lines_pad(lines, column_gap(column));
}

static void put_member(struct text_lines *lines, const struct row *row)
{
	if (row->largest)
		text_lines_add(lines, "%s[%d]", row->largest->comm,
			       (int)row->largest->key.pid);
	if (row->denied)
		text_lines_add(lines, "  %zu of %zu not permitted", row->denied,
			       row->count);
}

static void put_label(const struct table *table, struct text_lines *lines,
		      const struct row *row)
{
	char buf[CELL_SIZE];
	const char *label = row->label ? row->label : "-";
	int cells = text_printable(buf, sizeof(buf), label, strlen(label),
				   table->label_cells);

	text_lines_add(lines, "%s", buf);
	text_lines_pad(lines, table->label_cells - cells);
	text_lines_add(lines, " %4zu ", row->count);
}

static void put_row(const struct table *table, struct text_lines *lines,
		    const struct row *row)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];

	if (table->grouped)
		put_label(table, lines, row);
	for (size_t i = 0; i < table->ncolumns; i++) {
		const struct column *column = &table->columns[i];
		bool last = i + 1 == table->ncolumns && !table->grouped;
		const struct process *process = column->subtree && row->subtree
							? row->subtree
							: row->process;
		struct value value = field_get(entity, column->field, process);

		if (last && column->field->left)
			put_rails(lines, row);
		if (column->field->left)
			put_text(table, lines, column, &value, last);
		else
			put_number(table, lines, column, &value);
	}
	if (table->grouped)
		put_member(lines, row);
	text_lines_end(lines);
}

static void measure_labels(struct table *table, const struct rows *rows)
{
	int longest = (int)strlen(group_name(table->options->query.group));
	char buf[CELL_SIZE];

	for (size_t i = 0; i < rows->count; i++) {
		const char *label = rows->list[i].label;
		int cells = label ? text_printable(buf, sizeof(buf), label,
						   strlen(label), LABEL_CELLS)
				  : 1;

		if (cells > longest)
			longest = cells;
	}
	table->label_cells = longest;
}

int text_table(struct text_lines *lines, const struct output_options *options,
	       const struct snapshot *snapshot)
{
	struct table table = {
		.options = options,
		.snapshot = snapshot,
		.grouped = options->query.group != GROUP_NONE,
	};
	struct rows rows = { 0 };
	int r = rows_build(snapshot, &options->query, &rows);

	if (r < 0)
		return r;
	if (table.grouped)
		measure_labels(&table, &rows);
	choose_columns(&table, lines);
	put_header(&table, lines);
	for (size_t i = 0; i < rows.count && !lines->error; i++)
		put_row(&table, lines, &rows.list[i]);
	rows_done(&rows);
	return lines->error;
}
