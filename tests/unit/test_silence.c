/* SPDX-License-Identifier: MIT
 *
 * Ten minutes each of what looks like trouble and is none, where it takes a
 * course: no sample of them may warn.  What stands still is in test_verdict.c,
 * and the same on real kernels in tests/vm.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "machine.h"

#define MINUTES_10 600

static struct machine m;

static int setup(void **state)
{
	(void)state;
	machine_init(&m);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	machine_done(&m);
	return 0;
}

static void step_silently(void)
{
	machine_step(&m, 1);
	if (m.verdict.severity >= SEVERITY_WARN)
		print_message("at %.0f s: %s\n", m.second,
			      text_str(m.verdict.text));
	assert_true(m.verdict.severity < SEVERITY_WARN);
}

/* As many jobs as processors, each some hundred MiB for some seconds: use goes
 * up and down by a tenth of RAM, sources are read, objects are written. */
static void test_parallel_compile(void **state)
{
	(void)state;
	m.flow[FLOW_MAJOR_FAULTS] = 200;
	m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_STEAL_KSWAPD] = 4000;
	m.flow[FLOW_SCAN_FILE] = m.flow[FLOW_SCAN_KSWAPD] = 4400;
	m.io_some = 12;
	m.mem_some = .4;
	for (int i = 0; i < MINUTES_10; i++) {
		m.available = 34 + 3 * sin(i / 3.0) + 2 * sin(i / 17.0);
		m.anon = 58 - m.available;
		step_silently();
	}
}

/* It reads its tables, and fills its buffers up to the size it was given. */
static void test_database_warms_up(void **state)
{
	double start = m.processes[1].anon;

	(void)state;
	m.io_some = 50;
	for (int i = 0; i < MINUTES_10; i++) {
		double filled = 16 * (1 - exp(-i / 150.0));

		m.flow[FLOW_MAJOR_FAULTS] = 3000 * exp(-i / 150.0);
		m.available = 40 - filled;
		m.anon = 20 + filled;
		m.processes[1].anon = start + filled * 1024;
		step_silently();
	}
}

/* A large process saves itself by a copy twice a minute. */
static void test_forks_of_a_large_process(void **state)
{
	struct machine_process *copy = &m.processes[MACHINE_PROCESSES - 1];

	(void)state;
	m.processes[1].anon = 8 * 1024;
	for (int i = 0; i < MINUTES_10; i++) {
		*copy = m.processes[1];
		copy->ppid = m.processes[1].pid;
		copy->pid = 5000 + i / 30;
		copy->start_s = (uint64_t)m.second;
		copy->gone = i % 30 >= 5;
		step_silently();
	}
}

/* Pages of a file that nobody asks for twice, by a reader that is slowed down
 * and let go again. */
static void test_reader_in_bursts(void **state)
{
	(void)state;
	m.free = .7;
	for (int i = 0; i < MINUTES_10; i++) {
		double rate = i % 40 < 25 ? 200000 : 0;

		m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_STEAL_KSWAPD] = rate;
		m.flow[FLOW_SCAN_FILE] = m.flow[FLOW_SCAN_KSWAPD] = rate;
		m.flow[FLOW_MAJOR_FAULTS] = rate / 32;
		m.io_some = rate > 0 ? 80 : 2;
		step_silently();
	}
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_parallel_compile),
		CASE(test_database_warms_up),
		CASE(test_forks_of_a_large_process),
		CASE(test_reader_in_bursts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
