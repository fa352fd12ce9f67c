/* SPDX-License-Identifier: MIT
 *
 * The judge that writes the verdict line.
 */
#ifndef MEMTOP_VERDICT_H
#define MEMTOP_VERDICT_H

#include "memtop/snapshot.h"

struct verdict_judge;

/* NULL: no memory. */
struct verdict_judge *verdict_judge_new(void);
void verdict_judge_free(struct verdict_judge *judge);

/* From now on nothing has to last before it is said: for a judge that sees a
 * few seconds only. */
void verdict_judge_waive(struct verdict_judge *judge);

/* Fills snapshot->verdict from it and from the snapshots stepped before;
 * a struct judge's step with the verdict_judge as state. */
void verdict_judge_step(void *judge, struct snapshot *snapshot);

/* The i-th line of what a rule compares ("R07", or its whole name): "WARN
 * swap_in >= 64/s, and …".  -ENOENT: it has not so many. */
int verdict_rule_limits(const char *name, size_t i, char *buf, size_t size);

#endif
