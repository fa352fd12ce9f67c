/* SPDX-License-Identifier: MIT
 *
 * Private to the Mappings page: its state, and drawing it.
 */
#ifndef UI_PAGE_MAPPINGS_H
#define UI_PAGE_MAPPINGS_H

#include "mappings.h"
#include "popup.h"

struct mappings_page {
	struct map_query query;
	struct map_list list;
	uint64_t now_id, before_id; /* of the replies the list is made from */
	bool stale;		    /* the query has changed */
	uint64_t cursor_id;	    /* of the item under the cursor */
	size_t cursor;
	struct scroll scroll;
};

extern const char *const mappings_sort_titles[MAP_COLUMN_COUNT];

/* The list and what is under the cursor; the list is up to date. */
void mappings_draw(struct ui *ui, const struct canvas *c);

#endif
