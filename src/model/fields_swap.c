/* SPDX-License-Identifier: MIT
 *
 * What is known about swap devices, compressed RAM disks and the compressed
 * cache in front of swap: one row per field.  Tables and nothing else.
 */
#include <assert.h>

#include "memtop/swap.h"
#include "model.h"

/* clang-format off */
#define COLUMN(type, from, name_, member, title_, width_) \
	.name = name_, .title = title_, .width = width_,  \
	.bound = NO_FIELD, MEMBER(type, member),          \
	.block = offsetof(struct type, from)
#define BYTES .unit = UNIT_BYTES, .kind = KIND_U64
#define PAGES .unit = UNIT_COUNT, .kind = KIND_U64
#define RATE(type, unit_, member)               \
	.unit = unit_, .kind = KIND_DOUBLE, \
	.counter = offsetof(struct type, member)

const struct field swap_fields[] = {
	{ COLUMN(swap, block, "name", name, "DEVICE", 10), .left = true,
	  .kind = KIND_TEXT, .help = "device or file" },
	{ COLUMN(swap, block, "type", type, "TYPE", 9), .left = true,
	  .kind = KIND_CHARS, .help = "zram, partition or file" },
	{ COLUMN(swap, block, "priority", priority, "PRIO", 4),
	  .alias = "prio", .kind = KIND_I64,
	  .help = "the highest is filled first" },
	{ COLUMN(swap, block, "size", size, "SIZE", 5), BYTES,
	  .help = "size of the device" },
	{ COLUMN(swap, block, "used", used, "USED", 5), BYTES,
	  .help = "of it, used" },
	{ COLUMN(swap, io_block, "in_rate", in_rate, "IN/s", 5),
	  RATE(swap, UNIT_BYTES_PER_SECOND, read_bytes),
	  .help = "read back from the device a second" },
	{ COLUMN(swap, io_block, "out_rate", out_rate, "OUT/s", 5),
	  RATE(swap, UNIT_BYTES_PER_SECOND, written_bytes),
	  .help = "written to the device a second" },
	{ COLUMN(swap, io_block, "busy", busy, "BUSY", 4),
	  RATE(swap, UNIT_PERCENT, busy_ns),
	  .help = "time in which the device had something to do" },
	{ COLUMN(swap, io_block, "await", await_ns, "AWAIT", 6),
	  .unit = UNIT_NS, .kind = KIND_U64,
	  .help = "how long a request took, on the mean" },
	{ COLUMN(swap, io_block, "reads", reads, NULL, 0), PAGES,
	  .help = "requests to read since boot" },
	{ COLUMN(swap, io_block, "writes", writes, NULL, 0), PAGES,
	  .help = "requests to write since boot" },
	{ COLUMN(swap, io_block, "read_bytes", read_bytes, NULL, 0), BYTES,
	  .help = "read since boot" },
	{ COLUMN(swap, io_block, "written_bytes", written_bytes, NULL, 0),
	  BYTES, .help = "written since boot" },
	{ COLUMN(swap, io_block, "wait", wait_ns, NULL, 0),
	  .unit = UNIT_NS, .kind = KIND_U64,
	  .help = "time that all requests took together since boot" },
	{ COLUMN(swap, io_block, "busy_time", busy_ns, NULL, 0),
	  .unit = UNIT_NS, .kind = KIND_U64,
	  .help = "time in which it had something to do since boot" },
};

const struct field zram_fields[] = {
	{ COLUMN(zram, block, "name", name, "ZRAM", 6), .left = true,
	  .kind = KIND_TEXT, .help = "block device" },
	{ COLUMN(zram, block, "algorithm", algorithm, "ALGO", 7),
	  .left = true, .kind = KIND_CHARS, .help = "how it compresses" },
	{ COLUMN(zram, block, "recompression", recompression, NULL, 0),
	  .kind = KIND_CHARS, .help = "with what it compresses once more" },
	{ COLUMN(zram, block, "size", size, "SIZE", 5), BYTES,
	  .help = "of the disk, before compression" },
	{ COLUMN(zram, block, "original", original, "ORIG", 5), BYTES,
	  .help = "what is stored in it, before compression" },
	{ COLUMN(zram, block, "compressed", compressed, "COMPR", 5), BYTES,
	  .help = "the same after compression" },
	{ COLUMN(zram, block, "used", used, "RAM", 5), BYTES,
	  .help = "RAM it takes" },
	{ COLUMN(zram, block, "ratio", ratio, "RATIO", 5),
	  .kind = KIND_DOUBLE, .help = "what is stored for the RAM it takes" },
	{ COLUMN(zram, block, "ram_limit", limit, "LIMIT", 5), BYTES,
	  .help = "RAM it may take; 0 is no limit" },
	{ COLUMN(zram, block, "max_used", max_used, "MAX", 5), BYTES,
	  .help = "most RAM it has taken" },
	{ COLUMN(zram, block, "same", same, "SAME", 5), BYTES,
	  .help = "stored pages of one value, which take no RAM" },
	{ COLUMN(zram, block, "incompressible", incompressible, "INCOMP", 6),
	  BYTES, .help = "stored pages that can not be made smaller" },
	{ COLUMN(zram, block, "incompressible_total", incompressible_total,
		 NULL, 0), PAGES,
	  .help = "pages that could not be made smaller so far" },
	{ COLUMN(zram, block, "compacted", compacted, NULL, 0), PAGES,
	  .help = "pages freed by moving objects together" },
	{ COLUMN(zram, io_block, "failed_reads", failed_reads, NULL, 0), PAGES,
	  .help = "reads that failed" },
	{ COLUMN(zram, io_block, "failed_writes", failed_writes, NULL, 0),
	  PAGES, .help = "writes that failed, mostly at the limit" },
	{ COLUMN(zram, io_block, "freed", freed, NULL, 0), PAGES,
	  .help = "pages whose swap place was given up" },
	{ COLUMN(zram, writeback_block, "backing", backing, NULL, 0),
	  .kind = KIND_TEXT, .help = "where idle pages are written to" },
	{ COLUMN(zram, writeback_block, "written_back", written_back,
		 "BACKED", 6), BYTES, .help = "on the backing device now" },
	{ COLUMN(zram, writeback_block, "writeback_read", writeback_read,
		 NULL, 0), BYTES, .help = "read from the backing device" },
	{ COLUMN(zram, writeback_block, "writeback_written",
		 writeback_written, NULL, 0), BYTES,
	  .help = "written to the backing device" },
	{ COLUMN(zram, writeback_block, "writeback_rate", writeback_rate,
		 NULL, 0), RATE(zram, UNIT_BYTES_PER_SECOND, writeback_written),
	  .help = "written to the backing device a second" },
};

const struct field zswap_fields[] = {
	{ COLUMN(zswap, block, "enabled", enabled, NULL, 0),
	  .unit = UNIT_YES_NO, .kind = KIND_U64,
	  .help = "pages are compressed before they go to swap" },
	{ COLUMN(zswap, block, "compressor", compressor, NULL, 0),
	  .kind = KIND_CHARS, .help = "how it compresses" },
	{ COLUMN(zswap, block, "zpool", zpool, NULL, 0),
	  .kind = KIND_CHARS, .help = "how it stores, up to Linux 6.17" },
	{ COLUMN(zswap, block, "max_pool_percent", max_pool_percent, NULL, 0),
	  .unit = UNIT_PERCENT, .kind = KIND_U64,
	  .help = "of RAM that the pool may take" },
	{ COLUMN(zswap, block, "accept_threshold_percent",
		 accept_threshold_percent, NULL, 0),
	  .unit = UNIT_PERCENT, .kind = KIND_U64,
	  .help = "a full pool takes pages again below this part of it" },
	{ COLUMN(zswap, block, "shrinker_enabled", shrinker_enabled, NULL, 0),
	  .unit = UNIT_YES_NO, .kind = KIND_U64,
	  .help = "cold pages are written back before the pool is full" },
	{ COLUMN(zswap, block, "pool", pool, NULL, 0), BYTES,
	  .help = "RAM it takes" },
	{ COLUMN(zswap, block, "stored", stored, NULL, 0), BYTES,
	  .help = "what it holds, before compression" },
	{ COLUMN(zswap, block, "pool_limit", limit, NULL, 0), BYTES,
	  .help = "RAM the pool may take" },
	{ COLUMN(zswap, block, "ratio", ratio, NULL, 0), .kind = KIND_DOUBLE,
	  .help = "what is stored for the RAM it takes" },
	{ COLUMN(zswap, block, "written_back", written_back, NULL, 0), BYTES,
	  .help = "moved on to the swap device since boot" },
#define REJECTED(member, help_)                                   \
	{ COLUMN(zswap, debug_block, #member, member, NULL, 0), PAGES, \
	  .help = help_ }
	REJECTED(pool_limit_hit, "how often the pool was full"),
	REJECTED(reject_reclaim_fail,
		 "pages not taken because the full pool could not shrink"),
	REJECTED(reject_alloc_fail, "pages not taken for lack of memory"),
	REJECTED(reject_kmemcache_fail,
		 "pages not taken for lack of kernel memory"),
	REJECTED(reject_compress_poor,
		 "pages not taken because they can not be made smaller"),
	REJECTED(reject_compress_fail,
		 "pages not taken because compression failed"),
	REJECTED(decompress_fail, "pages that could not be read back"),
	{ COLUMN(zswap, debug_block, "incompressible", incompressible,
		 NULL, 0), BYTES,
	  .help = "stored pages that can not be made smaller" },
};
/* clang-format on */

static_assert(sizeof(struct swap) < NO_BLOCK && sizeof(struct zram) < NO_BLOCK,
	      "offsets are uint16_t");
