/* SPDX-License-Identifier: MIT
 *
 * Where swapped pages go: devices and files, and the compressed RAM disks that
 * may be behind them.  Rows of lists (list.h); the compressed cache in front
 * of swap is one of a kind and stands in the snapshot (struct zswap).
 */
#ifndef MEMTOP_SWAP_H
#define MEMTOP_SWAP_H

#include "memtop/snapshot.h"

struct list;

struct swap { /* one line of /proc/swaps */
	struct block block;
	const struct text *name; /* path, untrusted, unescaped */
	char type[16];		 /* "zram", "partition", "file" */
	uint64_t size, used;
	int64_t priority;

	/* /sys/class/block/NAME/stat; a file has none of its own */
	struct block io_block;
	uint64_t reads, writes; /* requests */
	uint64_t read_bytes, written_bytes;
	uint64_t wait_ns; /* of all requests together */
	uint64_t busy_ns; /* there was at least one */
	double in_rate, out_rate;
	double busy;	   /* percent of the time between two reads */
	uint64_t await_ns; /* of a request between them; UNKNOWN: there was
			      none */
};

struct zram { /* /sys/block/zramN; those that are set up */
	struct block block;
	const struct text *name; /* "zram0" */
	char algorithm[24];
	char recompression[64]; /* "lz4 zstd": by priority; "": none */
	uint64_t size;
	/* mm_stat */
	uint64_t original, compressed;
	uint64_t used; /* RAM it takes, all told */
	uint64_t limit, max_used;
	uint64_t same; /* of original: one value all over, takes no RAM */
	uint64_t incompressible;       /* of original: stored as it is */
	uint64_t incompressible_total; /* pages since it was set up */
	uint64_t compacted;	       /* pages since it was set up */
	double ratio;		       /* original / used */

	struct block io_block; /* io_stat */
	uint64_t failed_reads, failed_writes, freed;

	/* bd_stat: a kernel may be built without writeback */
	struct block writeback_block;
	const struct text *backing; /* path or "none"; untrusted */
	uint64_t written_back;	    /* is there now */
	uint64_t writeback_read, writeback_written; /* since set up */
	double writeback_rate;
};

/* What can only be said of two readings: fills await_ns. */
void swap_await(struct list *swaps, const struct list *before);

/* Where pages go now: of those with room the first by priority, of equals the
 * one with most; NULL: all are full, or none is known. */
const struct swap *swap_in_use(const struct snapshot *snapshot);

/* What programs can still get: available memory, and as much as swap takes of
 * what is anonymous, less what zram needs for it.  UNKNOWN. */
uint64_t swap_headroom(const struct snapshot *snapshot);

/* What is gained by putting a byte on the swap that is left: 1 on a disk, less
 * on zram. */
double swap_gain(const struct snapshot *snapshot);

/* original / used; NAN when unknown or nothing is stored. */
double compression_ratio(uint64_t original, uint64_t used);

#endif
