/* SPDX-License-Identifier: MIT
 *
 * Filter and search of a listing: the rows that are shown, and the next one
 * that has a word.  Prompts find the listing that has the keys again when they
 * are answered, by tiles_listing().
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "listing_private.h"
#include "tiles.h"

/* ---- filter -------------------------------------------------------------- */

int listing_set_filter(struct ui *ui, struct listing *listing, const char *text,
		       char *ret_error, size_t size)
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

void listing_filter(struct ui *ui, struct listing *listing, int arg)
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

void listing_search(struct ui *ui, struct listing *listing, int arg)
{
	(void)arg;
	listing->search_from = listing->cursor;
	ui_open_prompt(ui, &search_prompt, "");
}

void listing_match(struct ui *ui, struct listing *listing, int direction)
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
