/* SPDX-License-Identifier: MIT
 *
 * OOM kills.  That one happened says the kernel's counter; whom it hit is seen
 * from who vanished: the process that was first in the kill order, or else the
 * largest one that went when the counter moved.  What came back is measured in
 * the seconds after.  Whose limit it was tell the counters of cgroups, and
 * where there are none, whether the machine had memory left.  Where the
 * kernel's log may be read it settles all that (kills_log.c).
 *
 * Where the kernel's log may be read it settles all that (kills_log.c).
 *
 * The counter is read before the processes, and a large victim takes a while
 * to go: who vanished a little earlier or later counts as well.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/cgroup.h"
#include "memtop/kill.h"
#include "memtop/oom.h"

#define GONE_BEFORE_NS (3 * NS_PER_S)
#define GONE_AFTER_NS  (5 * NS_PER_S)
/* Less can be anybody's exit: wait for somebody more likely. */
#define WAIT_NS	  (2 * NS_PER_S)
#define SETTLE_NS (3 * NS_PER_S)
#define NO_GONE	  GONE_MAX

/* ---- who vanished -------------------------------------------------------- */

static bool has_memory(const struct process *process)
{
	return !process->kernel && process->state != 'Z' &&
	       process->rss != UNKNOWN;
}

/* Its memory was taken while it is still listed. */
static bool has_lost_all(const struct process *before,
			 const struct process *now)
{
	return now->state == 'Z' ||
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

static uint64_t more(uint64_t a, uint64_t b)
{
	return a == UNKNOWN || (b != UNKNOWN && b > a) ? b : a;
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

/* Both lists are by pid. */
static void find_gone(struct events_judge *judge)
{
	const struct snapshot *before = judge->before, *now = judge->now;
	size_t k = 0;

	for (size_t i = 0; i < before->nprocesses; i++) {
		const struct process *p = before->processes[i];

		while (k < now->nprocesses &&
		       now->processes[k]->key.pid < p->key.pid)
			k++;
		if (!has_memory(p))
			continue;
		if (k < now->nprocesses &&
		    process_key_equal(now->processes[k]->key, p->key) &&
		    !has_lost_all(p, now->processes[k]))
			continue;
		add_gone(judge, p);
	}
}

/* Whoever had the most points of all is what the kernel takes. */
static void mark_leader(struct events_judge *judge)
{
	int64_t most = INT64_MIN;
	bool any = false;

	for (size_t i = 0; i < GONE_MAX; i++)
		any |= judge->gone[i].process &&
		       judge->gone[i].seen_ns == judge->now->boottime_ns;
	for (size_t i = 0; any && i < judge->before->nprocesses; i++) {
		const struct process *p = judge->before->processes[i];

		if (has_memory(p) && !oom_exempt(p) &&
		    points_of(judge->before, p) > most)
			most = points_of(judge->before, p);
	}
	for (size_t i = 0; i < GONE_MAX; i++)
		if (judge->gone[i].process &&
		    judge->gone[i].seen_ns == judge->now->boottime_ns &&
		    judge->gone[i].points >= most)
			judge->gone[i].leads = true;
}

static void forget_old(struct events_judge *judge)
{
	for (size_t i = 0; i < GONE_MAX; i++) {
		struct gone *gone = &judge->gone[i];

		if (!gone->process)
			continue;
		gone->best = more(gone->best, judge->now->memory.available);
		if (gone->seen_ns + GONE_BEFORE_NS + GONE_AFTER_NS <
		    judge->now->boottime_ns)
			forget(gone);
	}
}

/* ---- kills --------------------------------------------------------------- */

/* How many since the sample before, but for those that the log has told of
 * already. */
static uint64_t count_new(struct events_judge *judge)
{
	const struct counter *c = snapshot_counter(judge->now, "oom_kill");
	uint64_t before = judge->counter, value = c ? c->value : UNKNOWN;

	judge->counter = value;
	if (before == UNKNOWN || value == UNKNOWN || value < before)
		return 0;
	value -= before;
	if (judge->ahead_ns + GONE_AFTER_NS < judge->now->boottime_ns)
		judge->ahead = 0;
	before = min_u64(value, judge->ahead);
	judge->ahead -= before;
	return value - before;
}

void kill_say(struct events_judge *judge, struct kill *kill)
{
	struct event *event = events_change(judge, kill->open);
	const struct text *limit = kill->limit;
	char freed[FORMAT_SIZE], rss[FORMAT_SIZE], swap[FORMAT_SIZE];
	char count[48] = "", back[64] = "", where[192] = "";

	if (event->count > 1)
		snprintf(count, sizeof(count), "%llu kills, one of ",
			 (unsigned long long)event->count);
	if (event->freed != UNKNOWN)
		snprintf(back, sizeof(back), "; %s came back",
			 format_bytes(freed, event->freed, FORMAT_AUTO));
	if (limit)
		snprintf(where, sizeof(where), " at the limit of %s",
			 text_str(limit));
	if (event->pid == UNKNOWN)
		event_set_text(&event->what,
			       "%llu killed by the kernel%s, not seen who%s",
			       (unsigned long long)event->count, where, back);
	else
		event_set_text(&event->what,
			       "%skilled by the kernel%s (%s); had %s, %s on "
			       "swap%s",
			       count, where, event->sure,
			       format_bytes(rss, event->rss, FORMAT_AUTO),
			       format_bytes(swap, event->swap, FORMAT_AUTO),
			       back);
}

/* The machine had memory left, so it was a limit. */
static const char *scope_of(uint64_t available, const struct snapshot *s)
{
	if (available == UNKNOWN || s->memory.total == UNKNOWN)
		return "";
	return available > s->memory.total / 10 ? "cgroup" : "global";
}

static void forget_kill(struct kill *kill)
{
	list_unref(kill->cgroups);
	text_unref(kill->limit);
	kill->cgroups = NULL;
	kill->limit = NULL;
}

struct kill *kill_begin(struct events_judge *judge, uint64_t count)
{
	struct event *event;
	struct kill *kill = &judge->kills[0];
	size_t place = events_begin(judge, EVENT_OOMKILL, SEVERITY_CRIT);

	for (size_t i = 0; i < KILLS_MAX; i++) {
		if (judge->kills[i].open == OPEN_MAX) {
			kill = &judge->kills[i];
			break;
		}
		if (judge->kills[i].counted_ns < kill->counted_ns)
			kill = &judge->kills[i];
	}
	if (kill->open != OPEN_MAX)
		events_close(judge, kill->open);
	forget_kill(kill);
	*kill = (struct kill){
		.open = place,
		.counted_ns = judge->now->boottime_ns,
		.available = judge->before->memory.available,
		.best = judge->now->memory.available,
		.cgroups =
			list_ref(snapshot_list(judge->before, ENTITY_CGROUP)),
	};
	event = events_change(judge, place);
	event->count = count;
	snprintf(event->scope, sizeof(event->scope), "%s",
		 scope_of(kill->available, judge->before));
	kill_say(judge, kill);
	return kill;
}

/* The most likely of those that went at that time and are not taken. */
static size_t likeliest(const struct events_judge *judge,
			const struct kill *kill, size_t *ret_others)
{
	size_t best = NO_GONE;

	*ret_others = 0;
	for (size_t i = 0; i < GONE_MAX; i++) {
		const struct gone *gone = &judge->gone[i];

		if (!gone->process || gone->blamed ||
		    gone->seen_ns + GONE_BEFORE_NS < kill->counted_ns ||
		    gone->seen_ns > kill->counted_ns + GONE_AFTER_NS)
			continue;
		if (best != NO_GONE && judge->gone[best].points >= gone->points)
			continue;
		best = i;
	}
	for (size_t i = 0; best != NO_GONE && i < GONE_MAX; i++)
		*ret_others +=
			i != best && judge->gone[i].process &&
			!judge->gone[i].blamed &&
			judge->gone[i].points >= judge->gone[best].points / 2;
	return best;
}

/* Its line is written right after the counter has moved. */
static bool waits_for_log(const struct events_judge *judge,
			  const struct kill *kill)
{
	return kill->counted_ns == judge->now->boottime_ns &&
	       list_state(snapshot_list(judge->now, ENTITY_KILL)) == STATE_OK;
}

static bool blame(struct events_judge *judge, struct kill *kill)
{
	size_t others, best = likeliest(judge, kill, &others);
	bool may_wait = judge->now->boottime_ns < kill->counted_ns + WAIT_NS;
	struct gone *gone;
	struct event *event;

	if (best == NO_GONE || waits_for_log(judge, kill))
		return false;
	gone = &judge->gone[best];
	if (!gone->leads && may_wait &&
	    events_footprint(gone->process) < events_large(judge->now))
		return false;
	gone->blamed = true;
	kill->has_victim = true;
	kill->available = gone->available;
	event = &judge->open[kill->open].event;
	event_set_process(event, gone->process);
	snprintf(event->sure, sizeof(event->sure), "%s",
		 gone->leads || !others ? "probably" : "perhaps");
	return true;
}

/* A victim that is not where the counters moved may be the wrong one. */
static bool find_scope(struct events_judge *judge, struct kill *kill)
{
	struct event *event = &judge->open[kill->open].event;
	struct kill_scope scope;

	if (!kill_scope_find(kill->cgroups,
			     snapshot_list(judge->now, ENTITY_CGROUP),
			     event->cgroup, &scope))
		return false;
	kill->has_scope = true;
	snprintf(event->scope, sizeof(event->scope), "%s",
		 scope.group   ? "group"
		 : scope.limit ? "cgroup"
			       : "global");
	if (scope.limit) {
		kill->limit = text_ref(scope.limit->name);
	}
	if (!event->cgroup) {
		event->cgroup = text_ref(scope.victims->path);
	} else if (kill->has_victim &&
		   !text_equal(event->cgroup, scope.victims->path)) {
		strcpy(event->sure, "perhaps");
	}
	return true;
}

static void look_into(struct events_judge *judge, struct kill *kill)
{
	uint64_t now_ns = judge->now->boottime_ns;
	struct event *event = &judge->open[kill->open].event;
	bool is_news = !kill->has_victim && blame(judge, kill);

	if (!kill->has_scope &&
	    (kill->has_victim || now_ns >= kill->counted_ns + WAIT_NS))
		is_news |= find_scope(judge, kill);
	kill->best = more(kill->best, judge->now->memory.available);
	if (!kill->is_settled && now_ns >= kill->counted_ns + SETTLE_NS) {
		kill->is_settled = is_news = true;
		if (kill->best != UNKNOWN && kill->available != UNKNOWN)
			event->freed = sub_floor(kill->best, kill->available);
	}
	if (is_news)
		kill_say(judge, kill);
	if (now_ns >= kill->counted_ns + GONE_AFTER_NS) {
		events_close(judge, kill->open);
		forget_kill(kill);
	}
}

void kills_step(struct events_judge *judge)
{
	uint64_t count = count_new(judge);

	if (!judge->before)
		return;
	forget_old(judge);
	find_gone(judge);
	mark_leader(judge);
	/* the last one stands for those that there is no room for */
	for (size_t i = 0; i < KILLS_MAX && count > 0; i++) {
		uint64_t n = i + 1 < KILLS_MAX ? 1 : count;

		kill_begin(judge, n);
		count -= n;
	}
	kills_log_step(judge);
	for (size_t i = 0; i < KILLS_MAX; i++)
		if (judge->kills[i].open != OPEN_MAX)
			look_into(judge, &judge->kills[i]);
}

void kills_done(struct events_judge *judge)
{
	for (size_t i = 0; i < GONE_MAX; i++)
		forget(&judge->gone[i]);
	for (size_t i = 0; i < KILLS_MAX; i++)
		forget_kill(&judge->kills[i]);
}
