/* SPDX-License-Identifier: MIT
 *
 * Private to the popups and dialogs: what they share.  The rest of ui/ opens
 * them through ui.h and needs nothing from here.
 */
#ifndef UI_POPUP_H
#define UI_POPUP_H

#include "ui.h"

/* Width of a popup with text, frame included, where the screen has it. */
#define POPUP_WIDTH 78

/* Zeroed memory for what a popup remembers; NULL: it was said that there is
 * none. */
void *popup_memory(struct ui *ui, size_t size);

/* Scroll position of a popup: the first line shown, of how many, how many
 * fit.  lines and page are those of the last paint. */
struct scroll {
	size_t top, lines, page;
};

/* j k, arrows, pages, g G; true when key was one of them. */
bool scroll_key(struct scroll *scroll, int key);
/* Keeps top in range after a paint told lines and page. */
void scroll_fit(struct scroll *scroll, size_t lines, size_t page);
/* Scrolls just so far that line is on screen. */
void scroll_show(struct scroll *scroll, size_t line);

/* q, Esc, Backspace: the keys that close every popup. */
bool popup_closes(int key);

/*
 * A framed popup for that many lines of text, frame included at most width
 * cells wide; returns the room for the text, with a blank on either side.
 * Larger than the screen: as large as the screen.
 */
struct canvas popup_frame(const struct canvas *screen, size_t lines, int width,
			  const char *title, const char *footer);

/* "prefix java[48213]", the name made printable. */
void popup_process_title(char *buf, size_t size, const char *prefix,
			 const struct process *process);

/* Cells for text in a popup of that width on that screen. */
int popup_text_cells(const struct canvas *screen, int width);

/*
 * Lines of text in a popup, made anew for each paint and scrolled.  Text that
 * is added is trusted: names went through text_printable() before.  A sheet
 * that runs out of memory shows the lines it has.
 */
struct sheet {
	char *text;
	size_t len, size;
	struct sheet_line {
		size_t at;
		uint16_t head; /* bytes drawn as a heading */
	} * list;
	size_t count, room;
	struct scroll scroll;
};

void sheet_clear(struct sheet *sheet);
void sheet_done(struct sheet *sheet);
void sheet_line(struct sheet *sheet, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* "Heading   text that is wrapped at width cells and goes on below itself";
 * heading "" indents, NULL does not. */
void sheet_wrap(struct sheet *sheet, int width, const char *heading,
		const char *text);
/* Draws it as a popup. */
void sheet_draw(struct sheet *sheet, const struct canvas *screen, int width,
		const char *title, const char *footer);
/* The same in a popup that has been drawn. */
void sheet_draw_in(struct sheet *sheet, const struct canvas *c);
/* Draws its lines on c from the top, without a frame or scrolling; returns
 * how many. */
size_t sheet_draw_lines(const struct sheet *sheet, const struct canvas *c);

/* The column where the text of sheet_wrap() begins behind a heading. */
#define SHEET_INDENT 10

#endif
