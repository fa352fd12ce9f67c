/* SPDX-License-Identifier: MIT
 *
 * The programs that kill before the kernel has to: what each of them tests,
 * with what it was told on its command line or in its files, else with its
 * defaults; how far it is from acting; and whom it would choose.  All from one
 * snapshot: what has to last is for whoever has seen it last.
 */
#ifndef MEMTOP_KILLER_H
#define MEMTOP_KILLER_H

#include "memtop/snapshot.h"

struct cgroup;
struct tunable;

enum killer_kind {
	KILLER_EARLYOOM,
	KILLER_NOHANG,
	KILLER_SYSTEMD_OOMD,
	KILLER_OOMD, /* the one that systemd's was made after */
	KILLER_KINDS
};

/* By its name, and not a person's program; KILLER_KINDS: it is none. */
enum killer_kind killer_kind(const struct process *process);
bool killer_is(const struct process *process);

/* From this part of the way on, in percent, it is worth a name. */
#define KILLER_NEAR 50

/* RAM and swap: it acts when of both at most so much is left.  NAN: not known,
 * or it goes by something else. */
struct killer_test {
	double memory, swap;		 /* percent left */
	double memory_limit, swap_limit; /* percent */
	double room; /* bytes of memory until memory_limit; below 0: past it */
	double way;  /* percent of the way to where it acts */
};
struct killer_test killer_test(const struct snapshot *snapshot,
			       const struct process *killer);

/* Units that asked systemd-oomd to follow their stalls.  Borrowed from the
 * snapshot. */
#define KILLER_UNITS_MAX 32
struct killer_stalls {
	const struct tunable *units[KILLER_UNITS_MAX];
	size_t count;
	double limit;	   /* percent of the time; of those with none of their
			      own */
	uint64_t lasts_ns; /* it acts when it was above for so long */
};
void killer_stalls(const struct snapshot *snapshot, struct killer_stalls *ret);
/* Of that cgroup, in percent; NAN: it is not followed. */
double killer_stalls_limit(const struct killer_stalls *stalls,
			   const struct cgroup *row);
/* Does the unit of that very name ask for it? */
bool killer_stalls_has(const struct killer_stalls *stalls, const char *unit);

/* Whom it would choose, of what can be seen of its rules: a process, a cgroup
 * as a whole, or nobody known; borrowed from the snapshot. */
struct killer_choice {
	const struct process *process;
	const struct cgroup *cgroup;
};
struct killer_choice killer_choice(const struct snapshot *snapshot,
				   const struct process *killer);
/* Whom systemd-oomd would for want of swap: the one with most of it, more than
 * a twentieth; NULL: nobody. */
const struct cgroup *killer_swap_choice(const struct snapshot *snapshot);
/* The same had no group asked it to be left out or taken last. */
const struct cgroup *killer_swap_most(const struct snapshot *snapshot);
/* Whom systemd-oomd would, at or below a group that stalls; NULL: nobody. */
const struct cgroup *killer_stall_choice(const struct snapshot *snapshot,
					 const char *above);

#endif
