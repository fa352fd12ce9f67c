/* SPDX-License-Identifier: MIT
 *
 * Figures of what happened: how long ago it was and how much it was, so that
 * rules about it are rows of limits like any other.  Apart from facts.c, which
 * knows the windows only; it knows no limit either.
 */
#include "facts_private.h"
#include "judge.h"
#include "memtop/cgroup.h"

static double ago(const struct verdict_judge *judge,
		  const struct change *change)
{
	return change->is_there ? (double)passed(judge, change->at) : NAN;
}

/* Of those that are gone nothing more can be copied. */
static void set_fork(double *v, const struct verdict_judge *judge)
{
	const struct change *forked = &judge->news.forked;

	if (!forked->is_there)
		return;
	v[FACT_FORK_AGO] = ago(judge, forked);
	v[FACT_FORK_SIZE] =
		percent(forked->bytes * judge->news.copies, v[FACT_HEADROOM]);
}

void facts_of_news(struct verdict_judge *judge, const struct snapshot *snapshot)
{
	const struct news *news = &judge->news;
	double *v = judge->facts.value;
	uint64_t first_ns;

	if (news->kills.new_kills)
		v[FACT_KILL_AGO] = (double)passed(judge, news->kills.killed.at);
	v[FACT_KILLS_AGAIN] = news_kills_again(judge, &first_ns);
	v[FACT_USER_KILL_AGO] = ago(judge, &news->kills.by_user);
	v[FACT_ADJ_AGO] = ago(judge, &news->adjusted);
	if (news->adjusted.is_there)
		v[FACT_ADJ_AFTER] = news->adjusted.after;
	v[FACT_EXIT_AGO] = ago(judge, &news->ended);
	set_fork(v, judge);
	v[FACT_JUMP_AGO] = ago(judge, &news->jumped);
	v[FACT_GAP_AGO] = ago(judge, &news->gap);
	v[FACT_BLIND] = isnan(v[FACT_AVAILABLE]);
	if (judge->container)
		v[FACT_CONTAINER_LEFT] = known(
			cgroup_available(judge->container, &snapshot->memory));
}
