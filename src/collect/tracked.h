/* SPDX-License-Identifier: MIT
 *
 * One process between two ticks of the cheap lane.  Sampler thread only.
 */
#ifndef COLLECT_TRACKED_H
#define COLLECT_TRACKED_H

#include <stdbool.h>
#include <stdint.h>

#include "collect.h"
#include "delays.h"
#include "glance.h"
#include "memtop/rates.h"
#include "memtop/snapshot.h"
#include "prober.h"
#include "users.h"

/* Whoever holds less is looked at less often. */
#define TRACKED_SMALL_RSS (16 * MIB)

/* What one tick is about. */
struct tick {
	uint64_t now_ns;
	uint64_t number;
	/* One that rests off screen is read in full this often, */
	uint64_t rotation_ns;
	/* and may be looked at in so many ticks once; 0: in each */
	uint64_t rest_ticks;
	bool first_look;  /* a screen waits: names and sizes now, */
	bool second_look; /* in the tick that follows at once what the other
			     rankings need, and the rest in the next */
	bool seek_faults; /* somebody unknown faults: read stat of all */
	bool calm;	  /* the kernel takes memory from nobody */
	bool careful;	  /* the verdict is critical */
	const struct interest *interest; /* `visible` sorted by pid */
	/* reads that do not come back */
	struct process_key stuck[PROBER_STUCK_MAX];
	size_t nstuck;
};

/* With what all of them are read. */
struct tracker {
	struct tree *tree;
	struct users *users;
	struct delays delays;
};

struct tracked {
	const struct process *process; /* newest record; a reference */
	uint64_t inode;		       /* of its directory; 0: unknown */
	struct glance glance;
	pid_t thread;	      /* the leader is a zombie: read this one */
	uint64_t since_ns;    /* first seen */
	uint64_t moved_ns;    /* when its statm last did; 0: never */
	uint64_t read_ns;     /* last full read */
	uint64_t due_ns;      /* when it is read in full although it rests */
	uint64_t stat_ns;     /* last read of stat, for rates */
	uint64_t status_ns;   /* the same of status */
	uint64_t delays_ns;   /* and of its delays */
	uint64_t files_ns;    /* and of the number of its open files */
	uint64_t renamed_ns;  /* when its present name was found; 0: the first
				 */
	uint64_t smaps_rss;   /* resident size when smaps was last read */
	uint64_t smaps_bytes; /* own bytes then */
	bool keeps;	      /* may keep its descriptor */
	bool names_due, group_due, visible, selected, rescan;
	unsigned tries; /* by the expensive lane; counts no further than
			   matters */
	bool initial;	/* was there at the first tick, or at the last rescan */
	struct growing growing;
};

/* Has it changed lately, so that it may again? */
static inline bool tracked_is_active(const struct tracked *t, uint64_t now_ns)
{
	return t->visible ||
	       (t->moved_ns && now_ns - t->moved_ns < 60 * NS_PER_S);
}

/* What growth is measured on: anonymous, shared memory and swap; UNKNOWN. */
static inline uint64_t tracked_own_bytes(const struct process *process)
{
	if (process->status.state != STATE_OK || process->anon == UNKNOWN ||
	    process->shmem == UNKNOWN || process->swap == UNKNOWN)
		return UNKNOWN;
	return process->anon + process->shmem + process->swap;
}

/* NULL: no memory. */
struct tracked *tracked_new(const struct tick *tick, bool initial);
void tracked_free(struct tracked *tracked);
/* The pid belongs to another process: forgets the one before. */
void tracked_reset(struct tracked *tracked, const struct tick *tick,
		   bool initial);

/*
 * Brings it up to date: new ones and those that moved, are selected or were
 * not read for long are read in full; on screen stat is; the others get a
 * look at statm.
 * 0; -ESRCH: there is no such process any more; -EAGAIN: the pid belongs to
 * another one now; -ENOMEM, -EBUSY: what is known stands.
 */
int tracked_update(struct tracker *tracker, struct tracked *tracked, pid_t pid,
		   const struct tick *tick);
/* Reads it in full, whatever moved.  As above. */
int tracked_read(struct tracker *tracker, struct tracked *tracked, pid_t pid,
		 const struct tick *tick);
void tracked_mark_stuck(struct tracked *tracked, const struct tick *tick);

/* Rates of faults and of growth since the reads before; before: the record as it
 * was, NULL for a new one.  tracked_rates.c */
void tracked_faults(struct tracked *tracked, const struct process *before,
		    struct process *process);
void tracked_growth(struct tracked *tracked, const struct process *before,
		    struct process *process);

/* The number of its open files, where it is due; dir: of the thread that has
 * its memory.  open_files.c */
void tracked_files(struct tracked *tracked, struct tree *tree, const char *dir,
		   const struct tick *tick, struct process *process);

/* Has it any that could be read?  Kernel threads and zombies have not. */
bool tracked_has_memory(const struct tracked *tracked);

/* Takes in what the expensive lane has read of it. */
void tracked_take(struct tracked *tracked, const struct probe_result *result);
/* Has the expensive lane still to come to it for the first time? */
bool tracked_is_outstanding(const struct tracked *tracked, bool careful);

#endif
