/* SPDX-License-Identifier: MIT
 *
 * Events as a fold: keeps those that may still change, calls the finders with
 * the sample before and this one, and writes what is new into the snapshot.
 * Knows no particular kind of event.
 */
#include "events.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- texts --------------------------------------------------------------- */

void event_set_text(const struct text **text, const char *format, ...)
{
	char buf[512];
	va_list arguments;
	struct text *made;

	va_start(arguments, format);
	vsnprintf(buf, sizeof(buf), format, arguments);
	va_end(arguments);
	made = text_new(buf, strlen(buf));
	if (!made)
		return; /* what stood there is better than nothing */
	text_unref(*text);
	*text = made;
}

void event_set_severity(struct event *event, enum severity severity)
{
	snprintf(event->severity, sizeof(event->severity), "%s",
		 event_severity_name(severity));
}

void event_set_process(struct event *event, const struct process *process)
{
	event->pid = (uint64_t)process->key.pid;
	event->start_ns = process->key.start_ns;
	memcpy(event->comm, process->comm, sizeof(event->comm));
	event->uid = process->uid;
	event->rss = process->rss;
	event->swap = process->swap;
	event->growth_rate = process->growth_rate;
	event->adj = process->oom.state == STATE_OK
			     ? (double)process->oom_score_adj
			     : NAN;
	text_unref(event->cgroup);
	event->cgroup = text_ref(process->cgroup);
	event_set_text(&event->who, "%s[%d]", process->comm,
		       (int)process->key.pid);
}

uint64_t events_footprint(const struct process *process)
{
	uint64_t swap = process->swap == UNKNOWN ? 0 : process->swap;

	if (process->anon != UNKNOWN && process->shmem != UNKNOWN)
		return process->anon + swap;
	return process->rss == UNKNOWN ? 0 : process->rss + swap;
}

uint64_t events_large(const struct snapshot *snapshot)
{
	uint64_t total = snapshot->memory.total;

	return max_u64(256 * MIB, total == UNKNOWN ? 0 : total / 50);
}

/* ---- those that may still change ----------------------------------------- */

static void release(struct open_event *open)
{
	text_unref(open->event.who);
	text_unref(open->event.what);
	text_unref(open->event.peak);
	text_unref(open->event.cgroup);
	*open = (struct open_event){ .is_open = false };
}

static void tell(struct events_judge *judge, struct open_event *open)
{
	struct event *row =
		judge->list ? event_add(&judge->list, &open->event) : NULL;

	if (!row)
		return;
	row->block = judge->list->block;
	open->told = true;
}

/* A free place, or that of the one that changed longest ago. */
static size_t find_place(struct events_judge *judge)
{
	size_t oldest = 0;

	for (size_t i = 0; i < OPEN_MAX; i++) {
		if (!judge->open[i].event.id)
			return i;
		if (judge->open[i].changed_ns < judge->open[oldest].changed_ns)
			oldest = i;
	}
	if (!judge->open[oldest].told)
		tell(judge, &judge->open[oldest]);
	events_close(judge, oldest);
	release(&judge->open[oldest]);
	return oldest;
}

size_t events_begin(struct events_judge *judge, enum event_kind kind,
		    enum severity severity)
{
	const struct snapshot *now = judge->now;
	size_t place = find_place(judge);
	struct open_event *open = &judge->open[place];
	struct event *event = &open->event;

	judge->last_id =
		max_u64(judge->last_id + 1, now->realtime_ns / NS_PER_US);
	*open = (struct open_event){
		.is_open = true,
		.changed_ns = now->boottime_ns,
		.event = { .id = judge->last_id,
			   .begin_ns = now->realtime_ns,
			   .end_ns = now->realtime_ns,
			   .count = 1,
			   .pid = UNKNOWN,
			   .start_ns = UNKNOWN,
			   .uid = UNKNOWN,
			   .rss = UNKNOWN,
			   .swap = UNKNOWN,
			   .adj = NAN,
			   .growth_rate = NAN,
			   .freed = UNKNOWN,
			   .log_us = UNKNOWN },
	};
	snprintf(event->kind, sizeof(event->kind), "%s", event_kind_name(kind));
	event_set_severity(event, severity);
	event_set_text(&event->who, "(system)");
	return place;
}

struct event *events_change(struct events_judge *judge, size_t place)
{
	struct open_event *open = &judge->open[place];

	open->told = false;
	open->changed_ns = judge->now->boottime_ns;
	return &open->event;
}

/* Whoever still points to the place forgets it. */
void events_close(struct events_judge *judge, size_t place)
{
	for (size_t i = 0; i < KILLS_MAX; i++)
		if (judge->kills[i].open == place)
			judge->kills[i].open = OPEN_MAX;
	for (size_t i = 0; i < MOODS_MAX; i++)
		if (judge->moods[i].open == place)
			judge->moods[i].open = OPEN_MAX;
	if (judge->last_exit == place)
		judge->last_exit = OPEN_MAX;
	if (judge->last_start == place)
		judge->last_start = OPEN_MAX;
	if (judge->last_adj == place)
		judge->last_adj = OPEN_MAX;
	if (judge->last_failure == place)
		judge->last_failure = OPEN_MAX;
	/* told once more if it has to be, then released */
	judge->open[place].is_open = false;
}

static void flush(struct events_judge *judge)
{
	for (size_t i = 0; i < OPEN_MAX; i++) {
		struct open_event *open = &judge->open[i];

		if (open->event.id && !open->told)
			tell(judge, open);
		if (open->event.id && !open->is_open)
			release(open);
	}
}

/* ---- counters ------------------------------------------------------------ */

/* Names are the same from sample to sample: they are looked up once. */
static void find_counters(struct events_judge *judge,
			  const struct counter_names *names)
{
	static const char *const wanted[COUNT_COUNT] = {
		[COUNT_OOM_KILL] = "oom_kill",
		[COUNT_DROP_PAGECACHE] = "drop_pagecache",
		[COUNT_DROP_SLAB] = "drop_slab",
	};

	counter_names_unref(judge->names);
	judge->names = counter_names_ref(names);
	for (size_t k = 0; k < COUNT_COUNT; k++) {
		judge->places[k] = SIZE_MAX;
		for (size_t i = 0; i < names->count; i++)
			if (strcmp(names->names[i], wanted[k]) == 0)
				judge->places[k] = i;
	}
}

static void count(struct events_judge *judge)
{
	const struct snapshot *now = judge->now;

	if (now->vmstat_names && now->vmstat_names != judge->names)
		find_counters(judge, now->vmstat_names);
	for (size_t k = 0; k < COUNT_COUNT; k++) {
		judge->counted_before[k] = judge->counted[k];
		judge->counted[k] = UNKNOWN;
		if (now->vmstat_names && now->vmstat &&
		    judge->places[k] != SIZE_MAX)
			judge->counted[k] = now->vmstat[judge->places[k]].value;
	}
}

/* ---- life ---------------------------------------------------------------- */

static void clear(struct events_judge *judge)
{
	const struct mood *heard = judge->heard;
	size_t nheard = judge->nheard;
	struct list *quiet = judge->quiet;

	for (size_t i = 0; i < OPEN_MAX; i++)
		release(&judge->open[i]);
	kills_done(judge);
	counter_names_unref(judge->names);
	snapshot_unref(judge->before);
	*judge = (struct events_judge){
		.last_id = judge->last_id,
		.quiet = quiet,
		.heard = heard,
		.nheard = nheard,
		.last_exit = OPEN_MAX,
		.last_start = OPEN_MAX,
		.last_adj = OPEN_MAX,
		.last_failure = OPEN_MAX,
	};
	for (size_t i = 0; i < KILLS_MAX; i++)
		judge->kills[i].open = OPEN_MAX;
	for (size_t i = 0; i < MOODS_MAX; i++)
		judge->moods[i].open = OPEN_MAX;
	for (size_t i = 0; i < COUNT_COUNT; i++)
		judge->counted[i] = judge->counted_before[i] = UNKNOWN;
}

struct events_judge *events_judge_new(void)
{
	struct events_judge *judge = calloc(1, sizeof(*judge));

	if (judge)
		clear(judge);
	return judge;
}

void events_judge_free(struct events_judge *judge)
{
	if (!judge)
		return;
	clear(judge);
	list_unref(judge->quiet);
	free(judge);
}

void events_judge_hear(struct events_judge *judge, const struct mood *moods,
		       size_t count, bool reset)
{
	judge->heard = moods;
	judge->nheard = count;
	judge->reset = reset;
}

static void tell_start(struct events_judge *judge)
{
	uint64_t kills = judge->counted[COUNT_OOM_KILL];
	size_t place = events_begin(judge, EVENT_MEMTOP, SEVERITY_OK);
	struct event *event = events_change(judge, place);
	const struct host *host = judge->now->host;
	char count[48] = "";

	if (kills != UNKNOWN)
		snprintf(count, sizeof(count), "; %llu OOM kill%s since boot",
			 (unsigned long long)kills, kills == 1 ? "" : "s");
	event_set_text(&event->who, "memtop");
	event_set_text(
		&event->what, "began to look%s%s%s", count,
		host && !host->psi ? "; no stall figures (boot with psi=1)"
				   : "",
		host && !host->sees_all ? "; PSS of other users can not be read"
					: "");
	events_close(judge, place);
}

static struct list *new_list(const struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_EVENT);

	if (list)
		list->block =
			(struct block){ .state = STATE_OK,
					.read_ns = snapshot->monotonic_ns };
	return list;
}

/* While nothing happens it is the identical list, which costs nothing. */
static void seal(struct events_judge *judge)
{
	struct list *list = judge->list;

	judge->list = NULL;
	if (!list)
		return;
	if (!list->count && judge->quiet) {
		list_unref(list);
		list = judge->quiet;
	} else if (!list->count) {
		judge->quiet = list;
	}
	if (list == judge->quiet)
		list_ref(list);
	snapshot_set_list(judge->now, list);
}

void events_judge_step(void *state, struct snapshot *snapshot)
{
	struct events_judge *judge = state;
	bool is_gap;

	if (judge->before && snapshot->boottime_ns < judge->before->boottime_ns)
		clear(judge); /* another boot */
	judge->now = snapshot;
	judge->list = new_list(snapshot);
	count(judge);
	if (!judge->before) {
		judge->ready_ns = snapshot->boottime_ns;
		tell_start(judge);
	}
	is_gap = gaps_step(judge);
	kills_step(judge);
	kills_marked_step(judge);
	changes_step(judge);
	system_step(judge, is_gap);
	failures_step(judge);
	growth_step(judge);
	moods_step(judge);
	flush(judge);
	seal(judge);
	judge->now = NULL;
	judge->heard = NULL;
	judge->nheard = 0;
	judge->reset = false;
	snapshot_unref(judge->before);
	judge->before = snapshot_ref(snapshot);
}
