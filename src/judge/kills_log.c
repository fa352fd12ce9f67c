/* SPDX-License-Identifier: MIT
 *
 * OOM kills by the kernel's log, where it may be read: it names the victim, so
 * nothing needs to be guessed, and it knows of those before memtop looked.
 * Apart from kills.c, which does without and knows no log.  A line may be read
 * before the counter that says the same, or after it.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/kill.h"

/* Less is not worth a word. */
#define TIME_ERROR_SAID_NS (2 * NS_PER_S)

static bool is_victim(const struct log_kill *row, const struct process *process)
{
	/* numbers of a container are others */
	return (uint64_t)process->key.pid == row->pid &&
	       strcmp(process->comm, row->comm) == 0;
}

static struct gone *find_gone(struct events_judge *judge,
			      const struct log_kill *row)
{
	for (size_t i = 0; i < GONE_MAX; i++)
		if (judge->gone[i].process &&
		    is_victim(row, judge->gone[i].process))
			return &judge->gone[i];
	return NULL;
}

/* As it was last seen. */
static const struct process *last_seen(struct events_judge *judge,
				       const struct log_kill *row)
{
	const struct gone *gone = find_gone(judge, row);
	const struct process *process;

	if (gone)
		return gone->process;
	process = snapshot_find_pid(judge->before, (pid_t)row->pid);
	return process && is_victim(row, process) ? process : NULL;
}

static void set_victim(struct event *event, const struct log_kill *row)
{
	char name[64];
	uint64_t rss = log_kill_rss(row);

	memcpy(name, row->comm, sizeof(name));
	name[sizeof(name) - 1] = '\0';
	event->pid = row->pid;
	memcpy(event->comm, name, sizeof(name));
	event_set_text(&event->who, "%s[%llu]", name,
		       (unsigned long long)row->pid);
	if (row->uid != UNKNOWN)
		event->uid = row->uid;
	if (rss != UNKNOWN)
		event->rss = rss;
	if (!isnan(row->adj))
		event->adj = row->adj;
	if (row->cgroup) {
		text_unref(event->cgroup);
		event->cgroup = text_ref(row->cgroup);
	}
	memcpy(event->scope, row->scope, sizeof(event->scope));
	strcpy(event->sure, "certain");
	event->log_us = row->log_us;
}

/* ---- before memtop looked ------------------------------------------------ */

static void tell_past(struct events_judge *judge, const struct log_kill *row)
{
	size_t place = events_begin(judge, EVENT_OOMKILL, SEVERITY_CRIT);
	struct event *event = events_change(judge, place);
	char rss[FORMAT_SIZE], error[FORMAT_SIZE];

	set_victim(event, row);
	judge->log_id = max_u64(judge->log_id + 1, row->time_ns / NS_PER_US);
	event->id = judge->log_id;
	event->begin_ns = event->end_ns = row->time_ns;
	event_set_text(&event->what, "killed by the kernel%s%s; had %s%s%s",
		       row->limit ? " at the limit of " : "",
		       row->limit ? text_str(row->limit) : "",
		       format_bytes(rss, event->rss, FORMAT_AUTO),
		       row->time_error < TIME_ERROR_SAID_NS
			       ? ""
			       : "; the time may be off by ",
		       row->time_error < TIME_ERROR_SAID_NS
			       ? ""
			       : format_duration(error, row->time_error));
	events_close(judge, place);
}

/* ---- just now ------------------------------------------------------------ */

/* The event that stands for it; its guess may have been right. */
static struct kill *find_kill(struct events_judge *judge,
			      const struct log_kill *row)
{
	struct kill *found = NULL;

	for (size_t i = 0; i < KILLS_MAX; i++) {
		struct kill *kill = &judge->kills[i];

		if (kill->open == OPEN_MAX || kill->is_logged)
			continue;
		if (judge->open[kill->open].event.pid == row->pid)
			return kill;
		if (!found || kill->counted_ns < found->counted_ns)
			found = kill;
	}
	return found;
}

static void take(struct events_judge *judge, const struct log_kill *row)
{
	struct kill *kill = find_kill(judge, row);
	const struct process *process = last_seen(judge, row);
	struct event *event;

	if (!kill) {
		kill = kill_begin(judge, 1);
		judge->ahead++;
		judge->ahead_ns = judge->now->boottime_ns;
	}
	event = &judge->open[kill->open].event;
	if (kill->has_victim) {
		gone_acquit(judge, event);
		kill_forget_victim(event);
	}
	if (process)
		event_set_process(event, process);
	set_victim(event, row);
	if (row->time_error < TIME_ERROR_SAID_NS)
		event->begin_ns = event->end_ns = row->time_ns;
	kill->has_victim = kill->has_scope = kill->is_logged = true;
	text_unref(kill->limit);
	kill->limit = text_ref(row->limit);
	kill_say(judge, kill);
}

/* A large victim takes its time to go: its exit is no event of its own. */
static void find_bodies(struct events_judge *judge, const struct list *list)
{
	for (size_t i = 0; i < list_count(list); i++) {
		const struct log_kill *row = list_row(list, i);
		struct gone *gone = find_gone(judge, row);

		if (gone && row->sequence <= judge->log_sequence)
			gone->blamed = true;
	}
}

static size_t count_open(const struct events_judge *judge)
{
	size_t count = 0;

	for (size_t i = 0; i < KILLS_MAX; i++)
		count += judge->kills[i].open != OPEN_MAX &&
			 !judge->kills[i].is_logged;
	return count;
}

void kills_log_step(struct events_judge *judge)
{
	const struct list *list = snapshot_list(judge->now, ENTITY_KILL);
	size_t recent = count_open(judge);

	if (list_state(list) != STATE_OK)
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct log_kill *row = list_row(list, i);

		if (judge->log_known && row->sequence <= judge->log_sequence)
			continue;
		/* at first, only the last ones can be what was counted */
		if (!judge->log_known && i + recent < list->count)
			tell_past(judge, row);
		else
			take(judge, row);
		judge->log_sequence = row->sequence;
	}
	judge->log_known = true;
	find_bodies(judge, list);
}
