/* SPDX-License-Identifier: MIT
 *
 * Does the past come back as it was?  Samples change at random, and each of
 * them is compared with what was pushed, byte by byte.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "../../src/model/ring.h"
#include "memtop/base.h"
#include "same.h"
#include "sample.h"
#include "scripted.h"
#include "wild.h"

enum { SAMPLES = 400 };

struct past {
	struct history *history;
	const struct snapshot *pushed[SAMPLES + 1]; /* by seq */
};

static void push(struct past *past, struct snapshot *snapshot)
{
	struct history_span span;

	snapshot_ref(snapshot);
	assert_int_equal(history_push(past->history, snapshot), 0);
	history_span(past->history, &span);
	assert_in_range(span.last_seq, 1, SAMPLES);
	past->pushed[span.last_seq] = snapshot;
}

static void check_at(const struct past *past, uint64_t seq)
{
	const struct snapshot *snapshot = NULL;

	assert_int_equal(history_at(past->history, seq, &snapshot), 0);
	assert_int_equal(snapshot->seq, seq);
	if (!same_snapshot(past->pushed[seq], snapshot))
		fail_msg("sample %d is not what it was", (int)seq);
	snapshot_unref(snapshot);
}

static void check_all(const struct past *past)
{
	struct history_span span;

	history_span(past->history, &span);
	for (uint64_t seq = span.first_seq; seq <= span.last_seq; seq++)
		check_at(past, seq);
}

static void past_begin(struct past *past, size_t bytes, uint64_t seed)
{
	const struct history_limits limits = { 24 * 3600 * NS_PER_S, bytes };

	memset(past, 0, sizeof(*past));
	wild_seed(seed);
	assert_int_equal(history_new(&limits, &past->history), 0);
}

static void past_end(struct past *past)
{
	history_free(past->history);
	for (size_t i = 0; i <= SAMPLES; i++)
		snapshot_unref(past->pushed[i]);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (unsigned which = 0; which < SCRIPTED_CASE_COUNT; which++) {
		struct past past;

		past_begin(&past, 64 * MIB, which + 1);
		push(&past, scripted_snapshot(which, 0));
		for (uint64_t seq = 1; seq < 100; seq++) {
			push(&past, wild_next(past.pushed[seq]));
			check_at(&past, 1 + wild_below(seq));
		}
		check_all(&past);
		past_end(&past);
	}
}

/* What a table knows, what it doesn't, and what lies between. */
static void test_every_byte(void **state)
{
	struct past past;

	(void)state;
	past_begin(&past, 64 * MIB, 5);
	push(&past, scripted_snapshot(SCRIPTED_HEALTHY, 0));
	for (uint64_t seq = 1; seq < 40; seq++) {
		struct snapshot *snapshot = wild_next(past.pushed[seq]);
		struct process *wild = process_new(), bare;
		struct process_key key = { 200000, 1 };

		wild_bytes(&bare, sizeof(bare));
		bare.key = key;
		bare.user = bare.command = bare.cgroup = bare.unit = NULL;
		memcpy((char *)wild + offsetof(struct process, key),
		       (char *)&bare + offsetof(struct process, key),
		       sizeof(bare) - offsetof(struct process, key));
		while (snapshot->nprocesses > 0 &&
		       snapshot->processes[snapshot->nprocesses - 1]->key.pid >=
			       key.pid)
			process_unref(
				snapshot->processes[--snapshot->nprocesses]);
		sample_add(snapshot, wild);
		wild_bytes(&snapshot->memory, sizeof(snapshot->memory));
		wild_bytes(&snapshot->load, sizeof(snapshot->load));
		wild_bytes(&snapshot->self, sizeof(snapshot->self));
		wild_bytes(&snapshot->coverage, sizeof(snapshot->coverage));
		wild_bytes(&snapshot->pressure, sizeof(snapshot->pressure));
		wild_bytes(&snapshot->thp, sizeof(snapshot->thp));
		push(&past, snapshot);
	}
	check_all(&past);
	past_end(&past);
}

/* Only the oldest go, and what is left is as it was. */
static void test_eviction(void **state)
{
	const size_t limit = 2 * MIB;
	struct history_span span;
	uint64_t first = 0;
	struct past past;

	(void)state;
	past_begin(&past, limit, 9);
	push(&past, scripted_snapshot(SCRIPTED_THRASH, 0));
	for (uint64_t seq = 1; seq < SAMPLES; seq++) {
		push(&past, wild_next(past.pushed[seq]));
		history_span(past.history, &span);
		assert_int_equal(span.last_seq, seq + 1);
		assert_true(span.first_seq >= first);
		first = span.first_seq;
		assert_true(span.bytes <= limit || first == span.last_seq);
		check_at(&past, first);
	}
	assert_in_range(first, 2, SAMPLES - 10);
	check_all(&past);
	past_end(&past);
}

static double value_of(const struct series_query *query,
		       const struct snapshot *snapshot)
{
	const struct counter *counter;
	const void *row = snapshot_find(snapshot, query->key);
	struct value value;

	if (query->entity == NULL) {
		counter = snapshot_counter(snapshot, query->counter);
		return counter != NULL ? counter->rate : NAN;
	}
	if (!query->entity->repeated)
		row = (const char *)snapshot + query->entity->offset;
	else if (query->entity != &entities[ENTITY_PROCESS])
		row = list_find(snapshot->lists[query->entity - entities -
						ENTITY_LIST_FIRST],
				query->row);
	if (row == NULL)
		return NAN;
	value = field_get(query->entity, query->field, row);
	return value.state == STATE_OK ? value_number(&value) : NAN;
}

static void check_series(const struct past *past,
			 const struct series_query *query)
{
	struct series_point points[SAMPLES];
	size_t max = 1 + wild_below(SAMPLES), count;
	struct history_span span;
	uint64_t from, to;

	history_span(past->history, &span);
	from = max_u64(query->from_seq, span.first_seq);
	to = query->to_seq == 0 ? span.last_seq
				: min_u64(query->to_seq, span.last_seq);
	count = history_series(past->history, query, points, max);
	if (from > to) {
		assert_int_equal(count, 0);
		return;
	}
	assert_int_equal(count, min_u64(max, to - from + 1));
	for (size_t i = 0; i < count; i++) {
		const struct snapshot *snapshot = past->pushed[points[i].seq];
		double value = value_of(query, snapshot);

		assert_int_equal(points[i].seq, to - count + 1 + i);
		assert_true(points[i].realtime_ns == snapshot->realtime_ns);
		assert_true(points[i].monotonic_ns == snapshot->monotonic_ns);
		assert_memory_equal(&points[i].value, &value, sizeof(value));
	}
}

/* Of a list: what one of its rows is called in that sample. */
static const char *key_of_some_row(const struct entity *entity,
				   const struct snapshot *snapshot)
{
	size_t index = (size_t)(entity - entities);
	const struct list *list;
	const struct text *key;

	if (index < ENTITY_LIST_FIRST || index >= ENTITY_LIST_END)
		return NULL;
	list = snapshot_list(snapshot, (enum entity_id)index);
	if (list_count(list) == 0 || entity->fields[0].kind != KIND_TEXT)
		return "nothing";
	memcpy(&key,
	       (const char *)list_row(list, wild_below(list->count)) +
		       entity->fields[0].offset,
	       sizeof(key));
	return text_str(key);
}

/* A series is what walking through all samples gives. */
static void test_series(void **state)
{
	struct past past;

	(void)state;
	past_begin(&past, 2 * MIB, 3);
	push(&past, scripted_snapshot(SCRIPTED_THRASH, 0));
	for (uint64_t seq = 1; seq < SAMPLES; seq++)
		push(&past, wild_next(past.pushed[seq]));
	for (int i = 0; i < 3000; i++) {
		const struct snapshot *some =
			past.pushed[SAMPLES - wild_below(SAMPLES - 1)];
		struct series_query query = {
			.entity = &entities[wild_below(ENTITY_MAPPING)],
			.key = some->processes[wild_below(some->nprocesses)]
				       ->key,
			.from_seq = wild_below(SAMPLES + 1),
			.to_seq = wild_below(SAMPLES + 2),
		};

		if (wild_one_in(2))
			query.entity = &entities[ENTITY_PROCESS];
		query.field =
			&query.entity
				 ->fields[wild_below(query.entity->nfields)];
		query.row = key_of_some_row(query.entity, some);
		if (wild_one_in(10)) {
			query.entity = NULL;
			query.counter = wild_one_in(2) ? "pgfault" : "pswpin";
		}
		check_series(&past, &query);
	}
	past_end(&past);
}

/* One pid, two processes, and a pause in the life of the second. */
static void test_reused_pid(void **state)
{
	struct series_query query = { .entity = &entities[ENTITY_PROCESS] };
	struct series_point points[20];
	struct past past;

	(void)state;
	query.field = sample_field(PROCESS_PSS);
	past_begin(&past, MIB, 1);
	for (uint64_t s = 1; s <= 12; s++) {
		struct snapshot *snapshot = sample_snapshot(s);
		struct process *process = sample_process(5, 1, "x");

		process->key.start_ns = s < 5 ? 1 : 2;
		process->pss = s;
		if (s == 8 || s == 9)
			process_unref(process);
		else
			sample_add(snapshot, process);
		push(&past, snapshot);
	}
	check_all(&past);
	query.key = (struct process_key){ 5, 1 };
	assert_int_equal(history_series(past.history, &query, points, 20), 12);
	for (size_t i = 0; i < 12; i++)
		assert_true(i < 4 ? points[i].value == (double)i + 1
				  : isnan(points[i].value));
	query.key.start_ns = 2;
	query.to_seq = 5; /* its first */
	assert_int_equal(history_series(past.history, &query, points, 20), 5);
	assert_true(points[4].value == 5);
	query.to_seq = 0;
	history_series(past.history, &query, points, 20);
	for (size_t i = 0; i < 12; i++)
		assert_true(i < 4 || i == 7 || i == 8
				    ? isnan(points[i].value)
				    : points[i].value == (double)i + 1);
	past_end(&past);
}

/* A sample that can't be kept is lost, and nothing else is. */
static void test_refused(void **state)
{
	enum { TOO_MANY = 600000 };
	const char **names = calloc(TOO_MANY, sizeof(*names));
	struct snapshot *snapshot;
	struct past past;

	(void)state;
	for (size_t i = 0; i < TOO_MANY; i++)
		names[i] = "x";
	past_begin(&past, 64 * MIB, 2);
	push(&past, scripted_snapshot(SCRIPTED_THRASH, 0));
	for (uint64_t seq = 1; seq < 50; seq++) {
		push(&past, wild_next(past.pushed[seq]));
		snapshot = wild_next(past.pushed[seq + 1]);
		counter_names_unref(snapshot->vmstat_names);
		free(snapshot->vmstat);
		snapshot->vmstat_names = counter_names_new(names, TOO_MANY);
		snapshot->vmstat = calloc(TOO_MANY, sizeof(*snapshot->vmstat));
		assert_int_equal(history_push(past.history, snapshot), -ENOMEM);
	}
	check_all(&past);
	past_end(&past);
	free(names);
}

/* As history.c does it. */
static void push_into(struct ring *ring, struct snapshot *snapshot)
{
	struct debris debris;

	assert_int_equal(ring_reserve(ring), 0);
	assert_int_equal(draft_make(ring, snapshot), 0);
	debris = ring_publish(ring, snapshot);
	debris_free(&debris);
	while (ring_evict(ring, &debris))
		debris_free(&debris);
}

/* What has gone is not counted any more, to the byte. */
static void test_bytes(void **state)
{
	const struct history_limits limits = { 3600 * NS_PER_S, 64 * MIB };
	const struct snapshot *newest;
	struct ring *ring = ring_new(&limits);
	struct snapshot *last;
	size_t bytes;

	(void)state;
	assert_non_null(ring);
	wild_seed(6);
	push_into(ring, scripted_snapshot(SCRIPTED_HOSTILE, 0));
	for (int i = 0; i < 200; i++)
		push_into(ring, wild_next(ring->newest));
	assert_int_equal(ring->count, 201);
	newest = snapshot_ref(ring->newest);
	last = sample_snapshot(0);
	last->monotonic_ns = newest->monotonic_ns + 3601 * NS_PER_S;
	snapshot_unref(newest);
	push_into(ring, last);
	assert_int_equal(ring->count, 1);
	bytes = 0;
	for (size_t i = 0; i < FIXED_TRACKS; i++)
		if (ring->fixed[i].chunk != NULL)
			bytes += chunk_cost(ring->fixed[i].chunk);
	assert_int_equal(ring->bytes, bytes);
	ring_free(ring);
}

/* A text that many records name is kept, and counted, once. */
static void test_text(void **state)
{
	const struct history_limits limits = { 3600 * NS_PER_S, 64 * MIB };
	struct ring *ring = ring_new(&limits);
	char *command = calloc(1, 100 * KIB);

	(void)state;
	assert_non_null(ring);
	assert_non_null(command);
	for (uint64_t s = 1; s < 200; s++) {
		struct snapshot *snapshot = sample_snapshot(s);
		struct process *process = sample_process(5, 1, "x");

		process->pss = s;
		process->command = text_new(command, 100 * KIB);
		sample_add(snapshot, process);
		push_into(ring, snapshot);
		assert_in_range(ring->bytes, 100 * KIB, 150 * KIB);
	}
	free(command);
	ring_free(ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_reused_pid),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
