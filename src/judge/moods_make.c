/* SPDX-License-Identifier: MIT
 *
 * What holds, from the findings of a step: each rule with its subject, its
 * beginning and the figure that it is judged by.  Apart from seal.c, which
 * writes the line about the first of them.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "seal.h"

/* Facts are events of their own, what is calm is none, and what is said to be
 * over is. */
static bool is_mood(const struct finding *finding)
{
	return finding->severity > SEVERITY_OK && !finding->over &&
	       finding->rule->class != CLASS_FACT &&
	       finding->rule->class != CLASS_CALM;
}

static double value_of(const struct verdict_judge *judge,
		       const struct finding *finding, enum fact fact)
{
	if (finding->state->group && fact >= FACT_GROUP_FIRST &&
	    fact < FACT_GROUP_END)
		return finding->state->values[fact - FACT_GROUP_FIRST];
	return judge->facts.value[fact];
}

/* The rule's own figure; else that of the first condition that asks for
 * something and has one.  A time until something is a guess, worst when it is
 * over: no figure to be kept. */
static void set_figure(const struct verdict_judge *judge,
		       const struct finding *finding, struct mood *mood)
{
	const struct rule *rule = finding->rule;

	mood->value = rule->peak ? value_of(judge, finding, rule->peak) : NAN;
	if (!isnan(mood->value)) {
		mood->figure = fact_infos[rule->peak].name;
		mood->unit = fact_infos[rule->peak].unit;
		return;
	}
	for (size_t i = 0; i < rule->nlegs; i++) {
		const struct leg *leg = &rule->legs[i];
		double value = value_of(judge, finding, leg->fact);

		if (!leg->group || isnan(value) ||
		    fact_infos[leg->fact].unit == UNIT_NS ||
		    isnan(leg_limit(leg, &judge->facts, finding->limits)))
			continue;
		mood->figure = fact_infos[leg->fact].name;
		mood->unit = fact_infos[leg->fact].unit;
		mood->least = leg->comparison == COMPARE_AT_MOST;
		mood->value = value;
		return;
	}
}

static void set_words(const struct verdict_judge *judge,
		      const struct finding *finding, struct mood *mood)
{
	struct words words = { .text = "" };

	seal_words(judge, finding, &words);
	snprintf(mood->words, sizeof(mood->words), "%s", words.brief);
}

size_t moods_make(const struct verdict_judge *judge,
		  const struct finding *findings, size_t count,
		  struct mood ret[MOODS_MAX])
{
	size_t made = 0;

	for (size_t i = 0; i < count && made < MOODS_MAX; i++) {
		const struct finding *finding = &findings[i];
		const struct cgroup *group;
		struct mood *mood = &ret[made];

		if (!is_mood(finding))
			continue;
		made++;
		group = groups_find(judge, finding->state);
		*mood = (struct mood){
			.rule = finding->rule->name,
			.group = finding->state->group,
			.name = finding->state->name,
			.path = group ? group->path : NULL,
			.severity = finding->severity,
			.since_realtime_ns = finding->level->since.realtime_ns,
		};
		taking_find(judge, finding, &mood->taking);
		set_figure(judge, finding, mood);
		set_words(judge, finding, mood);
	}
	return made;
}
