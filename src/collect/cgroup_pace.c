/* SPDX-License-Identifier: MIT
 *
 * When the use of a control group is read again.  One that moves is read in
 * every tick, a quiet one after 1, 2, 4, 8.  But one with a limit can run into
 * that in a second, and a kill that nobody saw coming has no cause.  So what
 * it could have taken meanwhile is asked of the machine: nothing is charged to
 * a group that the kernel hasn't handed out.  Separate because it is policy:
 * it reads nothing.
 */
#include "cgroup_pace.h"

#include <string.h>

#include "memtop/base.h"

/* A quiet one is read within this time, */
#define QUIET_USAGE_NS (4 * NS_PER_S)
/* and so is one with a limit that the machine may have filled. */
#define QUIET_LIMIT_NS NS_PER_S
#define QUIET_MAX      3
/* That is, handed out this part of the room that the group had: so one that
 * runs into its limit is seen on its way there. */
#define ROOM_SHARE 4

/* pgalloc_dma32 0
 * pgalloc_normal 4131907881
 *
 * One for each kind of zone, in pages.  Only the first part of the counters is
 * looked into: they stand side by side. */
uint64_t cgroup_pace_handed_out(const struct tree *tree,
				const struct snapshot *snapshot)
{
	static const char prefix[] = "pgalloc_";
	const struct counter_names *names = snapshot->vmstat_names;
	uint64_t pages = UNKNOWN;

	if (!names || snapshot->vmstat_block.state != STATE_OK)
		return UNKNOWN;
	for (size_t i = 0; i < names->count; i++) {
		if (strncmp(names->names[i], prefix, sizeof(prefix) - 1)) {
			if (pages != UNKNOWN)
				break;
			continue;
		}
		if (snapshot->vmstat[i].value == UNKNOWN)
			return UNKNOWN;
		pages = (pages == UNKNOWN ? 0 : pages) +
			snapshot->vmstat[i].value;
	}
	return pages == UNKNOWN ? UNKNOWN : pages * tree->page_size;
}

static bool is_limited(const struct cgroup_node *node)
{
	return node->row.max < NO_LIMIT; /* UNKNOWN is larger */
}

/* May it have come much nearer to its limit since it was read? */
static bool may_fill(const struct cgroup_node *node, uint64_t handed_out)
{
	const struct cgroup *row = &node->row;

	if (handed_out == UNKNOWN || node->handed_out == UNKNOWN ||
	    handed_out < node->handed_out || row->usage.state != STATE_OK)
		return true;
	return handed_out - node->handed_out >=
	       sub_floor(row->max, row->current) / ROOM_SHARE;
}

bool cgroup_pace_is_due(const struct cgroup_node *node, uint64_t now_ns,
			uint64_t handed_out)
{
	if (now_ns >= node->usage_due_ns)
		return true;
	return is_limited(node) && now_ns >= node->limit_due_ns &&
	       may_fill(node, handed_out);
}

static uint64_t next(const struct cgroup_node *node, unsigned most,
		     uint64_t within_ns, uint64_t now_ns, uint64_t period_ns)
{
	uint64_t wait_ns = period_ns << min_u64(node->quiet, most);

	if (!node->quiet)
		return now_ns;
	/* ticks come a little early or late */
	return now_ns + sub_floor(min_u64(wait_ns, within_ns), period_ns / 10);
}

void cgroup_pace_set(struct cgroup_node *node, bool moved, uint64_t now_ns,
		     uint64_t period_ns, uint64_t handed_out)
{
	node->quiet = moved ? 0 : node->quiet + 1;
	node->handed_out = handed_out;
	node->usage_due_ns =
		next(node, QUIET_MAX, QUIET_USAGE_NS, now_ns, period_ns);
	node->limit_due_ns = next(node, 1, QUIET_LIMIT_NS, now_ns, period_ns);
}
