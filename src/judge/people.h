/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: who is behind the figures: who grows, who waits, who is
 * largest, whom the kernel would kill.
 */
#ifndef JUDGE_PEOPLE_H
#define JUDGE_PEOPLE_H

#include "victims.h"

struct people {
	uint64_t looked_ns; /* monotonic; 0: never */
	struct person largest, grower, second_grower, waiter, swapped;
	double swapped_faults; /* of that one, major ones a second */
	uint64_t quiet_ns;     /* monotonic, since when it has hardly any */
	struct victims victims;
	bool has_earlyoom, has_oomd;
};

/* Looks at all processes, when the last look is old enough. */
void people_look(struct people *people, const struct snapshot *snapshot,
		 bool in_trouble);

#endif
