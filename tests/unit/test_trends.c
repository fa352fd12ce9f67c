/* SPDX-License-Identifier: MIT
 *
 * The last ten minutes are the same whether they were gathered sample by
 * sample, on the way through the past, or at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
/* after those it needs */
#include <cmocka.h>

#include "../../src/ui/trends.h"
#include "memtop/base.h"
#include "sample.h"
#include "wild.h"

static const struct history_limits no_limits = { UINT64_MAX, SIZE_MAX };

/* Samples that far apart. */
static struct history *make_history(size_t count, uint64_t apart_ns)
{
	struct history *history;

	assert_int_equal(history_new(&no_limits, &history), 0);
	for (size_t i = 1; i <= count; i++) {
		struct snapshot *snapshot = sample_snapshot(1);

		snapshot->realtime_ns = snapshot->monotonic_ns = i * apart_ns;
		snapshot->memory.block.state = STATE_OK;
		snapshot->memory.available = wild_below(1 << 30);
		assert_int_equal(history_push(history, snapshot), 0);
	}
	return history;
}

static void show(struct ui *ui, uint64_t seq)
{
	snapshot_unref(ui->snapshot);
	assert_int_equal(history_at(ui->history, seq, &ui->snapshot), 0);
	ui->seq = seq;
	trends_update(ui);
}

static void expect_fresh(const struct ui *walked)
{
	const double *expected, *found;
	struct ui fresh = { .history = walked->history };

	assert_int_equal(trends_new(&fresh.trends), 0);
	show(&fresh, walked->seq);
	expected = trend_buckets(&fresh, TREND_AVAILABLE);
	found = trend_buckets(walked, TREND_AVAILABLE);
	assert_false(isnan(found[TREND_BUCKETS - 1]));
	for (size_t i = 0; i < TREND_BUCKETS; i++)
		if (found[i] != expected[i] &&
		    !(isnan(found[i]) && isnan(expected[i])))
			fail_msg("sample %llu, bucket %zu: %f, not %f",
				 (unsigned long long)walked->seq, i, found[i],
				 expected[i]);
	trends_free(fresh.trends);
	snapshot_unref(fresh.snapshot);
}

static void walk(size_t count, uint64_t apart_ns)
{
	struct history *history = make_history(count, apart_ns);
	struct ui ui = { .history = history };
	uint64_t seq = 1;

	assert_int_equal(trends_new(&ui.trends), 0);
	for (int i = 0; i < 1500; i++) {
		if (wild_one_in(100))
			seq = 1 + wild_below(count);
		else if (wild_one_in(20))
			seq = sub_floor(seq, wild_below(20));
		else
			seq += wild_below(12);
		seq = max_u64(1, min_u64(seq, count));
		show(&ui, seq);
		if (i % 10 == 0)
			expect_fresh(&ui);
	}
	trends_free(ui.trends);
	snapshot_unref(ui.snapshot);
	history_free(history);
}

static void test_walks(void **state)
{
	(void)state;
	wild_seed(7);
	walk(2000, NS_PER_S);
	/* more of them than are kept */
	walk(7000, NS_PER_S / 10);
}

/* A mean of what fell into it, not more. */
static void test_a_bucket(void **state)
{
	struct history *history = make_history(12, NS_PER_S);
	const struct snapshot *snapshot;
	struct ui ui = { .history = history };
	double sum = 0;

	(void)state;
	assert_int_equal(trends_new(&ui.trends), 0);
	show(&ui, 12);
	for (uint64_t seq = 8; seq <= 12; seq++) {
		assert_int_equal(history_at(history, seq, &snapshot), 0);
		sum += (double)snapshot->memory.available;
		snapshot_unref(snapshot);
	}
	assert_true(trend_buckets(&ui, TREND_AVAILABLE)[TREND_BUCKETS - 1] ==
		    sum / 5);
	assert_true(isnan(trend_buckets(&ui, TREND_AVAILABLE)[0]));
	trends_free(ui.trends);
	snapshot_unref(ui.snapshot);
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
		cmocka_unit_test(test_a_bucket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
