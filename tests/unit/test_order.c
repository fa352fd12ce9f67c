/* SPDX-License-Identifier: MIT
 *
 * Rows that hold still: each at its place of before, new ones where the order
 * they come in has them, whatever the change between two samples.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "../../src/ui/order.h"
#include "memtop/base.h"

enum { ROWS_MAX = 300 };

/* As they come: a row is known by its pid. */
static struct rows rows_of(struct row *list, const int *pids, size_t count)
{
	for (size_t i = 0; i < count; i++)
		list[i] = (struct row){ .key = { .pid = pids[i] },
					.count = (size_t)pids[i] };
	return (struct rows){ .list = list, .count = count };
}

static void assert_order(const struct rows *rows, const int *pids, size_t count)
{
	assert_int_equal(rows->count, count);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(rows->list[i].key.pid, pids[i]);
		/* the whole row has moved, not its key alone */
		assert_int_equal(rows->list[i].count, pids[i]);
	}
}

#define NOTE(order, ...)                                                      \
	do {                                                                  \
		static const int pids_[] = { __VA_ARGS__ };                   \
		struct row list_[ROWS_MAX];                                   \
		struct rows rows_ = rows_of(list_, pids_, ARRAY_SIZE(pids_)); \
		order_save(order, &rows_, 1);                                 \
	} while (0)

static void test_stays(void **state)
{
	static const int now[] = { 5, 4, 3, 2, 1 };
	static const int then[] = { 3, 1, 5, 2, 4 };
	struct order order = { 0 };
	struct row list[ROWS_MAX];
	struct rows rows = rows_of(list, now, ARRAY_SIZE(now));

	(void)state;
	NOTE(&order, 3, 1, 5, 2, 4);
	order_apply(&order, &rows);
	assert_order(&rows, then, ARRAY_SIZE(then));
	order_done(&order);
}

/* 2 has gone, 8 and 9 are new: before the first that sorts behind them. */
static void test_comes_and_goes(void **state)
{
	static const int now[] = { 8, 1, 9, 3, 4 };
	static const int wanted[] = { 8, 9, 4, 3, 1 };
	struct order order = { 0 };
	struct row list[ROWS_MAX];
	struct rows rows = rows_of(list, now, ARRAY_SIZE(now));

	(void)state;
	NOTE(&order, 4, 3, 2, 1);
	order_apply(&order, &rows);
	assert_order(&rows, wanted, ARRAY_SIZE(wanted));
	order_done(&order);
}

static void test_without_memory_goes_last(void **state)
{
	static const int now[] = { 1, 3, 2 };
	static const int wanted[] = { 1, 3, 2 };
	struct order order = { 0 };
	struct row list[ROWS_MAX];
	struct rows rows = rows_of(list, now, ARRAY_SIZE(now));

	(void)state;
	NOTE(&order, 2, 1, 3);
	rows.list[2].has_none = true;
	order_apply(&order, &rows);
	assert_order(&rows, wanted, ARRAY_SIZE(wanted));
	order_done(&order);
}

static void shuffle(int *pids, size_t count, unsigned *seed)
{
	for (size_t i = count; i > 1; i--) {
		size_t other = (size_t)rand_r(seed) % i;
		int pid = pids[i - 1];

		pids[i - 1] = pids[other];
		pids[other] = pid;
	}
}

/* Any order into any other: circles of every length. */
static void test_any_order(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 200; round++) {
		size_t count = 1 + (size_t)rand_r(&seed) % ROWS_MAX;
		int then[ROWS_MAX], now[ROWS_MAX];
		struct row list[ROWS_MAX];
		struct order order = { 0 };
		struct rows rows;

		for (size_t i = 0; i < count; i++)
			then[i] = now[i] = (int)i + 1;
		shuffle(then, count, &seed);
		rows = rows_of(list, then, count);
		order_save(&order, &rows, 1);
		shuffle(now, count, &seed);
		rows = rows_of(list, now, count);
		order_apply(&order, &rows);
		assert_order(&rows, then, count);
		order_done(&order);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_comes_and_goes),
		cmocka_unit_test(test_without_memory_goes_last),
		cmocka_unit_test(test_any_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
