/* SPDX-License-Identifier: MIT
 *
 * memtop is started on a machine that thrashes already: its first sample, its
 * first half minute, --once and --check.  None of them may call it healthy, and
 * what is said to have lasted is a bound.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "judged.h"

/* The kernel's averages of 10, 60 and 300 seconds. */
static void set_averages(double ten, double minute, double five)
{
	const double some[] = { ten, minute, five };

	for (size_t i = 0; i < 3; i++) {
		m.avg_some[i] = some[i];
		m.avg_full[i] = some[i] * .6;
	}
}

static void on_zram_for_long(void)
{
	set_thrash();
	set_averages(60, 57, 55);
}

static void on_zram_for_a_minute(void)
{
	set_thrash();
	set_averages(58, 54, 14);
}

/* What waits for a slow disk is hardly counted as waiting for memory. */
static void on_slow_disk(void)
{
	set_averages(3, 4, 4);
	m.mem_some = 3;
	m.mem_full = 2;
	m.io_some = 95;
	m.available = 3;
	m.swap_free = 6;
	m.flow[FLOW_SWAP_IN] = m.flow[FLOW_REFAULT_ANON] = 300;
	m.flow[FLOW_SWAP_OUT] = m.flow[FLOW_STEAL_ANON] = 350;
	m.flow[FLOW_SCAN_KSWAPD] = 700;
}

/* Files that are read again and again, no swap; random reads of 600 MiB where
 * 540 are had. */
static void of_files(void)
{
	m.swap_total = m.swap_free = 0;
	set_averages(31, 32, 30);
	m.mem_some = 32;
	m.mem_full = 25;
	m.io_some = 40;
	m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_STEAL_KSWAPD] = 220000;
	m.flow[FLOW_SCAN_FILE] = m.flow[FLOW_SCAN_KSWAPD] = 300000;
	m.flow[FLOW_REFAULT_FILE] = 215000;
	m.flow[FLOW_RESTORE_FILE] = 170000;
	m.flow[FLOW_MAJOR_FAULTS] = 400;
}

static const struct start {
	const char *name;
	void (*begin)(void);
	enum severity first; /* at least, by the averages alone */
	const char *lasts;   /* what it says of the time; NULL: less */
} starts[] = {
	{ "on zram, for long", on_zram_for_long, SEVERITY_CRIT, "at least 5m" },
	{ "on zram, for a minute", on_zram_for_a_minute, SEVERITY_CRIT,
	  "at least 1m" },
	{ "on a slow disk", on_slow_disk, SEVERITY_NOTE, NULL },
	{ "of files", of_files, SEVERITY_WARN, "at least 5m" },
};

static void begin(const struct start *start)
{
	machine_done(&m);
	machine_init(&m);
	start->begin();
}

static void expect_trouble(const struct start *start, enum severity least)
{
	if (m.verdict.severity < least)
		fail_msg("%s, at %.0f s: %s", start->name, m.second,
			 judged_line());
	assert_null(strcasestr(judged_line(), "healthy"));
	assert_null(strstr(judged_line(), "nan"));
}

/* The screen: durations count, but for what the averages prove. */
static void test_screen(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		begin(&starts[i]);
		machine_step(&m, 1);
		expect_trouble(&starts[i], starts[i].first);
		if (starts[i].lasts) {
			assert_part(m.verdict.text, starts[i].lasts);
			assert_true(m.verdict.at_least);
		}
		for (unsigned k = 2; k <= 30; k++) {
			machine_step(&m, 1);
			expect_trouble(&starts[i],
				       k < 12 ? SEVERITY_NOTE : SEVERITY_WARN);
		}
	}
}

/* --once has two samples a second apart, --check six; nothing has to last. */
static void test_once_and_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		begin(&starts[i]);
		verdict_judge_waive(m.judge);
		for (unsigned k = 1; k <= 6; k++) {
			machine_step(&m, 1);
			if (k == 2 || k == 6)
				expect_trouble(&starts[i], SEVERITY_WARN);
		}
	}
}

/* Sure with three kinds of evidence, probable with two. */
static void test_probably(void **state)
{
	(void)state;
	begin(&starts[2]);
	m.flow[FLOW_SCAN_KSWAPD] = 0;
	m.flow[FLOW_SWAP_OUT] = m.flow[FLOW_STEAL_ANON] = 350;
	verdict_judge_waive(m.judge);
	machine_run(&m, 2);
	assert_part(m.verdict.text, "THRASHING");
	machine_done(&m);
	machine_init(&m);
	m.io_some = 30;
	m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_STEAL_KSWAPD] = 9000;
	m.flow[FLOW_SCAN_FILE] = m.flow[FLOW_SCAN_KSWAPD] = 20000;
	verdict_judge_waive(m.judge);
	machine_run(&m, 6);
	assert_null(strstr(judged_line(), "THRASH"));
	/* read again, but nobody is seen to wait */
	m.flow[FLOW_REFAULT_FILE] = 8600;
	m.active_file = .5;
	m.io_some = 0;
	machine_run(&m, 12);
	assert_part(m.verdict.text, "PROBABLY FILE CACHE THRASH");
	m.io_some = 40;
	machine_run(&m, 12);
	assert_null(strstr(judged_line(), "PROBABLY"));
	assert_part(m.verdict.text, "FILE CACHE THRASH");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_screen),
		CASE(test_once_and_check),
		CASE(test_probably),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
