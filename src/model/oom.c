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

/* The one the kernel takes of two: the higher score, of equals the one with
 * more pages, and then the younger. */
static bool dies_before(const struct snapshot *snapshot, int64_t score,
			const struct process *process, int64_t than_score,
			const struct process *than)
{
	int64_t tie, than_tie;

	if (score != than_score)
		return score > than_score;
	tie = oom_tie(snapshot, process);
	than_tie = oom_tie(snapshot, than);
	if (tie != than_tie)
		return tie > than_tie;
	return process->key.start_ns > than->key.start_ns;
}

void oom_rank(const struct snapshot *snapshot, const struct process *process,
	      int64_t score, struct oom_rank *ret)
{
	int64_t first_score = score;

	*ret = (struct oom_rank){ .rank = 1, .of = 1 };
	if (score > 0)
		ret->first = process;
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *other = snapshot->processes[i];
		int64_t its;

		if (process_key_equal(other->key, process->key) ||
		    oom_exempt(other) || other->oom.state != STATE_OK ||
		    other->oom_score == UNKNOWN)
			continue;
		its = (int64_t)other->oom_score;
		ret->of++;
		ret->rank += its > score;
		ret->ties += its == score;
		if (!ret->first || dies_before(snapshot, its, other,
					       first_score, ret->first)) {
			ret->first = other;
			first_score = its;
		}
	}
}
