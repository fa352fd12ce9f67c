/* SPDX-License-Identifier: MIT
 *
 * What the cheap lane remembers of every process between two ticks, what it
 * reads again in this one, and what the expensive lane should read next.
 * Sampler thread only; knows no thread.
 */
#ifndef COLLECT_PROCESSES_H
#define COLLECT_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collect.h"
#include "tracked.h"

struct processes;

int processes_new(struct tree *tree, struct users *users,
		  struct processes **ret);
void processes_free(struct processes *processes);

/* Takes in what the expensive lane has read; releases the results. */
void processes_merge(struct processes *processes, struct probe_result *results,
		     size_t nresults);

/* How often one that rests off screen should be read in full: the more there
 * are, the more seldom. */
uint64_t processes_rotation(const struct processes *processes);
/* How often its size should be looked at, whatever the interval; calm: the
 * kernel takes memory from nobody. */
uint64_t processes_look_again(const struct processes *processes, bool calm);

/* Lists, reads what is due and fills the processes of snapshot.  -ENOMEM: this
 * sample is lost. */
int processes_read(struct processes *processes, const struct tick *tick,
		   struct snapshot *snapshot);

/* Puts what was merged since into that same snapshot, not sealed yet. */
void processes_refill(struct processes *processes, struct snapshot *snapshot);

/* The judges may have made other records of that sample: those are the newest
 * from now on. */
void processes_adopt(struct processes *processes,
		     const struct snapshot *snapshot);

/* What the expensive lane should read, ranked; valid until the next call. */
size_t processes_tasks(struct processes *processes, const struct tick *tick,
		       const struct probe_task **ret);

/* Forget every PSS age: `:rescan`. */
void processes_rescan(struct processes *processes);

/* Has everything that was there at the start (or at the last rescan) been
 * read once by the expensive lane, as far as it can be and should be now? */
bool processes_complete(const struct processes *processes,
			const struct tick *tick);

/* Descriptors kept on statm files. */
size_t processes_descriptors(const struct processes *processes);

#endif
