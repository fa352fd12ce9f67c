/* SPDX-License-Identifier: MIT
 *
 * Which processes are asked for their delays, and what it says of the machine
 * when none has any.  The kernel counts them where kernel.task_delayacct is 1,
 * of tasks that were started after that; nothing here turns it on, because it
 * makes every task of the machine pay.
 */
#include "delays.h"

#include <errno.h>
#include <math.h>

#include "memtop/rates.h"
#include "smallfile.h"
#include "taskstats.h"

#define CHECK_NS (10 * NS_PER_S)

void delays_done(struct delays *delays)
{
	taskstats_close(delays->taskstats);
	*delays = (struct delays){ 0 };
}

/* Kernels before 5.14 have no such file, and count unless told otherwise. */
static enum state find_state(struct delays *delays, struct tree *tree)
{
	int r;

	if (!tree_is_own(tree) ||
	    smallfile_number(tree->proc, "sys/kernel/task_delayacct") == 0)
		return STATE_ABSENT;
	if (delays->taskstats)
		return STATE_OK;
	r = taskstats_open(&delays->taskstats);
	if (r == -EAFNOSUPPORT || r == -EPROTONOSUPPORT)
		return STATE_ABSENT;
	return r < 0 ? state_from_errno(r) : STATE_OK;
}

static void check(struct delays *delays, struct tree *tree)
{
	uint64_t now_ns = tree_now();

	if (delays->checked_ns && now_ns - delays->checked_ns < CHECK_NS)
		return;
	delays->checked_ns = now_ns;
	delays->state = find_state(delays, tree);
}

static void clear(struct process *process, enum state state)
{
	process->delays = (struct block){ .state = state };
	process->swapin_delay_ns = process->thrashing_delay_ns = UNKNOWN;
	process->reclaim_delay_ns = process->compact_delay_ns = UNKNOWN;
	process->wait_percent = NAN;
}

/* Those that this kernel counts. */
static uint64_t sum(const struct process *process)
{
	const uint64_t parts[] = {
		process->swapin_delay_ns,
		process->thrashing_delay_ns,
		process->reclaim_delay_ns,
		process->compact_delay_ns,
	};
	uint64_t ns = 0;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i] != UNKNOWN)
			ns += parts[i];
	return ns;
}

void delays_read(struct delays *delays, struct tree *tree, bool wanted,
		 const struct process *before, uint64_t before_ns,
		 struct process *process)
{
	struct task_delays found;
	uint64_t last_ns;
	int r;

	check(delays, tree);
	if (delays->state != STATE_OK || !wanted) {
		clear(process, delays->state == STATE_OK ? STATE_NOT_READ
							 : delays->state);
		return;
	}
	last_ns = before && before->delays.state == STATE_OK ? sum(before)
							     : UNKNOWN;
	r = taskstats_read(delays->taskstats, process->key.pid, &found);
	/* it says so of every process: not asked again before the next check */
	if (r == -EPERM)
		delays->state = STATE_DENIED;
	if (r < 0 || !found.counted) {
		clear(process,
		      r < 0 ? state_from_errno(r) : STATE_NOT_APPLICABLE);
		return;
	}
	process->delays =
		(struct block){ .state = STATE_OK, .read_ns = tree_now() };
	process->swapin_delay_ns = found.swapin;
	process->thrashing_delay_ns = found.thrashing;
	process->reclaim_delay_ns = found.reclaim;
	process->compact_delay_ns = found.compact;
	process->wait_percent = 100 *
				rate_between(last_ns, before_ns, sum(process),
					     process->delays.read_ns) /
				(double)NS_PER_S;
}
