/* SPDX-License-Identifier: MIT
 *
 * A large process that forked: its copy costs nothing until one of them
 * writes.  Followed for as long as both live, because what each has for itself
 * shows how much was written.
 */
#include <string.h>

#include "judge.h"

/* Whoever is older was there, and only became large. */
#define BORN_NS (2 * NS_PER_S)

static double owned(const struct process *p)
{
	if (p->status.state != STATE_OK || p->anon == UNKNOWN)
		return 0;
	return (double)p->anon + (p->swap == UNKNOWN ? 0 : (double)p->swap);
}

/* As large as half of its parent, and with its name. */
static bool is_copy(const struct process *parent, const struct process *p)
{
	return strcmp(parent->comm, p->comm) == 0 && p->rss != UNKNOWN &&
	       parent->rss != UNKNOWN && p->rss >= parent->rss / 2;
}

static bool is_newborn(const struct snapshot *snapshot, const struct process *p)
{
	uint64_t waited =
		snapshot->interval_ns == UNKNOWN ? 0 : snapshot->interval_ns;

	return p->key.start_ns != UNKNOWN &&
	       snapshot->boottime_ns <= p->key.start_ns + BORN_NS + waited;
}

void news_fork_note(struct verdict_judge *judge,
		    const struct snapshot *snapshot, const struct process *p)
{
	double large = fmax(256.0 * MIB, judge->facts.value[FACT_TOTAL] * 0.02);
	struct change *forked = &judge->news.forked;
	const struct process *parent;

	if (p->kernel || p->rss == UNKNOWN || (double)p->rss < large / 2)
		return;
	parent = snapshot_find_pid(snapshot, p->ppid);
	if (!parent || owned(parent) < large || !is_copy(parent, p) ||
	    !is_newborn(snapshot, p))
		return;
	*forked = (struct change){
		.is_there = true,
		.at = judge->now,
		.pid = parent->key.pid,
		.start_ns = parent->key.start_ns,
		.bytes = owned(parent),
	};
	memcpy(forked->name, parent->comm, sizeof(forked->name));
	judge->news.alone = judge->news.copied = NAN;
}

/* A page that both have is neither's alone; once one of them writes, each has
 * one for itself. */
static void measure(struct news *news, double alone)
{
	/* not fmin(): that makes a minimum of what is not known */
	if (isnan(alone))
		return;
	if (isnan(news->alone) || alone < news->alone)
		news->alone = alone;
	news->copied = (alone - news->alone) / (news->copies == 1 ? 2 : 1);
}

/* What it has alone; NAN: not known. */
static double alone_of(const struct process *p)
{
	return p && p->smaps.state == STATE_OK && p->uss != UNKNOWN
		       ? (double)p->uss
		       : NAN;
}

void news_fork_step(struct verdict_judge *judge,
		    const struct snapshot *snapshot)
{
	struct news *news = &judge->news;
	const struct process_key key = { news->forked.pid,
					 news->forked.start_ns };
	const struct process *parent;
	double alone;

	if (!news->forked.is_there)
		return;
	news->copies = 0;
	parent = snapshot_find(snapshot, key);
	alone = alone_of(parent);
	for (size_t i = 0; parent && i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];

		if (p->ppid != key.pid || !is_copy(parent, p))
			continue;
		news->copies++;
		alone += alone_of(p);
	}
	if (news->copies)
		measure(news, alone);
	else
		news->forked.is_there = false;
}
