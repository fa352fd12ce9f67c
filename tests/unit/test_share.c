/* SPDX-License-Identifier: MIT
 *
 * Work that several threads share out: each index once, whoever takes it, and
 * nobody at it any more when it has ended.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/share.h"

struct work {
	atomic_uint *times; /* how often each index was done */
	atomic_uint helpers;
	atomic_bool slow;
};

static void rest(long us)
{
	struct timespec time = { .tv_nsec = us * 1000 };

	nanosleep(&time, NULL);
}

static void do_parts(struct work *work, struct share *share)
{
	size_t from, to;

	while (share_take(share, &from, &to)) {
		if (atomic_load(&work->slow))
			rest(200);
		for (size_t i = from; i < to; i++)
			atomic_fetch_add(&work->times[i], 1);
	}
}

static void help(void *context, struct share *share)
{
	struct work *work = context;

	atomic_fetch_add(&work->helpers, 1);
	do_parts(work, share);
}

/* Returns how many helped. */
static unsigned check(size_t count, bool slow)
{
	struct work work = { .slow = slow };
	struct share *share;

	work.times = calloc(count + 1, sizeof(*work.times));
	assert_non_null(work.times);
	share = share_begin(count, help, &work);
	assert_non_null(share);
	do_parts(&work, share);
	share_end(share);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(atomic_load(&work.times[i]), 1);
	assert_int_equal(atomic_load(&work.times[count]), 0);
	free(work.times);
	return atomic_load(&work.helpers);
}

static void test_each_once(void **state)
{
	static const size_t counts[] = { 0, 1, 63, 64, 65, 1000, 10007 };

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		for (int again = 0; again < 20; again++)
			check(counts[i], false);
}

/* Who is slow gets help where there is another processor. */
static void test_help(void **state)
{
	unsigned helpers = 0;

	(void)state;
	for (int i = 0; i < 50 && !helpers; i++)
		helpers = check(6400, true);
	if (sysconf(_SC_NPROCESSORS_ONLN) > 1)
		assert_true(helpers > 0);
	else
		assert_int_equal(helpers, 0);
}

/* A few are not worth a thread. */
static void test_few(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++)
		assert_int_equal(check(64, true), 0);
}

static void test_none(void **state)
{
	(void)state;
	share_end(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_once),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
