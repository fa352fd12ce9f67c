/* SPDX-License-Identifier: MIT
 *
 * What the kernel holds and how it is set: slab caches, zones, free blocks,
 * nodes, network protocols and tunables are rows of lists; sockets and page
 * merging are one of each.  Bytes throughout; counts are objects or blocks.
 */
#ifndef MEMTOP_KERNEL_H
#define MEMTOP_KERNEL_H

#include "memtop/field.h"
#include "memtop/list.h"

/* Free blocks are counted up to this order; 10 is the last on most machines,
 * 13 with pages of 64 KiB. */
#define ORDERS 14

struct slab { /* one line of /proc/slabinfo */
	struct block block;
	const struct text *name; /* untrusted: modules name theirs */
	uint64_t size;		 /* pages of all its slabs */
	uint64_t objects, active;
	double use_percent; /* active of objects */
	uint64_t object_size;
	/* /sys/kernel/slab/NAME/reclaim_account; UNKNOWN without that */
	uint64_t reclaimable;
	/* bytes per second over the last minute; NAN in the first seconds */
	double growth_rate;
};

struct zone { /* one zone of /proc/zoneinfo that has pages */
	struct block block;
	char name[32]; /* "N0 Normal" */
	uint64_t free, min, low, high;
	uint64_t boost, promo; /* UNKNOWN on kernels without */
	uint64_t managed, present, cma;
	uint64_t cpu_lists; /* free pages at hand of processors, not in free */
	/* kept from requests that could go to a higher zone: the most */
	uint64_t protection;
	uint64_t unreclaimable; /* 1: kswapd gave up */
	char state[24];		/* in words, see zone_words() */
};

/* One line of /proc/buddyinfo, or of /proc/pagetypeinfo. */
struct free_blocks {
	struct block block;
	char name[48];		 /* of the zone, as above, and of the type */
	uint64_t blocks[ORDERS]; /* UNKNOWN beyond the largest order */
	uint64_t free;
	/* share of the free memory in blocks too small for a huge page, and
	 * for 8 pages in a row, which the kernel promises to find */
	double unusable, unusable_costly;
	uint64_t largest; /* bytes of the largest free block */
};

/* /sys/devices/system/node/nodeN */
struct node {
	struct block block; /* meminfo */
	char name[16];	    /* "N0" */
	uint64_t total, free, anon, file, shmem, slab, slab_unreclaimable;
	uint64_t page_tables, kernel_stack, anon_huge, dirty;
	struct block numastat; /* since boot, in pages */
	uint64_t hit, miss, foreign, local, other;
};

struct protocol { /* one line of /proc/net/protocols */
	struct block block;
	char name[24];
	uint64_t sockets;
	uint64_t memory; /* UNKNOWN: this protocol does not account */
	uint64_t object_size;
};

struct allocation { /* one line of /proc/allocinfo, of the largest */
	struct block block;
	const struct text *name; /* "mm/slub.c:2325 func:alloc_slab_page" */
	uint64_t bytes, calls;	 /* allocated and not freed */
	uint64_t accurate;	 /* 0: the kernel has lost count of some */
};

struct tunable { /* a file of /proc/sys/vm and its like */
	struct block block;
	char name[40]; /* "vm.swappiness" */
	char value[48];
	char usual[32];	  /* what the kernel begins with; "" when it depends */
	uint64_t changed; /* 1: not the usual value; UNKNOWN when it depends */
};

/* The sums over all zones that say how near the kernel is to reclaim and to
 * giving up; UNKNOWN without /proc/zoneinfo.  protection is added, as lmkd
 * does it, but no zone keeps more than it has, as the kernel counts it. */
struct watermarks {
	uint64_t min, low, high;
};
struct watermarks watermarks_sum(const struct snapshot *snapshot);

/* "ok", "kswapd works", "below min" …, for its numbers. */
const char *zone_words(const struct zone *zone);

/* Fills unusable, unusable_costly, largest and free from blocks.  huge_order
 * is that of a huge page. */
void free_blocks_sum(struct free_blocks *row, uint64_t page_size,
		     unsigned huge_order);

#define SLAB_FIELD_COUNT       8
#define ZONE_FIELD_COUNT       14
#define BLOCKS_FIELD_COUNT     (ORDERS + 5)
#define NODE_FIELD_COUNT       17
#define PROTOCOL_FIELD_COUNT   4
#define TUNABLE_FIELD_COUNT    4
#define SOCKETS_FIELD_COUNT    9
#define KSM_FIELD_COUNT	       8
#define ALLOCATION_FIELD_COUNT 4
extern const struct field slab_fields[SLAB_FIELD_COUNT];
extern const struct field zone_fields[ZONE_FIELD_COUNT];
extern const struct field blocks_fields[BLOCKS_FIELD_COUNT];
extern const struct field node_fields[NODE_FIELD_COUNT];
extern const struct field protocol_fields[PROTOCOL_FIELD_COUNT];
extern const struct field tunable_fields[TUNABLE_FIELD_COUNT];
extern const struct field sockets_fields[SOCKETS_FIELD_COUNT];
extern const struct field ksm_fields[KSM_FIELD_COUNT];
extern const struct field allocation_fields[ALLOCATION_FIELD_COUNT];

#endif
