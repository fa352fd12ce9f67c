/* SPDX-License-Identifier: MIT
 *
 * Rules about what keeps growing: a process, or a service whose processes come
 * and go.  The test is judge/leak.c's; a first window only makes a suspect, and
 * nothing is ever called a leak for certain.
 */
#include <string.h>

#include "memtop/field.h"
#include "memtop/list.h"
#include "memtop/trend.h"
#include "words.h"

/* clang-format off */
#define DAY (24 * 3600 * (double)NS_PER_S)

static const struct leg process_legs[] = {
	{ FACT_LEAK, FAMILY_GROWTH, 1, COMPARE_AT_LEAST, 1, 2, ANY, FACT_NONE },
};

static const struct leg process_soon_legs[] = {
	{ FACT_LEAK, FAMILY_GROWTH, 1, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
	{ FACT_LEAK_ETA, FAMILY_GROWTH, 2, COMPARE_AT_MOST,
	  ANY, DAY, ANY, FACT_NONE },
};

static const struct leg group_legs[] = {
	{ FACT_CGROUP_LEAK, FAMILY_GROWTH, 1, COMPARE_AT_LEAST,
	  1, 2, ANY, FACT_NONE },
};

static const struct leg group_soon_legs[] = {
	{ FACT_CGROUP_LEAK, FAMILY_GROWTH, 1, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
	{ FACT_CGROUP_LEAK_ETA, FAMILY_GROWTH, 2, COMPARE_AT_MOST,
	  ANY, DAY, ANY, FACT_NONE },
};
/* clang-format on */

/* Confirmed before suspected before what grows with its load. */
static int weight(const struct trend *trend)
{
	return 2 * trend_sure(trend) - trend_is_load(trend);
}

const struct trend *rules_worst_trend(const struct verdict_judge *judge,
				      const char *kind)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_TREND);
	const struct trend *worst = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct trend *t = list_row(list, i);

		if (strcmp(t->kind, kind) != 0 || !trend_sure(t))
			continue;
		if (!worst || weight(t) > weight(worst) ||
		    (weight(t) == weight(worst) && t->rate > worst->rate))
			worst = t;
	}
	return worst;
}

/* "java[1] keeps growing: +1.2G in 30m, 2.4G an hour, full in ~20 min (no
 * levelling off, or fragmentation)" */
static void say_growth(const struct verdict_judge *judge, struct words *ret,
		       const char *kind, enum fact eta, const char *what)
{
	const struct trend *t = rules_worst_trend(judge, kind);
	char name[96], rise[FORMAT_SIZE], rate[FORMAT_SIZE], span[FORMAT_SIZE];
	bool soon = fact(judge, eta) < 24 * 3600 * (double)NS_PER_S;
	const char *grows;

	if (!t) {
		words_text(ret, "%s does not grow any more", what);
		words_brief(ret, "%s does not grow any more", what);
		return;
	}
	text_printable(name, sizeof(name), text_str(t->subject),
		       text_len(t->subject), 40);
	format_bytes_signed(rise, t->rise, FORMAT_AUTO);
	format_bytes_signed(rate, t->rate * 3600, FORMAT_AUTO);
	format_duration(span, t->window_ns);
	grows = trend_is_load(t) ? text_str(t->why)
		: trend_sure(t) == 2
			? "no levelling off, or fragmentation"
			: "its floor rose steadily, or fragmentation";
	words_text(ret, "%s %s: %s in %s, %s an hour%s%s (%s)", name,
		   trend_is_load(t)	? "grows with its load"
		   : trend_sure(t) == 2 ? "keeps growing"
					: "may leak",
		   rise, span, rate, soon ? ", full in " : "",
		   soon ? figure_eta(fact(judge, eta)).text : "", grows);
	words_brief(ret, "%s %s in %s", name, rise, span);
}

static void say_process(const struct verdict_judge *judge,
			const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_growth(judge, ret, "process", FACT_LEAK_ETA, "the process");
}

static void say_group(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_growth(judge, ret, "cgroup", FACT_CGROUP_LEAK_ETA, "the cgroup");
}

#define GROWS                                                      \
	.title = "steady growth", .class = CLASS_TREND, .ease = 1, \
	.least = SEVERITY_NOTE, .most = SEVERITY_WARN,             \
	.todo_brief = "Enter on it, 3 History: why it is called that"
#define OF_PROCESS                                                    \
	GROWS, .say = say_process, .rank = 57, .naming = NAME_LEAKER, \
	       .hides = "R18",                                        \
	       .todo = "2 Processes, Enter on it, 3 History shows "   \
		       "the figures of the test"
#define OF_GROUP                                                    \
	GROWS, .say = say_group, .rank = 58, .naming = NAME_GROWER, \
	       .todo = "6 Cgroups shows it; p its processes"

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R17-leak", LEGS(process_legs), OF_PROCESS },
	{ .name = "R17-leak", LEGS(process_soon_legs), OF_PROCESS },
	{ .name = "R18-cgroup-leak", LEGS(group_legs), OF_GROUP },
	{ .name = "R18-cgroup-leak", LEGS(group_soon_legs), OF_GROUP },
};
/* clang-format on */

const struct rule_set rules_growth = { rules, ARRAY_SIZE(rules) };
