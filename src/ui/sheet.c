/* SPDX-License-Identifier: MIT
 *
 * Lines of text for popups: adding, wrapping at blanks with a hanging indent,
 * drawing.  Separate because most popups and some pages are nothing but such
 * lines; knows nothing of what they say.
 */
#include "popup.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "memtop/text.h"

void sheet_clear(struct sheet *sheet)
{
	sheet->len = 0;
	sheet->count = 0;
}

void sheet_done(struct sheet *sheet)
{
	free(sheet->text);
	free(sheet->list);
	*sheet = (struct sheet){ 0 };
}

static bool make_room(struct sheet *sheet, size_t bytes)
{
	if (sheet->count == sheet->room) {
		size_t room = sheet->room ? sheet->room * 2 : 32;
		void *list = realloc(sheet->list, room * sizeof(*sheet->list));

		if (!list)
			return false;
		sheet->list = list;
		sheet->room = room;
	}
	if (sheet->size - sheet->len < bytes) {
		size_t size = (sheet->len + bytes) * 2;
		char *text = realloc(sheet->text, size);

		if (!text)
			return false;
		sheet->text = text;
		sheet->size = size;
	}
	return true;
}

/* One line of head and len bytes of text. */
static void add_line(struct sheet *sheet, const char *head, const char *text,
		     size_t len)
{
	size_t head_len = strlen(head);

	if (!make_room(sheet, head_len + len + 1))
		return;
	sheet->list[sheet->count++] = (struct sheet_line){
		.at = sheet->len,
		.head = (uint16_t)head_len,
	};
	memcpy(sheet->text + sheet->len, head, head_len);
	memcpy(sheet->text + sheet->len + head_len, text, len);
	sheet->len += head_len + len;
	sheet->text[sheet->len++] = '\0';
}

void sheet_line(struct sheet *sheet, const char *format, ...)
{
	char line[512];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	add_line(sheet, "", line, strlen(line));
}

/* Bytes of the character at s and its cells; what is no character of this
 * locale counts as one byte in one cell. */
static size_t one_character(const char *s, int *cells)
{
	mbstate_t state = { 0 };
	wchar_t wc;
	size_t n = mbrtowc(&wc, s, MB_LEN_MAX, &state);
	int width;

	*cells = 1;
	if (n == 0 || n > MB_LEN_MAX)
		return 1;
	width = wcwidth(wc);
	if (width >= 0)
		*cells = width;
	return n;
}

/* How many bytes of s make the next line of at most width cells; *skip gets
 * the blanks behind it that the break swallows. */
static size_t next_line(const char *s, int width, size_t *skip)
{
	size_t at = 0, blank = 0;
	int used = 0;

	*skip = 0;
	while (s[at]) {
		int cells;
		size_t n = one_character(s + at, &cells);

		if (s[at] == ' ')
			blank = at;
		if (used + cells > width && at) {
			if (s[at] == ' ')
				blank = at;
			if (blank)
				at = blank;
			while (s[at + *skip] == ' ')
				(*skip)++;
			return at;
		}
		used += cells;
		at += n;
	}
	return at;
}

void sheet_wrap(struct sheet *sheet, int width, const char *heading,
		const char *text)
{
	char head[SHEET_INDENT + 1] = "";

	if (heading) {
		snprintf(head, sizeof(head), "%-*.*s", SHEET_INDENT,
			 SHEET_INDENT, heading);
		width -= SHEET_INDENT;
	}
	if (width < 1)
		width = 1;
	do {
		size_t skip, len = next_line(text, width, &skip);

		add_line(sheet, head, text, len);
		text += len + skip;
		if (heading)
			snprintf(head, sizeof(head), "%*s", SHEET_INDENT, "");
	} while (*text);
}

static void draw_line(const struct sheet *sheet, const struct canvas *c,
		      int row, const struct sheet_line *line)
{
	const char *text = sheet->text + line->at;
	int col;

	col = draw_format(c, row, 0, STYLE_BOLD, "%.*s", (int)line->head, text);
	draw_text(c, row, col, STYLE_NORMAL, text + line->head);
}

void sheet_draw_in(struct sheet *sheet, const struct canvas *c)
{
	scroll_fit(&sheet->scroll, sheet->count, (size_t)c->rows);
	for (int row = 0; row < c->rows; row++) {
		size_t i = sheet->scroll.top + (size_t)row;

		if (i >= sheet->count)
			break;
		draw_line(sheet, c, row, &sheet->list[i]);
	}
	draw_park(c, 0, 0);
}

void sheet_draw(struct sheet *sheet, const struct canvas *screen, int width,
		const char *title, const char *footer)
{
	struct canvas c =
		popup_frame(screen, sheet->count, width, title, footer);

	sheet_draw_in(sheet, &c);
}

size_t sheet_draw_lines(const struct sheet *sheet, const struct canvas *c)
{
	size_t i;

	for (i = 0; i < sheet->count && (int)i < c->rows; i++)
		draw_line(sheet, c, (int)i, &sheet->list[i]);
	return i;
}
