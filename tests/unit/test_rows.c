/* SPDX-License-Identifier: MIT
 *
 * From a snapshot to rows: who is in, in which order, summed how, hung where.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/list.h"
#include "memtop/rows.h"
#include "sample.h"

static const struct rows_query by_pss = { .sort = PROCESS_PSS,
					  .active = NO_FIELD };

/* The pids of the first rows, "3 1 2". */
static const char *pids(const struct rows *rows)
{
	static char text[256];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < rows->count && i < 20; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%d",
					i > 0 ? " " : "",
					rows->list[i].key.pid);
	return text;
}

static const char *build(const struct snapshot *snapshot,
			 const struct rows_query *query, struct rows *rows)
{
	assert_int_equal(rows_build(snapshot, query, rows), 0);
	return pids(rows);
}

static struct process *add(struct snapshot *snapshot, pid_t pid, pid_t ppid,
			   const char *comm, uint64_t pss)
{
	struct process *process = sample_process(pid, ppid, comm);

	process->pss = pss;
	process->rss = pss;
	sample_add(snapshot, process);
	return process;
}

static void test_sort(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	struct process *p;

	(void)state;
	add(s, 1, 0, "b", 10);
	add(s, 2, 0, "c", 30);
	add(s, 3, 0, "a", UNKNOWN);
	p = add(s, 4, 0, "d", 0);
	p->smaps.state = STATE_DENIED; /* at most 20 */
	p->rss = 20;
	add(s, 5, 0, "d", 10);
	assert_string_equal(build(s, &query, &rows), "2 4 1 5 3");
	query.reverse = true; /* unknown stays last, ties stay by pid */
	assert_string_equal(build(s, &query, &rows), "1 5 4 2 3");
	query.sort = PROCESS_COMM;
	assert_string_equal(build(s, &query, &rows), "4 5 2 1 3");
	query.reverse = false;
	assert_string_equal(build(s, &query, &rows), "3 1 2 4 5");
	query.sort = PROCESS_USER; /* nobody has one */
	assert_string_equal(build(s, &query, &rows), "1 2 3 4 5");
	query.reverse = true;
	assert_string_equal(build(s, &query, &rows), "1 2 3 4 5");
	query.top = 2;
	assert_string_equal(build(s, &query, &rows), "1 2");
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
		add(s, pid, 0, pid % 2 ? "x" : "y",
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
		struct process *p = add(s, pid, 0, "x", (uint64_t)rand() % 50);

		p->smaps.state = rand() % 3 ? STATE_OK : STATE_DENIED;
		p->growth_rate = rand() % 4 ? rand() % 9 - 4 : NAN;
		snprintf(p->comm, sizeof(p->comm), "%d", rand() % 40);
	}
	for (int sort = 0; sort < 2 * PROCESS_FIELD_COUNT; sort++) {
		query.sort = (uint8_t)(sort / 2);
		query.reverse = sort % 2;
		build(s, &query, &rows);
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
	p = add(s, 1, 0, "init", 40);
	p->user = sample_text("root");
	p->cgroup = sample_text("/init.scope");
	add(s, 2, 0, "kthreadd", 0)->kernel = true;
	p = add(s, 3, 1, "alice's", 30);
	p->uid = 1000;
	p->cgroup = sample_text("/user.slice/a.scope");
	p = add(s, 4, 1, "other", 20);
	p->uid = 10;
	p->cgroup = sample_text("/user.slicer");
	p->swap = UNKNOWN;
	p->status.state = STATE_PENDING;
	s->processes_block.state = STATE_OK;

	assert_string_equal(build(s, &query, &rows), "1 3 4");
	assert_int_equal(rows.total, 3);
	query.kernel_threads = true;
	assert_string_equal(build(s, &query, &rows), "1 3 4 2");
	query.pids = chosen;
	query.npids = ARRAY_SIZE(chosen);
	assert_string_equal(build(s, &query, &rows), "4 2");
	assert_int_equal(rows.total, 4);
	assert_int_equal(rows.matched, 2);

	query = by_pss;
	query.user = "root";
	assert_string_equal(build(s, &query, &rows), "1");
	query.user = "1000"; /* number, and not the start of one */
	assert_string_equal(build(s, &query, &rows), "3");
	query.user = NULL;
	query.cgroup = "/user.slice/";
	assert_string_equal(build(s, &query, &rows), "3");
	query.cgroup = "user.slice/a.scope";
	assert_string_equal(build(s, &query, &rows), "3");
	query.cgroup = "/";
	assert_string_equal(build(s, &query, &rows), "1 3 4");
	query.cgroup = NULL;
	query.active = PROCESS_SWAP; /* 4 is not known to have none */
	assert_string_equal(build(s, &query, &rows), "4");
	query.active = NO_FIELD;
	assert_int_equal(filter_parse("!alice", &filter, &error), 0);
	query.filter = filter;
	assert_string_equal(build(s, &query, &rows), "1 4");
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
		p = add(s, pid, 0, "x", 1);
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
	assert_string_equal(build(s, &query, &rows), "2 4 6 5 3 1");
	query.reverse = true;
	assert_string_equal(build(s, &query, &rows), "1 3 5 6 4 2");
	rows_done(&rows);
	snapshot_unref(s);
}

static void test_groups(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	struct process *p;

	(void)state;
	query.group = GROUP_COMMAND;
	p = add(s, 1, 0, "pg", 10);
	p->uid = 70;
	p->oom_score_adj = -900;
	p->smaps.read_ns = 3 * NS_PER_S;
	add(s, 2, 0, "java", 25);
	p = add(s, 3, 1, "pg", 20);
	p->uid = 70;
	p->oom_score_adj = 100;
	p->growth_rate = NAN; /* too young */
	p->smaps.read_ns = 2 * NS_PER_S;
	p = add(s, 4, 1, "pg", UNKNOWN); /* a zombie adds nothing */
	p->uid = 70;
	p->smaps.state = p->statm.state = STATE_NOT_APPLICABLE;

	assert_string_equal(build(s, &query, &rows), "3 2");
	assert_string_equal(rows.list[0].label, "pg");
	assert_int_equal(rows.list[0].count, 3);
	assert_int_equal(rows.list[0].largest->key.pid, 3);
	assert_int_equal(rows.list[0].process->pss, 30);
	assert_int_equal(rows.list[0].process->rss, 30);
	assert_int_equal(rows.list[0].process->smaps.state, STATE_OK);
	assert_true(rows.list[0].process->smaps.read_ns == 2 * NS_PER_S);
	assert_int_equal(rows.list[0].process->uid, 70);
	assert_int_equal(rows.list[0].process->oom_score_adj, 100);
	assert_true(rows.list[0].process->growth_rate == 0);
	assert_int_equal(sample_value(rows.list[0].process, PROCESS_PID).state,
			 STATE_NOT_APPLICABLE);
	assert_int_equal(
		sample_value(rows.list[0].process, PROCESS_START_TIME).state,
		STATE_NOT_APPLICABLE);
	/* a group of one is that one */
	assert_ptr_equal(rows.list[1].process, s->processes[1]);
	/* each member leads to its group */
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(rows_find(&rows, s->processes[i]->key),
				 i == 1 ? 1 : 0);
	rows_done(&rows);
	snapshot_unref(s);
}

static void test_group_labels(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	struct process *p;

	(void)state;
	p = add(s, 1, 0, "a", 40);
	p->uid = 0;
	p->user = sample_text("root");
	p->unit = sample_text("a.service");
	p->cgroup = sample_text("/system.slice/a.service");
	p = add(s, 2, 0, "a", 30);
	p->uid = 7;
	p->cgroup = sample_text("/x");
	p = add(s, 3, 0, "a", 20);
	p->uid = 7;
	p->group.state = STATE_PENDING;
	add(s, 4, 0, "a", 10)->uid = UNKNOWN;

	query.group = GROUP_USER;
	assert_string_equal(build(s, &query, &rows), "2 1 4");
	assert_string_equal(rows.list[0].label, "7");
	assert_string_equal(rows.list[1].label, "root");
	assert_string_equal(rows.list[2].label, "-");
	query.group = GROUP_CGROUP;
	assert_string_equal(build(s, &query, &rows), "1 2 3 4");
	assert_string_equal(rows.list[0].label, "a.service");
	assert_string_equal(rows.list[1].label, "/x");
	assert_string_equal(rows.list[2].label, "..");
	assert_string_equal(rows.list[3].label, "-");
	assert_string_equal(group_name(GROUP_CGROUP), "cgroup");
	rows_done(&rows);
	snapshot_unref(s);
}

/* 64 that share one buffer must not have it counted 64 times. */
static void test_group_bound(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	struct value value;

	(void)state;
	query.group = GROUP_COMMAND;
	s->memory.block.state = STATE_OK;
	s->memory.mapped = 100 * MIB;
	add(s, 1, 0, "pg", 7 * MIB); /* the one that may be read */
	for (pid_t pid = 2; pid <= 65; pid++) {
		struct process *p = add(s, pid, 1, "pg", 0);

		p->smaps.state = STATE_DENIED;
		p->anon = MIB;
		p->shmem = 80 * MIB;
		p->file = 10 * MIB;
		p->rss = 91 * MIB;
	}
	build(s, &query, &rows);
	value = sample_value(rows.list[0].process, PROCESS_PSS);
	assert_int_equal(value.state, STATE_DENIED);
	assert_true(value.has_bound && value.partial);
	assert_int_equal(value.bound, (7 + 64 + 100) * MIB);
	assert_int_equal(rows.list[0].denied, 64);
	/* RSS says what it always says */
	assert_int_equal(rows.list[0].process->rss, (7 + 64 * 91) * MIB);

	s->memory.block.state = STATE_ABSENT;
	build(s, &query, &rows);
	value = sample_value(rows.list[0].process, PROCESS_PSS);
	assert_int_equal(value.bound, (7 + 64 + 64 * 90) * MIB);
	rows_done(&rows);
	snapshot_unref(s);
}

static void test_tree(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	struct process_key shut;

	(void)state;
	query.tree = true;
	add(s, 1, 0, "init", 1);
	add(s, 2, 0, "kthreadd", 0)->kernel = true;
	add(s, 10, 1, "small", 5);
	add(s, 11, 1, "parent", 2);
	add(s, 12, 11, "child", 9);
	add(s, 13, 11, "child", 3);
	add(s, 14, 99, "orphan", 4);
	/* 1(1+5+2+9+3=20): 11(14): 12 13, 10; then 14, 2 */
	assert_string_equal(build(s, &query, &rows), "1 11 12 13 10 14 2");
	assert_int_equal(rows.list[0].subtree->pss, 20);
	assert_int_equal(rows.list[0].process->pss, 1);
	assert_int_equal(rows.list[0].subtree->key.pid, 1);
	assert_int_equal(rows.list[1].subtree->pss, 14);
	assert_int_equal(rows.list[1].depth, 1);
	assert_false(rows.list[1].last);
	assert_int_equal(rows.list[2].depth, 2);
	assert_int_equal(rows.list[2].rails, 1 << 1);
	assert_true(rows.list[3].last);
	assert_true(rows.list[4].last);
	assert_int_equal(rows.list[4].rails, 0);
	assert_int_equal(rows.list[5].depth, 0);
	assert_true(rows.list[1].has_children && !rows.list[4].has_children);

	shut = s->processes[3]->key;
	query.collapsed = &shut;
	query.ncollapsed = 1;
	assert_string_equal(build(s, &query, &rows), "1 11 10 14 2");
	assert_true(rows.list[1].collapsed);
	assert_int_equal(rows.list[1].count, 3);
	assert_int_equal(rows.list[1].process->pss, 14);
	assert_string_equal(rows.list[1].process->comm, "parent");
	assert_int_equal(rows_find(&rows, s->processes[4]->key), 1);
	shut.start_ns++; /* another one with that pid */
	assert_string_equal(build(s, &query, &rows), "1 11 12 13 10 14 2");
	query.sort = PROCESS_PID; /* no amount: by the process itself */
	query.reverse = true;
	assert_string_equal(build(s, &query, &rows), "1 10 11 12 13 2 14");
	rows_done(&rows);
	snapshot_unref(s);
}

static void test_tree_of_matches(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	struct filter_error error;
	struct filter *filter;

	(void)state;
	query.tree = true;
	add(s, 1, 0, "init", 1);
	add(s, 2, 1, "shell", 1);
	add(s, 3, 2, "init-like", 1);
	assert_int_equal(filter_parse("init", &filter, &error), 0);
	query.filter = filter;
	/* below the nearest ancestor that is shown */
	assert_string_equal(build(s, &query, &rows), "1 3");
	assert_int_equal(rows.list[1].depth, 1);
	filter_free(filter);
	rows_done(&rows);
	snapshot_unref(s);
}

static void test_tree_is_hostile(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };

	(void)state;
	query.tree = true;
	/* all of one tick, so that start times tell nothing */
	add(s, 1, 3, "a", 1)->key.start_ns = 0;
	add(s, 2, 1, "b", 1)->key.start_ns = 0;
	add(s, 3, 2, "c", 1)->key.start_ns = 0;
	add(s, 4, 4, "itself", 1)->key.start_ns = 0;
	add(s, 5, 3, "below", 1)->key.start_ns = 0;
	/* its parent's pid now belongs to someone younger */
	add(s, 6, 7, "older", 1);
	add(s, 7, 0, "younger", 1);
	build(s, &query, &rows);
	assert_int_equal(rows.count, 7);
	for (size_t i = 0; i < 7; i++)
		assert_true(rows_find(&rows, s->processes[i]->key) >= 0);
	assert_int_equal(
		rows.list[rows_find(&rows, s->processes[5]->key)].depth, 0);
	rows_done(&rows);
	snapshot_unref(s);

	s = sample_snapshot(5); /* a chain deeper than there are rails */
	for (pid_t pid = 1; pid <= 3000; pid++)
		add(s, pid, pid - 1, "chain", 1);
	build(s, &query, &rows);
	assert_int_equal(rows.count, 3000);
	assert_int_equal(rows.list[2999].depth, 2999);
	assert_int_equal(rows.list[0].subtree->pss, 3000);
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
		build(s, &query, &rows);
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
		add(s, pid, pid / 3, comm, (uint64_t)pid * 7919 % 65536);
	}
	build(s, &query, &rows);
	assert_int_equal(rows.count, 10000);
	query.group = GROUP_COMMAND;
	build(s, &query, &rows);
	assert_int_equal(rows.count, 700);
	query.group = GROUP_NONE;
	query.tree = true;
	build(s, &query, &rows);
	assert_int_equal(rows.count, 10000);
	rows_done(&rows);
	snapshot_unref(s);
}

static void assert_fields(const struct entity *entity, const char *const *names,
			  const char *const *among)
{
	for (size_t i = 0; names && names[i]; i++) {
		bool found = !among;

		assert_non_null(field_find(entity, names[i]));
		for (size_t j = 0; among && among[j]; j++)
			found = found || !strcmp(names[i], among[j]);
		assert_true(found);
	}
}

static void test_lists_of_views(void **state)
{
	struct snapshot *s = sample_snapshot(1);

	(void)state;
	for (size_t i = 0; i < VIEW_COUNT; i++) {
		const struct view *view = &views[i];

		assert_true(view->ncolumns > 0 || view->nlists > 0);
		if (view->ncolumns)
			assert_ptr_equal(view_entity(view),
					 &entities[ENTITY_PROCESS]);
		else
			assert_true(view_entity(view)->repeated);
		for (size_t l = 0; l < view->nlists; l++) {
			const struct view_list *of = &view->lists[l];
			const struct entity *entity = &entities[of->entity];

			assert_fields(entity, of->columns, NULL);
			assert_fields(entity, of->drop, of->columns);
			if (of->sort)
				assert_non_null(field_find(entity, of->sort));
			if (entity->repeated)
				list_unref(view_list_rows(of, s));
		}
	}
	snapshot_unref(s);
}

static void test_views(void **state)
{
	(void)state;
	for (size_t i = 0; i < VIEW_COUNT; i++) {
		const struct view *view = &views[i];

		assert_ptr_equal(view_find(view->name), view);
		assert_non_null(view->help);
		if (!view->ncolumns)
			continue;
		for (size_t c = 0; c < view->ncolumns; c++)
			assert_non_null(sample_field(view->columns[c])->title);
		for (size_t d = 0; d < view->ndrop; d++)
			assert_non_null(memchr(view->columns, view->drop[d],
					       view->ncolumns));
		assert_non_null(
			memchr(view->columns, view->sort, view->ncolumns));
		assert_null(memchr(view->drop, view->sort, view->ndrop));
	}
	assert_null(view_find("none"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sort),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_sort_as_compared),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_oom_ties),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_group_labels),
		cmocka_unit_test(test_group_bound),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_tree_of_matches),
		cmocka_unit_test(test_tree_is_hostile),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_lists_of_views),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
