/* SPDX-License-Identifier: MIT
 *
 * Pane 8: what happened, newest first; Enter goes to the moment in which it
 * did.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "events.h"
#include "figures.h"
#include "memtop/text.h"
#include "tiles.h"

#define LINE_FROM     8	 /* rows from which on the line of time is shown */
#define SELECTED_FROM 14 /* and the selected event */
#define SELECTED_ROWS 4

/* ---- which --------------------------------------------------------------- */

/* Without those that are less than what `i` says. */
static const struct list *at_least(const struct list *events,
				   enum severity least)
{
	struct list *list = list_new(ENTITY_EVENT);

	for (size_t i = 0; list && i < list_count(events); i++) {
		const struct event *event = list_row(events, i);

		if (event_severity_find(event->severity) < least)
			continue;
		if (!event_add(&list, event))
			break;
	}
	if (list)
		list->block = events->block;
	list_unref(events);
	return list;
}

static const struct list *derive_events(struct ui *ui, struct listing *listing)
{
	const struct list *events = history_events(ui->history);

	(void)listing;
	return events && ui->events_from > SEVERITY_OK
		       ? at_least(events, ui->events_from)
		       : events;
}

void act_severity(struct ui *ui, int arg)
{
	(void)arg;
	ui->events_from = ui->events_from == SEVERITY_OK     ? SEVERITY_WARN
			  : ui->events_from == SEVERITY_WARN ? SEVERITY_CRIT
							     : SEVERITY_OK;
	ui_message(ui, ui->events_from == SEVERITY_OK	  ? "all events"
		       : ui->events_from == SEVERITY_WARN ? "WARN and CRIT"
							  : "CRIT");
	if (tiles_listing(ui))
		listing_rebuild(ui, tiles_listing(ui));
}

unsigned events_unseen(const struct ui *ui)
{
	const struct list *events = history_events(ui->history);
	unsigned count = 0;

	for (size_t i = list_count(events); i-- > 0;) {
		const struct event *event = list_row(events, i);

		if (event->id <= ui->events_seen)
			break;
		count += event_severity_find(event->severity) >= SEVERITY_WARN;
	}
	list_unref(events);
	return count;
}

static void refresh(struct ui *ui)
{
	const struct list *events = history_events(ui->history);

	if (list_count(events)) {
		const struct event *last = list_row(events, events->count - 1);

		ui->events_seen = last->id;
	}
	list_unref(events);
}

/* ---- rows ---------------------------------------------------------------- */

#define AGO_CELLS  6
#define LAST_CELLS 6
/* With less, how long ago gives way: the clock says it as well. */
#define TAIL_FULL 44
/* With less, how long it lasted as well: what happened says most. */
#define TAIL_LAST 32
/* What most sentences need. */
#define TAIL_RICH 80

/* "now", "2m10", "-" */
static void last_text(const struct event *event, char buf[FORMAT_SIZE])
{
	if (event->end_ns == UNKNOWN)
		snprintf(buf, FORMAT_SIZE, "now");
	else if (event->end_ns <= event->begin_ns)
		snprintf(buf, FORMAT_SIZE, "-");
	else
		format_duration(buf, event->end_ns - event->begin_ns);
}

static void draw_tail(struct ui *ui, const void *row, const struct canvas *line)
{
	const struct event *event = row;
	char ago[FORMAT_SIZE], last[FORMAT_SIZE];
	uint64_t now = ui->snapshot ? ui->snapshot->realtime_ns : 0;
	int col = 0;

	if (event->begin_ns > now)
		snprintf(ago, sizeof(ago), "later");
	else
		format_duration(ago, now - event->begin_ns);
	if (line->cols >= TAIL_FULL) {
		draw_right(line, 0, 0, STYLE_NORMAL, AGO_CELLS, ago);
		col = AGO_CELLS + 1;
	}
	if (line->cols >= TAIL_LAST) {
		last_text(event, last);
		draw_right(line, 0, col, STYLE_NORMAL, LAST_CELLS, last);
		col += LAST_CELLS + 1;
	}
	draw_name(line, 0, col, STYLE_NORMAL, line->cols - col,
		  text_str(event->what), text_len(event->what));
}

static const char *tail_heading(int cells)
{
	return cells >= TAIL_FULL   ? "   AGO   LAST WHAT"
	       : cells >= TAIL_LAST ? "  LAST WHAT"
				    : "WHAT";
}

static void open_event(struct ui *ui, struct listing *listing)
{
	const struct event *event = listing_selected(listing);

	if (event)
		event_go(ui, event);
}

static void note(const struct ui *ui, const struct listing *listing, char *buf,
		 size_t size)
{
	(void)listing;
	snprintf(buf, size, "%s",
		 ui->events_from == SEVERITY_OK	    ? "all severities"
		 : ui->events_from == SEVERITY_WARN ? "WARN and CRIT"
						    : "CRIT");
}

static const char *const columns[] = { "begin", "severity", "kind", "who",
				       NULL };
static const char *const drop[] = { "severity", "kind", NULL };

static const struct listing_spec events = {
	.title = "Events",
	.noun = "events",
	.entity = ENTITY_EVENT,
	.columns = columns,
	.drop = drop,
	.sort = "begin",
	.derive = derive_events,
	.note = note,
	.tail_heading = tail_heading,
	.tail_first = true,
	.tail_width = 20,
	.wide = "who",
	.tail_rich = TAIL_RICH,
	.tail = draw_tail,
	.open = open_event,
	.empty = "Nothing has happened yet.",
};

/* ---- the selected one ---------------------------------------------------- */

static void add_figure(char *buf, size_t size, const char *name, uint64_t bytes)
{
	size_t len = strlen(buf);
	char text[FORMAT_SIZE];

	if (bytes != UNKNOWN && len < size)
		snprintf(buf + len, size - len, "%s %s  ", name,
			 format_bytes(text, bytes, FORMAT_AUTO));
}

static void add_words(char *buf, size_t size, const char *name,
		      const char *word)
{
	size_t len = strlen(buf);

	if (*word && len < size)
		snprintf(buf + len, size - len, "%s %s  ", name, word);
}

static void figures_of(const struct event *event, char *buf, size_t size)
{
	char number[FORMAT_SIZE];

	*buf = '\0';
	add_figure(buf, size, "RSS", event->rss);
	add_figure(buf, size, "swap", event->swap);
	if (!isnan(event->adj)) {
		snprintf(number, sizeof(number), "%.0f", event->adj);
		add_words(buf, size, "adj", number);
	}
	if (!isnan(event->growth_rate)) {
		format_bytes_signed(number, event->growth_rate * 60,
				    FORMAT_AUTO);
		add_words(buf, size, "growth/min", number);
	}
	if (event->uid != UNKNOWN) {
		snprintf(number, sizeof(number), "%llu",
			 (unsigned long long)event->uid);
		add_words(buf, size, "uid", number);
	}
	if (event->peak)
		add_words(buf, size, "peak", text_str(event->peak));
	if (*event->rule)
		add_words(buf, size, "rule", event->rule);
	add_figure(buf, size, "came back", event->freed);
	add_words(buf, size, "scope", event->scope);
	add_words(buf, size, "victim", event->sure);
}

static void draw_selected(const struct canvas *c, const struct event *event)
{
	char title[128], who[64], clock[FORMAT_SIZE], figures[256];

	text_printable(who, sizeof(who), text_str(event->who),
		       text_len(event->who), 40);
	snprintf(title, sizeof(title), "%s %s %s",
		 format_clock(clock, event->begin_ns, true), event->kind, who);
	draw_heading(c, 0, title, "Enter: every pane to that moment");
	draw_name(c, 1, 0, STYLE_NORMAL, c->cols, text_str(event->what),
		  text_len(event->what));
	figures_of(event, figures, sizeof(figures));
	draw_text(c, 2, 0, STYLE_NORMAL, figures);
	if (event->cgroup) {
		draw_text(c, 3, 0, STYLE_NORMAL, "cgroup ");
		draw_name(c, 3, 7, STYLE_NORMAL, c->cols - 7,
			  text_str(event->cgroup), text_len(event->cgroup));
	}
}

static void draw(struct ui *ui, const struct canvas *c)
{
	const struct listing *listing = tiles_listing(ui);
	const struct event *event = listing ? listing_selected(listing) : NULL;
	struct canvas body = *c, part;

	if (c->rows >= LINE_FROM) {
		events_line(ui, c, 0);
		body = canvas_part(&body, 1, 0, -1, -1);
	}
	if (c->rows >= SELECTED_FROM && event) {
		part = canvas_part(&body, body.rows - SELECTED_ROWS, 0, -1, -1);
		draw_selected(&part, event);
		body = canvas_part(&body, 0, 0, body.rows - SELECTED_ROWS, -1);
	}
	tiles_draw(ui, &body);
}

static const struct tile tiles[] = {
	{ .listing = &events, .column = 0, .rows = 12 },
};

const struct pane pane_events = {
	.name = "events",
	.title = "Events",
	.brief = "Evts",
	.key = '8',
	.where = WHERE_EVENTS,
	.view = VIEW_EVENTS,
	.tiles = tiles,
	.ntiles = ARRAY_SIZE(tiles),
	.refresh = refresh,
	.draw = draw,
};
