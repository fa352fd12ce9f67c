/* SPDX-License-Identifier: MIT
 *
 * Private to the popups and dialogs: what they share.  The rest of ui/ opens
 * them through ui.h and needs nothing from here.
 */
#ifndef UI_POPUP_H
#define UI_POPUP_H

#include "ui.h"

/* Scroll position of a popup: the first line shown, of how many, how many
 * fit.  lines and page are those of the last paint. */
struct scroll {
	size_t top, lines, page;
};

/* j k, arrows, pages, g G; true when key was one of them. */
bool scroll_key(struct scroll *scroll, int key);
/* Keeps top in range after a paint told lines and page. */
void scroll_fit(struct scroll *scroll, size_t lines, size_t page);

/* q, Esc: the keys that close every popup. */
bool popup_closes(int key);

/*
 * Breaks text at blanks into lines of at most width cells and calls line()
 * for each; a word longer than a line is cut.  Returns how many lines.
 */
size_t popup_wrap(const char *text, int width,
		  void (*line)(void *context, const char *s, size_t len),
		  void *context);

#endif
