/* SPDX-License-Identifier: MIT
 *
 * Rules about running out: RAM and swap both short, the kernel's own give-up
 * test near, memory that fills steadily.  These stand on their own.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/field.h"
#include "words.h"

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

static const struct leg filling_soon_legs[] = {
	{ FACT_ETA, FAMILY_GROWTH, 1, COMPARE_AT_MOST,
	  ANY, 600 * (double)NS_PER_S, 60 * (double)NS_PER_S, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, 15, 15, FACT_NONE },
};

static const struct leg filling_legs[] = {
	{ FACT_ETA, FAMILY_GROWTH, 1, COMPARE_AT_MOST,
	  3600 * (double)NS_PER_S, 600 * (double)NS_PER_S, ANY, FACT_NONE },
	{ FACT_FILL_PERCENT, FAMILY_GROWTH, 2, COMPARE_AT_LEAST,
	  .5, .5, ANY, FACT_NONE },
	{ FACT_HEADROOM_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_MOST,
	  60, 60, ANY, FACT_NONE },
	{ FACT_ETA, FAMILY_GROWTH, 3, COMPARE_AT_MOST,
	  600 * (double)NS_PER_S, 600 * (double)NS_PER_S, ANY, FACT_NONE },
};

static const struct leg killable_legs[] = {
	{ FACT_KILLABLE_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  ANY, 10, ANY, FACT_NONE },
	{ FACT_USED_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 60, ANY, FACT_NONE },
};

/* What earlyoom and systemd-oomd test by default; half the way to it, and
 * most of it. */
static const struct leg earlyoom_legs[] = {
	{ FACT_HAS_EARLYOOM, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 1, 1, FACT_NONE },
	{ FACT_AVAILABLE_OF_ANON, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, 20, 12, FACT_NONE },
	{ FACT_SWAP_FREE_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_MOST,
	  ANY, 20, 12, FACT_NONE },
};

static const struct leg oomd_legs[] = {
	{ FACT_HAS_OOMD, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 1, 1, FACT_NONE },
	{ FACT_USED_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 85, 89, FACT_NONE },
	{ FACT_SWAP_USED_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_LEAST,
	  ANY, 85, 89, FACT_NONE },
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

static void say_near(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct memory *m = &judge->snapshot->memory;
	struct figure available = figure(judge, FACT_AVAILABLE);
	struct figure part = figure(judge, FACT_AVAILABLE_PERCENT);
	struct figure left = figure_of((double)m->swap_free, UNIT_BYTES);
	struct figure eta = figure_eta(fact(judge, FACT_ETA));
	char swap[64] = "there is no swap", when[48] = "";

	(void)finding;
	if (m->swap_total)
		snprintf(swap, sizeof(swap), "%s of swap left", left.text);
	if (fact(judge, FACT_ETA) < 3600 * (double)NS_PER_S)
		snprintf(when, sizeof(when), ", full in %s", eta.text);
	words_text(ret, "only %s available (%s), %s%s", available.text,
		   part.text, swap, when);
	words_brief(ret, "%s available (%s), %s", available.text, part.text,
		    swap);
}

static void say_filling(const struct verdict_judge *judge,
			const struct finding *finding, struct words *ret)
{
	struct figure rate = figure(judge, FACT_FILL_RATE);
	struct figure eta = figure_eta(fact(judge, FACT_ETA));
	const struct person *p = &judge->people.grower;
	char who[192] = "", name[96];

	(void)finding;
	if (p->is_there && p->share >= 50) {
		person_text(p, name, sizeof(name));
		snprintf(who, sizeof(who), "; %s takes it", name);
	}
	words_text(ret, "by %s, full in %s%s", rate.text, eta.text, who);
	words_brief(ret, "%s, full in %s", rate.text, eta.text);
}

static void say_killer(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	struct figure available = figure(judge, FACT_AVAILABLE_PERCENT);
	struct figure swap = figure(judge, FACT_SWAP_FREE_PERCENT);
	const char *who = finding->rule->name + strlen("R44-");

	words_text(ret,
		   "%s ends a program when RAM and swap are both short; now "
		   "%s of RAM is available and %s of swap left",
		   who, available.text, swap.text);
	words_brief(ret, "%s: RAM %s, swap %s left", who, available.text,
		    swap.text);
}

static void say_killable(const struct verdict_judge *judge,
			 const struct finding *finding, struct words *ret)
{
	struct figure part = figure(judge, FACT_KILLABLE_PERCENT);

	(void)finding;
	words_text(ret,
		   "if memory runs out, killing gives back almost nothing: %s "
		   "of RAM belongs to programs that may be killed",
		   part.text);
	words_brief(ret, "only %s of RAM could be freed by a kill", part.text);
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
	.say = say_near, .class = CLASS_IMMINENT, .rank = 10, \
	.naming = NAME_GROWER, .todo = DO_OOM, .todo_brief = DO_OOM_BRIEF

static const struct rule rules[] = {
	{ .name = "R12-out-of-memory", .least = SEVERITY_WARN,
	  .most = SEVERITY_CRIT, .ease = .5, LEGS(both_short_legs), NEAR },
	{ .name = "R12-out-of-memory", .least = SEVERITY_CRIT,
	  .most = SEVERITY_CRIT, .ease = .5, LEGS(distance_legs), NEAR },
	{ .name = "R12-out-of-memory", .least = SEVERITY_WARN,
	  .most = SEVERITY_CRIT, .ease = .5, LEGS(filling_soon_legs), NEAR },
	{ .name = "R12-out-of-memory", .least = SEVERITY_CRIT,
	  .most = SEVERITY_CRIT, .ease = .5, LEGS(gave_up_legs), NEAR },
	{ .name = "R21-filling", .title = "memory is filling",
	  .class = CLASS_IMMINENT, .least = SEVERITY_NOTE,
	  .most = SEVERITY_WARN, .ease = .5, LEGS(filling_legs),
	  .peak = FACT_FILL_RATE, .eased = { "by ", "" },
	  .say = say_filling, .rank = 55, .naming = NAME_GROWER,
	  .todo = "2 Processes by GROW/m shows who takes it",
	  .todo_brief = "2 Processes by GROW/m: who takes it" },
	{ .name = "R44-earlyoom", .title = "a killer is about to act",
	  .class = CLASS_IMMINENT, .least = SEVERITY_WARN,
	  .most = SEVERITY_CRIT, .ease = .9, LEGS(earlyoom_legs),
	  .say = say_killer, .rank = 12, .naming = NAME_GROWER,
	  .todo = DO_OOM, .todo_brief = DO_OOM_BRIEF },
	{ .name = "R44-systemd-oomd", .title = "a killer is about to act",
	  .class = CLASS_IMMINENT, .least = SEVERITY_WARN,
	  .most = SEVERITY_CRIT, .ease = .95, LEGS(oomd_legs),
	  .say = say_killer, .rank = 12, .naming = NAME_GROWER,
	  .todo = DO_OOM, .todo_brief = DO_OOM_BRIEF },
	{ .name = "R30-panic-on-oom", .title = "panic set",
	  .class = CLASS_SETUP, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(panic_legs), .say = say_panic, .rank = 81,
	  .naming = NAME_LARGEST, .todo = "4 OOM shows the settings",
	  .todo_brief = "4 OOM: the settings" },
	{ .name = "R30-nothing-to-kill", .title = "nothing to kill",
	  .class = CLASS_SETUP, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(killable_legs), .say = say_killable, .rank = 82,
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
