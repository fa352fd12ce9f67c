/* SPDX-License-Identifier: MIT
 *
 * The judge that tells what happened: it compares each sample with the one
 * before and writes events (event.h) into it.
 */
#ifndef MEMTOP_EVENTS_H
#define MEMTOP_EVENTS_H

#include "memtop/snapshot.h"

struct events_judge;

/* NULL: no memory. */
struct events_judge *events_judge_new(void);
void events_judge_free(struct events_judge *judge);

/* Fills the list of events of snapshot, which has its verdict already: a
 * struct judge's step with the events_judge as state. */
void events_judge_step(void *judge, struct snapshot *snapshot);

#endif
