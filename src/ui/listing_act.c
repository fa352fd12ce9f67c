/* SPDX-License-Identifier: MIT
 *
 * What keys do to a listing: the actions of the process tables, on rows of a
 * list.  Prompts and menus find the listing that has the keys again when they
 * are answered, by tiles_listing().
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "tiles.h"
#include "listing.h"
#include "memtop/text.h"

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
		listing_sort_by(ui, listing,
				listing->columns[direction < 0 ? i - 1
							       : i + 1]);
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

/* ---- filter -------------------------------------------------------------- */

int listing_set_filter(struct ui *ui, struct listing *listing,
		       const char *text, char *ret_error, size_t size)
{
	struct filter_error error = { 0 };
	struct filter *filter;
	int r = filter_parse_for(listing->entity, text, &filter, &error);

	if (r < 0) {
		snprintf(ret_error, size, "%s",
			 r == -EINVAL ? error.what : "no memory");
		return r;
	}
	filter_free(listing->filter);
	listing->filter = filter;
	if (text != listing->filter_text)
		snprintf(listing->filter_text, sizeof(listing->filter_text),
			 "%s", text);
	listing_rebuild(ui, listing);
	return 0;
}

static void filter_changed(struct ui *ui, const char *text)
{
	struct listing *listing = tiles_listing(ui);

	if (listing_set_filter(ui, listing, text, ui->prompt_error,
			       sizeof(ui->prompt_error)) == 0)
		snprintf(ui->prompt_error, sizeof(ui->prompt_error),
			 "%zu of %zu %s", listing->matched, listing->total,
			 listing->spec->noun);
}

static void filter_done(struct ui *ui, const char *text)
{
	char error[96];

	if (listing_set_filter(ui, tiles_listing(ui), text, error,
			       sizeof(error)) < 0)
		ui_message(ui, "filter: %s", error);
}

static void filter_cancelled(struct ui *ui)
{
	char error[96];

	listing_set_filter(ui, tiles_listing(ui), ui->prompt_saved, error,
			   sizeof(error));
}

static const struct prompt filter_prompt = {
	.label = "& filter: ",
	.changed = filter_changed,
	.done = filter_done,
	.cancelled = filter_cancelled,
};

static void filter(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	memcpy(ui->prompt_saved, listing->filter_text,
	       sizeof(listing->filter_text));
	ui_open_prompt(ui, &filter_prompt, listing->filter_text);
}

/* ---- search -------------------------------------------------------------- */

static bool has_upper(const char *s)
{
	for (; *s; s++)
		if (isupper((unsigned char)*s))
			return true;
	return false;
}

/* In any text of the row; case matters when the pattern has a capital. */
static bool row_matches(const struct listing *listing, const void *row,
			const char *pattern)
{
	for (size_t i = 0; i < listing->entity->nfields; i++) {
		const struct field *field = &listing->entity->fields[i];
		struct value value = field_get(listing->entity, field, row);
		char text[256];

		if (value.state != STATE_OK || value.kind != KIND_TEXT)
			continue;
		snprintf(text, sizeof(text), "%.*s",
			 (int)min_u64(value.text.len, sizeof(text) - 1),
			 value.text.bytes);
		if (has_upper(pattern) ? strstr(text, pattern) != NULL
				       : strcasestr(text, pattern) != NULL)
			return true;
	}
	return false;
}

/* The next row that matches, from `from` on, around the end; -1: none. */
static ptrdiff_t find_match(const struct listing *listing, const char *pattern,
			    ptrdiff_t from, int direction)
{
	ptrdiff_t n = (ptrdiff_t)listing->count;

	for (ptrdiff_t i = 0; i < n; i++) {
		ptrdiff_t at = ((from + direction * i) % n + n) % n;

		if (row_matches(listing, listing->rows[at].row, pattern))
			return at;
	}
	return -1;
}

static void count_matches(const struct listing *listing, const char *pattern,
			  char *buf, size_t size)
{
	size_t count = 0, which = 0;

	for (size_t i = 0; i < listing->count; i++) {
		if (!row_matches(listing, listing->rows[i].row, pattern))
			continue;
		count++;
		if ((ptrdiff_t)i == listing->cursor_row)
			which = count;
	}
	if (count)
		snprintf(buf, size, "match %zu of %zu, n N next", which, count);
	else
		snprintf(buf, size, "no match");
}

/* Back to where the cursor was when the search began. */
static ptrdiff_t search_origin(const struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		if (listing->rows[i].id == listing->search_from)
			return (ptrdiff_t)i;
	return listing->cursor_row < 0 ? 0 : listing->cursor_row;
}

static void search_changed(struct ui *ui, const char *text)
{
	struct listing *listing = tiles_listing(ui);
	ptrdiff_t from = search_origin(listing), found = -1;

	ui->prompt_error[0] = '\0';
	if (*text)
		found = find_match(listing, text, from, 1);
	listing_select(listing, found < 0 ? from : found);
	if (*text)
		count_matches(listing, text, ui->prompt_error,
			      sizeof(ui->prompt_error));
}

static void search_done(struct ui *ui, const char *text)
{
	struct listing *listing = tiles_listing(ui);

	snprintf(listing->search, sizeof(listing->search), "%s", text);
	if (*text && find_match(listing, text, 0, 1) < 0)
		ui_message(ui, "no match for %s", text);
}

static void search_cancelled(struct ui *ui)
{
	struct listing *listing = tiles_listing(ui);

	listing_select(listing, search_origin(listing));
}

static const struct prompt search_prompt = {
	.label = "/ search: ",
	.changed = search_changed,
	.done = search_done,
	.cancelled = search_cancelled,
};

static void search(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	listing->search_from = listing->cursor;
	ui_open_prompt(ui, &search_prompt, "");
}

static void match(struct ui *ui, struct listing *listing, int direction)
{
	char text[64];

	if (!listing->search[0]) {
		ui_message(ui, "nothing to search for; / asks");
		return;
	}
	listing_select(listing,
		       find_match(listing, listing->search,
				  listing->cursor_row + direction, direction));
	count_matches(listing, listing->search, text, sizeof(text));
	ui_message(ui, "/%.64s: %s", listing->search, text);
}

bool listing_clear(struct ui *ui, struct listing *listing)
{
	char error[96];

	if (listing->filter) {
		listing_set_filter(ui, listing, "", error, sizeof(error));
		return true;
	}
	if (listing->search[0]) {
		listing->search[0] = '\0';
		return true;
	}
	return false;
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
		{ act_open, open_row },	       { act_search, search },
		{ act_match, match },	       { act_filter, filter },
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
