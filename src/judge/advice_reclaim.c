/* SPDX-License-Identifier: MIT
 *
 * Settings of reclaim worth trying: watermarks, caches, writers, huge pages,
 * nodes, file systems in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "facts_private.h"
#include "memtop/kernel.h"
#include "memtop/list.h"
#include "memtop/ramfiles.h"
#include "memtop/thp.h"

#define LASTING 300
/* Where a tenth of RAM is more than a disk takes in a minute. */
#define LARGE_RAM (16 * (double)GIB)
#define SMALL_RAM (4 * (double)GIB)
/* Writers may be so many seconds ahead of the disk. */
#define AHEAD_SECONDS 4

/* Twice as much, but no more than a fiftieth of RAM: a twentieth is known to
 * be dangerous. */
static bool test_reserve(struct advising *a)
{
	double now = advice_number(a, "vm.min_free_kbytes");
	double most = fact(a->judge, FACT_TOTAL) / 50 / KIB;

	if (!(fact(a->judge, FACT_THROTTLED) > 0) || !(now * 1.1 < most))
		return false;
	advice_set_to(a, fmin(now * 2, most));
	return true;
}

static bool test_scale(struct advising *a)
{
	return advice_number(a, "vm.watermark_scale_factor") < 50 &&
	       fact(a->judge, FACT_AVAILABLE_PERCENT) >= 20;
}

static bool test_quickly(struct advising *a)
{
	return test_scale(a) && fact(a->judge, FACT_QUICKLY) >= 1;
}

static bool test_boost(struct advising *a)
{
	const struct list *zones =
		snapshot_list(a->judge->snapshot, ENTITY_ZONE);
	bool is_boosted = false;

	for (size_t i = 0; i < list_count(zones); i++) {
		const struct zone *zone = list_row(zones, i);

		is_boosted |= zone->boost != UNKNOWN && zone->boost > 0;
	}
	return is_boosted && fact(a->judge, FACT_SCATTER_HUGE) >= 50 &&
	       fact(a->judge, FACT_TOTAL) <= SMALL_RAM;
}

static bool test_keeps_names(struct advising *a)
{
	return advice_number(a, "vm.vfs_cache_pressure") < 50;
}

/* What fills one cgroup is no reason to change the machine. */
static bool test_slow_names(struct advising *a)
{
	return !a->finding->state->group &&
	       advice_number(a, "vm.vfs_cache_pressure") == 100;
}

/* Bytes that reach the disk in a second; NAN: not known. */
static double write_rate(const struct advising *a)
{
	const struct counter *counter =
		snapshot_counter(a->judge->snapshot, "nr_written");

	return counter ? counter->rate * page_size(a->judge->snapshot) : NAN;
}

/* Setting bytes takes the ratio's place, and the other way round. */
static bool test_dirty(struct advising *a)
{
	double rate = write_rate(a);

	if (!(rate > 0) || advice_number(a, "vm.dirty_bytes") != 0 ||
	    !(fact(a->judge, FACT_TOTAL) >= LARGE_RAM))
		return false;
	advice_set_to(a, fmax(64 * (double)MIB, rate * AHEAD_SECONDS));
	return strtod(a->to, NULL) < fact(a->judge, FACT_DIRTY);
}

static bool test_background(struct advising *a)
{
	const struct person *largest = &a->judge->people.largest;

	if (!largest->is_there || !advice_is_database(largest->name))
		return false;
	person_text(largest, a->it, sizeof(a->it));
	return advice_number(a, "vm.dirty_background_ratio") > 5;
}

static bool test_always(struct advising *a)
{
	return strcmp(a->now, "always") == 0;
}

static bool test_waits(struct advising *a)
{
	return strcmp(a->now, "always") == 0 || strcmp(a->now, "madvise") == 0;
}

/* A huge page for a few used ones: then the copy is of all of it. */
static bool test_empty(struct advising *a)
{
	const struct memory *m = &a->judge->snapshot->memory;

	return strcmp(a->judge->snapshot->thp.enabled, "never") != 0 &&
	       advice_number(a, "thp.max_ptes_none") > 64 &&
	       percent(known(m->anon_huge), known(m->anon_pages)) >= 50;
}

static bool test_compact(struct advising *a)
{
	return advice_number(a, "vm.compaction_proactiveness") < 40;
}

/* Four fifths of what idles in the pool of the usual size. */
static bool test_pool(struct advising *a)
{
	const struct memory *m = &a->judge->snapshot->memory;
	double now = advice_number(a, "vm.nr_hugepages");
	double idle = known(m->hugepages_free) - known(m->hugepages_reserved);

	if (!(idle >= 2) || !(now >= idle))
		return false;
	advice_set_to(a, ceil(now - .8 * idle));
	return true;
}

static bool test_ttl(struct advising *a)
{
	double enabled = advice_number(a, "lru_gen.enabled");

	return a->judge->people.has_desktop && !a->judge->people.has_killer &&
	       !(enabled == 0) && advice_number(a, "lru_gen.min_ttl_ms") == 0;
}

static bool test_zone(struct advising *a)
{
	return advice_number(a, "vm.zone_reclaim_mode") > 0;
}

static bool test_mount(struct advising *a)
{
	const struct list *list =
		snapshot_list(a->judge->snapshot, ENTITY_TMPFS);
	double cap = fact(a->judge, FACT_TOTAL) / 5;
	const struct tmpfs *most = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct tmpfs *row = list_row(list, i);

		if (row->used != UNKNOWN && row->size != UNKNOWN &&
		    strcmp(row->type, "tmpfs") == 0 &&
		    row->via_pid == UNKNOWN && (double)row->size > 1.1 * cap &&
		    (double)row->used >= cap / 4 &&
		    (!most || row->used > most->used))
			most = row;
	}
	if (!most)
		return false;
	advice_set_it(a, text_str(most->path));
	snprintf(a->now, sizeof(a->now), "%.0fM",
		 (double)most->size / (double)MIB);
	snprintf(a->to, sizeof(a->to), "%.0fM", cap / (double)MIB);
	return true;
}

#define SYSCTL(name)                                                        \
	.command = "sysctl " name "={to}", .back = "sysctl " name "={now}", \
	.effect = ADVICE_AT_ONCE
#define THP(file)                                                           \
	.command = "echo {to} > /sys/kernel/mm/transparent_hugepage/" file, \
	.back = "echo {now} > the same file", .effect = ADVICE_AT_ONCE

/* clang-format off */
static const struct advice rows[] = {
	{ .rules = "R03 R04 R05 R12", .least = SEVERITY_WARN,
	  .knob = "vm.min_free_kbytes", .test = test_reserve,
	  .because = "programs were held up because the reserve was used up",
	  SYSCTL("vm.min_free_kbytes") },
	{ .rules = "R04", .least = SEVERITY_WARN, .lasting_s = LASTING,
	  .knob = "vm.watermark_boost_factor", .to = "0", .test = test_boost,
	  .because = "programs reclaim themselves after each boost of the "
		     "marks, and this machine is small",
	  SYSCTL("vm.watermark_boost_factor") },
	{ .rules = "R04", .least = SEVERITY_WARN, .lasting_s = LASTING,
	  .knob = "vm.watermark_scale_factor", .to = "50", .test = test_scale,
	  .because = "programs reclaim themselves while a fifth of RAM is "
		     "available", SYSCTL("vm.watermark_scale_factor") },
	{ .rules = "R04", .lasting_s = LASTING,
	  .knob = "vm.watermark_scale_factor", .to = "50",
	  .test = test_quickly,
	  .because = "the kernel has to trim again as soon as it has trimmed",
	  SYSCTL("vm.watermark_scale_factor") },
	{ .rules = "R22", .knob = "vm.vfs_cache_pressure", .to = "100",
	  .test = test_keeps_names,
	  .because = "names of files are kept rather than their contents",
	  SYSCTL("vm.vfs_cache_pressure") },
	{ .rules = "R22", .least = SEVERITY_WARN,
	  .knob = "vm.vfs_cache_pressure", .to = "150",
	  .test = test_slow_names,
	  .because = "names of files take much of RAM and go slowly",
	  SYSCTL("vm.vfs_cache_pressure") },
	{ .rules = "R37", .times = 3, .knob = "vm.dirty_ratio",
	  .test = test_dirty,
	  .because = "writers had to wait three times, and a part of so much "
		     "RAM is more than the disk takes in a while",
	  .command = "sysctl vm.dirty_bytes={to}",
	  .back = "sysctl vm.dirty_ratio={now}", .effect = ADVICE_AT_ONCE },
	{ .rules = "R37", .times = 3, .knob = "vm.dirty_background_ratio",
	  .to = "5", .test = test_background,
	  .because = "writers had to wait three times, and {it} should have "
		     "little to lose and to wait for",
	  SYSCTL("vm.dirty_background_ratio") },
	{ .rules = "R23", .knob = "thp.enabled", .to = "madvise",
	  .test = test_always,
	  .because = "programs that never asked for huge pages wait for them",
	  THP("enabled") },
	{ .rules = "R32", .least = SEVERITY_WARN, .knob = "thp.enabled",
	  .to = "madvise", .test = test_always,
	  .because = "each write after a fork copies a huge page then",
	  THP("enabled") },
	{ .rules = "R23", .least = SEVERITY_WARN, .knob = "thp.defrag",
	  .to = "defer+madvise", .test = test_waits,
	  .because = "programs wait for compaction",
	  THP("defrag") },
	{ .rules = "R32", .least = SEVERITY_WARN, .knob = "thp.max_ptes_none",
	  .to = "64", .test = test_empty,
	  .because = "most program memory is in huge pages, each write after a "
		     "fork copies one, and they may be nearly empty",
	  THP("khugepaged/max_ptes_none") },
	{ .rules = "R24", .least = SEVERITY_WARN,
	  .knob = "vm.compaction_proactiveness", .to = "40",
	  .test = test_compact,
	  .because = "blocks of 8 pages are wanted and cannot be made in time",
	  SYSCTL("vm.compaction_proactiveness") },
	{ .rules = "R25", .knob = "vm.nr_hugepages", .test = test_pool,
	  .because = "they have been idle, and serve nothing else",
	  .command = "sysctl vm.nr_hugepages={to}",
	  .back = "sysctl vm.nr_hugepages={now}",
	  .effect = "at once; to get them back may take a reboot" },
	{ .rules = "R09", .least = SEVERITY_CRIT, .times = 2,
	  .knob = "lru_gen.min_ttl_ms", .to = "1000", .test = test_ttl,
	  .because = "the file cache of a desktop was thrashed again; the "
		     "kernel then kills earlier instead",
	  .command = "echo {to} > /sys/kernel/mm/lru_gen/min_ttl_ms",
	  .back = "echo {now} > the same file", .effect = ADVICE_AT_ONCE },
	{ .rules = "R40", .knob = "vm.zone_reclaim_mode", .to = "0",
	  .test = test_zone,
	  .because = "a node is reclaimed while another has room",
	  SYSCTL("vm.zone_reclaim_mode") },
	{ .rules = "R26", .least = SEVERITY_WARN, .test = test_mount,
	  .because = "files in {it} take RAM, and it may grow to {now}",
	  .command = "delete what is not needed there, then mount -o "
		     "remount,size={to} {it}",
	  .back = "mount -o remount,size={now} {it}",
	  .effect = ADVICE_AT_ONCE },
};
/* clang-format on */

const struct advice_set advice_reclaim = { rows, ARRAY_SIZE(rows) };
