/* SPDX-License-Identifier: MIT
 *
 * Dialogs: what a yes does, and that no key does harm which was not meant to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "stage.h"

static unsigned signals_sent(const struct stage *stage)
{
	return scripted_source_log(stage->source)->signals;
}

static void y_sends(void **state)
{
	const struct scripted_log *log;
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	log = scripted_source_log(stage.source);
	stage_keys(&stage, "Ky");
	assert_int_equal(log->signals, 1);
	assert_int_equal(log->last_signal, SIGTERM);
	assert_int_equal(log->last_key.pid, SCRIPTED_JAVA);
	assert_true(stage_shows(&stage, "TERM sent to java[48213] 14:02:4"));
	stage_end(&stage);
}

static void chosen_signal_is_sent(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, "K<right><right><right>y");
	assert_int_equal(scripted_source_log(stage.source)->last_signal,
			 SIGSTOP);
	/* nothing to wait for: the pin is gone */
	assert_int_equal(scripted_source_log(stage.source)->targets, 0);
	stage_end(&stage);
}

static void other_keys_do_not_send(void **state)
{
	static const char *const keys[] = {
		"K<enter>", "K<esc>y", "Kny", "K<enter><enter><esc>",
		"KK",	    "KYy",     "K y", "K<resize><esc>",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct stage stage;

		stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
		stage_keys(&stage, keys[i]);
		if (signals_sent(&stage))
			fail_msg("%s sent a signal", keys[i]);
		stage_end(&stage);
	}
}

static void enter_keeps_the_dialog(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, "K<enter><resize>");
	assert_true(stage_shows(&stage, "Press y to send TERM."));
	stage_end(&stage);
}

static void typed_ahead_does_not_send(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys_at_once(&stage, "Ky");
	assert_int_equal(signals_sent(&stage), 0);
	/* painted, but nobody reads as fast as that */
	stage_keys_at_once(&stage, "y");
	assert_int_equal(signals_sent(&stage), 0);
	stage_keys(&stage, "<esc>");
	stage_keys_at_once(&stage, "o50y");
	assert_int_equal(scripted_source_log(stage.source)->adjusted, 0);
	stage_end(&stage);
}

static void exit_while_open(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, "K");
	stage_push_without(&stage, SCRIPTED_JAVA);
	assert_true(stage_shows(&stage, "has exited: nothing to send"));
	stage_keys(&stage, "y");
	assert_int_equal(signals_sent(&stage), 0);
	assert_null(stage.ui.popup);
	stage_end(&stage);
}

/* The pid is there again, but it is another process. */
static void pid_reused(void **state)
{
	struct process_key key = { 0 };
	struct stage stage;
	struct snapshot *snapshot;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, "K");
	snapshot = scripted_snapshot(SCRIPTED_THRASH, 10);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		struct process *copy;

		if (snapshot->processes[i]->key.pid != SCRIPTED_JAVA)
			continue;
		copy = process_copy(snapshot->processes[i]);
		assert_non_null(copy);
		process_unref(snapshot->processes[i]);
		copy->key.start_ns = snapshot->boottime_ns - NS_PER_S;
		key = copy->key;
		snapshot->processes[i] = copy;
	}
	assert_int_equal(key.pid, SCRIPTED_JAVA);
	stage_push_snapshot(&stage, snapshot);
	stage_keys(&stage, "y");
	assert_int_equal(signals_sent(&stage), 0);
	stage_end(&stage);
}

static void refusal_comes_with_its_remedy(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_NOBODY, 10, 24, 80);
	scripted_source_refuse(stage.source, -EPERM);
	stage_keys(&stage, "Ky");
	assert_true(stage_shows(&stage, "java[48213] belongs to opensearch: "
					"not permitted. sudo memtop"));
	stage_end(&stage);
}

static void outcome_is_told(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 120);
	stage_keys(&stage, "Ky");
	stage_push(&stage, 4);
	assert_true(stage_shows(&stage, "alive after 3s"));
	stage_push_without(&stage, SCRIPTED_JAVA);
	assert_true(stage_shows(&stage, "java[48213] exited 14:02:"));
	assert_true(stage_shows(&stage, "freed about 31.1G + 4.1G swap"));
	assert_int_equal(scripted_source_log(stage.source)->targets, 0);
	stage_end(&stage);
}

static void select_systemd(struct stage *stage)
{
	stage_keys(stage, "&pid=1<enter>");
	assert_int_equal(ui_selected(&stage->ui)->key.pid, 1);
}

static void first_process_takes_its_pid(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	select_systemd(&stage);
	stage_keys(&stage, "Ky");
	assert_int_equal(signals_sent(&stage), 0);
	stage_keys(&stage, "K12<enter>");
	assert_int_equal(signals_sent(&stage), 0);
	assert_true(stage_shows(&stage, "! This is the first process"));
	assert_true(stage_shows(&stage, "then Enter: 12_"));
	stage_keys(&stage, "<backspace><enter>");
	assert_int_equal(signals_sent(&stage), 1);
	assert_null(stage.ui.popup);
	stage_end(&stage);
}

/* A sample in which this very program is a child of java. */
static void push_as_child_of_java(struct stage *stage)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 10);
	struct process *self =
		process_copy(snapshot_find_pid(snapshot, SCRIPTED_JAVA));

	assert_non_null(self);
	self->key.pid = getpid();
	self->ppid = SCRIPTED_JAVA;
	stage_add(snapshot, self);
	stage_push_snapshot(stage, snapshot);
}

static void own_ancestors_take_their_pid(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	push_as_child_of_java(&stage);
	stage_keys(&stage, "&cmd:java<enter>gK");
	if (ui_selected(&stage.ui)->key.pid != SCRIPTED_JAVA)
		stage_keys(&stage, "<esc>jK");
	assert_true(stage_shows(&stage, "This is what memtop was started in"));
	stage_keys(&stage, "y");
	assert_int_equal(signals_sent(&stage), 0);
	stage_end(&stage);
}

static void paused_shows_live_values(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, "[[[K");
	assert_true(stage_shows(&stage, "The values above are live"));
	stage_keys(&stage, "y");
	assert_int_equal(signals_sent(&stage), 1);
	stage_end(&stage);
}

static void paused_and_gone(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, " ");
	stage_push_without(&stage, SCRIPTED_JAVA);
	stage_keys(&stage, "K");
	assert_null(stage.ui.popup);
	assert_true(stage_shows(&stage, "process 48213 has exited"));
	stage_end(&stage);
}

static void groups_are_refused(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 120);
	stage_keys(&stage, "bbjK"); /* by command, the second row */
	assert_null(stage.ui.popup);
	assert_true(stage_shows(&stage, "that is a group of"));
	stage_end(&stage);
}

static void adj_by(const char *keys, int expected)
{
	const struct scripted_log *log;
	struct stage stage;

	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	log = scripted_source_log(stage.source);
	stage_keys(&stage, keys);
	if (log->adjusted != 1 || log->last_adj != expected)
		fail_msg("%s: %u times, %d, not %d", keys, log->adjusted,
			 log->last_adj, expected);
	stage_end(&stage);
}

static void adj_by_steps_and_digits(void **state)
{
	(void)state;
	adj_by("o+y", 50);
	adj_by("o--y", -100);
	adj_by("o<f7><f8><f8>y", 50);
	adj_by("o-500y", -500);
	adj_by("o300y", 300);
	adj_by("o3000y", 300); /* beyond 1000: not taken */
	adj_by("o45<backspace>y", 4);
	adj_by("o-45<backspace><backspace>y", 0);
	adj_by("o1000+y", 1000);
	adj_by("o<enter>-<enter>y", -50);
}

static void adj_refused(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 120);
	scripted_source_refuse(stage.source, -EACCES);
	stage_keys(&stage, "&user:root<enter>o-y");
	assert_true(stage_shows(&stage, "it needs CAP_SYS_RESOURCE"));
	stage_end(&stage);
}

static void adj_cancelled(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 80);
	stage_keys(&stage, "o-x");
	assert_null(stage.ui.popup);
	assert_int_equal(scripted_source_log(stage.source)->adjusted, 0);
	stage_end(&stage);
}

/* Nothing is done before one says yes; then the status line tells how it goes
 * and what came of it. */
static void reclaim_asks_and_tells(void **state)
{
	const struct scripted_log *log;
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 120);
	log = scripted_source_log(stage.source);
	stage_keys(&stage, "6jjm<enter><esc>");
	assert_int_equal(log->started, 0);
	assert_int_equal(log->jobs, 0);
	stage_keys(&stage, "m-y");
	assert_null(stage.ui.popup);
	assert_int_equal(log->started, 1);
	assert_int_equal(log->last_job, JOB_RECLAIM);
	assert_int_equal(log->last_bytes, 124 * MIB);
	stage_keys(&stage, "m");
	assert_true(stage_shows(&stage, "still running"));
	/* the keys have moved the clock as well */
	stage_push(&stage, 7);
	assert_true(stage_shows(&stage, "so far"));
	stage_push(&stage, 4);
	assert_true(stage_shows(&stage, "124M reclaimed in 5s; 2.0G before"));
	assert_int_equal(log->jobs, 0);
	stage_keys(&stage, "m++++y");
	assert_true(log->last_bytes > GIB);
	stage_push(&stage, 9);
	assert_true(stage_shows(&stage, "could be reclaimed in 5s"));
	stage_end(&stage);
}

static void compact_asks_and_tells(void **state)
{
	const struct scripted_log *log;
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_THRASH, 10, 24, 120);
	log = scripted_source_log(stage.source);
	stage_keys(&stage, "7mx");
	assert_int_equal(log->started, 0);
	stage_keys(&stage, "my");
	assert_int_equal(log->last_job, JOB_COMPACT);
	stage_push(&stage, 9);
	assert_true(stage_shows(&stage, "compacted in 5s"));
	/* the past can not be changed */
	stage_keys(&stage, "[m");
	assert_true(stage_shows(&stage, "the screen shows the past"));
	assert_null(stage.ui.popup);
	stage_keys(&stage, " ");
	scripted_source_refuse(stage.source, -EACCES);
	stage_keys(&stage, "m");
	assert_true(stage_shows(&stage, "not permitted"));
	assert_int_equal(log->started, 1);
	stage_end(&stage);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(y_sends),
		cmocka_unit_test(chosen_signal_is_sent),
		cmocka_unit_test(other_keys_do_not_send),
		cmocka_unit_test(enter_keeps_the_dialog),
		cmocka_unit_test(typed_ahead_does_not_send),
		cmocka_unit_test(exit_while_open),
		cmocka_unit_test(pid_reused),
		cmocka_unit_test(refusal_comes_with_its_remedy),
		cmocka_unit_test(outcome_is_told),
		cmocka_unit_test(first_process_takes_its_pid),
		cmocka_unit_test(own_ancestors_take_their_pid),
		cmocka_unit_test(paused_shows_live_values),
		cmocka_unit_test(paused_and_gone),
		cmocka_unit_test(groups_are_refused),
		cmocka_unit_test(adj_by_steps_and_digits),
		cmocka_unit_test(adj_refused),
		cmocka_unit_test(adj_cancelled),
		cmocka_unit_test(reclaim_asks_and_tells),
		cmocka_unit_test(compact_asks_and_tells),
	};

	return cmocka_run_group_tests_name("dialogs", tests, NULL, NULL);
}
