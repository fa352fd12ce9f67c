/* SPDX-License-Identifier: MIT
 *
 * The machine of the tests of events: its figures become a snapshot, which goes
 * through the judge into a history.
 */
#include "world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/kernel.h"
#include "memtop/kill.h"

#define NAMES 3
static const char *const names[NAMES] = { "oom_kill", "drop_pagecache",
					  "drop_slab" };

void world_setup(struct world *w)
{
	*w = (struct world){
		.second = 1000,
		.total = 16 * GIB,
		.available = 8 * GIB,
		.swap_total = 2 * GIB,
		.swap_free = 2 * GIB,
		.hugetlb = 0,
	};
	w->judge = events_judge_new();
	w->names = counter_names_new(names, NAMES);
	w->host = host_new();
	w->host->page_size = 4096;
	assert_int_equal(history_new(&history_default_limits, &w->history), 0);
	for (int i = 0; i < 4; i++) {
		w->processes[i].pid = 100 + i;
		w->processes[i].mib = (uint64_t)(i + 1) * 10;
		w->processes[i].started = 10;
		w->processes[i].state = 'S';
		w->processes[i].comm = "small";
	}
}

void world_teardown(struct world *w)
{
	events_judge_free(w->judge);
	counter_names_unref(w->names);
	host_unref(w->host);
	history_free(w->history);
}

void world_add(struct world *w, int place, pid_t pid, const char *comm,
	       uint64_t mib)
{
	w->processes[place].pid = pid;
	w->processes[place].comm = comm;
	w->processes[place].mib = mib;
	w->processes[place].started = 10;
	w->processes[place].state = 'S';
}

void world_remove(struct world *w, int place)
{
	w->processes[place].pid = 0;
}

static void add_cgroups(const struct world *w, struct snapshot *s)
{
	struct list *list = list_new(ENTITY_CGROUP);

	list->block.state = STATE_OK;
	for (size_t i = 0; i < ARRAY_SIZE(w->cgroups); i++) {
		struct cgroup *row;

		if (!w->cgroups[i].path)
			continue;
		row = list_add(&list);
		row->path = sample_text(w->cgroups[i].path);
		row->name = sample_text(strrchr(w->cgroups[i].path, '/') + 1);
		row->events.state = STATE_OK;
		row->marks.state = STATE_OK;
		row->oomd_kills = w->cgroups[i].oomd;
		row->owner = w->cgroups[i].owner;
		row->local.oom = w->cgroups[i].oom;
		row->local.oom_kill = w->cgroups[i].killed;
		row->all.oom_group_kill = w->cgroups[i].group;
	}
	snapshot_set_list(s, list);
}

static void add_log(const struct world *w, struct snapshot *s)
{
	struct list *list = list_new(ENTITY_KILL);

	list->block.state = STATE_OK;
	for (size_t i = 0; i < ARRAY_SIZE(w->log); i++) {
		struct log_kill *row;

		if (!w->log[i].pid)
			continue;
		row = list_add(&list);
		row->sequence = w->log[i].sequence;
		row->log_us = w->log[i].sequence * 1000;
		row->time_ns =
			s->realtime_ns - (uint64_t)w->log[i].ago * NS_PER_S;
		row->time_error = w->log[i].error_s * NS_PER_S;
		row->pid = (uint64_t)w->log[i].pid;
		strcpy(row->comm, w->log[i].comm);
		row->anon = w->log[i].mib * MIB;
		row->file = row->shmem = 0;
		strcpy(row->scope, w->log[i].limit ? "cgroup" : "global");
		if (w->log[i].limit)
			row->limit = sample_text(w->log[i].limit);
	}
	snapshot_set_list(s, list);
}

static void add_tunable(const struct world *w, struct snapshot *s)
{
	struct list *list = list_new(ENTITY_TUNABLE);
	struct tunable *row = list_add(&list);

	list->block.state = row->block.state = STATE_OK;
	strcpy(row->name, "vm.swappiness");
	strcpy(row->value, w->swappiness);
	snapshot_set_list(s, list);
}

struct snapshot *world_snapshot(const struct world *w)
{
	struct snapshot *s = sample_snapshot(w->second);

	s->realtime_ns =
		(1790000000 + w->second + (uint64_t)w->clock_set) * NS_PER_S;
	s->monotonic_ns = (w->second - w->slept) * NS_PER_S;
	s->period_ns = NS_PER_S;
	s->host = host_ref(w->host);
	s->memory.block.state = STATE_OK;
	s->memory.total = w->total;
	s->memory.available = w->available;
	s->memory.swap_total = w->swap_total;
	s->memory.swap_free = w->swap_free;
	s->memory.hugetlb = w->hugetlb;
	s->vmstat_block.state = STATE_OK;
	s->vmstat_names = counter_names_ref(w->names);
	s->vmstat = calloc(NAMES, sizeof(*s->vmstat));
	s->vmstat[0].value = w->kills;
	s->vmstat[1].value = w->drops;
	s->vmstat[2].value = w->slab_drops;
	if (w->swappiness)
		add_tunable(w, s);
	if (w->cgroups[0].path)
		add_cgroups(w, s);
	if (w->has_log)
		add_log(w, s);
	for (size_t i = 0; i < ARRAY_SIZE(w->processes); i++) {
		struct process *p;

		if (!w->processes[i].pid)
			continue;
		p = sample_process(w->processes[i].pid, 1,
				   w->processes[i].comm);
		p->rss = p->anon = w->processes[i].mib * MIB;
		p->state = w->processes[i].state;
		p->key.start_ns = w->processes[i].started * NS_PER_S;
		p->oom_score_adj = w->processes[i].adj;
		if (p->rss >= GIB)
			p->cgroup = sample_text("/app.slice/hog.service");
		sample_add(s, p);
	}
	return s;
}

/* What the verdict would hand over. */
static void hear(struct world *w, const struct snapshot *s)
{
	struct mood *mood = &w->moods[0];
	size_t count = 0;

	if (w->rule && w->severity > SEVERITY_OK) {
		*mood = (struct mood){
			.rule = w->rule,
			.name = "",
			.severity = w->severity,
			.since_realtime_ns = s->realtime_ns,
			.words = "words",
			.figure = w->value > 0 ? "figure" : NULL,
			.unit = UNIT_PERCENT,
			.value = w->value,
		};
		count++;
	}
	for (size_t i = 0; i < ARRAY_SIZE(w->starved); i++) {
		if (!w->starved[i])
			w->starved_since[i] = 0;
		else if (!w->starved_since[i])
			w->starved_since[i] = s->realtime_ns;
		if (!w->starved[i])
			continue;
		w->moods[count++] = (struct mood){
			.rule = "R06-cgroup-stall",
			.group = i + 1,
			.name = w->starved[i],
			.severity = SEVERITY_WARN,
			.since_realtime_ns = w->starved_since[i],
			.words = "words",
			.value = NAN,
		};
	}
	events_judge_hear(w->judge, w->moods, count, w->reset);
}

void world_step_by(struct world *w, uint64_t seconds)
{
	struct snapshot *s;

	w->second += seconds;
	s = world_snapshot(w);
	hear(w, s);
	events_judge_step(w->judge, s);
	assert_int_equal(history_push(w->history, s), 0);
}

void world_step(struct world *w, unsigned times)
{
	while (times-- > 0)
		world_step_by(w, 1);
}

size_t world_told(const struct world *w, enum event_kind kind,
		  struct event *ret)
{
	const struct list *events = history_events(w->history);
	size_t count = 0;

	for (size_t i = 0; i < list_count(events); i++) {
		const struct event *event = list_row(events, i);

		if (event_kind_find(event->kind) != kind)
			continue;
		count++;
		if (ret)
			*ret = *event; /* the history keeps its texts */
	}
	list_unref(events);
	return count;
}

size_t world_told_others(const struct world *w, enum event_kind kind)
{
	size_t count = 0;

	for (int k = 0; k < EVENT_KIND_COUNT; k++)
		if (k != EVENT_MEMTOP && k != (int)kind)
			count += world_told(w, (enum event_kind)k, NULL);
	return count;
}
