/* SPDX-License-Identifier: MIT
 *
 * Private to rows.c and its parts (choose, sort, aggregate, group, tree): the
 * memory that one set of rows stands in.
 *
 * Of a sample and the next nearly all records of processes are the same, at
 * the same address.  Looking into ten thousand of them costs milliseconds, so
 * what was found out of a record is kept in its item and in its key, and a
 * build takes it over from the one before it.
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

/* What only the build that is made needs, or writes when nothing can fail any
 * more: so the two of a pair have it together. */
struct desk {
	struct pool rows, fresh, places, table;
};

#define NO_ROW	UINT32_MAX
#define NO_PART UINT32_MAX

/* A process that passed the filter; by pid.  There are two of them for each
 * process in each table, so they are packed. */
struct item {
	const struct process *process;
	uint64_t start_ns; /* of its key … */
	pid_t pid;	   /* … as well */
	uint32_t before;   /* the same record in the build before */
	uint32_t row;	   /* where it is shown, itself or in a group */
	uint32_t group : 31;
	uint32_t denied : 1; /* its PSS is */
};

static inline struct process_key item_key(const struct item *item)
{
	return (struct process_key){ .pid = item->pid,
				     .start_ns = item->start_ns };
}

struct sort_key;
struct group;
/* Of a user without a name. */
enum { LABEL_NUMBER_SIZE = 24 };

struct build {
	const struct snapshot *snapshot; /* a reference, once it stands */
	struct rows_query query;
	const struct build *before; /* the one that may be used again, or NULL;
				       only while this one is made */
	struct desk *desk;	    /* of both */
	struct pool item_pool, key_pool, sum_pool, part_pool, number_pool,
		fate_pool;
	uint8_t *fates; /* of each process of the snapshot */
	struct item *items;
	size_t nitems;
	struct sort_key *keys; /* in order; all of them, or nkeys is 0 */
	size_t nkeys;
	struct group *groups;
	char (*numbers)[LABEL_NUMBER_SIZE]; /* of each; by user only */
	struct row *rows;		    /* on the desk */
	size_t nrows;
};

/* Fills build->items and fates with those that its query asks for; *ret_total
 * counts them before the filter.  choose.c; 0 or -ENOMEM. */
int build_choose(struct build *build, size_t *ret_total);

/* The item of a pid, or NULL. */
struct item *build_find(const struct build *build, pid_t pid);
/* Room for so many rows, of which those of before go: the last that may fail.
 * 0 or -ENOMEM. */
int build_reserve_rows(struct build *build, size_t count);
/* A row for one process, without group or tree. */
struct row build_row(const struct item *item);

/* Each fills build->rows from build->items.  0 or -ENOMEM. */
int build_groups(struct build *build);
int build_tree(struct build *build);

/* ---- sort ---- */

struct sort_key {
	union {
		struct {
			double number;
			double tie; /* among equal ones, the larger first */
		};
		struct { /* is_text */
			const char *text;
			size_t len;
		};
	};
	pid_t pid;
	uint32_t parent; /* the first order of all */
	uint32_t index;
	bool known, reverse, is_text;
	bool none; /* the field does not apply */
};
struct sort_key sort_key_make(const struct build *build,
			      const struct process *process, size_t index);
/* Puts them in order, or only the first `top` (0: all), the others being lost.
 * Returns how many there are in order. */
size_t sort_keys(struct sort_key *keys, size_t count, size_t top);
/* The keys of the build before are as good for this one, where the thing that
 * they are of is the same. */
bool sort_keys_last(const struct build *before, const struct build *build);
/* Sorts fresh, and makes one order of it and of what is left of old: an index
 * there is one of places, its place now or NO_PART.  ret has room for all;
 * returns how many there are. */
size_t sort_merge(const struct sort_key *old, size_t nold,
		  const uint32_t *places, struct sort_key *fresh, size_t nfresh,
		  struct sort_key *ret);

/* ---- aggregate ---- */

/* The figures of several processes.  Its process is no record of its own: it
 * borrows texts and is never referenced. */
struct sum {
	struct process process;
	size_t count, denied;
	const struct process *largest;
	struct process_key largest_key;
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
