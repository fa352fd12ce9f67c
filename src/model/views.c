/* SPDX-License-Identifier: MIT
 *
 * What the panes of screens and batch output show: which columns of processes
 * in which order, which of them go first when there is little room, and which
 * lists.
 */
#include <assert.h>
#include <strings.h>

#include "memtop/counters.h"
#include "memtop/ledger.h"
#include "memtop/list.h"
#include "memtop/rows.h"
#include "memtop/swap_held.h"
#include "model.h"

/* clang-format off */
const char *const cgroup_columns[] = {
	"name", "current", "high", "max", "max_percent", "headroom", "eta",
	"peak", "swap", "anon", "file", "kernel", "psi", "pressure.full.avg10",
	"refault_file_rate", "events.high", "events.oom_kill", "processes",
	NULL,
};
const char *const cgroup_drop[] = {
	"peak", "kernel", "events.high", "high", "pressure.full.avg10", "file",
	"refault_file_rate", "max_percent", "anon", "events.oom_kill",
	"headroom", "processes", "eta", "swap", NULL,
};

static const uint8_t processes_columns[] = {
	PROCESS_PID, PROCESS_USER, PROCESS_PSS, PROCESS_USS, PROCESS_RSS,
	PROCESS_SWAP, PROCESS_ANON, PROCESS_FILE, PROCESS_SHMEM, PROCESS_THP,
	PROCESS_MAJOR_FAULT_RATE, PROCESS_GROWTH_RATE, PROCESS_OOM_SCORE,
	PROCESS_FLAGS, PROCESS_COMMAND,
};
static const uint8_t processes_drop[] = {
	PROCESS_SHMEM, PROCESS_THP, PROCESS_FILE, PROCESS_ANON, PROCESS_USS,
	PROCESS_RSS, PROCESS_USER, PROCESS_MAJOR_FAULT_RATE, PROCESS_OOM_SCORE,
	PROCESS_FLAGS,
};

static const uint8_t overview_columns[] = {
	PROCESS_COMM, PROCESS_PSS, PROCESS_SWAP, PROCESS_GROWTH_RATE,
	PROCESS_MAJOR_FAULT_RATE, PROCESS_OOM_SCORE, PROCESS_FLAGS,
};
static const uint8_t overview_drop[] = {
	PROCESS_OOM_SCORE, PROCESS_MAJOR_FAULT_RATE, PROCESS_GROWTH_RATE,
	PROCESS_FLAGS,
};

static const uint8_t swap_columns[] = {
	PROCESS_PID, PROCESS_USER, PROCESS_SWAP, PROCESS_SWAP_PSS,
	PROCESS_MAJOR_FAULT_RATE, PROCESS_GROWTH_RATE, PROCESS_WAIT,
	PROCESS_CGROUP, PROCESS_COMMAND,
};
static const uint8_t swap_drop[] = {
	PROCESS_WAIT, PROCESS_CGROUP, PROCESS_SWAP_PSS, PROCESS_USER,
	PROCESS_MAJOR_FAULT_RATE,
};

static const uint8_t oom_columns[] = {
	PROCESS_PID, PROCESS_USER, PROCESS_OOM_SCORE, PROCESS_OOM_SCORE_ADJ,
	PROCESS_RSS, PROCESS_SWAP, PROCESS_PAGE_TABLES, PROCESS_USS,
	PROCESS_SWAP_PSS, PROCESS_UNIT, PROCESS_COMMAND,
};
static const uint8_t oom_drop[] = {
	PROCESS_SWAP_PSS, PROCESS_UNIT, PROCESS_USS, PROCESS_PAGE_TABLES,
	PROCESS_SWAP, PROCESS_USER, PROCESS_OOM_SCORE_ADJ,
};

static const uint8_t thp_columns[] = {
	PROCESS_PID, PROCESS_USER, PROCESS_THP, PROCESS_SHMEM_PMD,
	PROCESS_FILE_PMD, PROCESS_HUGETLB, PROCESS_THP_ENABLED, PROCESS_PSS,
	PROCESS_GROWTH_RATE, PROCESS_COMMAND,
};
static const uint8_t thp_drop[] = {
	PROCESS_FILE_PMD, PROCESS_SHMEM_PMD, PROCESS_GROWTH_RATE,
	PROCESS_USER, PROCESS_THP_ENABLED, PROCESS_HUGETLB,
};

#define NAMES(...) (const char *const[]){ __VA_ARGS__, NULL }

static const struct view_list swap_lists[] = {
	{ .entity = ENTITY_SWAP },
	{ .entity = ENTITY_ZRAM },
	{ .entity = ENTITY_ZSWAP },
	{ .entity = ENTITY_SWAP_HELD, .derive = swap_held_list },
};

static const struct view_list thp_lists[] = {
	{ .entity = ENTITY_THP },
	{ .entity = ENTITY_MTHP },
	{ .entity = ENTITY_HUGETLB },
};

static const struct view_list cgroups_lists[] = {
	{ .entity = ENTITY_CGROUP, .columns = cgroup_columns, .drop = cgroup_drop,
	  .sort = "current" },
};

static const struct view_list kernel_lists[] = {
	{ .entity = ENTITY_SLAB, .sort = "size" },
	{ .entity = ENTITY_BLOCKS },
	{ .entity = ENTITY_TYPE_BLOCKS },
	{ .entity = ENTITY_ZONE },
	{ .entity = ENTITY_NODE },
	{ .entity = ENTITY_TUNABLE, .sort = "changed" },
	{ .entity = ENTITY_PROTOCOL, .sort = "memory" },
	{ .entity = ENTITY_ALLOCATION, .sort = "bytes" },
	{ .entity = ENTITY_SOCKETS },
	{ .entity = ENTITY_KSM },
	{ .entity = ENTITY_COUNTER, .sort = "rate", .derive = counters_list },
};

static const struct view_list events_lists[] = {
	{ .entity = ENTITY_EVENT, .columns = NAMES("begin", "end", "severity", "kind",
					 "who", "what"),
	  .drop = NAMES("end") },
};

static const struct view_list ram_lists[] = {
	{ .entity = ENTITY_LEDGER, .sort = "bytes", .derive = ledger_list },
	{ .entity = ENTITY_TMPFS, .sort = "used" },
	{ .entity = ENTITY_SHARED, .sort = "bytes" },
};

#define LISTS(list) \
	.lists = list##_lists, .nlists = ARRAY_SIZE(list##_lists)
#define COLUMNS(list) \
	.columns = list##_columns, .ncolumns = ARRAY_SIZE(list##_columns), \
	.drop = list##_drop, .ndrop = ARRAY_SIZE(list##_drop)

const struct view views[] = {
	[VIEW_PROCESSES] = { .name = "processes",
		.help = "all processes, by PSS",
		COLUMNS(processes), .sort = PROCESS_PSS,
		.active = PROCESS_GROWTH_RATE },
	[VIEW_OVERVIEW] = { .name = "overview",
		.help = "who holds the memory, by command",
		COLUMNS(overview), .sort = PROCESS_PSS,
		.group = GROUP_COMMAND, /* what has exited holds nothing */
		.active = PROCESS_PSS, .active_only = true },
	[VIEW_SWAP] = { .name = "swap",
		.help = "who is on swap, and who waits for it",
		COLUMNS(swap), .sort = PROCESS_SWAP,
		.active = PROCESS_SWAP, .active_only = true, LISTS(swap) },
	[VIEW_OOM] = { .name = "oom",
		.help = "whom the kernel would kill first",
		COLUMNS(oom), .sort = PROCESS_OOM_SCORE,
		.active = PROCESS_OOM_SCORE },
	[VIEW_THP] = { .name = "thp",
		.help = "who has huge pages",
		COLUMNS(thp), .sort = PROCESS_THP,
		.active = PROCESS_THP, LISTS(thp) },
	[VIEW_CGROUPS] = { .name = "cgroups",
		.help = "control groups, by memory",
		LISTS(cgroups), .sort = NO_FIELD, .active = NO_FIELD },
	[VIEW_KERNEL] = { .name = "kernel",
		.help = "what the kernel holds and counts, and how it is set",
		LISTS(kernel), .sort = NO_FIELD, .active = NO_FIELD },
	[VIEW_EVENTS] = { .name = "events",
		.help = "what happened",
		LISTS(events), .sort = NO_FIELD, .active = NO_FIELD },
	[VIEW_RAM] = { .name = "ram",
		.help = "where RAM is, and the RAM that is files",
		LISTS(ram), .sort = NO_FIELD, .active = NO_FIELD },
};
/* clang-format on */

static_assert(ARRAY_SIZE(views) == VIEW_COUNT, "a row for every view");

const struct view *view_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(views); i++)
		if (strcasecmp(views[i].name, name) == 0)
			return &views[i];
	return NULL;
}

const struct entity *view_entity(const struct view *view)
{
	return &entities[view->ncolumns ? ENTITY_PROCESS
					: view->lists[0].entity];
}

const struct list *view_list_rows(const struct view_list *list,
				  const struct snapshot *snapshot)
{
	if (list->derive)
		return list->derive(snapshot);
	return list_ref(snapshot_list(snapshot, list->entity));
}
