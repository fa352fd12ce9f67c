/* SPDX-License-Identifier: MIT
 *
 * Are two samples the same, bit for bit?  Not by what a face reads, but by
 * every byte of every record, so that no member can be forgotten; only counts
 * of references, sequence numbers and the padding of blocks are nobody's.
 */
#ifndef SAME_H
#define SAME_H

#include "memtop/snapshot.h"

bool same_process(const struct process *a, const struct process *b);

/* Processes, counters, swaps and texts included. */
bool same_snapshot(const struct snapshot *a, const struct snapshot *b);

#endif
