/* SPDX-License-Identifier: MIT
 *
 * The letters as a field: in records, which stay the same ones unless their
 * letters change; for filters, orders and groups.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/flags.h"
#include "memtop/rows.h"
#include "sample.h"

static struct letters letters;

static int teardown(void **state)
{
	(void)state;
	letters_done(&letters);
	return 0;
}

static struct snapshot *begin(unsigned second)
{
	struct snapshot *s = sample_snapshot(second);
	struct host *host = host_new();

	host->page_size = 4096;
	s->host = host;
	s->memory.total = 64 * GIB;
	s->memory.swap_total = 0;
	s->memory.available = 4 * GIB;
	return s;
}

static struct process *member(pid_t pid, uint64_t mib)
{
	struct process *p = sample_process(pid, 1, pid % 2 ? "odd" : "even");

	p->rss = mib * MIB;
	p->oom_score = 700;
	return p;
}

/* The sample after another, with the same records, which an owner adopts. */
static struct snapshot *after(const struct snapshot *before)
{
	struct snapshot *s =
		begin((unsigned)(before->monotonic_ns / NS_PER_S) + 1);

	for (size_t i = 0; i < before->nprocesses; i++)
		sample_add(s, process_ref(before->processes[i]));
	return s;
}

static void expect(const struct snapshot *s, pid_t pid, const char *has)
{
	assert_string_equal(snapshot_find_pid(s, pid)->flags, has);
}

static void stay_the_same(void **state)
{
	struct snapshot *one = begin(1), *two, *three;
	struct process *small = member(10, 5), *large = member(11, 900);

	(void)state;
	sample_add(one, small);
	sample_add(one, process_ref(large));
	letters_write(&letters, one);
	assert_ptr_equal(one->processes[0], small);
	expect(one, 11, "O");
	expect(one, 10, "");
	/* the record of before is what it was: others may hold it */
	assert_ptr_not_equal(one->processes[1], large);
	assert_string_equal(large->flags, "");
	process_unref(large);

	two = after(one);
	letters_write(&letters, two);
	assert_memory_equal(one->processes, two->processes,
			    2 * sizeof(*one->processes));
	assert_int_equal(two->processes[1]->judged.read_ns, one->monotonic_ns);

	/* plenty again */
	three = after(two);
	three->memory.available = 40 * GIB;
	letters_write(&letters, three);
	assert_ptr_equal(three->processes[0], small);
	expect(three, 11, "");
	assert_int_equal(three->processes[1]->judged.read_ns,
			 three->monotonic_ns);
	snapshot_unref(one);
	snapshot_unref(two);
	snapshot_unref(three);
}

/* A record that was judged is not looked into again: here one is changed behind
 * the judge's back, as nobody may. */
static void are_not_looked_into(void **state)
{
	struct snapshot *one = begin(1), *two, *three;
	struct process *p = member(10, 5);

	(void)state;
	sample_add(one, p);
	sample_add(one, member(11, 900));
	letters_write(&letters, one);
	p->oom_score_adj = -950;
	two = after(one);
	letters_write(&letters, two);
	expect(two, 10, "");
	/* somebody came before it, somebody after it went */
	three = begin(3);
	sample_add(three, member(9, 901));
	sample_add(three, process_ref(p));
	letters_write(&letters, three);
	expect(three, 10, "");
	expect(three, 9, "O");
	snapshot_unref(two);
	/* what all are judged by */
	two = after(three);
	two->memory.total = 65 * GIB;
	letters_write(&letters, two);
	expect(two, 10, "P");
	snapshot_unref(one);
	snapshot_unref(two);
	snapshot_unref(three);
}

/* Both have the records of before, and other letters. */
static void another_is_next(void **state)
{
	struct snapshot *one = begin(1), *two;
	struct process *p = member(12, 900);

	(void)state;
	sample_add(one, member(10, 5));
	sample_add(one, member(11, 800));
	sample_add(one, p);
	letters_write(&letters, one);
	expect(one, 12, "O");
	two = after(one);
	snapshot_unref(one);
	process_unref(two->processes[2]);
	two->nprocesses = 2;
	letters_write(&letters, two);
	expect(two, 11, "O");
	one = after(two);
	sample_add(one, member(12, 900));
	letters_write(&letters, one);
	expect(one, 11, "");
	expect(one, 12, "O");
	snapshot_unref(one);
	snapshot_unref(two);
}

static const char *pids(const struct snapshot *s, struct rows_query query,
			const char *expression)
{
	static char buf[64];
	struct filter *filter = NULL;
	struct filter_error error;
	struct rows rows = { 0 };
	int len = 0;

	query.sort = PROCESS_FLAGS;
	query.active = NO_FIELD;
	assert_int_equal(filter_parse(expression, &filter, &error), 0);
	query.filter = filter;
	assert_int_equal(rows_build(s, &query, &rows), 0);
	buf[0] = '\0';
	for (size_t i = 0; i < rows.count; i++) {
		const struct row *row = &rows.list[i];

		len += snprintf(buf + len, sizeof(buf) - (size_t)len, "%s%d%s",
				i ? " " : "", row->key.pid,
				row->process->flags);
	}
	rows_done(&rows);
	filter_free(filter);
	return buf;
}

static void as_a_field(void **state)
{
	struct snapshot *s = begin(1);
	struct process *p;

	(void)state;
	sample_add(s, member(10, 5));
	sample_add(s, member(11, 900));
	p = member(12, 20);
	p->oom_score_adj = -900;
	sample_add(s, p);
	p = member(13, 10);
	p->swap = MIB;
	p->major_fault_rate = 21;
	sample_add(s, p);
	sample_add(s, member(14, 7));
	letters_write(&letters, s);
	assert_string_equal(pids(s, (struct rows_query){ 0 }, ""),
			    "11O 13W 12P 10 14");
	assert_string_equal(
		pids(s, (struct rows_query){ .reverse = true }, "!flags:P"),
		"10 14 13W 11O");
	assert_string_equal(pids(s, (struct rows_query){ 0 }, "flags:o"),
			    "11O");
	assert_string_equal(pids(s, (struct rows_query){ 0 }, "flag=W"), "13W");
	assert_string_equal(
		pids(s, (struct rows_query){ .group = GROUP_COMMAND }, ""),
		"11WO 10");
	snapshot_unref(s);
}

#define CASE(test) cmocka_unit_test_teardown(test, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(stay_the_same),
		CASE(are_not_looked_into),
		CASE(another_is_next),
		CASE(as_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
