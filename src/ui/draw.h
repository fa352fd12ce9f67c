/* SPDX-License-Identifier: MIT
 *
 * Drawing verbs.  A canvas is a rectangle of the screen; nothing drawn on it
 * leaves it.  Callers name roles, never colours.  Only draw.c and term.c know
 * curses.  Main thread only.
 */
#ifndef UI_DRAW_H
#define UI_DRAW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a piece of text is; the theme says how that looks. */
enum style {
	STYLE_NORMAL,
	STYLE_DIM, /* zero, old, not permitted */
	STYLE_BOLD,
	STYLE_HEADING, /* "-- Title ---" and table headers */
	STYLE_CURSOR,  /* the row under the cursor */
	STYLE_STATE,   /* not live: PAUSED, LATE (reverse) */
	STYLE_CRIT,    /* filled labels */
	STYLE_WARN,
	STYLE_NOTE,
	STYLE_OK,
	STYLE_LIMIT, /* a value beyond its limit */
	STYLE_NEAR,  /* a value near its limit */
	STYLE_BAR_PROCESS,
	STYLE_BAR_CACHE,
	STYLE_BAR_KERNEL,
	STYLE_BAR_FREE,
	STYLE_KEY, /* a key in the key bar */
	STYLE_COUNT
};

/* Glyphs that have an ASCII and a UTF-8 look, one cell each. */
/* clang-format off */
enum glyph {
	GLYPH_LINE, GLYPH_PROCESS, GLYPH_KERNEL, GLYPH_CACHE, GLYPH_FREE,
	GLYPH_SWAP_ZRAM, GLYPH_SWAP_DISK,
	GLYPH_TREE_TEE, GLYPH_TREE_END, GLYPH_TREE_RAIL,
	GLYPH_FRAME_TL, GLYPH_FRAME_TR, GLYPH_FRAME_BL, GLYPH_FRAME_BR,
	GLYPH_FRAME_H, GLYPH_FRAME_V,
	GLYPH_COUNT
};
/* clang-format on */

struct canvas {
	int row, col;	/* of its corner on the screen */
	int rows, cols; /* may be 0 */
	/* Of its rows so many are scrolled out at either end: its first row on
	 * the screen is number `above`. */
	int above, below;
};

/* A canvas of `rows` rows behind the window that parent is, with the row `top`
 * at its upper edge; not smaller than the window. */
struct canvas canvas_scrolled(const struct canvas *parent, int rows, int top);

/* The part of parent at row, col (relative), clipped to it; a negative rows
 * or cols means "to the edge". */
struct canvas canvas_part(const struct canvas *parent, int row, int col,
			  int rows, int cols);

/* Is that row on the screen? */
bool canvas_shows(const struct canvas *c, int row);

/* Trusted UTF-8 text, clipped at the right edge without a mark.  Returns the
 * column behind it. */
int draw_text(const struct canvas *c, int row, int col, enum style style,
	      const char *text);
int draw_format(const struct canvas *c, int row, int col, enum style style,
		const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Untrusted bytes: made printable, cut with '+' at width cells. */
int draw_name(const struct canvas *c, int row, int col, enum style style,
	      int width, const char *bytes, size_t len);

/* Right-aligned in width cells. */
int draw_right(const struct canvas *c, int row, int col, enum style style,
	       int width, const char *text);

int draw_glyph(const struct canvas *c, int row, int col, enum style style,
	       enum glyph glyph);
void draw_fill(const struct canvas *c, int row, enum style style);

/* What stands before the name of a row in a tree.  Returns the column behind
 * it. */
struct branch {
	uint64_t rails; /* bit d, 0 < d < depth: a line goes on at depth d */
	unsigned depth;
	bool last, collapsed; /* no younger sibling is shown; its children are
				 not */
};
int draw_branch(const struct canvas *c, int row, int col,
		const struct branch *branch);

/* "-- Title ------------------- right --" over the whole row */
void draw_heading(const struct canvas *c, int row, const char *title,
		  const char *right);

/* "[####kkcc..]": width cells in all.  Every part above 0 gets a cell. */
struct bar_part {
	uint64_t amount;
	enum glyph glyph;
	enum style style;
};
void draw_bar(const struct canvas *c, int row, int col, int width,
	      const struct bar_part *parts, size_t nparts);

/* "[..:--==++]": the newest value right; NAN leaves a blank.  from_zero for
 * rates; else minimum to maximum. */
void draw_spark(const struct canvas *c, int row, int col, int width,
		const double *values, size_t nvalues, bool from_zero);

/* An empty popup: frame, blank inside; returns the inside.  title and footer
 * sit in the frame. */
struct canvas draw_popup(const struct canvas *screen, int rows, int cols,
			 const char *title, const char *footer);

/* Where the hardware cursor rests after the paint. */
void draw_park(const struct canvas *c, int row, int col);

/* For term.c: how many colours there are (0: mono), UTF-8 glyphs or not; and
 * putting the cursor where it was parked. */
void draw_set_look(int number_of_colors, bool want_utf8);
void draw_place_cursor(void);

/* The glyph as text in the look in force, for building lines. */
const char *draw_glyph_text(enum glyph glyph);
bool draw_is_utf8(void);

/* Restyles cells that are already drawn (the cursor row). */
void draw_restyle(const struct canvas *c, int row, int col, int width,
		  enum style style);

#endif
