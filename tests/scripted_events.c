/* SPDX-License-Identifier: MIT
 *
 * What happened on the scripted machine: the events that a judge would have
 * written into the sample in which each begins or ends, and the trends behind
 * them.
 */
#include <stdio.h>

#include "memtop/event.h"
#include "memtop/trend.h"
#include "scripted_private.h"

/* clang-format off */
static const struct row {
	unsigned step, ended;	/* ended 0: it goes on; the same: a moment */
	enum event_kind kind;
	const char *severity, *who, *what;
	pid_t pid;		/* 0: it is about none */
	const char *cgroup;
	double rss, swap;	/* MiB, before it */
	double growth;		/* bytes per second */
	const char *scope, *sure;
	double freed;
	const char *rule, *peak;
} rows[] = {
	{ 0, 0, EVENT_MEMTOP, "INFO", "(memtop)",
	  "began to look; 5 OOM kills since boot", 0, NULL, 0, 0, 0,
	  NULL, NULL, 0, NULL, NULL },
	{ 8, 0, EVENT_GROW, "WARN", "java[48213]",
	  "+276M/min, its floor rises steadily", SCRIPTED_JAVA,
	  "/system.slice/opensearch.service", 32154, 4198, 4823450,
	  NULL, NULL, 0, NULL, NULL },
	{ 20, 44, EVENT_PSI, "WARN", "(system)",
	  "all tasks wait for memory 8% of the time", 0, NULL, 0, 0, 0,
	  NULL, NULL, 0, "R05-stall", "memory_full_10s 9%" },
	{ 31, 0, EVENT_THRASH, "CRIT", "(system)",
	  "swap in and out above 50M/s", 0, NULL, 0, 0, 0, NULL, NULL, 0,
	  "R07-swap-thrash", "swap_in 15.6k" },
	{ 38, 38, EVENT_CGROUP, "NOTE", "celery.slice",
	  "throttled at memory.high", 0, "/system.slice/celery.slice",
	  0, 0, 0, NULL, NULL, 0, NULL, NULL },
	{ 52, 52, EVENT_OOMKILL, "CRIT", "gunicorn[51877]",
	  "killed by the kernel (probably); had 1.9G, 120M on swap; 1.8G came "
	  "back", 51877, "/system.slice/gunicorn.service", 1946, 120, 0,
	  "cgroup", "probably", 1843, NULL, NULL },
	{ 66, 66, EVENT_ADJ, "NOTE", "celery[52011]",
	  "oom_score_adj from 0 to 200", SCRIPTED_CELERY,
	  "/system.slice/celery.slice", 423, 288, 0, NULL, NULL, 0, NULL, NULL },
};
/* clang-format on */

static void set_subject(struct event *e, const struct row *row,
			uint64_t uptime_ns)
{
	e->pid = (uint64_t)row->pid;
	/* the killed one is in no list of processes */
	e->start_ns = uptime_ns - 3600 * NS_PER_S;
	snprintf(e->comm, sizeof(e->comm), "%.*s", (int)strcspn(row->who, "["),
		 row->who);
	e->uid = 1001;
	e->rss = mib(row->rss);
	e->swap = mib(row->swap);
	e->adj = row->kind == EVENT_ADJ ? 200 : 0;
}

static void fill(struct event *e, const struct row *row, unsigned step,
		 const struct snapshot *s)
{
	uint64_t ago_ns = (step - row->step) * NS_PER_S;

	e->block =
		(struct block){ .state = STATE_OK, .read_ns = s->monotonic_ns };
	e->begin_ns = s->realtime_ns - ago_ns;
	e->end_ns = UNKNOWN;
	if (row->ended && row->ended <= step)
		e->end_ns = e->begin_ns + (row->ended - row->step) * NS_PER_S;
	if (row->kind == EVENT_MEMTOP)
		e->end_ns = e->begin_ns;
	e->id = e->begin_ns / NS_PER_US;
	e->count = 1;
	strcpy(e->kind, event_kind_name(row->kind));
	strcpy(e->severity, row->severity);
	e->who = scripted_text(row->who);
	e->what = scripted_text(row->what);
	e->cgroup = scripted_text(row->cgroup);
	if (row->growth > 0)
		e->growth_rate = row->growth;
	if (row->pid)
		set_subject(e, row, s->boottime_ns - ago_ns);
	if (row->rule)
		strcpy(e->rule, row->rule);
	e->peak = scripted_text(row->peak);
	if (!row->scope)
		return;
	strcpy(e->scope, row->scope);
	strcpy(e->sure, row->sure);
	e->freed = mib(row->freed);
}

/* What the growth test says: of two processes, both ways. */
static void set_trends(struct snapshot *snapshot)
{
	struct list *list = scripted_must(list_new(ENTITY_TREND));
	struct trend *row;

	list->block = (struct block){ .state = STATE_OK,
				      .read_ns = snapshot->monotonic_ns };
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];
		bool leaks = p->key.pid == SCRIPTED_JAVA;

		if (!leaks && p->key.pid != SCRIPTED_PROMETHEUS)
			continue;
		row = scripted_must(list_add(&list));
		row->block = list->block;
		row->subject = scripted_text(leaks ? "java[48213]"
						   : "prometheus[2210]");
		strcpy(row->kind, "process");
		row->pid = (uint64_t)p->key.pid;
		row->start_ns = p->key.start_ns;
		strcpy(row->verdict, leaks ? "confirmed" : "no");
		row->why = scripted_text(leaks ? "its floor rises steadily"
					       : "it levels off");
		row->window_ns = 1800 * NS_PER_S;
		row->floor = mib(leaks ? 32154 : 2406);
		row->rise = leaks ? (double)mib(8280) : (double)mib(30);
		row->rate = row->rise / 1800;
		row->tau = leaks ? 1 : .91;
		row->step = leaks ? 11 : 34;
		row->least_third = leaks ? 88 : 31;
		row->last_third = leaks ? 94 : 38;
		for (size_t k = 0; k < TREND_BINS; k++)
			row->bins[k] =
				row->floor -
				mib(leaks ? 690 : 2.5) * (TREND_BINS - 1 - k);
	}
	snapshot_set_list(snapshot, list);
}

void scripted_events(struct snapshot *snapshot, unsigned step)
{
	struct list *list = scripted_must(list_new(ENTITY_EVENT));

	list->block = (struct block){ .state = STATE_OK,
				      .read_ns = snapshot->monotonic_ns };
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (step == rows[i].step ||
		    (rows[i].ended && step == rows[i].ended))
			fill(scripted_must(list_add(&list)), &rows[i], step,
			     snapshot);
	snapshot_set_list(snapshot, list);
	set_trends(snapshot);
}
