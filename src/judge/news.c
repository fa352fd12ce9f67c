/* SPDX-License-Identifier: MIT
 *
 * What happened between two snapshots: exits of large processes, a changed
 * kill priority, a large fork, a jump, a gap; kills have news_kills.c.  Processes about which
 * nothing was read anew are the identical records, so a quiet machine costs a
 * comparison of pointers here.
 */
#include <math.h>
#include <string.h>

#include "judge.h"
#include "pairs.h"

#define JUMP_SPAN_S   5.0
#define JUMP_SPAN_NS  (5 * NS_PER_S)
#define COMES_BACK_NS (3 * NS_PER_S)
/* Who starts sets its own bias, and that of its children, first: sshd does so
 * at every login. */
#define SETTLED_NS (5 * NS_PER_S)
/* A mover is told of a jump that is no older. */
#define MOVER_NS (5 * NS_PER_S)
/* He has half of it, and it is a twentieth of RAM. */
#define MOVER_LEAST 0.025

static struct change change_of(const struct verdict_judge *judge,
			       const struct process *p)
{
	struct change change = { .is_there = true, .at = judge->now };

	if (!p)
		return change;
	memcpy(change.name, p->comm, sizeof(change.name));
	change.name[sizeof(change.name) - 1] = '\0';
	change.pid = p->key.pid;
	change.start_ns = p->key.start_ns;
	return change;
}

/* Of its own and in swap: what an end gives back. */
static double owned(const struct process *p)
{
	if (p->status.state != STATE_OK || p->anon == UNKNOWN)
		return 0;
	return (double)p->anon + (p->swap == UNKNOWN ? 0 : (double)p->swap);
}

/* The same with shared memory, which jumps as well. */
static double footprint(const struct process *p)
{
	if (!p)
		return 0;
	return owned(p) + (p->shmem == UNKNOWN ? 0 : (double)p->shmem);
}

static double large(const struct verdict_judge *judge)
{
	return fmax(256.0 * MIB, fact(judge, FACT_TOTAL) * 0.02);
}

static void note_exit(struct verdict_judge *judge, const struct process *p)
{
	struct news *c = &judge->news;
	double bytes = owned(p);

	if (!(bytes >= large(judge)))
		return;
	c->leaving = change_of(judge, p);
	c->leaving.bytes = bytes;
	c->leaving_available = c->last->memory.available == UNKNOWN
				       ? NAN
				       : (double)c->last->memory.available;
}

static void note_changed(struct verdict_judge *judge, const struct process *was,
			 const struct process *now)
{
	struct news *c = &judge->news;

	if (was->oom.state != STATE_OK || now->oom.state != STATE_OK ||
	    was->oom_score_adj == now->oom_score_adj ||
	    now->key.start_ns == UNKNOWN ||
	    judge->now.boottime_ns < now->key.start_ns + SETTLED_NS)
		return;
	c->adjusted = change_of(judge, now);
	c->adjusted.before = (int)was->oom_score_adj;
	c->adjusted.after = (int)now->oom_score_adj;
}

static bool is_read(const struct process *p)
{
	return !p || p->status.state == STATE_OK;
}

/* Who gained or lost most lately: a jump is probably his. */
static void note_moved(struct verdict_judge *judge, const struct process *was,
		       const struct process *now)
{
	const struct process *p = now ? now : was;
	double bytes = footprint(now) - footprint(was);
	double lately = was && now ? now->growth_rate * JUMP_SPAN_S : 0;
	double least = fmin(32.0 * MIB, fact(judge, FACT_TOTAL) * MOVER_LEAST);
	struct change *mover;

	/* who grows steadily takes his part of it bit by bit */
	if (fabs(lately) > fabs(bytes))
		bytes = lately;
	/* what has only been read for the first time is no gain */
	if (p->kernel || !is_read(was) || !is_read(now) ||
	    !(fabs(bytes) >= least))
		return;
	mover = bytes > 0 ? &judge->news.gained : &judge->news.lost;
	if (mover->is_there && passed(judge, mover->at) < MOVER_NS &&
	    fabs(mover->bytes) >= fabs(bytes))
		return;
	*mover = change_of(judge, p);
	mover->bytes = bytes;
}

static void compare_processes(struct verdict_judge *judge,
			      const struct snapshot *now)
{
	struct pairs pairs = { .before = judge->news.last, .now = now };
	const struct process *a, *b;

	while (pairs_next(&pairs, &a, &b)) {
		if (a && b)
			note_changed(judge, a, b);
		else if (a)
			note_exit(judge, a);
		else
			news_fork_note(judge, now, b);
		note_moved(judge, a, b);
	}
}

/* A large process has gone: is there more to hand out now? */
static void settle_exit(struct verdict_judge *judge)
{
	struct news *c = &judge->news;
	double back = fact(judge, FACT_AVAILABLE) - c->leaving_available;

	if (!c->leaving.is_there)
		return;
	if (!(back >= c->leaving.bytes / 2) &&
	    passed(judge, c->leaving.at) < COMES_BACK_NS)
		return;
	c->ended = c->leaving;
	c->ended.more = back;
	c->leaving.is_there = false;
}

/* Pools of huge pages and balloons take and give RAM by themselves. */
static void note_pools(struct verdict_judge *judge,
		       const struct snapshot *snapshot)
{
	const struct memory *was = &judge->news.last->memory;
	const struct memory *now = &snapshot->memory;

	if (was->hugetlb != now->hugetlb || was->balloon != now->balloon)
		judge->news.resized = change_of(judge, NULL);
}

static void find_jump(struct verdict_judge *judge)
{
	const struct sample *before =
		window_before(&judge->window, JUMP_SPAN_NS);
	double jump = -window_change(&judge->window, before, SERIES_AVAILABLE);
	double other =
		window_change(&judge->window, before, SERIES_TOTAL) +
		fabs(window_change(&judge->window, before, SERIES_SWAP_TOTAL));

	const struct change *mover =
		jump > 0 ? &judge->news.gained : &judge->news.lost;
	const struct change *resized = &judge->news.resized;
	bool is_known = mover->is_there &&
			passed(judge, mover->at) <= MOVER_NS &&
			fabs(mover->bytes) >= fabs(jump) / 2;

	/* RAM or swap that came or went is another matter */
	if (!(fabs(jump) >= fact(judge, FACT_TOTAL) * 0.05) || other != 0 ||
	    (resized->is_there && passed(judge, resized->at) <= JUMP_SPAN_NS))
		return;
	judge->news.jumped = is_known ? *mover : change_of(judge, NULL);
	judge->news.jumped.at = judge->now;
	judge->news.jumped.bytes = jump;
}

void news_step(struct verdict_judge *judge, const struct snapshot *snapshot,
	       enum gap gap)
{
	struct news *c = &judge->news;

	if (c->last && gap != GAP_RESTART)
		compare_processes(judge, snapshot);
	if (c->last)
		note_pools(judge, snapshot);
	news_kills_step(judge, snapshot);
	news_fork_step(judge, snapshot);
	settle_exit(judge);
	if (gap == GAP_NONE) {
		find_jump(judge);
	} else if (gap != GAP_FIRST) {
		c->gap = change_of(judge, NULL);
		c->gap_kind = gap;
	}
	snapshot_unref(c->last);
	c->last = snapshot_ref(snapshot);
}

void news_done(struct news *news)
{
	snapshot_unref(news->last);
}
