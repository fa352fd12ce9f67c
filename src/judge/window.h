/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: what the rules need of the last minutes, in a ring of
 * their own, so that their rates neither depend on the kernel's averages nor
 * on the length of the history.
 */
#ifndef JUDGE_WINDOW_H
#define JUDGE_WINDOW_H

#include <stdbool.h>

#include "memtop/snapshot.h"

/* What is remembered of a snapshot.  Up to SERIES_LEVELS they only rise. */
enum series {
	SERIES_MEM_SOME, /* microseconds since boot, /proc/pressure/memory */
	SERIES_MEM_FULL,
	SERIES_IO_SOME,
	SERIES_IO_FULL,
	SERIES_SWAP_IN, /* pages from here on, /proc/vmstat */
	SERIES_SWAP_OUT,
	SERIES_ZSWAP_IN,
	SERIES_ZSWAP_OUT,
	SERIES_ZSWAP_WRITTEN,
	SERIES_REFAULT_ANON,
	SERIES_REFAULT_FILE,
	SERIES_RESTORE_FILE,
	SERIES_STEAL_ANON,
	SERIES_STEAL_FILE,
	SERIES_STEAL_KSWAPD,
	SERIES_STEAL_DIRECT,
	SERIES_SCAN_KSWAPD,
	SERIES_SCAN_DIRECT,
	SERIES_SCAN_ANON,
	SERIES_SCAN_FILE,
	SERIES_ALLOCSTALL,
	SERIES_COMPACT_STALL,
	SERIES_COMPACT_FAIL,
	SERIES_COMPACT_OTHERS, /* blocks that nobody waits for */
	SERIES_SLABS_SCANNED,
	SERIES_NUMA_FOREIGN,
	SERIES_NUMA_HIT,
	SERIES_THROTTLED,
	SERIES_QUICKLY,
	SERIES_LEVELS,
	SERIES_HEADROOM = SERIES_LEVELS, /* bytes */
	SERIES_AVAILABLE,
	SERIES_TOTAL,
	SERIES_SWAP_TOTAL,
	SERIES_SLAB_FIXED,
	SERIES_PERCPU,
	SERIES_COUNT
};

struct sample {
	uint64_t monotonic_ns, boottime_ns;
	uint64_t value[SERIES_COUNT]; /* UNKNOWN where there is none */
};

/* Every second for a minute, every five for as many minutes. */
#define WINDOW_FINE   64
#define WINDOW_COARSE 64

struct window {
	struct sample now;
	struct sample fine[WINDOW_FINE], coarse[WINDOW_COARSE];
	unsigned nfine, ncoarse;	   /* kept so far, ever */
	const struct counter_names *names; /* that `places` are of; never
					    * followed */
	uint16_t places[SERIES_COUNT][8];  /* of the counters that add up */
	uint8_t nplaces[SERIES_COUNT];
};

/* Why the windows had to be dropped. */
enum gap {
	GAP_NONE,
	GAP_FIRST,   /* nothing was known before */
	GAP_LATE,    /* no sample for long */
	GAP_SUSPEND, /* the machine slept */
	GAP_RESET,   /* a counter went back */
	GAP_RESTART, /* another boot */
	GAP_MEMORY,  /* RAM was added or taken away */
};

enum gap window_add(struct window *window, const struct snapshot *snapshot);

/* The sample at least that old, the youngest such; else the oldest one, and
 * NULL when none is half a second old. */
const struct sample *window_before(const struct window *window, uint64_t ns);

/* Since when there are samples without a gap. */
uint64_t window_covered_ns(const struct window *window);

/* Change since then; NAN when not known. */
double window_change(const struct window *window, const struct sample *before,
		     enum series series);
/* The same per second. */
double window_rate(const struct window *window, const struct sample *before,
		   enum series series);

/*
 * Bytes per second by which a level falls (> 0) or rises (< 0): the median of
 * the slopes between all pairs of points (Theil and Sen), over the shortest
 * time whose fall stands out of its noise.  NAN when none does.
 */
double window_fall(const struct window *window, enum series series,
		   uint64_t *ret_over_ns);

#endif
