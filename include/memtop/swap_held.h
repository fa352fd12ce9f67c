/* SPDX-License-Identifier: MIT
 *
 * What the used part of swap belongs to: parts that don't overlap and add up
 * to it.  Processes show their anonymous pages only; the rest is shared memory,
 * pages that are back in RAM and keep their place, and what nobody tells of.
 * Pure arithmetic on a snapshot, so the past and recordings have it as well.
 */
#ifndef MEMTOP_SWAP_HELD_H
#define MEMTOP_SWAP_HELD_H

#include "memtop/list.h"

enum swap_held_part {
	SWAP_HELD_PROCESSES, /* SwapPss, or VmSwap where that is not known */
	SWAP_HELD_SYSV,	     /* System V segments, as the kernel tells */
	SWAP_HELD_TMPFS,     /* files of tmpfs and memfds: at least */
	SWAP_HELD_CACHED,    /* in RAM as well: at most */
	SWAP_HELD_OTHER,     /* the kernel names nobody */
	SWAP_HELD_COUNT
};

struct swap_held {
	uint64_t used; /* of swap */
	/* Sum to used, without those that are UNKNOWN: what is counted beyond
	 * that (memory that processes share, and reads at different moments)
	 * is taken off. */
	uint64_t bytes[SWAP_HELD_COUNT];
};

/* 0; -ENODATA when the use of swap is not known. */
int swap_held_make(const struct snapshot *snapshot, struct swap_held *ret);

struct swap_held_row {
	struct block block;
	char name[16];	/* in exports */
	char title[32]; /* for people */
	uint64_t bytes;
	double share; /* percent of what is used */
};

/* A list of ENTITY_SWAP_HELD with one reference, empty where nothing is
 * swapped; NULL: no memory. */
const struct list *swap_held_list(const struct snapshot *snapshot);

#endif
