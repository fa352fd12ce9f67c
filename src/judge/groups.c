/* SPDX-License-Identifier: MIT
 *
 * Facts of one control group at a time, and the rules about them.  A group
 * that moves nothing and is far from its limit is looked at and left: states
 * are kept only for those a rule has to say something about.
 */
#include <stdlib.h>
#include <string.h>

#include "facts_private.h"
#include "judge.h"
#include "memtop/cgroup.h"
#include "memtop/trend.h"

/* Of one list to the next: groups are few among thousands. */
#define HASH_SEED  UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

uint64_t groups_hash(const struct text *path)
{
	const char *bytes = text_str(path);
	uint64_t hash = HASH_SEED;

	for (; *bytes; bytes++)
		hash = (hash ^ (unsigned char)*bytes) * HASH_PRIME;
	return hash ? hash : 1;
}

static double rate(uint64_t before, uint64_t now, uint64_t ns)
{
	/* lower: another group by that name */
	if (before == UNKNOWN || now == UNKNOWN || now < before || !ns)
		return NAN;
	return (double)(now - before) / ((double)ns / (double)NS_PER_S);
}

static void set_limit(double *v, const struct cgroup *now,
		      const struct trend *trend)
{
	if (now->room.state != STATE_OK || now->max == UNKNOWN ||
	    now->max >= NO_LIMIT)
		return;
	v[FACT_GROUP_HARD_PERCENT] =
		percent(known(now->hard), known(now->effective_limit));
	if (now->stat_v2.state == STATE_OK) {
		v[FACT_GROUP_NAMES] = known(now->slab_reclaimable);
		v[FACT_GROUP_NAMES_PERCENT] =
			percent(v[FACT_GROUP_NAMES], (double)now->max);
	}
	if (trend && trend->eta_ns != UNKNOWN)
		v[FACT_GROUP_ETA] = (double)trend->eta_ns;
}

static void set_stalls(const struct verdict_judge *judge, double *v,
		       const struct cgroup *now, const struct cgroup *was)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_CGROUP);
	double stalled;
	uint64_t ns;

	if (now->pressure.state != STATE_OK)
		return;
	v[FACT_GROUP_SOME] = now->some.avg10;
	v[FACT_GROUP_FULL] = now->full.avg10;
	ns = was ? now->pressure.read_ns - was->pressure.read_ns : 0;
	/* the average lags; the total does not */
	if (ns >= 5 * NS_PER_S) {
		stalled = rate(was->full.total_us, now->full.total_us, ns);
		/* not fmin() alone: that makes 100 of what is not known */
		if (!isnan(stalled))
			v[FACT_GROUP_FULL] = fmin(100, stalled / 1e4);
	}
	v[FACT_GROUP_STALL] =
		groups_chain_stall(judge, list, now, v[FACT_GROUP_FULL]);
	v[FACT_GROUP_AHEAD] =
		v[FACT_GROUP_STALL] - 2 * fact(judge, FACT_MEM_SOME);
}

/* Of what was freed in it, whoever's limit that was for. */
static void set_return(double *v, const struct cgroup *now)
{
	if (now->stat.state == STATE_OK && now->stat_v2.state == STATE_OK &&
	    now->steal_rate >= 10)
		v[FACT_GROUP_RETURN] =
			percent(now->refault_file_rate, now->steal_rate);
}

static void set_events(double *v, const struct cgroup *now,
		       const struct cgroup *was)
{
	uint64_t ns;

	if (!was || now->events.state != STATE_OK ||
	    was->events.state != STATE_OK)
		return;
	ns = now->events.read_ns - was->events.read_ns;
	v[FACT_GROUP_HIGH_RATE] = rate(was->all.high, now->all.high, ns);
	v[FACT_GROUP_MAX_RATE] = rate(was->all.max, now->all.max, ns);
	v[FACT_GROUP_LOW_RATE] = rate(was->all.low, now->all.low, ns);
	if (now->knobs.state == STATE_OK && now->high < NO_LIMIT &&
	    now->current != UNKNOWN && now->current > now->high)
		v[FACT_GROUP_OVER_PERCENT] = percent(
			(double)(now->current - now->high), known(now->high));
}

/* A rule that has nothing to say of a group needs no state for it.  Where all
 * places are taken a kill that is near has one before a group that is merely
 * at its limit. */
static struct rule_state *find_state(struct verdict_judge *judge,
				     const struct rule *rule, uint64_t group,
				     bool wanted)
{
	struct rule_state *place = &judge->groups[0];

	for (size_t i = 0; i < GROUPS_MAX; i++) {
		struct rule_state *state = &judge->groups[i];

		if (state->rule == rule && state->group == group)
			return state;
		if (place->rule &&
		    (!state->rule || state->rule->rank > place->rule->rank))
			place = state;
	}
	if (!wanted || (place->rule && place->rule->rank <= rule->rank))
		return NULL;
	*place = (struct rule_state){ .rule = rule, .group = group };
	return place;
}

static bool is_idle(const struct rule_state *state)
{
	for (int s = SEVERITY_OK; s <= SEVERITY_CRIT; s++)
		if (state->levels[s].pending)
			return false;
	return true;
}

static bool has_states(const struct verdict_judge *judge, uint64_t group)
{
	for (size_t i = 0; judge->ngroups && i < GROUPS_MAX; i++)
		if (judge->groups[i].rule && judge->groups[i].group == group)
			return true;
	return false;
}

/* known: something is known about that group already */
static void step_rule(struct verdict_judge *judge, const struct rule *rule,
		      const struct facts *facts, const struct cgroup *group,
		      uint64_t hash, bool known)
{
	unsigned families = 0;
	bool holds = rule_holds(rule, facts, rule->least, false, &families);
	struct rule_state *state =
		holds || known ? find_state(judge, rule, hash, holds) : NULL;

	if (!state)
		return;
	state->seen_ns = judge->now.boottime_ns;
	memcpy(state->values, &facts->value[FACT_GROUP_FIRST],
	       sizeof(state->values));
	if (group->stat.state == STATE_OK && group->hard != UNKNOWN)
		state->hard_most = fmax(state->hard_most, (double)group->hard);
	state->own = group == judge->container;
	state->depth = (unsigned)group->depth;
	/* in a namespace of its own it has no name */
	strncpy(state->name,
		group->depth == 0 ? "this container"
				  : text_str(cgroup_title(group)),
		sizeof(state->name) - 1);
	state_step(judge, state, facts);
}

const struct cgroup *groups_find_before(const struct list *before,
					const struct cgroup *now, size_t place)
{
	const struct cgroup *was;

	/* nearly always in the same place */
	if (place < list_count(before)) {
		was = list_row(before, place);
		if (text_equal(was->path, now->path))
			return was;
	}
	return list_find(before, text_str(now->path));
}

/* The root of a machine has no limits, that of a container may. */
static bool matters(const struct verdict_judge *judge,
		    const struct cgroup *group)
{
	if (group == judge->container)
		return true;
	if (group->depth == 0)
		return false;
	return (group->max != UNKNOWN && group->max < NO_LIMIT) ||
	       (group->knobs.state == STATE_OK && group->high < NO_LIMIT) ||
	       (group->knobs.state == STATE_OK && group->low > 0) ||
	       (group->pressure.state == STATE_OK && group->full.avg10 >= 1);
}

static void step_group(struct verdict_judge *judge, const struct cgroup *now,
		       const struct cgroup *was, struct facts *facts)
{
	uint64_t hash;
	bool known;

	for (int i = FACT_GROUP_FIRST; i < FACT_GROUP_END; i++)
		facts->value[i] = NAN;
	set_limit(
		facts->value, now,
		trend_find_cgroup(snapshot_list(judge->snapshot, ENTITY_TREND),
				  now->path));
	set_stalls(judge, facts->value, now, was);
	set_events(facts->value, now, was);
	set_return(facts->value, now);
	hash = groups_hash(now->path);
	known = has_states(judge, hash);
	for (size_t i = 0; i < rules_groups.count; i++)
		step_rule(judge, &rules_groups.rules[i], facts, now, hash,
			  known);
}

/* Groups that are no more say nothing. */
static void drop_gone(struct verdict_judge *judge)
{
	judge->ngroups = 0;
	for (size_t i = 0; i < GROUPS_MAX; i++) {
		struct rule_state *state = &judge->groups[i];

		if (state->rule && (state->seen_ns != judge->now.boottime_ns ||
				    is_idle(state)))
			*state = (struct rule_state){ 0 };
		judge->ngroups += state->rule != NULL;
	}
}

/* Rates are over at least that, once there is as much. */
#define SPAN_NS (10 * NS_PER_S)

static void keep_list(struct verdict_judge *judge, const struct list *list)
{
	if (list_state(list) != STATE_OK)
		return;
	if (!judge->groups_next) {
		judge->groups_next = list_ref(list);
	} else if (list->block.read_ns >=
		   judge->groups_next->block.read_ns + SPAN_NS) {
		list_unref(judge->groups_before);
		judge->groups_before = judge->groups_next;
		judge->groups_next = list_ref(list);
	}
}

void groups_step(struct verdict_judge *judge, const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	const struct list *before = judge->groups_before ? judge->groups_before
							 : judge->groups_next;
	struct facts facts = judge->facts;

	/* nothing was read anew, and nothing has to be timed */
	if (list_state(list) == STATE_OK && !judge->ngroups &&
	    list->block.read_ns == judge->groups_ns)
		return;
	if (list_state(list) == STATE_OK) {
		judge->groups_ns = list->block.read_ns;
		for (size_t i = 0; i < list->count; i++) {
			const struct cgroup *now = list_row(list, i);

			if (matters(judge, now))
				step_group(judge, now,
					   groups_find_before(before, now, i),
					   &facts);
		}
	}
	drop_gone(judge);
	keep_list(judge, list);
}

const struct cgroup *groups_find(const struct verdict_judge *judge,
				 const struct rule_state *state)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_CGROUP);

	for (size_t i = 0; state->group && i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (groups_hash(row->path) == state->group)
			return row;
	}
	return NULL;
}

void groups_done(struct verdict_judge *judge)
{
	list_unref(judge->groups_before);
	list_unref(judge->groups_next);
}
