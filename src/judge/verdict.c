/* SPDX-License-Identifier: MIT
 *
 * The fold: each snapshot goes into the windows, becomes facts, steps every
 * rule, and leaves with the verdict of those that hold.  No clock, no I/O, so
 * that live samples and tests give the same line.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "memtop/cgroup.h"
#include "memtop/list.h"

/* Rates and stalls mean nothing right after a gap: a machine that wakes up
 * reads all it had dropped. */
#define MUTED_NS (15 * NS_PER_S)
/* A line stays this long unless something worse comes. */
#define STAYS_NS (5 * NS_PER_S)

static const struct rule_set *const sets[] = {
	&rules_kernel,	   &rules_names, &rules_kills,	  &rules_facts,
	&rules_exhaustion, &rules_swap,	 &rules_pressure, &rules_growth,
	&rules_classes,	   &rules_setup, &rules_calm,
};

static void add_states(struct verdict_judge *judge)
{
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		for (size_t k = 0; k < sets[i]->count; k++) {
			assert(judge->nstates < RULES_MAX);
			judge->states[judge->nstates++].rule =
				&sets[i]->rules[k];
		}
	}
}

static void begin(struct verdict_judge *judge)
{
	fact_memory_init(&judge->memory);
	for (size_t i = 0; i < RULE_NUMBERS; i++)
		judge->standings[i].now = -1;
	add_states(judge);
}

static void forget(struct verdict_judge *judge)
{
	bool waive = judge->waive;

	news_done(&judge->news);
	groups_done(judge);
	for (size_t i = 0; i < VERDICT_TEXTS; i++)
		text_unref(judge->last_texts[i]);
	memset(judge, 0, sizeof(*judge));
	judge->waive = waive;
	begin(judge);
}

static void mute(struct verdict_judge *judge)
{
	judge->muted_until_ns = judge->now.boottime_ns + MUTED_NS;
	judge->memory.fall = NAN;
}

/* Whatever was measured over time has to be measured anew. */
static void take_gap(struct verdict_judge *judge, enum gap gap)
{
	if (gap == GAP_NONE || gap == GAP_FIRST)
		return;
	mute(judge);
	for (size_t i = 0; i < judge->nstates; i++)
		state_forget(&judge->states[i], true);
	judge->memory.some_before = NAN;
}

static void add_finding(const struct verdict_judge *judge,
			const struct rule_state *state, struct finding *ret,
			size_t *count)
{
	if (state_finding(state, judge->now.boottime_ns, &ret[*count]))
		++*count;
}

/* What is said of one cgroup hides nothing of another. */
static bool is_elsewhere(const struct finding *a, const struct finding *b)
{
	return a->state->group && b->state->group &&
	       a->state->group != b->state->group;
}

/* "R03-available-low" is meant by "R03". */
static bool is_hidden(const struct finding *finding,
		      const struct finding *findings, size_t count)
{
	char id[4] = "";

	memcpy(id, finding->rule->name, 3);
	for (size_t i = 0; i < count; i++)
		if (findings[i].rule->hides &&
		    findings[i].severity >= finding->severity &&
		    !is_elsewhere(&findings[i], finding) &&
		    strstr(findings[i].rule->hides, id))
			return true;
	return false;
}

static bool is_same(const struct finding *a, const struct finding *b)
{
	return strcmp(a->rule->name, b->rule->name) == 0 &&
	       a->state->group == b->state->group;
}

/* Two ways of one rule are said once, the worse one; it is not over while the
 * other way still holds. */
static bool is_doubled(const struct finding *finding, struct finding *before,
		       size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (!is_same(&before[i], finding))
			continue;
		before[i].over = before[i].over && finding->over;
		return true;
	}
	return false;
}

/* Worse, then what is still going on, then what is about the container that
 * memtop is in, then more direct, then the cgroup rather than those above it,
 * which have its figures in theirs, then newer. */
static int compare(const void *x, const void *y)
{
	const struct finding *a = x, *b = y;

	if (a->severity != b->severity)
		return a->severity < b->severity ? 1 : -1;
	if (a->easing != b->easing)
		return a->easing ? 1 : -1;
	if (a->state->own != b->state->own)
		return a->state->own ? -1 : 1;
	if (a->rule->rank != b->rule->rank)
		return a->rule->rank < b->rule->rank ? -1 : 1;
	if (a->state->depth != b->state->depth)
		return a->state->depth > b->state->depth ? -1 : 1;
	return (a->level->since.boottime_ns < b->level->since.boottime_ns) -
	       (a->level->since.boottime_ns > b->level->since.boottime_ns);
}

/* The one that led stays in front for a moment, for the eyes of those who watch;
 * what has just happened is said at once. */
static void keep_leader(struct verdict_judge *judge, struct finding *findings,
			size_t count)
{
	uint64_t now = judge->now.boottime_ns;

	for (size_t i = 1; i < count; i++) {
		struct finding leader = findings[i];

		if (leader.rule != judge->leader ||
		    leader.severity < findings[0].severity ||
		    findings[0].rule->class == CLASS_FACT || judge->waive ||
		    now >= judge->leader_ns + STAYS_NS)
			continue;
		memmove(&findings[1], &findings[0], i * sizeof(*findings));
		findings[0] = leader;
		break;
	}
	if (findings[0].rule == judge->leader)
		return;
	judge->leader = findings[0].rule;
	judge->leader_ns = now;
}

static size_t collect(struct verdict_judge *judge, struct finding *ret)
{
	struct finding all[FINDINGS_MAX];
	size_t nall = 0, count = 0;

	for (size_t i = 0; i < judge->nstates; i++)
		add_finding(judge, &judge->states[i], all, &nall);
	for (size_t i = 0; i < GROUPS_MAX; i++)
		if (judge->groups[i].rule)
			add_finding(judge, &judge->groups[i], all, &nall);
	standings_step(judge, all, nall);
	qsort(all, nall, sizeof(*all), compare);
	for (size_t i = 0; i < nall; i++)
		if (!is_hidden(&all[i], all, nall) &&
		    !is_doubled(&all[i], ret, count))
			ret[count++] = all[i];
	if (count)
		keep_leader(judge, ret, count);
	return count;
}

/* Something begins to hold that will be a warning when it has lasted. */
static bool rises(const struct rule_state *state)
{
	if (!state->rule || state->rule->class == CLASS_SETUP ||
	    state->rule->class == CLASS_TREND)
		return false;
	for (int s = SEVERITY_WARN; s <= SEVERITY_CRIT; s++)
		if (state->levels[s].pending && !state->levels[s].active)
			return true;
	return false;
}

/* Whoever is named in its first line is to be looked at before. */
static bool any_rises(const struct verdict_judge *judge)
{
	for (size_t i = 0; i < judge->nstates; i++)
		if (rises(&judge->states[i]))
			return true;
	for (size_t i = 0; judge->ngroups && i < GROUPS_MAX; i++)
		if (rises(&judge->groups[i]))
			return true;
	return false;
}

/* Does the last line name somebody who changes from one second to the next?
 * What is set up wrong stays so for days, and whoever is merely the largest
 * for a while. */
static bool is_lively(const struct verdict_judge *judge)
{
	const struct rule *rule = judge->leader;

	return rule && rule->class != CLASS_SETUP &&
	       (judge->leads >= SEVERITY_WARN ||
		(judge->leads > SEVERITY_OK && rule->naming == NAME_GROWER));
}

void verdict_judge_step(void *state, struct snapshot *snapshot)
{
	struct verdict_judge *judge = state;
	struct finding findings[FINDINGS_MAX];
	size_t count;
	enum gap gap;

	/* a recording goes on after a restart: nothing of before holds */
	if (judge->started && snapshot->boottime_ns < judge->now.boottime_ns)
		forget(judge);
	judge->snapshot = snapshot;
	judge->container = cgroup_container(snapshot);
	judge->now =
		(struct moment){ snapshot->boottime_ns, snapshot->realtime_ns };
	gap = window_add(&judge->window, snapshot);
	take_gap(judge, gap);
	judge->gap = gap;
	facts_compute(&judge->facts, &judge->memory, &judge->window, snapshot);
	if (notices_step(judge, snapshot))
		mute(judge);
	news_step(judge, snapshot, gap);
	people_look(&judge->people, snapshot,
		    is_lively(judge) || any_rises(judge));
	reading_step(&judge->reading, snapshot);
	facts_of_people(&judge->facts, &judge->people, snapshot,
			judge->container);
	taker_step(judge);
	parts_step(&judge->parts, snapshot, gap != GAP_NONE);
	facts_of_standings(judge);
	killers_step(judge, snapshot);
	facts_of_news(judge, snapshot);
	for (size_t i = 0; i < judge->nstates; i++)
		state_step(judge, &judge->states[i], &judge->facts);
	groups_step(judge, snapshot);
	count = collect(judge, findings);
	judge->leads = count ? findings[0].severity : SEVERITY_OK;
	judge->started = true;
	seal_verdict(judge, findings, count, snapshot);
	judge->nmoods = moods_make(judge, findings, count, judge->moods);
	judge->snapshot = NULL;
	judge->container = NULL;
}

size_t verdict_judge_moods(const struct verdict_judge *judge,
			   const struct mood **ret)
{
	*ret = judge->moods;
	return judge->nmoods;
}

bool verdict_judge_reset(const struct verdict_judge *judge)
{
	return judge->gap == GAP_RESET;
}

struct verdict_judge *verdict_judge_new(void)
{
	struct verdict_judge *judge = calloc(1, sizeof(*judge));

	if (judge)
		begin(judge);
	return judge;
}

void verdict_judge_waive(struct verdict_judge *judge)
{
	judge->waive = true;
}

void verdict_judge_free(struct verdict_judge *judge)
{
	if (!judge)
		return;
	news_done(&judge->news);
	groups_done(judge);
	for (size_t i = 0; i < VERDICT_TEXTS; i++)
		text_unref(judge->last_texts[i]);
	free(judge);
}
