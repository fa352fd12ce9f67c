/* SPDX-License-Identifier: MIT
 *
 * Private to rows.c and its parts (sort, aggregate, group, tree): the memory
 * that one set of rows stands in.
 */
#ifndef MODEL_BUILD_H
#define MODEL_BUILD_H

#include "memtop/rows.h"

/* Memory that is kept from one build to the next; its contents are not. */
struct pool {
	void *data;
	size_t size;
};
/* NULL: no memory. */
void *pool_reserve(struct pool *pool, size_t count, size_t size);

#define NO_ROW SIZE_MAX

/* A process that passed the filter; by pid. */
struct item {
	const struct process *process;
	size_t row; /* where it is shown, itself or within a group */
};

struct build {
	const struct snapshot *snapshot;
	const struct rows_query *query;
	struct pool item_pool, row_pool, key_pool, sum_pool, part_pool,
		table_pool;
	struct item *items;
	size_t nitems;
	struct row *rows;
	size_t nrows;
};

/* The item of a pid, or NULL. */
struct item *build_find(const struct build *build, pid_t pid);
/* A row for one process, without group or tree. */
struct row build_row(const struct process *process);

/* Each fills build->rows from build->items.  0 or -ENOMEM. */
int build_groups(struct build *build);
int build_tree(struct build *build);

/* ---- sort ---- */

struct sort_key {
	double number;
	double tie;	  /* among equal numbers, the larger first */
	const char *text; /* not NULL: texts are compared */
	size_t len;
	pid_t pid;
	uint32_t parent; /* the first order of all */
	uint32_t index;
	bool known, reverse;
};
struct sort_key sort_key_make(const struct build *build,
			      const struct process *process, size_t index);
/* Puts them in order, or only the first `top` (0: all), the others being lost.
 * Returns how many there are in order. */
size_t sort_keys(struct sort_key *keys, size_t count, size_t top);

/* ---- aggregate ---- */

/* The figures of several processes.  Its process is no record of its own: it
 * borrows texts and is never referenced. */
struct sum {
	struct process process;
	size_t count, denied;
	const struct process *largest;
	double largest_weight;
	/* parts of the bound of PSS: what is known, what is private, what
	 * may be shared among the members */
	uint64_t exact, private_, shareable;
	bool unbounded;
};
void sum_begin(struct sum *sum, const struct rows_query *query,
	       const struct process *first);
void sum_add(struct sum *sum, const struct rows_query *query,
	     const struct process *member);
void sum_merge(struct sum *sum, const struct sum *other);
void sum_finish(struct sum *sum, const struct snapshot *snapshot);

#endif
