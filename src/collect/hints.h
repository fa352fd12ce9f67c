/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: what the counters of the whole machine say about which
 * processes deserve a look.  Sampler thread only.
 */
#ifndef COLLECT_HINTS_H
#define COLLECT_HINTS_H

#include "memtop/snapshot.h"
#include "tracked.h"

struct hints {
	double amiss;	     /* major faults a second that nobody known has */
	double in_vain;	     /* so many when asking everybody did not help */
	uint64_t since_ns;   /* when they began; 0: there are none */
	uint64_t last_ns;    /* when there were any */
	uint64_t sought_ns;  /* when everybody was last asked */
	uint64_t wait_ns;    /* until they are again */
	uint64_t stirred_ns; /* when memory was last taken from anybody */
};

/* Fills calm and seek_faults of the tick; vmstat of its snapshot has been
 * read, the processes not yet. */
void hints_give(struct hints *hints, const struct snapshot *snapshot,
		struct tick *tick);
/* Learns from the processes of that tick. */
void hints_learn(struct hints *hints, const struct snapshot *snapshot,
		 const struct tick *tick);

#endif
