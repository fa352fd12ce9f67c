/* SPDX-License-Identifier: MIT
 *
 * What comes back, on kernels that count less of it, and in which group; what
 * is said of swap that is nearly full: on which device pages go now, and whose
 * they are.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "judged.h"

/* ---- what comes back ----------------------------------------------------- */

/* Files only: 9000 pages a second are freed, besides `out` to swap. */
static void thrash(double back, double out)
{
	m.mem_some = 12;
	m.io_some = 30;
	m.flow[FLOW_SCAN_KSWAPD] = 20000;
	m.flow[FLOW_STEAL_KSWAPD] = 8000 + out;
	m.flow[FLOW_SCAN_DIRECT] = 1000;
	m.flow[FLOW_STEAL_DIRECT] = 1000;
	m.flow[FLOW_SWAP_OUT] = out;
	m.flow[FLOW_REFAULT_FILE] = back;
}

static void test_old_files(void **state)
{
	(void)state;
	machine_make_old(&m);
	run_silently(30);
	/* for a limit of its own, which no counter of the machine has */
	m.groups[0] = (struct machine_group){ .path = "/a", .scan = 20000 };
	thrash(6000, 0);
	assert_true(seconds_until("R09-cache-thrash", SEVERITY_WARN, 20) <= 16);
	assert_part(m.verdict.text, "67% of the file pages");
	machine_run(&m, 2);
	assert_null(strstr(judged_line(), "of it in"));
}

/* What goes to swap is no file: 8000 of 9000 come back, not of 30000. */
static void test_old_mixed(void **state)
{
	(void)state;
	machine_make_old(&m);
	run_silently(30);
	thrash(8000, 21000);
	seconds_until("R09-cache-thrash", SEVERITY_WARN, 20);
	assert_part(m.verdict.text, "89% of the file pages");
}

static void test_old_streaming(void **state)
{
	(void)state;
	machine_make_old(&m);
	run_silently(30);
	thrash(100, 0);
	m.mem_some = .5;
	run_silently(120);
}

/* The same pages again and again: R07 without a count of them. */
static void test_old_swap(void **state)
{
	(void)state;
	machine_make_old(&m);
	run_silently(30);
	set_thrash();
	assert_true(seconds_until("R07-swap-thrash", SEVERITY_WARN, 20) <= 16);
}

/* Little of what is pushed out is asked for. */
static void test_old_swap_out(void **state)
{
	(void)state;
	machine_make_old(&m);
	run_silently(30);
	set_thrash();
	m.flow[FLOW_SWAP_IN] = 3000;
	machine_run(&m, 30);
	assert_int_equal(machine_says(&m, "R07-swap-thrash"), -1);
}

/* What was pushed out and is not asked for harms nobody there either. */
static void test_old_asleep(void **state)
{
	(void)state;
	machine_make_old(&m);
	m.swap_free = 8;
	run_silently(120);
	assert_leads("R08-swapped-asleep", SEVERITY_OK);
	m.flow[FLOW_SWAP_IN] = 50;
	run_silently(120);
	assert_leads("R01-healthy", SEVERITY_OK);
}

static void test_squeezed(void **state)
{
	(void)state;
	m.groups[0] = (struct machine_group){ .path = "/a", .scan = 20000 };
	m.groups[1] = (struct machine_group){ .path = "/a/b", .scan = 15000 };
	m.groups[2] = (struct machine_group){ .path = "/a/c", .scan = 5000 };
	m.processes[1].faults = 300;
	thrash(8000, 0);
	m.flow[FLOW_STEAL_FILE] = 9000;
	machine_run(&m, 40);
	assert_leads("R09-cache-thrash", SEVERITY_WARN);
	assert_part(m.verdict.text, "; most of it in /a/b;");
	/* it has swap, and waits for files all the same */
	assert_part(m.verdict.who, "postgres[200] waits most on reads");
	m.groups[1].scan = m.groups[2].scan = 10000;
	machine_run(&m, 2);
	assert_part(m.verdict.text, "; most of it in /a;");
	m.groups[0].scan = 10000;
	m.groups[1].scan = 5000;
	m.groups[2].scan = 5000;
	machine_run(&m, 2);
	assert_null(strstr(judged_line(), "of it in"));
}

/* ---- full ---------------------------------------------------------------- */

/* 8 GiB of zram, then as much of a disk: so much of both is left. */
static void fill(double zram_left, double disk_left)
{
	m.zram_stored = 8;
	m.zram_used = 2;
	m.second_swap = 8;
	m.second_used = 8 - disk_left;
	m.swap_free = zram_left + disk_left;
	machine_run(&m, 40);
	assert_true(machine_says(&m, "R10-swap-full") >= SEVERITY_NOTE);
	assert_leads("R10-swap-full", m.verdict.severity);
}

static void test_second(void **state)
{
	(void)state;
	fill(0, 2);
	assert_part(m.verdict.text, "88% used, 2.0G left; pages go to "
				    "/dev/sda2 now, 75% used; ");
}

static void test_first(void **state)
{
	(void)state;
	fill(1, 2);
	assert_part(m.verdict.text, "; pages go to /dev/zram0 now, 88% used");
}

static void test_none(void **state)
{
	(void)state;
	fill(0, 0);
	assert_part(m.verdict.text, "; all 2 devices are full");
}

/* One alone needs no name. */
static void test_alone(void **state)
{
	(void)state;
	m.zram_stored = 8;
	m.zram_used = 2;
	m.swap_free = 1;
	machine_run(&m, 40);
	assert_leads("R10-swap-full", SEVERITY_NOTE);
	assert_null(strstr(judged_line(), "zram0"));
	assert_null(strstr(judged_line(), " of it"));
}

static void test_owner(void **state)
{
	(void)state;
	m.groups[0] = (struct machine_group){ .path = "/a", .swap = 9000 };
	m.groups[1] = (struct machine_group){ .path = "/a/b", .swap = 8192 };
	m.groups[2] = (struct machine_group){ .path = "/a/c", .swap = 808 };
	m.swap_free = 1;
	machine_run(&m, 40);
	assert_leads("R10-swap-full", SEVERITY_NOTE);
	assert_part(m.verdict.text, "left; /a/b has 8.0G of it; 40.0G of RAM");
	/* whomever systemd-oomd is to spare */
	m.groups[1].omit = true;
	machine_run(&m, 10);
	assert_part(m.verdict.text, "left; /a/b has 8.0G of it; 40.0G of RAM");
	/* a twentieth is nobody's to tell of */
	m.groups[0].swap = 900;
	m.groups[1].swap = 800;
	m.groups[2].swap = 100;
	machine_run(&m, 10);
	assert_null(strstr(judged_line(), " of it"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_old_files),	  CASE(test_old_mixed),
		CASE(test_old_streaming), CASE(test_old_swap),
		CASE(test_old_swap_out),  CASE(test_squeezed),
		CASE(test_old_asleep),	  CASE(test_second),
		CASE(test_first),	  CASE(test_none),
		CASE(test_alone),	  CASE(test_owner),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
