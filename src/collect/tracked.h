/* SPDX-License-Identifier: MIT
 *
 * Private to processes.c and schedule.c: one process between two ticks.
 */
#ifndef COLLECT_TRACKED_H
#define COLLECT_TRACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "memtop/rates.h"
#include "memtop/snapshot.h"

struct tracked {
	const struct process *process; /* newest record; a reference */
	uint64_t inode;		       /* of its directory */
	int statm_fd;		       /* kept open; -1: not */
	pid_t thread;	     /* the leader is a zombie: read this one */
	uint64_t since_ns;   /* first seen */
	uint64_t read_ns;    /* last full read */
	uint64_t stat_ns;    /* last read of stat, for rates */
	uint64_t smaps_rss;  /* resident size when smaps was last read */
	uint64_t smaps_bytes; /* own bytes then */
	bool names_due, visible, rescan;
	unsigned tries; /* by the expensive lane; counts no further than
			   matters */
	bool initial; /* was there at the first tick, or at the last rescan */
	struct growth growth;
};

/* What growth is measured on: anonymous, shared memory and swap; UNKNOWN. */
static inline uint64_t tracked_own_bytes(const struct process *process)
{
	if (process->status.state != STATE_OK || process->anon == UNKNOWN ||
	    process->shmem == UNKNOWN || process->swap == UNKNOWN)
		return UNKNOWN;
	return process->anon + process->shmem + process->swap;
}

#endif
