/* SPDX-License-Identifier: MIT
 *
 * What the verdict says of control groups: near a limit, at it, slowed down,
 * starved; and inside a container.
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

/* ---- control groups ------------------------------------------------------ */

static struct machine_group *add_group(double max, double anon, double file)
{
	m.groups[0] = (struct machine_group){
		.path = "/batch",
		.max = max,
		.anon = anon,
		.file = file,
	};
	return &m.groups[0];
}

/* A writer of logs in a box of its own: full of its cache, which is dropped
 * and does not come back.  The box is at its limit all day, and what waits
 * there shows in the figures of an idle machine. */
static void test_group_cache(void **state)
{
	struct machine_group *g = add_group(512, 20, 491);

	(void)state;
	g->max_hits = 40;
	g->some = g->full = 7;
	m.mem_some = m.mem_full = 6.5;
	m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_SCAN_FILE] = 9000;
	run_silently(600);
	assert_true(machine_says(&m, "R05-stall") == SEVERITY_NOTE);
	assert_true(machine_says(&m, "R15-cgroup-at-limit") == SEVERITY_NOTE);
	assert_true(machine_says(&m, "R13-cgroup-out-of-memory") < 0);
	/* the same with what is dropped read again is trouble */
	m.flow[FLOW_REFAULT_FILE] = 3000;
	seconds_until("R05-stall", SEVERITY_WARN, 30);
}

/* Nor does the largest stall of one box pass unseen. */
static void test_group_stalls_all(void **state)
{
	struct machine_group *g = add_group(512, 20, 491);

	(void)state;
	g->max_hits = 50;
	m.mem_some = m.mem_full = 30;
	m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_SCAN_FILE] = 9000;
	seconds_until("R05-stall", SEVERITY_WARN, 30);
	machine_run(&m, 60);
	assert_leads("R05-stall", SEVERITY_WARN);
	assert_part(m.verdict.text, "/batch is at its own limit, the machine "
				    "is not short");
}

static void test_group_hard(void **state)
{
	struct machine_group *g = add_group(1000, 850, 150);

	(void)state;
	m.swap_total = m.swap_free = 0;
	run_silently(60);
	g->anon = 920;
	g->file = 80;
	assert_true(seconds_until("R13-cgroup-out-of-memory", SEVERITY_WARN,
				  15) <= 15);
	assert_part(m.verdict.text, "92% of what /batch may use cannot be "
				    "freed (920M of 1.0G)");
	g->anon = 980;
	g->file = 20;
	seconds_until("R13-cgroup-out-of-memory", SEVERITY_CRIT, 15);
	g->anon = 300;
	machine_run(&m, 8);
	assert_part(m.verdict.text, "/batch 98% of its limit could not be "
				    "freed at its worst, now 30%");
	assert_true(seconds_until_gone("R13-cgroup-out-of-memory", 60) <= 60);
}

/* Nothing waits, and a kill is seconds away: only growth says so. */
static void test_group_fills(void **state)
{
	struct machine_group *g = add_group(4000, 200, 100);

	(void)state;
	m.swap_total = m.swap_free = 0;
	run_silently(30);
	g->growth = 100;
	seconds_until("R13-cgroup-out-of-memory", SEVERITY_CRIT, 36);
	assert_true(g->anon < 3900);
	assert_part(m.verdict.text, "full in");
}

static void run_throttled(double every)
{
	struct machine_group *g = add_group(0, 215, 5);

	g->high = 200;
	m.groups_every = every;
	run_silently(30);
	g->high_hits = 5;
	seconds_until("R14-cgroup-throttled", SEVERITY_NOTE, 30);
	g->some = 30;
	seconds_until("R14-cgroup-throttled", SEVERITY_WARN, 30);
	assert_part(m.verdict.text, "10% over memory.high, each batch of "
				    "allocations pauses ~640 ms");
	g->anon = 260;
	g->full = 60;
	seconds_until("R14-cgroup-throttled", SEVERITY_CRIT, 60);
	g->high_hits = 0;
	assert_true(seconds_until_gone("R14-cgroup-throttled", 90) <= 90);
}

static void test_group_throttled(void **state)
{
	(void)state;
	run_throttled(0);
}

/* Groups are read less often than the rest when there are many. */
static void test_group_throttled_slowly(void **state)
{
	(void)state;
	run_throttled(3);
}

/* While it eases there is nothing to count: no figure is made up. */
static void test_group_below_again(void **state)
{
	struct machine_group *g = add_group(0, 230, 5);

	(void)state;
	g->high = 200;
	machine_run(&m, 30);
	g->high_hits = 5;
	g->some = 30;
	seconds_until("R14-cgroup-throttled", SEVERITY_WARN, 30);
	g->anon = 150;
	for (int i = 0; i < 60; i++) {
		machine_step(&m, 1);
		assert_null(strstr(judged_line(), "nan"));
	}
	assert_true(machine_says(&m, "R14-cgroup-throttled") < 0);
}

/* A kill that is near is seen however many others are at their limits. */
static void test_many_groups(void **state)
{
	static char paths[MACHINE_GROUPS][8];

	(void)state;
	m.swap_total = m.swap_free = 0;
	for (size_t i = 0; i < MACHINE_GROUPS; i++) {
		add_group(512, 20, 491)->max_hits = 40;
		m.groups[i] = m.groups[0];
		snprintf(paths[i], sizeof(paths[i]), "/g%zu", i);
		m.groups[i].path = paths[i];
	}
	m.groups[0].path = paths[0];
	machine_run(&m, 60);
	assert_int_equal(machine_says(&m, "R15-cgroup-at-limit"),
			 SEVERITY_NOTE);
	m.groups[MACHINE_GROUPS - 1].anon = 490;
	m.groups[MACHINE_GROUPS - 1].file = 21;
	seconds_until("R13-cgroup-out-of-memory", SEVERITY_WARN, 20);
	assert_part(m.verdict.text, paths[MACHINE_GROUPS - 1]);
	/* and takes nothing from what is said of the others */
	assert_int_equal(machine_says(&m, "R15-cgroup-at-limit"),
			 SEVERITY_NOTE);
}

/* What a group waits is in the figures of those above it. */
static void test_group_below_another(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		static const char *const paths[] = { "/s", "/s/a/b", "/s/a" };

		m.groups[i] =
			(struct machine_group){ .path = paths[i], .anon = 300 };
	}
	run_silently(30);
	for (size_t i = 0; i < 3; i++)
		m.groups[i].some = m.groups[i].full = 15;
	seconds_until("R06-cgroup-stall", SEVERITY_WARN, 30);
	machine_run(&m, 10);
	assert_part(m.verdict.text, "/s/a/b");
}

/* All of what /s waits is in one of those below it, or in several. */
static void add_chain(void)
{
	static const char *const paths[] = { "/s", "/s/a", "/s/b", "/s/a/c",
					     "/sx" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		m.groups[i] =
			(struct machine_group){ .path = paths[i], .anon = 300 };
}

static bool is_said(const char *what)
{
	for (size_t i = 0; i < VERDICT_ALSO; i++)
		if (m.verdict.also[i].rule &&
		    strstr(text_str(m.verdict.also[i].text), what))
			return true;
	return strstr(judged_line(), what) != NULL;
}

static void stall_chain(double s, double a, double b, double c)
{
	const double stalls[] = { s, a, b, c };

	for (size_t i = 0; i < ARRAY_SIZE(stalls); i++)
		m.groups[i].some = m.groups[i].full = stalls[i];
	machine_run(&m, 60);
}

static void test_group_nearly_all(void **state)
{
	(void)state;
	add_chain();
	machine_run(&m, 30);
	/* below a limit by itself, and above it with those it stands for */
	stall_chain(44, 39, 3, 36);
	assert_leads("R06-cgroup-stall", SEVERITY_CRIT);
	assert_part(m.verdict.text, "/s/a/c lost 36%");
	assert_false(is_said("/s lost"));
	assert_false(is_said("/s/a lost"));
	/* half of it is no reason to name one */
	stall_chain(44, 30, 25, 29);
	assert_leads("R06-cgroup-stall", SEVERITY_CRIT);
	assert_part(m.verdict.text, "/s lost 44%");
	assert_false(is_said("/s/a"));
	assert_false(is_said("/s/b lost"));
	/* others run in the one above */
	stall_chain(2, 30, 0, 12);
	assert_leads("R06-cgroup-stall", SEVERITY_WARN);
	assert_part(m.verdict.text, "/s/a lost 30%");
	assert_false(is_said("/s/a/c"));
	/* both of them */
	stall_chain(50, 50, 45, 3);
	assert_true(is_said("/s/a lost"));
	assert_true(is_said("/s/b lost"));
	assert_false(is_said("/s lost"));
}

/* Some hits of its limit are how a group with one lives. */
static void test_group_high_seldom(void **state)
{
	struct machine_group *g = add_group(0, 190, 5);

	(void)state;
	g->high = 200;
	g->high_hits = .2;
	g->some = 3;
	run_silently(300);
	assert_true(machine_says(&m, "R14-cgroup-throttled") < 0);
}

static void test_group_starved(void **state)
{
	struct machine_group *g = add_group(0, 300, 5);

	(void)state;
	run_silently(30);
	g->some = g->full = 15;
	m.mem_some = 3; /* a wide machine */
	g->high_hits = 1;
	seconds_until("R06-cgroup-stall", SEVERITY_WARN, 30);
	assert_part(m.verdict.text, "it is above its own memory.high");
	/* the machine waits as much: it is not the group's own trouble */
	m.mem_some = 12;
	assert_true(seconds_until_gone("R06-cgroup-stall", 60) <= 60);
}

/* Another group by the name of one that went: its counters begin anew. */
static void test_group_again(void **state)
{
	struct machine_group *g = add_group(512, 20, 100);

	(void)state;
	g->some = g->full = 3;
	g->high_hits = g->max_hits = 1;
	run_silently(60);
	memset(m.group_counter, 0, sizeof(m.group_counter));
	run_silently(60);
	assert_true(machine_says(&m, "R06-cgroup-stall") < 0);
}

static void test_group_guarantee(void **state)
{
	struct machine_group *g = add_group(0, 300, 5);

	(void)state;
	g->low = 400;
	run_silently(30);
	g->low_hits = 2;
	assert_true(seconds_until("R41-guarantee", SEVERITY_NOTE, 45) >= 30);
	g->low_hits = 0;
	machine_run(&m, 55);
	assert_int_equal(machine_says(&m, "R41-guarantee"), SEVERITY_NOTE);
	machine_run(&m, 30);
	assert_true(machine_says(&m, "R41-guarantee") < 0);
}

/* What comes next is a kill in there, by an order of its own. */
static void test_group_victim(void **state)
{
	struct machine_group *g = add_group(512, 490, 0);

	(void)state;
	g->path = "/web";
	m.processes[2].cgroup = "/web";
	m.processes[2].anon = 200;
	m.processes[3].cgroup = "/web/below";
	m.processes[3].anon = 100;
	machine_run(&m, 60);
	assert_int_equal(machine_says(&m, "R13-cgroup-out-of-memory"),
			 SEVERITY_WARN);
	assert_part(m.verdict.next, "OOM kill in /web");
	assert_part(m.verdict.next, "nginx[300]");
	assert_part(m.verdict.next, "of its limit");
	assert_int_equal(m.verdict.subjects[1].pid, 300);
}

/* In a container its own limit leads, the host comes second. */
static void test_container(void **state)
{
	struct machine_group *g = add_group(2048, 500, 0);

	(void)state;
	g->path = "/";
	m.container = g->own = true;
	m.processes[3].cgroup = "/";
	machine_run(&m, 60);
	assert_leads("R01-container", SEVERITY_OK);
	assert_part(m.verdict.text,
		    "1.5G of the container's limit of 2.0G available");
	assert_part(m.verdict.text, "40.0G on the host");
	assert_part(m.verdict.next, "1.5G below the container's limit");
	/* the host has its troubles too */
	m.mem_some = 3;
	m.mem_full = 0;
	machine_run(&m, 60);
	assert_leads("R05-stall", SEVERITY_NOTE);
	assert_part(m.verdict.text, "host: memory stalls");
	/* its own go first */
	m.mem_some = 40;
	m.mem_full = 6;
	m.flow[FLOW_SCAN_KSWAPD] = 1000;
	g->anon = 1900;
	machine_run(&m, 60);
	assert_leads("R13-cgroup-out-of-memory", SEVERITY_WARN);
	assert_part(m.verdict.text, "this container");
	assert_part(m.verdict.next, "OOM kill in this container");
	assert_int_equal(machine_says(&m, "R05-stall"), SEVERITY_WARN);
}

/* Names of files are charged to who looks them up. */
static void test_group_names(void **state)
{
	struct machine_group *g = add_group(1024, 300, 100);

	(void)state;
	g->names = 120;
	machine_run(&m, 60);
	assert_leads("R01-healthy", SEVERITY_OK);
	g->names = 320;
	assert_true(seconds_until("R22-cgroup-file-names", SEVERITY_NOTE, 40) >=
		    30);
	assert_part(m.verdict.text, "320M, 31% of what /batch may use, is "
				    "caches of file names; the kernel can");
	g->some = 6;
	seconds_until("R22-cgroup-file-names", SEVERITY_WARN, 40);
	assert_part(m.verdict.text, "dropping them is slow, some task in it "
				    "waits 6%");
	/* without a limit they are the machine's */
	g->max = 0;
	machine_run(&m, 70);
	assert_int_equal(machine_says(&m, "R22-cgroup-file-names"), -1);
}

/* What may be killed in a container is what counts there. */
static void test_container_killable(void **state)
{
	struct machine_group *g = add_group(2048, 1500, 0);

	(void)state;
	g->path = "/";
	m.container = g->own = true;
	m.processes[2].cgroup = m.processes[3].cgroup = "/";
	m.processes[3].anon = 1000;
	run_silently(60);
	assert_int_equal(machine_says(&m, "R30-nothing-to-kill"), -1);
	m.processes[3].adj = -1000;
	m.processes[2].anon = 150;
	machine_run(&m, 60);
	assert_leads("R30-nothing-to-kill", SEVERITY_WARN);
	assert_part(m.verdict.text,
		    "): if memory runs out in this container, the kernel has "
		    "almost nothing it may kill: 170M of 2.0G belongs to "
		    "killable programs; 1 is protected");
	/* nobody is known to be in it, or all in it are protected */
	m.processes[2].cgroup = m.processes[3].cgroup = NULL;
	m.processes[2].anon = m.processes[3].anon = 151;
	machine_run(&m, 90);
	assert_int_equal(machine_says(&m, "R30-nothing-to-kill"), -1);
	m.processes[3].cgroup = "/";
	m.processes[3].anon = 152;
	machine_run(&m, 60);
	assert_part(m.verdict.text, "it may kill: 0 of 2.0G");
	/* plenty is left in there */
	g->anon = 500;
	machine_run(&m, 90);
	assert_int_equal(machine_says(&m, "R30-nothing-to-kill"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_group_cache),
		CASE(test_group_stalls_all),
		CASE(test_group_hard),
		CASE(test_group_fills),
		CASE(test_group_throttled),
		CASE(test_group_throttled_slowly),
		CASE(test_group_high_seldom),
		CASE(test_group_starved),
		CASE(test_group_again),
		CASE(test_group_guarantee),
		CASE(test_group_victim),
		CASE(test_container),
		CASE(test_container_killable),
		CASE(test_group_names),
		CASE(test_group_below_again),
		CASE(test_many_groups),
		CASE(test_group_below_another),
		CASE(test_group_nearly_all),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
