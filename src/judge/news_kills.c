/* SPDX-License-Identifier: MIT
 *
 * Kills for memory as the verdict tells them.  That there was one says the
 * counter of the kernel at once.  Who it was, where memory ran out, and that
 * it was a program in user space is found by the judge of events, which runs
 * after this one: its rows of the sample before are read here.
 */
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "memtop/cgroup.h"
#include "memtop/event.h"
#include "memtop/killer.h"
#include "memtop/list.h"

#define KILL_HEADLINE_NS (300 * NS_PER_S)
/* An event is about the kill that was counted so near to it. */
#define SAME_NS (10 * NS_PER_S)
/* Several at once are one death of a cgroup. */
#define AT_ONCE_NS (3 * NS_PER_S)
#define AGAIN_NS   (600 * NS_PER_S)

static void count(struct verdict_judge *judge, const struct snapshot *snapshot)
{
	const struct counter *counter = snapshot_counter(snapshot, "oom_kill");
	struct kill_news *k = &judge->news.kills;
	uint64_t ago = passed(judge, k->killed.at), more;

	if (!counter || counter->value == UNKNOWN)
		return;
	/* those of before are no news */
	if (!k->counted || counter->value < k->kills)
		k->kills_before = counter->value;
	if (k->counted && counter->value > k->kills) {
		more = counter->value - k->kills;
		if (!k->new_kills || ago >= KILL_HEADLINE_NS)
			k->kills_before = k->kills;
		k->at_once = more + (ago < AT_ONCE_NS ? k->at_once : 0);
		k->killed = (struct change){ .at = judge->now };
		*k->sure = *k->scope = *k->limit = '\0';
		k->max = NAN;
		judge->news.leaving.is_there = false;
	}
	k->counted = true;
	k->kills = counter->value;
	k->new_kills = k->kills - k->kills_before;
}

static void name_victim(struct change *change, const struct event *event)
{
	change->is_there = true;
	memcpy(change->name, event->comm, sizeof(change->name));
	change->name[sizeof(change->name) - 1] = '\0';
	change->pid = (pid_t)event->pid;
	change->bytes = event->rss == UNKNOWN ? NAN : (double)event->rss;
}

/* As it is now or was a moment ago: a container is gone with its processes. */
static const struct cgroup *find_group(const struct verdict_judge *judge,
				       const struct text *path)
{
	const struct list *lists[] = {
		snapshot_list(judge->snapshot, ENTITY_CGROUP),
		judge->groups_next,
		judge->groups_before,
	};
	const struct cgroup *row;

	for (size_t i = 0; path && i < ARRAY_SIZE(lists); i++) {
		row = lists[i] ? list_find(lists[i], text_str(path)) : NULL;
		if (row)
			return row;
	}
	return NULL;
}

static void name_limit(const struct verdict_judge *judge, struct kill_news *k,
		       const struct text *path)
{
	const struct cgroup *row = find_group(judge, path), *above;
	const struct text *name = path;

	if (row && row->room.state == STATE_OK && row->limit_path) {
		above = find_group(judge, row->limit_path);
		row = above ? above : row;
	}
	if (row) {
		name = cgroup_title(row);
		if (row->limit.state == STATE_OK && row->max < NO_LIMIT)
			k->max = (double)row->max;
	}
	strncpy(k->limit, text_str(name), sizeof(k->limit) - 1);
}

static void keep_place(struct verdict_judge *judge, const struct text *path)
{
	struct kill_news *k = &judge->news.kills;
	struct kill_place place = { groups_hash(path),
				    k->killed.at.boottime_ns };
	unsigned kept = k->nplaces < KILLS_KEPT ? k->nplaces : KILLS_KEPT;

	for (unsigned i = 0; i < kept; i++)
		if (k->places[i].group == place.group &&
		    place.ns < k->places[i].ns + AT_ONCE_NS)
			return;
	k->places[k->nplaces++ % KILLS_KEPT] = place;
}

static bool is_limit(const struct event *event)
{
	return strcmp(event->scope, "cgroup") == 0 ||
	       strcmp(event->scope, "group") == 0;
}

static void take_kernels(struct verdict_judge *judge, const struct event *event)
{
	struct kill_news *k = &judge->news.kills;
	uint64_t apart = event->begin_ns > k->killed.at.realtime_ns
				 ? event->begin_ns - k->killed.at.realtime_ns
				 : k->killed.at.realtime_ns - event->begin_ns;

	if (!k->new_kills || apart > SAME_NS)
		return; /* of before */
	if (event->pid != UNKNOWN)
		name_victim(&k->killed, event);
	memcpy(k->sure, event->sure, sizeof(k->sure));
	memcpy(k->scope, event->scope, sizeof(k->scope));
	if (!is_limit(event) || !event->cgroup)
		return;
	name_limit(judge, k, event->cgroup);
	keep_place(judge, event->cgroup);
}

static void take_users(struct verdict_judge *judge, const struct event *event)
{
	const struct snapshot *last = judge->news.last;
	struct kill_news *k = &judge->news.kills;

	k->by_user = (struct change){ .at = judge->now };
	k->by_oomd = strcmp(event->sure, "certain") == 0 ? event->count : 0;
	if (k->by_oomd) {
		k->by_user.is_there = true;
		snprintf(k->by_oomd_group, sizeof(k->by_oomd_group), "%s",
			 text_str(event->who));
		return;
	}
	name_victim(&k->by_user, event);
	for (size_t i = 0; i < last->nprocesses; i++) {
		if (!killer_is(last->processes[i]))
			continue;
		memcpy(k->killer, last->processes[i]->comm, sizeof(k->killer));
		k->killer[sizeof(k->killer) - 1] = '\0';
		return;
	}
}

void news_kills_step(struct verdict_judge *judge,
		     const struct snapshot *snapshot)
{
	const struct list *events =
		judge->news.last ? snapshot_list(judge->news.last, ENTITY_EVENT)
				 : NULL;

	for (size_t i = 0; i < list_count(events); i++) {
		const struct event *event = list_row(events, i);

		if (strcmp(event->kind, event_kind_name(EVENT_OOMKILL)) != 0)
			continue;
		if (strcmp(event->scope, "user") == 0)
			take_users(judge, event);
		else
			take_kernels(judge, event);
	}
	count(judge, snapshot);
}

unsigned news_kills_again(const struct verdict_judge *judge,
			  uint64_t *ret_first_ns)
{
	const struct kill_news *k = &judge->news.kills;
	unsigned kept = k->nplaces < KILLS_KEPT ? k->nplaces : KILLS_KEPT;
	uint64_t last, first = UINT64_MAX;
	unsigned times = 0;

	if (!kept)
		return 0;
	last = k->places[(k->nplaces - 1) % KILLS_KEPT].group;
	for (unsigned i = 0; i < kept; i++) {
		const struct kill_place *place = &k->places[i];

		if (place->group != last ||
		    judge->now.boottime_ns >= place->ns + AGAIN_NS)
			continue;
		times++;
		first = min_u64(first, place->ns);
	}
	if (times)
		*ret_first_ns = first;
	return times;
}

const struct cgroup *news_kills_place(const struct verdict_judge *judge)
{
	const struct kill_news *k = &judge->news.kills;
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_CGROUP);

	for (size_t i = 0; *k->limit && k->nplaces && i < list_count(list);
	     i++) {
		const struct cgroup *row = list_row(list, i);

		if (groups_hash(row->path) ==
		    k->places[(k->nplaces - 1) % KILLS_KEPT].group)
			return row;
	}
	return NULL;
}
