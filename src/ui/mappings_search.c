/* SPDX-License-Identifier: MIT
 *
 * Search in the Mappings page: moves the cursor to names and addresses, and
 * hides nothing.  Apart from the page because it goes on while a prompt is
 * open, whatever happens to the list meanwhile.
 */
#include <stdio.h>
#include <string.h>

#include "page_mappings.h"

static void select_row(struct mappings_page *page, ptrdiff_t row)
{
	page->cursor = (size_t)row;
	page->cursor_id = map_list_id(&page->list, page->cursor);
}

static void count_matches(const struct mappings_page *page, const char *text,
			  char *buf, size_t size)
{
	size_t which, count = map_list_matches(&page->list, text, page->cursor,
					       &which);

	if (count)
		snprintf(buf, size, "match %zu of %zu, n N next", which, count);
	else
		snprintf(buf, size, "no match");
}

/* Where the cursor was when the search began. */
static ptrdiff_t search_origin(const struct mappings_page *page)
{
	for (size_t i = 0; i < page->list.count; i++)
		if (map_list_id(&page->list, i) == page->search_from)
			return (ptrdiff_t)i;
	return 0;
}

/* NULL: there is nothing to search. */
static struct mappings_page *searched(struct ui *ui)
{
	struct mappings_page *page = ui->page_state;

	return ui->details && ui->page == PAGE_MAPPINGS && mappings_sync(ui) &&
			       page->list.count
		       ? page
		       : NULL;
}

static void search_changed(struct ui *ui, const char *text)
{
	struct mappings_page *page = searched(ui);
	ptrdiff_t from, found = -1;

	ui->prompt_error[0] = '\0';
	if (!page)
		return;
	from = search_origin(page);
	if (*text)
		found = map_list_find(&page->list, text, from, 1);
	select_row(page, found < 0 ? from : found);
	if (*text)
		count_matches(page, text, ui->prompt_error,
			      sizeof(ui->prompt_error));
}

static void search_done(struct ui *ui, const char *text)
{
	struct mappings_page *page = searched(ui);

	if (!page)
		return;
	snprintf(page->search, sizeof(page->search), "%s", text);
	if (*text && map_list_find(&page->list, text, 0, 1) < 0)
		ui_message(ui, "no match for %s", text);
}

static void search_cancelled(struct ui *ui)
{
	struct mappings_page *page = searched(ui);

	if (page)
		select_row(page, search_origin(page));
}

static const struct prompt search_prompt = {
	.label = "/ search: ",
	.changed = search_changed,
	.done = search_done,
	.cancelled = search_cancelled,
};

static void next_match(struct ui *ui, struct mappings_page *page, int direction)
{
	ptrdiff_t found;
	char text[64];

	if (!page->search[0]) {
		ui_message(ui, "nothing to search for; / asks");
		return;
	}
	found = map_list_find(&page->list, page->search,
			      (ptrdiff_t)page->cursor + direction, direction);
	if (found >= 0)
		select_row(page, found);
	count_matches(page, page->search, text, sizeof(text));
	ui_message(ui, "/%.64s: %s", page->search, text);
}

bool mappings_search(struct ui *ui, const char *action)
{
	struct mappings_page *page = ui->page_state;
	bool begins = !strcmp(action, "search");
	int direction = !strcmp(action, "next-match")	    ? 1
			: !strcmp(action, "previous-match") ? -1
							    : 0;

	if (!begins && !direction)
		return false;
	if (!page->list.count)
		return true;
	if (begins) {
		page->search_from = map_list_id(&page->list, page->cursor);
		ui_open_prompt(ui, &search_prompt, "");
	} else {
		next_match(ui, page, direction);
	}
	return true;
}
