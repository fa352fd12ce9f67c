/* SPDX-License-Identifier: MIT
 *
 * The files of one control group, version 2.  Its root has statistics and no
 * figure of its own; older kernels lack single files and single keys.
 */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cgroup_marks.h"
#include "cgroup_node.h"
#include "memtop/base.h"
#include "memtop/rates.h"
#include "pressure.h"

/* clang-format off */
#define KEY(name, member) { name, offsetof(struct cgroup, member) }
#define EVENT(name) { #name, offsetof(struct cgroup_events, name) }
static const struct kv_key stat_keys[] = {
	KEY("anon", anon),
	KEY("file", file),
	KEY("kernel", kernel),
	KEY("kernel_stack", kernel_stack),
	KEY("pagetables", page_tables),
	KEY("percpu", percpu),
	KEY("sock", sock),
	KEY("shmem", shmem),
	KEY("zswap", zswap),
	KEY("zswapped", zswapped),
	KEY("file_mapped", file_mapped),
	KEY("file_dirty", file_dirty),
	KEY("file_writeback", file_writeback),
	KEY("anon_thp", anon_thp),
	KEY("inactive_file", inactive_file),
	KEY("active_file", active_file),
	KEY("unevictable", unevictable),
	KEY("slab_reclaimable", slab_reclaimable),
	KEY("slab_unreclaimable", slab_unreclaimable),
	KEY("workingset_refault_anon", refault_anon),
	KEY("workingset_refault_file", refault_file),
	KEY("workingset_refault", refault_file), /* before Linux 5.9 */
	KEY("pgscan", scan),
	KEY("pgsteal", steal),
};

static const struct kv_key event_keys[] = {
	EVENT(low), EVENT(high), EVENT(max), EVENT(oom), EVENT(oom_kill),
	EVENT(oom_group_kill),
};

static const struct {
	const char *file;
	size_t offset;
} knobs[] = {
	KEY("memory.min", min),
	KEY("memory.low", low),
	KEY("memory.high", high),
	KEY("memory.swap.high", swap_high),
	KEY("memory.swap.max", swap_max),
	KEY("memory.zswap.max", zswap_max),
	KEY("memory.oom.group", oom_group),
};
/* clang-format on */

/*
 * low 0
 * high 1204
 *
 * The local ones change only when these do.
 */
static bool read_events(struct cgroup_reader *reader, struct cgroup_node *node)
{
	struct cgroup *row = &node->row;
	struct cgroup_events before = row->all;
	ssize_t n = cgroup_file(reader, node, "memory.events");

	if (n < 0) {
		cgroup_block(reader, node, n, &row->events);
		return false;
	}
	kv_fill(reader->tree->buf, event_keys, ARRAY_SIZE(event_keys),
		&row->all);
	if (row->events.state == STATE_OK &&
	    !memcmp(&before, &row->all, sizeof(before)))
		return false;
	cgroup_block(reader, node, n, &row->events);
	n = cgroup_file(reader, node, "memory.events.local");
	kv_fill(n < 0 ? "" : reader->tree->buf, event_keys,
		ARRAY_SIZE(event_keys), &row->local);
	return true;
}

static int v2_usage(struct cgroup_reader *reader, struct cgroup_node *node)
{
	struct cgroup *row = &node->row;
	uint64_t current;
	int r = cgroup_number(reader, node, "memory.current", &current);
	bool moved;

	if (r < 0 && node->machine) {
		cgroup_block(reader, node, -ENOENT, &row->events);
		return 0; /* its figures come from the others */
	}
	if (cgroup_is_gone(r))
		return -ENOENT;
	if (r < 0) {
		cgroup_block(reader, node, r, &row->usage);
		return 0;
	}
	moved = row->usage.state != STATE_OK || current != row->current;
	if (!moved)
		return 0;
	row->current = current;
	cgroup_number(reader, node, "memory.swap.current", &row->swap);
	/* it only grows, and so is known between two reads as well */
	if (row->peak != UNKNOWN)
		row->peak = max_u64(row->peak, current);
	cgroup_block(reader, node, 0, &row->usage);
	read_events(reader, node);
	return 1;
}

static void set_rates(const struct cgroup *before, struct cgroup *row)
{
	uint64_t then = before->stat.read_ns, now = row->stat.read_ns;

	if (before->stat.state != STATE_OK)
		return;
	row->refault_anon_rate = rate_between(before->refault_anon, then,
					      row->refault_anon, now);
	row->refault_file_rate = rate_between(before->refault_file, then,
					      row->refault_file, now);
	row->scan_rate = rate_between(before->scan, then, row->scan, now);
	row->steal_rate = rate_between(before->steal, then, row->steal, now);
}

static void v2_details(struct cgroup_reader *reader, struct cgroup_node *node)
{
	struct cgroup *row = &node->row, before = *row;
	ssize_t n = cgroup_file(reader, node, "memory.stat");

	cgroup_block(reader, node, n, &row->stat);
	row->stat_v2 = row->stat;
	if (n >= 0) {
		kv_fill(reader->tree->buf, stat_keys, ARRAY_SIZE(stat_keys),
			row);
		set_rates(&before, row);
	}
	n = cgroup_file(reader, node, "memory.pressure");
	if (n >= 0 &&
	    !pressure_parse(reader->tree->buf, &row->some, &row->full))
		n = -ENOENT;
	cgroup_block(reader, node, n, &row->pressure);
}

static uint64_t known(uint64_t value)
{
	return value == UNKNOWN ? 0 : value;
}

/* Before Linux 5.18 only parts of the kernel's memory are told. */
uint64_t cgroup_v2_charged(const struct cgroup *row)
{
	uint64_t kernel = row->kernel;

	if (row->stat.state != STATE_OK || row->anon == UNKNOWN ||
	    row->file == UNKNOWN)
		return UNKNOWN;
	if (kernel == UNKNOWN)
		kernel = known(row->slab_reclaimable) +
			 known(row->slab_unreclaimable) +
			 known(row->kernel_stack) + known(row->page_tables) +
			 known(row->percpu);
	return row->anon + row->file + kernel + known(row->sock);
}

static void v2_knobs(struct cgroup_reader *reader, struct cgroup_node *node)
{
	struct cgroup *row = &node->row;
	uint64_t value;
	int r = cgroup_number(reader, node, "memory.max", &row->max);

	cgroup_block(reader, node, r, &row->limit);
	cgroup_block(reader, node, r, &row->knobs);
	for (size_t i = 0; i < ARRAY_SIZE(knobs) && r == 0; i++) {
		cgroup_number(reader, node, knobs[i].file, &value);
		*(uint64_t *)((char *)row + knobs[i].offset) = value;
	}
	if (r == 0)
		cgroup_number(reader, node, "memory.peak", &row->peak);
	cgroup_marks_read(reader, node);
	row->v1.state = STATE_NOT_APPLICABLE;
}

const struct cgroup_version cgroup_v2 = {
	.file = "memory.current",
	.usage = v2_usage,
	.details = v2_details,
	.knobs = v2_knobs,
};
