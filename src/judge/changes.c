/* SPDX-License-Identifier: MIT
 *
 * What became of processes from one sample to the next: large ones that ended
 * or came, oom_score_adj.  What comes within seconds of the same kind goes into
 * one event with a count.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/forecast.h"
#include "memtop/killer.h"
#include "pairs.h"

#define MERGE_NS (5 * NS_PER_S)
/* An exit is told when what came back is known, and when it can't be a kill
 * any more whose counter is read late. */
#define EXIT_AFTER_NS (3 * NS_PER_S)
/* Who starts sets its own bias, and that of its children, first. */
#define SETTLED_NS (5 * NS_PER_S)
/* Younger than this and large: it came. */
#define START_NS (10 * NS_PER_S)

/* ---- one event for several ----------------------------------------------- */

/* The event of that kind that has just been told, or a new one. */
static struct event *join(struct events_judge *judge, size_t *last,
			  enum event_kind kind, bool *ret_joined)
{
	uint64_t now_ns = judge->now->boottime_ns;
	struct event *event;

	if (*last != OPEN_MAX &&
	    judge->open[*last].changed_ns + MERGE_NS < now_ns)
		events_close(judge, *last);
	*ret_joined = *last != OPEN_MAX;
	if (!*ret_joined)
		*last = events_begin(judge, kind, SEVERITY_NOTE);
	event = events_change(judge, *last);
	if (*ret_joined)
		event->count++;
	return event;
}

/* "python3[52011]" and three more make "python3[52011] +3". */
static void count_who(struct event *event)
{
	event_set_text(&event->who, "%s[%llu] +%llu", event->comm,
		       (unsigned long long)event->pid,
		       (unsigned long long)event->count - 1);
}

/* ---- ends ---------------------------------------------------------------- */

/* NULL: none runs. */
static const struct process *find_killer(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->nprocesses; i++)
		if (killer_is(snapshot->processes[i]))
			return snapshot->processes[i];
	return NULL;
}

/* Programs that kill on their own do so when memory is short; the kernel's
 * counter stays as it was. */
static const struct process *suspect(const struct events_judge *judge,
				     const struct gone *gone)
{
	const struct snapshot *s = judge->now;
	bool is_short = gone->available != UNKNOWN &&
			s->memory.total != UNKNOWN &&
			gone->available < s->memory.total / 8;
	bool stalls = s->pressure.memory_block.state == STATE_OK &&
		      s->pressure.memory_full.avg10 > 20;

	return is_short || stalls ? find_killer(s) : NULL;
}

static void say_end(struct event *event, const struct gone *gone,
		    uint64_t bytes)
{
	char had[FORMAT_SIZE], back[FORMAT_SIZE];
	uint64_t freed = sub_floor(gone->best, gone->available);

	format_bytes(had, bytes, FORMAT_AUTO);
	if (gone->best == UNKNOWN || gone->available == UNKNOWN) {
		event_set_text(&event->what, "ended, had %s", had);
		return;
	}
	event->freed = freed;
	format_bytes(back, freed, FORMAT_AUTO);
	if (freed < bytes / 10 * 3)
		event_set_text(&event->what,
			       "ended, had %s; but only %s came back: it was "
			       "shared or cached",
			       had, back);
	else
		event_set_text(&event->what, "ended, had %s; %s came back", had,
			       back);
}

static void tell_kill(struct events_judge *judge, const struct gone *gone,
		      const struct process *killer)
{
	size_t place = events_begin(judge, EVENT_OOMKILL, SEVERITY_WARN);
	struct event *event = events_change(judge, place);
	char had[FORMAT_SIZE];

	event->begin_ns = event->end_ns = gone->realtime_ns;
	event_set_process(event, gone->process);
	strcpy(event->scope, "user");
	strcpy(event->sure, "perhaps");
	if (gone->best != UNKNOWN && gone->available != UNKNOWN)
		event->freed = sub_floor(gone->best, gone->available);
	format_bytes(had, events_footprint(gone->process), FORMAT_AUTO);
	event_set_text(&event->what,
		       "ended while memory was short, had %s; not by the "
		       "kernel, %s may have killed it",
		       had, killer->comm);
	events_close(judge, place);
}

static void tell_end(struct events_judge *judge, struct gone *gone)
{
	uint64_t bytes = events_footprint(gone->process);
	const struct process *killer;
	struct event *event;
	bool joined;

	gone->told = true;
	if (bytes < events_large(judge->now))
		return;
	killer = suspect(judge, gone);
	if (killer) {
		tell_kill(judge, gone, killer);
		return;
	}
	event = join(judge, &judge->last_exit, EVENT_EXIT, &joined);
	judge->exit_bytes = bytes + (joined ? judge->exit_bytes : 0);
	if (joined) {
		count_who(event);
	} else {
		event->begin_ns = event->end_ns = gone->realtime_ns;
		event_set_process(event, gone->process);
	}
	say_end(event, gone, judge->exit_bytes);
}

static void find_ends(struct events_judge *judge)
{
	for (size_t i = 0; i < GONE_MAX; i++) {
		struct gone *gone = &judge->gone[i];
		const struct process *still;

		if (!gone->process || gone->blamed || gone->told ||
		    gone->seen_ns + EXIT_AFTER_NS > judge->now->boottime_ns)
			continue;
		still = snapshot_find(judge->now, gone->process->key);
		if (!still || still->state == 'Z')
			tell_end(judge, gone);
	}
}

/* ---- beginnings and bias ------------------------------------------------- */

static uint64_t age_of(const struct snapshot *snapshot,
		       const struct process *process)
{
	return process->key.start_ns == UNKNOWN
		       ? UNKNOWN
		       : sub_floor(snapshot->boottime_ns,
				   process->key.start_ns);
}

static void tell_start(struct events_judge *judge, const struct process *p)
{
	uint64_t bytes = events_footprint(p);
	char size[FORMAT_SIZE], age[FORMAT_SIZE];
	struct event *event;
	bool joined;

	event = join(judge, &judge->last_start, EVENT_START, &joined);
	judge->start_bytes = bytes + (joined ? judge->start_bytes : 0);
	if (joined)
		count_who(event);
	else
		event_set_process(event, p);
	format_bytes(size, judge->start_bytes, FORMAT_AUTO);
	event_set_text(&event->what, "took %s within %s of its start", size,
		       format_duration(age, age_of(judge->now, p)));
}

/* ", now 3 of 308 in the kill order"; "" where that is not known. */
static void write_rank(const struct events_judge *judge,
		       const struct process *p, char *buf, size_t size)
{
	struct oom_domain domain = oom_machine(judge->now);
	struct oom_place place = { .adj = p->oom_score_adj };

	*buf = '\0';
	if (p->oom_score_adj <= -1000)
		snprintf(buf, size, ": the kernel never kills it");
	else if (oom_places(judge->now, &domain, p, &place, 1) == 0 &&
		 place.rank)
		snprintf(buf, size, ", now %zu of %zu in the kill order",
			 place.rank, place.of);
}

static void tell_adj(struct events_judge *judge, const struct process *before,
		     const struct process *p)
{
	struct event *event;
	char rank[64] = "";
	bool joined;

	event = join(judge, &judge->last_adj, EVENT_ADJ, &joined);
	if (joined)
		count_who(event);
	else
		event_set_process(event, p);
	if (p->oom_score_adj <= -1000)
		event_set_severity(event, SEVERITY_WARN);
	/* of several at once it would be that of one, for a pass each */
	if (!joined)
		write_rank(judge, p, rank, sizeof(rank));
	event_set_text(&event->what,
		       "oom_score_adj changed from %lld to %lld%s",
		       (long long)before->oom_score_adj,
		       (long long)p->oom_score_adj, rank);
}

/* Became large while it is young: it crossed the line in this sample. */
static bool came(const struct events_judge *judge, const struct process *before,
		 const struct process *p, uint64_t large)
{
	uint64_t age = age_of(judge->now, p);

	return age != UNKNOWN && age < START_NS &&
	       judge->now->boottime_ns > judge->ready_ns + NS_PER_S &&
	       p->key.start_ns + NS_PER_S > judge->ready_ns &&
	       events_footprint(p) >= large &&
	       (!before || events_footprint(before) < large);
}

static bool changed_adj(const struct events_judge *judge,
			const struct process *before, const struct process *p)
{
	uint64_t age = age_of(judge->now, p);

	return before && age != UNKNOWN && age > SETTLED_NS &&
	       before->oom.state == STATE_OK && p->oom.state == STATE_OK &&
	       before->oom_score_adj != p->oom_score_adj;
}

static void find_changes(struct events_judge *judge)
{
	struct pairs pairs = { .before = judge->before, .now = judge->now };
	uint64_t large = events_large(judge->now);
	const struct process *was, *p;

	while (pairs_next(&pairs, &was, &p)) {
		if (!p || p->kernel || p->state == 'Z')
			continue;
		if (came(judge, was, p, large))
			tell_start(judge, p);
		if (changed_adj(judge, was, p))
			tell_adj(judge, was, p);
	}
}

void changes_step(struct events_judge *judge)
{
	if (!judge->before)
		return;
	find_ends(judge);
	find_changes(judge);
}
