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

#include "stage.h"

static struct stage stage;
static struct table *const table = &stage.ui.tables[PANE_PROCESSES];

static pid_t pid_at(size_t row)
{
	assert_true(row < table->rows.count);
	return table->rows.list[row].key.pid;
}

/* The next sample, in which that process has exited and is not yet waited
 * for. */
static void push_zombie(pid_t pid)
{
	const struct snapshot *newest;
	struct snapshot *snapshot;

	assert_int_equal(history_at(stage.history, 0, &newest), 0);
	snapshot = scripted_snapshot(SCRIPTED_THRASH, (unsigned)newest->seq);
	snapshot_unref(newest);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		/* nobody else has seen this snapshot yet */
		struct process *p =
			(struct process *)(uintptr_t)snapshot->processes[i];

		if (p->key.pid != pid)
			continue;
		p->state = 'Z';
		p->pss = UNKNOWN;
		p->smaps.state = STATE_NOT_APPLICABLE;
	}
	assert_int_equal(history_push(stage.history, snapshot), 0);
	ui_update(&stage.ui);
	ui_paint(&stage.ui);
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
	push_zombie(SCRIPTED_JAVA);
	assert_int_equal(pid_at(table->rows.count - 1), SCRIPTED_JAVA);
	stage_end(&stage);
}

static void test_the_overview_leaves_zombies_out(void **state)
{
	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 4, 24, 80);
	stage_keys(&stage, "1");
	assert_true(stage_shows(&stage, " prometheus "));
	push_zombie(SCRIPTED_PROMETHEUS);
	assert_false(stage_shows(&stage, " prometheus "));
	stage_keys(&stage, "a");
	for (int i = 0; i < 40; i++)
		stage_keys(&stage, "<down>");
	assert_true(stage_shows(&stage, " prometheus "));
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_row_comes_to_its_place_at_once),
		cmocka_unit_test(test_a_zombie_does_not_keep_its_place),
		cmocka_unit_test(test_the_overview_leaves_zombies_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
