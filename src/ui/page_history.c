/* SPDX-License-Identifier: MIT
 *
 * Details, page 3: PSS, RSS + swap and major faults of the process over the
 * ring, with a time cursor, a zoom, and the change between two moments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"
#include "page.h"
#include "tracks.h"

#define CELLS_MAX   256
#define LABEL_CELLS 18 /* left of a graph, its rail included */
#define VALUE_CELLS 8  /* right of it */
#define TABLE_ROWS  7  /* heading, header, a row per figure */

struct history_page {
	struct tracks tracks;
	uint64_t window_ns; /* 0: the whole ring */
	uint64_t cursor_ns; /* realtime; 0: the newest sample */
	uint64_t mark_ns;   /* the other end; 0: the left edge */
	uint64_t cell_ns;   /* of the last paint */
};

static double pss_value(const struct moment *m)
{
	return m->value[TRACK_PSS];
}

static double resident_value(const struct moment *m)
{
	return m->value[TRACK_RSS] + m->value[TRACK_SWAP];
}

static double fault_value(const struct moment *m)
{
	return m->value[TRACK_MAJOR_FAULTS];
}

/* clang-format off */
static const struct graph {
	const char *title;
	track_value *value;
	bool rate;	/* starts at zero, counts a second */
	int share;	/* of the rows, against the others */
} graphs[] = {
	{ "PSS",	pss_value,	false, 2 },
	{ "RSS+swap",	resident_value, false, 1 },
	{ "majflt/s",	fault_value,	true,  1 },
};

static const struct {
	const char *title;
	uint8_t track; /* enum track_id */
	enum { AS_BYTES, AS_RATE, AS_COUNT } as;
} table_rows[] = {
	{ "PSS",      TRACK_PSS,	  AS_BYTES },
	{ "RSS",      TRACK_RSS,	  AS_BYTES },
	{ "swap",     TRACK_SWAP,	  AS_BYTES },
	{ "majflt/s", TRACK_MAJOR_FAULTS, AS_RATE },
	{ "threads",  TRACK_THREADS,	  AS_COUNT },
};
/* clang-format on */

/* What is on screen. */
struct window {
	struct track_window span;
	uint64_t cursor_ns, mark_ns;
};

/* Where the cursor is unless it was moved: at the sample on screen. */
static uint64_t shown_ns(const struct ui *ui, uint64_t last)
{
	return ui->paused && ui->snapshot ? ui->snapshot->realtime_ns : last;
}

static bool find_window(struct ui *ui, int cols, struct window *ret)
{
	struct history_page *page = ui->page_state;
	const struct tracks *tracks = &page->tracks;
	int cells = cols - LABEL_CELLS - VALUE_CELLS;
	uint64_t first, last, span;

	if (!tracks->count || cells < 8)
		return false;
	first = tracks->list[0].realtime_ns;
	last = tracks->list[tracks->count - 1].realtime_ns;
	span = page->window_ns;
	if (!span || span > last - first)
		span = max_u64(last - first, NS_PER_S);
	ret->span.cells = (size_t)(cells < CELLS_MAX ? cells : CELLS_MAX);
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

/* ---- graphs --------------------------------------------------------------- */

static char *level_text(char buf[FORMAT_SIZE], const struct graph *graph,
			double value)
{
	if (isnan(value))
		snprintf(buf, FORMAT_SIZE, "..");
	else if (graph->rate)
		format_rate(buf, value);
	else
		format_bytes(buf, (uint64_t)value, FORMAT_AUTO);
	return buf;
}

static void find_range(const struct graph *graph, const double *values,
		       size_t n, double *ret_low, double *ret_high)
{
	double low = NAN, high = NAN;

	for (size_t i = 0; i < n; i++) {
		low = fmin(low, values[i]);
		high = fmax(high, values[i]);
	}
	if (graph->rate)
		low = 0;
	*ret_low = low;
	*ret_high = high;
}

/* One row of a graph, `level` rows from its foot: full, half or empty cells.
 */
static void draw_row(const struct canvas *c, int row, int level, int height,
		     const double *values, size_t n, double low, double high)
{
	char line[CELLS_MAX * 4 + 1] = "";
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		double filled = 0;
		const char *glyph = " ";

		if (!isnan(values[i]) && high > low)
			filled = (values[i] - low) / (high - low) * height;
		else if (!isnan(values[i]) && high > 0)
			filled = 0.5; /* a flat line */
		if (filled >= level + 1)
			glyph = draw_glyph_text(GLYPH_PROCESS);
		else if (filled > level && (filled - level >= 0.25 || !level))
			glyph = draw_glyph_text(GLYPH_FREE);
		memcpy(line + len, glyph, strlen(glyph));
		len += strlen(glyph);
	}
	line[len] = '\0';
	draw_text(c, row, LABEL_CELLS - 1, STYLE_NORMAL, "|");
	draw_text(c, row, LABEL_CELLS, STYLE_NORMAL, line);
	draw_text(c, row, LABEL_CELLS + (int)n, STYLE_NORMAL, "|");
}

static void draw_graph(const struct ui *ui, const struct canvas *c, int row,
		       int height, const struct graph *graph,
		       const struct window *window)
{
	const struct history_page *page = ui->page_state;
	const struct moment *at = tracks_at(&page->tracks, window->cursor_ns);
	double values[CELLS_MAX], low, high;
	char text[FORMAT_SIZE];

	tracks_cells(&page->tracks, graph->value, &window->span, values);
	find_range(graph, values, window->span.cells, &low, &high);
	draw_text(c, row, 0, STYLE_NORMAL, graph->title);
	draw_right(c, row, LABEL_CELLS - 7, STYLE_NORMAL, 5,
		   level_text(text, graph, high));
	if (height > 1)
		draw_right(c, row + height - 1, LABEL_CELLS - 7, STYLE_NORMAL,
			   5, level_text(text, graph, low));
	for (int i = 0; i < height; i++)
		draw_row(c, row + i, height - 1 - i, height, values,
			 window->span.cells, low, high);
	draw_text(c, row, LABEL_CELLS + (int)window->span.cells + 2, STYLE_BOLD,
		  level_text(text, graph, at ? graph->value(at) : NAN));
}

/* The column of a moment, or -1. */
static int column_of(const struct window *window, uint64_t realtime_ns)
{
	uint64_t span = window->span.to_ns - window->span.from_ns;
	uint64_t into = sub_floor(realtime_ns, window->span.from_ns);

	if (realtime_ns < window->span.from_ns ||
	    realtime_ns > window->span.to_ns)
		return -1;
	return LABEL_CELLS +
	       (int)min_u64((uint64_t)((double)into / (double)span *
				       (double)window->span.cells),
			    window->span.cells - 1);
}

static void draw_axis(const struct canvas *c, int row,
		      const struct window *window)
{
	char from[FORMAT_SIZE], to[FORMAT_SIZE];
	int cursor = column_of(window, window->cursor_ns);
	int mark = column_of(window, window->mark_ns);

	format_clock(from, window->span.from_ns, false);
	format_clock(to, window->span.to_ns, false);
	draw_text(c, row, LABEL_CELLS - 9, STYLE_NORMAL, from);
	draw_text(c, row, LABEL_CELLS + (int)window->span.cells, STYLE_NORMAL,
		  to);
	if (mark >= 0)
		draw_text(c, row, mark, STYLE_BOLD, "m");
	if (cursor >= 0) {
		draw_text(c, row, cursor, STYLE_BOLD, "^");
		draw_park(c, row, cursor);
	}
}

/* Rows for each graph; the first ones win when there are few. */
static void share_rows(int rows, int *heights)
{
	int shares = 0, used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(graphs); i++)
		shares += graphs[i].share;
	for (size_t i = 0; i < ARRAY_SIZE(graphs); i++) {
		heights[i] = rows * graphs[i].share / shares;
		used += heights[i];
	}
	heights[0] += rows - used;
}

/* ---- the table ------------------------------------------------------------ */

static char *figure_text(char buf[FORMAT_SIZE], size_t i, double value)
{
	if (isnan(value))
		snprintf(buf, FORMAT_SIZE, "-");
	else if (table_rows[i].as == AS_BYTES)
		format_bytes(buf, (uint64_t)value, FORMAT_AUTO);
	else if (table_rows[i].as == AS_RATE)
		format_rate(buf, value);
	else
		format_count(buf, (uint64_t)value);
	return buf;
}

static char *change_text(char buf[FORMAT_SIZE], size_t i, double change)
{
	char text[FORMAT_SIZE];

	if (isnan(change))
		snprintf(buf, FORMAT_SIZE, "-");
	else if (table_rows[i].as == AS_BYTES)
		format_bytes_signed(buf, change, FORMAT_AUTO);
	else
		snprintf(buf, FORMAT_SIZE, "%s%s",
			 change > 0   ? "+"
			 : change < 0 ? "-"
				      : "",
			 format_rate(text, fabs(change)));
	return buf;
}

static void draw_change(const struct canvas *c, int row, size_t i,
			const struct moment *from, const struct moment *to)
{
	double a = from ? from->value[table_rows[i].track] : NAN;
	double b = to ? to->value[table_rows[i].track] : NAN;
	double minutes = NAN;
	char text[FORMAT_SIZE];

	if (from && to && to->realtime_ns > from->realtime_ns)
		minutes = (double)(to->realtime_ns - from->realtime_ns) /
			  (60.0 * (double)NS_PER_S);
	draw_text(c, row, 0, STYLE_NORMAL, table_rows[i].title);
	draw_right(c, row, 12, STYLE_NORMAL, 7, figure_text(text, i, a));
	draw_right(c, row, 20, STYLE_NORMAL, 7, figure_text(text, i, b));
	draw_right(c, row, 28, STYLE_NORMAL, 8, change_text(text, i, b - a));
	if (table_rows[i].as == AS_BYTES)
		draw_right(c, row, 37, STYLE_NORMAL, 8,
			   change_text(text, i, (b - a) / minutes));
}

static void draw_table(const struct ui *ui, const struct canvas *c,
		       const struct window *window)
{
	const struct history_page *page = ui->page_state;
	uint64_t a = min_u64(window->mark_ns, window->cursor_ns);
	uint64_t b = max_u64(window->mark_ns, window->cursor_ns);
	char from[FORMAT_SIZE], to[FORMAT_SIZE], title[96];

	format_clock(from, a, false);
	format_clock(to, b, false);
	snprintf(title, sizeof(title), "Between %s and %s", from, to);
	draw_heading(c, 0, title, "m sets the other end");
	draw_text(c, 1, 0, STYLE_HEADING,
		  "COUNTER        FROM      TO   CHANGE  PER MIN");
	for (size_t i = 0; i < ARRAY_SIZE(table_rows); i++)
		draw_change(c, 2 + (int)i, i, tracks_at(&page->tracks, a),
			    tracks_at(&page->tracks, b));
}

/* ---- the page ------------------------------------------------------------- */

static void draw_top(const struct ui *ui, const struct canvas *c,
		     const struct window *window)
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

static void draw(struct ui *ui, const struct canvas *c,
		 const struct process *process)
{
	struct history_page *page = ui->page_state;
	int table = c->rows >= 16 ? TABLE_ROWS : 0, row = 1;
	int heights[ARRAY_SIZE(graphs)];
	struct window window;
	struct canvas below;

	(void)process;
	if (!page)
		return;
	tracks_update(&page->tracks, ui->history, ui->subject);
	if (!find_window(ui, c->cols, &window)) {
		draw_text(c, 0, 0, STYLE_NORMAL,
			  page->tracks.count ? "too narrow for a graph"
					     : "nothing in the ring yet");
		return;
	}
	draw_top(ui, c, &window);
	share_rows(c->rows - 2 - table, heights);
	for (size_t i = 0; i < ARRAY_SIZE(graphs); i++) {
		if (heights[i] > 0)
			draw_graph(ui, c, row, heights[i], &graphs[i], &window);
		row += heights[i] > 0 ? heights[i] : 0;
	}
	draw_axis(c, row, &window);
	below = canvas_part(c, row + 1, 0, -1, -1);
	if (table)
		draw_table(ui, &below, &window);
}

/* The cursor moves in whole cells and stays within the ring; at its end it
 * follows the newest sample again. */
static void move_cursor(struct history_page *page, int cells)
{
	const struct tracks *tracks = &page->tracks;
	uint64_t first = tracks->list[0].realtime_ns;
	uint64_t last = tracks->list[tracks->count - 1].realtime_ns;
	uint64_t at = page->cursor_ns ? page->cursor_ns : last;

	if (cells < 0)
		at = max_u64(sub_floor(at, page->cell_ns), first);
	else
		at += page->cell_ns;
	page->cursor_ns = at < last ? at : 0;
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

static void set_mark(struct history_page *page)
{
	const struct tracks *tracks = &page->tracks;
	uint64_t at = page->cursor_ns;

	if (!at)
		at = tracks->list[tracks->count - 1].realtime_ns;
	page->mark_ns = page->mark_ns == at ? 0 : at;
}

static bool act(struct ui *ui, const char *action)
{
	struct history_page *page = ui->page_state;

	if (!page || !page->tracks.count)
		return false;
	if (!strcmp(action, "left"))
		move_cursor(page, -1);
	else if (!strcmp(action, "right"))
		move_cursor(page, 1);
	else if (!strcmp(action, "first"))
		page->cursor_ns = page->tracks.list[0].realtime_ns;
	else if (!strcmp(action, "last"))
		page->cursor_ns = 0;
	else if (!strcmp(action, "zoom-in"))
		zoom(page, true);
	else if (!strcmp(action, "zoom-out"))
		zoom(page, false);
	else if (!strcmp(action, "mark"))
		set_mark(page);
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
