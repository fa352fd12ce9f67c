/* SPDX-License-Identifier: MIT
 *
 * What the screen does, key by key and sample by sample, on a null device:
 * whom the cursor is on, what goes back, what pauses, what is hidden.  How it
 * looks is in tests/screen.
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
#include <unistd.h>

#include "../../src/ui/ui.h"
#include "scripted.h"

struct fixture {
	struct history *history;
	struct source *source;
	struct ui ui;
	unsigned step; /* of the next snapshot that hand_over() makes */
};

static struct fixture f;

static void set_size(int rows, int cols)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", rows);
	setenv("LINES", text, 1);
	snprintf(text, sizeof(text), "%d", cols);
	setenv("COLUMNS", text, 1);
}

static void begin(enum scripted_case which, int rows, int cols)
{
	const struct ui_options options = {
		.term = { .null_device = true, .ascii = true },
		.delay_ns = NS_PER_S,
	};

	set_size(rows, cols);
	memset(&f, 0, sizeof(f));
	assert_int_equal(history_new(&history_default_limits, &f.history), 0);
	f.source = scripted_source_new(f.history, which);
	assert_int_equal(f.source->ops->start(f.source), 0);
	assert_int_equal(ui_init(&f.ui, f.source, f.history, &options), 0);
	ui_paint(&f.ui);
}

static void end(void)
{
	ui_done(&f.ui);
	f.source->ops->close(f.source);
	history_free(f.history);
}

static void press(const char *keys)
{
	for (; *keys; keys++) {
		ui_key(&f.ui, *keys == '\r' ? KEYCODE_ENTER : *keys);
		ui_paint(&f.ui);
	}
}

static void press_key(int key)
{
	ui_key(&f.ui, key);
	ui_paint(&f.ui);
}

static void samples(unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		scripted_source_push(f.source, 1);
		ui_update(&f.ui);
		ui_paint(&f.ui);
	}
}

static bool on_screen(const char *text)
{
	char row[4096];

	for (int i = 0; i < f.ui.rows; i++) {
		term_read_row(i, row, sizeof(row));
		if (strstr(row, text))
			return true;
	}
	return false;
}

/* Without a process, as if it had exited before this sample. */
static void push_without(pid_t pid)
{
	const struct history_span before = f.ui.span;
	struct snapshot *s;

	scripted_source_advance(f.source, NS_PER_S);
	s = scripted_snapshot(SCRIPTED_THRASH, ++f.step);
	s->monotonic_ns = f.source->ops->now(f.source);
	for (size_t i = 0; i < s->nprocesses; i++) {
		if (s->processes[i]->key.pid != pid)
			continue;
		process_unref(s->processes[i]);
		memmove(&s->processes[i], &s->processes[i + 1],
			(s->nprocesses - i - 1) * sizeof(s->processes[0]));
		s->nprocesses--;
		break;
	}
	assert_int_equal(history_push(f.history, s), 0);
	ui_update(&f.ui);
	assert_true(f.ui.span.last_seq > before.last_seq);
	ui_paint(&f.ui);
}

static void test_cursor_starts_at_the_first_row(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2");
	assert_int_equal(ui_selected(&f.ui)->key.pid, SCRIPTED_JAVA);
	end();
}

static void test_cursor_stays_with_its_process(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2jj");
	assert_int_equal(ui_selected(&f.ui)->key.pid, SCRIPTED_POSTGRES);
	press("S"); /* another order, another row */
	assert_int_equal(ui_selected(&f.ui)->key.pid, SCRIPTED_POSTGRES);
	assert_true(f.ui.tables[PANE_PROCESSES].cursor_row != 2);
	samples(3);
	assert_int_equal(ui_selected(&f.ui)->key.pid, SCRIPTED_POSTGRES);
	end();
}

static void test_who_exits_leaves_nobody_selected(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2j");
	assert_int_equal(ui_selected(&f.ui)->key.pid, SCRIPTED_PROMETHEUS);
	push_without(SCRIPTED_PROMETHEUS);
	assert_null(ui_selected(&f.ui));
	assert_true(on_screen("gone"));
	/* its neighbours are one key away */
	press("j");
	assert_int_equal(ui_selected(&f.ui)->key.pid, SCRIPTED_POSTGRES);
	end();
}

static void test_who_is_gone_for_long_gives_way(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2j");
	for (int i = 0; i < 4; i++) {
		push_without(SCRIPTED_PROMETHEUS);
		assert_null(ui_selected(&f.ui));
	}
	push_without(SCRIPTED_PROMETHEUS);
	push_without(SCRIPTED_PROMETHEUS);
	assert_int_equal(ui_selected(&f.ui)->key.pid, SCRIPTED_POSTGRES);
	assert_false(on_screen("gone"));
	end();
}

static void test_cursor_stops_at_the_ends(void **state)
{
	struct table *table = &f.ui.tables[PANE_PROCESSES];

	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2kkk");
	assert_int_equal(table->cursor_row, 0);
	press("Gjj");
	assert_int_equal(table->cursor_row, table->rows.count - 1);
	assert_true(table->top + table->visible >= table->rows.count);
	press("g");
	assert_int_equal(table->cursor_row, 0);
	press_key(KEYCODE_PAGE_DOWN);
	assert_int_equal(table->cursor_row, table->visible);
	end();
}

static void test_rows_hold_still_under_the_cursor(void **state)
{
	struct table *table = &f.ui.tables[PANE_PROCESSES];
	uint64_t sorted;

	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2");
	sorted = table->order.sorted_ns;
	samples(1); /* one second later: not yet */
	assert_int_equal(table->order.sorted_ns, sorted);
	samples(1);
	assert_true(table->order.sorted_ns > sorted);
	/* and while the cursor moves */
	sorted = table->order.sorted_ns;
	samples(1);
	press("j");
	samples(1);
	assert_int_equal(table->order.sorted_ns, sorted);
	samples(2);
	assert_true(table->order.sorted_ns > sorted);
	end();
}

static void test_a_group_keeps_its_cursor(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 120);
	press("2bbbj");
	assert_string_equal(table_selected(ui_table(&f.ui))->label,
			    "postgresql@16-main.service");
	press("S");
	assert_string_equal(table_selected(ui_table(&f.ui))->label,
			    "postgresql@16-main.service");
	/* a group is nobody in particular */
	assert_null(ui_selected(&f.ui));
	end();
}

static void test_layers_close_one_by_one(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2\r");
	assert_true(f.ui.details);
	assert_int_equal(f.ui.subject.pid, SCRIPTED_JAVA);
	press("h");
	assert_non_null(f.ui.popup);
	press_key(KEYCODE_ESC);
	assert_null(f.ui.popup);
	assert_true(f.ui.details);
	press_key(KEYCODE_ESC);
	assert_false(f.ui.details);
	press_key(KEYCODE_ESC); /* never quits */
	assert_false(f.ui.quit);
	press("q");
	assert_true(f.ui.quit);
	end();
}

static void test_digits_are_pages_in_details(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2\r3");
	assert_true(f.ui.details);
	assert_int_equal(f.ui.page, PAGE_HISTORY);
	press_key(KEYCODE_TAB);
	assert_int_equal(f.ui.page, PAGE_OOM);
	press_key(KEYCODE_BACKTAB);
	assert_int_equal(f.ui.page, PAGE_HISTORY);
	press("q3");
	assert_false(f.ui.details);
	assert_int_equal(f.ui.pane, PANE_SWAP);
	end();
}

static void test_enter_on_a_group_lists_it(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 120);
	press("jj"); /* celery, on Overview */
	assert_string_equal(table_selected(ui_table(&f.ui))->label, "celery");
	press("\r");
	assert_int_equal(f.ui.pane, PANE_PROCESSES);
	/* and nobody else whose command line has that word */
	assert_int_equal(f.ui.tables[PANE_PROCESSES].rows.count, 16);
	press_key(KEYCODE_ESC);
	assert_null(f.ui.filter);
	end();
}

static void test_filter_applies_and_clears(void **state)
{
	struct table *table = &f.ui.tables[PANE_PROCESSES];
	size_t all;

	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2");
	all = table->rows.count;
	press("&user:celery");
	assert_true(table->rows.count < all); /* while it is typed */
	press("\r");
	assert_null(f.ui.prompt);
	assert_true(on_screen("filter user:celery"));
	press("&xyz");
	press_key(KEYCODE_ESC); /* the one of before */
	assert_string_equal(f.ui.filter_text, "user:celery");
	press_key(KEYCODE_ESC);
	assert_null(f.ui.filter);
	assert_int_equal(table->rows.count, all);
	end();
}

static void test_search_moves_and_hides_nothing(void **state)
{
	struct table *table = &f.ui.tables[PANE_PROCESSES];
	ptrdiff_t first;
	size_t all;

	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press("2");
	all = table->rows.count;
	press("/NODE\r"); /* capitals count: there is none */
	assert_int_equal(table->cursor_row, 0);
	press("/node\r");
	first = table->cursor_row;
	assert_true(first > 0);
	press("n");
	assert_int_equal(table->cursor_row, first + 1);
	press("N");
	assert_int_equal(table->cursor_row, first);
	assert_int_equal(table->rows.count, all);
	end();
}

static void test_prompt_edits(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	press(":abc");
	press_key(KEYCODE_LEFT);
	press("X");
	assert_string_equal(f.ui.prompt_text, "abXc");
	press_key(KEYCODE_BACKSPACE);
	press_key(KEYCODE_DELETE);
	assert_string_equal(f.ui.prompt_text, "ab");
	press_key(0xe9); /* a letter of two bytes goes as one */
	assert_string_equal(f.ui.prompt_text, "ab\xc3\xa9");
	press_key(KEYCODE_BACKSPACE);
	assert_string_equal(f.ui.prompt_text, "ab");
	press_key(KEYCODE_CTRL('u'));
	assert_string_equal(f.ui.prompt_text, "");
	press_key(KEYCODE_BACKSPACE); /* out of an empty one */
	assert_null(f.ui.prompt);
	press(":");
	for (int i = 0; i < 400; i++)
		press_key('y');
	assert_true(strlen(f.ui.prompt_text) < sizeof(f.ui.prompt_text));
	press("\r");
	assert_null(f.ui.prompt);
	end();
}

static void test_pause_holds_the_sample(void **state)
{
	uint64_t seq;

	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	samples(5);
	press(" ");
	seq = f.ui.seq;
	samples(3);
	assert_int_equal(f.ui.seq, seq);
	assert_true(on_screen("PAUSED"));
	press(" ");
	assert_int_equal(f.ui.seq, seq + 3);
	assert_false(on_screen("PAUSED"));
	end();
}

static void test_steps_in_time(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	samples(100); /* 101 samples, one a second */
	assert_int_equal(f.ui.seq, 101);
	press("[");
	assert_true(f.ui.paused);
	assert_int_equal(f.ui.seq, 100);
	press("(");
	assert_int_equal(f.ui.seq, 40);
	press(")]");
	assert_int_equal(f.ui.seq, 101);
	press("((((");
	assert_int_equal(f.ui.seq, 1);
	press("[");
	assert_int_equal(f.ui.seq, 1);
	/* the first sample is of 14:02:37; the last one of that second */
	press(":14:03:00\r");
	assert_int_equal(f.ui.seq, 24);
	press(":-10s\r");
	assert_int_equal(f.ui.seq, 91);
	press(":25:99\r");
	assert_int_equal(f.ui.seq, 91);
	press(":live\r");
	assert_false(f.ui.paused);
	assert_int_equal(f.ui.seq, 101);
	end();
}

static void test_no_samples_is_late(void **state)
{
	(void)state;
	begin(SCRIPTED_THRASH, 24, 80);
	samples(2);
	assert_int_equal(ui_late(&f.ui), 0);
	assert_int_equal(ui_late_in(&f.ui), NS_PER_S * 5 / 4);
	/* painted once in each delay from then on */
	scripted_source_advance(f.source, NS_PER_S * 5 / 4);
	assert_int_equal(ui_late(&f.ui), NS_PER_S * 5 / 4);
	assert_int_equal(ui_late_in(&f.ui), NS_PER_S);
	scripted_source_advance(f.source, 3 * NS_PER_S);
	assert_int_equal(ui_late(&f.ui), NS_PER_S * 17 / 4);
	f.ui.late_ns = ui_late(&f.ui);
	ui_paint(&f.ui);
	assert_true(on_screen("LATE 4s"));
	samples(1);
	assert_false(on_screen("LATE"));
	end();
}

static void test_no_sample_at_all(void **state)
{
	const struct ui_options options = {
		.term = { .null_device = true, .ascii = true },
		.delay_ns = NS_PER_S,
	};
	static const char keys[] = "12345jkgG\r?h<>.RMSDOtbafcwe#CdKo"
				   "mUpsn/&u: z[](){}+-*rAFW";

	(void)state;
	set_size(24, 80);
	memset(&f, 0, sizeof(f));
	assert_int_equal(history_new(&history_default_limits, &f.history), 0);
	f.source = scripted_source_new(f.history, SCRIPTED_THRASH);
	assert_int_equal(ui_init(&f.ui, f.source, f.history, &options), 0);
	ui_paint(&f.ui);
	assert_true(on_screen("starting"));
	for (const char *key = keys; *key; key++) {
		press_key(*key);
		press_key(KEYCODE_ESC);
		press_key(KEYCODE_ESC);
	}
	end();
}

static void test_every_size_paints(void **state)
{
	static const int sizes[][2] = {
		{ 1, 1 },     { 1, 5 },	  { 2, 2 },    { 3, 200 },  { 4, 20 },
		{ 5, 30 },    { 7, 24 },  { 8, 25 },   { 10, 30 },  { 10, 40 },
		{ 12, 60 },   { 24, 80 }, { 24, 100 }, { 36, 120 }, { 60, 200 },
		{ 100, 300 }, { 60, 24 }, { 8, 300 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		begin(SCRIPTED_HOSTILE, sizes[i][0], sizes[i][1]);
		press("123457\r7\r");
		press("2tjj-*b");
		press("bb");
		press("\r1234");
		press("5qq");
		press("h");
		press_key(KEYCODE_ESC);
		press("?");
		press_key(KEYCODE_ESC);
		press("K");
		press_key(KEYCODE_ESC);
		press("&swap>1");
		press_key(KEYCODE_ESC);
		press(" [");
		end();
	}
}

/* Every key on every pane and page, with samples in between. */
static void test_every_key_everywhere(void **state)
{
	(void)state;
	for (int pane = 0; pane < PANE_COUNT; pane++)
		for (int details = 0; details < 2; details++) {
			begin(SCRIPTED_THRASH, 24, 80);
			samples(2);
			press_key(panes[pane]->key);
			if (details)
				press("\r");
			for (size_t i = 0; i < binding_count; i++) {
				press_key(bindings[i].key);
				samples(1);
				f.ui.quit = f.ui.suspend = false;
			}
			end();
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cursor_starts_at_the_first_row),
		cmocka_unit_test(test_cursor_stays_with_its_process),
		cmocka_unit_test(test_who_exits_leaves_nobody_selected),
		cmocka_unit_test(test_who_is_gone_for_long_gives_way),
		cmocka_unit_test(test_cursor_stops_at_the_ends),
		cmocka_unit_test(test_rows_hold_still_under_the_cursor),
		cmocka_unit_test(test_a_group_keeps_its_cursor),
		cmocka_unit_test(test_layers_close_one_by_one),
		cmocka_unit_test(test_digits_are_pages_in_details),
		cmocka_unit_test(test_enter_on_a_group_lists_it),
		cmocka_unit_test(test_filter_applies_and_clears),
		cmocka_unit_test(test_search_moves_and_hides_nothing),
		cmocka_unit_test(test_prompt_edits),
		cmocka_unit_test(test_pause_holds_the_sample),
		cmocka_unit_test(test_steps_in_time),
		cmocka_unit_test(test_no_samples_is_late),
		cmocka_unit_test(test_no_sample_at_all),
		cmocka_unit_test(test_every_size_paints),
		cmocka_unit_test(test_every_key_everywhere),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		fputs("this test needs the locale C.UTF-8\n", stderr);
		return 1;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
