/* SPDX-License-Identifier: MIT
 *
 * The ring: what it keeps, what it forgets, what it says; and all of that
 * with threads at it.
 */
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/history.h"
#include "sample.h"

static struct history *new_history(uint64_t seconds, size_t bytes)
{
	const struct history_limits limits = { seconds * NS_PER_S, bytes };
	struct history *history = NULL;

	assert_int_equal(history_new(&limits, &history), 0);
	return history;
}

static void push(struct history *history, uint64_t seconds)
{
	assert_int_equal(history_push(history, sample_snapshot(seconds)), 0);
}

static void test_empty(void **state)
{
	struct history *history = new_history(10, MIB);
	const struct snapshot *snapshot = NULL;
	struct history_span span;
	uint64_t seq = 7;

	(void)state;
	history_span(history, &span);
	assert_int_equal(span.last_seq, 0);
	assert_int_equal(history_at(history, 0, &snapshot), -ENOENT);
	assert_int_equal(history_find(history, 1, &seq), -ENOENT);
	assert_null(snapshot);
	assert_int_equal(seq, 7);
	history_free(history);
	history_free(NULL);
}

static void test_duration(void **state)
{
	struct history *history = new_history(10, 64 * MIB);
	const struct snapshot *snapshot;
	struct history_span span;

	(void)state;
	for (uint64_t s = 1; s <= 100; s++)
		push(history, s);
	history_span(history, &span);
	assert_int_equal(span.first_seq, 90);
	assert_int_equal(span.last_seq, 100);
	assert_true(span.first_realtime_ns == 90 * NS_PER_S);
	assert_true(span.last_realtime_ns == 100 * NS_PER_S);
	assert_int_equal(history_at(history, 89, &snapshot), -ENOENT);
	assert_int_equal(history_at(history, 101, &snapshot), -ENOENT);
	assert_int_equal(history_at(history, 90, &snapshot), 0);
	assert_int_equal(snapshot->seq, 90);
	push(history, 1000); /* all others are too old now */
	history_span(history, &span);
	assert_int_equal(span.first_seq, 101);
	/* what somebody holds stays */
	assert_true(snapshot->monotonic_ns == 90 * NS_PER_S);
	snapshot_unref(snapshot);
	assert_int_equal(history_at(history, 0, &snapshot), 0);
	assert_int_equal(snapshot->seq, 101);
	snapshot_unref(snapshot);
	history_free(history);
}

static void check_bytes(struct history *history, size_t limit)
{
	struct history_span span;

	history_span(history, &span);
	assert_true(span.bytes <= limit || span.first_seq == span.last_seq);
}

static void test_bytes(void **state)
{
	const size_t limit = 300 * KIB;
	struct history *history = new_history(3600, limit);
	struct process *shared[50];
	struct history_span span;

	(void)state;
	for (pid_t pid = 0; pid < 50; pid++)
		shared[pid] = sample_process(pid + 1, 0, "shared");
	srand(5);
	for (uint64_t s = 1; s <= 300; s++) {
		struct snapshot *snapshot = sample_snapshot(s);

		for (int pid = 0; pid < 50; pid++) {
			if (rand() % 20 == 0) {
				process_unref(shared[pid]);
				shared[pid] = sample_process(pid + 1, 0, "new");
				shared[pid]->command = sample_text("new -x");
			}
			if (rand() % 10 != 0)
				sample_add(snapshot, process_ref(shared[pid]));
		}
		assert_int_equal(history_push(history, snapshot), 0);
		check_bytes(history, limit);
	}
	history_span(history, &span);
	assert_true(span.first_seq > 1);
	/* what stays the same costs nothing */
	assert_true(span.last_seq - span.first_seq > 100);
	for (int pid = 0; pid < 50; pid++)
		process_unref(shared[pid]);
	history_free(history);

	history = new_history(3600, 1); /* the newest always stays */
	push(history, 1);
	push(history, 2);
	history_span(history, &span);
	assert_int_equal(span.first_seq, 2);
	assert_int_equal(span.last_seq, 2);
	history_free(history);
}

static void test_find(void **state)
{
	static const uint64_t clock[] = { 100, 110, 120, 50, 60, 130 };
	struct history *history = new_history(3600, MIB);
	uint64_t seq = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(clock); i++)
		push(history, clock[i]);
	assert_int_equal(history_find(history, 1, &seq), 0);
	assert_int_equal(seq, 1); /* all are newer */
	assert_int_equal(history_find(history, 500 * NS_PER_S, &seq), 0);
	assert_int_equal(seq, 6);
	assert_int_equal(history_find(history, 130 * NS_PER_S - 1, &seq), 0);
	assert_int_equal(seq, 5);
	assert_int_equal(history_find(history, 55 * NS_PER_S, &seq), 0);
	assert_int_equal(seq, 4);
	assert_int_equal(history_find(history, 60 * NS_PER_S, &seq), 0);
	assert_int_equal(seq, 5); /* the last time the clock showed it */
	history_free(history);
}

static void test_series(void **state)
{
	static const char *const names[] = { "pswpin", "pswpout" };
	struct history *history = new_history(3600, MIB);
	struct counter_names *counters = counter_names_new(names, 2);
	struct series_query query = {
		.entity = &entities[ENTITY_PROCESS],
		.field = sample_field(PROCESS_PSS),
		.key = { 5, 5 * NS_PER_S },
	};
	struct series_point points[20];

	(void)state;
	for (uint64_t s = 1; s <= 10; s++) {
		struct snapshot *snapshot = sample_snapshot(s);
		struct process *process = sample_process(5, 1, "java");

		process->pss = s * MIB;
		if (s == 3) /* bounded is not known */
			process->smaps.state = STATE_DENIED;
		if (s != 4)
			sample_add(snapshot, process);
		else
			process_unref(process);
		snapshot->memory.block.state = STATE_OK;
		snapshot->memory.available = s;
		snapshot->vmstat_names = counter_names_ref(counters);
		snapshot->vmstat = calloc(2, sizeof(*snapshot->vmstat));
		snapshot->vmstat[1].rate = (double)s / 2;
		assert_int_equal(history_push(history, snapshot), 0);
	}
	counter_names_unref(counters);
	assert_int_equal(history_series(history, &query, points, 20), 10);
	assert_int_equal(points[0].seq, 1);
	assert_true(points[0].value == (double)MIB);
	assert_true(points[9].monotonic_ns == 10 * NS_PER_S);
	assert_true(isnan(points[2].value) && isnan(points[3].value));
	/* the newest that fit, oldest first */
	assert_int_equal(history_series(history, &query, points, 3), 3);
	assert_int_equal(points[0].seq, 8);
	query.from_seq = 2;
	query.to_seq = 5;
	assert_int_equal(history_series(history, &query, points, 20), 4);
	assert_int_equal(points[3].seq, 5);
	assert_int_equal(history_series(history, &query, points, 2), 2);
	assert_int_equal(points[0].seq, 4);
	query.to_seq = 0;
	query.key.start_ns++; /* somebody else's pid */
	assert_int_equal(history_series(history, &query, points, 20), 9);
	assert_true(isnan(points[8].value));

	query = (struct series_query){ .entity = &entities[ENTITY_MEMORY] };
	query.field = field_find(query.entity, "available");
	assert_int_equal(history_series(history, &query, points, 20), 10);
	assert_true(points[6].value == 7);
	query = (struct series_query){ .counter = "pswpout" };
	history_series(history, &query, points, 20);
	assert_true(points[6].value == 3.5);
	query.counter = "none";
	history_series(history, &query, points, 20);
	assert_true(isnan(points[6].value));
	assert_int_equal(history_series(history, &query, points, 0), 0);
	history_free(history);
}

/* A store of ten samples that are nowhere. */
struct far_store {
	bool closed;
	uint64_t last_seq, at_seq;
	struct series_query query;
};

static int far_at(void *store, uint64_t seq, const struct snapshot **ret)
{
	struct far_store *far = store;

	far->at_seq = seq;
	*ret = sample_snapshot(seq);
	return 0;
}

static void far_span(void *store, struct history_span *ret)
{
	struct far_store *far = store;

	ret->last_seq = far->last_seq;
	ret->first_seq = far->last_seq != 0;
}

static int far_find(void *store, uint64_t realtime_ns, uint64_t *ret_seq)
{
	(void)store;
	*ret_seq = realtime_ns;
	return 0;
}

static size_t far_series(void *store, const struct series_query *query,
			 struct series_point *ret, size_t max)
{
	struct far_store *far = store;

	far->query = *query;
	ret[0] = (struct series_point){ .seq = query->to_seq };
	return max > 0;
}

static void far_close(void *store)
{
	((struct far_store *)store)->closed = true;
}

static void test_store(void **state)
{
	static const struct history_store functions = {
		.at = far_at,
		.span = far_span,
		.find = far_find,
		.series = far_series,
		.close = far_close,
	};
	struct far_store far = { .last_seq = 0 };
	const struct snapshot *snapshot = NULL;
	struct series_query query = { .from_seq = 3 };
	struct series_point point;
	struct history *history;
	uint64_t seq;

	(void)state;
	assert_int_equal(history_new_on(&functions, &far, &history), 0);
	assert_int_equal(history_push(history, sample_snapshot(1)), -EROFS);
	assert_int_equal(history_at(history, 0, &snapshot), -ENOENT);
	assert_int_equal(history_series(history, &query, &point, 1), 0);
	far.last_seq = 10;
	assert_int_equal(history_at(history, 0, &snapshot), 0);
	assert_int_equal(far.at_seq, 10);
	snapshot_unref(snapshot);
	assert_int_equal(history_at(history, 4, &snapshot), 0);
	assert_true(snapshot->monotonic_ns == 4 * NS_PER_S);
	snapshot_unref(snapshot);
	assert_int_equal(history_find(history, 7, &seq), 0);
	assert_int_equal(seq, 7);
	assert_int_equal(history_series(history, &query, &point, 1), 1);
	assert_int_equal(far.query.from_seq, 3);
	assert_int_equal(far.query.to_seq, 10);
	query.from_seq = 0;
	query.to_seq = 99;
	assert_int_equal(history_series(history, &query, &point, 1), 1);
	assert_int_equal(far.query.from_seq, 1);
	assert_int_equal(point.seq, 10);
	assert_false(far.closed);
	history_free(history);
	assert_true(far.closed);
}

static bool readable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) == 1;
}

static void test_subscribers(void **state)
{
	struct history *history = new_history(3600, MIB);
	int first = history_subscribe(history);
	int second = history_subscribe(history);
	uint64_t count;

	(void)state;
	assert_true(first >= 0 && second >= 0 && first != second);
	assert_false(readable(first));
	push(history, 1);
	push(history, 2);
	assert_true(readable(first) && readable(second));
	assert_int_equal(read(first, &count, sizeof(count)), sizeof(count));
	assert_false(readable(first));
	history_unsubscribe(history, first);
	push(history, 3);
	assert_int_equal(read(second, &count, sizeof(count)), sizeof(count));
	assert_int_equal(count, 3);
	history_unsubscribe(history, second);
	history_unsubscribe(history, second);
	history_free(history);
}

struct crowd {
	struct history *history;
	atomic_bool stop;
	atomic_uint reads;
};

/* Any sample, now or then: its parts were made for each other. */
static void check_some(struct crowd *crowd, uint64_t seq)
{
	const struct snapshot *snapshot;

	if (history_at(crowd->history, seq, &snapshot) < 0)
		return;
	if (snapshot->nprocesses != 2 || snapshot->processes[0]->rss != 0 ||
	    snapshot->processes[1]->pss != snapshot->memory.available)
		abort();
	snapshot_unref(snapshot);
	atomic_fetch_add(&crowd->reads, 1);
}

static void *read_all_the_time(void *arg)
{
	struct crowd *crowd = arg;
	struct series_query query = {
		.entity = &entities[ENTITY_PROCESS],
		.field = sample_field(PROCESS_PSS),
		.key = { 2, 2 * NS_PER_S },
	};
	struct series_point points[50];
	struct history_span span;

	while (!atomic_load(&crowd->stop)) {
		int fd = history_subscribe(crowd->history);

		history_span(crowd->history, &span);
		check_some(crowd, 0);
		check_some(crowd, span.first_seq);
		check_some(crowd, (span.first_seq + span.last_seq) / 2);
		for (size_t n =
			     history_series(crowd->history, &query, points, 50);
		     n > 0; n--)
			if (isnan(points[n - 1].value))
				abort();
		history_unsubscribe(crowd->history, fd);
	}
	return NULL;
}

static void *push_many(void *arg)
{
	struct crowd *crowd = arg;
	struct process *process = sample_process(1, 0, "shared");

	for (uint64_t s = 1; s <= 2000; s++) {
		struct snapshot *snapshot = sample_snapshot(s / 100);
		struct process *changed = sample_process(2, 1, "changed");

		changed->pss = s;
		snapshot->memory.available = s;
		sample_add(snapshot, process_ref(process));
		sample_add(snapshot, changed);
		if (history_push(crowd->history, snapshot) < 0)
			abort();
	}
	process_unref(process);
	return NULL;
}

static void test_threads(void **state)
{
	struct crowd crowd = { .history = new_history(3600, 64 * KIB) };
	pthread_t readers[2], writers[2];
	struct history_span span;

	(void)state;
	for (int i = 0; i < 2; i++) {
		pthread_create(&readers[i], NULL, read_all_the_time, &crowd);
		pthread_create(&writers[i], NULL, push_many, &crowd);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(writers[i], NULL);
	while (atomic_load(&crowd.reads) == 0)
		usleep(1000);
	atomic_store(&crowd.stop, true);
	for (int i = 0; i < 2; i++)
		pthread_join(readers[i], NULL);
	history_span(crowd.history, &span);
	assert_int_equal(span.last_seq, 4000);
	check_bytes(crowd.history, 64 * KIB);
	history_free(crowd.history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_store),
		cmocka_unit_test(test_subscribers),
		cmocka_unit_test(test_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
