/* SPDX-License-Identifier: MIT
 *
 * Rules about what comes back: thrash of swap and of the page cache, swap
 * that runs full, compressed swap, no swap at all.
 */
#include <stdio.h>

#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "memtop/list.h"
#include "memtop/swap.h"
#include "words.h"

/* With so much of what is looked at in it a cgroup is the one squeezed. */
#define SQUEEZED_PART 0.7

/* clang-format off */

/* Both directions at once, what goes out comes back, and somebody waits. */
static const struct leg swap_thrash_legs[] = {
	{ FACT_SWAP_IN, FAMILY_REFAULT, 1, COMPARE_AT_LEAST,
	  ANY, 64, 64, FACT_NONE },
	{ FACT_SWAP_OUT, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  ANY, 16, 16, FACT_NONE },
	{ FACT_RETURN_ANON, FAMILY_REFAULT, 3, COMPARE_AT_LEAST,
	  ANY, 30, 30, FACT_NONE },
	{ FACT_MEM_FULL, FAMILY_STALL, 4, COMPARE_AT_LEAST,
	  ANY, 5, 20, FACT_NONE },
	{ FACT_IO_SOME, FAMILY_STALL, 4, COMPARE_AT_LEAST,
	  ANY, 20, ANY, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 0, COMPARE_AT_LEAST,
	  ANY, 10, 30, FACT_NONE },
};

static const struct leg swap_churn_legs[] = {
	{ FACT_SWAP_IN, FAMILY_REFAULT, 1, COMPARE_AT_LEAST,
	  ANY, ANY, 64, FACT_NONE },
	{ FACT_SWAP_OUT, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  ANY, ANY, 16, FACT_NONE },
	{ FACT_RETURN_ANON, FAMILY_REFAULT, 3, COMPARE_AT_LEAST,
	  ANY, ANY, 70, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 4, COMPARE_AT_LEAST,
	  ANY, ANY, 30, FACT_NONE },
};

/* Where nobody counts stalls: programs that have to free memory themselves
 * wait for it. */
static const struct leg swap_unseen_legs[] = {
	{ FACT_NO_STALLS, FAMILY_NONE, 1, COMPARE_AT_LEAST,
	  ANY, 1, 1, FACT_NONE },
	{ FACT_SWAP_IN, FAMILY_REFAULT, 2, COMPARE_AT_LEAST,
	  ANY, 64, 64, FACT_NONE },
	{ FACT_SWAP_OUT, FAMILY_RECLAIM, 3, COMPARE_AT_LEAST,
	  ANY, 16, 16, FACT_NONE },
	{ FACT_RETURN_ANON, FAMILY_REFAULT, 4, COMPARE_AT_LEAST,
	  ANY, 30, 70, FACT_NONE },
	{ FACT_ALLOCSTALL, FAMILY_RECLAIM, 5, COMPARE_AT_LEAST,
	  ANY, 10, 100, FACT_NONE },
};

/* One way only: what was pushed out is asked for again. */
static const struct leg swap_return_legs[] = {
	{ FACT_SWAP_IN, FAMILY_REFAULT, 1, COMPARE_AT_LEAST,
	  64, ANY, ANY, FACT_NONE },
	{ FACT_SWAP_OUT, FAMILY_RECLAIM, 2, COMPARE_AT_MOST,
	  16, ANY, ANY, FACT_NONE },
};

/* Measured: 0 for streaming, 0.95 to 1 for thrash, at every stall level. */
static const struct leg cache_thrash_legs[] = {
	{ FACT_STEAL_FILE, FAMILY_RECLAIM, 1, COMPARE_AT_LEAST,
	  ANY, 500, 500, FACT_NONE },
	{ FACT_RETURN_FILE, FAMILY_REFAULT, 2, COMPARE_AT_LEAST,
	  ANY, 50, 70, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 3, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
	{ FACT_IO_SOME, FAMILY_STALL, 3, COMPARE_AT_LEAST,
	  ANY, 20, ANY, FACT_NONE },
	{ FACT_THRASH_LEVEL, FAMILY_REFAULT, 3, COMPARE_AT_LEAST,
	  ANY, 30, 100, FACT_NONE },
	{ FACT_MEM_FULL, FAMILY_STALL, 3, COMPARE_AT_LEAST,
	  ANY, ANY, 20, FACT_NONE },
	{ FACT_RESTORE_SHARE, FAMILY_REFAULT, 0, COMPARE_AT_LEAST,
	  ANY, 30, 30, FACT_NONE },
};

/* Full swap beside plenty of RAM harms nobody. */
static const struct leg swap_full_legs[] = {
	{ FACT_SWAP_USED_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  80, 90, 98, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, 20, 15, FACT_NONE },
};

/* nohang's limits for zram. */
static const struct leg pool_legs[] = {
	{ FACT_POOL_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  45, 55, 60, FACT_NONE },
};

static const struct leg incompressible_legs[] = {
	{ FACT_POOL_STORED, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 256 * (double)MIB, ANY, FACT_NONE },
	{ FACT_POOL_RATIO, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, 150, ANY, FACT_NONE },
};

/* A device that may not grow refuses pages, and they stay in RAM. */
static const struct leg zram_limit_legs[] = {
	{ FACT_ZRAM_LIMIT_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 90, ANY, FACT_NONE },
};

static const struct leg zswap_limit_legs[] = {
	{ FACT_ZSWAP_LIMIT_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  90, ANY, ANY, FACT_NONE },
	{ FACT_ZSWAP_WRITTEN, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  .001, ANY, ANY, FACT_NONE },
};

static const struct leg no_swap_legs[] = {
	{ FACT_SWAP_TOTAL, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  ANY, 0, ANY, FACT_NONE },
	{ FACT_MEM_SOME_60, FAMILY_STALL, 2, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
	{ FACT_LOW_NOW, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 2, ANY, FACT_NONE },
	{ FACT_THRASH_NOW, FAMILY_REFAULT, 2, COMPARE_AT_LEAST,
	  ANY, 2, ANY, FACT_NONE },
};
/* clang-format on */

static void say_thrash(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	struct figure in = figure_pages(judge, FACT_SWAP_IN);
	struct figure out = figure_pages(judge, FACT_SWAP_OUT);
	double some = fact(judge, FACT_MEM_SOME);
	double full = fact(judge, FACT_MEM_FULL);

	(void)finding;
	words_text(ret,
		   "some task waits for memory %.0f%% of the time, all of them "
		   "at once %.0f%%; swap in %s, out %s",
		   some, full, in.text, out.text);
	words_brief(ret, "some task waits %.0f%%, all %.0f%%", some, full);
}

static void say_thrash_unseen(const struct verdict_judge *judge,
			      const struct finding *finding, struct words *ret)
{
	struct figure in = figure_pages(judge, FACT_SWAP_IN);
	struct figure out = figure_pages(judge, FACT_SWAP_OUT);
	struct figure stalls = figure(judge, FACT_ALLOCSTALL);

	(void)finding;
	words_text(ret,
		   "swap reads back %s and pushes out %s at once, %s times a "
		   "program frees memory itself; no stall data on this kernel",
		   in.text, out.text, stalls.text);
	words_brief(ret, "swap in %s, out %s", in.text, out.text);
}

static void say_return(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	struct figure in = figure_pages(judge, FACT_SWAP_IN);
	struct figure available = figure(judge, FACT_AVAILABLE);

	(void)finding;
	words_text(ret,
		   "%s of swapped memory comes back and hardly any goes out: "
		   "whoever needs it waits for it once; %s available",
		   in.text, available.text);
	words_brief(ret, "%s comes back, %s available", in.text,
		    available.text);
}

/* The deepest one in which most of the reclaim is; NULL: it is all over, or
 * nobody knows: before 5.8 reclaim for limits is in no sum. */
static const struct cgroup *find_squeezed(const struct verdict_judge *judge)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_CGROUP);
	double least = SQUEEZED_PART * fact(judge, FACT_SCAN_ALL);
	const struct cgroup *found = NULL;

	if (!snapshot_counter(judge->snapshot, "pgscan_file"))
		return NULL;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (row->depth && row->stat_v2.state == STATE_OK &&
		    row->scan_rate > 0 && row->scan_rate >= least &&
		    (!found || row->depth > found->depth))
			found = row;
	}
	return found;
}

static void write_name(const struct cgroup *row, char *buf, size_t size)
{
	const struct text *text = cgroup_title(row);

	text_printable(buf, size, text_str(text), text_len(text), 28);
}

/* "; most of it in db.service" */
static void write_squeezed(const struct verdict_judge *judge, char *buf,
			   size_t size)
{
	const struct cgroup *row = find_squeezed(judge);
	char name[64];

	*buf = '\0';
	if (!row)
		return;
	write_name(row, name, sizeof(name));
	snprintf(buf, size, "; most of it in %s", name);
}

static void say_cache_thrash(const struct verdict_judge *judge,
			     const struct finding *finding, struct words *ret)
{
	struct figure back = figure(judge, FACT_RETURN_FILE);
	double restore = fact(judge, FACT_RESTORE_SHARE);
	const char *fits = "";
	char where[96];

	(void)finding;
	if (restore >= 30)
		fits = "; a little more memory would fix it";
	else if (restore < 10)
		fits = "; the data read is far larger than the memory it may "
		       "use";
	write_squeezed(judge, where, sizeof(where));
	words_text(ret,
		   "%s of the file pages that are dropped are read back within "
		   "seconds (%s)%s%s%s",
		   back.text, figure_pages(judge, FACT_REFAULT_FILE).text,
		   where, fits,
		   fact(judge, FACT_SWAP_TOTAL) == 0 ? "; no swap relieves it"
						     : "");
	words_brief(ret, "%s of dropped file pages come back", back.text);
}

/* "; pages go to /dev/sda2 now, 4% used": of several, one is full before the
 * next is touched. */
static void write_device(const struct verdict_judge *judge, char *buf,
			 size_t size)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_SWAP);
	const struct swap *swap = swap_in_use(judge->snapshot);
	char name[64];
	double used;

	*buf = '\0';
	if (list_count(list) < 2)
		return;
	if (!swap) {
		snprintf(buf, size, "; all %zu devices are full",
			 list_count(list));
		return;
	}
	used = 100 * (double)swap->used / (double)swap->size;
	text_printable(name, sizeof(name), text_str(swap->name),
		       text_len(swap->name), 24);
	snprintf(buf, size, "; pages go to %s now, %s used", name,
		 figure_of(used, UNIT_PERCENT).text);
}

/* "; db.service has 9.0G of it" */
static void write_swapped(const struct verdict_judge *judge, char *buf,
			  size_t size)
{
	const struct cgroup *row = killer_swap_most(judge->snapshot);
	char name[64];

	*buf = '\0';
	if (!row)
		return;
	write_name(row, name, sizeof(name));
	snprintf(buf, size, "; %s has %s of it", name,
		 figure_of((double)row->swap, UNIT_BYTES).text);
}

static void say_swap_full(const struct verdict_judge *judge,
			  const struct finding *finding, struct words *ret)
{
	const struct memory *m = &judge->snapshot->memory;
	struct figure used = figure(judge, FACT_SWAP_USED_PERCENT);
	struct figure left = figure_of((double)m->swap_free, UNIT_BYTES);
	struct figure available = figure(judge, FACT_AVAILABLE);
	char device[128], swapped[112];

	write_device(judge, device, sizeof(device));
	write_swapped(judge, swapped, sizeof(swapped));
	words_text(ret, "%s used, %s left%s%s; %s of RAM available%s",
		   used.text, left.text, device, swapped, available.text,
		   finding->severity == SEVERITY_NOTE ? ": no harm by itself"
		   : fact(judge, FACT_SWAP_TOTAL) <
				   fact(judge, FACT_TOTAL) * 0.05
			   ? "; swap is tiny beside RAM"
			   : ", and cold memory soon has nowhere to go");
	words_brief(ret, "%s used, %s left; %s available", used.text, left.text,
		    available.text);
}

static void say_pool(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	struct figure part = figure(judge, FACT_POOL_PERCENT);
	struct figure stored = figure(judge, FACT_POOL_STORED);
	double ratio = fact(judge, FACT_POOL_RATIO) / 100;

	(void)finding;
	words_text(ret,
		   "compressed swap takes %s of RAM for %s of memory (%.1f to "
		   "1)",
		   part.text, stored.text, ratio);
	words_brief(ret, "%s of RAM holds %s (%.1f:1)", part.text, stored.text,
		    ratio);
}

static void say_zram_limit(const struct verdict_judge *judge,
			   const struct finding *finding, struct words *ret)
{
	struct figure part = figure(judge, FACT_ZRAM_LIMIT_PERCENT);

	(void)finding;
	words_text(ret,
		   "a zram device has used %s of its mem_limit; then it "
		   "refuses pages whatever SwapFree says",
		   part.text);
	words_brief(ret, "zram at %s of its mem_limit", part.text);
}

static void say_zswap_limit(const struct verdict_judge *judge,
			    const struct finding *finding, struct words *ret)
{
	struct figure part = figure(judge, FACT_ZSWAP_LIMIT_PERCENT);
	struct figure pages = figure_pages(judge, FACT_ZSWAP_WRITTEN);

	(void)finding;
	words_text(ret,
		   "the pool of zswap is %s full and writes %s through to the "
		   "disk",
		   part.text, pages.text);
	words_brief(ret, "zswap pool %s full, writes through", part.text);
}

static void say_no_swap(const struct verdict_judge *judge,
			const struct finding *finding, struct words *ret)
{
	struct figure available = figure(judge, FACT_AVAILABLE);

	(void)finding;
	words_text(ret,
		   "cold program memory cannot be moved out, so the file cache "
		   "takes the whole squeeze; %s available",
		   available.text);
	words_brief(ret, "the file cache takes the squeeze");
}

#define DO_SWAP                                                                \
	"3 Swap shows what goes in and out; 4 OOM the ranking and what-if; K " \
	"ends a process, asks first"
#define DO_SWAP_BRIEF "3 Swap: in and out; 4 OOM: ranking; K ends one"

/* clang-format off */
#define THRASHED .peak = FACT_MEM_SOME, \
	.eased = { "some task waited for memory ", " of the time" }
/* Together with the mean of ten seconds: said 15 s after it began. */
#define IN_TIME .up_s = { [SEVERITY_WARN] = 8, [SEVERITY_CRIT] = 8 }

static const struct rule rules[] = {
	{ .name = "R07-swap-thrash", .title = "thrashing",
	  .class = CLASS_RATE, .least = SEVERITY_WARN, .most = SEVERITY_CRIT,
	  .pressure = true, .inferred = true, .ease = .5, IN_TIME,
	  LEGS(swap_thrash_legs), .say = say_thrash, .hides = "R04 R05 R10",
	  .rank = 20, .naming = NAME_GROWER, THRASHED, .todo = DO_SWAP,
	  .todo_brief = DO_SWAP_BRIEF },
	{ .name = "R07-swap-thrash", .title = "thrashing",
	  .class = CLASS_RATE, .least = SEVERITY_CRIT, .most = SEVERITY_CRIT,
	  .pressure = true, .inferred = true, .ease = .5, IN_TIME,
	  LEGS(swap_churn_legs), .say = say_thrash, .hides = "R04 R05 R10",
	  .rank = 20, .naming = NAME_GROWER, THRASHED, .todo = DO_SWAP,
	  .todo_brief = DO_SWAP_BRIEF },
	{ .name = "R07-swap-thrash", .title = "thrashing",
	  .class = CLASS_RATE, .least = SEVERITY_WARN, .most = SEVERITY_CRIT,
	  .pressure = true, .inferred = true, .ease = .5, IN_TIME,
	  LEGS(swap_unseen_legs), .say = say_thrash_unseen,
	  .hides = "R04 R05 R10", .rank = 20, .naming = NAME_GROWER,
	  .peak = FACT_SWAP_IN, .eased = { "", " pages came back from swap" },
	  .todo = DO_SWAP, .todo_brief = DO_SWAP_BRIEF },
	{ .name = "R07-swap-return", .title = "swap is read back",
	  .class = CLASS_RATE, .least = SEVERITY_NOTE, .most = SEVERITY_NOTE,
	  .ease = .5, LEGS(swap_return_legs), .say = say_return, .rank = 89,
	  .naming = NAME_SWAPPED, .peak = FACT_SWAP_IN,
	  .eased = { "", " pages came back from swap" },
	  .todo = "3 Swap shows who is swapped out",
	  .todo_brief = "3 Swap: who is swapped out" },
	{ .name = "R09-cache-thrash", .title = "file cache thrash",
	  .class = CLASS_RATE, .least = SEVERITY_WARN, .most = SEVERITY_CRIT,
	  .pressure = true, .inferred = true, .ease = .5,
	  .up_s = { [SEVERITY_WARN] = 8, [SEVERITY_CRIT] = 15 },
	  LEGS(cache_thrash_legs),
	  .peak = FACT_RETURN_FILE,
	  .eased = { "", " of the dropped file pages came back" },
	  .say = say_cache_thrash, .hides = "R04 R05", .rank = 21,
	  .naming = NAME_READER,
	  .todo = "2 Processes by MAJ/s shows who reads; by GROW/m who takes "
		  "the memory",
	  .todo_brief = "2 Processes by MAJ/s: readers, GROW/m: takers" },
	{ .name = "R10-swap-full", .title = "swap nearly full",
	  .class = CLASS_LEVEL, .least = SEVERITY_NOTE, .most = SEVERITY_CRIT,
	  .ease = 8 / 9., .up_s = { [SEVERITY_NOTE] = 30,
				    [SEVERITY_WARN] = 30,
				    [SEVERITY_CRIT] = 30 },
	  LEGS(swap_full_legs), .say = say_swap_full, .rank = 61,
	  .naming = NAME_SWAPPED,
	  .todo = "3 Swap shows who is swapped out",
	  .todo_brief = "3 Swap: who is swapped out" },
	{ .name = "R11-compressed-swap-full", .title = "compressed swap",
	  .class = CLASS_LEVEL, .least = SEVERITY_NOTE, .most = SEVERITY_CRIT,
	  .ease = .8, LEGS(pool_legs), .say = say_pool, .rank = 62,
	  .naming = NAME_SWAPPED, .todo = "3 Swap shows the devices",
	  .todo_brief = "3 Swap: the devices" },
	{ .name = "R11-incompressible", .title = "compressed swap does not pay",
	  .class = CLASS_LEVEL, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(incompressible_legs), .say = say_pool, .rank = 63,
	  .naming = NAME_SWAPPED, .todo = "3 Swap shows the devices",
	  .todo_brief = "3 Swap: the devices" },
	{ .name = "R11-zram-limit", .title = "zram near its limit",
	  .class = CLASS_LEVEL, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .ease = .9, LEGS(zram_limit_legs), .say = say_zram_limit,
	  .rank = 62, .naming = NAME_SWAPPED,
	  .todo = "3 Swap shows the devices",
	  .todo_brief = "3 Swap: the devices" },
	{ .name = "R11-zswap-limit", .title = "zswap pool full",
	  .class = CLASS_LEVEL, .least = SEVERITY_NOTE, .most = SEVERITY_NOTE,
	  .ease = .9, LEGS(zswap_limit_legs), .say = say_zswap_limit,
	  .rank = 63, .naming = NAME_SWAPPED,
	  .todo = "3 Swap shows the pool",
	  .todo_brief = "3 Swap: the pool" },
	{ .name = "R29-no-swap", LEGS(no_swap_legs),
	  .title = "no swap while memory is short", .class = CLASS_SETUP,
	  .least = SEVERITY_WARN, .most = SEVERITY_WARN, .ease = .8,
	  .say = say_no_swap, .rank = 80, .naming = NAME_GROWER,
	  .todo = "? on this line says what swap would change",
	  .todo_brief = "? says what swap would change" },
};
/* clang-format on */

const struct rule_set rules_swap = { rules, ARRAY_SIZE(rules) };
