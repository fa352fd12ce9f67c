/* SPDX-License-Identifier: MIT
 *
 * What is known about control groups: one row per field.  A table and nothing
 * else.
 */
#include "memtop/cgroup.h"
#include "model.h"

#define FIELD(name_, member, block_, unit_, kind_, help_)           \
	.name = name_, .help = help_, .unit = unit_, .kind = kind_, \
	.aggregate = AGGREGATE_NONE, .bound = NO_FIELD,             \
	.block = offsetof(struct cgroup, block_), MEMBER(cgroup, member)
#define COLUMN(title_, width_) .title = title_, .width = width_
#define BYTES(name, member, block, help) \
	FIELD(name, member, block, UNIT_BYTES, KIND_U64, help)
#define LIMIT(name, member, block, help) \
	FIELD(name, member, block, UNIT_LIMIT, KIND_U64, help)
#define COUNT(name, member, block, help) \
	FIELD(name, member, block, UNIT_COUNT, KIND_U64, help)
#define YES_NO(name, member, block, help) \
	FIELD(name, member, block, UNIT_YES_NO, KIND_U64, help)
#define RATE(name, member, block, help) \
	FIELD(name, member, block, UNIT_COUNT_PER_SECOND, KIND_DOUBLE, help)
#define STALL(name, member, help) \
	FIELD(name, member, pressure, UNIT_PERCENT, KIND_DOUBLE, help)

/* clang-format off */
const struct field cgroup_fields[CGROUP_FIELD_COUNT] = {
	[CGROUP_PATH] = { FIELD("path", path, block, UNIT_NONE, KIND_TEXT,
		"path in the hierarchy of the memory controller"),
		COLUMN("PATH", 40), .left = true },
	[CGROUP_NAME] = { FIELD("name", name, block, UNIT_NONE, KIND_TEXT,
		"unit, container, pod, session"),
		COLUMN("CGROUP", 31), .left = true },
	[CGROUP_KIND] = { FIELD("kind", kind, block, UNIT_NONE, KIND_CHARS,
		"service, slice, docker, pod, session and the like"),
		COLUMN("KIND", 9), .left = true },
	[CGROUP_DEPTH] = { FIELD("depth", depth, block, UNIT_NONE, KIND_U64,
		"groups above it") },
	[CGROUP_OWN] = { YES_NO("own", own, block,
		"memtop itself is in it or below") },
	[CGROUP_PROCESSES] = { COUNT("processes", processes, members,
		"processes in it and below"), COLUMN("N", 4) },

	[CGROUP_CURRENT] = { BYTES("current", current, usage,
		"RAM charged to it and below, cache included"),
		COLUMN("CURRENT", 7) },
	[CGROUP_SWAP] = { BYTES("swap.current", swap, usage,
		"on swap"), COLUMN("SWAP", 5), .alias = "swap" },
	[CGROUP_PEAK] = { BYTES("peak", peak, usage,
		"largest use so far, cache included"), COLUMN("PEAK", 5) },
	[CGROUP_MAX] = { LIMIT("max", max, limit,
		"limit; beyond it something is killed"), COLUMN("MAX", 5) },

	[CGROUP_MIN] = { LIMIT("min", min, knobs,
		"what is never taken from it"), COLUMN("MIN", 5) },
	[CGROUP_LOW] = { LIMIT("low", low, knobs,
		"what is taken from it last"), COLUMN("LOW", 5) },
	[CGROUP_HIGH] = { LIMIT("high", high, knobs,
		"beyond it its tasks are slowed down"), COLUMN("HIGH", 5) },
	[CGROUP_SWAP_HIGH] = { LIMIT("swap.high", swap_high, knobs,
		"swap beyond which its tasks are slowed down"),
		COLUMN("SWHIGH", 6) },
	[CGROUP_SWAP_MAX] = { LIMIT("swap.max", swap_max, knobs,
		"swap it may use"), COLUMN("SWMAX", 5) },
	[CGROUP_ZSWAP_MAX] = { LIMIT("zswap.max", zswap_max, knobs,
		"compressed swap cache it may use"), COLUMN("ZSWMAX", 6) },
	[CGROUP_OOM_GROUP] = { YES_NO("oom_group", oom_group, knobs,
		"an OOM kill ends all of it"), COLUMN("GROUP", 5) },

	[CGROUP_ANON] = { BYTES("anon", anon, stat,
		"anonymous memory"), COLUMN("ANON", 5) },
	[CGROUP_FILE] = { BYTES("file", file, stat,
		"page cache, shared memory included"), COLUMN("FILE", 5) },
	[CGROUP_SHMEM] = { BYTES("shmem", shmem, stat,
		"tmpfs and shared memory"), COLUMN("SHMEM", 5) },
	[CGROUP_FILE_MAPPED] = { BYTES("file_mapped", file_mapped, stat,
		"page cache that is mapped"), COLUMN("MAPPED", 6) },
	[CGROUP_FILE_DIRTY] = { BYTES("file_dirty", file_dirty, stat,
		"waits to be written"), COLUMN("DIRTY", 5) },
	[CGROUP_FILE_WRITEBACK] = { BYTES("file_writeback", file_writeback,
		stat, "is being written") },
	[CGROUP_ACTIVE_FILE] = { BYTES("active_file", active_file, stat,
		"page cache used lately") },
	[CGROUP_INACTIVE_FILE] = { BYTES("inactive_file", inactive_file, stat,
		"page cache dropped next") },
	[CGROUP_UNEVICTABLE] = { BYTES("unevictable", unevictable, stat,
		"can not be reclaimed"), COLUMN("LOCK", 5) },
	[CGROUP_ANON_THP] = { BYTES("anon_thp", anon_thp, stat,
		"anonymous memory in huge pages"), COLUMN("THP", 5) },
	[CGROUP_KERNEL] = { BYTES("kernel", kernel, stat,
		"kernel memory charged to it"), COLUMN("KERN", 5) },
	[CGROUP_REFAULT_ANON] = { COUNT("refault_anon", refault_anon, stat,
		"pages back from swap soon after they went") },
	[CGROUP_REFAULT_FILE] = { COUNT("refault_file", refault_file, stat,
		"cache pages back soon after they were dropped") },
	[CGROUP_REFAULT_ANON_RATE] = { RATE("refault_anon_rate",
		refault_anon_rate, stat, "of these, per second"),
		COLUMN("RFLT-A", 6) },
	[CGROUP_REFAULT_FILE_RATE] = { RATE("refault_file_rate",
		refault_file_rate, stat, "of these, per second"),
		COLUMN("REFLT", 5) },

	[CGROUP_SLAB_RECLAIMABLE] = { BYTES("slab_reclaimable",
		slab_reclaimable, stat_v2, "kernel objects that can go"),
		COLUMN("SLABR", 5) },
	[CGROUP_SLAB_UNRECLAIMABLE] = { BYTES("slab_unreclaimable",
		slab_unreclaimable, stat_v2, "kernel objects that can not"),
		COLUMN("SLABU", 5) },
	[CGROUP_SOCK] = { BYTES("sock", sock, stat_v2,
		"buffers of network sockets"), COLUMN("SOCK", 5) },
	[CGROUP_PAGE_TABLES] = { BYTES("page_tables", page_tables, stat_v2,
		"page tables"), COLUMN("PGT", 5) },
	[CGROUP_KERNEL_STACK] = { BYTES("kernel_stack", kernel_stack, stat_v2,
		"kernel stacks of its threads") },
	[CGROUP_PERCPU] = { BYTES("percpu", percpu, stat_v2,
		"kernel memory of single processors") },
	[CGROUP_ZSWAP] = { BYTES("zswap.current", zswap, stat_v2,
		"RAM its compressed swap cache takes"), COLUMN("ZSWAP", 5),
		.alias = "zswap" },
	[CGROUP_ZSWAPPED] = { BYTES("zswapped", zswapped, stat_v2,
		"what that holds, before compression") },
	[CGROUP_SCAN] = { COUNT("scan", scan, stat_v2,
		"pages looked at to free some") },
	[CGROUP_STEAL] = { COUNT("steal", steal, stat_v2,
		"of them, freed") },
	[CGROUP_SCAN_RATE] = { RATE("scan_rate", scan_rate, stat_v2,
		"pages looked at, per second"), COLUMN("SCAN/s", 6) },
	[CGROUP_STEAL_RATE] = { RATE("steal_rate", steal_rate, stat_v2,
		"pages freed, per second"), COLUMN("FREED/s", 7) },

	[CGROUP_EVENTS_LOW] = { COUNT("events.low", all.low, events,
		"reclaimed though below memory.low") },
	[CGROUP_EVENTS_HIGH] = { COUNT("events.high", all.high, events,
		"slowed down at memory.high"), COLUMN("THROT", 5) },
	[CGROUP_EVENTS_MAX] = { COUNT("events.max", all.max, events,
		"reached memory.max"), COLUMN("ATMAX", 5) },
	[CGROUP_EVENTS_OOM] = { COUNT("events.oom", all.oom, events,
		"could not free enough") },
	[CGROUP_EVENTS_OOM_KILL] = { COUNT("events.oom_kill", all.oom_kill,
		events, "processes killed for memory"), COLUMN("OOMK", 4) },
	[CGROUP_EVENTS_OOM_GROUP_KILL] = { COUNT("events.oom_group_kill",
		all.oom_group_kill, events, "times all of it was killed") },
#define LOCAL(SET, member, help)                                        \
	[CGROUP_LOCAL_##SET] = { COUNT("events_local." #member,         \
		local.member, events, help ", groups below apart") }
	LOCAL(LOW, low, "reclaimed though below memory.low"),
	LOCAL(HIGH, high, "slowed down at memory.high"),
	LOCAL(MAX, max, "reached memory.max"),
	LOCAL(OOM, oom, "could not free enough"),
	LOCAL(OOM_KILL, oom_kill, "processes killed for memory"),
	LOCAL(OOM_GROUP_KILL, oom_group_kill, "times all of it was killed"),

	[CGROUP_SOME_AVG10] = { STALL("pressure.some.avg10", some.avg10,
		"time some task of it waits for memory, last 10 s"),
		COLUMN("SOME", 5), .alias = "psi" },
	[CGROUP_SOME_AVG60] = { STALL("pressure.some.avg60", some.avg60,
		"the same, last minute") },
	[CGROUP_SOME_AVG300] = { STALL("pressure.some.avg300", some.avg300,
		"the same, last 5 minutes") },
	[CGROUP_SOME_TOTAL] = { FIELD("pressure.some.total", some.total_us,
		pressure, UNIT_MICROSECONDS, KIND_U64,
		"the same since it was made") },
	[CGROUP_FULL_AVG10] = { STALL("pressure.full.avg10", full.avg10,
		"time every task of it waits for memory, last 10 s"),
		COLUMN("FULL", 5) },
	[CGROUP_FULL_AVG60] = { STALL("pressure.full.avg60", full.avg60,
		"the same, last minute") },
	[CGROUP_FULL_AVG300] = { STALL("pressure.full.avg300", full.avg300,
		"the same, last 5 minutes") },
	[CGROUP_FULL_TOTAL] = { FIELD("pressure.full.total", full.total_us,
		pressure, UNIT_MICROSECONDS, KIND_U64,
		"the same since it was made") },

	[CGROUP_FAILCNT] = { COUNT("v1.failcnt", failcnt, v1,
		"times the limit was reached"), COLUMN("FAILCNT", 7),
		.alias = "failcnt" },
	[CGROUP_MEMSW] = { BYTES("v1.memsw", memsw, v1, "RAM and swap"),
		COLUMN("MEMSW", 5), .alias = "memsw" },
	[CGROUP_MEMSW_MAX] = { LIMIT("v1.memsw_max", memsw_max, v1,
		"limit of RAM and swap"), COLUMN("MSWMAX", 6) },
	[CGROUP_UNDER_OOM] = { YES_NO("v1.under_oom", under_oom, v1,
		"its tasks are stopped for lack of memory") },
	[CGROUP_OOM_KILL_DISABLE] = { YES_NO("v1.oom_kill_disable",
		oom_kill_disable, v1, "stopped instead of killed") },
	[CGROUP_V1_OOM_KILL] = { COUNT("v1.oom_kill", oom_kill, v1,
		"processes killed for memory"), COLUMN("KILLS", 5) },

	[CGROUP_MAX_PERCENT] = { FIELD("max_percent", max_percent, share,
		UNIT_PERCENT, KIND_DOUBLE, "use of its own limit"),
		COLUMN("MAX%", 4) },
	[CGROUP_HARD] = { BYTES("hard", hard, stat,
		"what reclaim can not take"), COLUMN("HARD", 5) },
	[CGROUP_HEADROOM] = { BYTES("headroom", headroom, room,
		"what it can still get before something is killed"),
		COLUMN("ROOM", 5), .alias = "room" },
	[CGROUP_EFFECTIVE_LIMIT] = { BYTES("effective_limit", effective_limit,
		room, "the limit that leaves the least room"),
		COLUMN("LIMIT", 5) },
	[CGROUP_LIMIT_PATH] = { FIELD("limit_path", limit_path, room,
		UNIT_NONE, KIND_TEXT, "whose limit that is"),
		COLUMN("LIMITED BY", 20), .left = true },
	[CGROUP_ETA] = { FIELD("eta", eta_ns, pace, UNIT_ETA, KIND_U64,
		"until that limit is hit, if it goes on like this"),
		COLUMN("ETA", 5) },
};
/* clang-format on */
