/* SPDX-License-Identifier: MIT
 *
 * Reading recordings: the same samples come out that went in, at any moment
 * and in any order; and whatever a file holds, it is shown or refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "recorded.h"

enum { SAMPLES = 150 };

static int setup(void **state)
{
	struct recorded *recorded = malloc(sizeof(*recorded));

	recorded_init(recorded);
	*state = recorded;
	return 0;
}

static int teardown(void **state)
{
	recorded_done(*state);
	free(*state);
	return 0;
}

static void expect_sample(const struct replayed *replayed,
			  enum scripted_case which, uint64_t seq)
{
	struct snapshot *expected = scripted_snapshot(which, (unsigned)seq - 1);
	const struct snapshot *found;

	assert_int_equal(history_at(replayed->history, seq, &found), 0);
	assert_int_equal(found->seq, seq);
	recorded_same(expected, found);
	snapshot_unref(found);
	snapshot_unref(expected);
}

/* Every case, every sample, on and back and at random. */
static void test_same_samples(void **state)
{
	struct recorded *recorded = *state;

	for (int which = 0; which < SCRIPTED_CASE_COUNT; which++) {
		struct replayed replayed;
		struct history_span span;
		unsigned count = which == SCRIPTED_THRASH ? SAMPLES : 5;

		recorded_write(recorded, (enum scripted_case)which, 0, count,
			       NULL);
		replayed_open(&replayed, recorded->path);
		history_span(replayed.history, &span);
		assert_int_equal(span.first_seq, 1);
		assert_int_equal(span.last_seq, count);
		for (uint64_t seq = 1; seq <= count; seq += 7)
			expect_sample(&replayed, (enum scripted_case)which,
				      seq);
		for (uint64_t seq = count; seq >= 1; seq--)
			expect_sample(&replayed, (enum scripted_case)which,
				      seq);
		replayed_close(&replayed);
		unlink(recorded->path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_same_samples, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
