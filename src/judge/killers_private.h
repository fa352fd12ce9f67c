/* SPDX-License-Identifier: MIT
 *
 * Private to the files about other killers.
 */
#ifndef JUDGE_KILLERS_PRIVATE_H
#define JUDGE_KILLERS_PRIVATE_H

#include "killers.h"
#include "memtop/kernel.h"

/* A number among the tunables, where the files of killers are too. */
double killers_setting(const struct snapshot *snapshot, const char *name,
		       double otherwise);
/* NULL: there is none of that name. */
const struct tunable *killers_row(const struct list *list, const char *name);

/* killers_oomd.c: did any unit ask systemd-oomd for that ("swap", "stall")?
 * Where its files are not known: true. */
bool killers_asked(const struct snapshot *snapshot, const char *what);
/* The cgroup that has most on swap, printable; "" when none has enough. */
void killers_pick_swap(const struct snapshot *snapshot, char *buf, size_t size);
/* Fills killers->stall. */
void killers_stalls(struct killers *killers, const struct snapshot *snapshot);

#endif
