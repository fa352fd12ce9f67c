/* SPDX-License-Identifier: MIT
 *
 * The letters behind a process: what is the matter with it, from one snapshot
 * and from what the judges wrote into it.
 *
 *   G  it grows: by the test for leaks, or enough to matter within minutes
 *   W  it waits for pages that are in swap
 *   O  the kernel would kill it next (said when little is left)
 *   L  its cgroup, or one above it, is near a limit
 *   P  it is protected: oom_score_adj is -900 or less
 */
#ifndef MEMTOP_FLAGS_H
#define MEMTOP_FLAGS_H

#include "memtop/rows.h"
#include "memtop/snapshot.h"

#define FLAGS_SIZE   6 /* all five, and the end */
#define FLAGS_LIMITS 32

/* What is the same for all processes of a snapshot; borrows from it. */
struct flags {
	const struct snapshot *snapshot;
	const struct process *victim; /* NULL: nobody, or it does not matter */
	const struct text *near[FLAGS_LIMITS]; /* cgroups near their limit */
	size_t nnear;
};

void flags_begin(const struct snapshot *snapshot, struct flags *ret);

/* "GWO", "".  process may be the sum of a group of that kind. */
void flags_of(const struct flags *flags, const struct process *process,
	      enum group_by group, char buf[FLAGS_SIZE]);

/* Bytes per second that matter on this machine when it goes on for five
 * minutes; NAN: its size is not known. */
double growth_that_matters(const struct memory *memory);

#endif
