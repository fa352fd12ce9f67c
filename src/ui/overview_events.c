/* SPDX-License-Identifier: MIT
 *
 * The box of the Overview about what led to how things are: what goes on
 * since when, and the last that happened.  Apart from the other boxes because
 * its rows are the history's, not the sample's.
 */
#include "overview_boxes.h"

#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/text.h"

#define EVENTS_MAX 6
/* Two to a row where there are few rows. */
#define PAIRS_FROM 76
#define KIND_CELLS 8

/* Oldest first; as far as was known at the sample on screen. */
struct choice {
	const struct event *list[EVENTS_MAX];
	size_t count, all;
};

static bool is_listed(const struct ui *ui, const struct event *event)
{
	return event->begin_ns <= ui->snapshot->realtime_ns &&
	       event_severity_find(event->severity) >= SEVERITY_NOTE;
}

static bool goes_on(const struct ui *ui, const struct event *event)
{
	return event->end_ns == UNKNOWN ||
	       event->end_ns > ui->snapshot->realtime_ns;
}

/* Some are known only after they began, so their numbers don't tell. */
static bool is_later(const struct event *a, const struct event *b)
{
	return a->begin_ns != b->begin_ns ? a->begin_ns > b->begin_ns
					  : a->id > b->id;
}

static void put(struct choice *choice, const struct event *event)
{
	size_t at = choice->count++;

	while (at > 0 && is_later(choice->list[at - 1], event)) {
		choice->list[at] = choice->list[at - 1];
		at--;
	}
	choice->list[at] = event;
}

/* What goes on, then what was bad, then the rest. */
static int rank_of(const struct ui *ui, const struct event *event)
{
	if (goes_on(ui, event))
		return 0;
	return event_severity_find(event->severity) >= SEVERITY_WARN ? 1 : 2;
}

/* The lower ranks before the others, the newest of each before older. */
static void choose(const struct ui *ui, const struct list *events, size_t max,
		   struct choice *ret)
{
	*ret = (struct choice){ 0 };
	for (int rank = 0; rank <= 2; rank++)
		for (size_t i = list_count(events); i-- > 0;) {
			const struct event *event = list_row(events, i);

			if (!is_listed(ui, event) || rank_of(ui, event) != rank)
				continue;
			ret->all++;
			if (ret->count < max)
				put(ret, event);
		}
}

/* What is said of it; in few cells of a kill its figures, "45M, 43M back". */
static void draw_what(const struct canvas *c, int col,
		      const struct event *event, bool is_short)
{
	char had[FORMAT_SIZE], back[FORMAT_SIZE], kill[64];

	if (is_short && strcmp(event->kind, "OOMKILL") == 0 &&
	    event->rss != UNKNOWN && event->freed != UNKNOWN) {
		snprintf(kill, sizeof(kill), "%s, %s back",
			 format_bytes(had, event->rss, FORMAT_AUTO),
			 format_bytes(back, event->freed, FORMAT_AUTO));
		draw_name(c, 0, col, STYLE_NORMAL, c->cols - col, kill,
			  strlen(kill));
		return;
	}
	draw_name(c, 0, col, STYLE_NORMAL, c->cols - col, text_str(event->what),
		  text_len(event->what));
}

/* Whether to say whom it is about: not "(system)", which says nothing, nor
 * where the sentence begins with it. */
static bool names_who(const struct event *event)
{
	size_t len = text_len(event->who);

	return len && strcmp(text_str(event->who), "(system)") != 0 &&
	       (text_len(event->what) < len ||
		memcmp(text_str(event->what), text_str(event->who), len) != 0);
}

/* So wide that kinds stand below each other, where one is of another day. */
static int when_cells(const struct ui *ui, const struct choice *choice,
		      bool is_short)
{
	char when[FORMAT_SIZE];
	int most = 0;

	for (size_t i = 0; i < choice->count; i++)
		most = (int)max_u64(
			(uint64_t)most,
			strlen(format_when(when, choice->list[i]->begin_ns,
					   ui->snapshot->realtime_ns,
					   !is_short)));
	return most;
}

static void draw_event(const struct ui *ui, const struct canvas *c,
		       const struct event *event, int cells, bool is_short)
{
	char when[FORMAT_SIZE];
	int col = cells + (is_short ? 1 : 2);

	format_when(when, event->begin_ns, ui->snapshot->realtime_ns,
		    !is_short);
	draw_right(c, 0, 0, STYLE_NORMAL, cells, when);
	draw_text(c, 0, col, STYLE_NORMAL, event->kind);
	col += KIND_CELLS;
	if (names_who(event))
		col = draw_name(c, 0, col, STYLE_NORMAL, c->cols - col,
				text_str(event->who), text_len(event->who)) +
		      1;
	if (col < c->cols)
		draw_what(c, col, event, is_short);
}

int box_events_rows(const struct ui *ui)
{
	const struct list *events = history_events(ui->history);
	struct choice choice;

	choose(ui, events, EVENTS_MAX, &choice);
	list_unref(events);
	return choice.count ? 1 + (int)choice.count : 0;
}

void box_events(const struct ui *ui, const struct canvas *c, bool pairs)
{
	const struct list *events = history_events(ui->history);
	bool is_short = pairs && c->cols >= PAIRS_FROM;
	int columns = is_short ? 2 : 1, width = c->cols / columns;
	size_t rows = c->rows > 1 ? (size_t)c->rows - 1 : 0;
	size_t max = min_u64(rows * (size_t)columns, EVENTS_MAX);
	struct choice choice;
	char right[32];
	int cells;

	choose(ui, events, max, &choice);
	snprintf(right, sizeof(right), "%zu of %zu, 8 Events", choice.count,
		 choice.all);
	draw_heading(c, 0, "Since when", right);
	cells = when_cells(ui, &choice, is_short);
	/* down the first column, then down the second */
	rows = (choice.count + (size_t)columns - 1) / (size_t)columns;
	for (size_t i = 0; i < choice.count; i++) {
		int col = (int)(i / rows) * width;
		struct canvas part =
			canvas_part(c, 1 + (int)(i % rows), col, 1,
				    col ? c->cols - col : width - 1);

		draw_event(ui, &part, choice.list[i], cells, is_short);
	}
	list_unref(events);
}
