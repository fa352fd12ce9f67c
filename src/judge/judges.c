/* SPDX-License-Identifier: MIT
 *
 * The order of the judges: the verdict, then the events, which tell when it
 * changes.
 */
#include "memtop/judges.h"

#include <stdlib.h>

#include "memtop/events.h"
#include "memtop/verdict.h"

struct judges {
	struct verdict_judge *verdict;
	struct events_judge *events;
};

struct judges *judges_new(void)
{
	struct judges *judges = calloc(1, sizeof(*judges));

	if (!judges)
		return NULL;
	judges->verdict = verdict_judge_new();
	judges->events = events_judge_new();
	if (judges->verdict && judges->events)
		return judges;
	judges_free(judges);
	return NULL;
}

void judges_free(struct judges *judges)
{
	if (!judges)
		return;
	verdict_judge_free(judges->verdict);
	events_judge_free(judges->events);
	free(judges);
}

void judges_waive(struct judges *judges)
{
	verdict_judge_waive(judges->verdict);
}

void judges_step(void *state, struct snapshot *snapshot)
{
	struct judges *judges = state;

	verdict_judge_step(judges->verdict, snapshot);
	events_judge_step(judges->events, snapshot);
}
