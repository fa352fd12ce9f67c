/* SPDX-License-Identifier: MIT
 *
 * Rules as rows of a table: whether the legs of one hold at a severity, and
 * the durations and lower limits that keep the line from flickering.  Knows
 * no rule and no words.
 */
#include "judge.h"

#include <math.h>
#include <string.h>

static const struct {
	unsigned up_s[4], down_s[4]; /* OK, NOTE, WARN, CRIT */
} classes[] = {
	[CLASS_STALL] = { { 5, 5, 10, 5 }, { 15, 15, 30, 60 } },
	[CLASS_RATE] = { { 10, 10, 10, 10 }, { 30, 30, 30, 30 } },
	[CLASS_LEVEL] = { { 15, 15, 15, 10 }, { 60, 60, 60, 60 } },
	[CLASS_IMMINENT] = { { 3, 3, 3, 3 }, { 15, 15, 15, 15 } },
	[CLASS_SETUP] = { { 30, 30, 30, 30 }, { 60, 60, 60, 60 } },
	[CLASS_TREND] = { { 0 }, { 100, 100, 100, 100 } },
	[CLASS_FACT] = { { 0 }, { 0 } },
	[CLASS_CALM] = { { 0 }, { 0 } },
};
/* Nothing is raised while the stall of ten seconds has fallen to this part
 * of what it was a second ago. */
#define FALLING 85
/* What has not held for so long eases. */
#define EASING_NS (15 * NS_PER_S)

double leg_limit(const struct leg *leg, const struct facts *facts,
		 enum severity severity)
{
	double limit = severity == SEVERITY_CRIT   ? leg->crit
		       : severity == SEVERITY_WARN ? leg->warn
						   : leg->note;

	return leg->scale ? limit * facts->value[leg->scale] : limit;
}

static bool leg_holds(const struct leg *leg, const struct facts *facts,
		      enum severity severity, double ease)
{
	double value = facts->value[leg->fact];
	double limit = leg_limit(leg, facts, severity);

	/* what is not known holds nowhere */
	if (leg->comparison == COMPARE_AT_LEAST)
		return value >= limit * ease;
	return value <= limit / ease;
}

static bool group_holds(const struct rule *rule, const struct facts *facts,
			unsigned group, enum severity severity, double ease,
			unsigned *families)
{
	bool asked = false, holds = false, unknown = true, stalls = false;

	for (size_t i = 0; i < rule->nlegs; i++) {
		const struct leg *leg = &rule->legs[i];

		if (leg->group != group ||
		    isnan(leg_limit(leg, facts, severity)))
			continue;
		asked = true;
		stalls = stalls || leg->family == FAMILY_STALL;
		unknown = unknown && isnan(facts->value[leg->fact]);
		if (!leg_holds(leg, facts, severity, ease))
			continue;
		*families |= leg->family;
		holds = true;
	}
	/* the averages are of stalls: what they prove has to be there */
	if (rule->averages && facts->is_bound && unknown && !stalls)
		return true;
	return holds || !asked || group == 0;
}

static unsigned count_bits(unsigned bits)
{
	return (unsigned)__builtin_popcount(bits);
}

bool rule_holds(const struct rule *rule, const struct facts *facts,
		enum severity severity, bool active, unsigned *ret_families)
{
	double ease = active && rule->ease > 0 ? rule->ease : 1;
	unsigned families = 0, last = 0;

	for (size_t i = 0; i < rule->nlegs; i++)
		if (rule->legs[i].group > last)
			last = rule->legs[i].group;
	for (unsigned group = 0; group <= last; group++)
		if (!group_holds(rule, facts, group, severity, ease, &families))
			return false;
	if (!families)
		return false;
	if (rule->pressure && severity > SEVERITY_NOTE &&
	    count_bits(families) < 2 && !(rule->averages && facts->is_bound))
		return false;
	*ret_families |= families;
	return true;
}

static uint64_t duration(const struct verdict_judge *judge,
			 const struct rule *rule, const unsigned own[4],
			 const unsigned of_class[4], enum severity severity)
{
	if (judge->waive)
		return 0;
	if (rule->class == CLASS_FACT)
		return 0;
	return (own[severity] ? own[severity] : of_class[severity]) * NS_PER_S;
}

/* How far the averages of the kernel prove it to go back. */
static uint64_t held_before(const struct verdict_judge *judge,
			    const struct rule *rule, enum severity severity)
{
	const struct pressure *p = &judge->snapshot->pressure;
	uint64_t held = 0;

	if (!rule->averages)
		return 0;
	for (size_t i = 0; i < rule->nlegs; i++) {
		const struct leg *leg = &rule->legs[i];
		const struct pressure_line *line =
			leg->fact == FACT_MEM_SOME   ? &p->memory_some
			: leg->fact == FACT_MEM_FULL ? &p->memory_full
						     : NULL;
		double limit = leg_limit(leg, &judge->facts, severity);

		if (!line)
			continue;
		if (line->avg300 >= limit)
			held = max_u64(held, 300 * NS_PER_S);
		if (line->avg60 >= limit)
			held = max_u64(held, 60 * NS_PER_S);
	}
	return held;
}

static bool may_rise(const struct verdict_judge *judge, const struct rule *rule)
{
	double trend = judge->facts.value[FACT_STALL_TREND];

	return rule->class != CLASS_STALL || !(trend < FALLING);
}

static void level_step(struct verdict_judge *judge, struct rule_state *state,
		       enum severity severity, bool holds)
{
	const struct rule *rule = state->rule;
	struct level *level = &state->levels[severity];
	uint64_t now = judge->now.boottime_ns, before;
	uint64_t up = duration(judge, rule, rule->up_s,
			       classes[rule->class].up_s, severity);
	uint64_t down = duration(judge, rule, rule->down_s,
				 classes[rule->class].down_s, severity);

	if (!holds) {
		if (!level->active || now >= level->held_ns + down)
			*level = (struct level){ 0 };
		return;
	}
	if (!level->pending) {
		before =
			judge->started ? 0 : held_before(judge, rule, severity);
		level->pending = true;
		level->at_least = !judge->started;
		level->since = (struct moment){
			sub_floor(now, before),
			sub_floor(judge->now.realtime_ns, before),
		};
	}
	level->held_ns = now;
	/* what is there at the first look has not begun with it */
	if (!level->active && may_rise(judge, rule) &&
	    (!judge->started || now >= level->since.boottime_ns + up))
		level->active = true;
}

static void keep_peak(struct rule_state *state, const struct facts *facts)
{
	bool goes_on = false;

	for (int s = SEVERITY_OK; s <= SEVERITY_CRIT; s++)
		goes_on = goes_on || state->levels[s].pending;
	if (!goes_on)
		state->peak = 0;
	else if (state->rule->peak)
		state->peak =
			fmax(state->peak, facts->value[state->rule->peak]);
}

void state_step(struct verdict_judge *judge, struct rule_state *state,
		const struct facts *facts)
{
	const struct rule *rule = state->rule;
	bool muted = judge->now.boottime_ns < judge->muted_until_ns &&
		     (rule->class == CLASS_STALL || rule->class == CLASS_RATE);
	bool holds = false;

	state->families = 0;
	for (int s = (int)rule->most; s >= (int)rule->least; s--) {
		if (!muted && !holds)
			holds = rule_holds(rule, facts, (enum severity)s,
					   state->levels[s].active,
					   &state->families);
		level_step(judge, state, (enum severity)s, holds);
	}
	keep_peak(state, facts);
}

/* Facts are timed by their limits, and what is calm has nothing to ease. */
static bool may_ease(const struct rule_state *state)
{
	return state->rule->class != CLASS_FACT &&
	       state->rule->class != CLASS_CALM;
}

static bool holds_at_all(const struct rule_state *state, uint64_t now_ns)
{
	for (int s = SEVERITY_OK; s <= SEVERITY_CRIT; s++)
		if (state->levels[s].pending &&
		    state->levels[s].held_ns == now_ns)
			return true;
	return false;
}

/* A level stays active for a while after its condition has gone, so that the
 * line does not flicker.  Meanwhile it counts as the next lower severity, and
 * what is said of it is that it eases. */
bool state_finding(const struct rule_state *state, uint64_t now_ns,
		   struct finding *ret)
{
	int best = -1;

	for (int s = SEVERITY_OK; s <= SEVERITY_CRIT; s++) {
		const struct level *level = &state->levels[s];
		bool easing =
			may_ease(state) && now_ns >= level->held_ns + EASING_NS;
		int shown = easing && s > SEVERITY_NOTE ? s - 1 : s;

		if (!level->active || shown < best ||
		    (shown == best && easing && !ret->easing))
			continue;
		best = shown;
		*ret = (struct finding){
			.state = state,
			.rule = state->rule,
			.severity = (enum severity)shown,
			.limits = (enum severity)s,
			.level = level,
			.easing = easing,
			.over = easing && !holds_at_all(state, now_ns),
		};
	}
	return best >= 0;
}

void state_forget(struct rule_state *state, bool keeps_levels)
{
	bool keeps = keeps_levels && (state->rule->class == CLASS_LEVEL ||
				      state->rule->class == CLASS_SETUP);

	if (state->rule->class == CLASS_FACT)
		return;
	for (int s = SEVERITY_OK; s <= SEVERITY_CRIT; s++)
		if (!keeps || !state->levels[s].active)
			state->levels[s] = (struct level){ 0 };
}
