/* SPDX-License-Identifier: MIT
 *
 * Who takes what the machine loses, and whether that ends at the limit of a
 * control group: what grows below a nearer limit does not fill the machine.
 * Apart from people.c, which looks at processes and knows no facts.
 */
#include "judge.h"

#include <math.h>
#include <stdio.h>

#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/text.h"

#define SOON_NS (600.0 * (double)NS_PER_S)
/* Its growth is that of the last minute, and the fall may be of the last
 * fifteen seconds: from this part of it on it is the same. */
#define PART_TAKEN 0.25
/* As much of the fall ends at that limit, or the machine fills as well. */
#define PART_BOUND 0.5

bool taker_explains(const struct verdict_judge *judge)
{
	const struct person *p = &judge->people.grower;
	double fall = fact(judge, FACT_FILL_RATE);

	return people_is_grower(p, judge->snapshot) && p->share >= SHARE_ONE &&
	       !(p->growth < fall * PART_TAKEN);
}

const struct person *taker_now(const struct verdict_judge *judge,
			       enum certainty *ret)
{
	const struct person *p = &judge->people.grower;

	if (!taker_explains(judge))
		return NULL;
	*ret = p->share >= SHARE_SURE ? CERTAINTY_SURE : CERTAINTY_LIKELY;
	return p;
}

const struct cgroup *taker_limit(const struct verdict_judge *judge,
				 struct oom_limit *ret, double *ret_eta_ns)
{
	const struct person *p = &judge->people.grower;
	const struct snapshot *s = judge->snapshot;
	const struct process *process;
	uint64_t left;

	if (judge->container || !taker_explains(judge))
		return NULL;
	process = snapshot_find(s, (struct process_key){ p->pid, p->start_ns });
	if (!process || !process->cgroup ||
	    !oom_limit_of(s, text_str(process->cgroup), ret))
		return NULL;
	left = cgroup_available(ret->cgroup, &s->memory);
	if (left == UNKNOWN || s->memory.available == UNKNOWN ||
	    left >= s->memory.available)
		return NULL;
	*ret_eta_ns = (double)left / p->growth * (double)NS_PER_S;
	return *ret_eta_ns < SOON_NS ? ret->cgroup : NULL;
}

/* When the machine is full although so much of its fall ends before; NAN:
 * nothing else falls. */
static double time_besides(const struct verdict_judge *judge, double growth)
{
	double fall = fact(judge, FACT_FILL_RATE), eta = fact(judge, FACT_ETA);
	double bound = judge->bound.eta_ns;

	return fall > growth ? bound + (eta - bound) * fall / (fall - growth)
			     : NAN;
}

static double within_reach(const struct verdict_judge *judge, double eta_ns)
{
	return eta_ns <= fact_memory_reach(&judge->memory, &judge->window)
		       ? eta_ns
		       : NAN;
}

static void set_times(struct verdict_judge *judge)
{
	double besides = time_besides(judge, judge->people.grower.growth);
	double *v = judge->facts.value;

	v[FACT_ETA] = within_reach(judge, besides);
	v[FACT_FILL_ETA] =
		fmin(v[FACT_ETA], within_reach(judge, judge->bound.eta_ns));
}

void taker_step(struct verdict_judge *judge)
{
	struct bound *bound = &judge->bound;
	double fall = fact(judge, FACT_FILL_RATE);
	struct oom_limit limit;
	const struct cgroup *group;
	double eta_ns;

	*bound = (struct bound){ .eta_ns = NAN };
	judge->facts.value[FACT_FILL_ETA] = fact(judge, FACT_ETA);
	if (!(judge->people.grower.growth >= fall * PART_BOUND))
		return;
	group = taker_limit(judge, &limit, &eta_ns);
	/* nor where the machine is full before */
	if (!group || fact(judge, FACT_ETA) <= eta_ns)
		return;
	bound->eta_ns = eta_ns;
	snprintf(bound->name, sizeof(bound->name), "%s",
		 text_str(cgroup_title(group)));
	set_times(judge);
}
