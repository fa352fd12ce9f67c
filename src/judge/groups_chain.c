/* SPDX-License-Identifier: MIT
 *
 * Which group is named for a stall: pressure of a group has that of all below
 * it, so one that stalls shows in each above it.  Apart from the other figures
 * of a group, which are of that group alone.
 */
#include "facts_private.h"
#include "judge.h"
#include "memtop/cgroup.h"

/* With so much of the stall above it a group is what stalls there. */
#define NEARLY_ALL 0.8

static bool is_right_below(const struct cgroup *row, const struct cgroup *above)
{
	size_t len = above->depth ? text_len(above->path) : 0;
	const char *path = text_str(row->path);

	return row->depth == above->depth + 1 &&
	       strncmp(path, text_str(above->path), len) == 0 &&
	       path[len] == '/';
}

static bool stalls(const struct cgroup *row)
{
	return row->pressure.state == STATE_OK && row->full.avg10 > 0;
}

static bool has_nearly_all(const struct cgroup *row, const struct cgroup *above)
{
	return row->full.avg10 >= NEARLY_ALL * above->full.avg10;
}

static const struct cgroup *find_below(const struct list *list,
				       const struct cgroup *row)
{
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *other = list_row(list, i);

		if (stalls(other) && is_right_below(other, row) &&
		    has_nearly_all(other, row))
			return other;
	}
	return NULL;
}

/* The root of a machine is the machine. */
static const struct cgroup *find_above(const struct verdict_judge *judge,
				       const struct list *list,
				       const struct cgroup *row)
{
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *other = list_row(list, i);

		if (stalls(other) &&
		    (other->depth || other == judge->container) &&
		    is_right_below(row, other))
			return other;
	}
	return NULL;
}

double groups_chain_stall(const struct verdict_judge *judge,
			  const struct list *list, const struct cgroup *row,
			  double full)
{
	const struct cgroup *above;

	if (!stalls(row))
		return full;
	if (find_below(list, row))
		return 0;
	while ((above = find_above(judge, list, row))) {
		if (!has_nearly_all(row, above))
			return 0;
		full = fmax(full, above->full.avg10);
		row = above;
	}
	return full;
}
