/* SPDX-License-Identifier: MIT
 *
 * When memory will be gone: what swap takes no faster than it can, and what
 * ends at the limit of a control group before the machine is full.
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
#include "memtop/base.h"

/* ---- swap ---------------------------------------------------------------- */

/* For some seconds programs free memory themselves, and swap takes so many
 * pages a second. */
static void press(double pages)
{
	m.flow[FLOW_SCAN_DIRECT] = 5000;
	m.flow[FLOW_STEAL_DIRECT] = 4000;
	m.flow[FLOW_SWAP_OUT] = pages;
	machine_run(&m, 15);
	m.flow[FLOW_SCAN_DIRECT] = m.flow[FLOW_STEAL_DIRECT] = 0;
	m.flow[FLOW_SWAP_OUT] = 0;
}

/* Down to little RAM, in front of 16 GiB of swap. */
static void fall(void)
{
	m.available = 10;
	m.fill = 300;
	machine_run(&m, 30);
}

static void test_swap_unmeasured(void **state)
{
	(void)state;
	machine_run(&m, 15);
	fall();
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), SEVERITY_CRIT);
}

static void test_swap_fast(void **state)
{
	(void)state;
	press(100000);
	fall();
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), SEVERITY_CRIT);
}

/* A disk that takes 20 MiB a second is not full within a minute. */
static void test_swap_slow(void **state)
{
	(void)state;
	press(5000);
	fall();
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), -1);
	assert_true(machine_says(&m, "R03-available-low") >= SEVERITY_NOTE);
	m.swap_free = 1;
	machine_run(&m, 5);
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), SEVERITY_CRIT);
}

/* That little was asked of it says nothing of what it could take. */
static void test_swap_lull(void **state)
{
	(void)state;
	m.flow[FLOW_SWAP_OUT] = 5000;
	machine_run(&m, 15);
	m.flow[FLOW_SWAP_OUT] = 0;
	machine_run(&m, 15);
	press(100);
	fall();
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), SEVERITY_CRIT);
}

/* What zram does not make smaller gives no room, however fast it is taken. */
static void test_swap_incompressible(void **state)
{
	(void)state;
	m.zram_stored = m.zram_used = 8;
	m.swap_free = 8;
	press(100000);
	fall();
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), SEVERITY_CRIT);
}

/* ---- a limit that is nearer ---------------------------------------------- */

static struct machine_group *add_service(double max)
{
	m.groups[0] = (struct machine_group){
		.path = "/system.slice/worker.service",
		.max = max,
		.anon = 300,
	};
	m.processes[2].cgroup = m.groups[0].path;
	m.processes[2].anon = 300;
	m.swap_total = m.swap_free = 0;
	return &m.groups[0];
}

static void grow(struct machine_group *g, double rate)
{
	g->growth = m.processes[2].growth = rate;
}

/* It ends with memory left: the machine is not near its end. */
static void test_bound_machine(void **state)
{
	struct machine_group *g = add_service(4096);

	(void)state;
	m.available = 8;
	m.fill = 80;
	grow(g, 80);
	machine_run(&m, 30);
	assert_leads("R21-filling", SEVERITY_WARN);
	assert_part(m.verdict.text, "will be at its limit");
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), -1);
}

/* What others take besides goes on, and then it is. */
static void test_bound_besides(void **state)
{
	struct machine_group *g = add_service(4096);

	(void)state;
	m.available = 8;
	m.fill = 130;
	grow(g, 80);
	machine_run(&m, 30);
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), SEVERITY_CRIT);
}

/* The machine has hours of room, the group a minute. */
static void test_bound_time(void **state)
{
	struct machine_group *g = add_service(2800);

	(void)state;
	m.fill = 30;
	machine_run(&m, 60);
	assert_true(machine_says(&m, "R21-filling") < SEVERITY_WARN);
	grow(g, 30);
	assert_true(seconds_until("R21-filling", SEVERITY_WARN, 15) <= 15);
	assert_part(m.verdict.text, "will be at its limit in ~1 min");
	/* more than was watched tells nobody */
	grow(g, 0);
	machine_run(&m, 30);
	assert_true(machine_says(&m, "R21-filling") < SEVERITY_WARN);
}

/* What others take besides is full first: that is what has to be said. */
static void test_bound_later(void **state)
{
	struct machine_group *g = add_service(14000);

	(void)state;
	m.available = 20;
	m.fill = 200;
	grow(g, 110);
	machine_run(&m, 30);
	assert_leads("R21-filling", SEVERITY_WARN);
	assert_part(m.verdict.text, "full in ~1 min");
}

/* Some seconds say nothing of the minutes after the group has ended. */
static void test_bound_besides_reach(void **state)
{
	struct machine_group *g = add_service(4096);

	(void)state;
	m.available = 8;
	m.fill = 100;
	grow(g, 90);
	machine_run(&m, 20);
	assert_leads("R21-filling", SEVERITY_WARN);
	assert_part(m.verdict.text, "will be at its limit");
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), -1);
}

/* Ten seconds of growth say nothing of the next ten minutes. */
static void test_bound_reach(void **state)
{
	struct machine_group *g = add_service(15000);

	(void)state;
	run_silently(30);
	m.fill = 30;
	grow(g, 30);
	run_silently(60);
	seconds_until("R21-filling", SEVERITY_WARN, 120);
}

/* ---- what the kernel cannot take ----------------------------------------- */

/* Just as much as would do; then a part of it is for devices only. */
static void test_contiguous(void **state)
{
	(void)state;
	m.watermark = .1;
	m.swap_total = m.swap_free = 0;
	m.free = .4;
	m.active_file = .1;
	run_silently(30);
	m.cma = .3;
	assert_true(seconds_until("R12-out-of-memory", SEVERITY_CRIT, 5) <= 5);
}

/* It kills while there is memory left, where it was told to. */
static void test_min_ttl(void **state)
{
	(void)state;
	m.tunables[0] =
		(struct machine_tunable){ "lru_gen.min_ttl_ms", "1000" };
	m.available = 1;
	m.swap_free = 0;
	machine_run(&m, 10);
	assert_leads("R12-out-of-memory", SEVERITY_CRIT);
	assert_null(strstr(judged_line(), "min_ttl_ms"));
	m.tunables[1] = (struct machine_tunable){ "lru_gen.enabled", "0x0007" };
	machine_run(&m, 2);
	assert_part(m.verdict.text,
		    "; the kernel may kill before that (min_ttl_ms is 1000)");
}

static void thrash(void)
{
	m.mem_some = 12;
	m.flow[FLOW_STEAL_FILE] = m.flow[FLOW_STEAL_KSWAPD] = 9000;
	m.flow[FLOW_SCAN_FILE] = 20000;
	m.flow[FLOW_REFAULT_FILE] = 8600;
	machine_run(&m, 30);
	assert_true(machine_says(&m, "R09-cache-thrash") >= SEVERITY_WARN);
}

static void test_young(void **state)
{
	(void)state;
	m.available = 20;
	m.flow[FLOW_SCAN_KSWAPD] = 20000;
	thrash();
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), -1);
	m.tunables[0] =
		(struct machine_tunable){ "lru_gen.min_ttl_ms", "1000" };
	m.tunables[1] = (struct machine_tunable){ "lru_gen.enabled", "0x0007" };
	machine_run(&m, 5);
	assert_leads("R12-out-of-memory", SEVERITY_WARN);
	assert_part(m.verdict.text, "in the last 1000 ms (min_ttl_ms); 20.0G "
				    "available");
}

/* A cgroup at its own limit is no business of kswapd. */
static void test_young_elsewhere(void **state)
{
	(void)state;
	m.tunables[0] =
		(struct machine_tunable){ "lru_gen.min_ttl_ms", "1000" };
	m.tunables[1] = (struct machine_tunable){ "lru_gen.enabled", "0x0007" };
	m.flow[FLOW_SCAN_KSWAPD] = 0;
	thrash();
	assert_int_equal(machine_says(&m, "R12-out-of-memory"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_swap_unmeasured),
		CASE(test_swap_fast),
		CASE(test_swap_slow),
		CASE(test_swap_lull),
		CASE(test_bound_later),
		CASE(test_bound_besides_reach),
		CASE(test_swap_incompressible),
		CASE(test_bound_machine),
		CASE(test_bound_besides),
		CASE(test_bound_time),
		CASE(test_bound_reach),
		CASE(test_contiguous),
		CASE(test_min_ttl),
		CASE(test_young),
		CASE(test_young_elsewhere),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
