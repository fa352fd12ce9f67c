/* SPDX-License-Identifier: MIT
 *
 * The terminal: start, stop on every way out, keys, resize.  Together with
 * draw.c the only file that knows curses.  Main thread only.
 */
#ifndef UI_TERM_H
#define UI_TERM_H

#include <stdbool.h>

#include "draw.h"

/* Keys: Unicode code points, control characters as they are, and these. */
/* clang-format off */
enum key {
	KEYCODE_NONE = -1,
	KEYCODE_UP = 0x200000, KEYCODE_DOWN, KEYCODE_LEFT, KEYCODE_RIGHT,
	KEYCODE_PAGE_UP, KEYCODE_PAGE_DOWN, KEYCODE_HOME, KEYCODE_END,
	KEYCODE_ENTER, KEYCODE_ESC, KEYCODE_BACKSPACE, KEYCODE_DELETE,
	KEYCODE_INSERT, KEYCODE_TAB, KEYCODE_BACKTAB, KEYCODE_RESIZE,
	KEYCODE_F0, /* F1 is KEYCODE_F0 + 1, to 12 */
	KEYCODE_F12 = KEYCODE_F0 + 12,
};
/* clang-format on */
#define KEYCODE_CTRL(c) ((c)&0x1f)

enum theme { THEME_AUTO, THEME_MONO, THEME_COUNT };

struct term_options {
	bool ascii; /* never UTF-8 glyphs */
	enum theme theme;
	bool null_device; /* tests: no terminal, LINES and COLUMNS rule */
};

/*
 * Starts curses on the terminal with the fallback chain of TERM; *ret_note
 * (static) says when another than the asked one is used, else NULL.
 * -ENOTTY: there is no terminal that could show a screen.
 */
int term_start(const struct term_options *options, const char **ret_note);
/* Restores the terminal; may be called twice. */
void term_stop(void);
/* After SIGWINCH: takes the new size. */
void term_resize(void);
/* ^Z: restore, stop, and on return to the foreground repaint. */
void term_suspend(void);

void term_set_theme(enum theme theme);

/* The next key without waiting, KEYCODE_NONE when none. */
int term_key(void);
/* Throws pending input away: type-ahead must not answer a dialog. */
void term_flush_input(void);
/* Descriptor to poll for keys; -1 on a null device. */
int term_fd(void);

/* The whole screen, empty. */
struct canvas term_begin_frame(void);
/* Paints what was drawn.  Skips the frame and returns false when the line
 * still has bytes to take. */
bool term_end_frame(void);
/* ^L: everything is sent again. */
void term_redraw_all(void);

/* Tests: the text of a screen row, wide characters in UTF-8. */
void term_read_row(int row, char *buf, int size);

#endif
