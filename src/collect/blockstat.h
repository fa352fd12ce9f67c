/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: statistics of a block device, /sys/…/stat.
 */
#ifndef COLLECT_BLOCKSTAT_H
#define COLLECT_BLOCKSTAT_H

#include "collect.h"
#include "memtop/swap.h"

/* Fills io_block and the counters under it, of the device that swap->name
 * is; NOT_APPLICABLE for what is none. */
void blockstat_read(struct tree *tree, struct swap *swap);

#endif
