/* SPDX-License-Identifier: MIT
 *
 * What the verdict says of caches of file names and of kernel objects; large
 * alone is no warning.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "judged.h"
#include "memtop/base.h"

/* They grow while memory is free: that is what they are for. */
static void test_names(void **state)
{
	(void)state;
	m.slab_freeable = 11;
	m.dentries = 12;
	m.negative = 6;
	run_silently(60);
	assert_leads("R22-file-names", SEVERITY_NOTE);
	assert_part(m.verdict.text, "11.0G of RAM (17%), 12.0m names, 50% of "
				    "them of files that do not exist");
	assert_part(m.verdict.text, "can drop them when needed");
}

static void test_names_unknown(void **state)
{
	(void)state;
	m.slab_freeable = 11;
	m.negative = 0;
	run_silently(60);
	assert_leads("R22-file-names", SEVERITY_NOTE);
	assert_null(strstr(judged_line(), "do not exist"));
}

static void test_names_slow(void **state)
{
	(void)state;
	m.slab_freeable = 20;
	m.mem_some = 7;
	seconds_until("R22-file-names", SEVERITY_WARN, 60);
}

static void test_negative(void **state)
{
	(void)state;
	m.dentries = 6;
	m.negative = 4;
	run_silently(60);
	assert_leads("R01-healthy", SEVERITY_OK);
	m.negative = 5.5;
	seconds_until("R22-names-of-nothing", SEVERITY_WARN, 60);
	/* few, even if all of them are */
	m.dentries = m.negative = 3;
	seconds_until_gone("R22-names-of-nothing", 100);
}

static void test_kept(void **state)
{
	(void)state;
	m.vfs_pressure = 0;
	run_silently(60);
	assert_leads("R22-never-dropped", SEVERITY_NOTE);
	m.slab_freeable = 11;
	seconds_until("R22-never-dropped", SEVERITY_WARN, 60);
}

/* A larger machine has more of them; growing for half an hour is another
 * matter. */
static void test_slab(void **state)
{
	(void)state;
	m.slab_fixed = 17;
	run_silently(700);
	assert_int_equal(machine_says(&m, "R19-slab"), SEVERITY_NOTE);
	for (int i = 0; i < 1000; i++) {
		m.slab_fixed += .002;
		machine_step(&m, 1);
	}
	assert_int_equal(machine_says(&m, "R19-slab"), SEVERITY_WARN);
	assert_non_null(strstr(judged_line(), "cannot be dropped, +"));
}

/* What ZFS keeps is given back, and available has none of it. */
static void test_zfs(void **state)
{
	(void)state;
	m.available = 5;
	m.zfs = 20;
	m.fill = 3;
	run_silently(100);
	assert_int_equal(machine_says(&m, "R03-available-low"), -1);
	assert_part(m.verdict.text, "of it ZFS cache)");
	m.zfs = 0;
	seconds_until("R03-available-low", SEVERITY_WARN, 120);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_names),      CASE(test_names_unknown),
		CASE(test_names_slow), CASE(test_negative),
		CASE(test_kept),       CASE(test_slab),
		CASE(test_zfs),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
