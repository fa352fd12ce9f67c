/* SPDX-License-Identifier: MIT
 *
 * What follows from two reads of a process: how fast it faults and grows.
 * Separate from tracked.c, which reads.
 */
#include "memtop/rates.h"
#include "tracked.h"

void tracked_faults(struct tracked *t, const struct process *before,
		    struct process *process)
{
	if (process->stat.state != STATE_OK)
		return;
	if (before && before->stat.state == STATE_OK) {
		process->minor_fault_rate = rate_between(
			before->minor_faults, t->stat_ns, process->minor_faults,
			process->stat.read_ns);
		process->major_fault_rate = rate_between(
			before->major_faults, t->stat_ns, process->major_faults,
			process->stat.read_ns);
	}
	t->stat_ns = process->stat.read_ns;
}

/* Signed, unlike the rate of a counter. */
static void grow_swap(struct tracked *t, const struct process *before,
		      struct process *process)
{
	uint64_t ns = process->status.read_ns;

	if (process->status.state != STATE_OK)
		return;
	if (before && before->status.state == STATE_OK &&
	    before->swap != UNKNOWN && process->swap != UNKNOWN &&
	    ns > t->status_ns)
		process->swap_growth_rate =
			((double)process->swap - (double)before->swap) *
			(double)NS_PER_S / (double)(ns - t->status_ns);
	t->status_ns = ns;
}

void tracked_growth(struct tracked *t, const struct process *before,
		    struct process *process)
{
	process->growth_rate =
		growing_rate(&t->growing, process->status.read_ns,
			     tracked_own_bytes(process));
	grow_swap(t, before, process);
}
