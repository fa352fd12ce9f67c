/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: who is behind the figures: who grows, who waits, who is
 * largest, whom the kernel would kill.
 */
#ifndef JUDGE_PEOPLE_H
#define JUDGE_PEOPLE_H

#include "victims.h"

/* Of what one process may have more than any other. */
enum most {
	MOST_LOCKED,
	MOST_TABLES,
	MOST_THREADS,
	MOST_SHARED, /* RAM that is shared with others, tmpfs and the like */
	MOST_HUGE,   /* transparent huge pages */
	MOST_DATA,   /* promised to it, touched or not */
	MOST_COUNT
};

struct people {
	uint64_t looked_ns; /* monotonic; 0: never */
	struct person largest, grower, second_grower, waiter, swapped;
	struct {
		struct person who; /* nobody: nothing is known, or none has */
		double amount;	   /* bytes; a count of threads */
	} most[MOST_COUNT];
	struct victims victims;
	bool has_oomd, has_killer; /* systemd-oomd; any of its kind */
	bool has_kubelet, has_desktop;
};

/* Looks at all processes, when the last look is old enough. */
void people_look(struct people *people, const struct snapshot *snapshot,
		 bool in_trouble);

#endif
