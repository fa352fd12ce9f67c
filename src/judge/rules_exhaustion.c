/* SPDX-License-Identifier: MIT
 *
 * Rules about running out: RAM and swap both short, the kernel's own give-up
 * test near, memory that fills steadily.  These stand on their own.
 */
#include <stdio.h>
#include <string.h>

#include "facts_private.h"
#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "words.h"

/* From here on R12 is over, whatever it was said for. */
#define PLENTY_PERCENT 15

/* clang-format off */

/* earlyoom sends SIGTERM at 10 % of both and SIGKILL at 5 %. */
static const struct leg both_short_legs[] = {
	{ FACT_AVAILABLE_OF_ANON, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  ANY, 10, 5, FACT_NONE },
	{ FACT_SWAP_FREE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, 10, 5, FACT_NONE },
};

/* Even reclaiming all that could be would not reach the min watermark. */
static const struct leg distance_legs[] = {
	{ FACT_OOM_DISTANCE, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  ANY, ANY, 2, FACT_LOW_WATERMARK },
};

/* kswapd gave up everywhere, and programs look in vain themselves. */
static const struct leg gave_up_legs[] = {
	{ FACT_UNRECLAIMABLE, FAMILY_RECLAIM, 1, COMPARE_AT_LEAST,
	  ANY, ANY, 1, FACT_NONE },
	{ FACT_SCAN_DIRECT, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  ANY, ANY, 1, FACT_NONE },
	/* the mark stays on an idle machine that once freed all it had */
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_MOST,
	  ANY, ANY, 20, FACT_NONE },
};

/* kswapd kills when it would have to take what was used just now, memory left
 * or not; and what was dropped is read again already. */
static const struct leg young_legs[] = {
	{ FACT_MIN_TTL, FAMILY_NONE, 1, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
	{ FACT_THRASH_NOW, FAMILY_REFAULT, 2, COMPARE_AT_LEAST,
	  ANY, 2, ANY, FACT_NONE },
	{ FACT_SCAN_KSWAPD, FAMILY_RECLAIM, 3, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
};

static const struct leg filling_soon_legs[] = {
	{ FACT_ETA, FAMILY_GROWTH, 1, COMPARE_AT_MOST,
	  ANY, 600 * (double)NS_PER_S, 60 * (double)NS_PER_S, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, 15, 15, FACT_NONE },
};

static const struct leg filling_legs[] = {
	{ FACT_FILL_ETA, FAMILY_GROWTH, 1, COMPARE_AT_MOST,
	  3600 * (double)NS_PER_S, 600 * (double)NS_PER_S, ANY, FACT_NONE },
	{ FACT_FILL_PERCENT, FAMILY_GROWTH, 2, COMPARE_AT_LEAST,
	  .5, .5, ANY, FACT_NONE },
	{ FACT_HEADROOM_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_MOST,
	  60, 60, ANY, FACT_NONE },
	{ FACT_FILL_ETA, FAMILY_GROWTH, 3, COMPARE_AT_MOST,
	  600 * (double)NS_PER_S, 600 * (double)NS_PER_S, ANY, FACT_NONE },
};

static const struct leg killable_legs[] = {
	{ FACT_KILLABLE_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  ANY, 10, ANY, FACT_NONE },
	{ FACT_LARGEST_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  ANY, 3, ANY, FACT_NONE },
	{ FACT_USED_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 60, ANY, FACT_NONE },
};

/* Half the way to what another killer tests, and most of it. */
#define ON_ITS_WAY(fact, family) \
	{ fact, family, 1, COMPARE_AT_LEAST, ANY, 50, 80, FACT_NONE }

static const struct leg earlyoom_legs[] = {
	ON_ITS_WAY(FACT_EARLYOOM_WAY, FAMILY_LEVEL),
};

static const struct leg nohang_legs[] = {
	ON_ITS_WAY(FACT_NOHANG_WAY, FAMILY_LEVEL),
};

static const struct leg oomd_legs[] = {
	ON_ITS_WAY(FACT_OOMD_WAY, FAMILY_LEVEL),
};

static const struct leg oomd_stall_legs[] = {
	ON_ITS_WAY(FACT_OOMD_STALL_WAY, FAMILY_STALL),
};

static const struct leg panic_legs[] = {
	{ FACT_PANIC, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
};

static const struct leg allocating_legs[] = {
	{ FACT_KILLS_ALLOCATING, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  1, ANY, ANY, FACT_NONE },
};
/* clang-format on */

/* "; the kernel may kill before that (min_ttl_ms is 1000)", to keep what was
 * used last, where it was told to. */
static void write_young(const struct verdict_judge *judge, char *buf,
			size_t size)
{
	double ms = fact(judge, FACT_MIN_TTL);

	*buf = '\0';
	if (ms > 0)
		snprintf(buf, size,
			 "; the kernel may kill before that (min_ttl_ms is "
			 "%.0f)",
			 ms);
}

static void say_near(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct memory *m = &judge->snapshot->memory;
	struct figure available = figure(judge, FACT_AVAILABLE);
	struct figure part = figure(judge, FACT_AVAILABLE_PERCENT);
	struct figure left = figure_of(known(m->swap_free), UNIT_BYTES);
	struct figure eta = figure_eta(fact(judge, FACT_ETA));
	char swap[64] = "there is no swap", when[48] = "", files[96] = "";
	char young[80];

	/* it stays for a while: what it was said for is over */
	if (judge->now.boottime_ns > finding->level->held_ns &&
	    fact(judge, FACT_AVAILABLE_PERCENT) > PLENTY_PERCENT) {
		words_text(ret, "%s available again (%s)", available.text,
			   part.text);
		words_brief(ret, "%s available again (%s)", available.text,
			    part.text);
		return;
	}
	if (m->swap_total)
		snprintf(swap, sizeof(swap), "%s of swap left", left.text);
	if (fact(judge, FACT_ETA) < 3600 * (double)NS_PER_S)
		snprintf(when, sizeof(when), ", full in %s", eta.text);
	if (fact(judge, FACT_SHMEM_PERCENT) >= 25)
		snprintf(files, sizeof(files),
			 "; %s of RAM is files in it, which no kill frees",
			 figure(judge, FACT_SHMEM_PERCENT).text);
	write_young(judge, young, sizeof(young));
	words_text(ret, "only %s available (%s), %s%s%s%s", available.text,
		   part.text, swap, when, files, young);
	words_brief(ret, "%s available (%s), %s", available.text, part.text,
		    m->swap_total ? swap : "no swap");
}

static void say_young(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	struct figure available = figure(judge, FACT_AVAILABLE);
	double ms = fact(judge, FACT_MIN_TTL);

	(void)finding;
	words_text(ret,
		   "files are read again as soon as they are dropped, and the "
		   "kernel is told to kill rather than to take what was used "
		   "in the last %.0f ms (min_ttl_ms); %s available",
		   ms, available.text);
	words_brief(ret, "thrashing, and min_ttl_ms is %.0f", ms);
}

/* Who takes it is told below, and that its cgroup ends first is news. */
static void say_bound(const struct verdict_judge *judge, struct words *ret)
{
	const struct bound *bound = &judge->bound;
	struct figure rate = figure(judge, FACT_FILL_RATE);
	struct figure eta = figure_eta(bound->eta_ns);
	char full[96], brief[48];

	text_printable(full, sizeof(full), bound->name, strlen(bound->name),
		       32);
	text_printable(brief, sizeof(brief), bound->name, strlen(bound->name),
		       16);
	words_text(ret, "by %s; %s will be at its limit in %s", rate.text, full,
		   eta.text);
	words_brief(ret, "%s, %s full in %s", rate.text, brief, eta.text);
}

static void say_filling(const struct verdict_judge *judge,
			const struct finding *finding, struct words *ret)
{
	struct figure rate = figure(judge, FACT_FILL_RATE);
	struct figure eta = figure_eta(fact(judge, FACT_ETA));
	char who[192] = "", name[128];

	(void)finding;
	if (*judge->bound.name) {
		say_bound(judge, ret);
		return;
	}
	if (taker_explains(judge)) {
		person_text(&judge->people.grower, name, sizeof(name));
		snprintf(who, sizeof(who), "; %s takes it", name);
	}
	words_text(ret, "by %s, full in %s%s", rate.text, eta.text, who);
	words_brief(ret, "%s, full in %s", rate.text, eta.text);
}

/* " in about 1 min", when memory goes down and swap is gone already. */
static void write_acts(const struct verdict_judge *judge,
		       const struct killer_test *test, char *buf, size_t size)
{
	double rate = fact(judge, FACT_FILL_RATE);

	*buf = '\0';
	if (test->way >= 100)
		snprintf(buf, size, " now:");
	else if (rate > 0 && test->swap <= test->swap_limit)
		snprintf(buf, size, " in %s,",
			 figure_eta(test->room / rate * (double)NS_PER_S).text);
}

/* Shares that are left, and at which it acts. */
static void say_shares(const struct verdict_judge *judge,
		       const struct killer *killer, const char *who,
		       struct words *ret)
{
	const struct killer_test *test = &killer->test;
	struct figure memory = figure_of(test->memory, UNIT_PERCENT);
	struct figure swap = figure_of(test->swap, UNIT_PERCENT);
	struct figure limit = figure_of(test->memory_limit, UNIT_PERCENT);
	struct figure swap_limit = figure_of(test->swap_limit, UNIT_PERCENT);
	char acts[48];

	if (isnan(test->way)) { /* while it eases */
		words_text(ret, "%s has nothing to watch any more", who);
		words_brief(ret, "%s has nothing to watch any more", who);
		return;
	}
	write_acts(judge, test, acts, sizeof(acts));
	words_text(ret,
		   "%s acts%s at %s of RAM and %s of swap left, now it is %s "
		   "and %s%s%s",
		   who, acts, limit.text, swap_limit.text, memory.text,
		   swap.text, *killer->pick ? "; it would end " : "",
		   killer->pick);
	words_brief(ret, "%s: %s RAM %s swap left, acts at %s %s", who,
		    memory.text, swap.text, limit.text, swap_limit.text);
}

static void say_earlyoom(const struct verdict_judge *judge,
			 const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_shares(judge, &judge->killers.earlyoom, "earlyoom", ret);
}

static void say_nohang(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_shares(judge, &judge->killers.nohang, "nohang", ret);
}

static void say_oomd(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_shares(judge, &judge->killers.oomd, "systemd-oomd", ret);
}

static void say_oomd_stall(const struct verdict_judge *judge,
			   const struct finding *finding, struct words *ret)
{
	const struct killers *k = &judge->killers;
	struct figure value = figure_of(k->stall.value, UNIT_PERCENT);
	struct figure limit = figure_of(k->stall.limit, UNIT_PERCENT);
	char acts[48] = "acts", lasts[FORMAT_SIZE];

	(void)finding;
	if (isnan(k->stall.way)) { /* while it eases */
		words_text(ret,
			   "no unit that systemd-oomd follows stalls any more");
		words_brief(ret, "no unit that systemd-oomd follows stalls");
		return;
	}
	if (k->stall.left_ns != UNKNOWN)
		snprintf(acts, sizeof(acts), "acts in %.0f s",
			 (double)k->stall.left_ns / (double)NS_PER_S);
	words_text(
		ret,
		"systemd-oomd %s: all tasks of %s waited %s of the time, its "
		"limit is %s for %s%s%s",
		acts, k->stall.group, value.text, limit.text,
		format_duration(lasts, k->stall.lasts_ns),
		*k->stall.pick ? "; it would end " : "", k->stall.pick);
	words_brief(ret, "systemd-oomd %s: %s waits %s of %s", acts,
		    k->stall.group, value.text, limit.text);
}

/* What no kill gives back, when that is much: "; 31.2G is files in RAM and
 * shared memory, which no kill gives back". */
static void write_unkillable(const struct verdict_judge *judge, double whole,
			     char *buf, size_t size)
{
	const struct memory *m = &judge->snapshot->memory;
	const struct cgroup *c = judge->container;
	const struct {
		const char *what;
		double bytes;
	} kinds[] = {
		{ "files in RAM and shared memory",
		  known(c ? c->shmem : m->shmem) },
		{ "huge pages set aside", c ? NAN : known(m->hugetlb) },
		{ "the kernel's own",
		  known(c ? c->slab_unreclaimable : m->slab_unreclaimable) },
	};
	size_t most = 0;

	*buf = '\0';
	for (size_t i = 1; i < ARRAY_SIZE(kinds); i++)
		if (isnan(kinds[most].bytes) ||
		    kinds[i].bytes > kinds[most].bytes)
			most = i;
	if (kinds[most].bytes >= whole * .3)
		snprintf(buf, size, "; %s is %s, which no kill gives back",
			 figure_of(kinds[most].bytes, UNIT_BYTES).text,
			 kinds[most].what);
}

static void say_killable(const struct verdict_judge *judge,
			 const struct finding *finding, struct words *ret)
{
	const struct victims *victims = &judge->people.victims;
	const struct cgroup *c = judge->container;
	double whole = c ? (double)c->max : fact(judge, FACT_TOTAL);
	const char *where = c ? " in this container" : "";
	struct figure all = figure_of(victims->killable, UNIT_BYTES);
	struct figure most = figure_of(victims->most, UNIT_BYTES);
	struct figure part = figure(judge, FACT_LARGEST_PERCENT);
	char pointless[112], others[48] = "";

	(void)finding;
	write_unkillable(judge, whole, pointless, sizeof(pointless));
	if (victims->is_protected)
		snprintf(others, sizeof(others), "; %u %s protected",
			 victims->is_protected,
			 victims->is_protected == 1 ? "is" : "are");
	if (fact(judge, FACT_KILLABLE_PERCENT) <= 10) {
		struct figure of = figure_of(whole, UNIT_BYTES);

		words_text(ret,
			   "if memory runs out%s, the kernel has almost "
			   "nothing it may kill: %s of %s belongs to killable "
			   "programs%s%s",
			   where, all.text, of.text, others, pointless);
		words_brief(ret, "only %s of %s could be freed by kills",
			    all.text, of.text);
		return;
	}
	words_text(ret,
		   "if memory runs out%s, one kill frees little: the largest "
		   "program that may be killed has %s (%s of %s)%s%s",
		   where, most.text, part.text, c ? "its limit" : "RAM", others,
		   pointless);
	words_brief(ret, "the largest that may be killed has %s (%s)",
		    most.text, part.text);
}

static void say_panic(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	(void)finding;
	words_text(ret,
		   "when memory runs out the machine panics instead of killing "
		   "(panic_on_oom is %.0f)",
		   fact(judge, FACT_PANIC));
	words_brief(ret, "out of memory would be a panic");
}

static void say_allocating(const struct verdict_judge *judge,
			   const struct finding *finding, struct words *ret)
{
	(void)judge, (void)finding;
	words_text(ret, "whoever allocates is killed, not the largest "
			"(oom_kill_allocating_task is 1)");
	words_brief(ret, "whoever allocates is killed");
}

#define DO_OOM                                                                \
	"4 OOM for the ranking and what-if; K ends a process, asks first; o " \
	"adjusts who goes first"
#define DO_OOM_BRIEF "4 OOM: ranking, what-if; K ends a process"

/* clang-format off */
#define NEAR .title = "out of memory near", .hides = "R03 R10 R21", \
	.class = CLASS_IMMINENT, .rank = 10, \
	.naming = NAME_GROWER, .todo = DO_OOM, .todo_brief = DO_OOM_BRIEF

#define KILLER .title = "a killer is about to act", .class = CLASS_IMMINENT, \
	.least = SEVERITY_WARN, .most = SEVERITY_CRIT, .ease = .9, \
	.rank = 12, .naming = NAME_GROWER, .todo = DO_OOM, \
	.todo_brief = DO_OOM_BRIEF

static const struct rule rules[] = {
	{ .name = "R12-out-of-memory", .least = SEVERITY_WARN,
	  .most = SEVERITY_CRIT, .ease = .5, LEGS(both_short_legs),
	  .say = say_near, NEAR },
	{ .name = "R12-out-of-memory", .least = SEVERITY_CRIT,
	  .most = SEVERITY_CRIT, .ease = .5, LEGS(distance_legs),
	  .say = say_near, NEAR },
	{ .name = "R12-out-of-memory", .least = SEVERITY_WARN,
	  .most = SEVERITY_CRIT, .ease = .5, LEGS(filling_soon_legs),
	  .say = say_near, NEAR },
	{ .name = "R12-out-of-memory", .least = SEVERITY_CRIT,
	  .most = SEVERITY_CRIT, .ease = .5, LEGS(gave_up_legs),
	  .say = say_near, NEAR },
	{ .name = "R12-out-of-memory", .least = SEVERITY_WARN,
	  .most = SEVERITY_WARN, .ease = .5, LEGS(young_legs),
	  .say = say_young, NEAR },
	{ .name = "R21-filling", .title = "memory is filling",
	  .class = CLASS_IMMINENT, .least = SEVERITY_NOTE,
	  .most = SEVERITY_WARN, .ease = .5, LEGS(filling_legs),
	  .peak = FACT_FILL_RATE, .eased = { "by ", "" },
	  .say = say_filling, .rank = 55, .naming = NAME_GROWER,
	  .todo = "2 Processes by GROW/m shows who takes it",
	  .todo_brief = "2 Processes by GROW/m: who takes it" },
	{ .name = "R44-earlyoom", LEGS(earlyoom_legs), .say = say_earlyoom,
	  KILLER },
	{ .name = "R44-nohang", LEGS(nohang_legs), .say = say_nohang, KILLER },
	{ .name = "R44-systemd-oomd", LEGS(oomd_legs), .say = say_oomd,
	  KILLER },
	{ .name = "R44-systemd-oomd", LEGS(oomd_stall_legs),
	  .say = say_oomd_stall, KILLER },
	{ .name = "R30-panic-on-oom", .title = "panic set",
	  .class = CLASS_SETUP, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(panic_legs), .say = say_panic, .rank = 81,
	  .naming = NAME_LARGEST, .todo = "4 OOM shows the settings",
	  .todo_brief = "4 OOM: the settings" },
	{ .name = "R30-nothing-to-kill", .title = "nothing to kill",
	  .class = CLASS_SETUP, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .inner = true, .ease = .8, LEGS(killable_legs), .say = say_killable, .rank = 82,
	  .naming = NAME_LARGEST,
	  .todo = "4 OOM shows who is protected; 1 Overview what else holds "
		  "RAM",
	  .todo_brief = "4 OOM: who is protected" },
	{ .name = "R30-kills-allocating", .title = "kills who allocates",
	  .class = CLASS_SETUP, .least = SEVERITY_NOTE, .most = SEVERITY_NOTE,
	  .ease = .8, LEGS(allocating_legs), .say = say_allocating,
	  .rank = 83, .naming = NAME_LARGEST,
	  .todo = "4 OOM shows the settings",
	  .todo_brief = "4 OOM: the settings" },
};
/* clang-format on */

const struct rule_set rules_exhaustion = { rules, ARRAY_SIZE(rules) };
