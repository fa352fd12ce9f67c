/* SPDX-License-Identifier: MIT
 *
 * What every popup is made of: opening and closing, the frame, scrolling, and
 * the two plain kinds (lines of text, a menu).  Knows nothing of what popups
 * show.
 */
#include "popup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"

void *popup_memory(struct ui *ui, size_t size)
{
	void *state = calloc(1, size);

	if (!state)
		ui_message(ui, "no memory for a popup");
	return state;
}

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

int popup_text_cells(const struct canvas *screen, int width)
{
	int cells = screen->cols < width ? screen->cols : width;

	return cells > 4 ? cells - 4 : 0;
}

void popup_process_title(char *buf, size_t size, const char *prefix,
			 const struct process *process)
{
	char comm[sizeof(process->comm) * 4];

	text_printable(comm, sizeof(comm), process->comm, strlen(process->comm),
		       32);
	snprintf(buf, size, "%s%s[%d]", prefix, comm, (int)process->key.pid);
}

struct canvas popup_frame(const struct canvas *screen, size_t lines, int width,
			  const char *title, const char *footer)
{
	int rows = screen->rows;
	struct canvas inside;

	if (lines + 2 < (size_t)rows)
		rows = (int)lines + 2;
	if (width > screen->cols)
		width = screen->cols;
	inside = draw_popup(screen, rows, width, title, footer);
	return canvas_part(&inside, 0, 1, -1,
			   inside.cols > 2 ? inside.cols - 2 : 0);
}

void scroll_fit(struct scroll *scroll, size_t lines, size_t page)
{
	size_t last = lines > page ? lines - page : 0;

	scroll->lines = lines;
	scroll->page = page;
	if (scroll->top > last)
		scroll->top = last;
}

void scroll_show(struct scroll *scroll, size_t line)
{
	if (line < scroll->top)
		scroll->top = line;
	else if (scroll->page && line >= scroll->top + scroll->page)
		scroll->top = line - scroll->page + 1;
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
		scroll_by(scroll, -(ptrdiff_t)scroll->lines);
		return true;
	case 'G':
	case KEYCODE_END:
		scroll_by(scroll, (ptrdiff_t)scroll->lines);
		return true;
	default:
		return false;
	}
}

struct text_popup {
	char title[80], footer[80];
	struct sheet sheet;
};

static void text_draw(struct ui *ui, const struct canvas *screen)
{
	struct text_popup *state = ui->popup_state;

	sheet_draw(&state->sheet, screen, POPUP_WIDTH, state->title,
		   state->footer);
}

static bool text_key(struct ui *ui, int key)
{
	struct text_popup *state = ui->popup_state;

	scroll_key(&state->sheet.scroll, key);
	return !popup_closes(key);
}

static void text_close(struct ui *ui)
{
	struct text_popup *state = ui->popup_state;

	sheet_done(&state->sheet);
	free(state);
}

static const struct popup text_popup = {
	.name = "text",
	.draw = text_draw,
	.key = text_key,
	.close = text_close,
};

void popup_text(struct ui *ui, const char *title, const char *footer,
		char *lines)
{
	struct text_popup *state = popup_memory(ui, sizeof(*state));
	char *at = lines, *line;

	if (!state) {
		free(lines);
		return;
	}
	snprintf(state->title, sizeof(state->title), "%s", title);
	snprintf(state->footer, sizeof(state->footer), "%s",
		 footer ? footer : "j/k scroll   Esc close");
	while ((line = strsep(&at, "\n")))
		if (at || *line)
			sheet_line(&state->sheet, "%s", line);
	free(lines);
	ui_open_popup(ui, &text_popup, state);
}

struct menu {
	char title[80];
	const char *const *items;
	size_t nitems, cursor;
	struct scroll scroll;
	void (*picked)(struct ui *ui, size_t index);
};

static int menu_width(const struct menu *menu)
{
	static const char footer[] = "Enter choose   Esc cancel";
	int width = text_cells(menu->title) + 8;

	for (size_t i = 0; i < menu->nitems; i++) {
		int cells = text_cells(menu->items[i]) + 6;

		if (cells > width)
			width = cells;
	}
	if (width < (int)sizeof(footer) + 7)
		width = (int)sizeof(footer) + 7;
	return width < POPUP_WIDTH ? width : POPUP_WIDTH;
}

static void menu_draw(struct ui *ui, const struct canvas *screen)
{
	struct menu *menu = ui->popup_state;
	struct canvas c = popup_frame(screen, menu->nitems, menu_width(menu),
				      menu->title, "Enter choose   Esc cancel");

	scroll_fit(&menu->scroll, menu->nitems, (size_t)c.rows);
	scroll_show(&menu->scroll, menu->cursor);
	for (int row = 0; row < c.rows; row++) {
		size_t i = menu->scroll.top + (size_t)row;
		bool here = i == menu->cursor;

		if (i >= menu->nitems)
			break;
		draw_format(&c, row, 0, STYLE_NORMAL, "%c %s", here ? '>' : ' ',
			    menu->items[i]);
		if (here) {
			draw_restyle(&c, row, 0, c.cols, STYLE_CURSOR);
			draw_park(&c, row, 0);
		}
	}
}

/* The menu is closed before its owner hears of the choice, so that he may
 * open the next popup. */
static void menu_pick(struct ui *ui, const struct menu *menu)
{
	void (*picked)(struct ui *, size_t) = menu->picked;
	size_t cursor = menu->cursor;

	ui_close_popup(ui);
	picked(ui, cursor);
}

static bool menu_key(struct ui *ui, int key)
{
	struct menu *menu = ui->popup_state;
	size_t page = menu->scroll.page;

	if (popup_closes(key) || !menu->nitems)
		return false;
	if (key == KEYCODE_ENTER) {
		menu_pick(ui, menu);
		return true;
	}
	if ((key == KEYCODE_UP || key == 'k') && menu->cursor)
		menu->cursor--;
	else if (key == KEYCODE_DOWN || key == 'j')
		menu->cursor++;
	else if (key == KEYCODE_PAGE_UP)
		menu->cursor = sub_floor(menu->cursor, page);
	else if (key == KEYCODE_PAGE_DOWN)
		menu->cursor += page;
	else if (key == KEYCODE_HOME || key == 'g')
		menu->cursor = 0;
	else if (key == KEYCODE_END || key == 'G')
		menu->cursor = menu->nitems;
	if (menu->cursor >= menu->nitems)
		menu->cursor = menu->nitems - 1;
	return true;
}

static void menu_close(struct ui *ui)
{
	free(ui->popup_state);
}

static const struct popup menu_popup = {
	.name = "menu",
	.draw = menu_draw,
	.key = menu_key,
	.close = menu_close,
};

void popup_menu(struct ui *ui, const char *title, const char *const *items,
		size_t nitems, void (*picked)(struct ui *ui, size_t index))
{
	struct menu *menu = popup_memory(ui, sizeof(*menu));

	if (!menu)
		return;
	snprintf(menu->title, sizeof(menu->title), "%s", title);
	menu->items = items;
	menu->nitems = nitems;
	menu->picked = picked;
	ui_open_popup(ui, &menu_popup, menu);
}
