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
 *
 * They are written into the records when a sample is complete, live as in a
 * replay; everybody else reads the field `flags`.
 */
#ifndef MEMTOP_FLAGS_H
#define MEMTOP_FLAGS_H

#include "memtop/snapshot.h"

#define FLAGS_LIMITS 32

/* What is the same for all processes of a snapshot; borrows from it. */
struct flags {
	const struct snapshot *snapshot;
	const struct process *victim; /* NULL: nobody, or it does not matter */
	const struct text *near[FLAGS_LIMITS]; /* cgroups near their limit */
	size_t nnear;
};

void flags_begin(const struct snapshot *snapshot, struct flags *ret);

/* Records that are the same in both snapshots have the same letters there,
 * unless one of them is the victim. */
bool flags_same(const struct flags *a, const struct flags *b);

/* "GWO", "" */
void flags_of(const struct flags *flags, const struct process *process,
	      char ret[FLAGS_SIZE]);

/* Those of several processes: sum has all letters of its members.  What can be
 * told from their figures together is; O and L, and G of a leak, are as for the
 * one that has them. */
void flags_of_sum(const struct snapshot *snapshot, struct process *sum);

/* Adds letters, each once and in the usual order. */
void flags_add(char into[FLAGS_SIZE], const char *letters);

/* For sorting: whoever dies next, then who waits, is near a limit, grows; 0:
 * nothing is the matter. */
double flags_gravity(const char *letters);

/* Why process has that letter: "30 major faults/s, 1.2G in swap"; empty where
 * snapshot does not say. */
void flags_why(const struct snapshot *snapshot, const struct process *process,
	       char letter, char *buf, size_t size);

/* ---- into the records ---------------------------------------------------- */

/* Whoever makes samples, one after another, keeps this in between. */
struct letters {
	struct flags flags; /* of the last sample, a reference … */
	bool lost;	    /* … in which some could not be written */
};

/*
 * Writes the letters of all processes of a snapshot that is being made, when
 * all else is in it.  A record whose letters change is another one from then
 * on: whoever puts the same records into the next sample takes those.
 */
void letters_write(struct letters *letters, struct snapshot *snapshot);
void letters_done(struct letters *letters);

/* Bytes per second that matter on this machine when it goes on for five
 * minutes; NAN: its size is not known. */
double growth_that_matters(const struct memory *memory);

#endif
