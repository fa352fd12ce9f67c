/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: whom a cpuset keeps to NUMA nodes that are short.
 */
#ifndef JUDGE_CPUSETS_H
#define JUDGE_CPUSETS_H

#include <stdbool.h>
#include <stdint.h>

#include "memtop/snapshot.h"

/* A bit for each of the first 64 nodes that is below its low mark; 0 as well
 * where none of the others has room. */
uint64_t cpusets_short(const struct snapshot *snapshot);

/* May it use these nodes and no other?  false where that is not known. */
bool cpusets_keep(const struct process *process, uint64_t nodes);

#endif
