/* SPDX-License-Identifier: MIT
 *
 * Load averages, uptime and the sysctls of the memory manager.  The tasks in
 * state D are counted by whoever reads the processes.
 */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "collect.h"
#include "scan.h"
#include "smallfile.h"

/* clang-format off */
static const struct {
	const char *path;
	size_t offset;
} sysctls[] = {
#define SYSCTL(file, member) { "sys/vm/" file, offsetof(struct load, member) }
	SYSCTL("overcommit_memory", overcommit_memory),
	SYSCTL("swappiness", swappiness),
	SYSCTL("page-cluster", page_cluster),
	SYSCTL("watermark_scale_factor", watermark_scale_factor),
	SYSCTL("panic_on_oom", panic_on_oom),
	SYSCTL("oom_kill_allocating_task", oom_kill_allocating_task),
	SYSCTL("vfs_cache_pressure", vfs_cache_pressure),
};
/* clang-format on */

/* 0.42 1.30 1.28 2/912 41213 */
static bool parse_loadavg(const char *s, struct load *load)
{
	double *const values[] = { &load->load1, &load->load5, &load->load15 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		if (!scan_decimal(s, &s, values[i]))
			return false;
		s = scan_blanks(s);
	}
	return true;
}

/* 350735.47 234388.90: up, and idle summed over the CPUs */
static bool parse_uptime(const char *s, struct load *load)
{
	double seconds;

	if (!scan_decimal(s, &s, &seconds) || seconds > 1e10)
		return false;
	/* the kernel gives hundredths; whole ones, free of binary rounding */
	load->uptime_ns = (uint64_t)llround(seconds * 100) * (NS_PER_S / 100);
	return true;
}

/* nr_dying_descendants 12: of the whole machine, as the root says it.  v1 does
 * not count them. */
static uint64_t read_dying(struct tree *tree)
{
	static const char *const paths[] = {
		"fs/cgroup/cgroup.stat",
		"fs/cgroup/unified/cgroup.stat",
	};
	static const char name[] = "nr_dying_descendants ";
	const char *s, *end;
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		if (kernfile_read(tree->sys, paths[i], tree->buf, tree->size) <=
		    0)
			continue;
		s = strstr(tree->buf, name);
		if (s && parse_u64(s + strlen(name), &end, &value))
			return value;
	}
	return UNKNOWN;
}

/* 438513	436682	45	0	259953	0: all, unused, two that do not
 * matter here, negative.  Before 5.0 the fifth was a filler of 0, and a system
 * that runs has looked for something in vain: 0 is not known. */
static void read_dentries(struct tree *tree, struct load *load)
{
	uint64_t values[5];
	const char *s = tree->buf;

	load->dentries = load->dentries_unused = UNKNOWN;
	load->dentries_negative = UNKNOWN;
	if (kernfile_read(tree->proc, "sys/fs/dentry-state", tree->buf,
			  tree->size) <= 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		if (!parse_u64(scan_blanks(s), &s, &values[i]))
			return;
	load->dentries = values[0];
	load->dentries_unused = values[1];
	if (values[4])
		load->dentries_negative = values[4];
}

static int load_read(struct tree *tree, struct snapshot *snapshot)
{
	struct load *load = &snapshot->load;
	bool found;
	ssize_t r, s;
	size_t i;

	load->load1 = load->load5 = load->load15 = NAN;
	load->uptime_ns = UNKNOWN;
	r = kernfile_read(tree->proc, "loadavg", tree->buf, tree->size);
	found = r > 0 && parse_loadavg(tree->buf, load);
	s = kernfile_read(tree->proc, "uptime", tree->buf, tree->size);
	found |= s > 0 && parse_uptime(tree->buf, load);
	for (i = 0; i < ARRAY_SIZE(sysctls); i++)
		*(uint64_t *)((char *)load + sysctls[i].offset) =
			smallfile_number(tree->proc, sysctls[i].path);
	load->dying_cgroups = read_dying(tree);
	read_dentries(tree, load);
	if (found)
		load->block.state = STATE_OK;
	else
		load->block.state =
			r < 0 ? state_from_errno((int)r) : STATE_ABSENT;
	load->block.read_ns = tree_now();
	return 0;
}

/* Processes that wait for a disk, or for memory. */
static int load_finish(struct tree *tree, struct snapshot *snapshot)
{
	uint64_t blocked = 0;

	(void)tree;
	for (size_t i = 0; i < snapshot->nprocesses; i++)
		blocked += snapshot->processes[i]->state == 'D' &&
			   !snapshot->processes[i]->kernel;
	snapshot->load.blocked = blocked;
	return 0;
}

/* clang-format off */
const struct collector collect_load = {
	.name = "load",
	.files = "/proc/loadavg /proc/uptime /proc/sys/vm "
		 "/proc/sys/fs/dentry-state /sys/fs/cgroup/cgroup.stat",
	.lane = LANE_CHEAP,
	.cost_ns = 30 * NS_PER_US,
	.read = load_read,
	.finish = load_finish,
	.gives = GIVES(ENTITY_LOAD),
};
/* clang-format on */
