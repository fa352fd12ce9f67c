/* SPDX-License-Identifier: MIT
 *
 * Figures from a snapshot and the windows: levels, shares, rates.  What a
 * machine of that size calls low is worked out here as well.  Knows no limit
 * of a rule; whatever is not known is NAN, and a comparison with that is
 * false.
 */
#include "facts.h"

#include <string.h>

#include "facts_private.h"
#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "memtop/ledger.h"
#include "memtop/list.h"
#include "memtop/ramfiles.h"
#include "people.h"

/* clang-format off */
const struct fact_info fact_infos[FACT_COUNT] = {
	[FACT_NONE] = { "none", UNIT_NONE },
	[FACT_TOTAL] = { "total", UNIT_BYTES },
	[FACT_AVAILABLE] = { "available", UNIT_BYTES },
	[FACT_AVAILABLE_PERCENT] = { "available_percent", UNIT_PERCENT },
	[FACT_ARC] = { "zfs_cache", UNIT_BYTES },
	[FACT_LOW_LIMIT] = { "low_limit", UNIT_BYTES },
	[FACT_FREE_PERCENT] = { "free_percent", UNIT_PERCENT },
	[FACT_AVAILABLE_OF_ANON] = { "available_of_anon", UNIT_PERCENT },
	[FACT_SWAP_TOTAL] = { "swap_total", UNIT_BYTES },
	[FACT_SWAP_USED] = { "swap_used", UNIT_BYTES },
	[FACT_SWAP_USED_PERCENT] = { "swap_used_percent", UNIT_PERCENT },
	[FACT_SWAP_USED_OF_RAM] = { "swap_used_of_ram", UNIT_PERCENT },
	[FACT_SWAP_FREE_PERCENT] = { "swap_free_percent", UNIT_PERCENT },
	[FACT_OOM_DISTANCE] = { "oom_distance", UNIT_BYTES },
	[FACT_LOW_WATERMARK] = { "low_watermark", UNIT_BYTES },
	[FACT_MEM_SOME] = { "memory_some_10s", UNIT_PERCENT },
	[FACT_MEM_FULL] = { "memory_full_10s", UNIT_PERCENT },
	[FACT_MEM_SOME_60] = { "memory_some_60s", UNIT_PERCENT },
	[FACT_IO_SOME] = { "io_some_10s", UNIT_PERCENT },
	[FACT_IO_FULL] = { "io_full_10s", UNIT_PERCENT },
	[FACT_NO_STALLS] = { "no_stall_data", UNIT_COUNT },
	[FACT_STALL_TREND] = { "stall_trend", UNIT_PERCENT },
	[FACT_SCAN_KSWAPD] = { "scan_kswapd", UNIT_COUNT_PER_SECOND },
	[FACT_KSWAPD_SECONDS] = { "kswapd_seconds_of_10", UNIT_COUNT },
	[FACT_MGLRU] = { "lru_gen", UNIT_COUNT },
	[FACT_MIN_TTL] = { "lru_gen_min_ttl_ms", UNIT_COUNT },
	[FACT_SCAN_DIRECT] = { "scan_direct", UNIT_COUNT_PER_SECOND },
	[FACT_SCAN_ALL] = { "scan_all", UNIT_COUNT_PER_SECOND },
	[FACT_ALLOCSTALL] = { "allocstall", UNIT_COUNT_PER_SECOND },
	[FACT_ALLOCSTALL_60] = { "allocstall_60s", UNIT_COUNT_PER_SECOND },
	[FACT_EFFICIENCY] = { "reclaim_efficiency", UNIT_PERCENT },
	[FACT_DIRECT_SHARE] = { "direct_share", UNIT_PERCENT },
	[FACT_SWAP_IN] = { "swap_in", UNIT_COUNT_PER_SECOND },
	[FACT_SWAP_IN_60] = { "swap_in_60s", UNIT_COUNT_PER_SECOND },
	[FACT_SWAP_OUT] = { "swap_out", UNIT_COUNT_PER_SECOND },
	[FACT_REFAULT_ANON_60] = { "refault_anon_60s", UNIT_COUNT_PER_SECOND },
	[FACT_STEAL_FILE] = { "file_pages_freed", UNIT_COUNT },
	[FACT_REFAULT_FILE] = { "refault_file", UNIT_COUNT_PER_SECOND },
	[FACT_RETURN_FILE] = { "file_return_ratio", UNIT_PERCENT },
	[FACT_RETURN_ANON] = { "anon_return_ratio", UNIT_PERCENT },
	[FACT_RETURN_ANY] = { "return_ratio", UNIT_PERCENT },
	[FACT_RESTORE_SHARE] = { "restore_share", UNIT_PERCENT },
	[FACT_THRASH_LEVEL] = { "cache_refaulted", UNIT_PERCENT },
	[FACT_FALL_PERCENT] = { "headroom_fall_per_minute", UNIT_PERCENT },
	[FACT_FILL_RATE] = { "fill_rate", UNIT_BYTES_PER_MINUTE },
	[FACT_FILL_PERCENT] = { "fill_per_minute", UNIT_PERCENT },
	[FACT_HEADROOM] = { "headroom", UNIT_BYTES },
	[FACT_HEADROOM_PERCENT] = { "headroom_percent", UNIT_PERCENT },
	[FACT_ETA] = { "time_to_full", UNIT_NS },
	[FACT_FILL_ETA] = { "time_to_limit", UNIT_NS },
	[FACT_LEAK] = { "leak", UNIT_COUNT },
	[FACT_LEAK_ETA] = { "leak_time_to_full", UNIT_NS },
	[FACT_CGROUP_LEAK] = { "cgroup_leak", UNIT_COUNT },
	[FACT_CGROUP_LEAK_ETA] = { "cgroup_leak_time_to_full", UNIT_NS },
	[FACT_SLAB_LEAK] = { "slab_growth", UNIT_COUNT },
	[FACT_UNACCOUNTED_LEAK] = { "unaccounted_growth", UNIT_COUNT },
	[FACT_SHMEM_PERCENT] = { "shmem_percent", UNIT_PERCENT },
	[FACT_LOCKED_PERCENT] = { "locked_percent", UNIT_PERCENT },
	[FACT_COMMIT_PERCENT] = { "committed_percent", UNIT_PERCENT },
	[FACT_OVERCOMMIT] = { "overcommit_memory", UNIT_COUNT },
	[FACT_SLAB_FIXED_PERCENT] = { "slab_unreclaimable_percent",
				      UNIT_PERCENT },
	[FACT_SLAB_FIXED] = { "slab_unreclaimable", UNIT_BYTES },
	[FACT_LRU] = { "pages_on_lists", UNIT_BYTES },
	[FACT_SLAB_FREEABLE_PERCENT] = { "slab_reclaimable_percent",
					 UNIT_PERCENT },
	[FACT_THROTTLED] = { "direct_throttled", UNIT_COUNT_PER_SECOND },
	[FACT_QUICKLY] = { "kswapd_again", UNIT_COUNT_PER_SECOND },
	[FACT_DENTRIES] = { "dentries", UNIT_COUNT },
	[FACT_NEGATIVE_PERCENT] = { "dentries_negative", UNIT_PERCENT },
	[FACT_VFS_PRESSURE] = { "vfs_cache_pressure", UNIT_NONE },
	[FACT_SLABS_SCANNED] = { "slabs_scanned", UNIT_COUNT_PER_SECOND },
	[FACT_TABLES_PERCENT] = { "page_tables_percent", UNIT_PERCENT },
	[FACT_STACKS_PERCENT] = { "kernel_stack_percent", UNIT_PERCENT },
	[FACT_STACKS] = { "kernel_stack", UNIT_BYTES },
	[FACT_PERCPU_PERCENT] = { "percpu_percent", UNIT_PERCENT },
	[FACT_HUGE_IDLE] = { "hugepages_idle", UNIT_BYTES },
	[FACT_HUGE_IDLE_PERCENT] = { "hugepages_idle_percent", UNIT_PERCENT },
	[FACT_CORRUPTED] = { "hardware_corrupted", UNIT_BYTES },
	[FACT_DIRTY] = { "dirty_and_writeback", UNIT_BYTES },
	[FACT_DIRTY_PERCENT] = { "dirty_of_limit", UNIT_PERCENT },
	[FACT_UNACCOUNTED] = { "unaccounted_rise", UNIT_BYTES },
	[FACT_UNACCOUNTED_PERCENT] = { "unaccounted_rise_percent",
				       UNIT_PERCENT },
	[FACT_COMPACT_STALL] = { "compact_stall", UNIT_COUNT_PER_SECOND },
	[FACT_COMPACT_FAIL_PERCENT] = { "compact_fail_percent", UNIT_PERCENT },
	[FACT_COMPACT_FAIL] = { "compact_fail", UNIT_COUNT_PER_SECOND },
	[FACT_NUMA_FOREIGN_PERCENT] = { "numa_foreign_percent", UNIT_PERCENT },
	[FACT_SCATTER_COSTLY] = { "fragmentation_8_pages", UNIT_PERCENT },
	[FACT_SCATTER_HUGE] = { "fragmentation_huge_page", UNIT_PERCENT },
	[FACT_PAGE_FAILURES] = { "page_failures_60s", UNIT_COUNT },
	[FACT_NODE_FREE] = { "node_free_of_low_mark", UNIT_PERCENT },
	[FACT_NODE_OTHER] = { "other_node_free", UNIT_PERCENT },
	[FACT_NODE_GROWTH] = { "bound_growth", UNIT_BYTES_PER_MINUTE },
	[FACT_UNRECLAIMABLE] = { "kswapd_gave_up", UNIT_COUNT },
	[FACT_DYING] = { "dying_cgroups", UNIT_COUNT },
	[FACT_DYING_RISE] = { "dying_cgroups_rise", UNIT_COUNT },
	[FACT_DYING_KERNEL] = { "kernel_memory_rise", UNIT_BYTES },
	[FACT_MOUNT_PERCENT] = { "fullest_tmpfs", UNIT_PERCENT },
	[FACT_MIN_PERCENT] = { "memory_min_percent", UNIT_PERCENT },
	[FACT_POOL_PERCENT] = { "compressed_pool_percent", UNIT_PERCENT },
	[FACT_POOL_STORED] = { "compressed_stored", UNIT_BYTES },
	[FACT_POOL_RATIO] = { "compression_percent", UNIT_PERCENT },
	[FACT_ZRAM_LIMIT_PERCENT] = { "zram_of_mem_limit", UNIT_PERCENT },
	[FACT_ZSWAP_LIMIT_PERCENT] = { "zswap_of_pool_limit", UNIT_PERCENT },
	[FACT_ZSWAP_WRITTEN] = { "zswap_written_back", UNIT_COUNT_PER_SECOND },
	[FACT_PANIC] = { "panic_on_oom", UNIT_COUNT },
	[FACT_KILLS_ALLOCATING] = { "oom_kill_allocating_task", UNIT_COUNT },
	[FACT_KILLABLE_PERCENT] = { "killable_percent", UNIT_PERCENT },
	[FACT_LARGEST_PERCENT] = { "largest_killable_percent", UNIT_PERCENT },
	[FACT_USED_PERCENT] = { "used_percent", UNIT_PERCENT },
	[FACT_EARLYOOM_WAY] = { "earlyoom_on_its_way", UNIT_PERCENT },
	[FACT_NOHANG_WAY] = { "nohang_on_its_way", UNIT_PERCENT },
	[FACT_OOMD_WAY] = { "oomd_swap_on_its_way", UNIT_PERCENT },
	[FACT_OOMD_STALL_WAY] = { "oomd_stall_on_its_way", UNIT_PERCENT },
	[FACT_SERVICE_NEAR] = { "service_near_kill", UNIT_COUNT },
	[FACT_SHORT_NOW] = { "severity_R03_R12_R13", UNIT_COUNT },
	[FACT_LOW_NOW] = { "severity_R03", UNIT_COUNT },
	[FACT_THRASH_NOW] = { "severity_R09", UNIT_COUNT },
	[FACT_KILL_AGO] = { "kill_ago", UNIT_NS },
	[FACT_KILLS_AGAIN] = { "kills_of_one_cgroup", UNIT_COUNT },
	[FACT_USER_KILL_AGO] = { "user_kill_ago", UNIT_NS },
	[FACT_ADJ_AGO] = { "adj_changed_ago", UNIT_NS },
	[FACT_ADJ_AFTER] = { "adj_after", UNIT_NONE },
	[FACT_EXIT_AGO] = { "large_exit_ago", UNIT_NS },
	[FACT_FORK_AGO] = { "large_fork_ago", UNIT_NS },
	[FACT_FORK_SIZE] = { "fork_of_headroom", UNIT_PERCENT },
	[FACT_JUMP_AGO] = { "jump_ago", UNIT_NS },
	[FACT_NOTICE_AGO] = { "changed_by_hand_ago", UNIT_NS },
	[FACT_GAP_AGO] = { "gap_ago", UNIT_NS },
	[FACT_BLIND] = { "nothing_known", UNIT_COUNT },
	[FACT_CONTAINER_LEFT] = { "container_left", UNIT_BYTES },
	[FACT_GROUP_HARD_PERCENT] = { "cgroup_hard_percent", UNIT_PERCENT },
	[FACT_GROUP_ETA] = { "cgroup_time_to_full", UNIT_NS },
	[FACT_GROUP_SOME] = { "cgroup_some_10s", UNIT_PERCENT },
	[FACT_GROUP_FULL] = { "cgroup_full_10s", UNIT_PERCENT },
	[FACT_GROUP_STALL] = { "cgroup_stall_named", UNIT_PERCENT },
	[FACT_GROUP_AHEAD] = { "cgroup_stall_ahead", UNIT_PERCENT },
	[FACT_GROUP_HIGH_RATE] = { "cgroup_high_events",
				   UNIT_COUNT_PER_SECOND },
	[FACT_GROUP_MAX_RATE] = { "cgroup_max_events", UNIT_COUNT_PER_SECOND },
	[FACT_GROUP_LOW_RATE] = { "cgroup_low_events", UNIT_COUNT_PER_SECOND },
	[FACT_GROUP_RETURN] = { "cgroup_return_ratio", UNIT_PERCENT },
	[FACT_GROUP_NAMES] = { "cgroup_slab_reclaimable", UNIT_BYTES },
	[FACT_GROUP_NAMES_PERCENT] = { "cgroup_slab_reclaimable_percent",
				       UNIT_PERCENT },
	[FACT_GROUP_OVER_PERCENT] = { "cgroup_over_high", UNIT_PERCENT },
};
/* clang-format on */

/* The cache of ZFS is given back as file pages are, but MemAvailable has
 * none of it. */
static double arc_above_least(const struct snapshot *snapshot)
{
	const struct arc *arc = &snapshot->arc;

	if (arc->block.state != STATE_OK || arc->size == UNKNOWN ||
	    arc->min == UNKNOWN)
		return 0;
	return (double)sub_floor(arc->size, arc->min);
}

static void set_levels(double *v, const struct snapshot *snapshot)
{
	const struct memory *m = &snapshot->memory;
	double total = known(m->total), a = known(m->available);
	double anon = known(m->anon_pages);

	v[FACT_TOTAL] = total;
	/* what programs in user space go by has no cache of ZFS */
	v[FACT_AVAILABLE_OF_ANON] = percent(a, a + anon);
	v[FACT_ARC] = arc_above_least(snapshot);
	a += v[FACT_ARC];
	v[FACT_AVAILABLE] = a;
	v[FACT_AVAILABLE_PERCENT] = percent(a, total);
	v[FACT_USED_PERCENT] = 100 - percent(a, total);
	/* 10 % of a terabyte is no emergency */
	v[FACT_LOW_LIMIT] = fmin(total * 0.1, 4.0 * GIB + total * 0.01);
	v[FACT_FREE_PERCENT] = percent(known(m->free), total);
}

static void set_swap(double *v, const struct snapshot *snapshot)
{
	const struct memory *m = &snapshot->memory;
	double total = known(m->swap_total), left = known(m->swap_free);

	v[FACT_SWAP_TOTAL] = total;
	v[FACT_SWAP_USED] = total - left;
	v[FACT_SWAP_USED_PERCENT] = percent(total - left, total);
	v[FACT_SWAP_USED_OF_RAM] = percent(total - left, v[FACT_TOTAL]);
	v[FACT_SWAP_FREE_PERCENT] = total == 0 ? 0 : percent(left, total);
}

/* What cannot be evicted is more than what is locked: secret memory, segments
 * locked by SHM_LOCK.  The files of a ramfs are, too, and say not how large
 * they are. */
static double pinned(const struct snapshot *snapshot)
{
	const struct list *mounts = snapshot_list(snapshot, ENTITY_TMPFS);

	for (size_t i = 0; i < list_count(mounts); i++) {
		const struct tmpfs *mount = list_row(mounts, i);

		if (strcmp(mount->type, "ramfs") == 0)
			return NAN;
	}
	return list_state(mounts) == STATE_OK
		       ? known(snapshot->memory.unevictable)
		       : NAN;
}

static void set_classes(double *v, const struct snapshot *snapshot)
{
	const struct memory *m = &snapshot->memory;
	double total = v[FACT_TOTAL], mode;

	v[FACT_SHMEM_PERCENT] = percent(known(m->shmem), total);
	v[FACT_LOCKED_PERCENT] =
		percent(fmax(known(m->mlocked), pinned(snapshot)), total);
	v[FACT_COMMIT_PERCENT] =
		percent(known(m->committed), known(m->commit_limit));
	mode = known(snapshot->load.overcommit_memory);
	v[FACT_OVERCOMMIT] = mode;
	v[FACT_SLAB_FIXED] = known(m->slab_unreclaimable);
	v[FACT_SLAB_FIXED_PERCENT] = percent(v[FACT_SLAB_FIXED], total);
	v[FACT_LRU] = known(m->active_anon) + known(m->inactive_anon) +
		      known(m->active_file) + known(m->inactive_file) +
		      known(m->unevictable);
	v[FACT_SLAB_FREEABLE_PERCENT] =
		percent(known(m->slab_reclaimable), total);
	v[FACT_DENTRIES] = known(snapshot->load.dentries);
	v[FACT_NEGATIVE_PERCENT] = percent(
		known(snapshot->load.dentries_negative), v[FACT_DENTRIES]);
	v[FACT_VFS_PRESSURE] = known(snapshot->load.vfs_cache_pressure);
	v[FACT_TABLES_PERCENT] = percent(known(m->page_tables), total);
	v[FACT_STACKS] = known(m->kernel_stack);
	v[FACT_STACKS_PERCENT] = percent(v[FACT_STACKS], total);
	v[FACT_PERCPU_PERCENT] = percent(known(m->percpu), total);
	v[FACT_CORRUPTED] = known(m->hardware_corrupted);
	v[FACT_DIRTY] = known(m->dirty) + known(m->writeback);
	v[FACT_PANIC] = known(snapshot->load.panic_on_oom);
	v[FACT_KILLS_ALLOCATING] =
		known(snapshot->load.oom_kill_allocating_task);
	v[FACT_HUGE_IDLE] =
		(known(m->hugepages_free) - known(m->hugepages_reserved)) *
		known(m->hugepage_size);
	v[FACT_HUGE_IDLE_PERCENT] = percent(v[FACT_HUGE_IDLE], total);
}

/* Where writers of files are made to wait, in pages as vmstat has it. */
static void set_dirty(double *v, const struct snapshot *snapshot)
{
	const struct counter *limit =
		snapshot_counter(snapshot, "nr_dirty_threshold");

	if (limit && limit->value != UNKNOWN)
		v[FACT_DIRTY_PERCENT] =
			percent(v[FACT_DIRTY],
				known(limit->value) * page_size(snapshot));
}

/* RAM that no counter explains, as the RAM pane has it; above the lowest so
 * far, because nobody knows what is normal elsewhere. */
static void set_unaccounted(double *v, struct fact_memory *memory,
			    const struct snapshot *snapshot)
{
	struct ledger ledger;
	double now;

	if (ledger_make(snapshot, &ledger) < 0)
		return;
	now = (double)ledger.bytes[LEDGER_UNACCOUNTED];
	if (isnan(memory->baseline) || now < memory->baseline)
		memory->baseline = now;
	v[FACT_UNACCOUNTED] = now - memory->baseline;
	v[FACT_UNACCOUNTED_PERCENT] =
		percent(v[FACT_UNACCOUNTED], v[FACT_TOTAL]);
}

void facts_of_people(struct facts *facts, const struct people *people,
		     const struct snapshot *snapshot,
		     const struct cgroup *container)
{
	const struct victims *victims = &people->victims;
	double *v = facts->value, whole = v[FACT_TOTAL];

	v[FACT_SERVICE_NEAR] = victims->important.is_there;
	if (people->bound.is_there)
		v[FACT_NODE_GROWTH] = people->bound_growth;
	if (container) {
		whole = (double)container->max;
		v[FACT_USED_PERCENT] =
			100 - percent(known(cgroup_available(
					      container, &snapshot->memory)),
				      whole);
	}
	/* they were looked at in there, or not */
	if (!*victims->limit != !container)
		return;
	v[FACT_KILLABLE_PERCENT] = percent(victims->killable, whole);
	v[FACT_LARGEST_PERCENT] = percent(victims->most, whole);
}

void fact_memory_init(struct fact_memory *memory)
{
	*memory = (struct fact_memory){
		.some_before = NAN,
		.fall = NAN,
		.baseline = NAN,
		.committed_most = NAN,
		.swap_speed = NAN,
	};
}

void facts_compute(struct facts *facts, struct fact_memory *memory,
		   const struct window *window, const struct snapshot *snapshot)
{
	double *v = facts->value;

	for (size_t i = 0; i < FACT_COUNT; i++)
		v[i] = NAN;
	facts->is_bound = window_covered_ns(window) < 9 * NS_PER_S;
	if (snapshot->memory.block.state == STATE_OK) {
		set_levels(v, snapshot);
		set_swap(v, snapshot);
		set_classes(v, snapshot);
		set_dirty(v, snapshot);
		facts_compressed(v, snapshot);
		facts_watermarks(v, snapshot);
		set_unaccounted(v, memory, snapshot);
		memory->committed_most =
			fmax(memory->committed_most,
			     known(snapshot->memory.committed));
	}
	facts_stalls(v, memory, window, snapshot);
	facts_reclaim(v, window, snapshot);
	facts_growth(v, memory, window, snapshot);
	facts_leaks(v, snapshot);
	facts_structure(v, memory, window, snapshot);
}
