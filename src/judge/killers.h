/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: the programs that kill before the kernel has to, how far
 * each is from it by its own test, and whom it would take.
 */
#ifndef JUDGE_KILLERS_H
#define JUDGE_KILLERS_H

#include "memtop/killer.h"

#define WATCHED_MAX 16

/* Its test of RAM and swap. */
struct killer {
	struct killer_test test; /* NAN: it does not run, or has no such test */
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

/* "; systemd-oomd acts on user@1000 at 50% for 30s, now 55% for 12s"; "" when
 * nothing that it follows waits while memory is taken from it. */
void killers_write_stall(const struct verdict_judge *judge, char *buf,
			 size_t size);

#endif
