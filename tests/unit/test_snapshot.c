/* SPDX-License-Identifier: MIT
 *
 * Lookup in a snapshot, what it costs, how much of it is known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "sample.h"

static void test_find(void **state)
{
	struct snapshot *s = sample_snapshot(5);

	(void)state;
	for (pid_t pid = 2; pid <= 20; pid += 2)
		sample_add(s, sample_process(pid, 1, "x"));
	for (pid_t pid = 0; pid <= 22; pid++) {
		const struct process *found = snapshot_find_pid(s, pid);
		struct process_key key = { pid, (uint64_t)pid * NS_PER_S };

		assert_true((found != NULL) ==
			    (pid >= 2 && pid <= 20 && pid % 2 == 0));
		assert_ptr_equal(snapshot_find(s, key), found);
		key.start_ns++;
		assert_null(snapshot_find(s, key));
	}
	snapshot_unref(s);
}

static void test_counters(void **state)
{
	static const char *const names[] = { "pgfault", "pswpin" };
	struct snapshot *s = sample_snapshot(5);

	(void)state;
	assert_null(snapshot_counter(s, "pswpin"));
	s->vmstat_names = counter_names_new(names, 2);
	s->vmstat = calloc(2, sizeof(*s->vmstat));
	s->vmstat[1].value = 42;
	assert_int_equal(snapshot_counter(s, "pswpin")->value, 42);
	assert_null(snapshot_counter(s, "pswp"));
	snapshot_unref(s);
}

static void test_copy(void **state)
{
	struct process *process = sample_process(3, 1, "x");
	struct process *copy;

	(void)state;
	process->command = sample_text("x --y");
	process_ref(process);
	copy = process_copy(process);
	process_unref(process);
	process_unref(process);
	assert_string_equal(text_str(copy->command), "x --y");
	assert_int_equal(copy->key.pid, 3);
	process_unref(copy); /* its count is its own */
	process_unref(NULL);
}

static void test_cost(void **state)
{
	struct snapshot *a = sample_snapshot(1), *b = sample_snapshot(2);
	struct process *process = sample_process(3, 1, "x"), *changed;
	size_t alone, text;

	(void)state;
	process->command = text_new("a long command line", 19);
	changed = process_copy(process);
	sample_add(a, process_ref(process));
	sample_add(b, process);
	alone = snapshot_cost(b, NULL);
	assert_true(alone > sizeof(*b) + sizeof(*process) + 19);
	assert_true(snapshot_cost(b, a) <= alone - sizeof(*process) - 19);
	assert_int_equal(snapshot_cost(a, b), snapshot_cost(b, a));

	/* read anew: the record is another, its command the same */
	process_unref(b->processes[0]);
	b->processes[0] = changed;
	text = alone - snapshot_cost(b, a);
	assert_true(text >= 19 && text < 100);
	snapshot_unref(a);
	snapshot_unref(b);
}

static void add(struct snapshot *s, pid_t pid, enum state smaps, char letter)
{
	struct process *process = sample_process(pid, 1, "x");

	process->smaps.state = smaps;
	process->smaps.read_ns = (uint64_t)pid * NS_PER_S;
	process->state = letter;
	process->rss = 100;
	process->pss = 60;
	sample_add(s, process);
}

static void test_coverage(void **state)
{
	struct snapshot *s = sample_snapshot(20);
	struct host *host = host_new();
	struct process *kernel = sample_process(9, 2, "kswapd0");

	(void)state;
	add(s, 1, STATE_OK, 'S');
	add(s, 2, STATE_DENIED, 'S');
	add(s, 3, STATE_PENDING, 'D');
	add(s, 4, STATE_STUCK, 'D');
	add(s, 5, STATE_NOT_APPLICABLE, 'Z');
	add(s, 6, STATE_OK, 'Z'); /* its threads live on */
	kernel->kernel = true;
	sample_add(s, kernel);
	snapshot_count_coverage(s);
	assert_int_equal(s->coverage.processes, 5);
	assert_int_equal(s->coverage.kernel_threads, 1);
	assert_int_equal(s->coverage.zombies, 1);
	assert_int_equal(s->coverage.pss_known, 2);
	assert_int_equal(s->coverage.pss_denied, 1);
	assert_int_equal(s->coverage.pss_pending, 1);
	assert_int_equal(s->coverage.pss_stuck, 1);
	assert_int_equal(s->coverage.rss_bytes, 500);
	assert_int_equal(s->coverage.rss_known_bytes, 200);
	assert_int_equal(s->coverage.pss_bytes, 120);
	assert_true(s->coverage.pss_oldest_ns == 19 * NS_PER_S);
	assert_true(s->coverage.hidden == UNKNOWN);
	host->hidepid = true;
	s->host = host;
	snapshot_count_coverage(s);
	assert_int_equal(s->coverage.hidden, 1);
	snapshot_unref(s);
}

static void test_frees(void **state)
{
	struct process *process = sample_process(3, 1, "x");

	(void)state;
	process->uss = 30;
	process->private_hugetlb = 5;
	process->swap_pss = 7;
	assert_int_equal(process_frees_ram(process), 35);
	assert_int_equal(process_frees_swap(process), 7);
	process->private_hugetlb = UNKNOWN;
	assert_int_equal(process_frees_ram(process), 30);
	process->smaps.state = STATE_DENIED;
	assert_true(process_frees_ram(process) == UNKNOWN);
	assert_true(process_frees_swap(process) == UNKNOWN);
	process_unref(process);
}

static void test_names(void **state)
{
	(void)state;
	assert_string_equal(state_name(STATE_NOT_APPLICABLE), "not_applicable");
	assert_string_equal(severity_name(SEVERITY_WARN), "WARN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_cost),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_frees),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
