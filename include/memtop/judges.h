/* SPDX-License-Identifier: MIT
 *
 * All judges as one, in the order in which they use each other's conclusions.
 */
#ifndef MEMTOP_JUDGES_H
#define MEMTOP_JUDGES_H

#include "memtop/snapshot.h"

struct judges;

/* NULL: no memory. */
struct judges *judges_new(void);
void judges_free(struct judges *judges);

/* Nothing has to last before it is said: for who sees a few seconds only. */
void judges_waive(struct judges *judges);

/* Writes their conclusions into the snapshot: a struct judge's step with the
 * judges as state. */
void judges_step(void *judges, struct snapshot *snapshot);

#endif
