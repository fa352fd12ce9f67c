/* SPDX-License-Identifier: MIT
 *
 * What the counters of the machine say about processes, from tick to tick.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../../src/collect/hints.h"
#include "memtop/base.h"

static struct hints hints;
static uint64_t now_ns;

static const char *const names[] = { "pgmajfault", "pgscan_direct", "pswpout" };

/* Pages that leave without a scan: a process asked for it. */
static double swapped_out;

/* A second later, with these rates and one process that faults `known` times a
 * second. */
static struct tick second(double faults, double scanned, double known)
{
	struct tick tick = { .now_ns = now_ns += NS_PER_S };
	struct snapshot *s = snapshot_new();
	struct process *p = process_new();

	assert_non_null(s);
	assert_non_null(p);
	s->vmstat_names = counter_names_new(names, ARRAY_SIZE(names));
	s->vmstat = calloc(ARRAY_SIZE(names), sizeof(*s->vmstat));
	s->processes = calloc(1, sizeof(*s->processes));
	assert_true(s->vmstat_names && s->vmstat && s->processes);
	s->vmstat_block.state = STATE_OK;
	s->vmstat[0].rate = faults;
	s->vmstat[1].rate = scanned;
	s->vmstat[2].rate = swapped_out;
	hints_give(&hints, s, &tick);
	p->major_fault_rate = known;
	p->stat.read_ns = tick.now_ns;
	s->processes[s->nprocesses++] = p;
	hints_learn(&hints, s, &tick);
	snapshot_unref(s);
	return tick;
}

static int setup(void **state)
{
	(void)state;
	hints = (struct hints){ 0 };
	swapped_out = 0;
	now_ns = 1000 * NS_PER_S;
	return 0;
}

static void test_calm(void **state)
{
	(void)state;
	assert_false(second(0, NAN, 0).calm); /* nothing is known yet */
	for (int i = 0; i < 4; i++)
		assert_false(second(0, 0, 0).calm);
	assert_true(second(0, 0, 0).calm);
	assert_false(second(0, 1, 0).calm);
	for (int i = 0; i < 4; i++)
		assert_false(second(0, 0, 0).calm);
	assert_true(second(0, 0, 0).calm);
	swapped_out = 1;
	assert_false(second(0, 0, 0).calm);
}

/* How often everybody is asked in that many seconds. */
static int times_asked(int seconds, double faults, double known)
{
	int n = 0;

	for (int i = 0; i < seconds; i++)
		n += second(faults, 0, known).seek_faults;
	return n;
}

/* It is somebody who can't be seen: less and less often. */
static void test_in_vain(void **state)
{
	(void)state;
	assert_int_equal(times_asked(4, 100, 0), 1);
	assert_int_equal(times_asked(4, 100, 0), 0);
	assert_int_equal(times_asked(1, 100, 0), 1);
	assert_int_equal(times_asked(60, 100, 0), 2); /* 10, 20 s */
	assert_int_equal(times_asked(240, 100, 0), 3);
	/* it gets much worse: somebody else, perhaps */
	assert_int_equal(times_asked(2, 300, 0), 1);
	assert_int_equal(times_asked(5, 300, 0), 1);
}

/* A program that starts. */
static void test_burst(void **state)
{
	(void)state;
	for (int i = 0; i < 10; i++) {
		assert_int_equal(times_asked(2, 500, 0), 0);
		assert_int_equal(times_asked(2, 0, 0), 0);
	}
}

static void test_found(void **state)
{
	(void)state;
	assert_int_equal(times_asked(4, 100, 0), 1);
	/* who waits is known by now, and asked in each tick */
	assert_int_equal(times_asked(100, 100, 95), 0);
	/* so the next one is sought as soon as the first */
	assert_int_equal(times_asked(4, 150, 95), 1);
	assert_int_equal(times_asked(4, 150, 95), 0);
	assert_int_equal(times_asked(1, 150, 95), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_calm, setup),
		cmocka_unit_test_setup(test_in_vain, setup),
		cmocka_unit_test_setup(test_burst, setup),
		cmocka_unit_test_setup(test_found, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
