/* SPDX-License-Identifier: MIT
 *
 * Figures over time: stalls from the totals of pressure files, what reclaim
 * frees and what of it comes back, how fast memory fills.  Before there are
 * ten seconds of samples the kernel's averages stand in for its totals.
 */
#include <stdlib.h>

#include "facts_private.h"
#include "memtop/kernel.h"
#include "memtop/list.h"
#include "memtop/swap.h"

#define SHORT_NS (10 * NS_PER_S)
#define LONG_NS	 (60 * NS_PER_S)
/* What was first pushed out in one burst must not hide for ten seconds that
 * it comes back. */
#define BURST_NS (5 * NS_PER_S)
/* Ratios of a few pages mean nothing. */
#define PAGES_LEAST 64
/* Slopes are worked out as often as that, and only when memory moves. */
#define FALL_EVERY_NS  NS_PER_S
#define FALL_FROM_PART 0.002 /* of headroom over the window */
/* Bytes a second; less is no measure of what swap could take. */
#define SPEED_LEAST (double)MIB
/* A forecast reaches so many times as far as the fall was watched. */
#define REACH 4

/* Percent of time, from microseconds stalled; the average of the kernel until
 * the window is that long. */
static double stalled(const struct window *window, const struct sample *before,
		      enum series series, uint64_t wanted_ns, double average)
{
	double rate = window_rate(window, before, series);
	bool full = before && window->now.monotonic_ns - before->monotonic_ns +
					      NS_PER_S >=
				      wanted_ns;

	if (isnan(rate) || (!full && !isnan(average)))
		return average;
	return fmin(rate / 1e4, 100);
}

void facts_stalls(double *v, struct fact_memory *memory,
		  const struct window *window, const struct snapshot *snapshot)
{
	const struct sample *brief = window_before(window, SHORT_NS);
	const struct sample *minute = window_before(window, LONG_NS);
	const struct pressure *p = &snapshot->pressure;
	uint64_t now_ns = snapshot->monotonic_ns;

	v[FACT_NO_STALLS] = p->memory_block.state != STATE_OK &&
			    p->memory_block.state != STATE_PENDING;
	if (p->memory_block.state == STATE_OK) {
		v[FACT_MEM_SOME] = stalled(window, brief, SERIES_MEM_SOME,
					   SHORT_NS, p->memory_some.avg10);
		v[FACT_MEM_FULL] = stalled(window, brief, SERIES_MEM_FULL,
					   SHORT_NS, p->memory_full.avg10);
		v[FACT_MEM_SOME_60] = stalled(window, minute, SERIES_MEM_SOME,
					      LONG_NS, p->memory_some.avg60);
	}
	if (p->io_block.state == STATE_OK) {
		v[FACT_IO_SOME] = stalled(window, brief, SERIES_IO_SOME,
					  SHORT_NS, p->io_some.avg10);
		v[FACT_IO_FULL] = stalled(window, brief, SERIES_IO_FULL,
					  SHORT_NS, p->io_full.avg10);
	}
	/* while it falls fast nothing is raised */
	v[FACT_STALL_TREND] = 100;
	if (memory->some_before > 0 && v[FACT_MEM_SOME] >= 0)
		v[FACT_STALL_TREND] =
			percent(v[FACT_MEM_SOME], memory->some_before);
	if (now_ns >= memory->some_before_ns + NS_PER_S - NS_PER_S / 10) {
		memory->some_before = v[FACT_MEM_SOME];
		memory->some_before_ns = now_ns;
	}
}

static double sum_rate(const struct window *window, const struct sample *before,
		       enum series a, enum series b)
{
	double x = window_rate(window, before, a);
	double y = window_rate(window, before, b);

	return isnan(y) ? x : isnan(x) ? y : x + y;
}

/* What came back of what was freed, in percent; some of that was freed before
 * the window began. */
static double returned(double back, double freed)
{
	if (!(freed >= PAGES_LEAST))
		return isnan(freed) ? NAN : 0;
	return fmin(percent(back, freed), 100);
}

/* Before 5.8 what is freed is not counted by kind: all but what was pushed
 * out is of files. */
static double file_pages_freed(const struct window *window,
			       const struct sample *before)
{
	double pages = window_change(window, before, SERIES_STEAL_FILE);
	double out = window_change(window, before, SERIES_SWAP_OUT);

	if (!isnan(pages))
		return pages;
	pages = window_change(window, before, SERIES_STEAL_KSWAPD) +
		window_change(window, before, SERIES_STEAL_DIRECT);
	return isnan(pages) ? NAN : fmax(pages - (isnan(out) ? 0 : out), 0);
}

/* Before 5.9 only refaults of files are counted: what comes back of programs
 * is read from swap. */
static double anon_returned(const struct window *window,
			    const struct sample *before)
{
	double back = window_change(window, before, SERIES_REFAULT_ANON);
	double freed = window_change(window, before, SERIES_STEAL_ANON);

	if (isnan(back) || isnan(freed)) {
		back = window_change(window, before, SERIES_SWAP_IN);
		freed = window_change(window, before, SERIES_SWAP_OUT);
	}
	return returned(back, freed);
}

static void set_returns(double *v, const struct window *window,
			const struct sample *before,
			const struct snapshot *snapshot)
{
	const struct sample *burst = window_before(window, BURST_NS);
	const struct memory *m = &snapshot->memory;
	double file = (known(m->active_file) + known(m->inactive_file)) /
		      page_size(snapshot);
	double back = window_change(window, before, SERIES_REFAULT_FILE);

	v[FACT_STEAL_FILE] = file_pages_freed(window, before);
	v[FACT_REFAULT_FILE] = window_rate(window, before, SERIES_REFAULT_FILE);
	v[FACT_RETURN_FILE] = returned(back, v[FACT_STEAL_FILE]);
	v[FACT_RETURN_ANON] = fmax(anon_returned(window, before),
				   anon_returned(window, burst));
	v[FACT_RETURN_ANY] = fmax(v[FACT_RETURN_FILE], v[FACT_RETURN_ANON]);
	v[FACT_RESTORE_SHARE] = percent(
		window_change(window, before, SERIES_RESTORE_FILE), back);
	/* refaults without reclaim are no pressure */
	if (v[FACT_STEAL_FILE] >= PAGES_LEAST)
		v[FACT_THRASH_LEVEL] = percent(back, file);
}

/* A burst is no work that goes on. */
static double kswapd_seconds(const struct window *window)
{
	const struct sample *later = &window->now, *sample;
	uint64_t then, now = later->value[SERIES_SCAN_KSWAPD];
	unsigned seconds = 0;

	for (unsigned i = 1; i <= 10 && now != UNKNOWN; i++, later = sample) {
		sample = window_before(window, i * NS_PER_S);
		if (!sample)
			return NAN;
		if (sample == later)
			break;
		then = sample->value[SERIES_SCAN_KSWAPD];
		seconds += then != UNKNOWN && now > then;
		now = then;
	}
	return now == UNKNOWN ? NAN : seconds;
}

static uint64_t setting(const struct snapshot *snapshot, const char *name)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);
	const struct tunable *row = list ? list_find(list, name) : NULL;

	return row ? strtoul(row->value, NULL, 0) : 0;
}

/* With generations only pages that were isolated count as looked at; and the
 * kernel may be told to kill rather than to take what was used just now. */
static void set_generations(double *v, const struct snapshot *snapshot)
{
	v[FACT_MGLRU] = setting(snapshot, "lru_gen.enabled") & 1;
	v[FACT_MIN_TTL] =
		v[FACT_MGLRU] > 0
			? (double)setting(snapshot, "lru_gen.min_ttl_ms")
			: 0;
}

/* Compaction for huge pages that programs wait for.  A pool that is filled, at
 * boot or by hand, and khugepaged compact as well: at most once for each page
 * they ask for. */
static double programs_stall(const struct window *window,
			     const struct sample *before)
{
	double all = window_rate(window, before, SERIES_COMPACT_STALL);
	double others = window_rate(window, before, SERIES_COMPACT_OTHERS);

	return isnan(others) || isnan(all) ? all : fmax(all - others, 0);
}

void facts_reclaim(double *v, const struct window *window,
		   const struct snapshot *snapshot)
{
	const struct sample *brief = window_before(window, SHORT_NS);
	const struct sample *minute = window_before(window, LONG_NS);
	double scanned;

	v[FACT_SCAN_KSWAPD] = window_rate(window, brief, SERIES_SCAN_KSWAPD);
	v[FACT_KSWAPD_SECONDS] = kswapd_seconds(window);
	set_generations(v, snapshot);
	v[FACT_SCAN_DIRECT] = window_rate(window, brief, SERIES_SCAN_DIRECT);
	/* pgscan_anon and _file include reclaim for a cgroup's own limit, the
	 * others do not; kernels before 5.8 have only those */
	v[FACT_SCAN_ALL] = fmax(
		sum_rate(window, brief, SERIES_SCAN_ANON, SERIES_SCAN_FILE),
		sum_rate(window, brief, SERIES_SCAN_KSWAPD,
			 SERIES_SCAN_DIRECT));
	v[FACT_ALLOCSTALL] = window_rate(window, brief, SERIES_ALLOCSTALL);
	v[FACT_ALLOCSTALL_60] = window_rate(window, minute, SERIES_ALLOCSTALL);
	scanned = window_change(window, brief, SERIES_SCAN_KSWAPD) +
		  window_change(window, brief, SERIES_SCAN_DIRECT);
	if (scanned >= PAGES_LEAST) {
		double freed =
			window_change(window, brief, SERIES_STEAL_KSWAPD) +
			window_change(window, brief, SERIES_STEAL_DIRECT);

		v[FACT_EFFICIENCY] = percent(freed, scanned);
		v[FACT_DIRECT_SHARE] = percent(
			window_change(window, brief, SERIES_SCAN_DIRECT),
			scanned);
	}
	v[FACT_SWAP_IN] =
		sum_rate(window, brief, SERIES_SWAP_IN, SERIES_ZSWAP_IN);
	v[FACT_SWAP_IN_60] =
		sum_rate(window, minute, SERIES_SWAP_IN, SERIES_ZSWAP_IN);
	v[FACT_SWAP_OUT] =
		sum_rate(window, brief, SERIES_SWAP_OUT, SERIES_ZSWAP_OUT);
	v[FACT_REFAULT_ANON_60] =
		window_rate(window, minute, SERIES_REFAULT_ANON);
	/* as in anon_returned() */
	if (isnan(v[FACT_REFAULT_ANON_60]))
		v[FACT_REFAULT_ANON_60] = v[FACT_SWAP_IN_60];
	v[FACT_SLABS_SCANNED] =
		window_rate(window, brief, SERIES_SLABS_SCANNED);
	v[FACT_THROTTLED] = window_rate(window, brief, SERIES_THROTTLED);
	v[FACT_QUICKLY] = window_rate(window, brief, SERIES_QUICKLY);
	v[FACT_COMPACT_STALL] = programs_stall(window, brief);
	v[FACT_COMPACT_FAIL] = window_rate(window, brief, SERIES_COMPACT_FAIL);
	v[FACT_ZSWAP_WRITTEN] =
		window_rate(window, brief, SERIES_ZSWAP_WRITTEN);
	v[FACT_COMPACT_FAIL_PERCENT] =
		percent(window_change(window, brief, SERIES_COMPACT_FAIL),
			window_change(window, brief, SERIES_COMPACT_STALL));
	v[FACT_NUMA_FOREIGN_PERCENT] =
		percent(window_change(window, brief, SERIES_NUMA_FOREIGN),
			window_change(window, brief, SERIES_NUMA_HIT));
	set_returns(v, window, brief, snapshot);
}

/* Lower than ever in the last minutes: what falls and recovers again and
 * again is a garbage collector, not an end. */
static bool is_lowest(const struct window *window, double headroom)
{
	for (unsigned seconds = 5; seconds <= 300; seconds += 5) {
		const struct sample *sample =
			window_before(window, seconds * NS_PER_S);

		if (sample && known(sample->value[SERIES_HEADROOM]) < headroom)
			return false;
	}
	return true;
}

/* The steady fall, worked out only when there is one to be seen. */
static double steady_fall(struct fact_memory *memory,
			  const struct window *window, double headroom)
{
	const struct sample *brief = window_before(window, SHORT_NS);
	const struct sample *oldest = window_before(window, 300 * NS_PER_S);
	uint64_t now_ns = window->now.monotonic_ns;
	double least = headroom * FALL_FROM_PART;

	if (now_ns < memory->fall_ns + FALL_EVERY_NS)
		return memory->fall;
	memory->fall_ns = now_ns;
	memory->fall = NAN;
	if (window_change(window, brief, SERIES_HEADROOM) < -least ||
	    window_change(window, oldest, SERIES_HEADROOM) < -5 * least)
		memory->fall = window_fall(window, SERIES_HEADROOM,
					   &memory->fall_over_ns);
	if (!(memory->fall > 0) || !is_lowest(window, headroom)) {
		memory->fall = NAN;
		memory->fall_since_ns = 0;
	} else if (!memory->fall_since_ns) {
		memory->fall_since_ns = now_ns - memory->fall_over_ns;
	}
	return memory->fall;
}

/* Programs that have to free memory themselves ask swap for all it can take:
 * what it takes then is its speed.  A lull is none. */
static void keep_swap_speed(const double *v, struct fact_memory *memory,
			    const struct snapshot *snapshot)
{
	double taken = v[FACT_SWAP_OUT] * page_size(snapshot);
	double gain = swap_gain(snapshot);

	/* zram that compresses nothing is no headroom, and has no speed */
	if (v[FACT_SCAN_DIRECT] > 0 && taken >= SPEED_LEAST && gain > 0)
		memory->swap_speed = fmax(memory->swap_speed, taken * gain);
}

/* RAM goes as it went; then whoever wants more gets it as fast as swap takes
 * what was there, and not faster. */
static double time_to_full(const double *v, const struct fact_memory *memory,
			   double fall)
{
	double swap = fmax(v[FACT_HEADROOM] - v[FACT_AVAILABLE], 0);
	double ram = v[FACT_AVAILABLE] - v[FACT_TOTAL] * 0.02;

	if (v[FACT_LOW_WATERMARK] >= 0)
		ram -= v[FACT_LOW_WATERMARK];
	swap = fmax(swap + fmin(ram, 0), 0);
	return (fmax(ram, 0) / fall + swap / fmin(fall, memory->swap_speed)) *
	       (double)NS_PER_S;
}

double fact_memory_reach(const struct fact_memory *memory,
			 const struct window *window)
{
	if (!memory->fall_since_ns)
		return 0;
	return REACH *
	       (double)(window->now.monotonic_ns - memory->fall_since_ns);
}

void facts_growth(double *v, struct fact_memory *memory,
		  const struct window *window, const struct snapshot *snapshot)
{
	const struct sample *minute = window_before(window, LONG_NS);
	double headroom = known(window->now.value[SERIES_HEADROOM]), fall, eta;
	double total = v[FACT_TOTAL];

	v[FACT_HEADROOM] = headroom;
	v[FACT_HEADROOM_PERCENT] = percent(headroom, total);
	v[FACT_FALL_PERCENT] = percent(
		-60 * window_rate(window, minute, SERIES_HEADROOM), total);
	keep_swap_speed(v, memory, snapshot);
	fall = steady_fall(memory, window, headroom);
	if (!(fall > 0))
		return;
	v[FACT_FILL_RATE] = fall;
	v[FACT_FILL_PERCENT] = percent(60 * fall, total);
	eta = time_to_full(v, memory, fall);
	if (eta <= fact_memory_reach(memory, window))
		v[FACT_ETA] = eta;
}
