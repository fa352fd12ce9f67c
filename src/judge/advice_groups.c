/* SPDX-License-Identifier: MIT
 *
 * Settings of cgroups worth trying: limits by what was needed, what is promised
 * to one of them, and whether all of it goes or one process.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "memtop/cgroup.h"
#include "memtop/kill.h"
#include "memtop/list.h"

#define DAY_S (24 * 3600)

static const struct cgroup *group_of(const struct advising *a)
{
	return groups_find(a->judge, a->finding->state);
}

/* What it could never give back within a day, and a third more. */
static bool set_by_peak(struct advising *a, uint64_t now)
{
	const struct cgroup *group = group_of(a);
	const char *unit;
	bool user;

	if (!group || !(a->finding->state->hard_most > 0) || now >= NO_LIMIT ||
	    a->finding->state->hard_most * 1.3 <= (double)now ||
	    !cgroup_unit(text_str(group->path), &unit, &user) || user)
		return false;
	advice_set_it(a, unit);
	snprintf(a->now, sizeof(a->now), "%.0fM", (double)now / (double)MIB);
	snprintf(a->to, sizeof(a->to), "%.0fM",
		 ceil(a->finding->state->hard_most * 1.3 / (double)MIB));
	return true;
}

static bool test_high(struct advising *a)
{
	const struct cgroup *group = group_of(a);

	return group && group->knobs.state == STATE_OK &&
	       set_by_peak(a, group->high);
}

static bool test_max(struct advising *a)
{
	const struct cgroup *group = group_of(a);

	return group && group->limit.state == STATE_OK &&
	       set_by_peak(a, group->max);
}

/* The largest promise, so much lower that all together are half of RAM. */
static bool test_min(struct advising *a)
{
	const struct list *list =
		snapshot_list(a->judge->snapshot, ENTITY_CGROUP);
	double promised = fact(a->judge, FACT_MIN_PERCENT);
	const struct cgroup *most = NULL;
	const char *unit;
	bool user;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (row->depth == 1 && row->knobs.state == STATE_OK &&
		    row->min < NO_LIMIT && (!most || row->min > most->min))
			most = row;
	}
	if (!most || !(promised > 50) ||
	    !cgroup_unit(text_str(most->path), &unit, &user) || user)
		return false;
	advice_set_it(a, unit);
	snprintf(a->now, sizeof(a->now), "%.0fM",
		 (double)most->min / (double)MIB);
	snprintf(a->to, sizeof(a->to), "%.0fM",
		 floor((double)most->min * 50 / promised / (double)MIB));
	return true;
}

/* The last kill took one of several in there, and half an application went on.
 */
static bool test_together(struct advising *a)
{
	const struct list *kills =
		snapshot_list(a->judge->snapshot, ENTITY_KILL);
	const struct list *groups =
		snapshot_list(a->judge->snapshot, ENTITY_CGROUP);
	const struct log_kill *last;
	const struct cgroup *row;
	const char *unit;
	bool user;

	if (!list_count(kills))
		return false;
	last = list_row(kills, list_count(kills) - 1);
	row = last->cgroup ? list_find(groups, text_str(last->cgroup)) : NULL;
	if (!row || row->knobs.state != STATE_OK || row->oom_group != 0 ||
	    row->processes == UNKNOWN || row->processes < 2 ||
	    strcmp(row->kind, "service") != 0 ||
	    !cgroup_unit(text_str(row->path), &unit, &user) || user)
		return false;
	advice_set_it(a, unit);
	return true;
}

#define PROPERTY(name)                                          \
	.command = "systemctl set-property {it} " name "={to}", \
	.back = "systemctl set-property {it} " name "={now}",   \
	.effect = "at once, and kept"

/* clang-format off */
static const struct advice rows[] = {
	{ .rules = "R14", .lasting_s = DAY_S, .test = test_high,
	  .because = "what {it} cannot give back has been so much within a day",
	  PROPERTY("MemoryHigh") },
	{ .rules = "R15", .lasting_s = DAY_S, .test = test_max,
	  .because = "what {it} cannot give back has been so much within a day",
	  PROPERTY("MemoryMax") },
	{ .rules = "R41", .least = SEVERITY_WARN, .test = test_min,
	  .because = "more than half of RAM can never be reclaimed",
	  PROPERTY("MemoryMin") },
	{ .rules = "R16", .test = test_together,
	  .because = "the kernel killed one process of {it} and the others are "
		     "still there",
	  .command = "systemctl edit {it}: [Service] OOMPolicy=kill",
	  .back = "systemctl revert {it}",
	  .effect = "after a restart of the service" },
};
/* clang-format on */

const struct advice_set advice_groups = { rows, ARRAY_SIZE(rows) };
