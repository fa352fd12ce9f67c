/* SPDX-License-Identifier: MIT
 *
 * What is known about the machine as a whole and about mappings: one row per
 * field; and the table of all entities.  Tables and
 * nothing else.
 */
#include <assert.h>

#include "memtop/counters.h"
#include "memtop/event.h"
#include "memtop/kernel.h"
#include "memtop/kill.h"
#include "memtop/ledger.h"
#include "memtop/ramfiles.h"
#include "memtop/readers.h"
#include "memtop/source.h"
#include "memtop/swap.h"
#include "memtop/swap_held.h"
#include "memtop/thp.h"
#include "memtop/trend.h"
#include "model.h"

#define ROW(type, from, name_, member, unit_, kind_, help_)                 \
	{                                                                   \
		.name = name_, .help = help_, .unit = unit_, .kind = kind_, \
		.aggregate = AGGREGATE_NONE, MEMBER(type, member),          \
		.block = from, .bound = NO_FIELD                            \
	}
#define OF(type) offsetof(struct type, block)

/* clang-format off */

#define BYTES(member, help) \
	ROW(memory, OF(memory), #member, member, UNIT_BYTES, KIND_U64, help)
#define PAGES(member, help) \
	ROW(memory, OF(memory), #member, member, UNIT_COUNT, KIND_U64, help)
static const struct field memory_fields[] = {
	BYTES(total, "RAM the kernel manages"),
	BYTES(free, "RAM nobody uses"),
	BYTES(available, "RAM that programs can get without swapping"),
	BYTES(buffers, "cached blocks of devices"),
	BYTES(cached, "page cache, with tmpfs and shared memory"),
	BYTES(swap_cached, "in RAM and on swap at once"),
	BYTES(active_anon, "anonymous, used lately"),
	BYTES(inactive_anon, "anonymous, next to be swapped"),
	BYTES(active_file, "page cache, used lately"),
	BYTES(inactive_file, "page cache, next to be dropped"),
	BYTES(unevictable, "can not be reclaimed"),
	BYTES(mlocked, "locked by mlock"),
	BYTES(swap_total, "size of all swap devices"),
	BYTES(swap_free, "unused swap"),
	BYTES(zswap, "RAM the compressed swap cache takes"),
	BYTES(zswapped, "what it holds, before compression"),
	BYTES(dirty, "waits to be written"),
	BYTES(writeback, "is being written"),
	BYTES(anon_pages, "anonymous pages that processes map"),
	BYTES(mapped, "page cache that processes map"),
	BYTES(shmem, "tmpfs, SysV and shared anonymous memory"),
	BYTES(kreclaimable, "kernel memory given back under pressure"),
	BYTES(slab, "kernel objects"),
	BYTES(slab_reclaimable, "kernel objects that can be dropped"),
	BYTES(slab_unreclaimable, "kernel objects that can not"),
	BYTES(kernel_stack, "stacks of all threads"),
	BYTES(shadow_stack, "return addresses of all threads"),
	BYTES(page_tables, "page tables of processes"),
	BYTES(sec_page_tables, "page tables of virtual machines and IOMMUs"),
	BYTES(commit_limit, "how much may be promised with overcommit 2"),
	BYTES(committed, "promised to programs, touched or not"),
	BYTES(vmalloc_used, "kernel areas mapped page by page"),
	BYTES(percpu, "kernel memory of single processors"),
	BYTES(hardware_corrupted, "taken out of use after memory errors"),
	BYTES(anon_huge, "anonymous memory in transparent huge pages"),
	BYTES(shmem_huge, "shared memory in huge pages"),
	BYTES(shmem_pmd, "shared memory mapped by huge pages"),
	BYTES(file_huge, "page cache in huge pages"),
	BYTES(file_pmd, "page cache mapped by huge pages"),
	BYTES(cma_total, "set aside for contiguous allocations"),
	BYTES(cma_free, "of it, unused"),
	BYTES(unaccepted, "not yet accepted from the hypervisor"),
	BYTES(balloon, "taken back by the hypervisor"),
	BYTES(gpu_active, "pages graphics drivers use"),
	BYTES(gpu_reclaim, "pages graphics drivers would give back"),
	BYTES(hugetlb, "all huge page pools, used and free"),
	PAGES(hugepages_total, "pages in the pool of the default size"),
	PAGES(hugepages_free, "of them, unused"),
	PAGES(hugepages_reserved, "of them, promised but not yet touched"),
	PAGES(hugepages_surplus, "beyond the configured number"),
	BYTES(hugepage_size, "default size of a huge page"),
};

#define ARC(member, help) \
	ROW(arc, OF(arc), #member, member, UNIT_BYTES, KIND_U64, help)
static const struct field arc_fields[] = {
	ARC(size, "RAM it takes"),
	ARC(target, "what it would like to have"),
	ARC(min, "what it keeps whatever happens"),
	ARC(max, "what it may grow to"),
};

#define STALL(name, line, member, unit, kind, help) \
	ROW(pressure, offsetof(struct pressure, line##_block), \
	    name, member, unit, kind, help)
#define LINE(file, part, who)                                              \
	STALL(#file "." #part ".avg10", file, file##_##part.avg10,         \
	      UNIT_PERCENT, KIND_DOUBLE,                                   \
	      "time " who " waits for " #file ", last 10 s"),              \
	STALL(#file "." #part ".avg60", file, file##_##part.avg60,         \
	      UNIT_PERCENT, KIND_DOUBLE,                                   \
	      "time " who " waits for " #file ", last minute"),            \
	STALL(#file "." #part ".avg300", file, file##_##part.avg300,       \
	      UNIT_PERCENT, KIND_DOUBLE,                                   \
	      "time " who " waits for " #file ", last 5 minutes"),         \
	STALL(#file "." #part ".total", file, file##_##part.total_us,      \
	      UNIT_MICROSECONDS, KIND_U64,                                 \
	      "time " who " waited for " #file " since boot")
static const struct field pressure_fields[] = {
	LINE(memory, some, "some task"),
	LINE(memory, full, "every task"),
	LINE(io, some, "some task"),
	LINE(io, full, "every task"),
};

#define KNOB(name, member, unit, kind, help) \
	ROW(thp, OF(thp), name, member, unit, kind, help)
static const struct field thp_fields[] = {
	KNOB("enabled", enabled, UNIT_NONE, KIND_CHARS,
	     "who gets transparent huge pages"),
	KNOB("defrag", defrag, UNIT_NONE, KIND_CHARS,
	     "who waits for memory to be compacted"),
	KNOB("shmem_enabled", shmem_enabled, UNIT_NONE, KIND_CHARS,
	     "huge pages for shared memory"),
	KNOB("use_zero_page", use_zero_page, UNIT_YES_NO, KIND_U64,
	     "one huge page of zeros for reads"),
	KNOB("hpage_pmd_size", hpage_pmd_size, UNIT_BYTES, KIND_U64,
	     "size of a huge page"),
	KNOB("shrink_underused", shrink_underused, UNIT_YES_NO, KIND_U64,
	     "huge pages that are mostly zeros are split"),
	KNOB("khugepaged.defrag", khugepaged_defrag, UNIT_NONE, KIND_CHARS,
	     "khugepaged compacts memory"),
	KNOB("khugepaged.pages_to_scan", pages_to_scan, UNIT_COUNT, KIND_U64,
	     "pages khugepaged looks at in one go"),
	KNOB("khugepaged.scan_sleep_ms", scan_sleep_ms, UNIT_COUNT, KIND_U64,
	     "milliseconds between two goes"),
	KNOB("khugepaged.alloc_sleep_ms", alloc_sleep_ms, UNIT_COUNT, KIND_U64,
	     "milliseconds after a failed allocation"),
	KNOB("khugepaged.max_ptes_none", max_ptes_none, UNIT_COUNT, KIND_U64,
	     "pages of a huge page that may be untouched"),
	KNOB("khugepaged.max_ptes_swap", max_ptes_swap, UNIT_COUNT, KIND_U64,
	     "pages of a huge page that may be on swap"),
	KNOB("khugepaged.max_ptes_shared", max_ptes_shared, UNIT_COUNT,
	     KIND_U64, "pages of a huge page that may be shared"),
	KNOB("khugepaged.pages_collapsed", pages_collapsed, UNIT_COUNT,
	     KIND_U64, "huge pages khugepaged made since boot"),
	KNOB("khugepaged.full_scans", full_scans, UNIT_COUNT, KIND_U64,
	     "rounds of khugepaged since boot"),
};

#define LOAD(name, member, unit, kind, help) \
	ROW(load, OF(load), name, member, unit, kind, help)
static const struct field load_fields[] = {
	LOAD("load1", load1, UNIT_NONE, KIND_DOUBLE,
	     "tasks that run or wait for a device, last minute"),
	LOAD("load5", load5, UNIT_NONE, KIND_DOUBLE, "last 5 minutes"),
	LOAD("load15", load15, UNIT_NONE, KIND_DOUBLE, "last 15 minutes"),
	LOAD("uptime", uptime_ns, UNIT_NS, KIND_U64, "time since boot"),
	LOAD("blocked", blocked, UNIT_COUNT, KIND_U64,
	     "processes in state D"),
	LOAD("overcommit_memory", overcommit_memory, UNIT_NONE, KIND_U64,
	     "0 guess, 1 always, 2 never beyond the commit limit"),
	LOAD("swappiness", swappiness, UNIT_NONE, KIND_U64,
	     "how readily the kernel swaps"),
	LOAD("page_cluster", page_cluster, UNIT_NONE, KIND_U64,
	     "pages read from swap at once, as a power of 2"),
	LOAD("watermark_scale_factor", watermark_scale_factor, UNIT_NONE,
	     KIND_U64, "distance of kswapd's watermarks, in 1/10000 of RAM"),
	LOAD("panic_on_oom", panic_on_oom, UNIT_NONE, KIND_U64,
	     "panic rather than kill"),
	LOAD("oom_kill_allocating_task", oom_kill_allocating_task, UNIT_NONE,
	     KIND_U64, "kill whoever asked, not the largest"),
	LOAD("dying_cgroups", dying_cgroups, UNIT_COUNT, KIND_U64,
	     "control groups that were deleted but still hold memory"),
	LOAD("vfs_cache_pressure", vfs_cache_pressure, UNIT_NONE, KIND_U64,
	     "how readily caches of file names are dropped; 0: never"),
	LOAD("dentries", dentries, UNIT_COUNT, KIND_U64,
	     "file names in the kernel's cache"),
	LOAD("dentries_unused", dentries_unused, UNIT_COUNT, KIND_U64,
	     "of these, the ones that nobody uses now"),
	LOAD("dentries_negative", dentries_negative, UNIT_COUNT, KIND_U64,
	     "of the unused, those of files that do not exist"),
};

#define SELF(name, member, unit, kind, help) \
	ROW(self, OF(self), name, member, unit, kind, help)
static const struct field self_fields[] = {
	SELF("cpu_percent", cpu_percent, UNIT_PERCENT, KIND_DOUBLE,
	     "of one core"),
	SELF("prober_cpu_percent", prober_cpu_percent, UNIT_PERCENT,
	     KIND_DOUBLE, "of one core, for reading smaps"),
	SELF("rss", rss, UNIT_BYTES, KIND_U64, "RAM of memtop"),
	SELF("descriptors", descriptors, UNIT_COUNT, KIND_U64,
	     "kept open on process files"),
	SELF("descriptor_bytes", descriptor_bytes, UNIT_BYTES, KIND_U64,
	     "kernel memory they cost, estimated"),
	SELF("sample_time", sample_ns, UNIT_NS, KIND_U64,
	     "how long this sample took"),
	SELF("late", late_ns, UNIT_NS, KIND_U64,
	     "how much later than due it began"),
};

#define KNOWN(name, member, unit, help) \
	ROW(coverage, NO_BLOCK, name, member, unit, KIND_U64, help)
static const struct field coverage_fields[] = {
	KNOWN("processes", processes, UNIT_COUNT,
	      "processes with memory of their own"),
	KNOWN("kernel_threads", kernel_threads, UNIT_COUNT, "kernel threads"),
	KNOWN("zombies", zombies, UNIT_COUNT, "dead, not yet waited for"),
	KNOWN("pss_known", pss_known, UNIT_COUNT, "processes with known PSS"),
	KNOWN("pss_denied", pss_denied, UNIT_COUNT,
	      "processes whose PSS is not permitted"),
	KNOWN("pss_pending", pss_pending, UNIT_COUNT,
	      "processes whose PSS is not read yet"),
	KNOWN("pss_stuck", pss_stuck, UNIT_COUNT,
	      "processes whose PSS does not come back"),
	KNOWN("rss_bytes", rss_bytes, UNIT_BYTES, "sum of RSS over all"),
	KNOWN("rss_known_bytes", rss_known_bytes, UNIT_BYTES,
	      "sum of RSS over those with known PSS"),
	KNOWN("pss_bytes", pss_bytes, UNIT_BYTES, "sum of known PSS"),
	KNOWN("pss_oldest_age", pss_oldest_ns, UNIT_NS,
	      "age of the oldest PSS"),
	KNOWN("hidden", hidden, UNIT_YES_NO,
	      "parts of /proc are hidden (hidepid)"),
};

#define NAME(name_, member, title_, width_, kind_, help_)                \
	{ .name = name_, .title = title_, .width = width_, .left = true, \
	  .help = help_, .kind = kind_, .bound = NO_FIELD,               \
	  MEMBER(mapping, member), .block = NO_BLOCK }
#define ADDRESS(member, help_)                                           \
	{ .name = #member, .help = help_, .kind = KIND_U64,              \
	  MEMBER(mapping, member), .block = NO_BLOCK, \
	  .bound = NO_FIELD }
#define SIZE(name_, member, title_, width_, marked, help_)               \
	{ .name = name_, .title = title_, .width = width_,               \
	  .help = help_, .unit = UNIT_BYTES, .kind = KIND_U64,           \
	  .aggregate = AGGREGATE_SUM, .bound = NO_FIELD,                 \
	  .mark = marked,                                                \
	  MEMBER(mapping, member),                    \
	  .block = OF(mapping) }
static const struct field mapping_fields[] = {
	NAME("path", path, "MAPPING", 38, KIND_TEXT, "file or kind"),
	ADDRESS(start, "first address"),
	ADDRESS(end, "address behind the last"),
	NAME("perms", perms, "PERM", 4, KIND_CHARS,
	     "read, write, execute; private or shared"),
	SIZE("pss", pss, "PSS", 6, true, "fair share of RAM"),
	SIZE("uss", uss, "USS", 5, false, "only its own RAM"),
	SIZE("rss", rss, "RSS", 5, false, "all RAM it maps"),
	SIZE("swap", swap, "SWAP", 5, false, "pages on swap"),
	SIZE("swap_pss", swap_pss, "SWPSS", 5, false, "fair share of swap"),
	SIZE("dirty", dirty, "DIRTY", 5, false, "can not simply be dropped"),
	SIZE("referenced", referenced, "REF", 5, false, "touched lately"),
	SIZE("anon", anon, "ANON", 5, false, "not from a file"),
	SIZE("lazy_free", lazy_free, "LAZY", 5, false,
	     "given back by the program, not yet taken"),
	SIZE("thp", thp, "THP", 5, false, "in transparent huge pages"),
	SIZE("shmem_thp", shmem_thp, "SHPMD", 5, false,
	     "shared memory in huge pages"),
	SIZE("file_thp", file_thp, "FPMD", 5, false,
	     "files in huge pages"),
	SIZE("locked", locked, "LOCK", 5, false, "locked by mlock"),
	SIZE("ksm", ksm, "KSM", 5, false, "merged with equal pages"),
	SIZE("private_hugetlb", private_hugetlb, "HTLB-P", 6, false,
	     "pages of the huge page pools, only its own"),
	SIZE("shared_hugetlb", shared_hugetlb, "HTLB-S", 6, false,
	     "pages of the huge page pools, shared"),
	SIZE("size", size, "SIZE", 6, false, "address space"),
	{ .name = "page_size", .title = "PAGE", .width = 5,
	  .help = "size of a page", .unit = UNIT_BYTES, .kind = KIND_U64,
	  .bound = NO_FIELD, .aggregate = AGGREGATE_SAME,
	  MEMBER(mapping, page_size), .block = OF(mapping) },
	{ .name = "thp_eligible", .title = "THPE", .width = 4,
	  .help = "may be in transparent huge pages", .unit = UNIT_YES_NO,
	  .kind = KIND_U64, .bound = NO_FIELD, MEMBER(mapping, thp_eligible),
	  .block = OF(mapping) },
	NAME("flags", flags, "FLAGS", 12, KIND_TEXT, "VmFlags"),
	NAME("nodes", nodes, "NODES", 24, KIND_TEXT,
	     "policy, and pages in RAM by NUMA node"),
};

#define SINGLE(member, rows)                                   \
	.fields = rows, .nfields = ARRAY_SIZE(rows),           \
	.offset = offsetof(struct snapshot, member),           \
	.row_size = sizeof(((struct snapshot *)NULL)->member)
#define REPEATED(type, rows)                                            \
	.fields = rows, .nfields = ARRAY_SIZE(rows), .repeated = true, \
	.row_size = sizeof(struct type)
const struct entity entities[] = {
	[ENTITY_MEMORY] = { .name = "memory", .help = "/proc/meminfo",
		SINGLE(memory, memory_fields) },
	[ENTITY_PRESSURE] = { .name = "pressure", .help = "/proc/pressure",
		SINGLE(pressure, pressure_fields) },
	[ENTITY_THP] = { .name = "thp", .help = "transparent huge pages",
		SINGLE(thp, thp_fields) },
	[ENTITY_ZSWAP] = { .name = "zswap",
		.help = "compressed cache in front of swap",
		SINGLE(zswap, zswap_fields) },
	[ENTITY_LOAD] = { .name = "load", .help = "load and settings",
		SINGLE(load, load_fields) },
	[ENTITY_SOCKETS] = { .name = "sockets", .help = "network sockets",
		SINGLE(sockets, sockets_fields) },
	[ENTITY_KSM] = { .name = "ksm", .help = "equal pages kept once",
		SINGLE(ksm, ksm_fields) },
	[ENTITY_SELF] = { .name = "memtop", .help = "what memtop costs",
		SINGLE(self, self_fields) },
	[ENTITY_COVERAGE] = { .name = "coverage",
		.help = "how much of the processes is known",
		SINGLE(coverage, coverage_fields) },
	[ENTITY_ARC] = { .name = "arc", .help = "cache of ZFS",
		SINGLE(arc, arc_fields) },
	[ENTITY_SWAP] = { .name = "swaps", .help = "swap devices and files",
		REPEATED(swap, swap_fields) },
	[ENTITY_SLAB] = { .name = "slabs", .help = "slab caches",
		REPEATED(slab, slab_fields) },
	[ENTITY_ZONE] = { .name = "zones", .help = "memory zones",
		REPEATED(zone, zone_fields) },
	[ENTITY_BLOCKS] = { .name = "free_blocks",
		.help = "free blocks by size",
		REPEATED(free_blocks, blocks_fields) },
	[ENTITY_NODE] = { .name = "nodes", .help = "NUMA nodes",
		REPEATED(node, node_fields) },
	[ENTITY_PROTOCOL] = { .name = "protocols",
		.help = "network protocols in use",
		REPEATED(protocol, protocol_fields) },
	[ENTITY_TUNABLE] = { .name = "tunables",
		.help = "settings of the memory manager",
		REPEATED(tunable, tunable_fields) },
	[ENTITY_ZRAM] = { .name = "zram", .help = "compressed RAM disks",
		REPEATED(zram, zram_fields) },
	[ENTITY_MTHP] = { .name = "mthp",
		.help = "transparent huge pages of each size",
		REPEATED(mthp, mthp_fields) },
	[ENTITY_HUGETLB] = { .name = "hugetlb",
		.help = "huge page pools by size and node",
		REPEATED(hugetlb, hugetlb_fields) },
	[ENTITY_CGROUP] = { .name = "cgroups", .help = "control groups",
		REPEATED(cgroup, cgroup_fields) },
	[ENTITY_TMPFS] = { .name = "tmpfs",
		.help = "file systems in memory",
		REPEATED(tmpfs, tmpfs_fields) },
	[ENTITY_SHARED] = { .name = "shared_memory",
		.help = "shared memory, with a name or without",
		REPEATED(shared, shared_fields) },
	[ENTITY_TYPE_BLOCKS] = { .name = "free_blocks_by_type",
		.help = "free blocks by size and what they are for",
		REPEATED(free_blocks, blocks_fields) },
	[ENTITY_ALLOCATION] = { .name = "allocations",
		.help = "memory by the line of the kernel that took it",
		REPEATED(allocation, allocation_fields) },
	[ENTITY_KILL] = { .name = "kills",
		.help = "OOM kills in the kernel's log",
		.fields = kill_fields, .nfields = KILL_FIELD_COUNT,
		.repeated = true, .row_size = sizeof(struct log_kill) },
	[ENTITY_PAGE_FAILURE] = { .name = "page_failures",
		.help = "allocations that failed, in the kernel's log",
		.fields = page_failure_fields,
		.nfields = PAGE_FAILURE_FIELD_COUNT,
		.repeated = true, .row_size = sizeof(struct page_failure) },
	[ENTITY_READER] = { .name = "readers",
		.help = "who reads from disks while the file cache thrashes",
		.fields = reader_fields, .nfields = READER_FIELD_COUNT,
		.repeated = true, .row_size = sizeof(struct reader) },
	[ENTITY_EVENT] = { .name = "events",
		.help = "what began, changed or ended",
		.fields = event_fields, .nfields = EVENT_FIELD_COUNT,
		.repeated = true, .row_size = sizeof(struct event) },
	[ENTITY_TREND] = { .name = "trends",
		.help = "what keeps growing, or seems to",
		.fields = trend_fields, .nfields = TREND_FIELD_COUNT,
		.repeated = true, .row_size = sizeof(struct trend) },
	[ENTITY_PROCESS] = { .name = "processes", .help = "processes",
		REPEATED(process, process_fields) },
	[ENTITY_MAPPING] = { .name = "mappings",
		.help = "mappings of one process",
		REPEATED(mapping, mapping_fields), .on_demand = true },
	[ENTITY_COUNTER] = { .name = "counters",
		.help = "counters of /proc/vmstat",
		REPEATED(counter_row, counter_fields),
		.on_demand = true },
	[ENTITY_LEDGER] = { .name = "ledger", .help = "where RAM is",
		REPEATED(ledger_row, ledger_fields), .on_demand = true },
	[ENTITY_SWAP_HELD] = { .name = "swap_held",
		.help = "what the used part of swap belongs to",
		REPEATED(swap_held_row, swap_held_fields),
		.on_demand = true },
};
/* clang-format on */

static_assert(ARRAY_SIZE(entities) == ENTITY_COUNT, "a row for every entity");
static_assert(sizeof(struct memory) < NO_BLOCK &&
		      sizeof(struct mapping) < NO_BLOCK,
	      "offsets are uint16_t");
