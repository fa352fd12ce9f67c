/* SPDX-License-Identifier: MIT
 *
 * One process between two ticks of the cheap lane.  Sampler thread only.
 */
#ifndef COLLECT_TRACKED_H
#define COLLECT_TRACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "collect.h"
#include "memtop/rates.h"
#include "memtop/snapshot.h"
#include "prober.h"
#include "users.h"

/* What one tick is about. */
struct tick {
	uint64_t now_ns;
	bool faults_moved; /* somebody faulted or swapped: read stat of all */
	bool careful;	   /* the verdict is critical */
	const struct interest *interest; /* `visible` sorted by pid */
	/* reads that do not come back */
	struct process_key stuck[PROBER_STUCK_MAX];
	size_t nstuck;
};

/* With what all of them are read. */
struct tracker {
	struct tree *tree;
	struct users *users;
	size_t descriptors, descriptors_max; /* kept on statm files */
};

struct tracked {
	const struct process *process; /* newest record; a reference */
	uint64_t inode;		       /* of its directory */
	int statm_fd;		       /* kept open; -1: not */
	pid_t thread;	      /* the leader is a zombie: read this one */
	uint64_t since_ns;    /* first seen */
	uint64_t read_ns;     /* last full read */
	uint64_t stat_ns;     /* last read of stat, for rates */
	uint64_t status_ns;   /* the same of status */
	uint64_t smaps_rss;   /* resident size when smaps was last read */
	uint64_t smaps_bytes; /* own bytes then */
	bool names_due, visible, rescan;
	unsigned tries; /* by the expensive lane; counts no further than
			   matters */
	bool initial;	/* was there at the first tick, or at the last rescan */
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

/*
 * Brings it up to date: new ones and those that moved, are looked at or were
 * not read for long are read in full, the others get a look at statm.
 * 0; -ESRCH: there is no such process any more; -EAGAIN: the pid belongs to
 * another one now; -ENOMEM, -EBUSY: what is known stands.
 */
int tracked_update(struct tracker *tracker, struct tracked *tracked, pid_t pid,
		   const struct tick *tick);
/* Reads it in full, whatever moved.  As above. */
int tracked_read(struct tracker *tracker, struct tracked *tracked, pid_t pid,
		 const struct tick *tick);
void tracked_drop(struct tracker *tracker, struct tracked *tracked);
void tracked_mark_stuck(struct tracked *tracked, const struct tick *tick);

/* Has it any that could be read?  Kernel threads and zombies have not. */
bool tracked_has_memory(const struct tracked *tracked);

/* Takes in what the expensive lane has read of it. */
void tracked_take(struct tracked *tracked, const struct probe_result *result);
/* Has the expensive lane still to come to it for the first time? */
bool tracked_is_outstanding(const struct tracked *tracked, bool careful);

#endif
