/* SPDX-License-Identifier: MIT
 *
 * Events as a fold: what fires each kind, what must not, and what is told of
 * it.  A machine of a few processes, sample by sample.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/event.h"
#include "memtop/events.h"
#include "memtop/history.h"
#include "memtop/kill.h"
#include "memtop/trend.h"
#include "sample.h"

#define NAMES 1
static const char *const names[NAMES] = { "oom_kill" };

/* A machine of 16 GiB. */
struct world {
	struct events_judge *judge;
	struct history *history;
	struct host *host;
	struct counter_names *names;
	uint64_t second;
	uint64_t slept; /* seconds asleep so far */
	int64_t clock_set;
	uint64_t kills, available, swap_total, swap_free, hugetlb;
	struct {
		pid_t pid;
		uint64_t mib;
		int64_t adj;
		uint64_t started; /* second */
		char state;
		const char *comm;
	} processes[24];
	const char *rule;
	enum severity severity;
	struct {
		const char *path;
		uint64_t oom, killed, group;
	} cgroups[3];
	/* the kernel's log; 0: it may not be read */
	struct {
		uint64_t sequence, mib, error_s;
		pid_t pid;
		const char *comm, *limit;
		int64_t ago;
	} log[3];
	bool has_log;
};

static void setup(struct world *w)
{
	*w = (struct world){
		.second = 1000,
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

static void teardown(struct world *w)
{
	events_judge_free(w->judge);
	counter_names_unref(w->names);
	host_unref(w->host);
	history_free(w->history);
}

static void add(struct world *w, int place, pid_t pid, const char *comm,
		uint64_t mib)
{
	w->processes[place].pid = pid;
	w->processes[place].comm = comm;
	w->processes[place].mib = mib;
	w->processes[place].started = 10;
	w->processes[place].state = 'S';
}

static void remove_at(struct world *w, int place)
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

static struct snapshot *snapshot_of(const struct world *w)
{
	struct snapshot *s = sample_snapshot(w->second);

	s->realtime_ns =
		(1790000000 + w->second + (uint64_t)w->clock_set) * NS_PER_S;
	s->monotonic_ns = (w->second - w->slept) * NS_PER_S;
	s->period_ns = NS_PER_S;
	s->host = host_ref(w->host);
	s->memory.block.state = STATE_OK;
	s->memory.total = 16 * GIB;
	s->memory.available = w->available;
	s->memory.swap_total = w->swap_total;
	s->memory.swap_free = w->swap_free;
	s->memory.hugetlb = w->hugetlb;
	s->vmstat_block.state = STATE_OK;
	s->vmstat_names = counter_names_ref(w->names);
	s->vmstat = calloc(NAMES, sizeof(*s->vmstat));
	s->vmstat[0].value = w->kills;
	s->verdict.rule = w->rule;
	s->verdict.severity = w->severity;
	if (w->rule)
		s->verdict.brief = sample_text("words");
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

/* The next sample, `seconds` later. */
static void step_by(struct world *w, uint64_t seconds)
{
	struct snapshot *s;

	w->second += seconds;
	s = snapshot_of(w);
	events_judge_step(w->judge, s);
	assert_int_equal(history_push(w->history, s), 0);
}

static void step(struct world *w, unsigned times)
{
	while (times-- > 0)
		step_by(w, 1);
}

/* How many of that kind there are; the last one. */
static size_t told(const struct world *w, enum event_kind kind,
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

/* Everything but that kind, and what memtop says of itself. */
static size_t told_others(const struct world *w, enum event_kind kind)
{
	size_t count = 0;

	for (int k = 0; k < EVENT_KIND_COUNT; k++)
		if (k != EVENT_MEMTOP && k != (int)kind)
			count += told(w, (enum event_kind)k, NULL);
	return count;
}

/* ---- silence ------------------------------------------------------------- */

static void quiet_machine(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	w.kills = 3; /* before memtop */
	step(&w, 30);
	assert_int_equal(told(&w, EVENT_MEMTOP, &event), 1);
	assert_non_null(strstr(text_str(event.what), "3 OOM kills"));
	assert_int_equal(told_others(&w, EVENT_MEMTOP), 0);
	teardown(&w);
}

/* ---- kills --------------------------------------------------------------- */

static void kill_of_the_first(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "hog", 4000);
	w.available = 200 * MIB;
	step(&w, 5);
	w.kills = 1;
	step(&w, 1); /* the counter moves, the victim is still there */
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, UNKNOWN);
	remove_at(&w, 5);
	w.available = 4 * GIB;
	step(&w, 10);
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, 200);
	assert_string_equal(event.comm, "hog");
	assert_string_equal(event.severity, "CRIT");
	assert_string_equal(event.sure, "probably");
	assert_string_equal(event.scope, "global");
	assert_int_equal(event.rss, 4000 * MIB);
	assert_int_equal(event.freed, 4 * GIB - 200 * MIB);
	assert_string_equal(text_str(event.who), "hog[200]");
	/* no exit of the same one */
	assert_int_equal(told(&w, EVENT_EXIT, NULL), 0);
	teardown(&w);
}

/* It vanishes before the counter was read, and a small one with it. */
static void kill_seen_late(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "hog", 4000);
	step(&w, 5);
	remove_at(&w, 5);
	remove_at(&w, 3);
	step(&w, 1);
	w.kills = 1;
	step(&w, 10);
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, 200);
	assert_string_equal(event.scope, "cgroup"); /* half of RAM was left */
	teardown(&w);
}

/* Somebody small exits as the counter moves; the victim takes its time. */
static void kill_waits_for_somebody_likely(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "hog", 4000);
	step(&w, 5);
	w.kills = 1;
	remove_at(&w, 0);
	step(&w, 1);
	w.processes[5].state = 'Z';
	w.processes[5].mib = 0;
	step(&w, 8);
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, 200);
	teardown(&w);
}

static void two_kills_two_events(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "one", 4000);
	add(&w, 6, 201, "two", 3900);
	step(&w, 5);
	w.kills = 2;
	remove_at(&w, 5);
	remove_at(&w, 6);
	step(&w, 10);
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 2);
	assert_int_equal(event.pid, 201);
	teardown(&w);
}

/* More at once than can be looked into: none is dropped. */
static void many_kills_are_counted(void **state)
{
	const struct list *events;
	struct world w;
	uint64_t count = 0;

	(void)state;
	setup(&w);
	step(&w, 5);
	w.kills = 40;
	step(&w, 10);
	events = history_events(w.history);
	for (size_t i = 0; i < list_count(events); i++) {
		const struct event *event = list_row(events, i);

		if (!strcmp(event->kind, "OOMKILL"))
			count += event->count;
	}
	list_unref(events);
	assert_int_equal(count, 40);
	teardown(&w);
}

/* A counter that goes back is no kill, nor is its way up again to there. */
static void counter_reset(void **state)
{
	struct world w;

	(void)state;
	setup(&w);
	w.kills = 7;
	step(&w, 3);
	w.kills = 0;
	step(&w, 3);
	assert_int_equal(told(&w, EVENT_OOMKILL, NULL), 0);
	w.kills = 1;
	step(&w, 1);
	assert_int_equal(told(&w, EVENT_OOMKILL, NULL), 1);
	teardown(&w);
}

/* Memory was short everywhere, yet it was a limit: the counters know. */
static void scope_by_counters(void **state)
{
	static const struct {
		uint64_t above, own, elsewhere, group;
		const char *scope, *sure, *words;
	} cases[] = {
		{ 1, 0, 0, 0, "cgroup", "probably",
		  "at the limit of app.slice" },
		{ 0, 1, 0, 0, "cgroup", "probably", "limit of hog.service (" },
		{ 0, 1, 0, 1, "group", "probably", "limit of hog.service" },
		{ 0, 0, 0, 0, "global", "probably", "by the kernel (" },
		/* whoever died there was never seen */
		{ 0, 0, 1, 0, "cgroup", "", "limit of other.service, not" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct event event;
		struct world w;

		setup(&w);
		add(&w, 5, 200, "hog", 4000);
		w.available = cases[i].scope[0] == 'g' ? 8 * GIB : 200 * MIB;
		w.cgroups[0].path = "/app.slice";
		w.cgroups[1].path = "/app.slice/hog.service";
		w.cgroups[2].path = "/other.service";
		w.cgroups[0].oom = w.cgroups[1].killed = 7; /* long ago */
		step(&w, 5);
		w.kills = 1;
		remove_at(&w, 5);
		step(&w, 1);
		w.cgroups[0].oom += cases[i].above;
		w.cgroups[1].oom += cases[i].own;
		w.cgroups[1].group += cases[i].group;
		w.cgroups[2].oom += cases[i].elsewhere;
		w.cgroups[cases[i].elsewhere ? 2 : 1].killed++;
		step(&w, 8);
		assert_int_equal(told(&w, EVENT_OOMKILL, &event), 1);
		assert_int_equal(event.pid, cases[i].elsewhere ? UNKNOWN : 200);
		assert_string_equal(event.scope, cases[i].scope);
		assert_string_equal(event.sure, cases[i].sure);
		assert_non_null(strstr(text_str(event.what), cases[i].words));
		teardown(&w);
	}
}

/* The one with most points is another than the one of the limit. */
static void victim_of_a_limit(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "outside", 900);
	add(&w, 6, 201, "inside", 1100);
	w.cgroups[0].path = "/app.slice/hog.service";
	step(&w, 5);
	w.kills = 1;
	w.cgroups[0].oom = w.cgroups[0].killed = 1;
	remove_at(&w, 5);
	remove_at(&w, 6);
	step(&w, 8);
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 1);
	assert_int_equal(event.pid, 201);
	assert_string_equal(event.sure, "probably");
	assert_int_equal(told(&w, EVENT_EXIT, &event), 1);
	assert_int_equal(event.pid, 200);
	teardown(&w);
}

/* What the log says holds, whoever else went at that time. */
static void log_names_the_victim(void **state)
{
	static const struct {
		unsigned log_after, counter_after, gone_after;
	} orders[] = {
		{ 0, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 },
		{ 0, 0, 2 }, { 1, 0, 1 }, { 0, 1, 2 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(orders); i++) {
		struct event event;
		struct world w;

		setup(&w);
		add(&w, 5, 200, "large", 4000);
		add(&w, 6, 201, "victim", 300);
		w.has_log = true;
		step(&w, 5);
		for (unsigned k = 0; k < 10; k++) {
			if (k == orders[i].counter_after)
				w.kills = 1;
			if (k == orders[i].log_after) {
				w.log[0].pid = 201;
				w.log[0].comm = "victim";
				w.log[0].mib = 310;
				w.log[0].sequence = 77;
				w.log[0].limit = "/box";
			}
			if (k == 0)
				remove_at(&w, 5);
			if (k == orders[i].gone_after)
				remove_at(&w, 6);
			step(&w, 1);
		}
		assert_int_equal(told(&w, EVENT_OOMKILL, &event), 1);
		assert_int_equal(event.pid, 201);
		assert_int_equal(event.count, 1);
		assert_int_equal(event.log_us, 77000);
		assert_int_equal(event.rss, 310 * MIB);
		assert_int_equal(event.start_ns, 10 * NS_PER_S);
		assert_string_equal(event.sure, "certain");
		assert_string_equal(event.scope, "cgroup");
		assert_non_null(strstr(text_str(event.what), "limit of /box"));
		/* the other one ended by itself */
		assert_int_equal(told(&w, EVENT_EXIT, &event), 1);
		assert_int_equal(event.pid, 200);
		teardown(&w);
	}
}

static void log_of_the_past(void **state)
{
	const struct list *events;
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	w.kills = 2;
	step(&w, 1); /* the log has not been read yet */
	w.has_log = true;
	for (int i = 0; i < 2; i++) {
		w.log[i].pid = 50 + i;
		w.log[i].comm = "old";
		w.log[i].mib = 700;
		w.log[i].sequence = (uint64_t)i + 1;
		w.log[i].ago = 500 - 100 * i;
		w.log[i].error_s = 9;
	}
	step(&w, 1);
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 2);
	assert_int_equal(event.pid, 51);
	assert_string_equal(event.sure, "certain");
	assert_int_equal(event.begin_ns,
			 (1790000000 + w.second - 400) * NS_PER_S);
	assert_non_null(strstr(text_str(event.what), "may be off by 9s"));
	w.log[0].ago += 3;
	w.log[1].ago += 3;
	step(&w, 3);
	/* told once, and in the order of their times */
	assert_int_equal(told(&w, EVENT_OOMKILL, NULL), 2);
	events = history_events(w.history);
	assert_string_equal(((const struct event *)list_row(events, 0))->kind,
			    "OOMKILL");
	list_unref(events);
	/* the next one is told as ever */
	w.kills = 3;
	w.log[2].pid = 100;
	w.log[2].comm = "small";
	w.log[2].mib = 10;
	w.log[2].sequence = 9;
	remove_at(&w, 0);
	step(&w, 8);
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 3);
	assert_int_equal(event.pid, 100);
	assert_int_equal(event.log_us, 9000);
	teardown(&w);
}

/* Two runs into one recording read the same log. */
static void log_is_told_once(void **state)
{
	struct list *first = list_new(ENTITY_EVENT);
	struct list *second = list_new(ENTITY_EVENT), *both;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct event *row = list_add(i == 0 ? &first : &second);

		row->id = 10 + (uint64_t)i;
		row->pid = 7;
		row->log_us = i == 2 ? 200 : 100;
	}
	both = events_merge(first, second);
	assert_int_equal(both->count, 2);
	assert_int_equal(((const struct event *)list_row(both, 0))->id, 10);
	assert_int_equal(((const struct event *)list_row(both, 1))->id, 12);
	list_unref(both);
	list_unref(first);
	list_unref(second);
}

static void killed_by_earlyoom(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "hog", 4000);
	add(&w, 6, 201, "earlyoom", 2);
	w.available = 500 * MIB;
	step(&w, 5);
	remove_at(&w, 5);
	w.available = 700 * MIB;
	step(&w, 8);
	assert_int_equal(told(&w, EVENT_OOMKILL, &event), 1);
	assert_string_equal(event.scope, "user");
	assert_string_equal(event.sure, "perhaps");
	assert_string_equal(event.severity, "WARN");
	assert_non_null(strstr(text_str(event.what), "earlyoom"));
	teardown(&w);
}

/* ---- ends, beginnings, bias ---------------------------------------------- */

static void large_exit(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "worker", 500);
	step(&w, 5);
	remove_at(&w, 5);
	w.available += 490 * MIB;
	step(&w, 8);
	assert_int_equal(told(&w, EVENT_EXIT, &event), 1);
	assert_int_equal(event.pid, 200);
	assert_int_equal(event.freed, 490 * MIB);
	assert_int_equal(told_others(&w, EVENT_EXIT), 0);
	teardown(&w);
}

static void small_exit_is_none(void **state)
{
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "worker", 200);
	step(&w, 5);
	remove_at(&w, 5);
	step(&w, 8);
	assert_int_equal(told_others(&w, EVENT_MEMTOP), 0);
	teardown(&w);
}

static void little_came_back(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "worker", 700);
	step(&w, 5);
	remove_at(&w, 5);
	w.available += 10 * MIB;
	step(&w, 8);
	assert_int_equal(told(&w, EVENT_EXIT, &event), 1);
	assert_non_null(strstr(text_str(event.what), "but only"));
	teardown(&w);
}

static void exits_are_merged(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	for (int i = 0; i < 4; i++)
		add(&w, 5 + i, 200 + i, "worker", 400);
	step(&w, 5);
	for (int i = 0; i < 4; i++) {
		remove_at(&w, 5 + i);
		step(&w, 1);
	}
	step(&w, 12);
	assert_int_equal(told(&w, EVENT_EXIT, &event), 1);
	assert_int_equal(event.count, 4);
	assert_string_equal(text_str(event.who), "worker[200] +3");
	assert_non_null(strstr(text_str(event.what), "1.6G"));
	teardown(&w);
}

static void large_start(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 5);
	add(&w, 5, 200, "batch", 10);
	w.processes[5].started = w.second + 1;
	step(&w, 2);
	assert_int_equal(told(&w, EVENT_START, NULL), 0);
	w.processes[5].mib = 600;
	step(&w, 3);
	assert_int_equal(told(&w, EVENT_START, &event), 1);
	assert_int_equal(event.pid, 200);
	assert_int_equal(event.count, 1);
	/* what was there and grows slowly is no start */
	add(&w, 6, 201, "old", 600);
	step(&w, 3);
	assert_int_equal(told(&w, EVENT_START, NULL), 1);
	teardown(&w);
}

static void bias_changes(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 5);
	w.processes[2].adj = 500;
	step(&w, 8);
	assert_int_equal(told(&w, EVENT_ADJ, &event), 1);
	assert_int_equal(event.pid, 102);
	assert_true(event.adj == 500);
	assert_string_equal(event.severity, "NOTE");
	w.processes[1].adj = -1000;
	step(&w, 1);
	assert_int_equal(told(&w, EVENT_ADJ, &event), 2);
	assert_string_equal(event.severity, "WARN");
	teardown(&w);
}

static void young_ones_set_their_bias(void **state)
{
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 5);
	add(&w, 5, 200, "young", 10);
	w.processes[5].started = w.second + 1;
	step(&w, 2);
	w.processes[5].adj = 300;
	step(&w, 8);
	assert_int_equal(told(&w, EVENT_ADJ, NULL), 0);
	teardown(&w);
}

/* ---- the machine --------------------------------------------------------- */

static void steps(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 10);
	w.available -= GIB; /* a sixteenth */
	w.processes[3].mib += 1000;
	step(&w, 10);
	assert_int_equal(told(&w, EVENT_STEP, &event), 1);
	assert_int_equal(event.pid, 103);
	assert_non_null(strstr(text_str(event.what), "rose by 1.0G"));
	/* the same over a minute is none */
	for (int i = 0; i < 60; i++) {
		w.available += GIB / 60;
		step(&w, 1);
	}
	assert_int_equal(told(&w, EVENT_STEP, NULL), 1);
	teardown(&w);
}

/* What a pool of huge pages takes is no step of programs. */
static void pools(void **state)
{
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 10);
	w.hugetlb = 2 * GIB;
	w.available -= 2 * GIB;
	step(&w, 10);
	assert_int_equal(told(&w, EVENT_HUGE, NULL), 1);
	assert_int_equal(told_others(&w, EVENT_HUGE), 0);
	teardown(&w);
}

static void swap_fills(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 5);
	w.swap_free = 0;
	step(&w, 5);
	w.swap_free = w.swap_total / 20; /* still */
	step(&w, 5);
	w.swap_free = 0;
	step(&w, 5);
	assert_int_equal(told(&w, EVENT_SWAP, &event), 1);
	assert_non_null(strstr(text_str(event.what), "is full"));
	w.swap_total = w.swap_free = 0;
	step(&w, 5);
	assert_int_equal(told(&w, EVENT_SWAP, &event), 2);
	assert_non_null(strstr(text_str(event.what), "taken away"));
	teardown(&w);
}

/* ---- gaps ---------------------------------------------------------------- */

static void gaps(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 5);
	step_by(&w, 3); /* late, not missing */
	assert_int_equal(told(&w, EVENT_GAP, NULL), 0);
	w.available -= 4 * GIB;
	step_by(&w, 20);
	assert_int_equal(told(&w, EVENT_GAP, &event), 1);
	assert_non_null(strstr(text_str(event.what), "no sample for 20s"));
	/* over a gap nothing is said of how fast */
	assert_int_equal(told_others(&w, EVENT_GAP), 0);
	w.slept += 600;
	step_by(&w, 601);
	assert_int_equal(told(&w, EVENT_GAP, &event), 2);
	assert_non_null(strstr(text_str(event.what), "slept for 10m"));
	w.clock_set = -3600;
	step(&w, 1);
	assert_int_equal(told(&w, EVENT_GAP, &event), 3);
	assert_non_null(strstr(text_str(event.what), "set back by 1h"));
	teardown(&w);
}

/* ---- the verdict --------------------------------------------------------- */

static void verdict_comes_and_goes(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 5);
	w.rule = "thrash";
	w.severity = SEVERITY_WARN;
	step(&w, 5);
	assert_int_equal(told(&w, EVENT_THRASH, &event), 1);
	assert_int_equal(event.end_ns, UNKNOWN);
	w.severity = SEVERITY_CRIT;
	step(&w, 5);
	assert_int_equal(told(&w, EVENT_THRASH, &event), 1);
	assert_string_equal(event.severity, "CRIT");
	w.rule = "healthy";
	w.severity = SEVERITY_OK;
	step(&w, 5);
	assert_int_equal(told(&w, EVENT_THRASH, &event), 1);
	assert_int_equal(event.end_ns - event.begin_ns, 10 * NS_PER_S);
	/* back within a minute: it goes on */
	w.rule = "thrash";
	w.severity = SEVERITY_WARN;
	step(&w, 5);
	assert_int_equal(told(&w, EVENT_THRASH, &event), 1);
	assert_int_equal(event.end_ns, UNKNOWN);
	w.rule = "healthy";
	w.severity = SEVERITY_OK;
	step(&w, 70);
	w.rule = "thrash";
	w.severity = SEVERITY_WARN;
	step(&w, 5);
	assert_int_equal(told(&w, EVENT_THRASH, NULL), 2);
	/* a kill has its own events */
	w.rule = "R16-oom-kill";
	w.severity = SEVERITY_CRIT;
	step(&w, 5);
	assert_int_equal(told_others(&w, EVENT_THRASH), 0);
	teardown(&w);
}

/* Each kind that a verdict can be, by the name of its rule. */
static void kinds_of_verdicts(void **state)
{
	static const struct {
		const char *rule;
		enum event_kind kind; /* EVENT_KIND_COUNT: told elsewhere */
	} cases[] = {
		{ "R09-cache-thrash", EVENT_THRASH },
		{ "R07-swap-thrash", EVENT_THRASH },
		{ "R05-stall", EVENT_PSI },
		{ "R04-direct-reclaim", EVENT_PSI },
		{ "R03-available-low", EVENT_LOWMEM },
		{ "R12-out-of-memory", EVENT_LOWMEM },
		{ "R13-cgroup-out-of-memory", EVENT_CGROUP },
		{ "R06-cgroup-stall", EVENT_CGROUP },
		{ "R10-swap-full", EVENT_SWAP },
		{ "R21-filling", EVENT_GROW },
		{ "R19-slab", EVENT_GROW },
		{ "R23-compaction", EVENT_FRAG },
		{ "R25-idle-huge-pages", EVENT_HUGE },
		{ "R27-commit-limit", EVENT_RULE },
		{ "R33-adj", EVENT_KIND_COUNT },
		{ "R34-exit", EVENT_KIND_COUNT },
		{ "R35-jump", EVENT_KIND_COUNT },
		{ "R42-gap", EVENT_KIND_COUNT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct world w;

		setup(&w);
		step(&w, 3);
		w.rule = cases[i].rule;
		w.severity = SEVERITY_WARN;
		step(&w, 3);
		assert_int_equal(told_others(&w, EVENT_MEMTOP),
				 cases[i].kind != EVENT_KIND_COUNT);
		if (cases[i].kind != EVENT_KIND_COUNT)
			assert_int_equal(told(&w, cases[i].kind, NULL), 1);
		teardown(&w);
	}
}

/* ---- growth -------------------------------------------------------------- */

/* A sample whose list of trends says that of hog[200]; NULL: none. */
static void step_trend(struct world *w, const char *verdict)
{
	struct list *list = list_new(ENTITY_TREND);
	struct snapshot *s;

	w->second++;
	s = snapshot_of(w);
	list->block.state = STATE_OK;
	if (verdict) {
		struct trend *trend = list_add(&list);

		trend->block.state = STATE_OK;
		trend->subject = sample_text("hog[200]");
		trend->pid = 200;
		strcpy(trend->verdict, verdict);
		trend->window_ns = 1800 * NS_PER_S;
		trend->rise = 300.0 * (double)MIB;
		trend->rate = trend->rise / 1800;
	}
	snapshot_set_list(s, list);
	events_judge_step(w->judge, s);
	assert_int_equal(history_push(w->history, s), 0);
}

static void growth(void **state)
{
	struct event event;
	struct world w;

	(void)state;
	setup(&w);
	add(&w, 5, 200, "hog", 400);
	step(&w, 3);
	step_trend(&w, "no");
	assert_int_equal(told(&w, EVENT_GROW, NULL), 0);
	step_trend(&w, "suspect");
	assert_int_equal(told(&w, EVENT_GROW, &event), 1);
	assert_string_equal(event.severity, "NOTE");
	assert_int_equal(event.pid, 200);
	assert_int_equal(event.end_ns, UNKNOWN);
	assert_non_null(strstr(text_str(event.what), "may leak"));
	step_trend(&w, "confirmed");
	assert_int_equal(told(&w, EVENT_GROW, &event), 1);
	assert_string_equal(event.severity, "WARN");
	assert_non_null(strstr(text_str(event.what), "keeps growing"));
	step_trend(&w, NULL);
	assert_int_equal(told(&w, EVENT_GROW, &event), 1);
	assert_int_equal(event.end_ns - event.begin_ns, 2 * NS_PER_S);
	teardown(&w);
}

/* ---- the log ------------------------------------------------------------- */

static void log_is_bounded(void **state)
{
	const struct list *events;
	uint64_t last = 0;
	struct world w;

	(void)state;
	setup(&w);
	step(&w, 1);
	for (int i = 0; i < HISTORY_EVENTS + 50; i++) {
		w.kills++;
		step(&w, 1);
	}
	events = history_events(w.history);
	assert_int_equal(list_count(events), HISTORY_EVENTS);
	for (size_t i = 0; i < events->count; i++) {
		const struct event *event = list_row(events, i);

		assert_true(event->id > last);
		last = event->id;
		assert_string_equal(event->kind, "OOMKILL");
	}
	list_unref(events);
	teardown(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quiet_machine),
		cmocka_unit_test(kill_of_the_first),
		cmocka_unit_test(kill_seen_late),
		cmocka_unit_test(kill_waits_for_somebody_likely),
		cmocka_unit_test(two_kills_two_events),
		cmocka_unit_test(many_kills_are_counted),
		cmocka_unit_test(counter_reset),
		cmocka_unit_test(scope_by_counters),
		cmocka_unit_test(victim_of_a_limit),
		cmocka_unit_test(log_names_the_victim),
		cmocka_unit_test(log_of_the_past),
		cmocka_unit_test(log_is_told_once),
		cmocka_unit_test(killed_by_earlyoom),
		cmocka_unit_test(large_exit),
		cmocka_unit_test(small_exit_is_none),
		cmocka_unit_test(little_came_back),
		cmocka_unit_test(exits_are_merged),
		cmocka_unit_test(large_start),
		cmocka_unit_test(bias_changes),
		cmocka_unit_test(young_ones_set_their_bias),
		cmocka_unit_test(steps),
		cmocka_unit_test(pools),
		cmocka_unit_test(swap_fills),
		cmocka_unit_test(gaps),
		cmocka_unit_test(verdict_comes_and_goes),
		cmocka_unit_test(kinds_of_verdicts),
		cmocka_unit_test(growth),
		cmocka_unit_test(log_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
