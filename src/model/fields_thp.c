/* SPDX-License-Identifier: MIT
 *
 * What is known about huge pages of each size and about their pools: one row
 * per field.  Tables and nothing else.
 */
#include <assert.h>

#include "memtop/thp.h"
#include "model.h"

/* clang-format off */
#define COLUMN(type, from, name_, member, title_, width_) \
	.name = name_, .title = title_, .width = width_,  \
	.bound = NO_FIELD, MEMBER(type, member),          \
	.block = offsetof(struct type, from)
#define BYTES .unit = UNIT_BYTES, .kind = KIND_U64
#define STAT(member, help_)                                              \
	{ COLUMN(mthp, stats_block, #member, member, NULL, 0),           \
	  .unit = UNIT_COUNT, .kind = KIND_U64, .help = help_ }
#define RATE(name_, of, title_, width_, help_)                             \
	{ COLUMN(mthp, stats_block, name_, of##_rate, title_, width_),     \
	  .unit = UNIT_COUNT_PER_SECOND, .kind = KIND_DOUBLE,              \
	  .counter = offsetof(struct mthp, of), .help = help_ }

const struct field mthp_fields[] = {
	{ COLUMN(mthp, block, "size", size, "SIZE", 5), BYTES,
	  .help = "of one page" },
	{ COLUMN(mthp, block, "enabled", enabled, "ENABLED", 9), .left = true,
	  .kind = KIND_CHARS, .help = "who gets anonymous pages of this size" },
	{ COLUMN(mthp, stats_block, "anon", anon, "NOW", 6), BYTES,
	  .help = "anonymous memory in pages of this size" },
	{ COLUMN(mthp, stats_block, "partial", partial, "PARTIAL", 7), BYTES,
	  .help = "of it, in pages that are mapped in part only" },
	RATE("alloc_rate", alloc, "ALLOC/s", 7,
	     "pages of this size given at first touch a second"),
	RATE("fallback_rate", fallback, "FAIL/s", 6,
	     "times a second that none could be had"),
	{ COLUMN(mthp, stats_block, "fail_percent", fail_percent, "FAIL%", 5),
	  .unit = UNIT_PERCENT, .kind = KIND_DOUBLE,
	  .help = "attempts that failed" },
	RATE("swpout_rate", swpout, "SWPOUT/s", 8,
	     "pages of this size swapped out whole a second"),
	RATE("swpout_fallback_rate", swpout_fallback, "SW-SPLIT", 8,
	     "pages a second that were split to swap them out"),
	RATE("swpin_rate", swpin, "SWPIN/s", 7,
	     "pages of this size swapped in whole a second"),
	RATE("zswpout_rate", zswpout, "ZSWP/s", 6,
	     "pages of this size that went to zswap a second"),
	RATE("split_rate", split, "SPLIT/s", 7,
	     "pages of this size taken apart a second"),
	{ COLUMN(mthp, block, "shmem_enabled", shmem_enabled, "SHMEM", 8),
	  .left = true, .kind = KIND_CHARS,
	  .help = "who gets shared memory pages of this size" },
	RATE("shmem_alloc_rate", shmem_alloc, NULL, 0,
	     "shared memory pages of this size a second"),
	RATE("shmem_fallback_rate", shmem_fallback, NULL, 0,
	     "times a second that shared memory got none"),
	STAT(nr_anon, "anonymous pages of this size now"),
	STAT(nr_partial, "of them, mapped in part only"),
	STAT(alloc, "pages of this size given at first touch"),
	STAT(fallback, "times that none could be had"),
	STAT(fallback_charge, "of those, because a cgroup was at its limit"),
	STAT(swpout, "swapped out whole"),
	STAT(swpout_fallback, "split to be swapped out"),
	STAT(swpin, "swapped in whole"),
	STAT(swpin_fallback, "swapped in page by page instead"),
	STAT(swpin_fallback_charge,
	     "of those, because a cgroup was at its limit"),
	STAT(zswpout, "went to zswap whole"),
	STAT(shmem_alloc, "shared memory pages of this size"),
	STAT(shmem_fallback, "times that shared memory got none"),
	STAT(shmem_fallback_charge,
	     "of those, because a cgroup was at its limit"),
	STAT(split, "taken apart"),
	STAT(split_failed, "could not be taken apart"),
	STAT(split_deferred, "put on the list of those to be taken apart"),
};

#define POOL(member, title_, width_, help_)                       \
	{ COLUMN(hugetlb, block, #member, member, title_, width_), \
	  .unit = UNIT_COUNT, .kind = KIND_U64, .help = help_ }
const struct field hugetlb_fields[] = {
	{ COLUMN(hugetlb, block, "name", name, "POOL", 14), .left = true,
	  .kind = KIND_TEXT, .help = "size, and node where it is one's" },
	{ COLUMN(hugetlb, block, "size", size, "SIZE", 5), BYTES,
	  .help = "of one page" },
	{ COLUMN(hugetlb, block, "node", node, "NODE", 4), .left = true,
	  .kind = KIND_CHARS, .help = "memory node, or all of them" },
	POOL(total, "TOTAL", 6, "pages in the pool"),
	POOL(free, "FREE", 6, "of them, unused"),
	POOL(reserved, "RSVD", 6, "of the free ones, promised to somebody"),
	POOL(surplus, "SURPLUS", 7, "beyond the configured number"),
	POOL(overcommit, "OVERCOMMIT", 10, "so many surplus ones may be made"),
	{ COLUMN(hugetlb, block, "bytes", bytes, "BYTES", 6), BYTES,
	  .help = "RAM the pool takes, used or not" },
	{ COLUMN(hugetlb, block, "idle", idle, "IDLE", 5), BYTES,
	  .help = "of it, neither used nor promised" },
};
/* clang-format on */

static_assert(sizeof(struct mthp) < NO_BLOCK, "offsets are uint16_t");
