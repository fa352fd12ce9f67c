/* SPDX-License-Identifier: MIT
 *
 * From one event to the next: time goes to the moment in which it began.
 */
#include "act.h"
#include "memtop/event.h"
#include "memtop/text.h"

/* The one that began last before that moment, or first after it. */
static const struct event *find_event(const struct list *events,
				      uint64_t realtime_ns, int direction,
				      enum severity least)
{
	const struct event *found = NULL;

	for (size_t i = 0; i < list_count(events); i++) {
		const struct event *event = list_row(events, i);

		if (event_severity_find(event->severity) < least)
			continue;
		if (direction < 0 && event->begin_ns < realtime_ns &&
		    (!found || event->begin_ns >= found->begin_ns))
			found = event;
		if (direction > 0 && event->begin_ns > realtime_ns &&
		    (!found || event->begin_ns < found->begin_ns))
			found = event;
	}
	return found;
}

static void say_event(struct ui *ui, const struct event *event)
{
	char who[64], what[128], clock[FORMAT_SIZE];

	text_printable(who, sizeof(who), text_str(event->who),
		       text_len(event->who), 24);
	text_printable(what, sizeof(what), text_str(event->what),
		       text_len(event->what), 100);
	ui_message(ui, "%s %s %s: %s",
		   format_clock(clock, event->begin_ns, false), event->kind,
		   who, what);
}

/* The first sample not older than its beginning; 0: no sample of that moment
 * is kept. */
static uint64_t sample_of(struct ui *ui, const struct event *event)
{
	const struct snapshot *snapshot;
	uint64_t seq;

	history_span(ui->history, &ui->span);
	if (event->begin_ns < ui->span.first_realtime_ns ||
	    history_find(ui->history, event->begin_ns, &seq) < 0 ||
	    history_at(ui->history, seq, &snapshot) < 0)
		return 0;
	if (snapshot->realtime_ns < event->begin_ns && seq < ui->span.last_seq)
		seq++;
	snapshot_unref(snapshot);
	return seq;
}

static void show(struct ui *ui, const struct event *event, uint64_t seq)
{
	char then[FORMAT_SIZE], oldest[FORMAT_SIZE];

	if (seq && ui_show_past(ui, seq) == 0) {
		say_event(ui, event);
		return;
	}
	format_clock(then, event->begin_ns, true);
	format_clock(oldest, ui->span.first_realtime_ns, true);
	ui_message(ui, "no samples are kept of %s; the oldest is of %s", then,
		   oldest);
}

void event_go(struct ui *ui, const struct event *event)
{
	show(ui, event, sample_of(ui, event));
}

void act_event(struct ui *ui, int direction)
{
	const struct list *events = history_events(ui->history);
	const struct event *event = NULL;
	uint64_t from_ns, seq = 0;

	if (!ui->snapshot) {
		list_unref(events);
		return;
	}
	from_ns = ui->snapshot->realtime_ns;
	/* those of the sample on screen are where one is already */
	do {
		event = find_event(events, from_ns, direction, ui->events_from);
		if (!event)
			break;
		seq = sample_of(ui, event);
		from_ns = event->begin_ns;
	} while (seq == ui->seq);
	if (event)
		show(ui, event, seq);
	else
		ui_message(ui, direction < 0 ? "no earlier event"
					     : "no later event");
	list_unref(events);
}
