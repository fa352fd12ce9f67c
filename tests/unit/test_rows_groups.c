/* SPDX-License-Identifier: MIT
 *
 * Groups and trees of rows: summed how, and hung where.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
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

static void test_groups(void **state)
{
	struct snapshot *s = sample_snapshot(5);
	struct rows_query query = by_pss;
	struct rows rows = { 0 };
	struct process *p;

	(void)state;
	query.group = GROUP_COMMAND;
	p = built_add(s, 1, 0, "pg", 10);
	p->uid = 70;
	p->oom_score_adj = -900;
	p->smaps.read_ns = 3 * NS_PER_S;
	built_add(s, 2, 0, "java", 25);
	p = built_add(s, 3, 1, "pg", 20);
	p->uid = 70;
	p->oom_score_adj = 100;
	p->growth_rate = NAN; /* too young */
	p->smaps.read_ns = 2 * NS_PER_S;
	p = built_add(s, 4, 1, "pg", UNKNOWN); /* a zombie adds nothing */
	p->uid = 70;
	p->smaps.state = p->statm.state = STATE_NOT_APPLICABLE;

	assert_string_equal(built(s, &query, &rows), "3 2");
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
	p = built_add(s, 1, 0, "a", 40);
	p->uid = 0;
	p->user = sample_text("root");
	p->unit = sample_text("a.service");
	p->cgroup = sample_text("/system.slice/a.service");
	p = built_add(s, 2, 0, "a", 30);
	p->uid = 7;
	p->cgroup = sample_text("/x");
	p = built_add(s, 3, 0, "a", 20);
	p->uid = 7;
	p->group.state = STATE_PENDING;
	built_add(s, 4, 0, "a", 10)->uid = UNKNOWN;

	query.group = GROUP_USER;
	assert_string_equal(built(s, &query, &rows), "2 1 4");
	assert_string_equal(rows.list[0].label, "7");
	assert_string_equal(rows.list[1].label, "root");
	assert_string_equal(rows.list[2].label, "-");
	query.group = GROUP_CGROUP;
	assert_string_equal(built(s, &query, &rows), "1 2 3 4");
	assert_string_equal(rows.list[0].label, "a.service");
	assert_string_equal(rows.list[1].label, "/x");
	assert_string_equal(rows.list[2].label, "..");
	assert_string_equal(rows.list[3].label, "-");
	assert_string_equal(group_name(GROUP_CGROUP), "cgroup");
	rows_done(&rows);
	snapshot_unref(s);
}

/* What a field of it stands in. */
static struct block *block_of(const struct process *process,
			      const struct field *field)
{
	return (struct block *)((const char *)process + field->block);
}

/* Of no field is the first member's state that of all. */
static void test_group_states(void **state)
{
	const struct field *fields = entities[ENTITY_PROCESS].fields;
	struct rows_query query = by_pss;
	struct rows rows = { 0 };

	(void)state;
	query.group = GROUP_COMMAND;
	for (const struct field *f = fields; f < fields + PROCESS_FIELD_COUNT;
	     f++) {
		struct snapshot *s;
		struct process *first, *second;

		if (f->block == NO_BLOCK)
			continue;
		s = sample_snapshot(5);
		first = built_add(s, 1, 0, "pg", 10);
		second = built_add(s, 2, 0, "pg", 10);
		block_of(first, f)->state = STATE_NOT_APPLICABLE;
		block_of(second, f)->state = STATE_OK;
		built(s, &query, &rows);
		if (block_of(rows.list[0].process, f)->state != STATE_OK)
			fail_msg("%s", f->name);
		rows_done(&rows);
		block_of(first, f)->state = STATE_OK;
		block_of(second, f)->state = STATE_NOT_READ;
		built(s, &query, &rows);
		if (block_of(rows.list[0].process, f)->state != STATE_NOT_READ)
			fail_msg("%s", f->name);
		rows_done(&rows);
		snapshot_unref(s);
	}
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
	built_add(s, 1, 0, "pg", 7 * MIB); /* the one that may be read */
	for (pid_t pid = 2; pid <= 65; pid++) {
		struct process *p = built_add(s, pid, 1, "pg", 0);

		p->smaps.state = STATE_DENIED;
		p->anon = MIB;
		p->shmem = 80 * MIB;
		p->file = 10 * MIB;
		p->rss = 91 * MIB;
	}
	built(s, &query, &rows);
	value = sample_value(rows.list[0].process, PROCESS_PSS);
	assert_int_equal(value.state, STATE_DENIED);
	assert_true(value.has_bound && value.partial);
	assert_int_equal(value.bound, (7 + 64 + 100) * MIB);
	assert_int_equal(rows.list[0].denied, 64);
	/* RSS says what it always says */
	assert_int_equal(rows.list[0].process->rss, (7 + 64 * 91) * MIB);

	s->memory.block.state = STATE_ABSENT;
	built(s, &query, &rows);
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
	built_add(s, 1, 0, "init", 1);
	built_add(s, 2, 0, "kthreadd", 0)->kernel = true;
	built_add(s, 10, 1, "small", 5);
	built_add(s, 11, 1, "parent", 2);
	built_add(s, 12, 11, "child", 9);
	built_add(s, 13, 11, "child", 3);
	built_add(s, 14, 99, "orphan", 4);
	/* 1(1+5+2+9+3=20): 11(14): 12 13, 10; then 14, 2 */
	assert_string_equal(built(s, &query, &rows), "1 11 12 13 10 14 2");
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
	assert_string_equal(built(s, &query, &rows), "1 11 10 14 2");
	assert_true(rows.list[1].collapsed);
	assert_int_equal(rows.list[1].count, 3);
	assert_int_equal(rows.list[1].process->pss, 14);
	assert_string_equal(rows.list[1].process->comm, "parent");
	assert_int_equal(rows_find(&rows, s->processes[4]->key), 1);
	shut.start_ns++; /* another one with that pid */
	assert_string_equal(built(s, &query, &rows), "1 11 12 13 10 14 2");
	query.sort = PROCESS_PID; /* no amount: by the process itself */
	query.reverse = true;
	assert_string_equal(built(s, &query, &rows), "1 10 11 12 13 2 14");
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
	built_add(s, 1, 0, "init", 1);
	built_add(s, 2, 1, "shell", 1);
	built_add(s, 3, 2, "init-like", 1);
	assert_int_equal(filter_parse("init", &filter, &error), 0);
	query.filter = filter;
	/* below the nearest ancestor that is shown */
	assert_string_equal(built(s, &query, &rows), "1 3");
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
	built_add(s, 1, 3, "a", 1)->key.start_ns = 0;
	built_add(s, 2, 1, "b", 1)->key.start_ns = 0;
	built_add(s, 3, 2, "c", 1)->key.start_ns = 0;
	built_add(s, 4, 4, "itself", 1)->key.start_ns = 0;
	built_add(s, 5, 3, "below", 1)->key.start_ns = 0;
	/* its parent's pid now belongs to someone younger */
	built_add(s, 6, 7, "older", 1);
	built_add(s, 7, 0, "younger", 1);
	built(s, &query, &rows);
	assert_int_equal(rows.count, 7);
	for (size_t i = 0; i < 7; i++)
		assert_true(rows_find(&rows, s->processes[i]->key) >= 0);
	assert_int_equal(
		rows.list[rows_find(&rows, s->processes[5]->key)].depth, 0);
	rows_done(&rows);
	snapshot_unref(s);

	s = sample_snapshot(5); /* a chain deeper than there are rails */
	for (pid_t pid = 1; pid <= 3000; pid++)
		built_add(s, pid, pid - 1, "chain", 1);
	built(s, &query, &rows);
	assert_int_equal(rows.count, 3000);
	assert_int_equal(rows.list[2999].depth, 2999);
	assert_int_equal(rows.list[0].subtree->pss, 3000);
	rows_done(&rows);
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_group_labels),
		cmocka_unit_test(test_group_states),
		cmocka_unit_test(test_group_bound),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_tree_of_matches),
		cmocka_unit_test(test_tree_is_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
