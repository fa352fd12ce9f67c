/* SPDX-License-Identifier: MIT
 *
 * Rates and growth: what gives a figure, what honestly gives none.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/counters.h"
#include "memtop/rates.h"

static void test_rate(void **state)
{
	(void)state;
	assert_true(rate_between(100, NS_PER_S, 300, 3 * NS_PER_S) == 100.0);
	assert_true(rate_between(5, NS_PER_S, 5, 2 * NS_PER_S) == 0.0);
}

static void test_no_rate(void **state)
{
	(void)state;
	/* unknown, gone back, no time between */
	assert_true(isnan(rate_between(UNKNOWN, 1, 5, 2)));
	assert_true(isnan(rate_between(5, 1, UNKNOWN, 2)));
	assert_true(isnan(rate_between(6, 1, 5, 2)));
	assert_true(isnan(rate_between(5, 2, 6, 2)));
	assert_true(isnan(rate_between(5, 3, 6, 2)));
}

/* Pages that are there now become fewer; what counts since boot does not. */
static void test_fall(void **state)
{
	(void)state;
	assert_true(counters_rate("nr_free_pages", 900, NS_PER_S, 500,
				  3 * NS_PER_S) == -200.0);
	assert_true(counters_rate("nr_free_pages", 500, NS_PER_S, 900,
				  3 * NS_PER_S) == 200.0);
	assert_true(counters_rate("workingset_nodes", 9, NS_PER_S, 5,
				  2 * NS_PER_S) == -4.0);
	assert_true(isnan(counters_rate("nr_dirtied", 9, 1, 5, 2)));
	assert_true(isnan(counters_rate("pgfault", 9, 1, 5, 2)));
	assert_true(counters_rate("pgfault", 5, NS_PER_S, 9, 2 * NS_PER_S) ==
		    4.0);
	assert_true(isnan(counters_rate("nr_free_pages", UNKNOWN, 1, 5, 2)));
	assert_true(isnan(counters_rate("nr_free_pages", 9, 2, 5, 2)));
}

static double grow(size_t seconds, uint64_t (*bytes)(size_t second))
{
	struct growth growth = { 0 };
	double rate = NAN;

	for (size_t s = 0; s <= seconds; s++) {
		uint64_t at = (s + 100) * NS_PER_S;

		growth_add(&growth, at, bytes(s));
		rate = growth_rate(&growth, at, bytes(s));
	}
	return rate;
}

static uint64_t steady(size_t second)
{
	return GIB + second * MIB;
}

static uint64_t flat(size_t second)
{
	(void)second;
	return GIB;
}

/* up and down by 64 MiB, going nowhere */
static uint64_t noise(size_t second)
{
	return GIB + (second / 5 % 2) * 64 * MIB;
}

static uint64_t shrinking(size_t second)
{
	return GIB - second * MIB;
}

static void test_growth(void **state)
{
	(void)state;
	assert_true(isnan(grow(9, steady)));
	assert_true(fabs(grow(10, steady) - MIB) < 1);
	assert_true(fabs(grow(60, steady) - MIB) < 1);
	/* the ring has been round more than once */
	assert_true(fabs(grow(600, steady) - MIB) < 1);
	assert_true(fabs(grow(60, shrinking) + (double)MIB) < 1);
	assert_true(grow(60, flat) == 0.0);
	assert_true(grow(60, noise) == 0.0);
}

/* At rest for ten minutes, read every ten seconds; growing for half of one. */
static void test_growth_begins(void **state)
{
	struct growth growth = { 0 };
	uint64_t at = 0, bytes = GIB;
	double rate = NAN;

	(void)state;
	for (; at < 600 * NS_PER_S; at += 10 * NS_PER_S)
		growth_add(&growth, at, bytes);
	for (size_t i = 0; i < 30; i++, at += NS_PER_S) {
		bytes += MIB;
		growth_add(&growth, at, bytes);
		rate = growth_rate(&growth, at, bytes);
	}
	/* half a minute of the last one: more than a third, in any fit */
	assert_true(rate > MIB / 3.0);
	/* nothing was read for an hour: the two ends are all there is */
	rate = growth_rate(&growth, at + 3600 * NS_PER_S, bytes);
	assert_true(fabs(rate) < MIB / 60.0);
}

/* A delay that is longer than the window. */
static void test_growth_slowly_sampled(void **state)
{
	struct growth growth = { 0 };
	double rate = NAN;

	(void)state;
	for (uint64_t i = 0; i < 20; i++) {
		uint64_t at = i * 120 * NS_PER_S;

		growth_add(&growth, at, GIB + i * 120 * MIB);
		rate = growth_rate(&growth, at, GIB + i * 120 * MIB);
	}
	assert_true(fabs(rate - MIB) < 1);
}

static void test_growth_unknown(void **state)
{
	struct growth growth = { 0 };

	(void)state;
	growth_add(&growth, NS_PER_S, UNKNOWN);
	assert_int_equal(growth.count, 0);
	assert_true(isnan(growth_rate(&growth, 60 * NS_PER_S, 5)));
	growth_add(&growth, NS_PER_S, 5);
	assert_true(isnan(growth_rate(&growth, 60 * NS_PER_S, UNKNOWN)));
}

/* As if all the readings of the rest had been kept. */
static void test_growing(void **state)
{
	struct growth all = { 0 };
	struct growing growing = { 0 };
	uint64_t at = NS_PER_S, bytes = GIB;
	double rate;

	(void)state;
	assert_true(isnan(growing_rate(&growing, at, UNKNOWN)));
	assert_true(isnan(growing_rate(&growing, at, bytes)));
	for (; at < 600 * NS_PER_S; at += 5 * NS_PER_S) {
		growth_add(&all, at, bytes);
		rate = growing_rate(&growing, at, bytes);
		assert_true(at < 11 * NS_PER_S ? isnan(rate) : rate == 0);
	}
	assert_null(growing.growth);
	for (size_t i = 0; i < 30; i++, at += NS_PER_S) {
		bytes += MIB;
		growth_add(&all, at, bytes);
		rate = growing_rate(&growing, at, bytes);
		assert_true(rate == growth_rate(&all, at, bytes));
	}
	assert_true(rate > MIB / 3.0);
	assert_non_null(growing.growth);
	/* at rest again, and as light as before */
	for (size_t i = 0; i < 66; i++, at += NS_PER_S)
		rate = growing_rate(&growing, at, bytes);
	assert_true(rate == 0);
	assert_null(growing.growth);
	growing_rate(&growing, at, bytes + MIB);
	assert_non_null(growing.growth);
	growing_done(&growing);
	assert_null(growing.growth);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_no_rate),
		cmocka_unit_test(test_fall),
		cmocka_unit_test(test_growth),
		cmocka_unit_test(test_growth_begins),
		cmocka_unit_test(test_growth_slowly_sampled),
		cmocka_unit_test(test_growth_unknown),
		cmocka_unit_test(test_growing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
