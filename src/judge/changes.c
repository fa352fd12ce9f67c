/* SPDX-License-Identifier: MIT
 *
 * What changed from one sample to the next: large processes that ended or
 * came, oom_score_adj, jumps of what is available, swap.  What comes within
 * seconds of the same kind goes into one event with a count.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/forecast.h"

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
		if (oom_is_killer(snapshot->processes[i]))
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
	event_set_text(&event->what, "ended, had %s; %s%s came back", had,
		       freed < bytes / 10 * 3 ? "but only " : "", back);
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

static void tell_adj(struct events_judge *judge, const struct process *before,
		     const struct process *p)
{
	struct event *event;
	bool joined;

	event = join(judge, &judge->last_adj, EVENT_ADJ, &joined);
	if (joined)
		count_who(event);
	else
		event_set_process(event, p);
	if (p->oom_score_adj <= -1000)
		event_set_severity(event, SEVERITY_WARN);
	event_set_text(
		&event->what, "oom_score_adj changed from %lld to %lld%s",
		(long long)before->oom_score_adj, (long long)p->oom_score_adj,
		p->oom_score_adj <= -1000 ? ": the kernel never kills it" : "");
}

/* Became large while it is young: it crossed the line in this sample. */
static bool came(const struct events_judge *judge, const struct process *before,
		 const struct process *p)
{
	uint64_t large = events_large(judge->now);
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

/* Both lists are by pid; who was not read anew is the identical record. */
static void find_changes(struct events_judge *judge)
{
	const struct snapshot *before = judge->before, *now = judge->now;
	size_t k = 0;

	for (size_t i = 0; i < now->nprocesses; i++) {
		const struct process *p = now->processes[i], *was = NULL;

		if (k < before->nprocesses && before->processes[k] == p) {
			k++;
			continue;
		}
		while (k < before->nprocesses &&
		       before->processes[k]->key.pid < p->key.pid)
			k++;
		if (k < before->nprocesses &&
		    process_key_equal(before->processes[k]->key, p->key))
			was = before->processes[k];
		if (p->kernel || p->state == 'Z')
			continue;
		if (came(judge, was, p))
			tell_start(judge, p);
		if (changed_adj(judge, was, p))
			tell_adj(judge, was, p);
	}
}

/* ---- the machine --------------------------------------------------------- */

static bool system_changed(const struct events_judge *judge)
{
	const struct memory *a = &judge->before->memory;
	const struct memory *b = &judge->now->memory;

	return a->total != b->total || a->hugetlb != b->hugetlb ||
	       a->swap_total != b->swap_total;
}

/* Who gained or lost most since the sample before. */
static const struct process *who_moved(const struct events_judge *judge,
				       bool up)
{
	const struct process *who = NULL;
	uint64_t most = 32 * MIB;

	for (size_t i = 0; i < judge->now->nprocesses; i++) {
		const struct process *p = judge->now->processes[i], *was;
		uint64_t a, b;

		if (p->kernel)
			continue;
		was = snapshot_find(judge->before, p->key);
		a = was ? events_footprint(was) : 0;
		b = events_footprint(p);
		if ((up ? sub_floor(b, a) : sub_floor(a, b)) < most)
			continue;
		most = up ? sub_floor(b, a) : sub_floor(a, b);
		who = p;
	}
	return who;
}

static void tell_step(struct events_judge *judge, uint64_t from, uint64_t to,
		      uint64_t over_ns)
{
	size_t place = events_begin(judge, EVENT_STEP, SEVERITY_NOTE);
	struct event *event = events_change(judge, place);
	const struct process *who = who_moved(judge, to < from);
	char size[FORMAT_SIZE], time[FORMAT_SIZE], left[FORMAT_SIZE];

	if (who)
		event_set_process(event, who);
	event_set_text(&event->what,
		       "memory in use %s by %s in %s; available %s",
		       to < from ? "rose" : "fell",
		       format_bytes(size, to < from ? from - to : to - from,
				    FORMAT_AUTO),
		       format_duration(time, over_ns),
		       format_bytes(left, to, FORMAT_AUTO));
	events_close(judge, place);
	judge->step_told_ns = judge->now->boottime_ns;
}

/* Against the five seconds before: a twentieth of RAM. */
static void find_step(struct events_judge *judge)
{
	uint64_t now_ns = judge->now->boottime_ns;
	uint64_t available = judge->now->memory.available;
	uint64_t total = judge->now->memory.total;
	const size_t count = ARRAY_SIZE(judge->available_5s);

	if (available == UNKNOWN || total == UNKNOWN)
		return;
	for (size_t i = 0; i < count; i++) {
		uint64_t at = judge->available_at_ns[i];
		uint64_t was = judge->available_5s[i];
		uint64_t change =
			was > available ? was - available : available - was;

		if (!at || at + MERGE_NS < now_ns || change < total / 20 ||
		    judge->step_told_ns + MERGE_NS > now_ns)
			continue;
		tell_step(judge, was, available, now_ns - at);
		break;
	}
	judge->available_5s[judge->available_next] = available;
	judge->available_at_ns[judge->available_next] = now_ns;
	judge->available_next = (judge->available_next + 1) % count;
}

static void forget_levels(struct events_judge *judge)
{
	memset(judge->available_at_ns, 0, sizeof(judge->available_at_ns));
}

static void tell_swap(struct events_judge *judge, const char *what,
		      uint64_t bytes)
{
	size_t place = events_begin(judge, EVENT_SWAP, SEVERITY_NOTE);
	struct event *event = events_change(judge, place);
	char size[FORMAT_SIZE];

	event_set_text(&event->who, "swap");
	event_set_text(&event->what, "%s (%s)", what,
		       format_bytes(size, bytes, FORMAT_AUTO));
	events_close(judge, place);
}

static void find_swap(struct events_judge *judge)
{
	const struct memory *a = &judge->before->memory;
	const struct memory *b = &judge->now->memory;

	if (a->swap_total == UNKNOWN || b->swap_total == UNKNOWN ||
	    b->swap_free == UNKNOWN)
		return;
	if (b->swap_total > a->swap_total)
		tell_swap(judge, "was added", b->swap_total - a->swap_total);
	if (b->swap_total < a->swap_total)
		tell_swap(judge, "was taken away",
			  a->swap_total - b->swap_total);
	if (!b->swap_total)
		judge->swap_was_full = false;
	else if (b->swap_free <= b->swap_total / 50 && !judge->swap_was_full)
		tell_swap(judge, "is full", b->swap_total);
	if (b->swap_total && b->swap_free <= b->swap_total / 50)
		judge->swap_was_full = true;
	else if (b->swap_free > b->swap_total / 10)
		judge->swap_was_full = false;
}

static void find_pools(struct events_judge *judge)
{
	const struct memory *a = &judge->before->memory;
	const struct memory *b = &judge->now->memory;
	char from[FORMAT_SIZE], to[FORMAT_SIZE];
	struct event *event;
	size_t place;

	if (a->hugetlb == UNKNOWN || b->hugetlb == UNKNOWN ||
	    a->hugetlb == b->hugetlb)
		return;
	place = events_begin(judge, EVENT_HUGE, SEVERITY_NOTE);
	event = events_change(judge, place);
	event_set_text(&event->what, "huge page pools went from %s to %s",
		       format_bytes(from, a->hugetlb, FORMAT_AUTO),
		       format_bytes(to, b->hugetlb, FORMAT_AUTO));
	events_close(judge, place);
}

void changes_step(struct events_judge *judge, bool is_gap)
{
	if (!judge->before)
		return;
	find_ends(judge);
	find_changes(judge);
	find_swap(judge);
	find_pools(judge);
	if (is_gap || system_changed(judge))
		forget_levels(judge);
	find_step(judge);
}
