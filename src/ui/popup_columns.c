/* SPDX-License-Identifier: MIT
 *
 * The column chooser of a table or listing: chosen ones first in their order,
 * then the rest as the field table has them.  Changes act at once.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "memtop/field.h"
#include "memtop/text.h"
#include "popup.h"
#include "tiles.h"

#define HELP_COLUMN 22

struct chooser {
	const struct entity *entity;
	uint8_t fields[UINT8_MAX]; /* the chosen ones first */
	size_t count, chosen, cursor;
	struct scroll scroll;
};

/* The columns of what has the keys: a table of processes or a listing. */
struct chosen {
	uint8_t *columns;
	size_t *count, *column;
	size_t max;
	uint8_t sort;
};

static struct chosen chosen_of(struct ui *ui)
{
	struct listing *listing = tiles_listing(ui);
	struct table *table;

	if (listing)
		return (struct chosen){
			.columns = listing->columns,
			.count = &listing->ncolumns,
			.column = &listing->column,
			.max = LISTING_COLUMNS_MAX,
			.sort = listing->sort,
		};
	table = ui_table(ui);
	return (struct chosen){
		.columns = table->columns,
		.count = &table->ncolumns,
		.column = &table->column,
		.max = PROCESS_FIELD_COUNT,
		.sort = table->query.sort,
	};
}

static const struct field *field_of(const struct chooser *chooser, uint8_t id)
{
	return &chooser->entity->fields[id];
}

static void load(struct ui *ui, struct chooser *chooser)
{
	struct chosen now = chosen_of(ui);

	memcpy(chooser->fields, now.columns, *now.count);
	chooser->count = chooser->chosen = *now.count;
	for (size_t id = 0; id < chooser->entity->nfields; id++)
		if (chooser->entity->fields[id].title &&
		    !memchr(now.columns, (int)id, *now.count))
			chooser->fields[chooser->count++] = (uint8_t)id;
	if (chooser->cursor >= chooser->count)
		chooser->cursor = chooser->count - 1;
}

static void store(struct ui *ui, const struct chooser *chooser)
{
	struct chosen now = chosen_of(ui);

	memcpy(now.columns, chooser->fields, chooser->chosen);
	*now.count = chooser->chosen;
	if (*now.column >= *now.count)
		*now.column = *now.count - 1;
}

/* Rows of a list are known by what stands in front. */
static bool is_fixed(struct ui *ui, size_t at)
{
	if (at > 0 || !tiles_listing(ui))
		return false;
	ui_message(ui, "the first column stays");
	return true;
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

	if (is_fixed(ui, at))
		return;
	if (at < chooser->chosen) {
		if (chooser->chosen == 1) {
			ui_message(ui, "the last column stays");
			return;
		}
		move(chooser, at, --chooser->chosen);
	} else {
		size_t to = chooser->chosen;

		if (to == chosen_of(ui).max) {
			ui_message(ui, "no more than %zu columns", to);
			return;
		}
		chooser->chosen++;
		if (to && chooser->entity == &entities[ENTITY_PROCESS] &&
		    chooser->fields[to - 1] == PROCESS_COMMAND)
			to--;
		move(chooser, at, to);
		chooser->cursor = to;
	}
}

static void shift(struct ui *ui, struct chooser *chooser, int by)
{
	size_t at = chooser->cursor;

	if (at >= chooser->chosen || (by < 0 && !at) ||
	    (by > 0 && at + 1 >= chooser->chosen) ||
	    is_fixed(ui, by < 0 ? at - 1 : at))
		return;
	chooser->cursor = by < 0 ? at - 1 : at + 1;
	move(chooser, at, chooser->cursor);
}

static void defaults(struct ui *ui, struct chooser *chooser)
{
	struct listing *listing = tiles_listing(ui);
	struct chosen now = chosen_of(ui);

	if (listing) {
		listing_default_columns(listing);
	} else {
		const struct view *view = ui_table(ui)->view;

		memcpy(now.columns, view->columns, view->ncolumns);
		*now.count = view->ncolumns;
		*now.column = 0;
	}
	load(ui, chooser);
}

/* Cells for what a column means; 0: neither that nor its cost. */
static int help_cells(const struct canvas *c)
{
	return c->cols > 45 ? c->cols - 39 : 0;
}

static void draw_line(const struct canvas *c, int row,
		      const struct chooser *chooser, size_t i, uint8_t sort)
{
	const struct field *field = field_of(chooser, chooser->fields[i]);
	int help = help_cells(c);

	draw_format(c, row, 0, STYLE_NORMAL, "[%c] %-10.10s %5d",
		    i < chooser->chosen ? 'x' : ' ', field->title,
		    (int)field->width);
	draw_name(c, row, HELP_COLUMN, STYLE_NORMAL, help, field->help,
		  strlen(field->help));
	if (help && chooser->entity == &entities[ENTITY_PROCESS])
		draw_text(c, row, HELP_COLUMN + help + 1, STYLE_NORMAL,
			  field->costly ? "smaps, slow" : "free");
	if (chooser->fields[i] == sort)
		draw_text(c, row, c->cols - 4, STYLE_NORMAL, "sort");
	if (i == chooser->cursor) {
		draw_restyle(c, row, 0, c->cols, STYLE_CURSOR);
		draw_park(c, row, 0);
	}
}

static int draw_dropped_name(const struct canvas *c, int row, int col,
			     const struct field *field)
{
	return draw_format(c, row, col, STYLE_NORMAL, " %s", field->title);
}

static void draw_dropped(struct ui *ui, const struct chooser *chooser,
			 const struct canvas *c, int row)
{
	struct listing *listing = tiles_listing(ui);
	const char *const *drop = listing ? listing->spec->drop : NULL;
	const struct view *view = listing ? NULL : ui_table(ui)->view;
	int col = draw_text(c, row, 0, STYLE_NORMAL,
			    "Dropped first when narrow:");

	for (; drop && *drop; drop++)
		col = draw_dropped_name(c, row, col,
					field_find(chooser->entity, *drop));
	for (size_t i = 0; view && i < view->ndrop; i++)
		col = draw_dropped_name(c, row, col,
					field_of(chooser, view->drop[i]));
}

static void chooser_title(const struct ui *ui, const struct chooser *chooser,
			  char *buf, size_t size)
{
	const struct listing *listing = tiles_listing(ui);
	int used = 1;

	for (size_t i = 0; i < chooser->chosen; i++)
		used += 1 + field_of(chooser, chooser->fields[i])->width;
	snprintf(buf, size, "Columns of %s  (%d wide: %d used)",
		 listing ? listing->spec->title : panes[ui->pane]->title,
		 ui->cols, used);
}

static void chooser_draw(struct ui *ui, const struct canvas *screen)
{
	struct chooser *chooser = ui->popup_state;
	uint8_t sort = chosen_of(ui).sort;
	struct canvas c, list;
	char title[80];

	chooser_title(ui, chooser, title, sizeof(title));
	c = popup_frame(screen, chooser->count + 2, POPUP_WIDTH, title,
			"Space on/off   J/K move   s sort by   r defaults   "
			"Esc done");
	if (help_cells(&c))
		draw_format(&c, 0, 0, STYLE_HEADING, "    %-10s WIDTH  %-*s %s",
			    "COLUMN", help_cells(&c), "MEANING",
			    tiles_listing(ui) ? "" : "COST");
	else
		draw_text(&c, 0, 0, STYLE_HEADING, "    COLUMN     WIDTH");
	list = canvas_part(&c, 1, 0, c.rows > 2 ? c.rows - 2 : 0, -1);
	scroll_fit(&chooser->scroll, chooser->count, (size_t)list.rows);
	scroll_show(&chooser->scroll, chooser->cursor);
	for (int row = 0; row < list.rows; row++) {
		size_t i = chooser->scroll.top + (size_t)row;

		if (i < chooser->count)
			draw_line(&list, row, chooser, i, sort);
	}
	draw_dropped(ui, chooser, &c, c.rows - 1);
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
	struct listing *listing = tiles_listing(ui);

	switch (key) {
	case ' ':
		toggle(ui, chooser);
		break;
	case 'J':
		shift(ui, chooser, 1);
		break;
	case 'K':
		shift(ui, chooser, -1);
		break;
	case 's':
		if (listing)
			listing_sort_by(ui, listing,
					chooser->fields[chooser->cursor]);
		else
			act_sort_by(ui, chooser->fields[chooser->cursor]);
		break;
	case 'r':
		defaults(ui, chooser);
		break;
	default:
		move_cursor(chooser, key);
		return !popup_closes(key) && key != 'f' && key != KEYCODE_ENTER;
	}
	store(ui, chooser);
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
	chooser->entity = tiles_listing(ui) ? tiles_listing(ui)->entity
					    : &entities[ENTITY_PROCESS];
	load(ui, chooser);
	ui_open_popup(ui, &chooser_popup, chooser);
}
