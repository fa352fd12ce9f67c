/* SPDX-License-Identifier: MIT
 *
 * What keys do besides moving: sorting, marks, the delay, branches, and saving
 * what is on the screen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "stage.h"

static struct stage stage;

static void test_sort_keys(void **state)
{
	struct table *table = &stage.ui.tables[PANE_PROCESSES];

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 1, 24, 120);
	stage_keys(&stage, "2S");
	assert_int_equal(table->query.sort, PROCESS_SWAP);
	stage_keys(&stage, ">");
	assert_int_equal(table->query.sort, PROCESS_ANON);
	stage_keys(&stage, "<lt><lt>");
	assert_int_equal(table->query.sort, PROCESS_RSS);
	stage_keys(&stage, "R");
	assert_true(table->query.reverse);
	stage_keys(&stage, "M");
	assert_int_equal(table->query.sort, PROCESS_PSS);
	assert_false(table->query.reverse);
	stage_keys(&stage, "<right>");
	stage_keys(&stage, ".");
	assert_int_equal(table->query.sort, PROCESS_USS);
	stage_end(&stage);
}

static void test_marks_are_by_process(void **state)
{
	const struct process *java;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 1, 24, 80);
	stage_keys(&stage, "2");
	java = ui_selected(&stage.ui);
	stage_keys(&stage, "m");
	assert_true(ui_marked(&stage.ui, java->key));
	assert_int_equal(stage.ui.tables[PANE_PROCESSES].cursor_row, 1);
	assert_false(ui_marked(
		&stage.ui,
		(struct process_key){ .pid = java->key.pid,
				      .start_ns = java->key.start_ns + 1 }));
	stage_keys(&stage, "gm");
	assert_int_equal(stage.ui.nmarks, 0);
	stage_keys(&stage, "mmU");
	assert_int_equal(stage.ui.nmarks, 0);
	stage_end(&stage);
}

static void test_delay_is_told_to_the_source(void **state)
{
	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 1, 24, 80);
	stage_keys(&stage, "d2.5<enter>");
	assert_int_equal(scripted_source_log(stage.source)->period_ns,
			 2500 * NS_PER_MS);
	stage_keys(&stage, "d0.01<enter>");
	assert_int_equal(scripted_source_log(stage.source)->period_ns,
			 2500 * NS_PER_MS);
	stage_end(&stage);
}

static void test_interest_follows_the_screen(void **state)
{
	const struct scripted_log *log;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 1, 24, 80);
	stage_keys(&stage, "2jj");
	log = scripted_source_log(stage.source);
	assert_int_equal(log->interest.selected.pid, SCRIPTED_POSTGRES);
	assert_int_equal(log->interest.nvisible,
			 stage.ui.tables[PANE_PROCESSES].visible);
	assert_int_equal(log->interest.visible[0].pid, SCRIPTED_JAVA);
	stage_keys(&stage, "r");
	assert_int_equal(log->last_request, REQUEST_PROCESS);
	assert_int_equal(log->last_key.pid, SCRIPTED_POSTGRES);
	stage_end(&stage);
}

static void test_collapsed_branch_is_one_process(void **state)
{
	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 1, 24, 120);
	stage_keys(&stage, "2tj-");
	assert_true(table_selected(ui_table(&stage.ui)) != NULL);
	/* the record of the process, not the sum of the branch */
	assert_ptr_equal(
		ui_selected(&stage.ui),
		snapshot_find(stage.ui.snapshot, ui_selected(&stage.ui)->key));
	stage_keys(&stage, "*");
	stage_push(&stage, 2);
	stage_keys(&stage, "*+-");
	stage_end(&stage);
}

static void test_saved_view(void **state)
{
	char dir[] = "/tmp/memtop-test-XXXXXX", path[64], keys[96];
	struct stat st;
	char text[4096];
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/view", dir);
	stage_begin(&stage, SCRIPTED_THRASH, 1, 24, 80);
	snprintf(keys, sizeof(keys), "2:save %s<enter>", path);
	stage_keys(&stage, keys);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	file = fopen(path, "r");
	assert_non_null(file);
	text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
	fclose(file);
	assert_non_null(strstr(text, "COMMAND"));
	assert_non_null(strstr(text, "48213"));
	/* never over a file that is there */
	stage_keys(&stage, keys + 1);
	assert_true(stage_shows(&stage, "File exists"));
	unlink(path);
	rmdir(dir);
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort_keys),
		cmocka_unit_test(test_marks_are_by_process),
		cmocka_unit_test(test_delay_is_told_to_the_source),
		cmocka_unit_test(test_interest_follows_the_screen),
		cmocka_unit_test(test_collapsed_branch_is_one_process),
		cmocka_unit_test(test_saved_view),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
