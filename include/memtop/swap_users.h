/* SPDX-License-Identifier: MIT
 *
 * What a process, or a group of them, has to do with swap just now.  Pure
 * arithmetic on one snapshot.
 */
#ifndef MEMTOP_SWAP_USERS_H
#define MEMTOP_SWAP_USERS_H

#include "memtop/snapshot.h"

/* Killing a victim does not help: it waits for what a pusher takes. */
enum swap_role {
	SWAP_NONE,    /* nothing to do with swap */
	SWAP_UNKNOWN, /* rates need two reads */
	SWAP_IDLE,    /* on swap, and nobody asks for it */
	SWAP_READER,  /* on swap, and some of it may be read back: at least
			 SWAP_QUIET_FAULTS */
	SWAP_PUSHER,  /* grows by more than 1 % of RAM a minute, or has more
			 than 30 % of what is swapped out */
	SWAP_VICTIM,  /* no pusher, but more than 5 % of all major faults, or
			 on swap and at least SWAP_WAIT_FAULTS */
};

/* Major faults a second: below the first what is on swap is not asked for, from
 * the second on it is felt. */
#define SWAP_QUIET_FAULTS 1.0
#define SWAP_WAIT_FAULTS  20.0

/* "pusher"; "-" and ".." for the first two. */
const char *swap_role_name(enum swap_role role);

enum swap_role swap_role(const struct snapshot *snapshot,
			 const struct process *process);

/* Is it on swap, and does it wait for it so often that it is felt? */
bool swap_waits(const struct process *process);

/* Percent of all major faults; NAN: not known. */
double swap_fault_share(const struct snapshot *snapshot,
			const struct process *process);

/* Is one that is mostly on swap the slower for it? */
enum swap_sleep {
	SWAP_SLEEP_NONE,    /* it is not mostly there, or that is not known */
	SWAP_SLEEP_ASLEEP,  /* it has not asked for it for five minutes */
	SWAP_SLEEP_SHORT,   /* it has not asked for it, but not for as long */
	SWAP_SLEEP_BLOCKED, /* it asks for nothing while it is blocked */
	SWAP_SLEEP_READING, /* it reads something back now and then */
	SWAP_SLEEP_SUFFERS, /* it waits for its own pages */
};

/* quiet_ns: how long it has had less than SWAP_QUIET_FAULTS major faults a
 * second; UNKNOWN: not known. */
#define SWAP_QUIET_NS (300 * NS_PER_S)
enum swap_sleep swap_sleep(const struct process *process, uint64_t quiet_ns);

/* Percent of its anonymous memory; NAN: not known. */
double swap_share(const struct process *process);

/*
 * Bytes a second that were swapped out of it, estimated: what it has on swap
 * more than before, and what it read back, which is its share of the major
 * faults in all that was read back.  NAN: not known.
 */
double swap_out_rate(const struct snapshot *snapshot,
		     const struct process *process);

#endif
