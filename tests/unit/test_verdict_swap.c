/* SPDX-License-Identifier: MIT
 *
 * What is said of swap that is nearly full: on which device pages go now, and
 * whose they are.
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
		CASE(test_second), CASE(test_first), CASE(test_none),
		CASE(test_alone),  CASE(test_owner),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
