/* SPDX-License-Identifier: MIT
 *
 * The files of one control group, version 1, read only.  It has no protection,
 * no throttling, no pressure and no counts of events; swap is limited together
 * with RAM.  Statistics are those of the group and all below it (total_*), as
 * its usage is.
 */
#include <errno.h>
#include <stddef.h>

#include "cgroup_node.h"
#include "memtop/base.h"
#include "memtop/rates.h"

/* clang-format off */
#define KEY(name, member) { name, offsetof(struct cgroup, member) }
static const struct kv_key stat_keys[] = {
	KEY("total_cache", file),
	KEY("total_rss", anon),
	KEY("total_rss_huge", anon_thp),
	KEY("total_shmem", shmem),
	KEY("total_mapped_file", file_mapped),
	KEY("total_dirty", file_dirty),
	KEY("total_writeback", file_writeback),
	KEY("total_workingset_refault_anon", refault_anon),
	KEY("total_workingset_refault_file", refault_file),
	KEY("total_inactive_file", inactive_file),
	KEY("total_active_file", active_file),
	KEY("total_unevictable", unevictable),
};

static const struct kv_key oom_keys[] = {
	KEY("oom_kill_disable", oom_kill_disable),
	KEY("under_oom", under_oom),
	KEY("oom_kill", oom_kill),
};
/* clang-format on */

/* The kernel rounds "none" down to whole pages: 9223372036854771712. */
static uint64_t limit_of(uint64_t value)
{
	return value != UNKNOWN && value > NO_LIMIT - MIB ? NO_LIMIT : value;
}

static int v1_usage(struct cgroup_reader *reader, struct cgroup_node *node)
{
	struct cgroup *row = &node->row;
	uint64_t current;
	int r = cgroup_number(reader, node, "memory.usage_in_bytes", &current);

	if (cgroup_is_gone(r))
		return -ENOENT;
	if (r == 0 && row->usage.state == STATE_OK && current == row->current)
		return 0;
	cgroup_block(reader, node, r, &row->usage);
	cgroup_block(reader, node, r, &row->v1);
	if (r < 0)
		return 0;
	row->current = current;
	row->swap = UNKNOWN;
	cgroup_number(reader, node, "memory.memsw.usage_in_bytes", &row->memsw);
	/* the root counts the two in different ways */
	if (row->memsw != UNKNOWN && row->memsw >= current)
		row->swap = row->memsw - current;
	if (row->peak != UNKNOWN)
		row->peak = max_u64(row->peak, current);
	cgroup_number(reader, node, "memory.failcnt", &row->failcnt);
	r = (int)cgroup_file(reader, node, "memory.oom_control");
	kv_fill(r < 0 ? "" : reader->tree->buf, oom_keys, ARRAY_SIZE(oom_keys),
		row);
	return 1;
}

static void v1_details(struct cgroup_reader *reader, struct cgroup_node *node)
{
	struct cgroup *row = &node->row, before = *row;
	ssize_t n = cgroup_file(reader, node, "memory.stat");
	uint64_t now;

	cgroup_block(reader, node, n, &row->stat);
	if (n >= 0)
		kv_fill(reader->tree->buf, stat_keys, ARRAY_SIZE(stat_keys),
			row);
	cgroup_number(reader, node, "memory.kmem.usage_in_bytes", &row->kernel);
	now = row->stat.read_ns;
	if (n < 0 || before.stat.state != STATE_OK)
		return;
	row->refault_anon_rate =
		rate_between(before.refault_anon, before.stat.read_ns,
			     row->refault_anon, now);
	row->refault_file_rate =
		rate_between(before.refault_file, before.stat.read_ns,
			     row->refault_file, now);
}

static void v1_knobs(struct cgroup_reader *reader, struct cgroup_node *node)
{
	struct cgroup *row = &node->row;
	int r = cgroup_number(reader, node, "memory.limit_in_bytes", &row->max);

	cgroup_block(reader, node, r, &row->limit);
	row->max = limit_of(row->max);
	cgroup_number(reader, node, "memory.memsw.limit_in_bytes",
		      &row->memsw_max);
	row->memsw_max = limit_of(row->memsw_max);
	cgroup_number(reader, node, "memory.max_usage_in_bytes", &row->peak);
	row->knobs.state = row->marks.state = row->stat_v2.state =
		row->events.state = row->pressure.state = STATE_NOT_APPLICABLE;
}

const struct cgroup_version cgroup_v1 = {
	.file = "memory.usage_in_bytes",
	.usage = v1_usage,
	.details = v1_details,
	.knobs = v1_knobs,
};
