/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: how long the processes on screen wait for memory.
 * Sampler thread only.
 */
#ifndef COLLECT_DELAYS_H
#define COLLECT_DELAYS_H

#include "collect.h"

struct taskstats_socket;

struct delays { /* zeroed: nothing was asked yet */
	struct taskstats_socket *taskstats;
	enum state state;    /* of all: off, denied … */
	uint64_t checked_ns; /* when that was looked at */
};
void delays_done(struct delays *delays);

/*
 * Fills the delays block of a process whose figures are being read; before: its
 * record so far, or NULL, read at before_ns.  wanted: somebody looks at it.
 * Whatever goes wrong is a state.
 */
void delays_read(struct delays *delays, struct tree *tree, bool wanted,
		 const struct process *before, uint64_t before_ns,
		 struct process *process);

#endif
