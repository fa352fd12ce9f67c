/* SPDX-License-Identifier: MIT
 *
 * The settings of the memory manager, read and never written, beside what the
 * kernel begins with.  Where that depends on the machine there is none.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "killers.h"
#include "memtop/kernel.h"

/* clang-format off */
static const struct setting {
	const char *name;
	const char *sys; /* the file below /sys; NULL: that of the name */
	const char *usual;
} settings[] = {
	{ .name = "vm.swappiness", .usual = "60" },
	{ .name = "vm.min_free_kbytes" },
	{ .name = "vm.watermark_scale_factor", .usual = "10" },
	{ .name = "vm.watermark_boost_factor", .usual = "15000" },
	{ .name = "vm.overcommit_memory", .usual = "0" },
	{ .name = "vm.overcommit_ratio", .usual = "50" },
	{ .name = "vm.overcommit_kbytes", .usual = "0" },
	{ .name = "vm.admin_reserve_kbytes" },
	{ .name = "vm.user_reserve_kbytes" },
	{ .name = "vm.dirty_ratio", .usual = "20" },
	{ .name = "vm.dirty_bytes", .usual = "0" },
	{ .name = "vm.dirty_background_ratio", .usual = "10" },
	{ .name = "vm.dirty_background_bytes", .usual = "0" },
	{ .name = "vm.dirty_expire_centisecs", .usual = "3000" },
	{ .name = "vm.dirty_writeback_centisecs", .usual = "500" },
	{ .name = "vm.vfs_cache_pressure", .usual = "100" },
	{ .name = "vm.page-cluster", .usual = "3" },
	{ .name = "vm.zone_reclaim_mode", .usual = "0" },
	{ .name = "vm.lowmem_reserve_ratio" },
	{ .name = "vm.percpu_pagelist_high_fraction", .usual = "0" },
	{ .name = "vm.compaction_proactiveness", .usual = "20" },
	{ .name = "vm.compact_unevictable_allowed" },
	{ .name = "vm.extfrag_threshold", .usual = "500" },
	{ .name = "vm.defrag_mode", .usual = "0" },
	{ .name = "vm.max_map_count", .usual = "65530" },
	{ .name = "vm.mmap_min_addr" },
	{ .name = "vm.panic_on_oom", .usual = "0" },
	{ .name = "vm.oom_kill_allocating_task", .usual = "0" },
	{ .name = "vm.oom_dump_tasks", .usual = "1" },
	{ .name = "vm.nr_hugepages", .usual = "0" },
	{ .name = "vm.nr_overcommit_hugepages", .usual = "0" },
	{ .name = "vm.min_slab_ratio", .usual = "5" },
	{ .name = "vm.min_unmapped_ratio", .usual = "1" },
	{ .name = "vm.stat_interval", .usual = "1" },
	{ .name = "vm.laptop_mode", .usual = "0" },
	{ .name = "vm.numa_stat", .usual = "1" },
	{ .name = "kernel.numa_balancing" },
	{ .name = "kernel.task_delayacct", .usual = "0" },
	{ .name = "lru_gen.enabled", .sys = "kernel/mm/lru_gen/enabled" },
	{ .name = "lru_gen.min_ttl_ms", .usual = "0",
	  .sys = "kernel/mm/lru_gen/min_ttl_ms" },
	{ .name = "ksm.run", .sys = "kernel/mm/ksm/run", .usual = "0" },
	{ .name = "numa.demotion_enabled", .usual = "false",
	  .sys = "kernel/mm/numa/demotion_enabled" },
	{ .name = "zswap.enabled", .sys = "module/zswap/parameters/enabled" },
};
/* clang-format on */

/* "vm.swappiness" is the file sys/vm/swappiness. */
static ssize_t read_setting(const struct tree *tree,
			    const struct setting *setting, char *buf,
			    size_t size)
{
	char path[80];

	if (setting->sys)
		return kernfile_read(tree->sys, setting->sys, buf, size);
	snprintf(path, sizeof(path), "sys/%s", setting->name);
	for (char *p = path; *p; p++)
		if (*p == '.')
			*p = '/';
	return kernfile_read(tree->proc, path, buf, size);
}

/* "256	256	32	0	0": one line, a blank between its words. */
static void tidy(char *text)
{
	size_t len = strcspn(text, "\n");

	text[len] = '\0';
	for (char *p = text; *p; p++)
		if (*p == '\t')
			*p = ' ';
}

int tunables_add(struct list **list, const char *name, const char *value,
		 const char *usual)
{
	struct tunable *row = list_add(list);

	if (!row)
		return -ENOMEM;
	row->block = (struct block){
		.read_ns = (*list)->block.read_ns,
		.state = STATE_OK,
	};
	snprintf(row->name, sizeof(row->name), "%s", name);
	snprintf(row->value, sizeof(row->value), "%s", value);
	if (usual) {
		snprintf(row->usual, sizeof(row->usual), "%s", usual);
		row->changed = strcmp(value, usual) != 0;
	}
	return 0;
}

static int add(struct tree *tree, const struct setting *setting,
	       struct list **list)
{
	char value[sizeof(((struct tunable *)NULL)->value)];
	ssize_t n = read_setting(tree, setting, value, sizeof(value));

	/* one that this kernel has not, or does not show, is left out */
	if (n < 0 && n != -EFBIG)
		return 0;
	tidy(value);
	return tunables_add(list, setting->name, value, setting->usual);
}

static int tunables_read(struct tree *tree, struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_TUNABLE);
	int r = 0;

	if (!list)
		return -ENOMEM;
	list->block.read_ns = tree_now();
	for (size_t i = 0; i < ARRAY_SIZE(settings) && r == 0; i++)
		r = add(tree, &settings[i], &list);
	if (r == 0)
		r = killers_add(tree, &list);
	list->block.state = list_count(list) ? STATE_OK : STATE_ABSENT;
	snapshot_set_list(snapshot, list);
	return r;
}

/* clang-format off */
const struct collector collect_tunables = {
	.name = "tunables",
	.files = "/proc/sys/vm /proc/sys/kernel "
		 "/sys/kernel/mm/lru_gen, /etc/systemd/oomd.conf and units",
	/* files of killers are on a disk, which a sample must not wait for */
	.lane = LANE_EXPENSIVE,
	.period_ns = 10 * NS_PER_S,
	.cost_ns = 200 * NS_PER_US,
	.read = tunables_read,
	.after_sample = true, /* killers that run */
	.gives = GIVES(ENTITY_TUNABLE),
};
/* clang-format on */
