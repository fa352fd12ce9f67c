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
		assert_null(stage.ui.prompt);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_control_keys_work_whatever_is_open),
		cmocka_unit_test(test_letters_are_typed_into_prompts),
		cmocka_unit_test(test_a_page_hides_the_table_from_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
