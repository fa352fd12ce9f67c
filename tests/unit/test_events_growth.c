/* SPDX-License-Identifier: MIT
 *
 * Whom an event names when memory of the machine grows: who takes it, plainly
 * nobody, or a part of RAM; and what is no growth.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"
#include "memtop/base.h"

#define RATE 60 /* MiB a second that the machine loses */

static void fill(void)
{
	m.hears = "R21";
	m.available = 14;
	m.swap_total = m.swap_free = 0;
	m.fill = RATE;
	for (size_t i = 0; i < MACHINE_PROCESSES; i++)
		m.processes[i].growth = 0;
}

static void assert_told(const char *begin, const char *end)
{
	size_t len = strlen(m.told), tail = strlen(end);

	if (strncmp(m.told, begin, strlen(begin)) != 0 || len < tail ||
	    strcmp(m.told + len - tail, end) != 0)
		fail_msg("\"%s\", not \"%s…%s\"", m.told, begin, end);
}

/* So many seconds in which that is lost to something else than programs. */
static void run_besides(double *part, unsigned seconds)
{
	for (unsigned i = 0; i < seconds; i++) {
		*part += RATE / 1024.0;
		m.anon -= RATE / 1024.0;
		machine_step(&m, 1);
	}
}

/* ---- who takes it -------------------------------------------------------- */

static void test_process(void **state)
{
	(void)state;
	fill();
	m.processes[2].growth = RATE;
	machine_run(&m, 60);
	assert_told("GROW nginx[300]: 3.", "; takes most [certain]");
}

static void test_process_probably(void **state)
{
	(void)state;
	fill();
	m.processes[2].growth = RATE * .6;
	m.processes[1].growth = RATE * .4;
	machine_run(&m, 60);
	assert_told("GROW nginx[300]: ", "; probably takes most [probably]");
}

static void test_nobody(void **state)
{
	(void)state;
	fill();
	m.available = 18; /* or it is near, which hides that it fills */
	for (size_t i = 0; i < 3; i++)
		m.processes[i].growth = RATE / 3.;
	machine_run(&m, 80);
	assert_told("GROW (system): ",
		    "; no single process or cgroup took it []");
	/* and the moment somebody does it is known, for good */
	m.processes[1].growth = m.processes[0].growth = 0;
	m.processes[2].growth = RATE;
	machine_run(&m, 12);
	assert_told("GROW nginx[300]: ", "; takes most [certain]");
	m.processes[2].growth = 0;
	m.processes[1].growth = RATE;
	machine_run(&m, 10);
	assert_told("GROW nginx[300]: ", "; takes most [certain]");
}

/* A cgroup of many small ones, and the slice above it. */
static void set_groups(double growth)
{
	m.groups[0] = (struct machine_group){ .path = "/build.slice",
					      .anon = 500,
					      .growth = growth };
	m.groups[1] = m.groups[0];
	m.groups[1].path = "/build.slice/a.service";
	m.groups[2] = m.groups[0];
	m.groups[2].path = "/build.slice/b.service";
	m.groups[2].growth = 0;
}

static void test_group(void **state)
{
	(void)state;
	fill();
	set_groups(RATE * .6);
	machine_run(&m, 60);
	assert_told("GROW /build.slice/a.service: ",
		    "; probably takes most [probably]");
}

static void test_group_too_little(void **state)
{
	(void)state;
	fill();
	set_groups(RATE * .4);
	machine_run(&m, 60);
	assert_told("GROW (system): ",
		    "; no single process or cgroup took it []");
}

static void test_shared(void **state)
{
	(void)state;
	fill();
	run_besides(&m.shmem, 60);
	assert_told("GROW (shared): ",
		    "; mostly shared memory, tmpfs [probably]");
}

/* Neither free nor in any counter. */
static void test_unaccounted(void **state)
{
	double nowhere = 0;

	(void)state;
	fill();
	m.free = 14;
	for (unsigned i = 0; i < 60; i++) {
		m.free -= RATE / 1024.0;
		run_besides(&nowhere, 1);
	}
	assert_told("GROW (unaccounted): ",
		    "; mostly what no counter has: drivers [probably]");
}

/* Memory that comes back is no growth. */
static void test_given_back(void **state)
{
	(void)state;
	fill();
	m.fill = -RATE;
	m.processes[0].growth = -RATE;
	machine_run(&m, 120);
	assert_string_equal(m.told, "");
}

/* ---- memory of the kernel ------------------------------------------------ */

/* GiB a second. */
static void run_slab(double from, double growth)
{
	m.hears = "R19";
	m.slab_fixed = from;
	for (unsigned i = 0; i < 150; i++) {
		m.slab_fixed += growth;
		machine_step(&m, 1);
	}
}

static void test_slab_grows(void **state)
{
	(void)state;
	run_slab(5, .02);
	assert_told("GROW (slab): ", " []");
}

static void test_slab_is_large(void **state)
{
	(void)state;
	run_slab(9, 0);
	assert_told("RULE (slab): ", " []");
}

static void test_slab_shrinks(void **state)
{
	(void)state;
	run_slab(9, -.01);
	assert_told("RULE (slab): ", " []");
}

/* What no counter has grows for so many seconds by 2 GiB in all, and then by
 * as much each second. */
static void run_unaccounted(unsigned seconds, double growth)
{
	m.hears = "R20";
	machine_run(&m, 10);
	for (unsigned i = 0; i < 180; i++) {
		m.free -= i < seconds ? 2. / seconds : growth;
		machine_step(&m, 1);
	}
}

static void test_unaccounted_grew(void **state)
{
	(void)state;
	run_unaccounted(60, 0);
	assert_told("GROW (unaccounted): ", " []");
}

/* It was still more when the rule came to hold. */
static void test_unaccounted_shrinks(void **state)
{
	(void)state;
	run_unaccounted(10, -.004);
	assert_told("RULE (unaccounted): ", " []");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_process),
		CASE(test_process_probably),
		CASE(test_nobody),
		CASE(test_group),
		CASE(test_group_too_little),
		CASE(test_shared),
		CASE(test_unaccounted),
		CASE(test_given_back),
		CASE(test_slab_grows),
		CASE(test_slab_is_large),
		CASE(test_slab_shrinks),
		CASE(test_unaccounted_grew),
		CASE(test_unaccounted_shrinks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
