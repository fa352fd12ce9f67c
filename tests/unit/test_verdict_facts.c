/* SPDX-License-Identifier: MIT
 *
 * What the verdict says of things that happened, and whom and what it names
 * beside the line.
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
#include "memtop/format.h"

/* ---- facts --------------------------------------------------------------- */

/* It leads for a minute: it says when that was, and not how it is now. */
static void assert_dated(void)
{
	uint64_t since_ns = m.verdict.since_realtime_ns;
	char clock[FORMAT_SIZE], later[FORMAT_SIZE], at[FORMAT_SIZE + 4];

	format_clock(clock, since_ns, false);
	format_clock(later, since_ns + 4 * NS_PER_S, false);
	run_silently(20);
	snprintf(at, sizeof(at), "at %s", clock);
	/* a jump goes on for as long as what was before it counts */
	if (strcmp(m.verdict.rule, "R35-jump") == 0)
		snprintf(at, sizeof(at), "at %s", later);
	assert_part(m.verdict.text, at);
}

static void test_adj(void **state)
{
	(void)state;
	run_silently(3);
	m.processes[1].adj = -500;
	run_silently(1);
	assert_leads("R33-adj", SEVERITY_NOTE);
	assert_part(m.verdict.text, "postgres[200] went from 0 to -500");
	assert_dated();
	run_silently(70);
	assert_leads("R01-healthy", SEVERITY_OK);
}

static void test_exit(void **state)
{
	(void)state;
	run_silently(10);
	m.processes[0].gone = true;
	m.available = 51;
	run_silently(1);
	assert_leads("R34-exit", SEVERITY_NOTE);
	assert_part(m.verdict.text, "java[100] ended and gave back 11.0G");
	assert_dated();
	assert_true(machine_says(&m, "R35-jump") < 0);
	/* a small one is no news */
	run_silently(70);
	m.processes[3].gone = true;
	run_silently(10);
	assert_leads("R01-healthy", SEVERITY_OK);
}

static void test_exit_shared(void **state)
{
	(void)state;
	run_silently(10);
	m.processes[0].gone = true;
	run_silently(5);
	assert_leads("R34-exit", SEVERITY_NOTE);
	assert_part(m.verdict.text, "little came back");
	assert_part(m.verdict.text, "is gone since ");
}

static void test_jump(void **state)
{
	(void)state;
	run_silently(10);
	m.available -= 4;
	run_silently(1);
	assert_leads("R35-jump", SEVERITY_NOTE);
	assert_part(m.verdict.text, "4.0G more in use at ");
	assert_part(m.verdict.text, "no single process");
	assert_dated();
	run_silently(100);
	/* slowly it is none */
	m.fill = 100;
	run_silently(40);
	assert_true(machine_says(&m, "R35-jump") < 0);
}

/* Each of his steps is less than half of it: it is his nevertheless. */
static void test_jump_steady(void **state)
{
	(void)state;
	run_silently(10);
	m.fill = 900;
	m.processes[0].growth = 900;
	run_silently(8);
	assert_leads("R35-jump", SEVERITY_NOTE);
	assert_part(m.verdict.text, "than 5 s before: java[100]");
}

static void test_fork(void **state)
{
	(void)state;
	run_silently(10);
	m.processes[4] = (struct machine_process){
		.comm = "java",
		.pid = 500,
		.start_s = 5010,
		.ppid = 100,
		.anon = 11000,
	};
	run_silently(1);
	assert_leads("R32-fork", SEVERITY_NOTE);
	assert_part(m.verdict.text, "java[100] forked a copy");
	assert_dated();
	run_silently(70);
	/* another program is no copy */
	m.processes[5] = (struct machine_process){
		.comm = "php",
		.pid = 600,
		.start_s = 5100,
		.ppid = 100,
		.anon = 11000,
	};
	run_silently(3);
	assert_true(machine_says(&m, "R32-fork") < 0);
}

static void test_fork_too_large(void **state)
{
	(void)state;
	m.available = 9;
	m.swap_total = m.swap_free = 0;
	machine_run(&m, 10);
	m.processes[4] = (struct machine_process){
		.comm = "java",
		.pid = 500,
		.start_s = 5010,
		.ppid = 100,
		.anon = 11000,
	};
	machine_step(&m, 1);
	assert_int_equal(machine_says(&m, "R32-fork"), SEVERITY_WARN);
	/* as long as both live, and not a moment longer */
	machine_run(&m, 300);
	assert_int_equal(machine_says(&m, "R32-fork"), SEVERITY_WARN);
	m.processes[4].gone = true;
	machine_step(&m, 1);
	assert_true(machine_says(&m, "R32-fork") < 0);
}

/* What each has for itself alone grows by a page twice for each that is
 * copied. */
static void test_fork_copies(void **state)
{
	(void)state;
	m.processes[0].uss = 100;
	run_silently(10);
	m.processes[4] = (struct machine_process){
		.comm = "java",
		.pid = 500,
		.start_s = 5010,
		.ppid = 100,
		.anon = 11000,
		.uss = 50,
	};
	run_silently(3);
	assert_null(strstr(text_str(m.verdict.text), "so far"));
	m.processes[0].uss = 1124;
	m.processes[4].uss = 1074;
	run_silently(3);
	assert_part(m.verdict.text, "so far 1.0G is copied");
	m.processes[5] = m.processes[4];
	m.processes[5].pid = 501;
	m.processes[5].start_s = 5016;
	run_silently(2);
	assert_part(m.verdict.text, "2 times");
}

/* Who was there already and only became large is no copy. */
static void test_fork_late(void **state)
{
	(void)state;
	m.processes[4] = (struct machine_process){
		.comm = "java",
		.pid = 500,
		.start_s = 4900,
		.ppid = 100,
		.anon = 11000,
		.gone = true,
	};
	run_silently(10);
	m.processes[4].gone = false;
	run_silently(3);
	assert_true(machine_says(&m, "R32-fork") < 0);
}

static void test_service_first(void **state)
{
	(void)state;
	m.processes[0].comm = "dockerd";
	m.processes[1].comm = "worker";
	run_silently(20);
	m.available = 4;
	machine_run(&m, 500); /* full, and steady: by design */
	assert_int_equal(machine_says(&m, "R31-service-first"), SEVERITY_NOTE);
	m.fill = 8;
	m.flow[FLOW_SCAN_DIRECT] = 100;
	seconds_until("R31-service-first", SEVERITY_WARN, 120);
	/* gone: while it eases the title says near, and the words what it is */
	m.processes[0].gone = true;
	m.fill = 0;
	machine_run(&m, 12);
	for (size_t i = 0; i < VERDICT_ALSO; i++)
		if (m.verdict.also[i].rule &&
		    !strncmp(m.verdict.also[i].rule, "R31", 3))
			assert_part(m.verdict.also[i].text, "not any more");
}

/* Each kind of service, and whoever only looks like one. */
static void run_as(const char *comm, bool said)
{
	m.processes[0].comm = comm;
	m.processes[0].start_s++;
	m.available = 5;
	machine_run(&m, 130);
	assert_int_equal(machine_says(&m, "R31-service-first") >= SEVERITY_NOTE,
			 said);
}

static void test_services(void **state)
{
	static const char *const services[] = {
		"sshd", "systemd-journal", "dbus-broker",
		"init", "mariadbd",	   "kwin_wayland",
		"gdm3", "containerd",	   "postgres",
	};

	(void)state;
	m.processes[1].gone = m.processes[2].gone = true;
	for (size_t i = 0; i < ARRAY_SIZE(services); i++) {
		run_as(services[i], true);
		run_as("java", false);
	}
	run_as("sshd-session", false);
	run_as("bash", false); /* of another user */
	m.uid = 1000;
	run_as("-bash", true);
	assert_part(m.verdict.also[0].text, "your shell");
}

/* Two ways to say who grows, and none when nobody does. */
static void test_culprit(void **state)
{
	(void)state;
	set_thrash();
	m.processes[0].growth = 12;
	m.processes[1].growth = 9;
	machine_run(&m, 60);
	assert_part(m.verdict.who, "java[100]");
	assert_part(m.verdict.who, "postgres[200] grows too");
	m.processes[0].growth = m.processes[1].growth = .01;
	machine_run(&m, 10);
	assert_part(m.verdict.who, "java[100]");
	assert_part(m.verdict.who, "grew +720M/min until ");
	assert_int_equal(m.verdict.subjects[0].certainty, CERTAINTY_LIKELY);
}

static void test_advice(void **state)
{
	(void)state;
	m.panic = 1;
	machine_run(&m, 40);
	assert_leads("R30-panic-on-oom", SEVERITY_WARN);
	assert_part(m.verdict.advice, "sysctl vm.panic_on_oom=0");
	assert_part(m.verdict.advice, "back: sysctl vm.panic_on_oom=1");
	assert_part(m.verdict.todo, "? has a setting to try; 4 OOM");
	assert_part(m.verdict.todo_brief, "? has a setting to try; 4 OOM");
	m.panic = 0;
	machine_run(&m, 70);
	assert_null(m.verdict.advice);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_adj),
		CASE(test_exit),
		CASE(test_exit_shared),
		CASE(test_jump),
		CASE(test_jump_steady),
		CASE(test_fork),
		CASE(test_fork_too_large),
		CASE(test_fork_copies),
		CASE(test_fork_late),
		CASE(test_service_first),
		CASE(test_services),
		CASE(test_culprit),
		CASE(test_advice),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
