/* SPDX-License-Identifier: MIT
 *
 * Does the past come back as it was?  Samples change at random, in ways that
 * machines do and in ways that none ever should, and each of them is compared
 * with what was pushed, byte by byte.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/history.h"
#include "same.h"
#include "sample.h"
#include "scripted.h"

static uint64_t random_state = 1;

static uint64_t any(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static size_t below(size_t limit)
{
	return (size_t)(any() >> 16) % limit;
}

static bool one_in(size_t n)
{
	return below(n) == 0;
}

static void fill_bytes(void *at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		((unsigned char *)at)[i] = (unsigned char)(any() >> 32);
}

/* ---- a machine where anything may happen ---- */

static const struct text *any_text(void)
{
	char bytes[40];
	size_t len = below(sizeof(bytes));

	if (one_in(8))
		return NULL;
	fill_bytes(bytes, len);
	/* few of them, so that some come again */
	return text_new(bytes, one_in(2) ? len : len % 2);
}

static void change_text(const struct text **text)
{
	text_unref(*text);
	*text = any_text();
}

static void change_number(void *at)
{
	uint64_t number;

	memcpy(&number, at, sizeof(number));
	switch (below(6)) {
	case 0:
		number += below(100);
		break;
	case 1:
		number -= below(100) * KIB;
		break;
	case 2:
		number += below(1 << 20) * 4 * KIB;
		break;
	case 3:
		number = UNKNOWN;
		break;
	case 4:
		number = 0;
		break;
	default:
		number = any() >> below(64);
		break;
	}
	memcpy(at, &number, sizeof(number));
}

static void change_row(const struct entity *entity, void *row)
{
	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		void *at = (char *)row + field->offset;
		struct block *block = (void *)((char *)row + field->block);

		if (!one_in(8))
			continue;
		if (field->kind == KIND_TEXT)
			change_text(at);
		else if (field->kind == KIND_DOUBLE)
			*(double *)at = one_in(3) ? NAN : (double)any() / 3;
		else if (field->kind == KIND_CHAR || field->kind == KIND_BOOL)
			*(bool *)at = one_in(2);
		else if (field->kind == KIND_U64 || field->kind == KIND_I64)
			change_number(at);
		if (field->block != NO_BLOCK) {
			block->read_ns += below(2) * NS_PER_S + below(1000);
			block->state = (enum state)below(STATE_COUNT);
		}
	}
}

static struct process *changed_process(const struct process *process)
{
	struct process_key key = process->key;
	struct process *copy = process_copy(process);

	change_row(&entities[ENTITY_PROCESS], copy);
	if (one_in(4))
		snprintf(copy->comm, sizeof(copy->comm), "%u", (unsigned)any());
	if (one_in(50)) /* members without a field too */
		fill_bytes(copy->comm, sizeof(copy->comm));
	copy->kernel = one_in(20);
	copy->key = key;
	return copy;
}

/* Changed a little, or not; gone; another one with its pid; a new one behind
 * it. */
static void next_process(struct snapshot *snapshot,
			 const struct process *process, pid_t limit)
{
	pid_t pid = process->key.pid;
	struct process *other;

	if (one_in(40)) {
		other = sample_process(pid, 1, "another");
		other->key.start_ns = any();
		sample_add(snapshot, other);
	} else if (one_in(4)) {
		sample_add(snapshot, changed_process(process));
	} else if (one_in(30)) { /* a copy, and no news */
		sample_add(snapshot, process_copy(process));
	} else if (!one_in(50)) {
		sample_add(snapshot, process_ref(process));
	}
	if (one_in(25) && pid + 1 < limit)
		sample_add(snapshot, sample_process(pid + 1, pid, "new"));
}

static void next_counters(const struct snapshot *before, struct snapshot *next)
{
	static const char *const names[] = { "pgfault", "pswpin", "oom_kill",
					     "none", "pgscan" };
	struct counter_names *list = NULL;
	size_t count;

	if (one_in(30)) {
		list = counter_names_new(names, below(ARRAY_SIZE(names) + 1));
		next->vmstat_names = list;
	} else {
		next->vmstat_names = counter_names_ref(before->vmstat_names);
	}
	next->vmstat = NULL;
	if (next->vmstat_names == NULL || one_in(40))
		return;
	count = next->vmstat_names->count;
	if (count == 0)
		return;
	next->vmstat = calloc(count, sizeof(*next->vmstat));
	if (list == NULL && before->vmstat != NULL)
		memcpy(next->vmstat, before->vmstat,
		       count * sizeof(*next->vmstat));
	for (size_t i = 0; i < count; i++) {
		if (one_in(2))
			change_number(&next->vmstat[i].value);
		if (one_in(2))
			next->vmstat[i].rate = (double)below(1000) / 7;
	}
}

static void next_swaps(const struct snapshot *before, struct snapshot *next)
{
	if (one_in(30))
		next->nswaps = below(4);
	next->swaps = next->nswaps > 0
			      ? calloc(next->nswaps, sizeof(*next->swaps))
			      : NULL;
	for (size_t i = 0; i < next->nswaps; i++) {
		if (i < before->nswaps) {
			next->swaps[i] = before->swaps[i];
			text_ref(next->swaps[i].name);
		}
		change_row(&entities[ENTITY_SWAP], &next->swaps[i]);
	}
}

/* What may come after `before`. */
static struct snapshot *next_snapshot(const struct snapshot *before)
{
	struct snapshot *next = malloc(sizeof(*next));

	memcpy(next, before, sizeof(*next));
	atomic_init(&next->refs, 1);
	next->seq = 0;
	next->monotonic_ns += NS_PER_S + below(1000000);
	next->realtime_ns += NS_PER_S - below(1000000);
	host_ref(next->host);
	text_ref(next->verdict.text);
	text_ref(next->verdict.brief);
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		if (!entities[i].repeated)
			change_row(&entities[i],
				   (char *)next + entities[i].offset);
	if (one_in(2))
		change_text(&next->verdict.text);
	if (one_in(2))
		change_text(&next->verdict.brief);
	next->verdict.severity = (enum severity)below(4);
	next->verdict.rule = one_in(2) ? "thrash" : NULL;
	if (one_in(30)) {
		host_unref(next->host);
		next->host = one_in(2) ? host_new() : NULL;
	}
	next_counters(before, next);
	next_swaps(before, next);
	next->processes = NULL;
	next->nprocesses = 0;
	for (size_t i = 0; i < before->nprocesses; i++)
		next_process(next, before->processes[i],
			     i + 1 < before->nprocesses
				     ? before->processes[i + 1]->key.pid
				     : 100000);
	if (next->nprocesses == 0)
		sample_add(next, sample_process(7, 1, "again"));
	return next;
}

/* ---- the past beside what was pushed ---- */

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
	random_state = seed;
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
			push(&past, next_snapshot(past.pushed[seq]));
			check_at(&past, 1 + below(seq));
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
		struct snapshot *snapshot = next_snapshot(past.pushed[seq]);
		struct process *wild = process_new(), bare;
		struct process_key key = { 200000, 1 };

		fill_bytes(&bare, sizeof(bare));
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
		fill_bytes(&snapshot->memory, sizeof(snapshot->memory));
		fill_bytes(&snapshot->load, sizeof(snapshot->load));
		fill_bytes(&snapshot->self, sizeof(snapshot->self));
		fill_bytes(&snapshot->coverage, sizeof(snapshot->coverage));
		fill_bytes(&snapshot->pressure, sizeof(snapshot->pressure));
		fill_bytes(&snapshot->thp, sizeof(snapshot->thp));
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
		push(&past, next_snapshot(past.pushed[seq]));
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
	if (row == NULL)
		return NAN;
	value = field_get(query->entity, query->field, row);
	return value.state == STATE_OK ? value_number(&value) : NAN;
}

static void check_series(const struct past *past,
			 const struct series_query *query)
{
	struct series_point points[SAMPLES];
	size_t max = 1 + below(SAMPLES), count;
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

/* A series is what walking through all samples gives. */
static void test_series(void **state)
{
	struct past past;

	(void)state;
	past_begin(&past, 2 * MIB, 3);
	push(&past, scripted_snapshot(SCRIPTED_THRASH, 0));
	for (uint64_t seq = 1; seq < SAMPLES; seq++)
		push(&past, next_snapshot(past.pushed[seq]));
	for (int i = 0; i < 3000; i++) {
		const struct snapshot *some =
			past.pushed[SAMPLES - below(SAMPLES - 1)];
		struct series_query query = {
			.entity = &entities[below(ENTITY_MAPPING)],
			.key = some->processes[below(some->nprocesses)]->key,
			.from_seq = below(SAMPLES + 1),
			.to_seq = below(SAMPLES + 2),
		};

		if (one_in(2))
			query.entity = &entities[ENTITY_PROCESS];
		query.field =
			&query.entity->fields[below(query.entity->nfields)];
		if (query.entity == &entities[ENTITY_SWAP]) {
			query.entity = NULL;
			query.counter = one_in(2) ? "pgfault" : "pswpin";
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
	enum { TOO_MANY = 40000 };
	const char **names = calloc(TOO_MANY, sizeof(*names));
	struct snapshot *snapshot;
	struct past past;

	(void)state;
	for (size_t i = 0; i < TOO_MANY; i++)
		names[i] = "x";
	past_begin(&past, 64 * MIB, 2);
	push(&past, scripted_snapshot(SCRIPTED_THRASH, 0));
	for (uint64_t seq = 1; seq < 50; seq++) {
		push(&past, next_snapshot(past.pushed[seq]));
		snapshot = next_snapshot(past.pushed[seq + 1]);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_series),
		cmocka_unit_test(test_reused_pid),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
