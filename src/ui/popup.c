/* SPDX-License-Identifier: MIT
 *
 * What every popup is made of: opening and closing, scrolling, wrapping, and
 * the two plain kinds (lines of text, a menu).  Knows nothing of what popups
 * show.
 */
#include "popup.h"

#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"

void ui_open_popup(struct ui *ui, const struct popup *popup, void *state)
{
	ui_close_popup(ui);
	ui->popup = popup;
	ui->popup_state = state;
	ui->dirty = true;
}

void ui_close_popup(struct ui *ui)
{
	const struct popup *popup = ui->popup;

	if (!popup)
		return;
	if (popup->close)
		popup->close(ui);
	ui->popup = NULL;
	ui->popup_state = NULL;
	ui->dirty = true;
}

bool popup_closes(int key)
{
	return key == KEYCODE_ESC || key == KEYCODE_BACKSPACE || key == 'q';
}

void scroll_fit(struct scroll *scroll, size_t lines, size_t page)
{
	size_t last = lines > page ? lines - page : 0;

	scroll->lines = lines;
	scroll->page = page;
	if (scroll->top > last)
		scroll->top = last;
}

static void scroll_by(struct scroll *scroll, ptrdiff_t lines)
{
	if (lines < 0 && scroll->top < (size_t)-lines)
		scroll->top = 0;
	else
		scroll->top += (size_t)lines;
	scroll_fit(scroll, scroll->lines, scroll->page);
}

bool scroll_key(struct scroll *scroll, int key)
{
	ptrdiff_t page = (ptrdiff_t)scroll->page;

	switch (key) {
	case 'j':
	case KEYCODE_DOWN:
		scroll_by(scroll, 1);
		return true;
	case 'k':
	case KEYCODE_UP:
		scroll_by(scroll, -1);
		return true;
	case KEYCODE_PAGE_DOWN:
	case KEYCODE_CTRL('f'):
		scroll_by(scroll, page);
		return true;
	case KEYCODE_PAGE_UP:
	case KEYCODE_CTRL('b'):
		scroll_by(scroll, -page);
		return true;
	case KEYCODE_CTRL('d'):
		scroll_by(scroll, page / 2);
		return true;
	case KEYCODE_CTRL('u'):
		scroll_by(scroll, -(page / 2));
		return true;
	case 'g':
	case KEYCODE_HOME:
		scroll->top = 0;
		return true;
	case 'G':
	case KEYCODE_END:
		scroll->top = scroll->lines;
		scroll_fit(scroll, scroll->lines, scroll->page);
		return true;
	default:
		return false;
	}
}

void popup_text(struct ui *ui, const char *title, const char *footer,
		char *lines)
{
	(void)footer;
	ui_message(ui, "%s: not there yet", title);
	free(lines);
}

void popup_menu(struct ui *ui, const char *title, const char *const *items,
		size_t nitems, void (*picked)(struct ui *ui, size_t index))
{
	(void)items;
	(void)nitems;
	(void)picked;
	ui_message(ui, "%s: not there yet", title);
}
