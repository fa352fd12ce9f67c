/* SPDX-License-Identifier: MIT
 *
 * What the kernel holds and how it is set: one row per field.  Tables and
 * nothing else.
 */
#include "memtop/kernel.h"
#include "model.h"

/* clang-format off */

#define KEY(type, member_, title_, width_, kind_, help_)                    \
	{ .name = #member_, .title = title_, .width = width_, .left = true, \
	  .help = help_, .kind = kind_, MEMBER(type, member_),              \
	  .block = offsetof(struct type, block), .bound = NO_FIELD }
#define IN(type, block_, name_, member_, title_, width_, unit_, kind_, help_) \
	{ .name = name_, .title = title_, .width = width_, .help = help_,     \
	  .unit = unit_, .kind = kind_, MEMBER(type, member_),                \
	  .aggregate = AGGREGATE_SUM,                                         \
	  .block = offsetof(struct type, block_), .bound = NO_FIELD }
#define SIZE(type, member_, title_, help_) \
	IN(type, block, #member_, member_, title_, 5, UNIT_BYTES, KIND_U64, help_)
#define COUNT(type, member_, title_, help_) \
	IN(type, block, #member_, member_, title_, 5, UNIT_COUNT, KIND_U64, help_)

const struct field slab_fields[SLAB_FIELD_COUNT] = {
	KEY(slab, name, "CACHE", 22, KIND_TEXT, "name of the slab cache"),
	SIZE(slab, size, "SIZE", "RAM it takes"),
	COUNT(slab, objects, "OBJS", "objects there is room for"),
	COUNT(slab, active, "USED", "of them, in use"),
	IN(slab, block, "use_percent", use_percent, "USE%", 4, UNIT_PERCENT,
	   KIND_DOUBLE, "share of the objects in use"),
	SIZE(slab, object_size, "OSIZE", "size of one object"),
	IN(slab, block, "reclaimable", reclaimable, "RECL", 4, UNIT_YES_NO,
	   KIND_U64, "the kernel can shrink it when memory is short"),
	IN(slab, block, "growth_rate", growth_rate, "GROW/m", 6,
	   UNIT_BYTES_PER_MINUTE, KIND_DOUBLE, "change over the last minute"),
};

const struct field zone_fields[ZONE_FIELD_COUNT] = {
	KEY(zone, name, "ZONE", 10, KIND_CHARS, "node and zone"),
	SIZE(zone, free, "FREE", "pages nobody uses"),
	SIZE(zone, min, "MIN", "below it whoever allocates must reclaim"),
	SIZE(zone, low, "LOW", "below it kswapd wakes"),
	SIZE(zone, high, "HIGH", "kswapd sleeps again"),
	SIZE(zone, boost, "BOOST", "added for a while against fragmentation"),
	SIZE(zone, promo, "PROMO", "room for pages promoted from slow memory"),
	SIZE(zone, managed, "MANAG", "pages the allocator has"),
	SIZE(zone, present, "PRES", "pages that exist"),
	SIZE(zone, cpu_lists, "LISTS", "free pages at hand of processors"),
	SIZE(zone, cma, "CMA", "set aside for contiguous allocations"),
	SIZE(zone, protection, "PROT",
	     "kept from requests that could go to another zone"),
	IN(zone, block, "unreclaimable", unreclaimable, "GAVEUP", 6,
	   UNIT_YES_NO, KIND_U64, "kswapd found nothing to reclaim"),
	KEY(zone, state, "STATE", 20, KIND_CHARS, "free pages and watermarks"),
};

#define ORDER(n)                                                            \
	{ .name = "order" #n, .title = "o" #n, .width = 5,                  \
	  .help = "free blocks of 2^" #n " pages", .unit = UNIT_COUNT,      \
	  .kind = KIND_U64, .offset = offsetof(struct free_blocks, blocks[n]), \
	  .size = sizeof(uint64_t), .aggregate = AGGREGATE_SUM,             \
	  .block = offsetof(struct free_blocks, block), .bound = NO_FIELD }
const struct field blocks_fields[BLOCKS_FIELD_COUNT] = {
	KEY(free_blocks, name, "ZONE", 10, KIND_CHARS, "node and zone"),
	ORDER(0), ORDER(1), ORDER(2), ORDER(3), ORDER(4), ORDER(5), ORDER(6),
	ORDER(7), ORDER(8), ORDER(9), ORDER(10), ORDER(11), ORDER(12),
	ORDER(13),
	SIZE(free_blocks, free, "FREE", "in blocks of all sizes"),
	IN(free_blocks, block, "unusable", unusable, "UNUS", 4, UNIT_PERCENT,
	   KIND_DOUBLE, "share of it in blocks too small for a huge page"),
	IN(free_blocks, block, "unusable_costly", unusable_costly, "UNUS8", 5,
	   UNIT_PERCENT, KIND_DOUBLE,
	   "share of it in blocks of less than 8 pages"),
	SIZE(free_blocks, largest, "MAX", "the largest free block"),
};

#define NUMA(name_, member_, title_, help_) \
	IN(node, numastat, name_, member_, title_, 5, UNIT_COUNT, KIND_U64, help_)
const struct field node_fields[NODE_FIELD_COUNT] = {
	KEY(node, name, "NODE", 4, KIND_CHARS, "number of the node"),
	SIZE(node, total, "TOTAL", "RAM of the node"),
	SIZE(node, free, "FREE", "RAM nobody uses"),
	SIZE(node, anon, "ANON", "memory of processes"),
	SIZE(node, file, "FILE", "page cache, buffers and swap cache"),
	SIZE(node, shmem, "SHMEM", "tmpfs and shared memory"),
	SIZE(node, slab, "SLAB", "slab caches"),
	SIZE(node, slab_unreclaimable, "SUNRE", "of them, not reclaimable"),
	SIZE(node, page_tables, "PTAB", "page tables"),
	SIZE(node, kernel_stack, "STACK", "kernel stacks"),
	SIZE(node, anon_huge, "THP", "in transparent huge pages"),
	SIZE(node, dirty, "DIRTY", "to be written"),
	NUMA("numa_hit", hit, "HIT", "pages placed where they were wanted"),
	NUMA("numa_miss", miss, "MISS", "pages placed here that were wanted elsewhere"),
	NUMA("numa_foreign", foreign, "FORGN", "pages wanted here that went elsewhere"),
	NUMA("local_node", local, "LOCAL", "pages for a task that ran here"),
	NUMA("other_node", other, "OTHER", "pages for a task that ran elsewhere"),
};

const struct field protocol_fields[PROTOCOL_FIELD_COUNT] = {
	KEY(protocol, name, "PROTOCOL", 10, KIND_CHARS, "network protocol"),
	COUNT(protocol, sockets, "SOCKS", "its sockets"),
	SIZE(protocol, memory, "MEM", "in its buffers"),
	SIZE(protocol, object_size, "OSIZE", "size of one socket"),
};

const struct field allocation_fields[ALLOCATION_FIELD_COUNT] = {
	KEY(allocation, name, "SITE", 24, KIND_TEXT,
	    "line and function of the kernel's source"),
	SIZE(allocation, bytes, "SIZE", "allocated there and not freed"),
	COUNT(allocation, calls, "CALLS", "allocations that it was"),
	IN(allocation, block, "accurate", accurate, "EXACT", 5, UNIT_YES_NO,
	   KIND_U64, "none of them was lost count of"),
};

const struct field tunable_fields[TUNABLE_FIELD_COUNT] = {
	KEY(tunable, name, "TUNABLE", 24, KIND_CHARS, "name of the setting"),
	KEY(tunable, value, "NOW", 9, KIND_CHARS, "its value"),
	KEY(tunable, usual, "USUAL", 9, KIND_CHARS,
	    "what the kernel begins with"),
	IN(tunable, block, "changed", changed, "CHANGED", 7, UNIT_YES_NO,
	   KIND_U64, "somebody has set it to another value"),
};

#define SINGLE(type, name_, member_, unit_, kind_, help_)            \
	{ .name = name_, .help = help_, .unit = unit_, .kind = kind_, \
	  MEMBER(type, member_), .block = offsetof(struct type, block), \
	  .bound = NO_FIELD }
#define SOCKET(member_, unit_, help_) \
	SINGLE(sockets, #member_, member_, unit_, KIND_U64, help_)
const struct field sockets_fields[SOCKETS_FIELD_COUNT] = {
	SOCKET(used, UNIT_COUNT, "sockets of all kinds"),
	SOCKET(tcp_inuse, UNIT_COUNT, "TCP connections and listeners"),
	SOCKET(tcp_orphan, UNIT_COUNT, "TCP connections nobody holds"),
	SOCKET(tcp_timewait, UNIT_COUNT, "closed TCP connections that wait"),
	SOCKET(tcp_allocated, UNIT_COUNT, "TCP sockets in any state"),
	SOCKET(tcp_memory, UNIT_BYTES, "buffers of TCP"),
	SOCKET(udp_inuse, UNIT_COUNT, "UDP sockets"),
	SOCKET(udp_memory, UNIT_BYTES, "buffers of UDP"),
	SOCKET(fragment_memory, UNIT_BYTES, "packets that wait for the rest"),
};

#define KSM(name_, member_, unit_, kind_, help_) \
	SINGLE(ksm, name_, member_, unit_, kind_, help_)
const struct field ksm_fields[KSM_FIELD_COUNT] = {
	KSM("run", run, UNIT_NONE, KIND_U64,
	    "0 stopped, 1 merges, 2 takes merged pages apart"),
	KSM("shared", shared, UNIT_BYTES, KIND_U64,
	    "RAM in pages that several share"),
	KSM("sharing", sharing, UNIT_BYTES, KIND_U64,
	    "RAM saved by sharing them"),
	KSM("unshared", unshared, UNIT_BYTES, KIND_U64,
	    "looked at and found to be unique"),
	KSM("volatile", volatile_, UNIT_BYTES, KIND_U64,
	    "changes too fast to be merged"),
	KSM("zero_pages", zero_pages, UNIT_BYTES, KIND_U64,
	    "empty pages replaced by the one empty page"),
	KSM("full_scans", full_scans, UNIT_COUNT, KIND_U64,
	    "rounds through all memory on offer"),
	KSM("profit", profit, UNIT_NONE, KIND_DOUBLE,
	    "bytes saved less what it takes to know them"),
};
/* clang-format on */
