/* SPDX-License-Identifier: MIT
 *
 * What keeps growing, and what only seems to: a row of the list "trends" for
 * each process, and each kind of kernel memory, whose floor rose in the last
 * window, with the test's result.
 */
#ifndef MEMTOP_TREND_H
#define MEMTOP_TREND_H

#include "memtop/list.h"
#include "memtop/snapshot.h"

/* Every pointer is a text with a row in the table of fields. */
struct trend {
	struct block block;
	const struct text *subject; /* "java[48213]", "(slab)"; untrusted */
	char kind[8];		    /* "process", "kernel" */
	uint64_t pid, start_ns;	    /* of a struct process_key; UNKNOWN */
	char verdict[10];	    /* "no", "suspect", "confirmed" */
	const struct text *why;	    /* "its floor rises steadily" */
	uint64_t window_ns;	    /* that was looked at */
	uint64_t floor;		    /* the newest, bytes */
	double rise;		    /* over the window, by the slope; bytes */
	double rate;		    /* bytes per second */
	double tau;		    /* rank correlation with time */
};

/* That process's row; NULL: its floor has not risen, or nobody knows yet. */
const struct trend *trend_find(const struct list *trends,
			       struct process_key key);

struct trends_judge;

/* NULL: no memory. */
struct trends_judge *trends_judge_new(void);
void trends_judge_free(struct trends_judge *judge);
/* Fills the list of trends of snapshot. */
void trends_judge_step(void *judge, struct snapshot *snapshot);

#endif
