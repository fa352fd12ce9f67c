/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: does something keep growing?  The test looks at floors:
 * the least of each of twelve bins, so that what is allocated and freed again
 * does not count.  Pure arithmetic; its thresholds were set with synthetic
 * series (tests/unit/test_leak.c prints the table).
 */
#ifndef JUDGE_LEAK_H
#define JUDGE_LEAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/trend.h"

#define LEAK_BINS TREND_BINS

/* What the test says; the first that is not met. */
enum leak_test {
	LEAK_RISES,  /* all is met */
	LEAK_SHORT,  /* not all bins are full yet */
	LEAK_FALLS,  /* floors go up and down */
	LEAK_SMALL,  /* too little to matter */
	LEAK_JUMPS,  /* one step is most of it */
	LEAK_PAUSES, /* a third of the time hardly rises */
	LEAK_LEVELS, /* slower at the end than before */
	LEAK_BELOW,  /* the highest floor is not the last */
	LEAK_TEST_COUNT
};

/* "one step is most of the rise" */
const char *leak_words(enum leak_test test);

struct leak {
	enum leak_test test;
	double slope; /* bytes a bin: the median of all pairs */
	double tau;   /* rank correlation with time, -1 to 1 */
	double rise;  /* of a whole window, by the slope; bytes */
	/* percent: the largest step of all that was gained; the flattest
	 * third's slope of the whole, the last third's of the steepest */
	double step, least_third, last_third;
};

/* Floors in bytes, oldest first; NAN: that bin is empty.  least: a rise that
 * matters here. */
void leak_judge(const double floors[LEAK_BINS], double least, struct leak *ret);

/* Two windows, one after the other: the same rise in both. */
bool leak_confirmed(const struct leak *before, const struct leak *now);

/* ---- bins --------------------------------------------------------------- */

/* Two windows of floors, filled as time goes by. */
struct floors {
	float bins[2 * LEAK_BINS]; /* KiB; a ring, NAN: empty */
	uint8_t count, next;	   /* whole bins */
	float least;		   /* of the bin that is being filled */
	uint64_t bin_ends_ns;	   /* 0: none yet */
};

/* Takes a reading; true: a bin is whole now, judge again.  Bins that went by
 * without any reading (a gap) start all over. */
bool floors_add(struct floors *floors, uint64_t now_ns, uint64_t bin_ns,
		uint64_t bytes);
/* The newest window (back 0) or the one before it (back 1). */
void floors_window(const struct floors *floors, unsigned back,
		   double ret[LEAK_BINS]);

#endif
