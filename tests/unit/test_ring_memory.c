/* SPDX-License-Identifier: MIT
 *
 * When memory is short a sample is lost, and nothing else: each allocation of
 * a push is refused in turn.  A program of its own because it stands in for
 * malloc(); where a sanitizer does so already, nothing is refused.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/history.h"
#include "same.h"
#include "scripted.h"
#include "wild.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

/* How many more are granted; negative: all. */
static long granted = -1;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__) && !defined(SANITIZED)
#define REFUSES true

extern void *__libc_malloc(size_t size);
extern void *__libc_realloc(void *memory, size_t size);

static bool refuse(void)
{
	if (granted < 0)
		return false;
	if (granted == 0) {
		errno = ENOMEM;
		return true;
	}
	granted--;
	return false;
}

void *malloc(size_t size)
{
	return refuse() ? NULL : __libc_malloc(size);
}

void *realloc(void *memory, size_t size)
{
	return refuse() ? NULL : __libc_realloc(memory, size);
}
#else
#define REFUSES false
#endif

enum { SAMPLES = 60 };

static void check_all(struct history *history,
		      const struct snapshot *const *pushed, uint64_t last)
{
	struct history_span span;

	history_span(history, &span);
	assert_int_equal(span.first_seq, 1);
	assert_int_equal(span.last_seq, last);
	for (uint64_t seq = 1; seq <= last; seq++) {
		const struct snapshot *snapshot;

		assert_int_equal(history_at(history, seq, &snapshot), 0);
		assert_true(same_snapshot(pushed[seq], snapshot));
		snapshot_unref(snapshot);
	}
}

/* Grants one more each time, until it goes in; how often it did not. */
static size_t push_at_last(struct history *history, struct snapshot *snapshot)
{
	size_t refused = 0;
	int error;

	do {
		snapshot_ref(snapshot);
		granted = (long)refused;
		error = history_push(history, snapshot);
		granted = -1;
		refused += error < 0;
		assert_true(error == 0 || error == -ENOMEM);
	} while (error < 0);
	return refused;
}

static void test_push(void **state)
{
	const struct history_limits limits = { 3600 * NS_PER_S, 64 * MIB };
	const struct snapshot *pushed[SAMPLES + 1] = { NULL };
	struct history *history;
	size_t refused = 0;

	(void)state;
	wild_seed(11);
	assert_int_equal(history_new(&limits, &history), 0);
	for (uint64_t seq = 1; seq <= SAMPLES; seq++) {
		struct snapshot *next =
			seq == 1 ? scripted_snapshot(SCRIPTED_HOSTILE, 0)
				 : wild_next(pushed[seq - 1]);

		pushed[seq] = next;
		refused += push_at_last(history, next);
		check_all(history, pushed, seq);
	}
	assert_true(!REFUSES || refused > SAMPLES);
	history_free(history);
	for (uint64_t seq = 1; seq <= SAMPLES; seq++)
		snapshot_unref(pushed[seq]);
}

/* Reading the past needs memory too: without it there is no answer, and with
 * it there is one again. */
static void test_read(void **state)
{
	const struct history_limits limits = { 3600 * NS_PER_S, 64 * MIB };
	struct series_query query = { .counter = "pgfault" };
	struct series_point points[4];
	const struct snapshot *snapshot = NULL;
	struct history *history;
	int error;

	(void)state;
	assert_int_equal(history_new(&limits, &history), 0);
	for (unsigned i = 0; i < 3; i++)
		history_push(history, scripted_snapshot(SCRIPTED_THRASH, i));
	for (long n = 0;; n++) {
		granted = n;
		error = history_at(history, 2, &snapshot);
		granted = -1;
		if (error == 0)
			break;
		assert_int_equal(error, -ENOMEM);
		assert_null(snapshot);
	}
	snapshot_unref(snapshot);
	granted = REFUSES ? 0 : -1;
	assert_int_equal(history_series(history, &query, points, 4),
			 REFUSES ? 0 : 3);
	granted = -1;
	assert_int_equal(history_series(history, &query, points, 4), 3);
	history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_push),
		cmocka_unit_test(test_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
