/* SPDX-License-Identifier: MIT
 *
 * Shapes made of text: headings, bars, sparklines, popups.  Apart from draw.c
 * because they need no curses, only its verbs.
 */
#include <math.h>
#include <string.h>

#include "draw.h"
#include "memtop/base.h"
#include "memtop/text.h"

static const char *const spark_ascii[] = { " ", ".", ":", "-", "=",
					   "+", "*", "#", "%", "@" };
static const char *const spark_utf8[] = { " ", "▁", "▂", "▃", "▄",
					  "▅", "▆", "▇", "█" };

static int draw_line(const struct canvas *c, int row, int col, int to,
		     enum style style, enum glyph glyph)
{
	if (!canvas_shows(c, row))
		return to;
	while (col < to && col < c->cols)
		col = draw_glyph(c, row, col, style, glyph);
	return col;
}

void draw_heading(const struct canvas *c, int row, const char *title,
		  const char *right)
{
	int len = right && *right ? text_cells(right) + 4 : 0;
	int at, title_cells = text_cells(title);

	if (!canvas_shows(c, row) || c->cols <= 0)
		return;
	/* the right part goes first when both don't fit */
	if (title_cells + 5 + len > c->cols)
		len = 0;
	draw_line(c, row, 0, c->cols, STYLE_HEADING, GLYPH_LINE);
	at = draw_text(c, row, 2, STYLE_HEADING, " ");
	at = draw_name(c, row, at, STYLE_HEADING, c->cols - at, title,
		       strlen(title));
	draw_text(c, row, at, STYLE_HEADING, " ");
	if (!len)
		return;
	at = draw_text(c, row, c->cols - len, STYLE_HEADING, " ");
	at = draw_text(c, row, at, STYLE_HEADING, right);
	draw_text(c, row, at, STYLE_HEADING, " ");
}

/* Cells of each part: in proportion, at least one for what is not 0, the
 * difference taken from or given to the largest. */
static void share_cells(const struct bar_part *parts, size_t nparts, int cells,
			int *ret)
{
	double total = 0;
	size_t largest = 0;
	int used = 0;

	for (size_t i = 0; i < nparts; i++) {
		total += (double)parts[i].amount;
		if (parts[i].amount > parts[largest].amount)
			largest = i;
	}
	for (size_t i = 0; i < nparts; i++) {
		ret[i] = 0;
		if (parts[i].amount > 0)
			ret[i] = (int)((double)parts[i].amount / total * cells +
				       0.5);
		if (parts[i].amount > 0 && ret[i] == 0)
			ret[i] = 1;
		used += ret[i];
	}
	if (total > 0)
		ret[largest] += cells - used;
}

#define BAR_PARTS_MAX 8

void draw_bar(const struct canvas *c, int row, int col, int width,
	      const struct bar_part *parts, size_t nparts)
{
	int cells[BAR_PARTS_MAX];

	if (width < 3 || nparts > BAR_PARTS_MAX)
		return;
	share_cells(parts, nparts, width - 2, cells);
	draw_text(c, row, col + width - 1, STYLE_NORMAL, "]");
	col = draw_text(c, row, col, STYLE_NORMAL, "[");
	for (size_t i = 0; i < nparts; i++)
		col = draw_line(c, row, col, col + cells[i], parts[i].style,
				parts[i].glyph);
}

static void spark_range(const double *values, size_t n, bool from_zero,
			double *ret_low, double *ret_high)
{
	double low = NAN, high = NAN;

	for (size_t i = 0; i < n; i++) {
		if (isnan(values[i]))
			continue;
		if (isnan(low) || values[i] < low)
			low = values[i];
		if (isnan(high) || values[i] > high)
			high = values[i];
	}
	*ret_low = from_zero ? 0 : low;
	*ret_high = high;
}

static const char *spark_step(double value, double low, double high)
{
	size_t steps = draw_is_utf8() ? ARRAY_SIZE(spark_utf8)
				      : ARRAY_SIZE(spark_ascii);
	size_t step;

	if (isnan(value))
		return " ";
	/* something is never shown as nothing, a level is never blank */
	if (high <= low)
		step = value > 0 ? 1 : 0;
	else
		step = 1 + (size_t)((value - low) / (high - low) *
				    ((double)steps - 1.001));
	if (value <= 0)
		step = 0;
	if (step >= steps)
		step = steps - 1;
	return draw_is_utf8() ? spark_utf8[step] : spark_ascii[step];
}

void draw_spark(const struct canvas *c, int row, int col, int width,
		const double *values, size_t nvalues, bool from_zero)
{
	size_t inner = width > 2 ? (size_t)width - 2 : 0;
	double low, high;

	if (!inner)
		return;
	if (nvalues > inner) {
		values += nvalues - inner;
		nvalues = inner;
	}
	spark_range(values, nvalues, from_zero, &low, &high);
	draw_text(c, row, col, STYLE_NORMAL, "[");
	draw_text(c, row, col + width - 1, STYLE_NORMAL, "]");
	col += width - 1 - (int)nvalues;
	for (size_t i = 0; i < nvalues; i++)
		draw_text(c, row, col + (int)i, STYLE_NORMAL,
			  spark_step(values[i], low, high));
}

static void draw_frame_row(const struct canvas *c, int row, enum glyph left,
			   enum glyph right, const char *text)
{
	int col;

	if (row < 0)
		return;
	col = draw_glyph(c, row, 0, STYLE_NORMAL, left);
	draw_line(c, row, col, c->cols - 1, STYLE_NORMAL, GLYPH_FRAME_H);
	draw_glyph(c, row, c->cols - 1, STYLE_NORMAL, right);
	if (text && *text && c->cols > 8) {
		struct canvas inner = canvas_part(c, row, 2, 1, c->cols - 4);
		int at = draw_text(&inner, 0, 0, STYLE_BOLD, " ");

		at = draw_text(&inner, 0, at, STYLE_BOLD, text);
		draw_text(&inner, 0, at, STYLE_BOLD, " ");
	}
}

struct canvas draw_popup(const struct canvas *screen, int rows, int cols,
			 const char *title, const char *footer)
{
	struct canvas box;

	if (rows > screen->rows)
		rows = screen->rows;
	if (cols > screen->cols)
		cols = screen->cols;
	box = canvas_part(screen, (screen->rows - rows) / 2,
			  (screen->cols - cols) / 2, rows, cols);
	for (int row = 0; row < box.rows; row++) {
		draw_fill(&box, row, STYLE_NORMAL);
		draw_glyph(&box, row, 0, STYLE_NORMAL, GLYPH_FRAME_V);
		draw_glyph(&box, row, box.cols - 1, STYLE_NORMAL,
			   GLYPH_FRAME_V);
	}
	draw_frame_row(&box, 0, GLYPH_FRAME_TL, GLYPH_FRAME_TR, title);
	draw_frame_row(&box, box.rows - 1, GLYPH_FRAME_BL, GLYPH_FRAME_BR,
		       footer);
	return canvas_part(&box, 1, 1, box.rows - 2 < 0 ? 0 : box.rows - 2,
			   box.cols - 2 < 0 ? 0 : box.cols - 2);
}
