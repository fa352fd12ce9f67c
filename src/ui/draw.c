/* SPDX-License-Identifier: MIT
 *
 * The drawing verbs and how each style and glyph looks.  With term.c the only
 * file that knows curses.  Clips everything to its canvas, so that no pane
 * has to be careful at any size.  Knows no figure and no pane.
 */
#include "draw.h"

#include <curses.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "memtop/base.h"
#include "memtop/text.h"

#define CELLS_MAX 1024

/* Colours are given in pairs with both sides set; text is never coloured, so
 * that it is right on a light and on a dark background alike. */
struct look {
	attr_t attr;	/* with 256 or 8 colours */
	attr_t mono;	/* without */
	short fg, bg;	/* of 256; -1: none */
	short fg8, bg8; /* of 8 */
};

/* clang-format off */
static const struct look looks[STYLE_COUNT] = {
	[STYLE_NORMAL]	= { A_NORMAL, A_NORMAL, -1, -1, -1, -1 },
	[STYLE_DIM]	= { A_DIM, A_NORMAL, -1, -1, -1, -1 },
	[STYLE_BOLD]	= { A_BOLD, A_BOLD, -1, -1, -1, -1 },
	[STYLE_HEADING]	= { A_BOLD, A_BOLD, -1, -1, -1, -1 },
	[STYLE_CURSOR]	= { A_REVERSE, A_REVERSE, -1, -1, -1, -1 },
	[STYLE_STATE]	= { A_REVERSE, A_REVERSE, -1, -1, -1, -1 },
	[STYLE_CRIT]	= { A_BOLD, A_REVERSE | A_BOLD, 231, 161,
			    COLOR_WHITE, COLOR_RED },
	[STYLE_WARN]	= { A_NORMAL, A_REVERSE, 16, 214,
			    COLOR_BLACK, COLOR_YELLOW },
	[STYLE_NOTE]	= { A_NORMAL, A_UNDERLINE, 16, 75,
			    COLOR_BLACK, COLOR_CYAN },
	[STYLE_OK]	= { A_BOLD, A_BOLD, -1, -1, -1, -1 },
	[STYLE_LIMIT]	= { A_BOLD | A_UNDERLINE, A_BOLD | A_UNDERLINE,
			    -1, -1, -1, -1 },
	[STYLE_NEAR]	= { A_BOLD, A_BOLD, -1, -1, -1, -1 },
	[STYLE_BAR_PROCESS] = { A_NORMAL, A_NORMAL, -1, -1, -1, -1 },
	[STYLE_BAR_CACHE] = { A_DIM, A_NORMAL, -1, -1, -1, -1 },
	[STYLE_BAR_KERNEL] = { A_BOLD, A_BOLD, -1, -1, -1, -1 },
	[STYLE_BAR_FREE] = { A_DIM, A_NORMAL, -1, -1, -1, -1 },
	[STYLE_KEY]	= { A_BOLD, A_BOLD, -1, -1, -1, -1 },
};

static const struct {
	const char *ascii, *utf8;
} glyphs[GLYPH_COUNT] = {
	[GLYPH_LINE]	  = { "-", "─" },
	[GLYPH_PROCESS]	  = { "#", "█" },
	[GLYPH_KERNEL]	  = { "k", "▓" },
	[GLYPH_CACHE]	  = { "c", "▒" },
	[GLYPH_FREE]	  = { ".", "░" },
	[GLYPH_SWAP_ZRAM] = { "z", "█" },
	[GLYPH_SWAP_DISK] = { "d", "▓" },
	[GLYPH_TREE_TEE]  = { "|-", "├─" },
	[GLYPH_TREE_END]  = { "`-", "└─" },
	[GLYPH_TREE_RAIL] = { "| ", "│ " },
	[GLYPH_FRAME_TL]  = { "+", "┌" },
	[GLYPH_FRAME_TR]  = { "+", "┐" },
	[GLYPH_FRAME_BL]  = { "+", "└" },
	[GLYPH_FRAME_BR]  = { "+", "┘" },
	[GLYPH_FRAME_H]	  = { "-", "─" },
	[GLYPH_FRAME_V]	  = { "|", "│" },
};
/* clang-format on */

static int colors; /* 0: mono */
static bool utf8;
static int park_row, park_col;

/* Does every glyph take one cell here? */
static bool glyphs_are_narrow(void)
{
	wchar_t wide[4];

	for (size_t i = 0; i < GLYPH_COUNT; i++) {
		size_t n = mbstowcs(wide, glyphs[i].utf8, ARRAY_SIZE(wide));

		if (n == (size_t)-1 || n >= ARRAY_SIZE(wide))
			return false;
		for (size_t k = 0; k < n; k++)
			if (wcwidth(wide[k]) != 1)
				return false;
	}
	return true;
}

void draw_set_look(int number_of_colors, bool want_utf8)
{
	colors = number_of_colors >= 256 ? 256 : number_of_colors >= 8 ? 8 : 0;
	utf8 = want_utf8 && glyphs_are_narrow();
	for (short i = 0; colors && i < STYLE_COUNT; i++) {
		const struct look *look = &looks[i];

		if (look->fg >= 0)
			init_pair((short)(i + 1),
				  colors == 256 ? look->fg : look->fg8,
				  colors == 256 ? look->bg : look->bg8);
	}
}

bool draw_is_utf8(void)
{
	return utf8;
}

const char *draw_glyph_text(enum glyph glyph)
{
	return utf8 ? glyphs[glyph].utf8 : glyphs[glyph].ascii;
}

static attr_t style_attr(enum style style)
{
	if (!colors)
		return looks[style].mono;
	/* 8-colour terminals draw dim unreadably, or not at all */
	return looks[style].attr & ~(colors == 8 ? A_DIM : 0);
}

static short style_pair(enum style style)
{
	return colors && looks[style].fg >= 0 ? (short)(style + 1) : 0;
}

static int at_least_0(int n)
{
	return n > 0 ? n : 0;
}

struct canvas canvas_part(const struct canvas *parent, int row, int col,
			  int rows, int cols)
{
	struct canvas part;

	if (row < 0)
		row = 0;
	if (col < 0)
		col = 0;
	if (row > parent->rows)
		row = parent->rows;
	if (col > parent->cols)
		col = parent->cols;
	if (rows < 0 || rows > parent->rows - row)
		rows = parent->rows - row;
	if (cols < 0 || cols > parent->cols - col)
		cols = parent->cols - col;
	part = (struct canvas){
		.row = parent->row + at_least_0(row - parent->above),
		.col = parent->col + col,
		.rows = rows,
		.cols = cols,
		.above = at_least_0(parent->above - row),
		.below =
			at_least_0(row + rows - (parent->rows - parent->below)),
	};
	return part;
}

struct canvas canvas_scrolled(const struct canvas *parent, int rows, int top)
{
	struct canvas c = *parent;

	c.rows = rows > parent->rows ? rows : parent->rows;
	c.above = top < c.rows - parent->rows ? at_least_0(top)
					      : c.rows - parent->rows;
	c.below = c.rows - parent->rows - c.above;
	return c;
}

bool canvas_shows(const struct canvas *c, int row)
{
	return row >= c->above && row < c->rows - c->below;
}

static bool on_canvas(const struct canvas *c, int row, int col)
{
	return canvas_shows(c, row) && col >= 0 && col < c->cols;
}

/* The row of the screen. */
static int screen_row(const struct canvas *c, int row)
{
	return c->row + row - c->above;
}

/* The locale's characters of text as wide ones, at most max cells.  Returns
 * how many characters; *ret_cells their width. */
static int widen(const char *text, wchar_t *wide, int max, int *ret_cells)
{
	mbstate_t state = { 0 };
	int n = 0, cells = 0;

	while (*text && n < CELLS_MAX - 1) {
		size_t used = mbrtowc(&wide[n], text, MB_LEN_MAX, &state);
		int width;

		if (used == (size_t)-1 || used == (size_t)-2) {
			memset(&state, 0, sizeof(state));
			wide[n] = L'?';
			used = 1;
		}
		width = wcwidth(wide[n]);
		if (width < 0) {
			wide[n] = L'?';
			width = 1;
		}
		if (cells + width > max)
			break;
		cells += width;
		text += used;
		n++;
	}
	*ret_cells = cells;
	return n;
}

int draw_text(const struct canvas *c, int row, int col, enum style style,
	      const char *text)
{
	wchar_t wide[CELLS_MAX];
	int n, cells;

	if (!on_canvas(c, row, col))
		return col;
	n = widen(text, wide, c->cols - col, &cells);
	if (n == 0)
		return col;
	attr_set(style_attr(style), style_pair(style), NULL);
	mvaddnwstr(screen_row(c, row), c->col + col, wide, n);
	attr_set(A_NORMAL, 0, NULL);
	return col + cells;
}

int draw_format(const struct canvas *c, int row, int col, enum style style,
		const char *format, ...)
{
	char buf[CELLS_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	return draw_text(c, row, col, style, buf);
}

int draw_name(const struct canvas *c, int row, int col, enum style style,
	      int width, const char *bytes, size_t len)
{
	char buf[CELLS_MAX * 4];

	if (!on_canvas(c, row, col))
		return col;
	if (width > c->cols - col)
		width = c->cols - col;
	text_printable(buf, sizeof(buf), bytes, len, width);
	return draw_text(c, row, col, style, buf);
}

int draw_right(const struct canvas *c, int row, int col, enum style style,
	       int width, const char *text)
{
	int pad = width - text_cells(text);

	draw_text(c, row, col + (pad > 0 ? pad : 0), style, text);
	return col + width;
}

int draw_glyph(const struct canvas *c, int row, int col, enum style style,
	       enum glyph glyph)
{
	return draw_text(c, row, col, style, draw_glyph_text(glyph));
}

int draw_branch(const struct canvas *c, int row, int col,
		const struct branch *branch)
{
	for (unsigned d = 1; d < branch->depth && d < 64; d++) {
		if (branch->rails >> d & 1)
			draw_glyph(c, row, col, STYLE_NORMAL, GLYPH_TREE_RAIL);
		col += 3;
	}
	if (branch->depth > 0) {
		draw_glyph(c, row, col, STYLE_NORMAL,
			   branch->last ? GLYPH_TREE_END : GLYPH_TREE_TEE);
		col += 3;
	}
	if (branch->collapsed)
		col = draw_text(c, row, col, STYLE_NORMAL, "[+] ");
	return col;
}

void draw_fill(const struct canvas *c, int row, enum style style)
{
	if (!on_canvas(c, row, 0))
		return;
	for (int col = 0; col < c->cols;)
		col = draw_text(c, row, col, style,
				"                                ");
}

void draw_restyle(const struct canvas *c, int row, int col, int width,
		  enum style style)
{
	if (!on_canvas(c, row, col))
		return;
	if (width > c->cols - col)
		width = c->cols - col;
	mvchgat(screen_row(c, row), c->col + col, width, style_attr(style),
		style_pair(style), NULL);
}

void draw_park(const struct canvas *c, int row, int col)
{
	if (!on_canvas(c, row, col))
		return;
	park_row = screen_row(c, row);
	park_col = c->col + col;
}

void draw_place_cursor(void)
{
	move(park_row, park_col);
}
