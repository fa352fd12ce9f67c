/* SPDX-License-Identifier: MIT
 *
 * The tables of processes that screens and batch output share: which columns
 * in which order, and which of them go first when there is little room.
 */
#include <assert.h>
#include <strings.h>

#include "memtop/rows.h"
#include "model.h"

/* clang-format off */
static const uint8_t processes_columns[] = {
	PROCESS_PID, PROCESS_USER, PROCESS_PSS, PROCESS_USS, PROCESS_RSS,
	PROCESS_SWAP, PROCESS_ANON, PROCESS_FILE, PROCESS_SHMEM, PROCESS_THP,
	PROCESS_MAJOR_FAULT_RATE, PROCESS_GROWTH_RATE, PROCESS_OOM_SCORE,
	PROCESS_COMMAND,
};
static const uint8_t processes_drop[] = {
	PROCESS_SHMEM, PROCESS_THP, PROCESS_FILE, PROCESS_ANON, PROCESS_USS,
	PROCESS_RSS, PROCESS_USER, PROCESS_MAJOR_FAULT_RATE, PROCESS_OOM_SCORE,
};

static const uint8_t overview_columns[] = {
	PROCESS_COMM, PROCESS_PSS, PROCESS_SWAP, PROCESS_GROWTH_RATE,
	PROCESS_MAJOR_FAULT_RATE, PROCESS_OOM_SCORE,
};
static const uint8_t overview_drop[] = {
	PROCESS_OOM_SCORE, PROCESS_MAJOR_FAULT_RATE, PROCESS_GROWTH_RATE,
};

static const uint8_t swap_columns[] = {
	PROCESS_PID, PROCESS_USER, PROCESS_SWAP, PROCESS_SWAP_PSS,
	PROCESS_MAJOR_FAULT_RATE, PROCESS_GROWTH_RATE, PROCESS_CGROUP,
	PROCESS_COMMAND,
};
static const uint8_t swap_drop[] = {
	PROCESS_CGROUP, PROCESS_SWAP_PSS, PROCESS_USER,
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
		.active = PROCESS_SWAP, .active_only = true },
	[VIEW_OOM] = { .name = "oom",
		.help = "whom the kernel would kill first",
		COLUMNS(oom), .sort = PROCESS_OOM_SCORE,
		.active = PROCESS_OOM_SCORE },
	[VIEW_THP] = { .name = "thp",
		.help = "who has huge pages",
		COLUMNS(thp), .sort = PROCESS_THP,
		.active = PROCESS_THP },
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
