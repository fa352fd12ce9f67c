/* SPDX-License-Identifier: MIT
 *
 * Private to the Mappings page: its state, its columns, and drawing it.
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
	bool given_up;		    /* the first read */
	uint64_t cursor_id;	    /* of the item under the cursor */
	size_t cursor;
	struct scroll scroll;
	char search[64];
	uint64_t search_from; /* id of the row where it began */
};

extern const char *const mappings_sort_titles[MAP_COLUMN_COUNT];
/* Their names in the glossary. */
extern const char *const mappings_topics[MAP_COLUMN_COUNT];

/* Makes the list from the newest replies when they or the query changed, and
 * finds the cursor's row again.  false: there is none. */
bool mappings_sync(struct ui *ui);

/* Search and its matches; false: another action.  The list is up to date. */
bool mappings_search(struct ui *ui, const char *action);

/* For `?`: the name in the glossary of what is sorted by, and the line about
 * one of those names for what is under the cursor ("": nothing to say). */
const char *mappings_topic(const struct ui *ui);
void mappings_here(struct ui *ui, const char *name, char *buf, size_t size);

/* Which columns there is room for: a mask. */
unsigned mappings_columns(const struct map_query *query, int cols);
/* Cells left for the name of a row. */
int mappings_name_cells(unsigned columns, int cols);
void mappings_draw_titles(const struct mappings_page *page,
			  const struct canvas *c, int row, int col,
			  unsigned columns);
void mappings_draw_cells(const struct ui *ui, const struct canvas *c, int row,
			 int col, unsigned columns,
			 const struct map_item *item);

/* The list and what is under the cursor; the list is up to date. */
void mappings_draw(struct ui *ui, const struct canvas *c);

#endif
