/* SPDX-License-Identifier: MIT
 *
 * One line of input in the status row.  Knows how to edit, not what for.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "ui.h"

void ui_open_prompt(struct ui *ui, const struct prompt *prompt,
		    const char *initial)
{
	ui->prompt = prompt;
	ui->prompt_error[0] = '\0';
	snprintf(ui->prompt_text, sizeof(ui->prompt_text), "%s",
		 initial ? initial : "");
	ui->prompt_at = strlen(ui->prompt_text);
	ui->dirty = true;
}

static bool continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t before(const char *text, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && continues(text[at]))
		at--;
	return at;
}

static size_t behind(const char *text, size_t at)
{
	if (text[at])
		at++;
	while (continues(text[at]))
		at++;
	return at;
}

static void cut(struct ui *ui, size_t from, size_t to)
{
	char *text = ui->prompt_text;

	memmove(text + from, text + to, strlen(text + to) + 1);
	ui->prompt_at = from;
}

static bool insert(struct ui *ui, int key)
{
	char *text = ui->prompt_text, bytes[MB_LEN_MAX];
	mbstate_t state = { 0 };
	size_t len = strlen(text), n = wcrtomb(bytes, (wchar_t)key, &state);

	if (n == (size_t)-1 || len + n >= sizeof(ui->prompt_text))
		return false;
	memmove(text + ui->prompt_at + n, text + ui->prompt_at,
		len - ui->prompt_at + 1);
	memcpy(text + ui->prompt_at, bytes, n);
	ui->prompt_at += n;
	return true;
}

/* true when the text changed */
static bool edit(struct ui *ui, int key)
{
	char *text = ui->prompt_text;
	size_t at = ui->prompt_at;

	switch (key) {
	case KEYCODE_LEFT:
		ui->prompt_at = before(text, at);
		return false;
	case KEYCODE_RIGHT:
		ui->prompt_at = behind(text, at);
		return false;
	case KEYCODE_HOME:
	case KEYCODE_CTRL('a'):
		ui->prompt_at = 0;
		return false;
	case KEYCODE_END:
	case KEYCODE_CTRL('e'):
		ui->prompt_at = strlen(text);
		return false;
	case KEYCODE_BACKSPACE:
		cut(ui, before(text, at), at);
		return true;
	case KEYCODE_DELETE:
		cut(ui, at, behind(text, at));
		ui->prompt_at = at;
		return true;
	case KEYCODE_CTRL('u'):
		cut(ui, 0, at);
		return true;
	case KEYCODE_CTRL('k'):
		text[at] = '\0';
		return true;
	default:
		if (key < ' ' || key == 127 || key >= KEYCODE_UP)
			return false;
		return insert(ui, key);
	}
}

void prompt_key(struct ui *ui, int key)
{
	const struct prompt *prompt = ui->prompt;
	char text[sizeof(ui->prompt_text)];
	/* Backspace in an empty line leaves, as in less and vi */
	bool leave = key == KEYCODE_ESC ||
		     (key == KEYCODE_BACKSPACE && !ui->prompt_text[0]);

	if (leave) {
		ui->prompt = NULL;
		if (prompt->cancelled)
			prompt->cancelled(ui);
	} else if (key == KEYCODE_ENTER) {
		/* done() may open the next prompt */
		memcpy(text, ui->prompt_text, sizeof(text));
		ui->prompt = NULL;
		prompt->done(ui, text);
	} else if (edit(ui, key) && prompt->changed) {
		ui->prompt_error[0] = '\0';
		prompt->changed(ui, ui->prompt_text);
	}
}
