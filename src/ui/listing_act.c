/* SPDX-License-Identifier: MIT
 *
 * What keys do to a listing: the actions of the process tables, on rows of a
 * list.  Filter and search, which ask first, are in listing_find.c.
 */
#include <stdlib.h>

#include "act.h"
#include "listing_private.h"
#include "tiles.h"

/* No re-sort under the eye of somebody who moves the cursor. */
#define HOLD_NS (2 * NS_PER_S)

/* ---- moving -------------------------------------------------------------- */

static void move(struct ui *ui, struct listing *listing, int arg)
{
	enum move how = (enum move)(abs(arg) - 1);
	ptrdiff_t last = (ptrdiff_t)listing->count - 1, step;
	ptrdiff_t row = listing->cursor_row;
	int sign = arg < 0 ? -1 : 1;

	if (last < 0)
		return;
	ui->hold_until_ns = ui_now(ui) + HOLD_NS;
	if (how == MOVE_END) {
		listing_select(listing, sign < 0 ? 0 : last);
		return;
	}
	step = how == MOVE_ROW	  ? 1
	       : how == MOVE_HALF ? (ptrdiff_t)(listing->visible / 2)
				  : (ptrdiff_t)listing->visible;
	if (row < 0) /* from where a row was that is gone */
		row = (ptrdiff_t)listing->gone_row - (sign > 0 ? 1 : 0);
	row += sign * (step ? step : 1);
	listing_select(listing, row < 0 ? 0 : row > last ? last : row);
}

static void column(struct ui *ui, struct listing *listing, int direction)
{
	(void)ui;
	if (direction < 0 && listing->column > 0)
		listing->column--;
	else if (direction > 0 && listing->column + 1 < listing->ncolumns)
		listing->column++;
}

static void open_row(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	if (listing->spec->open && listing_selected(listing))
		listing->spec->open(ui, listing);
}

/* ---- order --------------------------------------------------------------- */

void listing_sort_by(struct ui *ui, struct listing *listing, uint8_t id)
{
	listing->sort = id;
	listing->reverse = false;
	listing->top = 0;
	for (size_t i = 0; i < listing->ncolumns; i++)
		if (listing->columns[i] == id)
			listing->column = i;
	listing_rebuild(ui, listing);
	ui_message(ui, "sorted by %s", listing_field_at(listing, id)->title);
}

static void sort_step(struct ui *ui, struct listing *listing, int direction)
{
	for (size_t i = 0; i < listing->ncolumns; i++) {
		if (listing->columns[i] != listing->sort)
			continue;
		if ((direction < 0 && i == 0) ||
		    (direction > 0 && i + 1 == listing->ncolumns))
			return;
		listing_sort_by(
			ui, listing,
			listing->columns[direction < 0 ? i - 1 : i + 1]);
		return;
	}
	listing_sort_by(ui, listing, listing->columns[0]);
}

static void sort_here(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	listing_sort_by(ui, listing, listing->columns[listing->column]);
}

/* The titles in the menu; one menu is open at a time. */
static const char *sort_items[LISTING_COLUMNS_MAX];

static void sort_picked(struct ui *ui, size_t index)
{
	struct listing *listing = tiles_listing(ui);

	listing_sort_by(ui, listing, listing->columns[index]);
}

static void sort_menu(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	for (size_t i = 0; i < listing->ncolumns; i++)
		sort_items[i] =
			listing_field_at(listing, listing->columns[i])->title;
	popup_menu(ui, "Sort by", sort_items, listing->ncolumns, sort_picked);
}

static void reverse(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	listing->reverse = !listing->reverse;
	listing_rebuild(ui, listing);
}

static void active(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	if (!listing->spec->active) {
		ui_message(ui, "every row counts here");
		return;
	}
	listing->active = !listing->active;
	listing_rebuild(ui, listing);
	ui_message(ui, listing->active ? "only rows with %s" : "all rows",
		   field_find(listing->entity, listing->spec->active)->title);
}

static void follow(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	listing->follow = listing->show_cursor = !listing->follow;
	listing_select(listing, listing->cursor_row);
	ui_message(ui, listing->follow ? "following the selected row"
				       : "not following any more");
}

/* ---- tree ---------------------------------------------------------------- */

static bool is_tree(struct ui *ui, const struct listing *listing)
{
	if (!listing->spec->parent)
		ui_message(ui, "these rows are no tree");
	else if (!listing->tree)
		ui_message(ui, "only a tree has branches (t)");
	return listing->spec->parent && listing->tree;
}

static void tree(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	if (!listing->spec->parent) {
		is_tree(ui, listing); /* says why */
		return;
	}
	listing->tree = !listing->tree;
	listing_rebuild(ui, listing);
}

static void collapse_here(struct ui *ui, struct listing *listing,
			  bool collapsed)
{
	if (!is_tree(ui, listing) || listing->cursor_row < 0)
		return;
	listing_collapse(listing, listing->rows[listing->cursor_row].id,
			 collapsed);
	listing_rebuild(ui, listing);
}

static void expand(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	collapse_here(ui, listing, false);
}

static void collapse(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	collapse_here(ui, listing, true);
}

static void expand_all(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	if (!is_tree(ui, listing))
		return;
	if (listing->ncollapsed)
		listing->ncollapsed = 0;
	else
		for (size_t i = 0; i < listing->count; i++)
			if (listing->rows[i].has_children &&
			    listing->rows[i].depth > 0)
				listing_collapse(listing, listing->rows[i].id,
						 true);
	listing_rebuild(ui, listing);
}

/* ---- which key does what ------------------------------------------------- */

bool listing_act(struct ui *ui, struct listing *listing,
		 const struct action *action)
{
	/* clang-format off */
	static const struct {
		void (*action)(struct ui *ui, int arg);
		void (*run)(struct ui *ui, struct listing *listing, int arg);
	} runs[] = {
		{ act_move, move },	       { act_column, column },
		{ act_search, listing_search }, { act_match, listing_match },
		{ act_filter, listing_filter }, { act_open, open_row },
		{ act_follow, follow },	       { act_sort_step, sort_step },
		{ act_sort_here, sort_here },  { act_sort_menu, sort_menu },
		{ act_reverse, reverse },      { act_tree, tree },
		{ act_expand, expand },	       { act_collapse, collapse },
		{ act_expand_all, expand_all },	{ act_active, active },
	};
	/* clang-format on */

	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		if (runs[i].action != action->run)
			continue;
		runs[i].run(ui, listing, action->arg);
		ui->dirty = true;
		return true;
	}
	return false;
}
