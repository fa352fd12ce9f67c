/* SPDX-License-Identifier: MIT
 *
 * Private to the Mappings page: from the replies with a process's mappings to
 * the lines of a table, grouped, compared, sorted.  Pure: draws nothing and
 * asks for nothing.
 *
 * There may be some 100,000 mappings.  What is done for a key is therefore no
 * more than one pass over them: two reads are matched and groups are summed
 * once, and sorting goes digit by digit, without comparing.
 */
#ifndef UI_MAPPINGS_H
#define UI_MAPPINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/source.h"

enum map_column { /* as they stand on the screen */
		  MAP_PSS,
		  MAP_USS,
		  MAP_RSS,
		  MAP_SWAP,
		  MAP_SWAP_PSS,
		  MAP_DIRTY,
		  MAP_REFERENCED,
		  MAP_ANON_PAGES,
		  MAP_LAZY_FREE,
		  MAP_THP,
		  MAP_SHMEM_THP,
		  MAP_FILE_THP,
		  MAP_LOCK,
		  MAP_KSM,
		  MAP_PRIVATE_HUGETLB,
		  MAP_SHARED_HUGETLB,
		  MAP_SIZE,
		  MAP_COLUMN_COUNT
};

enum map_group { MAP_BY_KIND, MAP_BY_FILE, MAP_SINGLE, MAP_GROUP_COUNT };

struct map_sums {
	uint64_t value[MAP_COLUMN_COUNT]; /* UNKNOWN when one part is */
	size_t count;
};

/* One mapping in the two reads; NULL: not in that one. */
struct map_pair {
	const struct mapping *now, *before;
	uint32_t group;
};

struct map_part {
	const char *label; /* untrusted, borrowed */
	uint64_t id;	   /* the same for the same thing in the next read */
	struct map_sums now, before;
	uint32_t first, count; /* of members[] */
	bool expanded;
};

/* What two reads have, in groups: nothing here depends on the order. */
struct map_index {
	struct map_pair *pairs; /* by address */
	size_t npairs;
	struct map_part *groups;
	size_t ngroups, groups_now;
	uint32_t *members; /* numbers of pairs, group after group */
	enum map_group group;
};

/* Makes *ret, which map_index_done() frees; it borrows from the replies.
 * before may be NULL: there was one read only.  0 or -ENOMEM. */
int map_index_make(const struct reply *now, const struct reply *before,
		   enum map_group group, struct map_index *ret);
void map_index_done(struct map_index *index);

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

/* A row: a group, or a pair; the other is MAP_NONE. */
#define MAP_NONE UINT32_MAX
struct map_row {
	uint32_t group, pair;
};

struct map_list {
	struct map_index index;
	struct map_row *rows;
	size_t count;
	size_t mappings; /* of the last read */
};

/*
 * Replaces what ret has (zeroed at first), which map_list_done() frees; it
 * borrows from the replies.  same_replies: they are those of last time, so
 * what does not depend on the query stays.  0 or -ENOMEM, and then ret is
 * empty.
 */
int map_list_build(const struct reply *now, const struct reply *before,
		   bool same_replies, const struct map_query *query,
		   struct map_list *ret);
void map_list_done(struct map_list *list);

/* One row with its figures. */
struct map_item {
	const char *label;	       /* of a group, or what is mapped */
	const struct mapping *mapping; /* of a single one, else NULL; of the
					  last read that has it */
	struct map_sums now, before;   /* count 0: not in that read */
	uint64_t id;
	bool group, expanded;
};
void map_list_item(const struct map_list *list, size_t row,
		   struct map_item *ret);
uint64_t map_list_id(const struct map_list *list, size_t row);

/* The first row from `from` on in that direction, around the end, whose label
 * or address has the text in it; -1: none. */
ptrdiff_t map_list_find(const struct map_list *list, const char *text,
			ptrdiff_t from, int direction);

/* How many rows have it, and which of them `at` is; 0: none. */
size_t map_list_matches(const struct map_list *list, const char *text,
			size_t at, size_t *ret_which);

/* Opens a closed group, closes an open one. */
void map_query_toggle(struct map_query *query, uint64_t id);
bool map_query_expanded(const struct map_query *query, uint64_t id);

/* now - before of a column; false when it is not known or there is no read
 * before. */
bool map_change(const struct map_item *item, enum map_column column,
		double *ret);

/* That counter of a mapping. */
uint64_t map_value(const struct mapping *mapping, enum map_column column);

#endif
