/* SPDX-License-Identifier: MIT
 *
 * See stage.h.  The size of the screen, the locale and the time zone are
 * fixed, so that the same keys always give the same text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "memtop/base.h"
#include "stage.h"

#define EXPECTED "tests/screen/expected"

static void set_number(const char *name, int value)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", value);
	setenv(name, text, 1);
}

void stage_begin(struct stage *stage, enum scripted_case which,
		 unsigned samples, int rows, int cols)
{
	const struct ui_options options = {
		.term = { .null_device = true, .ascii = true },
		.pane = PANE_PROCESSES,
		.query = { .active = NO_FIELD },
		.delay_ns = NS_PER_S,
	};

	*stage = (struct stage){ .rows = rows, .cols = cols };
	setenv("TZ", "UTC", 1);
	tzset();
	setlocale(LC_ALL, "C");
	set_number("LINES", rows);
	set_number("COLUMNS", cols);
	assert_int_equal(history_new(&history_default_limits, &stage->history),
			 0);
	stage->source = scripted_source_new(stage->history, which);
	assert_int_equal(stage->source->ops->start(stage->source), 0);
	assert_int_equal(
		ui_init(&stage->ui, stage->source, stage->history, &options),
		0);
	stage_push(stage, samples - 1);
}

void stage_end(struct stage *stage)
{
	ui_done(&stage->ui);
	assert_int_equal(scripted_source_log(stage->source)->targets, 0);
	stage->source->ops->close(stage->source);
	history_free(stage->history);
}

void stage_push(struct stage *stage, unsigned samples)
{
	scripted_source_push(stage->source, samples);
	ui_update(&stage->ui);
	ui_paint(&stage->ui);
}

void stage_push_without(struct stage *stage, pid_t pid)
{
	const struct snapshot *newest;
	struct snapshot *snapshot;
	size_t kept = 0;

	assert_int_equal(history_at(stage->history, 0, &newest), 0);
	snapshot = scripted_snapshot(SCRIPTED_THRASH, (unsigned)newest->seq);
	snapshot_unref(newest);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		if (snapshot->processes[i]->key.pid == pid)
			process_unref(snapshot->processes[i]);
		else
			snapshot->processes[kept++] = snapshot->processes[i];
	}
	snapshot->nprocesses = kept;
	assert_int_equal(history_push(stage->history, snapshot), 0);
	ui_update(&stage->ui);
	ui_paint(&stage->ui);
}

/* ---- keys ----------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *name;
	int key;
} named_keys[] = {
	{ "<enter>", KEYCODE_ENTER },	{ "<esc>", KEYCODE_ESC },
	{ "<left>", KEYCODE_LEFT },	{ "<right>", KEYCODE_RIGHT },
	{ "<up>", KEYCODE_UP },		{ "<down>", KEYCODE_DOWN },
	{ "<pgdn>", KEYCODE_PAGE_DOWN },
	{ "<backspace>", KEYCODE_BACKSPACE },
	{ "<f6>", KEYCODE_F0 + 6 },	{ "<f7>", KEYCODE_F0 + 7 },	{ "<f8>", KEYCODE_F0 + 8 },	{ "<resize>", KEYCODE_RESIZE },	{ "<lt>", '<' },
};
/* clang-format on */

static int next_key(const char **keys)
{
	for (size_t i = 0; i < ARRAY_SIZE(named_keys); i++) {
		size_t len = strlen(named_keys[i].name);

		if (strncmp(*keys, named_keys[i].name, len) != 0)
			continue;
		*keys += len;
		return named_keys[i].key;
	}
	return (unsigned char)*(*keys)++;
}

void stage_keys(struct stage *stage, const char *keys)
{
	while (*keys) {
		ui_key(&stage->ui, next_key(&keys));
		ui_update(&stage->ui);
		ui_paint(&stage->ui);
	}
}

void stage_keys_at_once(struct stage *stage, const char *keys)
{
	while (*keys)
		ui_key(&stage->ui, next_key(&keys));
	ui_update(&stage->ui);
	ui_paint(&stage->ui);
}

/* ---- what stands there ---------------------------------------------------- */

/* All rows, without the blanks at their ends; malloc'ed. */
static char *read_screen(const struct stage *stage)
{
	size_t width = (size_t)stage->cols * 4 + 2, len = 0;
	char *text = calloc((size_t)stage->rows, width);

	assert_non_null(text);
	for (int row = 0; row < stage->rows; row++) {
		term_read_row(row, text + len, (int)width);
		len += strlen(text + len);
		while (len && text[len - 1] == ' ')
			len--;
		text[len++] = '\n';
	}
	text[len] = '\0';
	return text;
}

bool stage_shows(const struct stage *stage, const char *text)
{
	char *screen = read_screen(stage);
	bool found = strstr(screen, text) != NULL;

	free(screen);
	return found;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		fail_msg("%s can not be written", path);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	assert_non_null(text);
	if (!file)
		fail_msg("%s is missing; UPDATE=1 writes it", path);
	else if (fread(text, 1, 65535, file) == 0)
		fail_msg("%s is empty", path);
	if (file)
		fclose(file);
	return text;
}

/* The first line that differs, so that a person sees what changed. */
static void report(const char *name, const char *is, const char *should)
{
	int row = 1;

	for (;; row++) {
		size_t a = strcspn(is, "\n"), b = strcspn(should, "\n");

		if (a != b || memcmp(is, should, a) != 0)
			fail_msg("%s, row %d\n  is      |%.*s|\n  expected "
				 "|%.*s|",
				 name, row, (int)a, is, (int)b, should);
		if (!is[a] || !should[b])
			return;
		is += a + 1;
		should += b + 1;
	}
}

void stage_expect(const struct stage *stage, const char *name)
{
	char path[256], *is = read_screen(stage), *should;

	snprintf(path, sizeof(path), "%s/%s.txt", EXPECTED, name);
	if (getenv("UPDATE")) {
		write_file(path, is);
		free(is);
		return;
	}
	should = read_file(path);
	if (strcmp(is, should) != 0)
		report(name, is, should);
	free(should);
	free(is);
}
