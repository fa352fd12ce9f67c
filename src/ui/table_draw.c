/* SPDX-License-Identifier: MIT
 *
 * A table on a canvas: header, rows, cursor, marks, tree lines.  Only reads
 * the state that table.c keeps, but for the scroll position and the number
 * of rows that fit.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "layout.h"
#include "memtop/text.h"

/* Below this many lines the header row gives way to a row. */
#define HEADER_FROM 4
/* From here on a ranking ends with the sum of the rest. */
#define REST_FROM 6

static char sort_mark(const struct table *table, const struct slot *slot)
{
	bool tree = table->query.tree && table->query.group == GROUP_NONE;

	if (slot->field_id != table->query.sort)
		return ' ';
	/* a tree is ordered by the totals of its branches */
	if (tree && slot->field_id == PROCESS_PSS && !slot->subtree)
		return ' ';
	return table->query.reverse ? '^' : 'v';
}

static void draw_title(const struct table *table, const struct slot *slot,
		       const struct canvas *c)
{
	char title[64];
	char mark = sort_mark(table, slot);
	bool here = slot->field_id != NO_FIELD && !slot->subtree &&
		    slot->field_id == table_field(table);
	int cells, col = slot->col;

	snprintf(title, sizeof(title), "%s%c", slot->title, mark);
	if (mark == ' ')
		title[strlen(title) - 1] = '\0';
	cells = text_cells(slot->title);
	if (!slot->left) {
		col += slot->width - cells - (slot->mark ? 1 : 0);
		/* its mark must not touch the next title */
		if (mark != ' ' && !slot->mark)
			col--;
	}
	draw_text(c, 0, col, STYLE_HEADING, title);
	if (here)
		draw_restyle(c, 0, col, cells, STYLE_CURSOR);
}

static void draw_header(const struct table *table, const struct layout *layout,
			const struct canvas *c)
{
	for (size_t i = 0; i < layout->count; i++)
		if (!layout->slots[i].hidden)
			draw_title(table, &layout->slots[i], c);
}

/* "java -Xms30g" without the directory in front, unless asked for. */
static void draw_command(const struct ui *ui, const struct process *process,
			 const struct canvas *c, int row, int col, int width)
{
	const char *bytes = text_str(process->command);
	size_t len = text_len(process->command);
	const char *blank = memchr(bytes, ' ', len);
	size_t program = blank ? (size_t)(blank - bytes) : len;
	const char *slash = memrchr(bytes, '/', program);

	if (!len) {
		draw_name(c, row, col, STYLE_NORMAL, width, process->comm,
			  strlen(process->comm));
		return;
	}
	if (!ui->full_command && slash && bytes[0] == '/' &&
	    slash + 1 < bytes + program) {
		len -= (size_t)(slash + 1 - bytes);
		bytes = slash + 1;
	}
	draw_name(c, row, col, STYLE_NORMAL, width, bytes, len);
}

static void draw_text_cell(const struct cell_input *in, const struct slot *slot,
			   const struct canvas *c, int line)
{
	char buf[CELL_SIZE * 4];
	const struct branch branch = { .rails = in->row->rails,
				       .depth = in->row->depth,
				       .last = in->row->last,
				       .collapsed = in->row->collapsed };
	int col = slot->col, end = slot->col + slot->width;

	if (slot->field_id == PROCESS_COMMAND) {
		if (in->table->query.tree)
			col = draw_branch(c, line, col, &branch);
		draw_command(in->ui, in->row->process, c, line, col,
			     end > col ? end - col : 0);
		return;
	}
	if (!slot->field && !slot->cell) { /* the name of a group */
		draw_name(c, line, col, STYLE_NORMAL, slot->width,
			  in->row->label ? in->row->label : "",
			  in->row->label ? strlen(in->row->label) : 0);
		return;
	}
	layout_cell(in, slot, buf, sizeof(buf));
	draw_name(c, line, col, cell_is_dim(buf) ? STYLE_DIM : STYLE_NORMAL,
		  slot->width, buf, strlen(buf));
}

static void draw_number(const struct slot *slot, const struct canvas *c,
			int line, const char *text)
{
	int end = slot->col + slot->width, len = text_cells(text);

	/* '<' may stand in the blank before the column */
	if (len > slot->width + 1 || len > end)
		draw_name(c, line, slot->col, STYLE_NORMAL, slot->width, text,
			  strlen(text));
	else
		draw_text(c, line, end - len,
			  cell_is_dim(text) ? STYLE_DIM : STYLE_NORMAL, text);
}

static void draw_number_cell(const struct cell_input *in,
			     const struct slot *slot, const struct canvas *c,
			     int line)
{
	char buf[CELL_SIZE];

	layout_cell(in, slot, buf, sizeof(buf));
	draw_number(slot, c, line, buf);
}

static void draw_row(const struct cell_input *in, const struct layout *layout,
		     const struct canvas *c, int line)
{
	bool cursor = in->table->cursor_row == (ptrdiff_t)in->index;

	if (cursor)
		draw_text(c, line, 0, STYLE_NORMAL, ">");
	else if (!in->row->label && ui_marked(in->ui, in->row->key))
		draw_text(c, line, 0, STYLE_BOLD, "*");
	for (size_t i = 0; i < layout->count; i++) {
		const struct slot *slot = &layout->slots[i];

		if (slot->hidden)
			continue;
		if (slot->left)
			draw_text_cell(in, slot, c, line);
		else
			draw_number_cell(in, slot, c, line);
	}
	if (cursor) {
		draw_restyle(c, line, 0, c->cols, STYLE_CURSOR);
		draw_park(c, line, 0);
	}
}

/* Whom the cursor was on: his name stays, his figures don't. */
static void draw_gone_row(const struct ui *ui, const struct table *table,
			  const struct layout *layout, const struct canvas *c,
			  int line)
{
	const struct row row = { .process = table->seen,
				 .key = table->seen->key,
				 .count = 1 };
	const struct cell_input in = { .ui = ui, .table = table, .row = &row };

	for (size_t i = 0; i < layout->count; i++) {
		const struct slot *slot = &layout->slots[i];

		if (slot->hidden)
			continue;
		if (slot->field_id == table->query.sort)
			draw_right(c, line, slot->col, STYLE_DIM, slot->width,
				   "gone");
		else if (slot->left)
			draw_text_cell(&in, slot, c, line);
		else if (slot->field_id == PROCESS_PID)
			draw_number_cell(&in, slot, c, line);
	}
	draw_restyle(c, line, 0, c->cols, STYLE_DIM);
	draw_park(c, line, 0);
}

static struct rest rest_sum(const struct table *table,
			    const struct field *field)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];
	const struct rests *rests = &table->rests;
	struct rest ret = { .state = STATE_OK };

	for (size_t i = 0; i < table->rows.count; i++) {
		struct value value;
		double number;

		if (i >= rests->top && i < rests->end)
			continue;
		value = field_get(entity, field, table->rows.list[i].process);
		number = value_number(&value);
		if (isnan(number)) {
			ret.state = value.state;
			continue;
		}
		ret.known = true;
		ret.bound |= value.state != STATE_OK;
		ret.sum += number;
	}
	return ret;
}

static const struct rest *rest_of(struct table *table, const struct slot *slot)
{
	struct rests *rests = &table->rests;
	size_t id = slot->field_id, end = table->top + table->visible;

	if (rests->top != table->top || rests->end != end)
		*rests = (struct rests){ .top = table->top, .end = end };
	if (!rests->summed[id]) {
		rests->summed[id] = true;
		rests->of[id] = rest_sum(table, slot->field);
	}
	return &rests->of[id];
}

static void rest_cell(const struct ui *ui, struct table *table,
		      const struct slot *slot, char *buf, size_t size)
{
	char text[FORMAT_SIZE];
	const struct rest *rest;

	*buf = '\0';
	if (!slot->field || slot->field->aggregate != AGGREGATE_SUM)
		return;
	rest = rest_of(table, slot);
	if (!rest->known)
		/* a rate that has no two reads yet is in no state of its own */
		snprintf(text, sizeof(text), "%s",
			 rest->state == STATE_OK ? ".."
						 : state_mark(rest->state));
	else if (slot->field->unit == UNIT_BYTES ||
		 slot->field->unit == UNIT_BYTES_PER_SECOND)
		format_bytes(text, clamp_u64(rest->sum),
			     (enum format_unit)ui->unit);
	else if (slot->field->unit == UNIT_BYTES_PER_MINUTE)
		format_bytes_signed(text, rest->sum * 60,
				    (enum format_unit)ui->unit);
	else
		format_rate(text, rest->sum);
	snprintf(buf, size, "%s%s%s", rest->bound ? "<" : "", text,
		 slot->mark ? " " : "");
}

/* "218 others  2.1G": so that the columns add up to the whole. */
static void draw_rest(const struct ui *ui, struct table *table,
		      const struct layout *layout, const struct canvas *c,
		      int line)
{
	char buf[CELL_SIZE];

	for (size_t i = 0; i < layout->count; i++) {
		const struct slot *slot = &layout->slots[i];

		if (slot->hidden)
			continue;
		if (!slot->field && !slot->cell) {
			draw_format(c, line, slot->col, STYLE_NORMAL,
				    "%zu others",
				    table->rows.count - table->visible);
			continue;
		}
		rest_cell(ui, table, slot, buf, sizeof(buf));
		draw_number(slot, c, line, buf);
	}
}

static bool gone_shown(const struct table *table)
{
	return table->gone_ns && table->cursor_row < 0 && table->seen;
}

static void scroll(struct table *table, size_t lines, size_t fit)
{
	size_t cursor = table->cursor_row >= 0 ? (size_t)table->cursor_row
					       : table->gone_row;

	if (table->show_cursor && fit) {
		if (cursor < table->top)
			table->top = cursor;
		else if (cursor >= table->top + fit)
			table->top = cursor - fit + 1;
		table->show_cursor = false;
	}
	if (table->top + fit > lines)
		table->top = lines > fit ? lines - fit : 0;
}

static void draw_empty(const struct ui *ui, const struct canvas *c, int line)
{
	const char *text = ui->filter || *ui->user_filter
				   ? "No process matches the filter "
				     "(Esc clears it)."
				   : "No process here.";

	if (ui->snapshot)
		draw_name(c, line, 2, STYLE_DIM, c->cols - 2, text,
			  strlen(text));
}

void table_draw(struct ui *ui, struct table *table, const struct canvas *c)
{
	struct layout layout;
	struct canvas body = *c;
	bool gone = gone_shown(table), rest;
	size_t lines = table->rows.count + (gone ? 1 : 0);

	if (c->rows <= 0 || c->cols <= 0 || !ui->snapshot)
		return;
	layout_make(table, c->cols, &layout);
	if (c->rows >= HEADER_FROM) {
		draw_header(table, &layout, c);
		body = canvas_part(c, 1, 0, -1, -1);
	}
	rest = table->view == &views[VIEW_OVERVIEW] &&
	       table->query.group != GROUP_NONE && body.rows >= REST_FROM &&
	       lines > (size_t)body.rows;
	if (rest)
		body.rows--;
	table->visible = (size_t)body.rows;
	scroll(table, lines, (size_t)body.rows);
	if (!lines)
		draw_empty(ui, &body, 0);
	for (int line = 0; line < body.rows; line++) {
		size_t at = table->top + (size_t)line;
		struct cell_input in = { .ui = ui, .table = table };

		if (gone && at == table->gone_row) {
			draw_gone_row(ui, table, &layout, &body, line);
			continue;
		}
		in.index = gone && at > table->gone_row ? at - 1 : at;
		if (in.index >= table->rows.count)
			break;
		in.row = &table->rows.list[in.index];
		draw_row(&in, &layout, &body, line);
	}
	if (rest) {
		body.rows++;
		draw_rest(ui, table, &layout, &body, body.rows - 1);
	}
}
