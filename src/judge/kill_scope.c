/* SPDX-License-Identifier: MIT
 *
 * Where memory ran out when somebody was killed, as the cgroups' own counters
 * tell it.  In version 2 oom_kill rises in the cgroup of the victim, and oom
 * in the one whose limit was hit; where no limit was hit it was the machine.
 * Apart from kills.c, which can do without: version 1 does not tell this.
 */
#include <string.h>

#include "events.h"
#include "memtop/cgroup.h"

static bool rose(uint64_t before, uint64_t now)
{
	return now != UNKNOWN && before != UNKNOWN && now > before;
}

/* Counters that stand at 0 need not be compared: few are left. */
static const struct cgroup *find_before(const struct list *before,
					const struct cgroup *row)
{
	for (size_t i = 0; i < list_count(before); i++) {
		const struct cgroup *was = list_row(before, i);

		if (text_equal(was->path, row->path))
			return was;
	}
	return NULL;
}

static bool is_above(const struct text *above, const struct text *path)
{
	size_t len = text_len(above);

	if (len == 0 || len > text_len(path) ||
	    memcmp(text_str(above), text_str(path), len) != 0)
		return false;
	return len == 1 || text_len(path) == len || text_str(path)[len] == '/';
}

/* The victim's own cgroup, or any in which somebody was killed. */
static const struct cgroup *find_victims(const struct list *before,
					 const struct list *now,
					 const struct text *path,
					 bool *ret_group)
{
	const struct cgroup *found = NULL;

	for (size_t i = 0; i < list_count(now); i++) {
		const struct cgroup *row = list_row(now, i), *was;

		if (row->events.state != STATE_OK || row->local.oom_kill == 0)
			continue;
		was = find_before(before, row);
		if (!was || !rose(was->local.oom_kill, row->local.oom_kill))
			continue;
		if (found && !(path && text_equal(row->path, path)))
			continue;
		found = row;
		*ret_group =
			rose(was->all.oom_group_kill, row->all.oom_group_kill);
	}
	return found;
}

static const struct cgroup *find_limit(const struct list *before,
				       const struct list *now,
				       const struct text *path)
{
	for (size_t i = 0; i < list_count(now); i++) {
		const struct cgroup *row = list_row(now, i), *was;

		if (row->events.state != STATE_OK || row->local.oom == 0 ||
		    !is_above(row->path, path))
			continue;
		was = find_before(before, row);
		if (was && rose(was->local.oom, row->local.oom))
			return row;
	}
	return NULL;
}

bool kill_scope_find(const struct list *before, const struct list *now,
		     const struct text *path, struct kill_scope *ret)
{
	struct kill_scope scope = { 0 };

	if (before == now)
		return false; /* not read since */
	scope.victims = find_victims(before, now, path, &scope.group);
	if (!scope.victims)
		return false;
	scope.limit = find_limit(before, now, scope.victims->path);
	*ret = scope;
	return true;
}
