/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: who reads most of what is read from disks, when that is
 * clear.
 */
#ifndef JUDGE_READER_H
#define JUDGE_READER_H

#include "person.h"

struct reading {
	struct person who; /* its share: percent of all that was read */
	double rate;	   /* bytes a second */
	/* of the last list: when it was read, and who was clear in it */
	uint64_t list_ns, clear_ns;
	struct process_key clear; /* pid 0: nobody */
};

void reading_step(struct reading *reading, const struct snapshot *snapshot);

#endif
