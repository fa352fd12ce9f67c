/* SPDX-License-Identifier: MIT
 *
 * Details, page 3: PSS, USS, RSS, swap and major faults of the process over
 * the ring, with a time cursor, a zoom, and the change between two moments.
 */
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"
#include "memtop/trend.h"
#include "page_history.h"

#define LEAK_FROM    16 /* rows from which on the test is shown */
#define FIGURES_FROM 22 /* and its figures */

/* The shortest window of the test. */
#define LEAK_SHORTEST_NS (600 * NS_PER_S)

struct history_page {
	struct tracks tracks;
	uint64_t window_ns; /* 0: the whole ring */
	uint64_t cursor_ns; /* realtime; 0: the newest sample */
	uint64_t mark_ns;   /* the other end; 0: the left edge */
	uint64_t cell_ns;   /* of the last paint */
};

/* Where the cursor is unless it was moved: at the sample on screen. */
static uint64_t shown_ns(const struct ui *ui, uint64_t last)
{
	return ui->paused && ui->snapshot ? ui->snapshot->realtime_ns : last;
}

/* At the newest sample: live the cursor goes along with it. */
static uint64_t end_ns(const struct ui *ui, uint64_t last)
{
	return ui->paused ? last : 0;
}

static bool find_window(struct ui *ui, int cols, struct history_window *ret)
{
	struct history_page *page = ui->page_state;
	const struct tracks *tracks = &page->tracks;
	uint64_t first, last, span;

	ret->span.cells = history_graph_cells(cols);
	if (!tracks->count || !ret->span.cells)
		return false;
	first = tracks->list[0].realtime_ns;
	last = tracks->list[tracks->count - 1].realtime_ns;
	span = page->window_ns;
	if (!span || span > last - first)
		span = max_u64(last - first, NS_PER_S);
	ret->cursor_ns = page->cursor_ns ? page->cursor_ns : shown_ns(ui, last);
	ret->span.to_ns = last;
	if (ret->cursor_ns + span < last)
		ret->span.to_ns = ret->cursor_ns + span / 2;
	ret->span.from_ns = sub_floor(ret->span.to_ns, span);
	ret->span.hold_ns = 5 * ui->delay_ns / 2;
	ret->mark_ns = page->mark_ns ? page->mark_ns
				     : max_u64(ret->span.from_ns, first);
	page->cell_ns = max_u64(span / ret->span.cells, 1);
	return true;
}

static void draw_top(const struct ui *ui, const struct canvas *c,
		     const struct history_window *window)
{
	const struct history_page *page = ui->page_state;
	char span[FORMAT_SIZE], clock[FORMAT_SIZE], cell[FORMAT_SIZE];

	draw_format(c, 0, 0, STYLE_NORMAL,
		    "window %s (+ - zoom)   cursor %s (left/right)   "
		    "1 cell = %s",
		    format_duration(span,
				    window->span.to_ns - window->span.from_ns),
		    format_clock(clock, window->cursor_ns, false),
		    page->cell_ns < NS_PER_S
			    ? "<1s"
			    : format_duration(cell, page->cell_ns));
}

/* "floors 22.1G 22.9G …": of each twelfth, oldest first, as many as fit. */
static void draw_floors(const struct canvas *c, int row,
			const struct trend *trend)
{
	char floor[FORMAT_SIZE];
	int col = draw_text(c, row, 0, STYLE_NORMAL, "     floors");

	for (size_t i = 0; i < TREND_BINS && col + 7 <= c->cols; i++)
		col = draw_format(c, row, col, STYLE_NORMAL, " %5s",
				  trend->bins[i] == UNKNOWN
					  ? "-"
					  : format_bytes(floor, trend->bins[i],
							 FORMAT_AUTO));
}

/* What the test goes by, each with what a leak has. */
static void draw_figures(const struct canvas *c, int row,
			 const struct trend *trend)
{
	const struct {
		const char *name, *limit;
		double value;
		bool met;
	} figures[] = {
		{ "largest step", "at most 35%", trend->step,
		  trend->step <= LEAK_STEP },
		{ "flattest third", "from 25%", trend->least_third,
		  trend->least_third >= LEAK_LEAST_THIRD },
		{ "last third", "from 50%", trend->last_third,
		  trend->last_third >= LEAK_LAST_THIRD },
	};
	int col = draw_format(c, row, 0, STYLE_NORMAL, "     tau %.2f",
			      trend->tau);

	col = draw_format(c, row, col, STYLE_DIM, " (from %.1f)", LEAK_TAU);
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++) {
		if (isnan(figures[i].value))
			continue;
		col = draw_format(
			c, row, col, figures[i].met ? STYLE_NORMAL : STYLE_BOLD,
			"  %s %.0f%%", figures[i].name, figures[i].value);
		col = draw_format(c, row, col, STYLE_DIM, " (%s)",
				  figures[i].limit);
	}
}

/* Whether there can have been a whole window of it, the shortest of the test:
 * before that nothing is said of it, however it grows. */
static bool was_looked_at(const struct ui *ui)
{
	const struct snapshot *s = ui->snapshot;
	struct history_span span;

	history_span(ui->history, &span);
	/* what has lost its beginning may never hold as much */
	return (span.first_seq > 1 ||
		sub_floor(s->realtime_ns, span.first_realtime_ns) >=
			LEAK_SHORTEST_NS) &&
	       (ui->subject.start_ns == UNKNOWN ||
		sub_floor(s->boottime_ns, ui->subject.start_ns) >=
			LEAK_SHORTEST_NS);
}

/* Why it is called a leak, or why not; the rows it took. */
static int draw_leak(const struct ui *ui, const struct canvas *c, int row)
{
	const struct list *trends = snapshot_list(ui->snapshot, ENTITY_TREND);
	const struct trend *trend = trend_find(trends, ui->subject);
	char floor[FORMAT_SIZE], rise[FORMAT_SIZE], span[FORMAT_SIZE];

	if (list_state(trends) != STATE_OK)
		return 0;
	if (!trend) {
		draw_text(c, row, 0, STYLE_NORMAL,
			  was_looked_at(ui)
				  ? "leak no: its lowest size has not risen, "
				    "as far as was looked"
				  : "leak not known yet: the test takes ten "
				    "minutes of it, or more");
		return 1;
	}
	draw_format(c, row, 0, STYLE_NORMAL, "leak %s: %s; floor %s, %s in %s",
		    trend->verdict, text_str(trend->why),
		    format_bytes(floor, trend->floor, FORMAT_AUTO),
		    format_bytes_signed(rise, trend->rise, FORMAT_AUTO),
		    format_duration(span, trend->window_ns));
	if (c->rows < FIGURES_FROM)
		return 1;
	draw_figures(c, row + 1, trend);
	draw_floors(c, row + 2, trend);
	return 3;
}

static void draw(struct ui *ui, const struct canvas *c,
		 const struct process *process)
{
	struct history_page *page = ui->page_state;
	int table = c->rows >= 16 ? HISTORY_TABLE_ROWS : 0, row = 1;
	struct history_window window;
	struct canvas below;

	if (!page)
		return;
	window.pss_refused = process->smaps.state == STATE_DENIED;
	tracks_update(&page->tracks, ui->history, ui->subject);
	if (!find_window(ui, c->cols, &window)) {
		draw_text(c, 0, 0, STYLE_NORMAL,
			  page->tracks.count ? "too narrow for a graph"
					     : "nothing in the ring yet");
		return;
	}
	draw_top(ui, c, &window);
	if (c->rows >= LEAK_FROM && ui->snapshot)
		row += draw_leak(ui, c, row);
	row = history_draw_graphs(&page->tracks, c, row,
				  c->rows - 1 - row - table, &window);
	below = canvas_part(c, row, 0, -1, -1);
	if (table)
		history_draw_table(&page->tracks, &below, &window);
}

/* Where the cursor is, moved or not. */
static uint64_t cursor_at(const struct ui *ui)
{
	const struct history_page *page = ui->page_state;
	const struct tracks *tracks = &page->tracks;

	return page->cursor_ns
		       ? page->cursor_ns
		       : shown_ns(ui,
				  tracks->list[tracks->count - 1].realtime_ns);
}

/* The cursor moves in whole cells and stays within the ring; at its end it
 * follows the newest sample again. */
static void move_cursor(struct ui *ui, int cells)
{
	struct history_page *page = ui->page_state;
	const struct tracks *tracks = &page->tracks;
	uint64_t first = tracks->list[0].realtime_ns;
	uint64_t last = tracks->list[tracks->count - 1].realtime_ns;
	uint64_t at = cursor_at(ui);

	if (cells < 0)
		at = max_u64(sub_floor(at, page->cell_ns), first);
	else
		at += page->cell_ns;
	page->cursor_ns = at < last ? at : end_ns(ui, last);
}

static void zoom(struct history_page *page, bool in)
{
	const struct tracks *tracks = &page->tracks;
	uint64_t all = tracks->list[tracks->count - 1].realtime_ns -
		       tracks->list[0].realtime_ns;
	uint64_t window = page->window_ns ? page->window_ns : all;

	if (in && window / 2 >= 10 * NS_PER_S)
		page->window_ns = window / 2;
	else if (!in)
		page->window_ns = window * 2 < all ? window * 2 : 0;
}

static void set_mark(struct ui *ui)
{
	struct history_page *page = ui->page_state;
	uint64_t at = cursor_at(ui);

	page->mark_ns = page->mark_ns == at ? 0 : at;
}

static bool act(struct ui *ui, const char *action)
{
	struct history_page *page = ui->page_state;
	uint64_t last;

	if (!page || !page->tracks.count)
		return false;
	last = page->tracks.list[page->tracks.count - 1].realtime_ns;
	if (!strcmp(action, "left"))
		move_cursor(ui, -1);
	else if (!strcmp(action, "right"))
		move_cursor(ui, 1);
	else if (!strcmp(action, "first"))
		page->cursor_ns = page->tracks.list[0].realtime_ns;
	else if (!strcmp(action, "last"))
		page->cursor_ns = end_ns(ui, last);
	else if (!strcmp(action, "zoom-in"))
		zoom(page, true);
	else if (!strcmp(action, "zoom-out"))
		zoom(page, false);
	else if (!strcmp(action, "mark"))
		set_mark(ui);
	else
		return false;
	ui->dirty = true;
	return true;
}

static void open_page(struct ui *ui)
{
	if (!ui->page_state)
		ui->page_state = calloc(1, sizeof(struct history_page));
}

static void close_page(struct ui *ui)
{
	struct history_page *page = ui->page_state;

	if (page)
		tracks_done(&page->tracks);
	free(page);
}

const struct page page_history = {
	.title = "History",
	.where = WHERE_DETAILS | WHERE_HISTORY,
	.open = open_page,
	.draw = draw,
	.act = act,
	.close = close_page,
};
