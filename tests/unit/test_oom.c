/* SPDX-License-Identifier: MIT
 *
 * The OOM killer's arithmetic against figures read from a kernel, and the
 * order it makes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "memtop/oom.h"
#include "scripted.h"

static const struct process *find(const struct snapshot *snapshot, pid_t pid)
{
	const struct process *process = snapshot_find_pid(snapshot, pid);

	assert_non_null(process);
	return process;
}

/* fs/proc/base.c: (1000 + points * 1000 / total) * 2 / 3, truncating. */
static void scores_are_the_kernels(void **state)
{
	struct oom_parts parts = { .sum = 0, .total = 6291456 };

	(void)state;
	assert_int_equal(oom_score(&parts, 0), 666);
	assert_int_equal(oom_score(&parts, 500), 999);
	assert_int_equal(oom_score(&parts, 1000), 1332);
	assert_int_equal(oom_score(&parts, -1000), 0);
	/* total / 1000 is cut off first, so 500 is a little less than half */
	assert_int_equal(oom_points(&parts, 500), 3145500);
	parts.total = 6000000;
	assert_int_equal(oom_score(&parts, 500), 1000);
	assert_int_equal(oom_score(&parts, 1000), 1333);
	/* below zero it rounds towards zero: -4.999 permille are -4 */
	parts.sum = 1;
	assert_int_equal(oom_score(&parts, -5), (1000 - 4) * 2 / 3);
	/* 45.25% of 78.6 GiB */
	parts = (struct oom_parts){ .sum = 9324031, .total = 20604518 };
	assert_int_equal(oom_score(&parts, 0), 968);
	assert_int_equal(oom_score(&parts, -500), 635);
}

static void parts_add_up(void **state)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 0);
	const struct process *java = find(snapshot, SCRIPTED_JAVA);
	struct oom_parts parts;

	(void)state;
	assert_int_equal(oom_parts(snapshot, java, &parts), 0);
	assert_int_equal(parts.sum, parts.rss + parts.swap + parts.page_tables);
	assert_int_equal(parts.rss, java->rss / 4096);
	assert_int_equal(oom_score(&parts, 0), java->oom_score);
	snapshot_unref(snapshot);
}

static void unknown_parts_give_no_score(void **state)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 0);
	struct process *copy = process_copy(find(snapshot, SCRIPTED_JAVA));
	struct oom_parts parts = { .sum = 7 };

	(void)state;
	assert_non_null(copy);
	copy->page_tables = UNKNOWN;
	assert_int_equal(oom_parts(snapshot, copy, &parts), -ENODATA);
	assert_int_equal(parts.sum, 7);
	process_unref(copy);
	snapshot->memory.swap_total = UNKNOWN;
	assert_int_equal(
		oom_parts(snapshot, find(snapshot, SCRIPTED_JAVA), &parts),
		-ENODATA);
	snapshot_unref(snapshot);
}

static void some_are_exempt(void **state)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_THRASH, 0);
	struct process *copy = process_copy(find(snapshot, SCRIPTED_JAVA));

	(void)state;
	assert_non_null(copy);
	assert_true(oom_exempt(find(snapshot, 1)));
	assert_false(oom_exempt(copy));
	copy->oom_score_adj = -1000;
	assert_true(oom_exempt(copy));
	copy->oom_score_adj = 0;
	copy->state = 'Z';
	assert_true(oom_exempt(copy));
	process_unref(copy);
	snapshot_unref(snapshot);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(scores_are_the_kernels),
		cmocka_unit_test(parts_add_up),
		cmocka_unit_test(unknown_parts_give_no_score),
		cmocka_unit_test(some_are_exempt),
	};

	return cmocka_run_group_tests_name("oom", tests, NULL, NULL);
}
