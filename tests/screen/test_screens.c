/* SPDX-License-Identifier: MIT
 *
 * The real screens on scripted samples, row by row against files that a
 * person reads: expected/NAME.txt.  UPDATE=1 writes them anew; look at the
 * difference before committing it.
 *
 * Nothing is painted on a terminal: curses draws on a null device of a fixed
 * size, and the rows are read back.
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

#include "../../src/ui/ui.h"
#include "scripted.h"

#define EXPECTED "tests/screen/expected"

struct screen {
	const char *name;
	enum scripted_case which;
	unsigned samples; /* after the first */
	int rows, cols;
	const char *keys; /* pressed one after another; \r Enter, \v Right */
	bool utf8;
};

/* clang-format off */
#define SCREEN(name_, case_, samples_, rows_, cols_, keys_, utf8_)  \
	{ .name = name_, .which = case_, .samples = samples_, \
	  .rows = rows_, .cols = cols_, .keys = keys_, .utf8 = utf8_ }
#define ASCII(...) SCREEN(__VA_ARGS__, false)
#define UTF8(...) SCREEN(__VA_ARGS__, true)
static const struct screen screens[] = {
	ASCII("overview-80x24", SCRIPTED_THRASH, 70, 24, 80, ""),
	ASCII("overview-120x36", SCRIPTED_THRASH, 70, 36, 120, ""),
	UTF8("overview-120x36-utf8", SCRIPTED_THRASH, 70, 36, 120, ""),
	ASCII("overview-200x60", SCRIPTED_THRASH, 70, 60, 200, ""),
	ASCII("overview-60x15", SCRIPTED_THRASH, 70, 15, 60, ""),
	ASCII("overview-40x10", SCRIPTED_THRASH, 70, 10, 40, ""),
	ASCII("overview-30x10", SCRIPTED_THRASH, 70, 10, 30, ""),
	ASCII("overview-20x4", SCRIPTED_THRASH, 70, 4, 20, ""),
	ASCII("overview-incident-80x24", SCRIPTED_INCIDENT, 70, 24, 80, ""),
	ASCII("overview-incident-120x36", SCRIPTED_INCIDENT, 70, 36, 120, ""),
	ASCII("overview-incident-200x60", SCRIPTED_INCIDENT, 70, 60, 200, ""),
	ASCII("overview-incident-past", SCRIPTED_INCIDENT, 70, 24, 80, "{{{{"),
	ASCII("overview-1-row", SCRIPTED_THRASH, 70, 1, 40, ""),
	ASCII("overview-healthy", SCRIPTED_HEALTHY, 5, 36, 120, ""),
	ASCII("overview-starting", SCRIPTED_STARTING, 0, 36, 120, ""),
	ASCII("overview-first-rates", SCRIPTED_STARTING, 1, 24, 80, ""),
	ASCII("overview-nobody", SCRIPTED_NOBODY, 5, 24, 80, ""),
	ASCII("overview-no-swap", SCRIPTED_NO_SWAP, 5, 24, 80, ""),
	ASCII("overview-no-swap-40x10", SCRIPTED_NO_SWAP, 5, 10, 40, ""),
	ASCII("overview-container-120x36", SCRIPTED_CONTAINER, 5, 36, 120, ""),
	ASCII("overview-container-80x24", SCRIPTED_CONTAINER, 5, 24, 80, ""),
	ASCII("overview-container-60x15", SCRIPTED_CONTAINER, 5, 15, 60, ""),
	ASCII("overview-container-40x10", SCRIPTED_CONTAINER, 5, 10, 40, ""),
	ASCII("overview-no-psi", SCRIPTED_NO_PSI, 5, 24, 80, ""),
	ASCII("processes-80x24", SCRIPTED_THRASH, 70, 24, 80, "2"),
	ASCII("processes-120x36", SCRIPTED_THRASH, 70, 36, 120, "2"),
	ASCII("processes-200x60", SCRIPTED_THRASH, 70, 60, 200, "2"),
	ASCII("processes-40x10", SCRIPTED_THRASH, 70, 10, 40, "2"),
	ASCII("ram-40x10", SCRIPTED_THRASH, 70, 10, 40, "9"),
	ASCII("processes-20x4", SCRIPTED_THRASH, 70, 4, 20, "2"),
	ASCII("processes-nobody", SCRIPTED_NOBODY, 5, 36, 120, "2"),
	ASCII("processes-starting", SCRIPTED_STARTING, 1, 24, 80, "2"),
	ASCII("processes-hostile", SCRIPTED_HOSTILE, 5, 24, 80, "2"),
	ASCII("processes-tree", SCRIPTED_THRASH, 70, 24, 120, "2tjj-"),
	UTF8("processes-tree-utf8", SCRIPTED_THRASH, 70, 24, 120, "2t"),
	ASCII("processes-by-user", SCRIPTED_THRASH, 70, 24, 120, "2b"),
	ASCII("processes-by-cgroup", SCRIPTED_THRASH, 70, 24, 120, "2bbb"),
	ASCII("processes-by-cgroup-nobody", SCRIPTED_NOBODY, 5, 24, 120,
	      "2bbb"),
	ASCII("processes-by-swap", SCRIPTED_THRASH, 70, 24, 80, "2S"),
	ASCII("processes-marked", SCRIPTED_THRASH, 70, 24, 80, "2mmjm"),
	ASCII("processes-filter", SCRIPTED_THRASH, 70, 24, 80,
	      "2&user:celery swap>300M\r"),
	ASCII("processes-filter-prompt", SCRIPTED_THRASH, 70, 24, 80,
	      "2&user:celery"),
	ASCII("processes-filter-error", SCRIPTED_THRASH, 70, 24, 80,
	      "2&swap>lots"),
	ASCII("processes-search", SCRIPTED_THRASH, 70, 24, 80, "2/postgr"),
	ASCII("processes-paused", SCRIPTED_THRASH, 70, 24, 120, "2(["),
	ASCII("processes-head-full", SCRIPTED_THRASH, 70, 24, 80, "2##"),
	ASCII("swap-80x24", SCRIPTED_THRASH, 70, 24, 80, "3"),
	ASCII("swap-120x36", SCRIPTED_THRASH, 70, 36, 120, "3"),
	ASCII("swap-none", SCRIPTED_NO_SWAP, 5, 24, 80, "3"),
	ASCII("oom-80x24", SCRIPTED_THRASH, 70, 24, 80, "4"),
	ASCII("oom-120x36", SCRIPTED_THRASH, 70, 36, 120, "4"),
	ASCII("thp-80x24", SCRIPTED_THRASH, 70, 24, 80, "5"),
	ASCII("thp-120x36", SCRIPTED_THRASH, 70, 36, 120, "5"),
	ASCII("events-80x24", SCRIPTED_INCIDENT, 70, 24, 80, "8"),
	ASCII("events-120x36", SCRIPTED_INCIDENT, 70, 36, 120, "8jj"),
	ASCII("events-none", SCRIPTED_THRASH, 5, 24, 80, "8"),
	ASCII("events-unseen", SCRIPTED_INCIDENT, 70, 24, 80, "2"),
	ASCII("cgroups-80x24", SCRIPTED_THRASH, 70, 24, 80, "6"),
	ASCII("cgroups-120x36", SCRIPTED_THRASH, 70, 36, 120, "6jjjj"),
	ASCII("cgroups-narrow-tree", SCRIPTED_THRASH, 70, 24, 80, "6jj-&max>1G\r"),
	ASCII("cgroups-details", SCRIPTED_THRASH, 70, 36, 120, "6jjjj\r"),
	ASCII("cgroups-details-80x24", SCRIPTED_THRASH, 70, 24, 80, "6jjjj\r"),
	ASCII("cgroups-memory", SCRIPTED_THRASH, 70, 24, 80, "6jjjj\r2"),
	ASCII("cgroups-limits", SCRIPTED_THRASH, 70, 36, 120, "6jjjj\r3"),
	ASCII("cgroups-pressure", SCRIPTED_THRASH, 70, 24, 80, "6jjjj\r4"),
	ASCII("cgroups-events", SCRIPTED_INCIDENT, 70, 36, 120, "6jjjj\r5"),
	ASCII("kernel-80x24", SCRIPTED_THRASH, 70, 24, 80, "7"),
	ASCII("kernel-120x36", SCRIPTED_THRASH, 70, 36, 120, "7"),
	ASCII("kernel-blocks", SCRIPTED_THRASH, 70, 24, 80, "7\v\v"),
	ASCII("kernel-tunables", SCRIPTED_THRASH, 70, 24, 80, "7\v\v\v\v\v\v\r"),
	/* of use for 16K */
	ASCII("kernel-block-size", SCRIPTED_THRASH, 70, 24, 80, "7\v\vvv"),
	ASCII("kernel-starting", SCRIPTED_STARTING, 0, 36, 120, "7"),
	ASCII("ram-80x24", SCRIPTED_THRASH, 70, 24, 80, "9"),
	ASCII("ram-120x36", SCRIPTED_THRASH, 70, 36, 120, "9"),
	ASCII("ram-shared", SCRIPTED_THRASH, 70, 24, 80, "9\v\v\r"),
	ASCII("ram-hostile", SCRIPTED_HOSTILE, 5, 36, 120, "9"),
	ASCII("cgroups-processes", SCRIPTED_THRASH, 70, 24, 80, "6jjjp"),
};
/* clang-format on */

struct fixture {
	struct history *history;
	struct source *source;
	struct ui ui;
};

static void set_size(int rows, int cols)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", rows);
	setenv("LINES", text, 1);
	snprintf(text, sizeof(text), "%d", cols);
	setenv("COLUMNS", text, 1);
}

static void fixture_begin(struct fixture *f, const struct screen *screen)
{
	const struct ui_options options = {
		.term = { .null_device = true, .ascii = !screen->utf8 },
		.delay_ns = NS_PER_S,
	};

	set_size(screen->rows, screen->cols);
	assert_int_equal(history_new(&history_default_limits, &f->history), 0);
	f->source = scripted_source_new(f->history, screen->which);
	assert_int_equal(f->source->ops->start(f->source), 0);
	assert_int_equal(ui_init(&f->ui, f->source, f->history, &options), 0);
	for (unsigned i = 0; i < screen->samples; i++) {
		scripted_source_push(f->source, 1);
		ui_update(&f->ui);
	}
	ui_paint(&f->ui);
	for (const char *key = screen->keys; *key; key++) {
		ui_key(&f->ui, *key == '\r'   ? KEYCODE_ENTER
			       : *key == '\v' ? KEYCODE_RIGHT
					      : *key);
		ui_paint(&f->ui);
	}
}

static void fixture_end(struct fixture *f)
{
	ui_done(&f->ui);
	f->source->ops->close(f->source);
	history_free(f->history);
}

/* All rows, without the blanks at their ends; malloc'ed. */
static char *read_screen(const struct screen *screen)
{
	size_t size = (size_t)screen->rows * ((size_t)screen->cols * 4 + 2);
	char *all = malloc(size + 1), *at = all;

	assert_non_null(all);
	for (int row = 0; row < screen->rows; row++) {
		term_read_row(row, at, screen->cols * 4 + 1);
		assert_true(text_cells(at) <= screen->cols);
		at += strlen(at);
		while (at > all && at[-1] == ' ')
			at--;
		*at++ = '\n';
	}
	*at = '\0';
	return all;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	size_t n;

	if (!file)
		return NULL;
	text = malloc(1 << 20);
	assert_non_null(text);
	n = fread(text, 1, (1 << 20) - 1, file);
	text[n] = '\0';
	fclose(file);
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void print_difference(const char *expected, const char *seen)
{
	for (int row = 1; *expected || *seen; row++) {
		size_t a = strcspn(expected, "\n"), b = strcspn(seen, "\n");

		if (a != b || memcmp(expected, seen, a) != 0)
			print_error("row %d\n- %.*s\n+ %.*s\n", row, (int)a,
				    expected, (int)b, seen);
		expected += a + (expected[a] != '\0');
		seen += b + (seen[b] != '\0');
	}
}

static void check_screen(void **state)
{
	const struct screen *screen = *state;
	static struct fixture f;
	char path[256], *seen, *expected;

	snprintf(path, sizeof(path), "%s/%s.txt", EXPECTED, screen->name);
	fixture_begin(&f, screen);
	seen = read_screen(screen);
	fixture_end(&f);
	if (getenv("UPDATE"))
		write_file(path, seen);
	expected = read_file(path);
	if (!expected) {
		free(seen);
		fail_msg("%s is missing; UPDATE=1 writes it", path);
		return;
	}
	if (strcmp(expected, seen) != 0) {
		print_difference(expected, seen);
		free(expected);
		free(seen);
		fail_msg("%s differs", path);
		return;
	}
	free(expected);
	free(seen);
}

int main(void)
{
	struct CMUnitTest tests[ARRAY_SIZE(screens)];

	/* ASCII screens must not depend on the locale; the others need one */
	if (!setlocale(LC_ALL, "C.UTF-8")) {
		fputs("this test needs the locale C.UTF-8\n", stderr);
		return 1;
	}
	setenv("TZ", "UTC", 1);
	unsetenv("NO_COLOR");
	for (size_t i = 0; i < ARRAY_SIZE(screens); i++)
		tests[i] = (struct CMUnitTest){
			.name = screens[i].name,
			.test_func = check_screen,
			.initial_state = (void *)(uintptr_t)&screens[i],
		};
	return cmocka_run_group_tests_name("screens", tests, NULL, NULL);
}
