/* SPDX-License-Identifier: MIT
 *
 * Can there be a process that the last listing of /proc did not have?
 * Sampler thread only.
 */
#ifndef COLLECT_BIRTHS_H
#define COLLECT_BIRTHS_H

#include <stdbool.h>
#include <stdint.h>

#include "collect.h"

struct births {
	bool known;		/* loadavg tells of the pids that /proc shows */
	uint64_t pid;		/* the last that was given out */
	uint64_t same_since_ns; /* it has been so; 0: it wasn't read yet */
	uint64_t listed_ns;
};

void births_init(struct births *births, const struct tree *tree);

/* To be asked before each listing; no: the last one has all that live. */
bool births_possible(struct births *births, struct tree *tree, uint64_t now_ns);
/* That listing failed. */
void births_unlisted(struct births *births);

#endif
