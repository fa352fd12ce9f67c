/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: what is watched for growth, between the file that reads
 * and judges and the one that makes rows of it.
 */
#ifndef JUDGE_TRENDS_H
#define JUDGE_TRENDS_H

#include "leak.h"
#include "loads.h"
#include "paces.h"

#define SCALES	    3
#define SCALE_FIRST 0 /* a first look: never confirms */
extern const uint64_t trend_bin_ns[SCALES];

#define PID_KERNEL 0	/* start_ns is an enum kernel_kind */
#define PID_CGROUP (-1) /* start_ns is the hash of its path */
enum kernel_kind { KERNEL_SLAB, KERNEL_UNACCOUNTED, KERNEL_COUNT };

/* One process, control group or kind of memory. */
struct watched {
	struct process_key key;
	const struct text *path; /* of a cgroup, a reference */
	uint64_t seen_ns;
	struct floors floors[SCALES];
	struct leak now[SCALES];
	struct loads loads[SCALES];  /* of a process */
	enum load_kind load[SCALES]; /* that it grows with */
	bool confirmed[SCALES];
};

struct trends_judge {
	struct watched *watched; /* by pid and start */
	size_t count;
	uint64_t from; /* smaller processes are not watched */
	bool full;     /* somebody was left out in the last readings */
	struct paces paces;
	uint64_t read_ns;	 /* monotonic, of the last readings */
	const struct list *list; /* the last one made, a reference */
};

/* A rise below this does not matter. */
double trend_least_rise(const struct snapshot *snapshot, pid_t pid);

/* trend_rows.c: a list of whatever rose and of what fills; NULL: no memory. */
struct list *trend_rows_make(const struct trends_judge *judge,
			     const struct snapshot *snapshot);

#endif
