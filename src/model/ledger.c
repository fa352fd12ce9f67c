/* SPDX-License-Identifier: MIT
 *
 * The ledger of RAM, see ledger.h.  Which counters of the kernel overlap is
 * what this file knows: threads' stacks are vmalloc memory too, shared memory
 * is cached too, the swap cache is partly mapped.
 */
#include "memtop/ledger.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "memtop/kernel.h"
#include "model.h"

/* clang-format off */
static const struct {
	const char *name, *title;
	enum freeable freeable;
} parts[] = {
	[LEDGER_ANON] = { "anonymous", "Anonymous memory", FREEABLE_SWAP },
	[LEDGER_SWAP_CACHED] = { "swap_cache", "Swap cache, not mapped",
		FREEABLE_YES },
	[LEDGER_SHMEM] = { "shared", "Shared memory, tmpfs", FREEABLE_DELETE },
	[LEDGER_FILE] = { "file_cache", "Page cache of files", FREEABLE_YES },
	[LEDGER_BUFFERS] = { "buffers", "Page cache of devices",
		FREEABLE_YES },
	[LEDGER_ARC] = { "arc", "ZFS ARC above its minimum", FREEABLE_YES },
	[LEDGER_ARC_MIN] = { "arc_minimum", "ZFS ARC, its minimum",
		FREEABLE_NO },
	[LEDGER_SLAB_FREEABLE] = { "slab_reclaimable", "Slab, reclaimable",
		FREEABLE_MOSTLY },
	[LEDGER_SLAB_FIXED] = { "slab_unreclaimable", "Slab, unreclaimable",
		FREEABLE_NO },
	[LEDGER_KERNEL_FREEABLE] = { "kernel_reclaimable",
		"Kernel, reclaimable", FREEABLE_MOSTLY },
	[LEDGER_STACKS] = { "kernel_stacks", "Kernel stacks of threads",
		FREEABLE_EXIT },
	[LEDGER_PAGE_TABLES] = { "page_tables", "Page tables",
		FREEABLE_EXIT },
	[LEDGER_VMALLOC] = { "vmalloc", "Kernel areas (vmalloc)",
		FREEABLE_NO },
	[LEDGER_PERCPU] = { "percpu", "Per-processor memory", FREEABLE_NO },
	[LEDGER_COMPRESSED] = { "compressed", "Pools of zram and zswap",
		FREEABLE_NO },
	[LEDGER_HUGETLB] = { "hugetlb", "Huge page pools", FREEABLE_NO },
	[LEDGER_GPU] = { "gpu", "Graphics drivers", FREEABLE_NO },
	[LEDGER_BALLOON] = { "balloon", "Taken back by the hypervisor",
		FREEABLE_NO },
	[LEDGER_UNACCOUNTED] = { "unaccounted", "Unaccounted (drivers)",
		FREEABLE_NO },
	[LEDGER_CPU_LISTS] = { "cpu_lists", "Free, at hand of processors",
		FREEABLE_FREE },
	[LEDGER_FREE] = { "free", "Free", FREEABLE_FREE },
};
static const struct {
	const char *name, *title;
	const char *no_swap; /* where there is none; NULL: the same */
} words[] = {
	[FREEABLE_YES] = { "yes", "yes", NULL },
	[FREEABLE_MOSTLY] = { "mostly", "mostly", NULL },
	[FREEABLE_SWAP] = { "swap", "swap, kill", "kill" },
	[FREEABLE_DELETE] = { "delete", "swap, delete", "delete" },
	[FREEABLE_EXIT] = { "exit", "on exit", NULL },
	[FREEABLE_NO] = { "no", "no", NULL },
	[FREEABLE_FREE] = { "free", "", NULL },
};
/* clang-format on */
static_assert(ARRAY_SIZE(parts) == LEDGER_COUNT, "a row for each");
static_assert(ARRAY_SIZE(words) == FREEABLE_FREE + 1, "a row for each");

const char *ledger_name(enum ledger_part part)
{
	return parts[part].name;
}

/* "Anonymous memory": for people. */
static const char *title_of(enum ledger_part part)
{
	return parts[part].title;
}

enum freeable ledger_freeable(enum ledger_part part)
{
	return parts[part].freeable;
}

const char *freeable_name(enum freeable freeable)
{
	return words[freeable].name;
}

/* "by itself", "swap, kill": for people, within 12 cells. */
static const char *freeable_title(enum freeable freeable, bool has_swap)
{
	return !has_swap && words[freeable].no_swap ? words[freeable].no_swap
						    : words[freeable].title;
}

/* What a kernel does not tell of is in the unaccounted part. */
static uint64_t known(uint64_t value)
{
	return value == UNKNOWN ? 0 : value;
}

/* What is locked without being of a file: the page cache that stands in
 * neither of its two lists is locked as well. */
static uint64_t locked_anon(const struct memory *m)
{
	uint64_t cache = known(m->cached) + known(m->buffers);
	uint64_t files =
		sub_floor(cache, known(m->shmem) + known(m->active_file) +
					 known(m->inactive_file));

	return sub_floor(known(m->unevictable), files);
}

/* The lists of anonymous pages hold shared memory and the swap cache as well:
 * of that, what neither of the other two is. */
static uint64_t unmapped_swap_cache(const struct memory *m)
{
	uint64_t lists = known(m->active_anon) + known(m->inactive_anon) +
			 locked_anon(m);

	return min_u64(sub_floor(lists, known(m->anon_pages) + known(m->shmem)),
		       known(m->swap_cached));
}

static uint64_t compressed(const struct snapshot *snapshot)
{
	const struct counter *pages = snapshot_counter(snapshot, "nr_zspages");
	uint64_t page = snapshot->host ? snapshot->host->page_size : UNKNOWN;
	uint64_t zspages = 0;

	if (pages && pages->value != UNKNOWN && page != UNKNOWN)
		zspages = pages->value * page;
	/* zswap stores in the same kind of pages: never the sum */
	return max_u64(zspages, known(snapshot->memory.zswap));
}

static uint64_t cpu_lists(const struct snapshot *snapshot)
{
	const struct list *zones = snapshot_list(snapshot, ENTITY_ZONE);
	uint64_t bytes = 0;

	for (size_t i = 0; i < list_count(zones); i++) {
		const struct zone *zone = list_row(zones, i);

		bytes += known(zone->cpu_lists);
	}
	return bytes;
}

static uint64_t sum(const struct ledger *ledger)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < LEDGER_COUNT; i++)
		bytes += ledger->bytes[i];
	return bytes;
}

/* Of what no counter names: the ARC is partly slab, so it is at most that. */
static void split_arc(const struct arc *arc, struct ledger *ledger)
{
	uint64_t *rest = &ledger->bytes[LEDGER_UNACCOUNTED];
	uint64_t size = min_u64(known(arc->size), *rest);
	uint64_t kept = min_u64(size, known(arc->min));

	ledger->bytes[LEDGER_ARC_MIN] = kept;
	ledger->bytes[LEDGER_ARC] = size - kept;
	*rest -= size;
}

/* Some balloons shrink the total instead: theirs must not be counted. */
static void split_balloon(uint64_t balloon, struct ledger *ledger)
{
	uint64_t *rest = &ledger->bytes[LEDGER_UNACCOUNTED];

	if (balloon > *rest)
		return;
	ledger->bytes[LEDGER_BALLOON] = balloon;
	*rest -= balloon;
}

static void take_off(struct ledger *ledger, uint64_t excess)
{
	static const enum ledger_part order[] = { LEDGER_FILE, LEDGER_BUFFERS,
						  LEDGER_SLAB_FREEABLE,
						  LEDGER_ANON };

	ledger->excess = excess;
	for (size_t i = 0; i < LEDGER_COUNT + ARRAY_SIZE(order); i++) {
		size_t part = i < ARRAY_SIZE(order) ? order[i]
						    : i - ARRAY_SIZE(order);
		uint64_t taken = min_u64(ledger->bytes[part], excess);

		ledger->bytes[part] -= taken;
		excess -= taken;
	}
}

/* The zones are read every few seconds only: where they don't fit the figures
 * of now it is they that are wrong. */
static void trim_cpu_lists(struct ledger *ledger)
{
	uint64_t *lists = &ledger->bytes[LEDGER_CPU_LISTS];

	*lists = sub_floor(*lists, sub_floor(sum(ledger), ledger->total));
}

int ledger_make(const struct snapshot *snapshot, struct ledger *ret)
{
	const struct memory *m = &snapshot->memory;
	uint64_t stacks = known(m->kernel_stack) + known(m->shadow_stack);
	uint64_t counted;

	if (m->total == UNKNOWN || m->free == UNKNOWN)
		return -ENODATA;
	*ret = (struct ledger){
		.total = m->total,
		.bytes = {
			[LEDGER_ANON] = known(m->anon_pages),
			[LEDGER_SWAP_CACHED] = unmapped_swap_cache(m),
			[LEDGER_SHMEM] = known(m->shmem),
			[LEDGER_FILE] =
				sub_floor(known(m->cached), known(m->shmem)),
			[LEDGER_BUFFERS] = known(m->buffers),
			[LEDGER_SLAB_FREEABLE] = known(m->slab_reclaimable),
			[LEDGER_SLAB_FIXED] = known(m->slab_unreclaimable),
			[LEDGER_KERNEL_FREEABLE] =
				sub_floor(known(m->kreclaimable),
					  known(m->slab_reclaimable)),
			[LEDGER_STACKS] = stacks,
			[LEDGER_PAGE_TABLES] = known(m->page_tables) +
					       known(m->sec_page_tables),
			/* stacks are vmalloc memory on all but small systems */
			[LEDGER_VMALLOC] =
				sub_floor(known(m->vmalloc_used), stacks),
			[LEDGER_PERCPU] = known(m->percpu),
			[LEDGER_COMPRESSED] = compressed(snapshot),
			[LEDGER_HUGETLB] = known(m->hugetlb),
			[LEDGER_GPU] =
				known(m->gpu_active) + known(m->gpu_reclaim),
			[LEDGER_CPU_LISTS] = cpu_lists(snapshot),
			[LEDGER_FREE] = m->free,
		},
	};
	trim_cpu_lists(ret);
	counted = sum(ret);
	if (counted > m->total) {
		take_off(ret, counted - m->total);
		return 0;
	}
	ret->bytes[LEDGER_UNACCOUNTED] = m->total - counted;
	split_balloon(known(m->balloon), ret);
	split_arc(&snapshot->arc, ret);
	return 0;
}

/* clang-format off */
#define OWN(member) MEMBER(ledger_row, member), \
	.block = offsetof(struct ledger_row, block), .bound = NO_FIELD
const struct field ledger_fields[5] = {
	{ .name = "name", .help = "name of the part", .kind = KIND_CHARS,
	  OWN(name) },
	{ .name = "title", .title = "WHERE", .width = 26, .left = true,
	  .help = "what the memory is", .kind = KIND_CHARS, OWN(title) },
	{ .name = "bytes", .title = "SIZE", .width = 5, .unit = UNIT_BYTES,
	  .help = "size of the part", .kind = KIND_U64,
	  .aggregate = AGGREGATE_SUM, OWN(bytes) },
	{ .name = "share", .title = "%RAM", .width = 5, .unit = UNIT_PERCENT,
	  .help = "part of all RAM", .kind = KIND_DOUBLE, OWN(share) },
	{ .name = "freeable", .title = "FREED BY", .width = 12, .left = true,
	  .help = "whether and how it can be had back", .kind = KIND_CHARS,
	  OWN(freeable) },
};
/* clang-format on */

static int add_row(const struct ledger *ledger, enum ledger_part part,
		   bool has_swap, struct list **list)
{
	struct ledger_row *row = list_add(list);
	enum freeable freeable = ledger_freeable(part);

	if (!row)
		return -ENOMEM;
	row->block = (*list)->block;
	row->part = part;
	row->bytes = ledger->bytes[part];
	if (ledger->total > 0)
		row->share = 100.0 * (double)row->bytes / (double)ledger->total;
	strcpy(row->name, ledger_name(part));
	strcpy(row->title, title_of(part));
	strcpy(row->freeable, freeable == FREEABLE_FREE
				      ? "is free"
				      : freeable_title(freeable, has_swap));
	return 0;
}

const struct list *ledger_list(const struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_LEDGER);
	struct ledger ledger;
	int r = 0;

	if (!list)
		return NULL;
	list->block = snapshot->memory.block;
	if (ledger_make(snapshot, &ledger) < 0)
		return list;
	for (int i = 0; i < LEDGER_COUNT && r == 0; i++)
		/* zero is worth a row only where it could be otherwise */
		if (ledger.bytes[i] > 0 || i == LEDGER_FREE ||
		    i == LEDGER_UNACCOUNTED || i == LEDGER_SHMEM)
			r = add_row(&ledger, (enum ledger_part)i,
				    snapshot->memory.swap_total != 0, &list);
	if (r == 0)
		return list;
	list_unref(list);
	return NULL;
}
