/* SPDX-License-Identifier: MIT
 *
 * The letters behind a process, see flags.h.  The same for a table, for JSON
 * and for any moment of a recording.
 */
#include "memtop/flags.h"

#include <math.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/trend.h"

#define GROWS_FOR_S 300
/* Major faults a second that are felt. */
#define WAITS_FROM 20
/* Of a limit, percent that is left. */
#define NEAR_LEFT     20
#define PROTECTED_ADJ (-900)

double growth_that_matters(const struct memory *memory)
{
	if (memory->total == UNKNOWN)
		return NAN;
	return fmax(64.0 * (double)MIB, 0.01 * (double)memory->total) /
	       GROWS_FOR_S;
}

static bool is_near(const struct cgroup *row)
{
	return row->path && row->room.state == STATE_OK &&
	       row->max == row->effective_limit &&
	       row->headroom <= row->max / 100 * NEAR_LEFT;
}

void flags_begin(const struct snapshot *snapshot, struct flags *ret)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	struct oom_domain machine = oom_machine(snapshot);
	struct oom_ranking ranking;

	*ret = (struct flags){ .snapshot = snapshot };
	if (oom_matters(snapshot) &&
	    oom_ranking_make(snapshot, &machine, NULL, &ranking) == 0 &&
	    ranking.count)
		ret->victim = ranking.list[0].process;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (ret->nnear < FLAGS_LIMITS && is_near(row))
			ret->near[ret->nnear++] = row->path;
	}
}

static bool grows(const struct flags *flags, const struct process *p)
{
	const struct trend *trend = trend_find(
		snapshot_list(flags->snapshot, ENTITY_TREND), p->key);

	if (trend && trend_sure(trend))
		return true;
	return p->growth_rate >= growth_that_matters(&flags->snapshot->memory);
}

static bool is_victim(const struct process *victim, const struct process *p,
		      enum group_by group)
{
	if (!victim)
		return false;
	switch (group) {
	case GROUP_NONE:
	case GROUP_COUNT:
		break;
	case GROUP_COMMAND:
		return strcmp(p->comm, victim->comm) == 0;
	case GROUP_USER:
		return p->uid == victim->uid;
	case GROUP_CGROUP:
		return text_equal(p->cgroup, victim->cgroup);
	}
	return process_key_equal(p->key, victim->key);
}

static bool is_limited(const struct flags *flags, const struct process *p)
{
	for (size_t i = 0; i < flags->nnear; i++)
		if (oom_in_cgroup(p, text_str(flags->near[i])))
			return true;
	return false;
}

void flags_of(const struct flags *flags, const struct process *process,
	      enum group_by group, char buf[FLAGS_SIZE])
{
	const struct process *p = process;
	char *at = buf;

	if (grows(flags, p))
		*at++ = 'G';
	if (p->major_fault_rate >= WAITS_FROM && p->swap != UNKNOWN && p->swap)
		*at++ = 'W';
	if (is_victim(flags->victim, p, group))
		*at++ = 'O';
	if (is_limited(flags, p))
		*at++ = 'L';
	if (p->oom.state == STATE_OK && p->oom_score_adj <= PROTECTED_ADJ)
		*at++ = 'P';
	*at = '\0';
}
