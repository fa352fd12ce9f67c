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
/* A read is repeated after this many times its own cost at the earliest; where
 * nothing seems to have changed, the process is held up for even less of its
 * time, and the figure shows its age. */
#define COST_FACTOR 100
#define REST_FACTOR 1000
/* Large processes that change all the time can use up any budget: the small
 * ones, which cost next to nothing, don't wait for them longer than this. */
#define SMALL_COST_NS  NS_PER_MS
#define SMALL_RSS      (64 * MIB)
#define NEW_WAITS_NS   (10 * NS_PER_S)
#define KNOWN_WAITS_NS (2 * ALL_AFTER_NS)

enum rank_class {
	RANK_OLDEST,
	RANK_CHANGED,
	RANK_OVERDUE,
	RANK_FIRST, /* nobody is read twice before all were read once */
	RANK_VISIBLE,
	RANK_SELECTED,
};

static uint64_t rank(enum rank_class class, uint64_t within)
{
	return (uint64_t) class << 56 |
	       min_u64(within, (UINT64_C(1) << 56) - 1);
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

static bool is_overdue(const struct tracked *t, const struct tick *tick)
{
	const struct process *process = t->process;
	uint64_t since = max_u64(process->smaps.read_ns, t->since_ns);
	bool small = process->smaps_cost_ns != UNKNOWN
			     ? process->smaps_cost_ns < SMALL_COST_NS
			     : process->rss < SMALL_RSS;

	return small &&
	       sub_floor(tick->now_ns, since) >
		       (process->smaps.state == STATE_PENDING ? NEW_WAITS_NS
							      : KNOWN_WAITS_NS);
}

static bool is_too_dear(const struct process *process, uint64_t age,
			bool changed)
{
	return process->smaps_cost_ns != UNKNOWN &&
	       age / (changed ? COST_FACTOR : REST_FACTOR) <
		       process->smaps_cost_ns;
}

static bool smaps_due(const struct tracked *t, const struct tick *tick,
		      bool selected, uint64_t *ret_rank)
{
	const struct process *process = t->process;
	bool pending = process->smaps.state == STATE_PENDING || t->rescan;
	uint64_t by = change(t);
	bool changed = has_changed(t, by);
	/* what came in since this tick began is newer than it */
	uint64_t age = sub_floor(tick->now_ns, process->smaps.read_ns);

	if (!pending &&
	    (age < CHANGED_AFTER_NS || is_too_dear(process, age, changed)))
		return false;
	if (process->smaps.state == STATE_DENIED && !t->rescan &&
	    age < ALL_AFTER_NS)
		return false; /* it will say the same again */
	if (selected && (changed || age > VISIBLE_AFTER_NS))
		*ret_rank = rank(RANK_SELECTED, by);
	else if (t->visible && (changed || age > VISIBLE_AFTER_NS))
		*ret_rank = rank(RANK_VISIBLE, by);
	else if (pending && t->initial)
		*ret_rank = rank(RANK_FIRST, by);
	else if (is_overdue(t, tick))
		*ret_rank = rank(RANK_OVERDUE, age);
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
	bool selected =
		process_key_equal(process->key, tick->interest->selected);
	/* a command line is in the target's own pages: reading it swaps them
	 * in, which a thrashing machine is spared */
	bool names = !tick->careful &&
		     (process->names.state == STATE_PENDING || t->names_due);
	uint64_t order = 0;
	bool smaps = smaps_due(t, tick, selected, &order);

	/* whatever else is asked of a stuck process, its command line too,
	 * would take one more thread; a hidden one has nothing to read */
	if (process->smaps.state == STATE_STUCK ||
	    process->identity.state == STATE_DENIED)
		return false;
	if (!names && !smaps)
		return false;
	if (!smaps)
		order = rank(t->visible ? RANK_VISIBLE : RANK_OVERDUE, 0);
	*ret = (struct probe_task){ .key = process->key,
				    .inode = t->inode,
				    .rank = order,
				    .rss = process->rss,
				    .names = names,
				    .smaps = smaps };
	return true;
}
