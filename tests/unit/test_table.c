/* SPDX-License-Identifier: MIT
 *
 * The rows of a table between two sorts: those that are there keep their
 * places, new ones come to theirs, and who has no memory leads no ranking.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../src/ui/layout.h"
#include "stage.h"

static struct stage stage;
static struct table *const table = &stage.ui.tables[PANE_PROCESSES];

static pid_t pid_at(size_t row)
{
	assert_true(row < table->rows.count);
	return table->rows.list[row].key.pid;
}

static void test_a_new_row_comes_to_its_place_at_once(void **state)
{
	pid_t second;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 4, 24, 80);
	stage_push_without(&stage, SCRIPTED_JAVA);
	stage_keys(&stage, "M"); /* sorted without it */
	second = pid_at(0);
	stage_keys(&stage, "jk"); /* from here on rows hold still */
	stage_push(&stage, 1);
	assert_int_equal(pid_at(0), SCRIPTED_JAVA);
	assert_int_equal(pid_at(1), second);
	stage_end(&stage);
}

static void test_a_zombie_does_not_keep_its_place(void **state)
{
	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 4, 24, 80);
	stage_keys(&stage, "Mjk");
	assert_int_equal(pid_at(0), SCRIPTED_JAVA);
	stage_push_zombie(&stage, SCRIPTED_JAVA);
	assert_int_equal(pid_at(table->rows.count - 1), SCRIPTED_JAVA);
	stage_end(&stage);
}

static void test_the_overview_leaves_zombies_out(void **state)
{
	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 4, 24, 80);
	stage_keys(&stage, "1");
	assert_true(stage_shows(&stage, " prometheus "));
	stage_push_zombie(&stage, SCRIPTED_PROMETHEUS);
	assert_false(stage_shows(&stage, " prometheus "));
	stage_keys(&stage, "a");
	for (int i = 0; i < 40; i++)
		stage_keys(&stage, "<down>");
	assert_true(stage_shows(&stage, " prometheus "));
	stage_end(&stage);
}

/* The row of the screen with the titles of the columns. */
static void read_header(char *buf, int size)
{
	for (int row = 0; row < stage.rows; row++) {
		term_read_row(row, buf, size);
		if (strstr(buf, "COMMAND") && strstr(buf, " PID"))
			return;
	}
	fail_msg("no header");
}

static void expect_blanks(const struct table *drawn, const char *header)
{
	struct layout layout;

	layout_make(drawn, stage.cols, &layout);
	for (size_t i = 0; i < layout.count; i++) {
		const struct slot *slot = &layout.slots[i];

		if (!slot->hidden && header[slot->col - 1] != ' ')
			fail_msg("%s touches %s: |%s|", slot->title,
				 layout.slots[i - 1].title, header);
	}
}

/* Whatever a table is sorted by, between two titles there is a blank. */
static void test_titles_do_not_touch(void **state)
{
	static const char *const keys[] = { "2", "2t", "3", "4", "5" };
	char header[1024];

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		struct table *drawn;

		stage_begin(&stage, SCRIPTED_THRASH, 4, 24, 120);
		stage_keys(&stage, keys[k]);
		drawn = ui_table(&stage.ui);
		for (uint8_t id = 0; id < PROCESS_FIELD_COUNT; id++) {
			drawn->query.sort = id;
			table_rebuild(&stage.ui, drawn);
			ui_paint(&stage.ui);
			read_header(header, sizeof(header));
			expect_blanks(drawn, header);
		}
		stage_end(&stage);
	}
}

/* The same with each column chosen in turn. */
static void test_every_title_has_its_room(void **state)
{
	char header[1024];

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 4, 24, 120);
	for (uint8_t id = 0; id < PROCESS_FIELD_COUNT; id++) {
		const struct field *field =
			&entities[ENTITY_PROCESS].fields[id];

		if (!field->title || id == PROCESS_PID || id == PROCESS_COMMAND)
			continue;
		table->columns[0] = PROCESS_PID;
		table->columns[1] = id;
		table->columns[2] = PROCESS_COMMAND;
		table->ncolumns = 3;
		for (int sorted = 0; sorted < 2; sorted++) {
			table->query.sort = sorted ? id : PROCESS_PID;
			table_rebuild(&stage.ui, table);
			ui_paint(&stage.ui);
			read_header(header, sizeof(header));
			expect_blanks(table, header);
		}
	}
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_row_comes_to_its_place_at_once),
		cmocka_unit_test(test_a_zombie_does_not_keep_its_place),
		cmocka_unit_test(test_the_overview_leaves_zombies_out),
		cmocka_unit_test(test_titles_do_not_touch),
		cmocka_unit_test(test_every_title_has_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
