/* SPDX-License-Identifier: MIT
 *
 * Rules about one control group: it stalls far more than the machine, its
 * limit is near, it is slowed down, it lives at its limit, file names fill it,
 * its guarantee is not kept.  Usage at the limit is normal; only what cannot be freed counts.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "words.h"

/* clang-format off */
static const struct leg stall_legs[] = {
	{ FACT_GROUP_STALL, FAMILY_STALL, 1, COMPARE_AT_LEAST,
	  ANY, 10, 40, FACT_NONE },
	{ FACT_GROUP_AHEAD, FAMILY_STALL, 2, COMPARE_AT_LEAST,
	  ANY, .001, .001, FACT_NONE },
};

static const struct leg limit_legs[] = {
	{ FACT_GROUP_HARD_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 90, 97, FACT_NONE },
};

/* Half full and growing steadily is what a garbage collector's first tooth
 * looks like too: a minute counts when there is little left. */
static const struct leg filling_legs[] = {
	{ FACT_GROUP_ETA, FAMILY_GROWTH, 1, COMPARE_AT_MOST,
	  ANY, ANY, 60 * (double)NS_PER_S, FACT_NONE },
	{ FACT_GROUP_ETA, FAMILY_GROWTH, 2, COMPARE_AT_MOST,
	  ANY, ANY, 15 * (double)NS_PER_S, FACT_NONE },
	{ FACT_GROUP_HARD_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, ANY, 80, FACT_NONE },
};

static const struct leg high_legs[] = {
	{ FACT_GROUP_HIGH_RATE, FAMILY_RECLAIM, 1, COMPARE_AT_LEAST,
	  .3, .3, .3, FACT_NONE },
	{ FACT_GROUP_OVER_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  .001, .001, .001, FACT_NONE },
	{ FACT_GROUP_SOME, FAMILY_STALL, 3, COMPARE_AT_LEAST,
	  ANY, 10, ANY, FACT_NONE },
	{ FACT_GROUP_OVER_PERCENT, FAMILY_LEVEL, 4, COMPARE_AT_LEAST,
	  ANY, ANY, 10, FACT_NONE },
	{ FACT_GROUP_FULL, FAMILY_STALL, 4, COMPARE_AT_LEAST,
	  ANY, ANY, 50, FACT_NONE },
};

static const struct leg max_legs[] = {
	{ FACT_GROUP_MAX_RATE, FAMILY_RECLAIM, 1, COMPARE_AT_LEAST,
	  10, 10, ANY, FACT_NONE },
	{ FACT_GROUP_HARD_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  90, 90, ANY, FACT_NONE },
	{ FACT_GROUP_SOME, FAMILY_STALL, 3, COMPARE_AT_LEAST,
	  ANY, 10, ANY, FACT_NONE },
	{ FACT_GROUP_RETURN, FAMILY_REFAULT, 3, COMPARE_AT_LEAST,
	  ANY, 50, ANY, FACT_NONE },
};

static const struct leg low_legs[] = {
	{ FACT_GROUP_LOW_RATE, FAMILY_RECLAIM, 1, COMPARE_AT_LEAST,
	  .001, .001, ANY, FACT_NONE },
	{ FACT_GROUP_FULL, FAMILY_STALL, 2, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
};

/* As on the machine; a small one says nothing, however small the limit. */
static const struct leg names_legs[] = {
	{ FACT_GROUP_NAMES_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  15, 30, ANY, FACT_NONE },
	{ FACT_GROUP_NAMES, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  64 * (double)MIB, 64 * (double)MIB, ANY, FACT_NONE },
	{ FACT_GROUP_SOME, FAMILY_STALL, 3, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
};
/* clang-format on */

static double group_fact(const struct finding *finding, enum fact id)
{
	return finding->state->values[id - FACT_GROUP_FIRST];
}

static struct figure group_figure(const struct finding *finding, enum fact id)
{
	return figure_of(group_fact(finding, id), fact_infos[id].unit);
}

struct group_name {
	char text[64];
};

static struct group_name name_of(const struct finding *finding)
{
	const char *name = finding->state->name;
	struct group_name ret;

	text_printable(ret.text, sizeof(ret.text), name, strlen(name), 32);
	return ret;
}

/* Whose limit it is for: its own, one above it, or the machine is short. */
static const char *cause_of(const struct verdict_judge *judge,
			    const struct finding *finding)
{
	if (group_fact(finding, FACT_GROUP_MAX_RATE) > 0)
		return "it is at its own memory.max";
	if (group_fact(finding, FACT_GROUP_HIGH_RATE) > 0)
		return "it is above its own memory.high";
	if (fact(judge, FACT_SCAN_DIRECT) > 0 ||
	    fact(judge, FACT_SCAN_KSWAPD) > 0)
		return "the machine reclaims";
	return "probably a limit above it";
}

static void say_stall(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	struct group_name name = name_of(finding);
	struct figure full = group_figure(finding, FACT_GROUP_FULL);
	struct figure some = figure(judge, FACT_MEM_SOME);
	char oomd[160];

	killers_write_stall(judge, oomd, sizeof(oomd));
	words_text(ret,
		   "%s lost %s of its time to memory (%s); on the machine some "
		   "task waits %s%s",
		   name.text, full.text, cause_of(judge, finding), some.text,
		   oomd);
	words_brief(ret, "%s stalls %s", name.text, full.text);
}

static void say_limit(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	struct group_name name = name_of(finding);
	struct figure hard = group_figure(finding, FACT_GROUP_HARD_PERCENT);
	double eta = group_fact(finding, FACT_GROUP_ETA);
	const struct cgroup *row = groups_find(judge, finding->state);
	struct figure when = figure_eta(eta);
	char bytes[80] = "";

	if (row && row->hard != UNKNOWN && row->effective_limit != UNKNOWN)
		snprintf(bytes, sizeof(bytes), " (%s of %s)",
			 figure_of((double)row->hard, UNIT_BYTES).text,
			 figure_of((double)row->effective_limit, UNIT_BYTES)
				 .text);
	words_text(ret, "%s of what %s may use cannot be freed%s%s%s",
		   hard.text, name.text, bytes, isnan(eta) ? "" : ", full in ",
		   isnan(eta) ? "" : when.text);
	/* when it is full stands in the next line */
	words_brief(ret, "%s %s hard", name.text, hard.text);
}

/* 64 s for the square of the overage, for each batch; at most 2 s. */
static void say_high(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	struct group_name name = name_of(finding);
	double over = group_fact(finding, FACT_GROUP_OVER_PERCENT) / 100;
	double delay_ms = fmin(64000 * over * over, 2000);
	char pause[64] = "";

	(void)judge;
	/* shorter ones the kernel leaves out */
	if (delay_ms > 10)
		snprintf(pause, sizeof(pause),
			 ", each batch of allocations pauses ~%.0f ms",
			 delay_ms);
	words_text(ret, "%s is %.0f%% over memory.high%s", name.text,
		   over * 100, pause);
	words_brief(ret, "%s %.0f%% over memory.high", name.text, over * 100);
}

static void say_max(const struct verdict_judge *judge,
		    const struct finding *finding, struct words *ret)
{
	struct group_name name = name_of(finding);
	struct figure hits = group_figure(finding, FACT_GROUP_MAX_RATE);
	char again[64] = "";

	(void)judge;
	if (!isnan(group_fact(finding, FACT_GROUP_RETURN)))
		snprintf(again, sizeof(again), ", and reads %s of it again",
			 group_figure(finding, FACT_GROUP_RETURN).text);
	words_text(ret,
		   "%s lives at memory.max (%s hits) and keeps freeing its own "
		   "file cache%s",
		   name.text, hits.text, again);
	words_brief(ret, "%s at memory.max, %s", name.text, hits.text);
}

static void say_low(const struct verdict_judge *judge,
		    const struct finding *finding, struct words *ret)
{
	struct group_name name = name_of(finding);
	struct figure hits = group_figure(finding, FACT_GROUP_LOW_RATE);

	(void)judge;
	words_text(ret, "what memory.low guarantees %s is not kept (%s)",
		   name.text, hits.text);
	words_brief(ret, "memory.low of %s not kept", name.text);
}

static void say_names(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	struct group_name name = name_of(finding);
	struct figure bytes = group_figure(finding, FACT_GROUP_NAMES);
	struct figure part = group_figure(finding, FACT_GROUP_NAMES_PERCENT);
	struct figure some = group_figure(finding, FACT_GROUP_SOME);
	char slow[80] = "the kernel can drop them when needed";

	(void)judge;
	if (finding->severity >= SEVERITY_WARN)
		snprintf(slow, sizeof(slow),
			 "dropping them is slow, some task in it waits %s",
			 some.text);
	words_text(ret,
		   "%s, %s of what %s may use, is caches of file names; %s",
		   bytes.text, part.text, name.text, slow);
	words_brief(ret, "%s: %s file names", name.text, bytes.text);
}

#define GROUPED                                                   \
	.grouped = true, .naming = NAME_GROWER,                   \
	.todo = "6 Cgroups shows its limits, events and members", \
	.todo_brief = "6 Cgroups: limits, events, members"

#define HARD_PEAK                        \
	.peak = FACT_GROUP_HARD_PERCENT, \
	.eased = { "", " of its limit could not be freed" }

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R13-cgroup-out-of-memory",
	  .title = "cgroup out of memory near", .class = CLASS_LEVEL,
	  .least = SEVERITY_WARN, .most = SEVERITY_CRIT, .ease = .9,
	  .up_s = { [SEVERITY_WARN] = 5, [SEVERITY_CRIT] = 5 },
	  .down_s = { [SEVERITY_WARN] = 30, [SEVERITY_CRIT] = 30 },
	  LEGS(limit_legs), .say = say_limit, .hides = "R15", .rank = 11,
	  .kills = true, HARD_PEAK, GROUPED },
	{ .name = "R13-cgroup-out-of-memory",
	  .title = "cgroup out of memory near", .class = CLASS_IMMINENT,
	  .least = SEVERITY_CRIT, .most = SEVERITY_CRIT, .ease = .5,
	  LEGS(filling_legs), .say = say_limit, .hides = "R15", .rank = 11,
	  .kills = true, HARD_PEAK, GROUPED },
	{ .name = "R06-cgroup-stall", .title = "cgroup starved",
	  .class = CLASS_STALL, .least = SEVERITY_WARN, .most = SEVERITY_CRIT,
	  .ease = .5, .up_s = { [SEVERITY_CRIT] = 10 }, LEGS(stall_legs),
	  .peak = FACT_GROUP_FULL,
	  .eased = { "lost ", " of its time to memory" },
	  .say = say_stall, .rank = 41, GROUPED },
	{ .name = "R14-cgroup-throttled", .title = "cgroup slowed down",
	  .class = CLASS_RATE, .least = SEVERITY_NOTE, .most = SEVERITY_CRIT,
	  .ease = .5, .up_s = { [SEVERITY_CRIT] = 30 }, LEGS(high_legs),
	  .peak = FACT_GROUP_OVER_PERCENT,
	  .eased = { "was ", " over memory.high" }, .say = say_high, .rank = 42, GROUPED },
	{ .name = "R15-cgroup-at-limit", .title = "cgroup at its limit",
	  .class = CLASS_RATE, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .5, LEGS(max_legs), .peak = FACT_GROUP_MAX_RATE,
	  .eased = { "hit memory.max ", "" }, .say = say_max, .rank = 43, GROUPED },
	{ .name = "R22-cgroup-file-names",
	  .title = "caches of file names fill a cgroup",
	  .class = CLASS_SETUP, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(names_legs), .say = say_names, .rank = 76, GROUPED },
	{ .name = "R41-guarantee", .title = "cgroup guarantee not kept",
	  .class = CLASS_SETUP, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(low_legs), .say = say_low, .rank = 44, GROUPED },
};
/* clang-format on */

const struct rule_set rules_groups = { rules, ARRAY_SIZE(rules) };
