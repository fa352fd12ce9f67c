/* SPDX-License-Identifier: MIT
 *
 * Rules about pressure: little available, reclaim, stalls.  None of these is
 * more than a note on one kind of evidence alone.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memtop/field.h"
#include "words.h"

/* clang-format off */

/* 10 % (node-mixin, netdata, earlyoom), capped for large machines; steady and
 * unhurried it is by design. */
static const struct leg low_legs[] = {
	{ FACT_AVAILABLE, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  1.5, 1, ANY, FACT_LOW_LIMIT },
	{ FACT_FALL_PERCENT, FAMILY_GROWTH, 2, COMPARE_AT_LEAST,
	  ANY, .2, ANY, FACT_NONE },
	{ FACT_SCAN_DIRECT, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
	{ FACT_MEM_SOME_60, FAMILY_STALL, 2, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
};

static const struct leg kswapd_legs[] = {
	{ FACT_KSWAPD_SECONDS, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_SCAN_KSWAPD, FAMILY_RECLAIM, 1, COMPARE_AT_LEAST,
	  1, ANY, ANY, FACT_NONE },
};

static const struct leg direct_legs[] = {
	{ FACT_ALLOCSTALL, FAMILY_RECLAIM, 1, COMPARE_AT_LEAST,
	  ANY, 10, ANY, FACT_NONE },
	{ FACT_DIRECT_SHARE, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  ANY, 10, ANY, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 0, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
	{ FACT_AVAILABLE, FAMILY_LEVEL, 0, COMPARE_AT_MOST,
	  ANY, 1.5, ANY, FACT_LOW_LIMIT },
	{ FACT_RETURN_ANY, FAMILY_REFAULT, 0, COMPARE_AT_LEAST,
	  ANY, 20, ANY, FACT_NONE },
};

/* vmpressure's levels: 60 % and 95 % of what is scanned is not freed. */
static const struct leg fruitless_legs[] = {
	{ FACT_EFFICIENCY, FAMILY_RECLAIM, 1, COMPARE_AT_MOST,
	  ANY, 40, 5, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, ANY, 10, FACT_NONE },
	{ FACT_SCAN_DIRECT, FAMILY_RECLAIM, 3, COMPARE_AT_LEAST,
	  ANY, 1, 1, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 0, COMPARE_AT_LEAST,
	  ANY, 1, 1, FACT_NONE },
	{ FACT_AVAILABLE, FAMILY_LEVEL, 0, COMPARE_AT_MOST,
	  ANY, 1.5, ANY, FACT_LOW_LIMIT },
	{ FACT_RETURN_ANY, FAMILY_REFAULT, 0, COMPARE_AT_LEAST,
	  ANY, 20, 20, FACT_NONE },
};

/* Lists with generations count as looked at only what was isolated, so more
 * of it can be freed. */
static const struct leg fruitless_mglru_legs[] = {
	{ FACT_MGLRU, FAMILY_NONE, 1, COMPARE_AT_LEAST,
	  ANY, 1, 1, FACT_NONE },
	{ FACT_EFFICIENCY, FAMILY_RECLAIM, 2, COMPARE_AT_MOST,
	  ANY, 60, 20, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_MOST,
	  ANY, 15, 10, FACT_NONE },
	{ FACT_SCAN_DIRECT, FAMILY_RECLAIM, 4, COMPARE_AT_LEAST,
	  ANY, 1, 1, FACT_NONE },
};

/* systemd asks services to trim themselves at 10 %, GLib is alarmed at 5 % of
 * full; killers act far later.  Reclaim for a cgroup's own limit is no proof
 * that the machine is short: a box full of its cache does that all day, and on
 * an idle machine its waiting is all there is to be counted. */
#define SHORT(note, warn, crit)                                        \
	{ FACT_SCAN_KSWAPD, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,       \
	  note, warn, crit, FACT_NONE },                               \
	{ FACT_SCAN_DIRECT, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,       \
	  note, warn, crit, FACT_NONE },                               \
	{ FACT_RETURN_ANY, FAMILY_REFAULT, 2, COMPARE_AT_LEAST,        \
	  (note) * 20, (warn) * 20, (crit) * 20, FACT_NONE }

static const struct leg stall_legs[] = {
	{ FACT_MEM_SOME, FAMILY_STALL, 1, COMPARE_AT_LEAST,
	  1, 10, ANY, FACT_NONE },
	{ FACT_MEM_FULL, FAMILY_STALL, 1, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
	SHORT(ANY, 1, ANY),
};

static const struct leg stall_most_legs[] = {
	{ FACT_MEM_SOME, FAMILY_STALL, 1, COMPARE_AT_LEAST,
	  ANY, ANY, 50, FACT_NONE },
	{ FACT_MEM_FULL, FAMILY_STALL, 1, COMPARE_AT_LEAST,
	  ANY, ANY, 20, FACT_NONE },
	SHORT(ANY, ANY, 1),
};

/* So much is a warning whoever's limit it is for. */
static const struct leg stall_elsewhere_legs[] = {
	{ FACT_MEM_SOME, FAMILY_STALL, 1, COMPARE_AT_LEAST,
	  ANY, 30, ANY, FACT_NONE },
	{ FACT_MEM_FULL, FAMILY_STALL, 1, COMPARE_AT_LEAST,
	  ANY, 20, ANY, FACT_NONE },
	{ FACT_SCAN_ALL, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
};
/* clang-format on */

/* What earlyoom goes by has no files in RAM in it, so that it acts earlier or
 * later than the share of RAM tells: "; earlyoom counts 14%, its limit is
 * 10%". */
static void write_earlyoom(const struct verdict_judge *judge, char *buf,
			   size_t size)
{
	const struct killer_test *test = &judge->killers.earlyoom.test;

	*buf = '\0';
	if (isnan(test->memory) || isnan(test->memory_limit))
		return;
	snprintf(buf, size, "; earlyoom counts %s, its limit is %s",
		 figure_of(test->memory, UNIT_PERCENT).text,
		 figure_of(test->memory_limit, UNIT_PERCENT).text);
}

static void say_low(const struct verdict_judge *judge,
		    const struct finding *finding, struct words *ret)
{
	const struct person *p = &judge->people.grower;
	struct figure available = figure(judge, FACT_AVAILABLE);
	struct figure total = figure(judge, FACT_TOTAL);
	struct figure part = figure(judge, FACT_AVAILABLE_PERCENT);
	char who[192] = "", name[96], earlyoom[112];

	write_earlyoom(judge, earlyoom, sizeof(earlyoom));
	if (people_is_grower(p, judge->snapshot) &&
	    finding->severity >= SEVERITY_WARN) {
		person_text(p, name, sizeof(name));
		snprintf(who, sizeof(who), "; %s takes %s a minute", name,
			 figure_of(p->growth * 60, UNIT_BYTES).text);
	}
	words_text(ret, "%s of %s can still be handed out (%s%s)%s%s",
		   available.text, total.text, part.text, earlyoom, who,
		   finding->severity == SEVERITY_NOTE &&
				   !(fact(judge, FACT_FALL_PERCENT) >= .2)
			   ? ", tight but steady"
			   : "");
	words_brief(ret, "%s available (%s)", available.text, part.text);
}

static void say_kswapd(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	struct figure rate = figure_pages(judge, FACT_SCAN_KSWAPD);
	struct figure available = figure(judge, FACT_AVAILABLE);

	(void)finding;
	words_text(ret,
		   "the kernel trims caches in the background (%s looked at); "
		   "%s available",
		   rate.text, available.text);
	words_brief(ret, "background reclaim, %s available", available.text);
}

static void say_direct(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	struct figure stalls = figure(judge, FACT_ALLOCSTALL);
	struct figure freed = figure(judge, FACT_EFFICIENCY);

	(void)finding;
	words_text(ret,
		   "programs wait while the kernel frees memory for them: %s "
		   "direct reclaims, %s of what is looked at can be freed",
		   stalls.text, freed.text);
	words_brief(ret, "%s direct reclaims, %s freed", stalls.text,
		    freed.text);
}

/* The cgroup that hits its limit most, of those a rule says something of. */
static void write_limit(const struct verdict_judge *judge, bool elsewhere,
			char *buf, size_t size)
{
	const size_t high = FACT_GROUP_HIGH_RATE - FACT_GROUP_FIRST;
	const size_t max = FACT_GROUP_MAX_RATE - FACT_GROUP_FIRST;
	const struct rule_state *worst = NULL;
	double most = 0;
	char name[64] = "a cgroup";

	*buf = '\0';
	if (!elsewhere)
		return;
	for (size_t i = 0; i < GROUPS_MAX; i++) {
		const struct rule_state *state = &judge->groups[i];
		double hits = fmax(state->values[high], state->values[max]);

		if (!state->rule || !(hits > most))
			continue;
		most = hits;
		worst = state;
	}
	if (worst)
		text_printable(name, sizeof(name), worst->name,
			       strlen(worst->name), 32);
	snprintf(buf, size,
		 "; %s is at its own limit, the machine is not short", name);
}

static void say_stall(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	double some = fact(judge, FACT_MEM_SOME);
	double full = fact(judge, FACT_MEM_FULL);
	bool elsewhere = fact(judge, FACT_SCAN_KSWAPD) == 0 &&
			 fact(judge, FACT_SCAN_DIRECT) == 0 &&
			 fact(judge, FACT_SCAN_ALL) > 0;
	char limit[128], oomd[160];

	killers_write_stall(judge, oomd, sizeof(oomd));
	if (finding->severity == SEVERITY_NOTE) {
		words_text(ret,
			   "a task waits for memory %.1f%% of the time%s; %s "
			   "available%s",
			   some,
			   elsewhere ? ", at its cgroup's limit"
			   : some >= 10 && fact(judge, FACT_SCAN_ALL) == 0
				   ? " without reclaim, probably for swap or "
				     "compaction"
				   : "",
			   figure(judge, FACT_AVAILABLE).text, oomd);
		words_brief(ret, "some task waits %.1f%%", some);
		return;
	}
	write_limit(judge, elsewhere, limit, sizeof(limit));
	words_text(ret,
		   "some task waits for memory %.0f%% of the time, all of them "
		   "at once %.0f%%%s%s",
		   some, full, limit, oomd);
	words_brief(ret, "some task waits %.0f%%, all %.0f%%", some, full);
}

/* clang-format off */
#define STALL .title = "memory stalls", .class = CLASS_STALL, \
	.pressure = true, .ease = .5, .say = say_stall, .hides = "R04", \
	.rank = 40, .naming = NAME_GROWER, .peak = FACT_MEM_SOME, \
	.eased = { "some task waited for memory ", " of the time" }, \
	.todo = "2 Processes by MAJ/s shows who waits; K ends or freezes a " \
		"process, asks first", \
	.todo_brief = "2 Processes by MAJ/s: who waits; K ends one"

static const struct rule rules[] = {
	{ .name = "R05-stall", .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  LEGS(stall_legs), STALL },
	{ .name = "R05-stall", .least = SEVERITY_CRIT, .most = SEVERITY_CRIT,
	  .averages = true, LEGS(stall_most_legs), STALL },
	{ .name = "R05-stall", .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .averages = true, LEGS(stall_elsewhere_legs), STALL },
	{ .name = "R04-direct-reclaim", .title = "direct reclaim",
	  .class = CLASS_RATE, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .pressure = true, .ease = .5, LEGS(direct_legs), .say = say_direct,
	  .peak = FACT_ALLOCSTALL, .eased = { "", " direct reclaims" },
	  .rank = 50, .naming = NAME_GROWER,
	  .todo = "2 Processes by GROW/m shows who takes the memory",
	  .todo_brief = "2 Processes by GROW/m: who takes it" },
	{ .name = "R04-fruitless-reclaim", .title = "fruitless reclaim",
	  .class = CLASS_RATE, .least = SEVERITY_WARN, .most = SEVERITY_CRIT,
	  .pressure = true, .ease = .5, LEGS(fruitless_legs),
	  .peak = FACT_ALLOCSTALL, .eased = { "", " direct reclaims" },
	  .say = say_direct, .rank = 49, .naming = NAME_GROWER,
	  .todo = "2 Processes by GROW/m shows who takes the memory",
	  .todo_brief = "2 Processes by GROW/m: who takes it" },
	{ .name = "R04-fruitless-reclaim", .title = "fruitless reclaim",
	  .class = CLASS_RATE, .least = SEVERITY_WARN, .most = SEVERITY_CRIT,
	  .pressure = true, .ease = .5, LEGS(fruitless_mglru_legs),
	  .peak = FACT_ALLOCSTALL, .eased = { "", " direct reclaims" },
	  .say = say_direct, .rank = 49, .naming = NAME_GROWER,
	  .todo = "2 Processes by GROW/m shows who takes the memory",
	  .todo_brief = "2 Processes by GROW/m: who takes it" },
	{ .name = "R04-background-reclaim", .title = "reclaiming",
	  .class = CLASS_RATE, .least = SEVERITY_NOTE, .most = SEVERITY_NOTE,
	  .ease = .5, LEGS(kswapd_legs), .peak = FACT_SCAN_KSWAPD,
	  .eased = { "the kernel looked at ", " pages in the background" },
	  .say = say_kswapd, .rank = 90,
	  .naming = NAME_LARGEST },
	{ .name = "R03-available-low", .title = "low memory",
	  .class = CLASS_LEVEL, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .pressure = true, .ease = 2 / 3., LEGS(low_legs), .say = say_low,
	  .rank = 60, .naming = NAME_GROWER,
	  .todo = "2 Processes shows who holds it; 4 OOM what a kill gives "
		  "back",
	  .todo_brief = "2 Processes: who holds it; 4 OOM: what frees" },
};
/* clang-format on */

const struct rule_set rules_pressure = { rules, ARRAY_SIZE(rules) };
