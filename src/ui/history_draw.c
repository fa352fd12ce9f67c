/* SPDX-License-Identifier: MIT
 *
 * The History page as it looks: graphs over a window of time, and the table
 * of changes between two moments.  Apart from the page because that only
 * decides which window and which moments.
 */
#include <stdio.h>
#include <string.h>

#include "page_history.h"

#define LABEL_CELLS 18 /* left of a graph, its rail included */
#define VALUE_CELLS 8  /* right of it */

static double pss_value(const struct moment *m)
{
	return m->value[TRACK_PSS];
}

static double uss_value(const struct moment *m)
{
	return m->value[TRACK_USS];
}

static double rss_value(const struct moment *m)
{
	return m->value[TRACK_RSS];
}

static double swap_value(const struct moment *m)
{
	return m->value[TRACK_SWAP];
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
	{ "USS",	uss_value,	false, 1 },
	{ "RSS",	rss_value,	false, 1 },
	{ "swap",	swap_value,	false, 1 },
	{ "majflt/s",	fault_value,	true,  1 },
};
/* clang-format on */

/* clang-format off */
static const struct {
	const char *title;
	uint8_t track; /* enum track_id */
	enum { AS_BYTES, AS_RATE, AS_COUNT } as;
} table_rows[] = {
	{ "PSS",      TRACK_PSS,	  AS_BYTES },
	{ "USS",      TRACK_USS,	  AS_BYTES },
	{ "RSS",      TRACK_RSS,	  AS_BYTES },
	{ "swap",     TRACK_SWAP,	  AS_BYTES },
	{ "majflt/s", TRACK_MAJOR_FAULTS, AS_RATE },
	{ "threads",  TRACK_THREADS,	  AS_COUNT },
};
/* clang-format on */

size_t history_graph_cells(int cols)
{
	int cells = cols - LABEL_CELLS - VALUE_CELLS;

	if (cells < 8)
		return 0;
	return (size_t)(cells < HISTORY_CELLS_MAX ? cells : HISTORY_CELLS_MAX);
}

static char *level_text(char buf[FORMAT_SIZE], const struct graph *graph,
			double value)
{
	if (isnan(value))
		snprintf(buf, FORMAT_SIZE, "..");
	else if (graph->rate)
		format_rate(buf, value);
	else
		format_bytes(buf, clamp_u64(value), FORMAT_AUTO);
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
	char line[HISTORY_CELLS_MAX * 4 + 1] = "";
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

static void draw_graph(const struct tracks *tracks, const struct canvas *c,
		       int row, int height, const struct graph *graph,
		       const struct history_window *window)
{
	const struct moment *at = tracks_at(tracks, window->cursor_ns);
	double values[HISTORY_CELLS_MAX], low, high;
	char text[FORMAT_SIZE];

	tracks_cells(tracks, graph->value, &window->span, values);
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
	level_text(text, graph, at ? graph->value(at) : NAN);
	/* what the kernel refuses will not come */
	if ((graph->value == pss_value || graph->value == uss_value) &&
	    window->pss_refused && strcmp(text, "..") == 0)
		strcpy(text, "?");
	draw_text(c, row, LABEL_CELLS + (int)window->span.cells + 2, STYLE_BOLD,
		  text);
}

/* The column of a moment, or -1. */
static int column_of(const struct history_window *window, uint64_t realtime_ns)
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
		      const struct history_window *window)
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

int history_draw_graphs(const struct tracks *tracks, const struct canvas *c,
			int row, int rows, const struct history_window *window)
{
	int heights[ARRAY_SIZE(graphs)];

	share_rows(rows, heights);
	for (size_t i = 0; i < ARRAY_SIZE(graphs); i++) {
		if (heights[i] <= 0)
			continue;
		draw_graph(tracks, c, row, heights[i], &graphs[i], window);
		row += heights[i];
	}
	draw_axis(c, row, window);
	return row + 1;
}

static char *figure_text(char buf[FORMAT_SIZE], size_t i, double value)
{
	if (isnan(value))
		snprintf(buf, FORMAT_SIZE, "-");
	else if (table_rows[i].as == AS_BYTES)
		format_bytes(buf, clamp_u64(value), FORMAT_AUTO);
	else if (table_rows[i].as == AS_RATE)
		format_rate(buf, value);
	else
		format_count(buf, clamp_u64(value));
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

void history_draw_table(const struct tracks *tracks, const struct canvas *c,
			const struct history_window *window)
{
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
		draw_change(c, 2 + (int)i, i, tracks_at(tracks, a),
			    tracks_at(tracks, b));
}
