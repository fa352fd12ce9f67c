/* SPDX-License-Identifier: MIT
 *
 * The verdict as a fold: a machine that goes through something, second by
 * second, and the lines it gets; above all those it must not get.
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

#include "../../src/judge/moods.h"
#include "judged.h"
#include "memtop/base.h"

static void test_calm(void **state)
{
	(void)state;
	machine_run(&m, 2);
	assert_leads("R01-healthy", SEVERITY_OK);
	assert_part(m.verdict.text, "40.0G of 64.0G available");
	assert_part(m.verdict.text, "nothing waits");
	assert_part(m.verdict.who, "largest: java[100]");
	assert_part(m.verdict.next, "no OOM risk now");
	assert_null(m.verdict.todo);
	run_silently(700);
	assert_part(m.verdict.text, "healthy for at least 11m");
}

/* Called within 15 s, over within 90 s of relief, with who it is. */
static void test_thrash(void **state)
{
	struct machine calm;

	(void)state;
	run_silently(30);
	calm = m;
	set_thrash();
	assert_true(seconds_until("R07-swap-thrash", SEVERITY_WARN, 15) <= 15);
	machine_run(&m, 60);
	assert_leads("R07-swap-thrash", SEVERITY_CRIT);
	assert_part(m.verdict.text, "THRASHING for ");
	assert_part(m.verdict.text, "41% of the time");
	assert_part(m.verdict.brief, "some task waits 41%, all 23%");
	assert_part(m.verdict.who, "java[100]");
	assert_part(m.verdict.who, "postgres[200] waits most");
	assert_part(m.verdict.next, "OOM kill: java[100]");
	assert_int_equal(m.verdict.subjects[0].role, SUBJECT_CULPRIT);
	assert_int_equal(m.verdict.subjects[0].pid, 100);
	assert_int_equal(m.verdict.subjects[0].certainty, CERTAINTY_SURE);
	memcpy(m.flow, calm.flow, sizeof(m.flow));
	m.mem_some = m.mem_full = m.io_some = 0;
	m.available = 40;
	m.swap_free = 16;
	m.processes[0].growth = 0;
	assert_true(seconds_until_gone("R07-swap-thrash", 90) <= 90);
	assert_true(seconds_until_gone("R05-stall", 90) <= 90);
}

/* A slow disk: in two seconds a burst goes out, then as much comes back as the
 * disk can read, and what is written is hardly more. */
static void test_thrash_on_slow_disk(void **state)
{
	(void)state;
	run_silently(30);
	m.mem_some = m.mem_full = 45;
	m.flow[FLOW_SWAP_OUT] = m.flow[FLOW_STEAL_ANON] = 8000;
	m.flow[FLOW_SCAN_KSWAPD] = 9000;
	machine_run(&m, 2);
	m.mem_some = 3;
	m.mem_full = 2;
	m.io_some = 95;
	m.flow[FLOW_SWAP_IN] = m.flow[FLOW_REFAULT_ANON] = 300;
	m.flow[FLOW_SWAP_OUT] = m.flow[FLOW_STEAL_ANON] = 350;
	m.flow[FLOW_SCAN_KSWAPD] = 700;
	seconds_until("R07-swap-thrash", SEVERITY_WARN, 14);
}

/* After relief the line stays for a while, but says so, and counts for less. */
static void test_easing(void **state)
{
	struct machine calm = m;

	(void)state;
	set_thrash();
	machine_run(&m, 120);
	assert_leads("R07-swap-thrash", SEVERITY_CRIT);
	memcpy(m.flow, calm.flow, sizeof(m.flow));
	m.mem_some = m.mem_full = m.io_some = 0;
	m.available = 40;
	m.swap_free = 16;
	m.processes[0].growth = 0;
	machine_run(&m, 40);
	assert_true(m.verdict.severity < SEVERITY_CRIT);
	assert_non_null(strstr(judged_line(), "over since"));
	assert_non_null(strstr(judged_line(), "(after "));
	assert_null(strstr(judged_line(), "THRASHING for "));
	/* what it is by now alone would say that nothing is wrong */
	assert_null(strstr(judged_line(), ": some task waits for memory 0%"));
	assert_part(m.verdict.text, "some task waited for memory 41% of the "
				    "time at its worst, now 0%");
	/* it comes back: at once as bad as before */
	set_thrash();
	machine_run(&m, 12);
	assert_true(m.verdict.severity == SEVERITY_CRIT);
	assert_null(strstr(judged_line(), "over since"));
}

/* What goes on since yesterday says so. */
static void test_since_yesterday(void **state)
{
	(void)state;
	/* the made-up machine starts a minute and 20 s before midnight */
	setenv("TZ", "XXX-10:12", 1);
	tzset();
	set_thrash();
	machine_run(&m, 70);
	assert_part(m.verdict.text, "(since 23:5");
	assert_part(m.verdict.brief, "since 23:5");
	machine_run(&m, 60);
	assert_part(m.verdict.text, "(since 01-12 23:5");
	assert_part(m.verdict.brief, "since 01-12 23:5");
	setenv("TZ", "UTC", 1);
	tzset();
}

/* Less is easing, not over. */
static void test_easing_to_less(void **state)
{
	(void)state;
	m.mem_some = 60;
	m.mem_full = 30;
	m.flow[FLOW_SCAN_KSWAPD] = 5000;
	machine_run(&m, 60);
	assert_leads("R05-stall", SEVERITY_CRIT);
	m.mem_some = 3;
	m.mem_full = 0;
	machine_run(&m, 45);
	assert_leads("R05-stall", SEVERITY_WARN);
	assert_part(m.verdict.text, "MEMORY STALLS easing since");
	assert_part(m.verdict.text, "3%");
	machine_run(&m, 60);
	assert_leads("R05-stall", SEVERITY_NOTE);
	assert_null(strstr(judged_line(), "easing"));
}

/* A working set that just misses fitting, no swap, read ahead or pread: major
 * faults stay low. */
static void test_cache_thrash(void **state)
{
	(void)state;
	m.swap_total = m.swap_free = 0;
	run_silently(30);
	m.io_some = 30;
	m.mem_some = 8;
	m.flow[FLOW_STEAL_FILE] = 9000;
	m.flow[FLOW_SCAN_FILE] = 20000;
	m.flow[FLOW_REFAULT_FILE] = 8600;
	m.flow[FLOW_RESTORE_FILE] = 6000;
	assert_true(seconds_until("R09-cache-thrash", SEVERITY_WARN, 20) <= 16);
	assert_part(m.verdict.text, "within seconds (34M/s)");
	assert_part(m.verdict.text, "a little more memory");
	assert_part(m.verdict.text, "no swap relieves it");
	m.flow[FLOW_RESTORE_FILE] = 100;
	machine_run(&m, 20);
	assert_part(m.verdict.text, "far larger");
}

/* earlyoom's tail /dev/zero: filling, near, killed, each naming the same. */
static void test_exhaustion(void **state)
{
	(void)state;
	m.swap_total = m.swap_free = 0;
	run_silently(60);
	m.fill = 300;
	m.processes[0].growth = 300;
	assert_true(seconds_until("R21-filling", SEVERITY_WARN, 40) <= 40);
	assert_part(m.verdict.text, "java[100]");
	seconds_until("R12-out-of-memory", SEVERITY_CRIT, 120);
	assert_true(m.available > .5); /* before it is too late */
	assert_leads("R12-out-of-memory", SEVERITY_CRIT);
	assert_part(m.verdict.next, "OOM kill: java[100]");
	m.flow[FLOW_OOM_KILLS] = 1;
	m.processes[0].gone = true;
	m.fill = 0;
	m.available = 50;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 0;
	assert_leads("R16-oom-kill", SEVERITY_CRIT);
	assert_part(m.verdict.text, "the kernel killed 1 process");
	machine_run(&m, 3);
	assert_part(m.verdict.text, "killed probably java[100]");
	machine_run(&m, 296);
	assert_leads("R16-oom-kill", SEVERITY_CRIT);
	machine_run(&m, 2);
	assert_leads("R16-oom-kill", SEVERITY_WARN);
	machine_run(&m, 1500);
	assert_leads("R01-healthy", SEVERITY_OK);
}

/* ---- the first seconds --------------------------------------------------- */

static void set_averages(double ten, double minute, double five)
{
	m.avg_some[0] = ten;
	m.avg_some[1] = minute;
	m.avg_some[2] = five;
}

/* A thrashing box is never called healthy because memtop has just started. */
static void test_first_sample(void **state)
{
	(void)state;
	set_thrash();
	set_averages(60, 57, 55);
	machine_step(&m, 1);
	assert_leads("R05-stall", SEVERITY_CRIT);
	assert_part(m.verdict.text, "at least 5m");
	assert_true(m.verdict.at_least);
	for (int i = 0; i < 30; i++) {
		machine_step(&m, 1);
		assert_true(m.verdict.severity >= SEVERITY_WARN);
	}
}

/* A stall that is over by now is no verdict of ten seconds later. */
static void test_first_sample_over(void **state)
{
	(void)state;
	set_averages(2, 30, 30);
	machine_step(&m, 1);
	assert_leads("R05-stall", SEVERITY_NOTE);
}

static void test_first_sample_low(void **state)
{
	(void)state;
	m.available = .9;
	m.swap_free = 0;
	machine_step(&m, 1);
	assert_leads("R12-out-of-memory", SEVERITY_CRIT);
}

/* --check has five seconds. */
static void test_waived(void **state)
{
	(void)state;
	verdict_judge_waive(m.judge);
	set_thrash();
	machine_run(&m, 6);
	assert_leads("R07-swap-thrash", SEVERITY_CRIT);
}

/* ---- silence ------------------------------------------------------------- */

/* 16,000 major faults a second, nothing reclaimed. */
static void test_cold_start(void **state)
{
	(void)state;
	m.flow[FLOW_MAJOR_FAULTS] = 16000;
	m.processes[1].faults = 16000;
	m.io_some = 60;
	run_silently(600);
}

/* Files larger than RAM: much is freed, nothing comes back. */
static void test_streaming(void **state)
{
	(void)state;
	m.free = .8;
	m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_STEAL_KSWAPD] = 250000;
	m.flow[FLOW_SCAN_FILE] = m.flow[FLOW_SCAN_KSWAPD] = 260000;
	m.io_some = 70;
	m.mem_some = .1;
	run_silently(600);
	assert_true(machine_says(&m, "R09-cache-thrash") < 0);
}

static void test_cache_full(void **state)
{
	(void)state;
	m.free = .8;
	run_silently(60);
	assert_leads("R02-cache-is-fine", SEVERITY_OK);
	assert_part(m.verdict.text, "can be handed out");
}

/* Idle memory is pushed out and stays there. */
static void test_benign_swap(void **state)
{
	(void)state;
	m.flow[FLOW_SWAP_OUT] = 3000;
	m.flow[FLOW_STEAL_ANON] = m.flow[FLOW_SCAN_KSWAPD] = 3000;
	for (int i = 0; i < 600; i++) {
		m.swap_free -= .008;
		run_silently(1);
	}
	m.flow[FLOW_SWAP_OUT] = m.flow[FLOW_STEAL_ANON] = 0;
	m.flow[FLOW_SCAN_KSWAPD] = 0;
	run_silently(120);
	assert_leads("R08-swapped-asleep", SEVERITY_OK);
}

/* After pressure what was swapped comes back, one way. */
static void test_swap_recovery(void **state)
{
	(void)state;
	m.swap_free = 8;
	m.flow[FLOW_SWAP_IN] = 4000;
	m.flow[FLOW_REFAULT_ANON] = 4000;
	m.mem_some = 6;
	run_silently(300);
}

/* A garbage collector: up and down by an eighth of RAM every minute. */
static void test_sawtooth(void **state)
{
	(void)state;
	for (int i = 0; i < 600; i++) {
		m.available = 30 - (i % 60) * .13;
		run_silently(1);
	}
}

/* Sized to 92 %, and steady: by design. */
static void test_steady_database(void **state)
{
	(void)state;
	m.available = 4;
	m.anon = 50;
	run_silently(600);
	assert_leads("R03-available-low", SEVERITY_NOTE);
	m.fill = 8;
	m.flow[FLOW_SCAN_DIRECT] = 100;
	m.flow[FLOW_STEAL_DIRECT] = 90;
	seconds_until("R03-available-low", SEVERITY_WARN, 90);
	/* nobody grows so that it matters, and nobody is named for it */
	assert_null(strstr(judged_line(), "java"));
	m.fill = m.processes[1].growth = 20;
	machine_run(&m, 12);
	assert_leads("R03-available-low", SEVERITY_WARN);
	assert_part(m.verdict.text, "; postgres[200] takes 1.2G a minute");
}

/* Before it has lasted it is a note, whatever the reason: that the kernel
 * reclaims nothing is said only where it is so. */
static void test_stall_note(void **state)
{
	(void)state;
	machine_run(&m, 20);
	m.mem_some = 30;
	m.flow[FLOW_SCAN_KSWAPD] = m.flow[FLOW_SCAN_DIRECT] = 5000;
	seconds_until("R05-stall", SEVERITY_NOTE, 30);
	machine_run(&m, 3);
	assert_leads("R05-stall", SEVERITY_NOTE);
	assert_part(m.verdict.text, "a task waits for memory ");
	assert_null(strstr(judged_line(), "without reclaim"));
	m.flow[FLOW_SCAN_KSWAPD] = m.flow[FLOW_SCAN_DIRECT] = 0;
	machine_run(&m, 60);
	assert_leads("R05-stall", SEVERITY_NOTE);
	assert_part(m.verdict.text, "without reclaim");
}

static void test_full_swap_idle(void **state)
{
	(void)state;
	m.swap_free = .1;
	run_silently(600);
	assert_true(machine_says(&m, "R10-swap-full") == SEVERITY_NOTE);
}

/* On waking up everything that was dropped is read again. */
static void test_suspend(void **state)
{
	(void)state;
	run_silently(60);
	m.slept = 3600;
	m.mem_some = 60;
	m.mem_full = 40;
	m.flow[FLOW_SCAN_KSWAPD] = 5000;
	m.flow[FLOW_REFAULT_FILE] = m.flow[FLOW_STEAL_FILE] = 5000;
	run_silently(8);
	assert_leads("R42-gap", SEVERITY_NOTE);
	assert_part(m.verdict.text, "slept");
	m.mem_some = m.mem_full = 0;
	m.flow[FLOW_SCAN_KSWAPD] = 0;
	m.flow[FLOW_REFAULT_FILE] = m.flow[FLOW_STEAL_FILE] = 0;
	run_silently(60);
	assert_leads("R01-healthy", SEVERITY_OK);
}

/* An hour of the stopped program is one step. */
static void test_late(void **state)
{
	(void)state;
	run_silently(60);
	machine_step(&m, 3600);
	assert_leads("R42-gap", SEVERITY_NOTE);
	run_silently(20);
	assert_leads("R01-healthy", SEVERITY_OK);
}

static void test_counter_reset(void **state)
{
	(void)state;
	m.counter[FLOW_SCAN_KSWAPD] = 1e9;
	m.flow[FLOW_SCAN_KSWAPD] = 0;
	run_silently(30);
	m.counter[FLOW_SCAN_KSWAPD] = 0;
	run_silently(1);
	assert_leads("R42-gap", SEVERITY_NOTE);
	run_silently(30);
}

/* The wall clock is set back by an hour, or on by a day: what has been for a
 * minute has been for a minute. */
static void test_clock_set(void **state)
{
	(void)state;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 1;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 0;
	m.set = -3600;
	machine_run(&m, 60);
	assert_part(m.verdict.text, "(1m");
	m.set = 86400;
	machine_run(&m, 1);
	assert_part(m.verdict.text, "(1m");
}

/* A recording goes on after the machine was started anew. */
static void test_restart(void **state)
{
	(void)state;
	m.available = 3;
	m.fill = 5;
	machine_run(&m, 90);
	assert_true(m.verdict.severity >= SEVERITY_WARN);
	m.second = -4000;
	m.available = 40;
	m.fill = 0;
	memset(m.counter, 0, sizeof(m.counter));
	run_silently(5);
	assert_leads("R01-healthy", SEVERITY_OK);
}

static uint32_t random_state;

static double noise(void)
{
	random_state = random_state * 1664525 + 1013904223;
	return (double)(random_state >> 8) / (double)(1 << 24) - .5;
}

/* Stalls that wander around a limit: at most six changes an hour. */
static void test_no_flicker(void **state)
{
	for (unsigned seed = 1; seed <= 3; seed++) {
		unsigned changes = 0;
		enum severity before = SEVERITY_OK;
		double level = 10;

		if (seed > 1) {
			judged_teardown(state);
			judged_setup(state);
		}
		random_state = seed;
		m.flow[FLOW_SCAN_KSWAPD] = 1000;
		for (int i = 0; i < 3600; i++) {
			level = 10 + .9 * (level - 10) + 4 * noise();
			m.mem_some = fmax(level + 6 * noise(), 0);
			machine_step(&m, 1);
			changes += (before >= SEVERITY_WARN) !=
				   (m.verdict.severity >= SEVERITY_WARN);
			before = m.verdict.severity;
		}
		assert_in_range(changes, 0, 6);
	}
}

/* zram that takes half of RAM, and zram that saves nothing. */
static void test_compressed_swap(void **state)
{
	(void)state;
	m.swap_free = 4;
	m.zram_stored = 12;
	m.zram_used = 4;
	run_silently(60);
	m.zram_used = 11;
	seconds_until("R11-incompressible", SEVERITY_WARN, 30);
	m.swap_total = 120;
	m.zram_stored = 110;
	m.zram_used = 36;
	seconds_until("R11-compressed-swap-full", SEVERITY_WARN, 120);
}

/* Swap is left, on zram that saves nothing: it is no room. */
static void test_no_room_on_zram(void **state)
{
	(void)state;
	m.available = 28;
	m.zram_stored = m.zram_used = 8;
	m.swap_free = 8;
	machine_run(&m, 5);
	assert_part(m.verdict.next, "OOM kill");
}

/* Nothing left to reclaim but what is anonymous, and no swap to take it. */
static void test_watermarks(void **state)
{
	(void)state;
	m.swap_total = m.swap_free = 0;
	m.watermark = .5;
	run_silently(30);
	m.free = .7;
	m.active_file = .5;
	seconds_until("R12-out-of-memory", SEVERITY_CRIT, 10);
}

/* ---- what is not known --------------------------------------------------- */

static void test_no_psi(void **state)
{
	(void)state;
	m.psi = false;
	run_silently(20);
	assert_part(m.verdict.text, "no stall data");
	assert_null(strstr(judged_line(), "nothing waits"));
	set_thrash();
	/* programs that free memory themselves stand for the stalls */
	assert_true(seconds_until("R07-swap-thrash", SEVERITY_WARN, 20) <= 15);
	machine_run(&m, 10);
	assert_leads("R07-swap-thrash", SEVERITY_CRIT);
	assert_part(m.verdict.text, "no stall data on this kernel");
}

/* The all-clear is given without stalls as well, and says so. */
static void test_no_psi_but_fine(void **state)
{
	(void)state;
	m.psi = false;
	m.free = 2;
	run_silently(30);
	assert_leads("R02-cache-is-fine", SEVERITY_OK);
	assert_part(m.verdict.text, "(no stall data on this kernel)");
	m.free = 10;
	m.swap_free = 10;
	run_silently(70);
	assert_leads("R08-swapped-asleep", SEVERITY_OK);
	assert_part(m.verdict.text, "(no stall data on this kernel)");
	/* somebody has to free memory: it is not all clear */
	m.flow[FLOW_ALLOCSTALL] = 1;
	run_silently(70);
	assert_leads("R01-healthy", SEVERITY_OK);
}

/* What is not measured is not said to be bad either. */
static void test_no_psi_from_the_start(void **state)
{
	(void)state;
	m.psi = false;
	set_thrash();
	for (int i = 0; i < 30; i++) {
		machine_step(&m, 1);
		assert_int_equal(machine_says(&m, "R05-stall"), -1);
		assert_null(strstr(judged_line(), "nan"));
	}
}

static const struct mood *find_mood(const char *rule)
{
	const struct mood *moods;
	size_t count = verdict_judge_moods(m.judge, &moods);

	for (size_t i = 0; i < count; i++)
		if (strcmp(moods[i].rule, rule) == 0)
			return &moods[i];
	fail_msg("no %s", rule);
	return NULL;
}

/* The worst of an event is the figure that its line is about; a time that is
 * forecast is none: at its worst it was wrong. */
static void test_mood_figures(void **state)
{
	const struct mood *mood;

	(void)state;
	machine_run(&m, 20);
	set_thrash();
	machine_run(&m, 30);
	mood = find_mood("R07-swap-thrash");
	assert_string_equal(mood->figure, "memory_some_10s");
	assert_true(mood->value > 40 && mood->value < 42);
	machine_done(&m);
	machine_init(&m);
	m.available = 10;
	m.swap_total = m.swap_free = 0;
	m.fill = m.processes[1].growth = 50;
	machine_run(&m, 100);
	mood = find_mood("R12-out-of-memory");
	assert_string_equal(mood->figure, "available_percent");
}

static void test_no_meminfo(void **state)
{
	(void)state;
	m.meminfo = m.psi = m.vmstat = false;
	machine_run(&m, 20);
	assert_leads("R42-no-data", SEVERITY_NOTE);
	assert_null(strstr(text_str(m.verdict.who), "n/a"));
}

static void test_no_vmstat(void **state)
{
	(void)state;
	m.vmstat = false;
	m.mem_some = 30;
	machine_run(&m, 60);
	/* stalls alone are one kind of evidence */
	assert_leads("R05-stall", SEVERITY_NOTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_calm),
		CASE(test_thrash),
		CASE(test_thrash_on_slow_disk),
		CASE(test_easing),
		CASE(test_since_yesterday),
		CASE(test_easing_to_less),
		CASE(test_cache_thrash),
		CASE(test_exhaustion),
		CASE(test_first_sample),
		CASE(test_first_sample_over),
		CASE(test_first_sample_low),
		CASE(test_waived),
		CASE(test_cold_start),
		CASE(test_streaming),
		CASE(test_cache_full),
		CASE(test_benign_swap),
		CASE(test_swap_recovery),
		CASE(test_sawtooth),
		CASE(test_steady_database),
		CASE(test_mood_figures),
		CASE(test_stall_note),
		CASE(test_full_swap_idle),
		CASE(test_suspend),
		CASE(test_late),
		CASE(test_counter_reset),
		CASE(test_clock_set),
		CASE(test_restart),
		CASE(test_no_flicker),
		CASE(test_compressed_swap),
		CASE(test_no_room_on_zram),
		CASE(test_watermarks),
		CASE(test_no_psi),
		CASE(test_no_psi_but_fine),
		CASE(test_no_psi_from_the_start),
		CASE(test_no_meminfo),
		CASE(test_no_vmstat),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
