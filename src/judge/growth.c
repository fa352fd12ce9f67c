/* SPDX-License-Identifier: MIT
 *
 * Growth on the line of time: one event from when somebody is first suspected
 * to keep growing until no longer; confirmed makes it worse.  Reads the list
 * of trends and knows nothing of the test behind it.
 */
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/trend.h"

/* The open event about that subject, or OPEN_MAX. */
static size_t find_open(const struct events_judge *judge,
			const struct text *subject)
{
	for (size_t i = 0; i < OPEN_MAX; i++)
		if (judge->open[i].is_open &&
		    !strcmp(judge->open[i].event.kind, "GROW") &&
		    !*judge->open[i].event.rule &&
		    text_equal(judge->open[i].event.who, subject))
			return i;
	return OPEN_MAX;
}

static const struct trend *find_trend(const struct list *trends,
				      const struct text *subject)
{
	for (size_t i = 0; i < list_count(trends); i++) {
		const struct trend *trend = list_row(trends, i);

		if (text_equal(trend->subject, subject) && trend_sure(trend))
			return trend;
	}
	return NULL;
}

static void say(struct event *event, const struct trend *trend, bool confirmed)
{
	char rise[FORMAT_SIZE], window[FORMAT_SIZE], rate[FORMAT_SIZE];

	format_bytes_signed(rise, trend->rise, FORMAT_AUTO);
	format_bytes_signed(rate, trend->rate * 3600, FORMAT_AUTO);
	format_duration(window, trend->window_ns);
	if (confirmed)
		event_set_text(&event->what,
			       "keeps growing: its floor %s in %s, %s an "
			       "hour, no levelling off",
			       rise, window, rate);
	else
		event_set_text(&event->what,
			       "may leak: its floor rose steadily, %s in %s",
			       rise, window);
	event->growth_rate = trend->rate;
}

static void tell(struct events_judge *judge, const struct trend *trend)
{
	bool confirmed = trend_sure(trend) == 2;
	size_t place = find_open(judge, trend->subject);
	const struct process *process;
	struct event *event;

	if (place == OPEN_MAX) {
		place = events_begin(judge, EVENT_GROW, SEVERITY_NOTE);
		event = events_change(judge, place);
		event->end_ns = UNKNOWN;
		process = trend->pid == UNKNOWN
				  ? NULL
				  : snapshot_find_pid(judge->now,
						      (pid_t)trend->pid);
		if (process)
			event_set_process(event, process);
		text_unref(event->who);
		event->who = text_ref(trend->subject);
	} else if (!confirmed ||
		   event_severity_find(judge->open[place].event.severity) >=
			   SEVERITY_WARN) {
		return;
	}
	event = events_change(judge, place);
	if (confirmed)
		event_set_severity(event, SEVERITY_WARN);
	say(event, trend, confirmed);
}

/* The list is the identical one until something is judged anew. */
void growth_step(struct events_judge *judge)
{
	const struct list *now = snapshot_list(judge->now, ENTITY_TREND);
	const struct list *before =
		judge->before ? snapshot_list(judge->before, ENTITY_TREND)
			      : NULL;

	if (now == before)
		return;
	for (size_t i = 0; i < list_count(now); i++) {
		const struct trend *trend = list_row(now, i);

		if (trend_sure(trend))
			tell(judge, trend);
	}
	for (size_t i = 0; i < OPEN_MAX; i++) {
		struct open_event *open = &judge->open[i];

		if (!open->is_open || strcmp(open->event.kind, "GROW") != 0 ||
		    open->event.end_ns != UNKNOWN || *open->event.rule ||
		    find_trend(now, open->event.who))
			continue;
		events_change(judge, i)->end_ns = judge->now->realtime_ns;
		events_close(judge, i);
	}
}
