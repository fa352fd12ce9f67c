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

#include "expected.h"
#include "memtop/base.h"
#include "stage.h"

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

/* The next sample, not yet in the ring. */
static struct snapshot *next_snapshot(const struct stage *stage)
{
	const struct snapshot *newest;
	unsigned seq;

	assert_int_equal(history_at(stage->history, 0, &newest), 0);
	seq = (unsigned)newest->seq;
	snapshot_unref(newest);
	return scripted_snapshot(SCRIPTED_THRASH, seq);
}

void stage_push_snapshot(struct stage *stage, struct snapshot *snapshot)
{
	assert_int_equal(history_push(stage->history, snapshot), 0);
	ui_update(&stage->ui);
	ui_paint(&stage->ui);
}

void stage_add(struct snapshot *snapshot, struct process *process)
{
	size_t n = snapshot->nprocesses, at = n;
	const struct process **list =
		realloc(snapshot->processes, (n + 1) * sizeof(*list));

	assert_non_null(list);
	assert_non_null(process);
	for (; at > 0 && list[at - 1]->key.pid > process->key.pid; at--)
		list[at] = list[at - 1];
	list[at] = process;
	snapshot->processes = list;
	snapshot->nprocesses = n + 1;
}

void stage_push_without(struct stage *stage, pid_t pid)
{
	struct snapshot *snapshot = next_snapshot(stage);
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		if (snapshot->processes[i]->key.pid == pid)
			process_unref(snapshot->processes[i]);
		else
			snapshot->processes[kept++] = snapshot->processes[i];
	}
	snapshot->nprocesses = kept;
	stage_push_snapshot(stage, snapshot);
}

void stage_push_zombie(struct stage *stage, pid_t pid)
{
	struct snapshot *snapshot = next_snapshot(stage);

	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		/* nobody else has seen this snapshot yet */
		struct process *p =
			(struct process *)(uintptr_t)snapshot->processes[i];

		if (p->key.pid != pid)
			continue;
		p->state = 'Z';
		p->statm.state = p->status.state = STATE_NOT_APPLICABLE;
		p->smaps.state = p->oom.state = STATE_NOT_APPLICABLE;
		p->rss = p->pss = p->swap = UNKNOWN;
	}
	stage_push_snapshot(stage, snapshot);
}

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
	{ "<f6>", KEYCODE_F0 + 6 },	{ "<f7>", KEYCODE_F0 + 7 },
	{ "<f8>", KEYCODE_F0 + 8 },	{ "<resize>", KEYCODE_RESIZE },
	{ "<lt>", '<' },
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
		scripted_source_advance(stage->source, 300 * NS_PER_MS);
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

bool stage_shows(const struct stage *stage, const char *text)
{
	char *screen = expected_screen(stage->rows, stage->cols);
	bool found = strstr(screen, text) != NULL;

	free(screen);
	return found;
}

/* The columns from `col` on, `width` of them, of the rows first to last. */
static char *crop(const char *screen, int first, int last, size_t col,
		  size_t width)
{
	char *text = calloc(1, strlen(screen) + 2), *to = text;

	assert_non_null(text);
	for (int row = 0; *screen && row <= last; row++) {
		size_t len = strcspn(screen, "\n");

		if (row >= first) {
			if (len > col)
				to = stpncpy(to, screen + col,
					     min_u64(width, len - col));
			*to++ = '\n';
			*to = '\0';
		}
		screen += len + (screen[len] != '\0');
	}
	return text;
}

/* The row of a place in the screen's text. */
static int row_of(const char *screen, const char *at)
{
	int row = 0;

	for (; screen < at; screen++)
		row += *screen == '\n';
	return row;
}

void stage_expect_details(const struct stage *stage, const char *name)
{
	char *screen = expected_screen(stage->rows, stage->cols), *text;
	const char *title = strstr(screen, "Esc Back");

	assert_non_null(title);
	text = crop(screen, row_of(screen, title), stage->rows - 3, 0,
		    (size_t)stage->cols);
	expected_text(text, name);
	free(text);
	free(screen);
}

void stage_expect_popup(const struct stage *stage, const char *name)
{
	char *screen = expected_screen(stage->rows, stage->cols), *text;
	const char *top = strstr(screen, "+- "), *end, *foot;
	size_t col = 0;

	assert_non_null(stage->ui.popup);
	assert_non_null(top);
	while (top - col > screen && top[-(ptrdiff_t)col - 1] != '\n')
		col++;
	end = strstr(top, "-+");
	foot = strstr(top + 1, "\n");
	assert_true(end && foot);
	foot = strstr(foot, "+- ");
	assert_non_null(foot);
	text = crop(screen, row_of(screen, top), row_of(screen, foot), col,
		    (size_t)(end - top) + 2);
	expected_text(text, name);
	free(text);
	free(screen);
}
