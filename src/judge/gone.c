/* SPDX-License-Identifier: MIT
 *
 * Who vanished lately, and how things were before: kept for some seconds,
 * because the kernel's counter of kills may be read before or after.  Apart
 * from kills.c and changes.c, which tell what became of them.
 */
#include <string.h>

#include "events.h"
#include "memtop/forecast.h"
#include "pairs.h"

#define NO_GONE GONE_MAX

static bool has_memory(const struct process *process)
{
	return !process->kernel && process->state != 'Z' &&
	       process->rss != UNKNOWN;
}

/* Its memory was taken while it is still listed. */
static bool has_lost_all(const struct process *before,
			 const struct process *now)
{
	return now->state == 'Z' || now->statm.state == STATE_NOT_APPLICABLE ||
	       (before->rss != UNKNOWN && now->rss != UNKNOWN &&
		before->rss > 64 * MIB && now->rss < before->rss / 16);
}

static bool is_known(const struct events_judge *judge,
		     const struct process *process)
{
	for (size_t i = 0; i < GONE_MAX; i++)
		if (judge->gone[i].process &&
		    process_key_equal(judge->gone[i].process->key,
				      process->key))
			return true;
	return false;
}

static void forget(struct gone *gone)
{
	process_unref(gone->process);
	*gone = (struct gone){ 0 };
}

/* A free place, or that of somebody smaller; NO_GONE: all are larger. */
static size_t place_for(const struct events_judge *judge, int64_t points)
{
	size_t smallest = 0;

	for (size_t i = 0; i < GONE_MAX; i++) {
		if (!judge->gone[i].process)
			return i;
		if (judge->gone[i].points < judge->gone[smallest].points)
			smallest = i;
	}
	return judge->gone[smallest].points < points ? smallest : NO_GONE;
}

static int64_t points_of(const struct snapshot *snapshot,
			 const struct process *process)
{
	int64_t points = oom_tie(snapshot, process);

	/* nothing is known of its bias: its size alone */
	if (points == INT64_MIN)
		points = (int64_t)(events_footprint(process) / 4096);
	return points;
}

static void add_gone(struct events_judge *judge, const struct process *process)
{
	int64_t points = points_of(judge->before, process);
	size_t place = place_for(judge, points);
	struct gone *gone;

	if (place == NO_GONE || oom_exempt(process) || is_known(judge, process))
		return;
	gone = &judge->gone[place];
	forget(gone);
	*gone = (struct gone){
		.process = process_ref(process),
		.seen_ns = judge->now->boottime_ns,
		.realtime_ns = judge->now->realtime_ns,
		.available = judge->before->memory.available,
		.best = judge->now->memory.available,
		.points = points,
	};
}

static void find_gone(struct events_judge *judge)
{
	struct pairs pairs = { .before = judge->before, .now = judge->now };
	const struct process *was, *now;

	while (pairs_next(&pairs, &was, &now))
		if (was && has_memory(was) && (!now || has_lost_all(was, now)))
			add_gone(judge, was);
}

/* Somebody who can be killed had more points than that: mostly one of the
 * first that are looked at, where the whole order would cost a pass. */
static bool is_beaten(const struct snapshot *snapshot, int64_t points)
{
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];

		if (!oom_exempt(p) && p->oom_score != 0 &&
		    oom_tie(snapshot, p) > points)
			return true;
	}
	return false;
}

/* Of those that went just now, the one that was to be killed first. */
static void mark_first(struct events_judge *judge)
{
	struct oom_domain domain = oom_machine(judge->before);
	struct oom_ranking ranking;
	int64_t most = INT64_MIN;

	for (size_t i = 0; i < GONE_MAX; i++)
		if (judge->gone[i].process &&
		    judge->gone[i].seen_ns == judge->now->boottime_ns &&
		    judge->gone[i].points > most)
			most = judge->gone[i].points;
	if (most == INT64_MIN || is_beaten(judge->before, most) ||
	    oom_ranking_make(judge->before, &domain, NULL, &ranking) < 0 ||
	    !ranking.count)
		return;
	for (size_t i = 0; i < GONE_MAX; i++)
		if (judge->gone[i].process &&
		    judge->gone[i].seen_ns == judge->now->boottime_ns &&
		    process_key_equal(judge->gone[i].process->key,
				      ranking.list[0].process->key))
			judge->gone[i].was_first = true;
}

static void forget_old(struct events_judge *judge)
{
	for (size_t i = 0; i < GONE_MAX; i++) {
		struct gone *gone = &judge->gone[i];

		if (!gone->process)
			continue;
		gone->best =
			events_more(gone->best, judge->now->memory.available);
		if (gone->seen_ns + GONE_BEFORE_NS + GONE_AFTER_NS <
		    judge->now->boottime_ns)
			forget(gone);
	}
}

void gone_step(struct events_judge *judge)
{
	forget_old(judge);
	find_gone(judge);
	mark_first(judge);
}

void gone_done(struct events_judge *judge)
{
	for (size_t i = 0; i < GONE_MAX; i++)
		forget(&judge->gone[i]);
}

void gone_acquit(struct events_judge *judge, const struct event *event)
{
	for (size_t i = 0; i < GONE_MAX; i++) {
		const struct process *process = judge->gone[i].process;

		if (process && (uint64_t)process->key.pid == event->pid &&
		    process->key.start_ns == event->start_ns)
			judge->gone[i].blamed = false;
	}
}
