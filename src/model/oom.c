/* SPDX-License-Identifier: MIT
 *
 * The kernel's choice of an OOM victim, computed from what a snapshot has.
 * Integer divisions truncate at the same places as in the kernel, so that the
 * score can be checked against /proc/PID/oom_score.
 */
#include "memtop/oom.h"

#include <errno.h>

/* What the sums below can stand; no machine has a thousandth of it. */
#define PAGES_MAX (UINT64_C(1) << 50)

int oom_parts(const struct snapshot *snapshot, const struct process *process,
	      struct oom_parts *ret)
{
	const struct memory *memory = &snapshot->memory;
	uint64_t page = snapshot->host ? snapshot->host->page_size : 0;

	if (!page || memory->total == UNKNOWN ||
	    memory->swap_total == UNKNOWN || process->rss == UNKNOWN ||
	    process->swap == UNKNOWN || process->page_tables == UNKNOWN)
		return -ENODATA;
	ret->rss = process->rss / page;
	ret->swap = process->swap / page;
	ret->page_tables = process->page_tables / page;
	ret->sum = ret->rss + ret->swap + ret->page_tables;
	ret->total = memory->total / page + memory->swap_total / page;
	return ret->total && ret->total < PAGES_MAX && ret->sum < PAGES_MAX
		       ? 0
		       : -ENODATA;
}

int64_t oom_points(const struct oom_parts *parts, int64_t adj)
{
	return (int64_t)parts->sum + adj * (int64_t)(parts->total / 1000);
}

int64_t oom_score(const struct oom_parts *parts, int64_t adj)
{
	int64_t points = oom_points(parts, adj);

	if (adj <= -1000)
		return 0;
	return (1000 + points * 1000 / (int64_t)parts->total) * 2 / 3;
}

bool oom_exempt(const struct process *process)
{
	return process->key.pid == 1 || process->kernel ||
	       process->state == 'Z' ||
	       (process->oom.state == STATE_OK &&
		process->oom_score_adj <= -1000);
}

int64_t oom_tie(const struct snapshot *snapshot, const struct process *process)
{
	struct oom_parts parts;

	if (process->oom.state != STATE_OK ||
	    oom_parts(snapshot, process, &parts) < 0)
		return INT64_MIN;
	return oom_points(&parts, process->oom_score_adj);
}
