/* SPDX-License-Identifier: MIT
 *
 * Whatever memtop knows belongs to one of these.  The table entities[] in
 * field.h has a row for each, in this order.
 */
#ifndef MEMTOP_ENTITY_H
#define MEMTOP_ENTITY_H

enum entity_id {
	/* one of each, a member of struct snapshot */
	ENTITY_MEMORY,
	ENTITY_PRESSURE,
	ENTITY_THP,
	ENTITY_ZSWAP,
	ENTITY_LOAD,
	ENTITY_SOCKETS,
	ENTITY_KSM,
	ENTITY_SELF,
	ENTITY_COVERAGE,
	ENTITY_ARC,
	/* lists: rows that were read together, see list.h */
	ENTITY_SWAP,
	ENTITY_SLAB,
	ENTITY_ZONE,
	ENTITY_BLOCKS,
	ENTITY_NODE,
	ENTITY_PROTOCOL,
	ENTITY_TUNABLE,
	ENTITY_ZRAM,
	ENTITY_MTHP,
	ENTITY_HUGETLB,
	ENTITY_CGROUP,
	ENTITY_TMPFS,
	ENTITY_SHARED,
	ENTITY_TYPE_BLOCKS, /* while somebody looks, like the next */
	ENTITY_ALLOCATION,
	ENTITY_KILL,	     /* OOM kills in the kernel's log: kill.h */
	ENTITY_PAGE_FAILURE, /* allocations that failed, there: kill.h */
	ENTITY_READER,	     /* who reads from disks: readers.h */
	ENTITY_EVENT,	     /* those that begin, change or end here: event.h */
	ENTITY_TREND,	     /* what keeps growing: trend.h */
	/* processes stand in the snapshot by themselves */
	ENTITY_PROCESS,
	/* on demand, in no snapshot */
	ENTITY_MAPPING,
	ENTITY_COUNTER,	  /* made of a snapshot's vmstat */
	ENTITY_LEDGER,	  /* made of a snapshot, see ledger.h */
	ENTITY_SWAP_HELD, /* likewise, see swap_held.h */
	ENTITY_COUNT,

	ENTITY_LIST_FIRST = ENTITY_SWAP,
	ENTITY_LIST_END = ENTITY_PROCESS,
};

#define LIST_COUNT (ENTITY_LIST_END - ENTITY_LIST_FIRST)

#endif
