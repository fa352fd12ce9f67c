/* SPDX-License-Identifier: MIT
 *
 * Where every byte of RAM is: parts that don't overlap and add up to the
 * total, the rest that the kernel names nowhere being a part of its own.  Pure
 * arithmetic on a snapshot, so the past and recordings have it as well.
 */
#ifndef MEMTOP_LEDGER_H
#define MEMTOP_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "memtop/list.h"

enum ledger_part {
	LEDGER_ANON,	    /* mapped anonymous pages */
	LEDGER_SWAP_CACHED, /* in RAM and on swap, mapped by nobody */
	LEDGER_SHMEM,	    /* tmpfs, SysV, memfd, shared anonymous */
	LEDGER_FILE,	    /* page cache of files */
	LEDGER_BUFFERS,	    /* page cache of block devices */
	LEDGER_ARC,	    /* ZFS: what lies above its minimum */
	LEDGER_ARC_MIN,	    /* ZFS: what it keeps */
	LEDGER_SLAB_FREEABLE,
	LEDGER_SLAB_FIXED,
	LEDGER_KERNEL_FREEABLE, /* reclaimable, but not slab */
	LEDGER_STACKS,		/* of threads, in the kernel */
	LEDGER_PAGE_TABLES,
	LEDGER_VMALLOC,
	LEDGER_PERCPU,
	LEDGER_COMPRESSED, /* the pools of zram and zswap */
	LEDGER_HUGETLB,	   /* pools of huge pages, used and free */
	LEDGER_GPU,	   /* pages that graphics drivers tell of */
	LEDGER_BALLOON,
	LEDGER_UNACCOUNTED,
	LEDGER_CPU_LISTS, /* free pages that processors keep at hand */
	LEDGER_FREE,
	LEDGER_COUNT
};

/* Can it be had back? */
enum freeable {
	FREEABLE_YES,	 /* by itself, when somebody needs it */
	FREEABLE_MOSTLY, /* likewise, but not to the last page */
	FREEABLE_SWAP,	 /* by swapping, or by ending its owner */
	FREEABLE_DELETE, /* by swapping, or by deleting the file or segment */
	FREEABLE_EXIT,	 /* when processes exit */
	FREEABLE_NO,
	FREEABLE_FREE, /* it is free */
};

struct ledger {
	uint64_t total;
	uint64_t bytes[LEDGER_COUNT]; /* sum to total, none negative */
	/* The kernel's counters are not read at one instant: so much was
	 * counted twice and has been taken off the page cache, then off the
	 * other parts. */
	uint64_t excess;
};

/* 0; -ENODATA when the total or the free memory is not known. */
int ledger_make(const struct snapshot *snapshot, struct ledger *ret);

/* A part as a row, for screens. */
struct ledger_row {
	struct block block;
	char name[24];	/* in exports */
	char title[32]; /* for people */
	uint64_t bytes;
	double share; /* percent of the total */
	char freeable[16];
	enum ledger_part part;
};

/* A list of ENTITY_LEDGER with one reference, without the parts that this
 * machine has not; NULL: no memory. */
const struct list *ledger_list(const struct snapshot *snapshot);

/* "anonymous", "file_cache": the name in exports. */
const char *ledger_name(enum ledger_part part);
enum freeable ledger_freeable(enum ledger_part part);
/* "yes", "swap": the word in exports. */
const char *freeable_name(enum freeable freeable);

#endif
