/* SPDX-License-Identifier: MIT
 *
 * Popups and dialogs: what they look like, and what `?` and the columns do.
 * What dialogs do is in test_dialogs.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/list.h"
#include "memtop/text.h"
#include "stage.h"

static const struct {
	const char *name;
	enum scripted_case which;
	const char *keys;
} popups[] = {
	{ "help", SCRIPTED_THRASH, "h" },
	{ "explain", SCRIPTED_THRASH, "?" },
	{ "explain-verdict", SCRIPTED_THRASH, "?v" },
	{ "columns", SCRIPTED_THRASH, "f" },
	{ "columns-cgroups", SCRIPTED_THRASH, "6f" },
	{ "access", SCRIPTED_THRASH, "A" },
	{ "access-nobody", SCRIPTED_NOBODY, "A" },
	{ "explain-nobody", SCRIPTED_NOBODY, "?" },
	{ "command", SCRIPTED_THRASH, "w" },
	{ "command-hostile", SCRIPTED_HOSTILE, "w" },
	{ "signal", SCRIPTED_THRASH, "K" },
	{ "signal-list", SCRIPTED_THRASH, "K?<right><right>" },
	{ "signal-single", SCRIPTED_THRASH, "2jjK" },
	{ "adj", SCRIPTED_THRASH, "o-500" },
	{ "reclaim", SCRIPTED_THRASH, "6jjm+" },
	{ "compact", SCRIPTED_THRASH, "7m" },
	{ "menu", SCRIPTED_THRASH, "<enter>2<f6>j" },
};

static void all_popups(int rows, int cols)
{
	for (size_t i = 0; i < ARRAY_SIZE(popups); i++) {
		struct stage stage;
		char name[64];

		stage_begin(&stage, popups[i].which, 10, rows, cols);
		stage_keys(&stage, popups[i].keys);
		snprintf(name, sizeof(name), "popup-%s-%dx%d", popups[i].name,
			 cols, rows);
		stage_expect_popup(&stage, name);
		stage_end(&stage);
	}
}

static void popups_at_80x24(void **state)
{
	(void)state;
	all_popups(24, 80);
}

static void popups_at_120x36(void **state)
{
	(void)state;
	all_popups(36, 120);
}

static void explain_goes_on_and_to_help(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, "?");
	for (int i = 0; i < 100; i++) {
		stage_keys(&stage, "n");
		assert_non_null(stage.ui.popup);
		assert_true(stage_shows(&stage, "n next field"));
	}
	stage_keys(&stage, "?");
	assert_string_equal(stage.ui.popup->name, "help");
	stage_keys(&stage, "<esc>");
	assert_null(stage.ui.popup);
	stage_end(&stage);
}

static void to_column(struct stage *stage, uint8_t id)
{
	const struct table *table = &stage->ui.tables[PANE_PROCESSES];

	for (size_t i = 0; table->columns[table->column] != id; i++) {
		assert_true(i < table->ncolumns);
		stage_keys(stage, "<right>");
	}
}

/* What keys act on can be seen, however narrow it is. */
static void column_under_the_cursor_is_shown(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	assert_false(stage_shows(&stage, " SHM "));
	to_column(&stage, PROCESS_SHMEM);
	assert_true(stage_shows(&stage, " SHM "));
	stage_keys(&stage, "<right><right>");
	assert_false(stage_shows(&stage, " SHM "));
	stage_end(&stage);
}

static void columns_act_at_once(void **state)
{
	struct stage stage;
	const struct table *table;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	table = &stage.ui.tables[PANE_PROCESSES];
	stage_keys(&stage, "f ");
	assert_int_equal(table->columns[0], PROCESS_USER);
	stage_keys(&stage, "J");
	assert_int_equal(table->columns[1], PROCESS_USER);
	stage_keys(&stage, "gjs");
	assert_int_equal(table->query.sort, PROCESS_USER);
	stage_keys(&stage, "r<esc>");
	assert_int_equal(table->columns[0], PROCESS_PID);
	assert_int_equal(table->ncolumns, table->view->ncolumns);
	assert_null(stage.ui.popup);
	stage_end(&stage);
}

static void last_column_stays(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, "f");
	for (int i = 0; i < 80; i++)
		stage_keys(&stage, "g ");
	assert_int_equal(stage.ui.tables[PANE_PROCESSES].ncolumns, 1);
	stage_end(&stage);
}

/* Each letter in the words of the figures that put it there. */
static void explain_says_why_of_each_letter(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	to_column(&stage, PROCESS_FLAGS);
	stage_keys(&stage, "?");
	stage_expect_popup(&stage, "popup-explain-flags");
	stage_keys(&stage, "<esc>&pid=1<enter>");
	to_column(&stage, PROCESS_FLAGS);
	stage_keys(&stage, "?");
	assert_true(stage_shows(&stage, "Here      systemd: nothing"));
	stage_end(&stage);
}

/* Leaves the limit of celery.slice so much. */
static void tighten(struct snapshot *snapshot, uint64_t headroom)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);

	for (size_t i = 0; i < list_count(list); i++) {
		/* nobody else has seen this snapshot yet */
		struct cgroup *row =
			(struct cgroup *)(uintptr_t)list_row(list, i);

		if (!strcmp(text_str(row->path), "/system.slice/celery.slice"))
			row->headroom = headroom;
	}
}

/* The letters that no process of that machine has. */
static void explain_says_why_it_is_limited_or_protected(void **state)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 10);
	struct process *p =
		process_copy(snapshot_find_pid(snapshot, SCRIPTED_CELERY));
	struct stage stage;

	(void)state;
	assert_non_null(p);
	p->key.pid = 2;
	p->oom_score_adj = -950;
	strcpy(p->flags, "LP");
	stage_add(snapshot, p);
	tighten(snapshot, 410 * MIB);
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 120);
	stage_push_snapshot(&stage, snapshot);
	stage_keys(&stage, "&pid=2<enter>");
	to_column(&stage, PROCESS_FLAGS);
	stage_keys(&stage, "?");
	assert_true(stage_shows(&stage, "Here      celery: L "
					"/system.slice/celery.slice has 410M"));
	assert_true(stage_shows(&stage, "left; P adj -950"));
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(popups_at_80x24),
		cmocka_unit_test(popups_at_120x36),
		cmocka_unit_test(explain_goes_on_and_to_help),
		cmocka_unit_test(explain_says_why_of_each_letter),
		cmocka_unit_test(explain_says_why_it_is_limited_or_protected),
		cmocka_unit_test(column_under_the_cursor_is_shown),
		cmocka_unit_test(columns_act_at_once),
		cmocka_unit_test(last_column_stays),
	};

	return cmocka_run_group_tests_name("popups", tests, NULL, NULL);
}
