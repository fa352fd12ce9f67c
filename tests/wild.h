/* SPDX-License-Identifier: MIT
 *
 * A machine where anything may happen: samples that change at random, in ways
 * that machines do and in ways that none ever should.  The same in every run
 * with the same seed.
 */
#ifndef WILD_H
#define WILD_H

#include "memtop/snapshot.h"

/* Not 0. */
void wild_seed(uint64_t seed);

/* 0 to limit - 1. */
size_t wild_below(size_t limit);
bool wild_one_in(size_t n);
void wild_bytes(void *at, size_t size);

/* What may come after `before`: figures, texts, states, clocks, counters and
 * swaps change; processes are born, change, die and leave their pid to
 * another.  The caller's; without a sequence number. */
struct snapshot *wild_next(const struct snapshot *before);

#endif
