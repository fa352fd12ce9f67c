/* SPDX-License-Identifier: MIT
 *
 * Private to the Mappings page: from the replies with a process's mappings to
 * the lines of a table, grouped, compared, sorted.  Pure: draws nothing and
 * asks for nothing.
 */
#ifndef UI_MAPPINGS_H
#define UI_MAPPINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/source.h"

enum map_column {
	MAP_PSS,
	MAP_USS,
	MAP_RSS,
	MAP_SWAP,
	MAP_DIRTY,
	MAP_REFERENCED,
	MAP_THP,
	MAP_SIZE,
	MAP_COLUMN_COUNT
};

enum map_group { MAP_BY_KIND, MAP_BY_FILE, MAP_SINGLE, MAP_GROUP_COUNT };

struct map_sums {
	uint64_t value[MAP_COLUMN_COUNT]; /* UNKNOWN when one part is */
	size_t count;
};

struct map_item {
	const char *label;	       /* of a group; untrusted, borrowed */
	const struct mapping *mapping; /* of a single one, else NULL; of the
					  last read that has it */
	struct map_sums now, before;   /* count 0: not in that read */
	uint64_t id;   /* the same for the same thing in the next read */
	size_t parent; /* number of its group */
	bool group, expanded;
};

/* Which groups are open: their ids. */
#define MAP_EXPANDED_MAX 64
struct map_query {
	enum map_group group;
	enum map_column sort;
	bool reverse;
	bool difference; /* sort by the change */
	bool expand_all;
	uint64_t expanded[MAP_EXPANDED_MAX]; /* with expand_all: closed ones */
	size_t nexpanded;
};

struct map_list {
	struct map_item *items;
	size_t count;
	size_t mappings, groups; /* of the last read */
};

/*
 * Replaces what ret has (zeroed at first), which map_list_done() frees; it
 * borrows from the replies.  before may be NULL: there was one read only.
 * 0 or -ENOMEM.
 */
int map_list_build(const struct reply *now, const struct reply *before,
		   const struct map_query *query, struct map_list *ret);
void map_list_done(struct map_list *list);

/* Opens a closed group, closes an open one. */
void map_query_toggle(struct map_query *query, uint64_t id);
bool map_query_expanded(const struct map_query *query, uint64_t id);

/* now - before of a column; false when it is not known or there is no read
 * before. */
bool map_change(const struct map_item *item, enum map_column column,
		double *ret);

/* "anonymous", "[heap]", "libraries and programs" … */
const char *map_kind(const struct mapping *mapping);

#endif
