/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: whose transparent huge pages grow.
 */
#ifndef JUDGE_HUGE_H
#define JUDGE_HUGE_H

#include "memtop/snapshot.h"

/* A reading of a process's huge pages. */
struct huge_reading {
	uint64_t ns, bytes; /* monotonic; 0: none */
};

/* Three of them: it is compared with the first, later with the second. */
struct huge_seen {
	struct process_key key; /* pid 0: this place is free */
	uint64_t looked_ns;	/* monotonic: it was there */
	struct huge_reading from, next, last;
};

#define HUGE_PLACES 512
struct huge {
	bool is_wanted; /* a program has waited for compaction … */
	bool is_begun;	/* … since the last look, when it had so often */
	uint64_t stalls;
	struct huge_seen seen[HUGE_PLACES]; /* by pid */
};

/* Before each look at all processes: until one of them has waited for huge
 * pages, none of the below is done. */
void huge_look(struct huge *huge, const struct snapshot *snapshot);

/* Takes what was read of it.  By how much they grew, and in which time; 0: not
 * at all, or not in the last two minutes, or it is not known. */
uint64_t huge_growth(struct huge *huge, const struct snapshot *snapshot,
		     const struct process *process, uint64_t *ret_span_ns);

#endif
