/* SPDX-License-Identifier: MIT
 *
 * Huge pages by size: transparent ones of every size the kernel knows, and the
 * reserved pools.  Rows of lists (list.h).
 */
#ifndef MEMTOP_THP_H
#define MEMTOP_THP_H

#include "memtop/snapshot.h"

struct mthp { /* /sys/kernel/mm/transparent_hugepage/hugepages-SIZEkB */
	struct block block;
	uint64_t size;
	char enabled[16]; /* "": this size is for shared memory only */
	char shmem_enabled[16];

	/* stats/: since boot, except where said */
	struct block stats_block;
	uint64_t nr_anon, nr_partial; /* now, in pages of that size */
	uint64_t anon, partial;	      /* the same in bytes */
	uint64_t alloc, fallback, fallback_charge;
	uint64_t swpout, swpout_fallback;
	uint64_t swpin, swpin_fallback, swpin_fallback_charge;
	uint64_t zswpout;
	uint64_t shmem_alloc, shmem_fallback, shmem_fallback_charge;
	uint64_t split, split_failed, split_deferred;
	double alloc_rate, fallback_rate, swpout_rate, swpout_fallback_rate;
	double swpin_rate, zswpout_rate, split_rate;
	double shmem_alloc_rate, shmem_fallback_rate;
	double fail_percent; /* of the attempts between two reads; before that
				and without any: since boot */
};

struct hugetlb { /* /sys/kernel/mm/hugepages, …/nodeN/hugepages */
	struct block block;
	const struct text *name; /* "2048kB", "2048kB node 0" */
	uint64_t size;
	char node[12]; /* "all" or its number */
	/* in pages of that size; a node has no reserved ones of its own and no
	 * overcommit */
	uint64_t total, free, reserved, surplus, overcommit;
	uint64_t bytes; /* all of them, used or not */
	uint64_t idle;	/* bytes that nobody uses or was promised */
};

/* Fills the figures that follow from others. */
void mthp_finish(struct mthp *mthp);
void hugetlb_finish(struct hugetlb *pool);

/* fallback / (alloc + fallback) in percent; NAN when unknown or no attempt. */
double fail_percent(double alloc, double fallback);

#endif
