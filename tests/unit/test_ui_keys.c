/* SPDX-License-Identifier: MIT
 *
 * Keys where they hold and where they do not: what works whatever is open,
 * what must not reach the table under a page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "stage.h"

static struct stage stage;

static void begin(void)
{
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
}

/* Keys that open something on top of everything. */
static const char *const openers[] = { "h", "?", "A", "f", "w", "u", "K",
				       "o", "/", "&", ":", "d", "s", "<f6>" };

static void test_control_keys_work_whatever_is_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(openers); i++) {
		begin();
		stage_keys(&stage, openers[i]);
		if (!stage.ui.popup && !stage.ui.prompt)
			fail_msg("%s opens nothing", openers[i]);
		ui_key(&stage.ui, KEYCODE_CTRL('z'));
		if (!stage.ui.suspend)
			fail_msg("^Z does nothing over %s", openers[i]);
		ui_key(&stage.ui, KEYCODE_CTRL('c'));
		if (!stage.ui.quit)
			fail_msg("^C does nothing over %s", openers[i]);
		stage_end(&stage);
	}
}

static void test_letters_are_typed_into_prompts(void **state)
{
	(void)state;
	begin();
	stage_keys(&stage, "&Q");
	assert_false(stage.ui.quit);
	assert_string_equal(stage.ui.prompt_text, "Q");
	stage_end(&stage);
}

static void test_a_page_hides_the_table_from_keys(void **state)
{
	(void)state;
	for (int page = 1; page <= PAGE_COUNT; page++) {
		char open[16];

		snprintf(open, sizeof(open), "<enter>%d", page);
		begin();
		stage_keys(&stage, open);
		stage_keys(&stage, "/");
		/* the mappings have a search of their own */
		assert_int_equal(stage.ui.prompt != NULL,
				 page - 1 == PAGE_MAPPINGS);
		if (stage.ui.prompt)
			stage_keys(&stage, "G<esc>");
		stage_keys(&stage, "&");
		assert_null(stage.ui.prompt);
		stage_keys(&stage, "GSnu");
		assert_null(stage.ui.popup);
		assert_int_equal(stage.ui.tables[PANE_PROCESSES].query.sort,
				 PROCESS_PSS);
		assert_int_equal(stage.ui.tables[PANE_PROCESSES].cursor_row, 0);
		stage_end(&stage);
	}
}

/* A key that can do nothing here says so. */
static void test_no_key_is_silent(void **state)
{
	static const struct {
		const char *keys, *says;
	} cases[] = {
		{ "bjK", "that is a group of" },
		{ "bjo", "that is a group of" },
		{ "bjw", "that is a group of" },
		{ "bjr", "that is a group of" },
		{ "bjp", "that is a group of" },
		{ "bjm", "a group can't be marked" },
		{ "&nobody has this<enter>K", "no process is selected" },
		{ "&nobody has this<enter><enter>", "no process is selected" },
		{ "&nobody has this<enter>m", "no process is selected" },
		{ "+", "only a tree has branches" },
		{ "-", "only a tree has branches" },
		{ "*", "only a tree has branches" },
		{ "U", "nothing is marked" },
		{ "<enter>:sort swap<enter>", "sort: not here" },
		{ "<enter>:filter swap>1<enter>", "filter: not here" },
		{ ":sort<enter>", "there is no field" },
		{ "d0.5<enter>", "a sample every 0.5s" },
		{ "n", "nothing to search for" },
		{ ":12:00<enter>", "this is the oldest sample kept" },
		{ "d3600<enter>", "a sample every 1h00" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		begin();
		stage_keys(&stage, cases[i].keys);
		if (!stage_shows(&stage, cases[i].says))
			fail_msg("after %s there is no \"%s\"", cases[i].keys,
				 cases[i].says);
		stage_end(&stage);
	}
}

/* Each press of # changes what is on the screen, wherever it starts. */
static void test_the_header_key_always_changes_it(void **state)
{
	static const char *const panes_[] = { "1", "2" };
	static const char *const forms[] = { "PSI  some", "PSI some 41", "" };

	(void)state;
	for (size_t p = 0; p < ARRAY_SIZE(panes_); p++) {
		size_t form = p; /* full on Overview, one line elsewhere */

		begin();
		stage_keys(&stage, panes_[p]);
		for (int i = 0; i < 4; i++) {
			assert_true(stage_shows(&stage, forms[form]));
			for (size_t k = 0; k < 2; k++)
				assert_true(k == form ||
					    !stage_shows(&stage, forms[k]));
			stage_keys(&stage, "#");
			form = (form + 1) % 3;
		}
		stage_end(&stage);
	}
}

static void test_escape_takes_a_search_back(void **state)
{
	struct table *table = &stage.ui.tables[PANE_PROCESSES];
	ptrdiff_t before;

	(void)state;
	begin();
	stage_keys(&stage, "jj");
	before = table->cursor_row;
	stage_keys(&stage, "/nginx");
	assert_true(table->cursor_row > before);
	stage_keys(&stage, "<esc>");
	assert_int_equal(table->cursor_row, before);
	/* each letter searches from where it began */
	stage_keys(&stage, "/postgresx<backspace>");
	assert_int_equal(table->cursor_row, before);
	stage_end(&stage);
}

static void test_the_chooser_sorts_at_once(void **state)
{
	struct table *table = &stage.ui.tables[PANE_PROCESSES];

	(void)state;
	begin();
	stage_keys(&stage, "Rjk"); /* smallest first, and holding still */
	assert_true(table->rows.list[0].key.pid != SCRIPTED_JAVA);
	stage_keys(&stage, "fjjjjjs");
	assert_int_equal(table->query.sort, PROCESS_SWAP);
	assert_false(table->query.reverse);
	assert_int_equal(table->rows.list[0].key.pid, SCRIPTED_JAVA);
	stage_end(&stage);
}

static void test_a_pid_opens_in_details(void **state)
{
	(void)state;
	begin();
	stage_keys(&stage, "<enter>:2210<enter>");
	assert_true(stage.ui.details);
	assert_int_equal(stage.ui.subject.pid, SCRIPTED_PROMETHEUS);
	stage_end(&stage);
}

/* Rows that are hidden are not kept quiet, in any pane. */
static void test_a_filter_is_named_everywhere(void **state)
{
	static const char *const panes_[] = { "1", "2", "3", "4", "5" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(panes_); i++) {
		begin();
		stage_keys(&stage, "&user:celery<enter>");
		stage_keys(&stage, panes_[i]);
		assert_true(stage_shows(&stage, "filter user:celery"));
		stage_keys(&stage, "[");
		scripted_source_advance(stage.source, 10 * NS_PER_S);
		ui_paint(&stage.ui);
		assert_true(stage_shows(&stage, "filter user:celery"));
		stage_keys(&stage, "<esc>");
		assert_false(stage_shows(&stage, "filter user"));
		stage_end(&stage);
	}
}

/* One that is longer than the line is seen up to its cursor. */
static void test_a_long_prompt_ends_at_its_cursor(void **state)
{
	(void)state;
	begin();
	stage_keys(&stage, "&");
	for (int i = 0; i < 70; i++)
		stage_keys(&stage, i % 2 ? "b" : "a");
	stage_keys(&stage, "xyz");
	assert_true(stage_shows(&stage, "xyz_"));
	stage_keys(&stage, "<left>");
	assert_true(stage_shows(&stage, "babxyz"));
	stage_end(&stage);
}

static void test_the_next_key_ends_a_message(void **state)
{
	(void)state;
	begin();
	stage_keys(&stage, "U");
	assert_true(stage_shows(&stage, "nothing is marked"));
	stage_keys(&stage, "j"); /* 0.3 s later: it was not read yet */
	assert_true(stage_shows(&stage, "nothing is marked"));
	scripted_source_advance(stage.source, NS_PER_S);
	stage_keys(&stage, "j");
	assert_false(stage_shows(&stage, "nothing is marked"));
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_control_keys_work_whatever_is_open),
		cmocka_unit_test(test_letters_are_typed_into_prompts),
		cmocka_unit_test(test_a_page_hides_the_table_from_keys),
		cmocka_unit_test(test_no_key_is_silent),
		cmocka_unit_test(test_the_header_key_always_changes_it),
		cmocka_unit_test(test_escape_takes_a_search_back),
		cmocka_unit_test(test_the_chooser_sorts_at_once),
		cmocka_unit_test(test_a_pid_opens_in_details),
		cmocka_unit_test(test_the_next_key_ends_a_message),
		cmocka_unit_test(test_a_filter_is_named_everywhere),
		cmocka_unit_test(test_a_long_prompt_ends_at_its_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
