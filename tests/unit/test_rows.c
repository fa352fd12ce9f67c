/* SPDX-License-Identifier: MIT
 *
 * From a snapshot to rows: who is in, and in which order.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "built.h"
#include "memtop/base.h"
#include "memtop/rows.h"
#include "sample.h"

static const struct rows_query by_pss = { .sort = PROCESS_PSS,
					  .active = NO_FIELD };

static void test_sort(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	struct process *p;

	(void)state;
	built_add(s, 1, 0, "b", 10);
	built_add(s, 2, 0, "c", 30);
	built_add(s, 3, 0, "a", UNKNOWN);
	p = built_add(s, 4, 0, "d", 0);
	p->smaps.state = STATE_DENIED; /* at most 20 */
	p->rss = 20;
	built_add(s, 5, 0, "d", 10);
	assert_string_equal(built(s, &query, &rows), "2 4 1 5 3");
	query.reverse = true; /* unknown stays last, ties stay by pid */
	assert_string_equal(built(s, &query, &rows), "1 5 4 2 3");
	query.sort = PROCESS_COMM;
	assert_string_equal(built(s, &query, &rows), "4 5 2 1 3");
	query.reverse = false;
	assert_string_equal(built(s, &query, &rows), "3 1 2 4 5");
	query.sort = PROCESS_USER; /* nobody has one */
	assert_string_equal(built(s, &query, &rows), "1 2 3 4 5");
	query.reverse = true;
	assert_string_equal(built(s, &query, &rows), "1 2 3 4 5");
	query.top = 2;
	assert_string_equal(built(s, &query, &rows), "1 2");
	assert_int_equal(rows.matched, 5);
	assert_int_equal(rows_find(&rows, s->processes[1]->key), 1);
	assert_int_equal(rows_find(&rows, s->processes[4]->key), -1);
	assert_int_equal(rows_find(&rows, (struct process_key){ 2, 1 }), -1);
	rows_done(&rows);
	assert_int_equal(rows_find(&rows, s->processes[1]->key), -1);
	snapshot_unref(s);
}

/* Of many the first few are chosen before they are sorted. */
static void check_first(const struct snapshot *snapshot,
			struct rows_query query)
{
	struct rows all = { 0 }, first = { 0 };

	assert_int_equal(rows_build(snapshot, &query, &all), 0);
	for (query.top = 1; query.top < 40; query.top += 3) {
		assert_int_equal(rows_build(snapshot, &query, &first), 0);
		assert_int_equal(first.count, query.top);
		assert_int_equal(first.matched, all.count);
		for (size_t i = 0; i < all.count; i++) {
			struct process_key key = all.list[i].key;

			assert_int_equal(rows_find(&first, key),
					 i < query.top ? (ptrdiff_t)i : -1);
		}
	}
	rows_done(&all);
	rows_done(&first);
}

static void test_first(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;

	(void)state;
	srand(7);
	for (pid_t pid = 1; pid <= 150; pid++)
		built_add(s, pid, 0, pid % 2 ? "x" : "y",
			  pid % 9 ? (uint64_t)rand() % 30 : UNKNOWN);
	check_first(s, query);
	query.reverse = true;
	check_first(s, query);
	query.sort = PROCESS_COMM;
	check_first(s, query);
	snapshot_unref(s);
}

/* What the sort does fast, value_compare() says by definition. */
static void test_sort_as_compared(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };

	(void)state;
	srand(4);
	for (pid_t pid = 1; pid <= 300; pid++) {
		struct process *p =
			built_add(s, pid, 0, "x", (uint64_t)rand() % 50);

		p->smaps.state = rand() % 3 ? STATE_OK : STATE_DENIED;
		p->growth_rate = rand() % 4 ? rand() % 9 - 4 : NAN;
		snprintf(p->comm, sizeof(p->comm), "%d", rand() % 40);
	}
	for (int sort = 0; sort < 2 * PROCESS_FIELD_COUNT; sort++) {
		query.sort = (uint8_t)(sort / 2);
		query.reverse = sort % 2;
		built(s, &query, &rows);
		for (size_t i = 1; i < rows.count; i++) {
			struct value a = sample_value(rows.list[i - 1].process,
						      query.sort);
			struct value b =
				sample_value(rows.list[i].process, query.sort);
			int order = value_compare(&a, &b, query.reverse);

			assert_true(order <= 0);
			if (order == 0)
				assert_true(rows.list[i - 1].key.pid <
					    rows.list[i].key.pid);
		}
	}
	rows_done(&rows);
	snapshot_unref(s);
}

static void test_choice(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	static const pid_t chosen[] = { 2, 4, 9 };
	struct filter_error error;
	struct filter *filter;
	struct rows rows = { 0 };
	struct process *p;

	(void)state;
	p = built_add(s, 1, 0, "init", 40);
	p->user = sample_text("root");
	p->cgroup = sample_text("/init.scope");
	built_add(s, 2, 0, "kthreadd", 0)->kernel = true;
	p = built_add(s, 3, 1, "alice's", 30);
	p->uid = 1000;
	p->cgroup = sample_text("/user.slice/a.scope");
	p = built_add(s, 4, 1, "other", 20);
	p->uid = 10;
	p->cgroup = sample_text("/user.slicer");
	p->swap = UNKNOWN;
	p->status.state = STATE_PENDING;
	s->processes_block.state = STATE_OK;

	assert_string_equal(built(s, &query, &rows), "1 3 4");
	assert_int_equal(rows.total, 3);
	query.kernel_threads = true;
	assert_string_equal(built(s, &query, &rows), "1 3 4 2");
	query.pids = chosen;
	query.npids = ARRAY_SIZE(chosen);
	assert_string_equal(built(s, &query, &rows), "4 2");
	assert_int_equal(rows.total, 4);
	assert_int_equal(rows.matched, 2);

	query = by_pss;
	query.user = "root";
	assert_string_equal(built(s, &query, &rows), "1");
	query.user = "1000"; /* number, and not the start of one */
	assert_string_equal(built(s, &query, &rows), "3");
	query.user = NULL;
	query.cgroup = "/user.slice/";
	assert_string_equal(built(s, &query, &rows), "3");
	query.cgroup = "user.slice/a.scope";
	assert_string_equal(built(s, &query, &rows), "3");
	query.cgroup = "/";
	assert_string_equal(built(s, &query, &rows), "1 3 4");
	query.cgroup = NULL;
	query.active = PROCESS_SWAP; /* 4 is not known to have none */
	assert_string_equal(built(s, &query, &rows), "4");
	query.active = NO_FIELD;
	assert_int_equal(filter_parse("!alice", &filter, &error), 0);
	query.filter = filter;
	assert_string_equal(built(s, &query, &rows), "1 4");
	filter_free(filter);
	rows_done(&rows);
	snapshot_unref(s);
}

/* Scores are coarse: the kernel compares pages, the adjustment among them. */
static void test_oom_ties(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = { .sort = PROCESS_OOM_SCORE,
				    .active = NO_FIELD };
	struct rows rows = { 0 };
	struct process *p;
	struct host *host = host_new();

	(void)state;
	assert_non_null(host);
	host->page_size = 4096;
	s->host = host;
	s->memory.total = 64 * GIB;
	s->memory.swap_total = 0;
	for (pid_t pid = 1; pid <= 6; pid++) {
		p = built_add(s, pid, 0, "x", 1);
		p->oom_score = 667;
		p->rss = 10 * MIB;
	}
	p->page_tables = 4096; /* 6: as much as the others, and this */
	p = (struct process *)s->processes[3];
	p->swap = 20 * MIB; /* 4 */
	p = (struct process *)s->processes[2];
	p->oom_score_adj = -1; /* 3: counts as 64 MiB less */
	p = (struct process *)s->processes[1];
	p->status.state = STATE_DENIED; /* 2: cannot be told */
	p->page_tables = UNKNOWN;
	p = (struct process *)s->processes[0];
	p->rss = GIB; /* 1: never, however large */
	/* a score of 667 is 64 MiB at least; of equals the later one */
	assert_string_equal(built(s, &query, &rows), "2 4 6 5 3 1");
	query.reverse = true;
	assert_string_equal(built(s, &query, &rows), "1 3 5 6 4 2");
	rows_done(&rows);
	snapshot_unref(s);
}

static void test_empty(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };

	(void)state;
	for (int group = 0; group < GROUP_COUNT; group++) {
		query.group = (uint8_t)group;
		query.tree = !query.tree;
		built(s, &query, &rows);
		assert_int_equal(rows.count, 0);
	}
	rows_done(&rows);
	rows_done(&rows);
	snapshot_unref(s);
}

static void test_many(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	char comm[16];

	(void)state;
	for (pid_t pid = 1; pid <= 10000; pid++) {
		snprintf(comm, sizeof(comm), "c%d", pid % 700);
		built_add(s, pid, pid / 3, comm, (uint64_t)pid * 7919 % 65536);
	}
	built(s, &query, &rows);
	assert_int_equal(rows.count, 10000);
	query.group = GROUP_COMMAND;
	built(s, &query, &rows);
	assert_int_equal(rows.count, 700);
	query.group = GROUP_NONE;
	query.tree = true;
	built(s, &query, &rows);
	assert_int_equal(rows.count, 10000);
	rows_done(&rows);
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_sort_as_compared),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_oom_ties),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
