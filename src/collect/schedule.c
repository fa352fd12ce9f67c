/* SPDX-License-Identifier: MIT
 *
 * The order of the expensive lane.  Separate from reading, because this is
 * policy: which PSS is worth its cost now.  Must not read anything itself.
 */
#include "schedule.h"

#include "memtop/base.h"

/* A change this small is not worth a walk over page tables. */
#define CHANGE_LEAST	 (64 * KIB)
#define VISIBLE_AFTER_NS (9 * NS_PER_S) /* so that no cell gets its age mark */
#define CHANGED_AFTER_NS (1 * NS_PER_S)
#define ALL_AFTER_NS	 (60 * NS_PER_S)
/* A read is repeated after this many times its own cost at the earliest. */
#define COST_FACTOR	 100

enum rank_class { RANK_OLDEST, RANK_CHANGED, RANK_VISIBLE, RANK_SELECTED };

static uint64_t rank(enum rank_class class, uint64_t within)
{
	return (uint64_t)class << 56 | min_u64(within, (UINT64_C(1) << 56) - 1);
}

static uint64_t distance(uint64_t a, uint64_t b)
{
	if (a == UNKNOWN || b == UNKNOWN)
		return 0;
	return a > b ? a - b : b - a;
}

/* How far the sizes have moved since smaps was read; all of it when never. */
static uint64_t change(const struct tracked *t)
{
	const struct process *process = t->process;

	if (process->smaps.state == STATE_PENDING || t->rescan)
		return process->rss == UNKNOWN ? 0 : process->rss;
	return max_u64(distance(process->rss, t->smaps_rss),
		       distance(tracked_own_bytes(process), t->smaps_bytes));
}

static bool has_changed(const struct tracked *t, uint64_t by)
{
	if (t->process->smaps.state == STATE_PENDING || t->rescan)
		return true;
	return by >= CHANGE_LEAST && by > t->smaps_rss / 100;
}

static bool smaps_due(const struct tracked *t, const struct tick *tick,
		      bool selected, uint64_t *ret_rank)
{
	const struct process *process = t->process;
	bool pending = process->smaps.state == STATE_PENDING || t->rescan;
	uint64_t by = change(t);
	bool changed = has_changed(t, by);
	uint64_t age = tick->now_ns - process->smaps.read_ns;

	if (process->smaps.state == STATE_STUCK)
		return false;
	if (!pending && (age < CHANGED_AFTER_NS ||
			 (process->smaps_cost_ns != UNKNOWN &&
			  age / COST_FACTOR < process->smaps_cost_ns)))
		return false;
	if (process->smaps.state == STATE_DENIED && age < ALL_AFTER_NS)
		return false; /* it will say the same again */
	if (selected && (changed || age > VISIBLE_AFTER_NS))
		*ret_rank = rank(RANK_SELECTED, by);
	else if (t->visible && (changed || age > VISIBLE_AFTER_NS))
		*ret_rank = rank(RANK_VISIBLE, by);
	else if (changed)
		*ret_rank = rank(RANK_CHANGED, by);
	else if (age > ALL_AFTER_NS)
		*ret_rank = rank(RANK_OLDEST, age);
	else
		return false;
	return true;
}

bool schedule_task(const struct tracked *t, const struct tick *tick,
		   struct probe_task *ret)
{
	const struct process *process = t->process;
	bool selected = process_key_equal(process->key,
					  tick->interest->selected);
	/* a command line is in the target's own pages: reading it swaps them
	 * in, which a thrashing machine is spared */
	bool names = !tick->careful &&
		     (process->names.state == STATE_PENDING || t->names_due);
	uint64_t order = 0;
	bool smaps = smaps_due(t, tick, selected, &order);

	if (!names && !smaps)
		return false;
	if (!smaps)
		order = rank(t->visible ? RANK_VISIBLE : RANK_CHANGED, 0);
	*ret = (struct probe_task){ .key = process->key,
				    .rank = order,
				    .rss = process->rss,
				    .thread = t->thread,
				    .names = names,
				    .smaps = smaps };
	return true;
}
