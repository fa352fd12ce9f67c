/* SPDX-License-Identifier: MIT
 *
 * What the verdict says of kills: whose limit it was, all of a group, again
 * and again, by a program in user space; and what is no kill.
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

static void set_groups(void)
{
	m.groups[0] = (struct machine_group){
		.path = "/web",
		.max = 16384,
		.anon = 12000,
		.file = 100,
	};
	m.groups[1] = (struct machine_group){
		.path = "/db",
		.max = 8192,
		.anon = 4000,
		.file = 100,
	};
	m.processes[0].cgroup = "/web";
	m.processes[1].cgroup = "/db";
}

/* The process of that group is killed, and started anew. */
static void kill_in(unsigned i)
{
	m.flow[FLOW_OOM_KILLS] = 1;
	m.groups[i].kills++;
	m.processes[i].gone = true;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 0;
	machine_run(&m, 10);
	m.processes[i].gone = false;
	m.processes[i].pid += 1000;
	m.processes[i].start_s = 5000 + (uint64_t)m.second;
}

/* Kills of before are no news, nor when their counter comes late. */
static void test_old_kills(void **state)
{
	(void)state;
	m.counter[FLOW_OOM_KILLS] = 7;
	m.vmstat = false;
	run_silently(5);
	assert_null(strstr(judged_line(), "kill"));
	m.vmstat = true;
	run_silently(30);
	assert_leads("R01-healthy", SEVERITY_OK);
	assert_part(m.verdict.text, "; 7 kills since boot");
}

static void test_limit(void **state)
{
	(void)state;
	set_groups();
	run_silently(20);
	m.flow[FLOW_OOM_KILLS] = 1;
	m.groups[0].kills = 1;
	m.processes[0].gone = true;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 0;
	/* at once that there was one, who a moment later */
	assert_leads("R16-oom-kill", SEVERITY_CRIT);
	assert_part(m.verdict.text, "killed 1 process");
	machine_run(&m, 4);
	assert_part(m.verdict.text, "the kernel killed probably java[100] with "
				    "11.7G in /web, which had reached its "
				    "limit of 16.0G");
	assert_part(m.verdict.brief, "java[100] with 11.7G, limit 16.0G");
	assert_int_equal(machine_says(&m, "R16-crash-loop"), -1);
	assert_int_equal(machine_says(&m, "R34-exit"), -1);
}

static void test_group_as_one(void **state)
{
	(void)state;
	set_groups();
	m.groups[0].as_one = true;
	run_silently(20);
	m.flow[FLOW_OOM_KILLS] = 5;
	m.groups[0].kills = 5;
	m.processes[0].gone = true;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 0;
	machine_run(&m, 4);
	assert_leads("R16-oom-kill", SEVERITY_CRIT);
	assert_part(m.verdict.text, "killed all of /web (5 processes), at its "
				    "limit of 16.0G");
	/* one death of a group is none of five */
	assert_int_equal(machine_says(&m, "R16-crash-loop"), -1);
}

static void test_again(void **state)
{
	(void)state;
	set_groups();
	run_silently(20);
	kill_in(0);
	kill_in(1);
	machine_run(&m, 60);
	kill_in(0);
	kill_in(1);
	/* twice each is not three times */
	assert_int_equal(machine_says(&m, "R16-crash-loop"), -1);
	machine_run(&m, 60);
	kill_in(0);
	assert_leads("R16-crash-loop", SEVERITY_CRIT);
	assert_part(m.verdict.text, "CRASH-LOOPING ON ITS LIMIT: /web ran into "
				    "its limit of 16.0G 3 times in 10 min");
	assert_part(m.verdict.todo, "6 Cgroups shows its limit (memory.max)");
	assert_part(m.verdict.todo_brief, "6 Cgroups");
	machine_run(&m, 460);
	assert_int_equal(machine_says(&m, "R16-crash-loop"), -1);
	/* mentioned for half an hour */
	assert_leads("R16-oom-kill", SEVERITY_WARN);
}

/* The second is one as well; and less than a second ago is 0s. */
static void test_second(void **state)
{
	(void)state;
	set_groups();
	run_silently(20);
	kill_in(0);
	machine_run(&m, 20);
	m.flow[FLOW_OOM_KILLS] = 1;
	m.groups[0].kills++;
	m.processes[0].gone = true;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 0;
	assert_part(m.verdict.text, "(0s ago): the kernel killed 1 process, 2 "
				    "kills in all");
	machine_step(&m, .9);
	assert_part(m.verdict.text, "(0s ago)");
}

/* As often, but not so soon. */
static void test_seldom(void **state)
{
	(void)state;
	set_groups();
	run_silently(20);
	for (int i = 0; i < 5; i++) {
		kill_in(0);
		assert_int_equal(machine_says(&m, "R16-crash-loop"), -1);
		machine_run(&m, 300);
	}
}

static void run_earlyoom(void)
{
	m.processes[4] = (struct machine_process){
		.comm = "earlyoom",
		.pid = 600,
		.start_s = 50,
		.ppid = 1,
		.anon = 2,
	};
}

static void test_user(void **state)
{
	(void)state;
	run_earlyoom();
	m.available = 5;
	machine_run(&m, 20);
	m.processes[0].gone = true;
	m.available = 16;
	seconds_until("R16-user-kill", SEVERITY_WARN, 10);
	assert_leads("R16-user-kill", SEVERITY_WARN);
	assert_part(m.verdict.text, "java[100] with 11.7G ended");
	assert_part(m.verdict.text, "earlyoom may have");
	machine_run(&m, 305);
	assert_int_equal(machine_says(&m, "R16-user-kill"), SEVERITY_NOTE);
	machine_run(&m, 1600);
	assert_int_equal(machine_says(&m, "R16-user-kill"), -1);
}

/* Certain where systemd-oomd has counted it, however much was left. */
static void test_oomd(void **state)
{
	(void)state;
	set_groups();
	m.groups[0].oomd = 2;
	run_silently(20);
	m.groups[0].oomd = 3;
	seconds_until("R16-user-kill", SEVERITY_WARN, 10);
	assert_leads("R16-user-kill", SEVERITY_WARN);
	assert_part(m.verdict.text, "systemd-oomd killed 1 process of /web");
	machine_run(&m, 305);
	assert_int_equal(machine_says(&m, "R16-user-kill"), SEVERITY_NOTE);
}

/* Who ends while there is plenty was not killed for memory. */
static void test_no_user(void **state)
{
	(void)state;
	run_earlyoom();
	run_silently(20);
	m.processes[0].gone = true;
	m.available = 51;
	run_silently(20);
	assert_int_equal(machine_says(&m, "R16-user-kill"), -1);
	assert_int_equal(machine_says(&m, "R34-exit"), SEVERITY_NOTE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_old_kills),	 CASE(test_limit),
		CASE(test_group_as_one), CASE(test_again),
		CASE(test_second),	 CASE(test_seldom),
		CASE(test_oomd),	 CASE(test_user),
		CASE(test_no_user),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
