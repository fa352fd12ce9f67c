/* SPDX-License-Identifier: MIT
 *
 * OOM kills.  That one happened says the kernel's counter; whom it hit is seen
 * from who vanished: the process that was first in the kill order, or else the
 * largest one that went when the counter moved.  What came back is measured in
 * the seconds after.  Whose limit it was tell the counters of cgroups, and
 * where there are none, whether the machine had memory left.  Where the
 * kernel's log may be read it settles all that (kills_log.c).
 *
 * The counter is read before the processes, and a large victim takes a while
 * to go: who vanished a little earlier or later counts as well.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/kill.h"

/* Less can be anybody's exit: wait for somebody more likely. */
#define WAIT_NS	  (2 * NS_PER_S)
#define SETTLE_NS (3 * NS_PER_S)

/* ---- kills --------------------------------------------------------------- */

/* How many since the sample before, but for those that the log has told of
 * already. */
static uint64_t count_new(struct events_judge *judge)
{
	uint64_t before = judge->counted_before[COUNT_OOM_KILL];
	uint64_t value = judge->counted[COUNT_OOM_KILL];

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
	char count[48] = "", back[64] = "", where[192] = "", grew[64] = "";
	char rate[FORMAT_SIZE];

	if (event->count > 1)
		snprintf(count, sizeof(count), "one of %llu ",
			 (unsigned long long)event->count);
	if (event->freed != UNKNOWN)
		snprintf(back, sizeof(back), "; %s came back",
			 format_bytes(freed, event->freed, FORMAT_AUTO));
	if (fabs(event->growth_rate) * 60 >= (double)MIB)
		snprintf(grew, sizeof(grew), ", %s/min",
			 format_bytes_signed(rate, event->growth_rate * 60,
					     FORMAT_AUTO));
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
			       "swap%s%s",
			       count, where, event->sure,
			       format_bytes(rss, event->rss, FORMAT_AUTO),
			       format_bytes(swap, event->swap, FORMAT_AUTO),
			       grew, back);
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
	snapshot_unref(kill->before);
	text_unref(kill->limit);
	text_unref(kill->limit_path);
	kill->before = NULL;
	kill->limit = kill->limit_path = NULL;
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
		.before = snapshot_ref(judge->before),
	};
	event = events_change(judge, place);
	event->count = count;
	snprintf(event->scope, sizeof(event->scope), "%s",
		 scope_of(kill->available, judge->before));
	kill_say(judge, kill);
	return kill;
}

/* It went at that time, where memory ran out, and is nobody else's victim. */
static bool is_suspect(const struct kill *kill, const struct gone *gone)
{
	return gone->process && !gone->blamed &&
	       gone->seen_ns + GONE_BEFORE_NS >= kill->counted_ns &&
	       gone->seen_ns <= kill->counted_ns + GONE_AFTER_NS &&
	       (!kill->limit_path ||
		oom_in_cgroup(gone->process, text_str(kill->limit_path)));
}

/* Where it ran out, as far as is known. */
static struct oom_domain domain_of(const struct kill *kill)
{
	struct oom_limit limits[OOM_LIMITS_MAX];
	size_t count = kill->limit_path ? oom_limits(kill->before, limits) : 0;

	for (size_t i = 0; i < count; i++)
		if (limits[i].domain.total &&
		    text_equal(limits[i].cgroup->path, kill->limit_path))
			return limits[i].domain;
	return oom_machine(kill->before);
}

/* The first of the kill order who is not there any more.  It may have gone a
 * sample before it was counted. */
static struct gone *find_first(struct events_judge *judge,
			       const struct kill *kill, bool *ret_leads)
{
	struct oom_domain domain = domain_of(kill);
	struct oom_ranking ranking;

	for (size_t i = 0; i < GONE_MAX; i++) {
		struct gone *gone = &judge->gone[i];

		if (!gone->was_first || kill->limit_path ||
		    gone->seen_ns > kill->counted_ns || !is_suspect(kill, gone))
			continue;
		*ret_leads = true;
		return gone;
	}
	if (oom_ranking_make(kill->before, &domain, NULL, &ranking) < 0)
		return NULL;
	for (size_t i = 0; i < ranking.count; i++)
		for (size_t k = 0; k < GONE_MAX; k++) {
			struct gone *gone = &judge->gone[k];

			if (!is_suspect(kill, gone) ||
			    !process_key_equal(gone->process->key,
					       ranking.list[i].process->key))
				continue;
			*ret_leads = i == 0;
			return gone;
		}
	return NULL;
}

/* The one with most points of those that went, whenever that was. */
static struct gone *find_largest(struct events_judge *judge,
				 const struct kill *kill, bool *ret_others)
{
	struct gone *best = NULL;

	for (size_t i = 0; i < GONE_MAX; i++) {
		struct gone *gone = &judge->gone[i];

		if (is_suspect(kill, gone) &&
		    (!best || gone->points > best->points))
			best = gone;
	}
	for (size_t i = 0; best && i < GONE_MAX; i++)
		*ret_others |= &judge->gone[i] != best &&
			       is_suspect(kill, &judge->gone[i]) &&
			       judge->gone[i].points >= best->points / 2;
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
	bool may_wait = judge->now->boottime_ns < kill->counted_ns + WAIT_NS;
	bool leads = false, others = false;
	struct gone *gone = find_first(judge, kill, &leads);
	struct event *event;

	if (!gone || !leads)
		gone = find_largest(judge, kill, &others);
	if (!gone || waits_for_log(judge, kill))
		return false;
	if (!leads && may_wait &&
	    events_footprint(gone->process) < events_large(judge->now))
		return false;
	gone->blamed = true;
	kill->has_victim = true;
	kill->available = gone->available;
	event = &judge->open[kill->open].event;
	event_set_process(event, gone->process);
	snprintf(event->sure, sizeof(event->sure), "%s",
		 leads || !others ? "probably" : "perhaps");
	return true;
}

void kill_forget_victim(struct event *event)
{
	event->pid = event->start_ns = event->uid = UNKNOWN;
	event->rss = event->swap = UNKNOWN;
	event->adj = event->growth_rate = NAN;
	event->comm[0] = event->sure[0] = '\0';
	event_set_text(&event->who, "(system)");
	text_unref(event->cgroup);
	event->cgroup = NULL;
}

/* Who is not where the limit was hit has been taken for the victim. */
static void reconsider(struct events_judge *judge, struct kill *kill)
{
	struct event *event = &judge->open[kill->open].event;
	size_t len = text_len(kill->limit_path);
	const char *path = text_str(event->cgroup);

	if (!kill->has_victim || !event->cgroup ||
	    (strncmp(path, text_str(kill->limit_path), len) == 0 &&
	     (path[len] == '/' || path[len] == '\0')))
		return;
	gone_acquit(judge, event);
	kill->has_victim = false;
	kill_forget_victim(event);
}

/* A victim that is not where the counters moved may be the wrong one. */
static bool find_scope(struct events_judge *judge, struct kill *kill)
{
	struct event *event = &judge->open[kill->open].event;
	struct kill_scope scope;

	if (!kill_scope_find(snapshot_list(kill->before, ENTITY_CGROUP),
			     snapshot_list(judge->now, ENTITY_CGROUP),
			     event->cgroup, &scope))
		return false;
	/* one counter may have been read before it moved */
	if (!scope.limit &&
	    judge->now->boottime_ns < kill->counted_ns + WAIT_NS)
		return false;
	kill->has_scope = true;
	snprintf(event->scope, sizeof(event->scope), "%s",
		 scope.group   ? "group"
		 : scope.limit ? "cgroup"
			       : "global");
	if (scope.limit) {
		kill->limit = text_ref(scope.limit->name);
		kill->limit_path = text_ref(scope.limit->path);
		reconsider(judge, kill);
	}
	if (!event->cgroup)
		event->cgroup = text_ref(scope.victims->path);
	else if (kill->has_victim &&
		 !text_equal(event->cgroup, scope.victims->path))
		strcpy(event->sure, "perhaps");
	return true;
}

static void look_into(struct events_judge *judge, struct kill *kill)
{
	uint64_t now_ns = judge->now->boottime_ns;
	struct event *event = &judge->open[kill->open].event;
	bool is_news = !kill->has_scope && find_scope(judge, kill);

	is_news |= !kill->has_victim && blame(judge, kill);
	kill->best = events_more(kill->best, judge->now->memory.available);
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
	gone_step(judge);
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
	gone_done(judge);
	for (size_t i = 0; i < KILLS_MAX; i++)
		forget_kill(&judge->kills[i]);
}
