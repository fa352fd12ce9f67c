/* SPDX-License-Identifier: MIT
 *
 * The order of the judges: what grows, the verdict, which may use that, then
 * the events, which tell when either changes; and what that makes of each
 * process.
 */
#include "memtop/judges.h"

#include <stdlib.h>

#include "memtop/events.h"
#include "memtop/flags.h"
#include "memtop/trend.h"
#include "memtop/verdict.h"
#include "moods.h"

struct judges {
	struct trends_judge *trends;
	struct verdict_judge *verdict;
	struct events_judge *events;
	struct letters letters;
};

struct judges *judges_new(void)
{
	struct judges *judges = calloc(1, sizeof(*judges));

	if (!judges)
		return NULL;
	judges->trends = trends_judge_new();
	judges->verdict = verdict_judge_new();
	judges->events = events_judge_new();
	if (judges->trends && judges->verdict && judges->events)
		return judges;
	judges_free(judges);
	return NULL;
}

void judges_free(struct judges *judges)
{
	if (!judges)
		return;
	trends_judge_free(judges->trends);
	verdict_judge_free(judges->verdict);
	events_judge_free(judges->events);
	letters_done(&judges->letters);
	free(judges);
}

void judges_waive(struct judges *judges)
{
	verdict_judge_waive(judges->verdict);
}

void judges_step(void *state, struct snapshot *snapshot)
{
	struct judges *judges = state;
	const struct mood *moods;
	size_t count;

	trends_judge_step(judges->trends, snapshot);
	verdict_judge_step(judges->verdict, snapshot);
	count = verdict_judge_moods(judges->verdict, &moods);
	events_judge_hear(judges->events, moods, count,
			  verdict_judge_reset(judges->verdict));
	events_judge_step(judges->events, snapshot);
	letters_write(&judges->letters, snapshot);
}
