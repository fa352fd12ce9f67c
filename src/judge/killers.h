/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: the programs that kill before the kernel has to, how far
 * each is from it by its own test, and whom it would take.
 */
#ifndef JUDGE_KILLERS_H
#define JUDGE_KILLERS_H

#include "person.h"

#define WATCHED_MAX 16

/* A test of two shares that are left, both at most so much. */
struct killer {
	bool is_there;
	double memory, swap;		 /* percent left */
	double memory_limit, swap_limit; /* it acts at */
	double way;    /* percent of the way to there; NAN: it never acts so */
	char pick[96]; /* whom it would take, printable; "": nobody known */
};

/* A cgroup whose stalls systemd-oomd follows. */
struct watched {
	uint64_t group; /* hash of its path; 0: a free place */
	uint64_t scan;	/* pages looked at in it */
	uint64_t scanned_ns, above_ns, seen_ns; /* monotonic; 0: not */
};

struct killers {
	struct killer earlyoom, nohang, oomd;
	struct watched watched[WATCHED_MAX];
	/* of those the one that is furthest */
	struct {
		double way, value, limit;
		uint64_t left_ns, lasts_ns;
		char group[96], pick[96]; /* printable */
	} stall;
};

/* After the facts of memory; before people are named anew nobody is known to
 * run. */
struct verdict_judge;
void killers_step(struct verdict_judge *judge, const struct snapshot *snapshot);

/* Does systemd-oomd follow the stalls of that unit? */
bool killers_watch(const struct snapshot *snapshot, const char *unit);

#endif
