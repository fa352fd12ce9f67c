/* SPDX-License-Identifier: MIT
 *
 * The ring of the last minutes: taking what the rules need from a snapshot,
 * noticing when nothing can be compared with what was before, differences.
 * Knows no rule.
 */
#include "window.h"

#include <string.h>

#include "memtop/base.h"
#include "memtop/swap.h"

/* Samples may be this early and still count as a second apart. */
#define JITTER_NS (100 * NS_PER_MS)
/* A machine in trouble samples late, and what its counters gained meanwhile
 * is as true as ever; after longer than this it is another story. */
#define LATE_NS	 (30 * NS_PER_S)
#define SLEPT_NS (2 * NS_PER_S)

/* Counters by name; a name that ends in '*' is all that begin so.  Kernels
 * before 5.9 counted refaults of files only. */
static const struct {
	enum series series;
	const char *name;
} counters[] = {
	{ SERIES_SWAP_IN, "pswpin" },
	{ SERIES_SWAP_OUT, "pswpout" },
	{ SERIES_ZSWAP_IN, "zswpin" },
	{ SERIES_ZSWAP_OUT, "zswpout" },
	{ SERIES_ZSWAP_WRITTEN, "zswpwb" },
	{ SERIES_REFAULT_ANON, "workingset_refault_anon" },
	{ SERIES_REFAULT_FILE, "workingset_refault_file" },
	{ SERIES_REFAULT_FILE, "workingset_refault" },
	{ SERIES_RESTORE_FILE, "workingset_restore_file" },
	{ SERIES_RESTORE_FILE, "workingset_restore" },
	{ SERIES_STEAL_ANON, "pgsteal_anon" },
	{ SERIES_STEAL_FILE, "pgsteal_file" },
	{ SERIES_STEAL_KSWAPD, "pgsteal_kswapd" },
	{ SERIES_STEAL_DIRECT, "pgsteal_direct" },
	{ SERIES_SCAN_KSWAPD, "pgscan_kswapd" },
	{ SERIES_SCAN_DIRECT, "pgscan_direct" },
	{ SERIES_SCAN_ANON, "pgscan_anon" },
	{ SERIES_SCAN_FILE, "pgscan_file" },
	{ SERIES_ALLOCSTALL, "allocstall*" },
	{ SERIES_COMPACT_STALL, "compact_stall" },
	{ SERIES_COMPACT_FAIL, "compact_fail" },
	{ SERIES_COMPACT_OTHERS, "htlb_buddy_alloc_success" },
	{ SERIES_COMPACT_OTHERS, "htlb_buddy_alloc_fail" },
	{ SERIES_COMPACT_OTHERS, "thp_collapse_alloc" },
	{ SERIES_COMPACT_OTHERS, "thp_collapse_alloc_failed" },
	{ SERIES_SLABS_SCANNED, "slabs_scanned" },
	{ SERIES_NUMA_FOREIGN, "numa_foreign" },
	{ SERIES_NUMA_HIT, "numa_hit" },
	{ SERIES_THROTTLED, "pgscan_direct_throttle" },
	{ SERIES_QUICKLY, "kswapd_low_wmark_hit_quickly" },
};

static bool is_named(const char *pattern, const char *name)
{
	size_t len = strlen(pattern);

	if (pattern[len - 1] == '*')
		return strncmp(name, pattern, len - 1) == 0;
	return strcmp(name, pattern) == 0;
}

/* Names are the same from sample to sample: they are looked up once. */
static void find_places(struct window *window,
			const struct counter_names *names)
{
	window->names = names;
	memset(window->nplaces, 0, sizeof(window->nplaces));
	for (size_t i = 0; names && i < names->count; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(counters); k++) {
			enum series s = counters[k].series;

			if (!is_named(counters[k].name, names->names[i]) ||
			    window->nplaces[s] == 8)
				continue;
			window->places[s][window->nplaces[s]++] = (uint16_t)i;
		}
	}
}

static uint64_t counter_sum(const struct window *window, enum series series,
			    const struct snapshot *snapshot)
{
	uint64_t sum = 0;

	if (!window->nplaces[series])
		return UNKNOWN;
	for (unsigned i = 0; i < window->nplaces[series]; i++) {
		uint64_t value =
			snapshot->vmstat[window->places[series][i]].value;

		if (value == UNKNOWN)
			return UNKNOWN;
		sum += value;
	}
	return sum;
}

static void read_sample(struct window *window, const struct snapshot *snapshot,
			struct sample *ret)
{
	const struct pressure *p = &snapshot->pressure;
	const struct memory *m = &snapshot->memory;
	bool counted = snapshot->vmstat_block.state == STATE_OK &&
		       snapshot->vmstat && snapshot->vmstat_names;

	for (size_t i = 0; i < SERIES_COUNT; i++)
		ret->value[i] = UNKNOWN;
	ret->monotonic_ns = snapshot->monotonic_ns;
	ret->boottime_ns = snapshot->boottime_ns;
	if (p->memory_block.state == STATE_OK) {
		ret->value[SERIES_MEM_SOME] = p->memory_some.total_us;
		ret->value[SERIES_MEM_FULL] = p->memory_full.total_us;
	}
	if (p->io_block.state == STATE_OK) {
		ret->value[SERIES_IO_SOME] = p->io_some.total_us;
		ret->value[SERIES_IO_FULL] = p->io_full.total_us;
	}
	if (counted && snapshot->vmstat_names != window->names)
		find_places(window, snapshot->vmstat_names);
	for (int i = SERIES_SWAP_IN; counted && i < SERIES_LEVELS; i++)
		ret->value[i] = counter_sum(window, (enum series)i, snapshot);
	if (m->block.state != STATE_OK)
		return;
	ret->value[SERIES_HEADROOM] = swap_headroom(snapshot);
	ret->value[SERIES_AVAILABLE] = m->available;
	ret->value[SERIES_TOTAL] = m->total;
	ret->value[SERIES_SWAP_TOTAL] = m->swap_total;
	ret->value[SERIES_SLAB_FIXED] = m->slab_unreclaimable;
	ret->value[SERIES_PERCPU] = m->percpu;
}

static enum gap find_gap(const struct sample *before, const struct sample *now,
			 uint64_t period_ns)
{
	uint64_t awake, slept, most = LATE_NS;

	if (now->boottime_ns < before->boottime_ns ||
	    now->monotonic_ns < before->monotonic_ns)
		return GAP_RESTART;
	awake = now->monotonic_ns - before->monotonic_ns;
	slept = sub_floor(now->boottime_ns - before->boottime_ns, awake);
	if (slept > SLEPT_NS)
		return GAP_SUSPEND;
	if (period_ns != UNKNOWN)
		most = max_u64(most, 3 * period_ns);
	if (awake > most)
		return GAP_LATE;
	for (int i = 0; i < SERIES_LEVELS; i++)
		if (now->value[i] != UNKNOWN && before->value[i] != UNKNOWN &&
		    now->value[i] < before->value[i])
			return GAP_RESET;
	if (now->value[SERIES_TOTAL] != UNKNOWN &&
	    before->value[SERIES_TOTAL] != UNKNOWN &&
	    now->value[SERIES_TOTAL] != before->value[SERIES_TOTAL])
		return GAP_MEMORY;
	return GAP_NONE;
}

static const struct sample *kept(const struct sample *ring, unsigned size,
				 unsigned count, unsigned back)
{
	return &ring[(count - 1 - back) % size];
}

static void keep(struct sample *ring, unsigned size, unsigned *count,
		 uint64_t spacing_ns, const struct sample *now)
{
	if (*count &&
	    now->monotonic_ns + JITTER_NS <
		    kept(ring, size, *count, 0)->monotonic_ns + spacing_ns)
		return;
	ring[(*count)++ % size] = *now;
}

enum gap window_add(struct window *window, const struct snapshot *snapshot)
{
	bool first = !window->nfine;
	enum gap gap = first ? GAP_FIRST : GAP_NONE;
	struct sample now;

	read_sample(window, snapshot, &now);
	if (!first)
		gap = find_gap(&window->now, &now, snapshot->period_ns);
	if (gap != GAP_NONE)
		window->nfine = window->ncoarse = 0;
	window->now = now;
	keep(window->fine, WINDOW_FINE, &window->nfine, NS_PER_S, &now);
	keep(window->coarse, WINDOW_COARSE, &window->ncoarse, 5 * NS_PER_S,
	     &now);
	return gap;
}

static uint64_t age_of(const struct window *window, const struct sample *sample)
{
	return window->now.monotonic_ns - sample->monotonic_ns;
}

/* The youngest of a ring that is that old; else its oldest. */
static const struct sample *find(const struct window *window,
				 const struct sample *ring, unsigned size,
				 unsigned count, uint64_t ns)
{
	unsigned there = count < size ? count : size, back = 0;

	if (!there)
		return NULL;
	while (back + 1 < there &&
	       age_of(window, kept(ring, size, count, back)) + JITTER_NS < ns)
		back++;
	return kept(ring, size, count, back);
}

const struct sample *window_before(const struct window *window, uint64_t ns)
{
	const struct sample *sample =
		find(window, window->fine, WINDOW_FINE, window->nfine, ns);

	if (!sample)
		return NULL;
	if (age_of(window, sample) + JITTER_NS < ns &&
	    window->nfine > WINDOW_FINE)
		sample = find(window, window->coarse, WINDOW_COARSE,
			      window->ncoarse, ns);
	return age_of(window, sample) >= NS_PER_S / 2 ? sample : NULL;
}

uint64_t window_covered_ns(const struct window *window)
{
	const struct sample *oldest = window_before(window, UINT64_MAX / 2);

	return oldest ? age_of(window, oldest) : 0;
}

double window_change(const struct window *window, const struct sample *before,
		     enum series series)
{
	uint64_t then, now = window->now.value[series];

	if (!before || now == UNKNOWN)
		return NAN;
	then = before->value[series];
	return then == UNKNOWN ? NAN : (double)now - (double)then;
}

double window_rate(const struct window *window, const struct sample *before,
		   enum series series)
{
	double change = window_change(window, before, series);

	return isnan(change) ? NAN
			     : change / ((double)age_of(window, before) /
					 (double)NS_PER_S);
}
