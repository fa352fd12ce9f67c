/* SPDX-License-Identifier: MIT
 *
 * What keeps growing, and what only seems to: a row of the list "trends" for
 * each process, control group and kind of kernel memory whose floor rose in the
 * last window, with the test's result and the figures it went by; and for each
 * control group that will be at its limit soon.
 */
#ifndef MEMTOP_TREND_H
#define MEMTOP_TREND_H

#include "memtop/list.h"
#include "memtop/snapshot.h"

#define TREND_BINS 12

/* Every pointer is a text with a row in the table of fields. */
struct trend {
	struct block block;
	const struct text *subject; /* "java[48213]", "(slab)", the path of a
				     * cgroup; untrusted */
	char kind[8];		    /* "process", "cgroup", "kernel" */
	uint64_t pid, start_ns;	    /* of a struct process_key; UNKNOWN */
	char verdict[10];	    /* "no", "suspect", "confirmed"; "load": it
				     * grows with that; "filling": nobody
				     * looked for a leak */
	const struct text *why;	    /* "its floor rises steadily" */
	uint64_t window_ns;	    /* that was looked at */
	uint64_t floor;		    /* the newest, bytes */
	double rise;		    /* over the window, by the slope; bytes */
	double rate;		    /* bytes per second */
	double tau;		    /* rank correlation with time */
	/* percent, see judge/leak.h */
	double step, least_third, last_third;
	uint64_t eta_ns; /* until its limit is reached; UNKNOWN: nobody can
			  * tell */
	uint64_t bins[TREND_BINS]; /* floors, oldest first; UNKNOWN: empty */
};

/* What the test asks of these figures. */
#define LEAK_TAU	 0.7
#define LEAK_STEP	 35 /* at most, percent */
#define LEAK_LEAST_THIRD 25 /* at least */
#define LEAK_LAST_THIRD	 50

/* Does it keep growing?  0: no, nor is it known; 1: suspected, or with its
 * load; 2: confirmed. */
int trend_sure(const struct trend *trend);
bool trend_is_load(const struct trend *trend);

/* That process's row; NULL: its floor has not risen, or nobody knows yet. */
const struct trend *trend_find(const struct list *trends,
			       struct process_key key);

/* That cgroup's row, or NULL. */
const struct trend *trend_find_cgroup(const struct list *trends,
				      const struct text *path);

struct trends_judge;

/* NULL: no memory. */
struct trends_judge *trends_judge_new(void);
void trends_judge_free(struct trends_judge *judge);
/* Fills the list of trends of snapshot. */
void trends_judge_step(void *judge, struct snapshot *snapshot);

#endif
