/* SPDX-License-Identifier: MIT
 *
 * The column chooser of a table: chosen ones first in their order, then the
 * rest as the field table has them.  Changes act at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "memtop/field.h"
#include "memtop/text.h"
#include "popup.h"

#define HELP_COLUMN 22

struct chooser {
	uint8_t fields[PROCESS_FIELD_COUNT]; /* the chosen ones first */
	size_t count, chosen, cursor;
	struct scroll scroll;
};

static const struct field *field_of(uint8_t id)
{
	return &entities[ENTITY_PROCESS].fields[id];
}

static bool is_chosen(const struct table *table, uint8_t id)
{
	return memchr(table->columns, id, table->ncolumns) != NULL;
}

static void load(struct chooser *chooser, const struct table *table)
{
	memcpy(chooser->fields, table->columns, table->ncolumns);
	chooser->count = chooser->chosen = table->ncolumns;
	for (uint8_t id = 0; id < PROCESS_FIELD_COUNT; id++)
		if (field_of(id)->title && !is_chosen(table, id))
			chooser->fields[chooser->count++] = id;
	if (chooser->cursor >= chooser->count)
		chooser->cursor = chooser->count - 1;
}

static void store(const struct chooser *chooser, struct table *table)
{
	memcpy(table->columns, chooser->fields, chooser->chosen);
	table->ncolumns = chooser->chosen;
	if (table->column >= table->ncolumns)
		table->column = table->ncolumns - 1;
}

/* Moves the field at `from` so that it stands at `to`. */
static void move(struct chooser *chooser, size_t from, size_t to)
{
	uint8_t id = chooser->fields[from];
	size_t low = from < to ? from : to;
	size_t n = from < to ? to - from : from - to;

	if (from < to)
		memmove(chooser->fields + low, chooser->fields + low + 1, n);
	else
		memmove(chooser->fields + low + 1, chooser->fields + low, n);
	chooser->fields[to] = id;
}

/* Switched on, a column goes to the end of the chosen ones, before a last
 * text that takes the rest of the line; switched off, behind them.  The
 * cursor stays on its line. */
static void toggle(struct ui *ui, struct chooser *chooser)
{
	size_t at = chooser->cursor;

	if (at < chooser->chosen) {
		if (chooser->chosen == 1) {
			ui_message(ui, "the last column stays");
			return;
		}
		move(chooser, at, --chooser->chosen);
	} else {
		size_t to = chooser->chosen++;

		if (to && chooser->fields[to - 1] == PROCESS_COMMAND)
			to--;
		move(chooser, at, to);
		chooser->cursor = to;
	}
}

static void shift(struct chooser *chooser, int by)
{
	size_t at = chooser->cursor;

	if (at >= chooser->chosen || (by < 0 && !at) ||
	    (by > 0 && at + 1 >= chooser->chosen))
		return;
	chooser->cursor = by < 0 ? at - 1 : at + 1;
	move(chooser, at, chooser->cursor);
}

static void defaults(struct chooser *chooser, struct table *table)
{
	memcpy(table->columns, table->view->columns, table->view->ncolumns);
	table->ncolumns = table->view->ncolumns;
	table->column = 0;
	load(chooser, table);
}

/* Cells for what a column means; 0: neither that nor its cost. */
static int help_cells(const struct canvas *c)
{
	return c->cols > 45 ? c->cols - 39 : 0;
}

static void draw_line(const struct canvas *c, int row,
		      const struct chooser *chooser, size_t i,
		      const struct table *table)
{
	const struct field *field = field_of(chooser->fields[i]);
	int help = help_cells(c);

	draw_format(c, row, 0, STYLE_NORMAL, "[%c] %-10.10s %5d",
		    i < chooser->chosen ? 'x' : ' ', field->title,
		    (int)field->width);
	draw_name(c, row, HELP_COLUMN, STYLE_NORMAL, help, field->help,
		  strlen(field->help));
	if (help)
		draw_text(c, row, HELP_COLUMN + help + 1, STYLE_NORMAL,
			  field->costly ? "smaps, slow" : "free");
	if (chooser->fields[i] == table->query.sort)
		draw_text(c, row, c->cols - 4, STYLE_NORMAL, "sort");
	if (i == chooser->cursor) {
		draw_restyle(c, row, 0, c->cols, STYLE_CURSOR);
		draw_park(c, row, 0);
	}
}

static void draw_dropped(const struct canvas *c, int row,
			 const struct view *view)
{
	int col = draw_text(c, row, 0, STYLE_NORMAL,
			    "Dropped first when narrow:");

	for (size_t i = 0; i < view->ndrop; i++)
		col = draw_format(c, row, col, STYLE_NORMAL, " %s",
				  field_of(view->drop[i])->title);
}

static void chooser_title(const struct ui *ui, const struct chooser *chooser,
			  char *buf, size_t size)
{
	int used = 1;

	for (size_t i = 0; i < chooser->chosen; i++)
		used += 1 + field_of(chooser->fields[i])->width;
	snprintf(buf, size, "Columns of %s  (%d wide: %d used)",
		 panes[ui->pane]->title, ui->cols, used);
}

static void chooser_draw(struct ui *ui, const struct canvas *screen)
{
	struct chooser *chooser = ui->popup_state;
	const struct table *table = ui_table(ui);
	struct canvas c, list;
	char title[80];

	chooser_title(ui, chooser, title, sizeof(title));
	c = popup_frame(screen, chooser->count + 2, POPUP_WIDTH, title,
			"Space on/off   J/K move   s sort by   r defaults   "
			"Esc done");
	if (help_cells(&c))
		draw_format(&c, 0, 0, STYLE_HEADING,
			    "    %-10s WIDTH  %-*s COST", "COLUMN",
			    help_cells(&c), "MEANING");
	else
		draw_text(&c, 0, 0, STYLE_HEADING, "    COLUMN     WIDTH");
	list = canvas_part(&c, 1, 0, c.rows > 2 ? c.rows - 2 : 0, -1);
	scroll_fit(&chooser->scroll, chooser->count, (size_t)list.rows);
	scroll_show(&chooser->scroll, chooser->cursor);
	for (int row = 0; row < list.rows; row++) {
		size_t i = chooser->scroll.top + (size_t)row;

		if (i < chooser->count)
			draw_line(&list, row, chooser, i, table);
	}
	draw_dropped(&c, c.rows - 1, table->view);
}

static void move_cursor(struct chooser *chooser, int key)
{
	size_t page = chooser->scroll.page;

	if (key == KEYCODE_UP || key == 'k')
		chooser->cursor = sub_floor(chooser->cursor, 1);
	else if (key == KEYCODE_DOWN || key == 'j')
		chooser->cursor++;
	else if (key == KEYCODE_PAGE_UP)
		chooser->cursor = sub_floor(chooser->cursor, page);
	else if (key == KEYCODE_PAGE_DOWN)
		chooser->cursor += page;
	else if (key == KEYCODE_HOME || key == 'g')
		chooser->cursor = 0;
	else if (key == KEYCODE_END || key == 'G')
		chooser->cursor = chooser->count;
	if (chooser->cursor >= chooser->count)
		chooser->cursor = chooser->count - 1;
}

static bool chooser_key(struct ui *ui, int key)
{
	struct chooser *chooser = ui->popup_state;
	struct table *table = ui_table(ui);

	switch (key) {
	case ' ':
		toggle(ui, chooser);
		break;
	case 'J':
		shift(chooser, 1);
		break;
	case 'K':
		shift(chooser, -1);
		break;
	case 's':
		act_sort_by(ui, chooser->fields[chooser->cursor]);
		break;
	case 'r':
		defaults(chooser, table);
		break;
	default:
		move_cursor(chooser, key);
		return !popup_closes(key) && key != 'f' && key != KEYCODE_ENTER;
	}
	store(chooser, table);
	return true;
}

static void chooser_close(struct ui *ui)
{
	free(ui->popup_state);
}

static const struct popup chooser_popup = {
	.name = "columns",
	.draw = chooser_draw,
	.key = chooser_key,
	.close = chooser_close,
};

void popup_columns(struct ui *ui, int arg)
{
	struct chooser *chooser;

	(void)arg;
	if (ui->details)
		return;
	chooser = popup_memory(ui, sizeof(*chooser));
	if (!chooser)
		return;
	load(chooser, ui_table(ui));
	ui_open_popup(ui, &chooser_popup, chooser);
}
