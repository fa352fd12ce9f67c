/* SPDX-License-Identifier: MIT
 *
 * Who took the memory, for longer than it grows; what dies next where memory
 * runs out first; and what fits on a narrow screen.
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

#include "../../src/judge/words.h"
#include "judged.h"
#include "memtop/base.h"
#include "memtop/text.h"

static void lacks_part(const struct text *text, const char *part)
{
	if (text && strstr(text_str(text), part))
		fail_msg("\"%s\" has \"%s\"", text_str(text), part);
}

/* It has grown, stops, is ended: the one to blame all the same. */
static void test_taker(void **state)
{
	(void)state;
	set_thrash();
	m.processes[0].growth = 0;
	m.processes[1].growth = 20;
	machine_run(&m, 60);
	assert_part(m.verdict.who, "postgres[200]");
	assert_part(m.verdict.who, "+1.2G/min");
	lacks_part(m.verdict.who, "until");
	m.processes[1].growth = 0;
	machine_run(&m, 120);
	assert_part(m.verdict.who, "postgres[200]");
	assert_part(m.verdict.who, "grew +1.2G/min until ");
	assert_part(m.verdict.who_brief, "+1.2G/min until ");
	assert_int_equal(m.verdict.subjects[0].certainty, CERTAINTY_LIKELY);
	m.processes[1].gone = true;
	machine_run(&m, 10);
	assert_part(m.verdict.who, "is gone; largest now java[100] 11.7G");
	assert_part(m.verdict.who_brief, ", gone");
}

/* Who grew long before it began has nothing to do with it. */
static void test_taker_of_before(void **state)
{
	(void)state;
	m.processes[1].growth = 20;
	machine_run(&m, 60);
	m.processes[1].growth = 0;
	machine_run(&m, 300);
	set_thrash();
	m.processes[0].growth = 0;
	machine_run(&m, 60);
	assert_int_equal(m.verdict.severity, SEVERITY_CRIT);
	assert_part(m.verdict.who, "largest: java[100]");
	assert_int_equal(m.verdict.subjects[0].certainty, CERTAINTY_MAYBE);
}

/* Who grew just before, and is small all the same, took nothing that matters. */
static void test_small_taker(void **state)
{
	struct machine_process *p = &m.processes[4];

	(void)state;
	*p = (struct machine_process){ .comm = "worker",
				       .pid = 500,
				       .ppid = 1 };
	p->growth = 20;
	machine_run(&m, 30);
	p->growth = 0;
	set_thrash();
	m.processes[0].growth = 0;
	machine_run(&m, 60);
	assert_true(m.verdict.severity >= SEVERITY_WARN);
	assert_part(m.verdict.who, "largest: java[100]");
}

/* It has no rate yet: all it has was taken in its life. */
static void test_newborn(void **state)
{
	struct machine_process *p = &m.processes[4];

	(void)state;
	machine_run(&m, 30);
	*p = (struct machine_process){ .comm = "worker",
				       .pid = 500,
				       .ppid = 1 };
	p->start_s = 5000 + (uint64_t)m.second;
	p->growth = 200;
	set_thrash();
	machine_run(&m, 14);
	assert_part(m.verdict.who, "worker[500]");
}

/* Nobody has a hundredth of RAM. */
static void test_small(void **state)
{
	(void)state;
	set_thrash();
	for (size_t i = 0; i < MACHINE_PROCESSES; i++) {
		m.processes[i].anon = 50;
		m.processes[i].growth = 0;
	}
	machine_run(&m, 14);
	assert_part(m.verdict.who, "70M RSS, <1% of RAM");
}

/* While nothing is wrong nobody is about to be killed. */
static void test_calm(void **state)
{
	(void)state;
	m.available = 20;
	m.swap_total = m.swap_free = 0;
	machine_run(&m, 60);
	assert_true(m.verdict.severity < SEVERITY_WARN);
	assert_part(m.verdict.next, "no OOM risk now; first would be "
				    "java[100], 18.4% of RAM+swap; room left "
				    "20.0G, no swap");
	assert_string_equal(text_str(m.verdict.next_brief),
			    "no OOM risk now; first: java[100] (18%); room "
			    "left 20.0G, no swap");
}

/* The first sample knows names only: that is no reason to say that nobody may
 * be killed, and the next one tells. */
static void test_not_read_yet(void **state)
{
	(void)state;
	m.available = 20;
	m.swap_total = m.swap_free = 0;
	for (size_t i = 0; i < MACHINE_PROCESSES; i++)
		m.processes[i].unread = true;
	machine_step(&m, 1);
	assert_string_equal(text_str(m.verdict.next),
			    "who would be killed is not known yet");
	assert_string_equal(text_str(m.verdict.next_brief),
			    "victim not known yet");
	for (size_t i = 0; i < MACHINE_PROCESSES; i++)
		m.processes[i].unread = false;
	machine_step(&m, 1);
	assert_part(m.verdict.next, "first would be java[100]");
	for (size_t i = 0; i < MACHINE_PROCESSES; i++)
		m.processes[i].gone = true;
	machine_run(&m, 10);
	assert_string_equal(text_str(m.verdict.next),
			    "nothing that may be killed is known");
}

/* Nobody has what an oom_score_adj adds. */
static void test_counted(void **state)
{
	(void)state;
	m.available = 20;
	m.swap_total = m.swap_free = 0;
	m.processes[1].adj = 700;
	machine_run(&m, 80);
	assert_part(m.verdict.next,
		    "first would be postgres[200], counted as ");
	assert_part(m.verdict.next, "% of RAM+swap (adj 700); room");
	for (size_t i = 0; i < MACHINE_PROCESSES; i++)
		m.processes[i].adj = -900;
	machine_run(&m, 80);
	assert_part(m.verdict.next, "java[100], counted as -");
	assert_part(m.verdict.next, "(adj -900)");
}

/* Memory is full after it has overtaken the first: the narrow line says so. */
static void test_overtaker(void **state)
{
	(void)state;
	m.available = 11;
	m.swap_total = m.swap_free = 0;
	m.fill = m.processes[1].growth = 50;
	m.processes[1].anon = 7000;
	machine_run(&m, 60);
	assert_part(m.verdict.next, "java[100]");
	assert_part(m.verdict.next, "at this rate postgres[200] overtakes it");
	assert_part(m.verdict.next_brief, "java[100]");
	assert_part(m.verdict.next_brief, "postgres[200]");
	assert_part(m.verdict.next_brief, "; full ");
	assert_true(text_cells(text_str(m.verdict.next_brief)) <= 72);
}

static struct machine_group *add_service(void)
{
	m.groups[0] = (struct machine_group){
		.path = "/system.slice/worker.service",
		.max = 1024,
		.anon = 300,
	};
	m.processes[2].cgroup = m.groups[0].path;
	m.processes[2].anon = 300;
	return &m.groups[0];
}

/* The machine has room, its cgroup hasn't: there it dies, whoever is largest
 * on the machine. */
static void test_limit_of_grower(void **state)
{
	struct machine_group *g = add_service();

	(void)state;
	g->max = 2048;
	m.available = 4.5;
	m.swap_total = m.swap_free = 0;
	m.fill = g->growth = m.processes[2].growth = 15;
	machine_run(&m, 45);
	assert_true(m.verdict.severity >= SEVERITY_WARN);
	assert_int_equal(machine_says(&m, "R13-cgroup-out-of-memory"), -1);
	assert_part(m.verdict.next, "OOM kill in /system.slice/worker");
	assert_part(m.verdict.next, ": nginx[300]");
	assert_part(m.verdict.next_brief, "OOM there kills nginx[300]");
}

/* What ends at a limit does not fill the machine, and is not said to. */
static void test_bound(void **state)
{
	struct machine_group *g = add_service();

	(void)state;
	g->max = 6144;
	m.available = 13;
	m.swap_total = m.swap_free = 0;
	m.fill = g->growth = m.processes[2].growth = 60;
	assert_true(seconds_until("R21-filling", SEVERITY_WARN, 60) < 60);
	assert_leads("R21-filling", SEVERITY_WARN);
	assert_part(m.verdict.text, "; /system.slice/worker.service will be at "
				    "its limit in ~1 min");
	assert_part(m.verdict.brief, "/system.slice/w+ full in ~1 min");
	assert_part(m.verdict.who, "nginx[300]");
	lacks_part(m.verdict.text, "full in");
	/* others take more: the machine fills as well */
	m.fill = 180;
	machine_run(&m, 10);
	lacks_part(m.verdict.text, "its limit");
	assert_part(m.verdict.text, "full in");
}

/* The only one that grows takes far less than what is lost. */
static void test_no_taker(void **state)
{
	(void)state;
	m.available = 14;
	m.swap_total = m.swap_free = 0;
	m.fill = 60;
	m.processes[2].growth = 14;
	assert_true(seconds_until("R21-filling", SEVERITY_WARN, 60) < 60);
	lacks_part(m.verdict.text, "takes it");
	assert_part(m.verdict.who, "largest: java[100]");
	m.processes[2].growth = 17;
	machine_run(&m, 10);
	assert_part(m.verdict.text, "nginx[300] takes it");
}

/* Nobody has looked at processes for seconds: the first line names who it is
 * all the same. */
static void test_first_line(void **state)
{
	(void)state;
	m.swap_total = m.swap_free = 0;
	for (unsigned k = 0; k < 10; k++) {
		struct machine_process *p = &m.processes[2 + k % 2];

		machine_run(&m, 100 + k);
		assert_leads("R01-healthy", SEVERITY_OK);
		p->growth = 600;
		m.available = 1;
		assert_true(seconds_until("R12-out-of-memory", SEVERITY_CRIT,
					  5) <= 5);
		assert_part(m.verdict.who, p->comm);
		p->growth = 0;
		p->anon = 500;
		m.available = 40;
	}
}

/* The room is back: it is not near any more, though the line stays. */
static void test_room_again(void **state)
{
	(void)state;
	m.available = 4;
	m.swap_total = m.swap_free = 0;
	m.fill = 50;
	machine_run(&m, 60);
	assert_leads("R12-out-of-memory", SEVERITY_CRIT);
	assert_part(m.verdict.brief, " available (2%), no swap");
	m.fill = 0;
	m.available = 30;
	machine_run(&m, 5);
	assert_leads("R12-out-of-memory", SEVERITY_CRIT);
	assert_part(m.verdict.text, ": 30.0G available again (47%)");
}

static void kill_service(void)
{
	m.flow[FLOW_OOM_KILLS] = 1;
	m.groups[0].kills++;
	m.groups[0].anon = 0;
	m.processes[2].gone = true;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 0;
}

/* Somebody was killed at a limit: what comes next is about that one, and
 * nobody is named before it fills again. */
static void test_after_kill(void **state)
{
	struct machine_group *g = add_service();

	(void)state;
	machine_run(&m, 20);
	g->anon = m.processes[2].anon = 1000;
	machine_run(&m, 5);
	kill_service();
	machine_run(&m, 5);
	assert_leads("R16-oom-kill", SEVERITY_CRIT);
	assert_string_equal(text_str(m.verdict.next),
			    "no OOM soon; room left 1.0G in "
			    "/system.slice/worker.se+");
	m.processes[2].gone = false;
	m.processes[2].pid = 301;
	m.processes[2].start_s = 5000 + (uint64_t)m.second;
	m.processes[2].anon = g->anon = 990;
	machine_run(&m, 10);
	assert_leads("R16-oom-kill", SEVERITY_CRIT);
	assert_part(m.verdict.next, ": nginx[301]");
	assert_part(m.verdict.next_brief, "OOM there kills nginx[301] (99%)");
}

/* The first is killed: the next one is no less sure for that, and nobody far
 * behind is named with it. */
static void test_next_in_line(void **state)
{
	(void)state;
	m.available = 5;
	m.swap_total = m.swap_free = 0;
	m.fill = 20;
	machine_run(&m, 60);
	assert_part(m.verdict.next, "OOM kill: java[100]");
	m.fill = 0;
	m.available = 2;
	m.processes[0].gone = true;
	m.flow[FLOW_OOM_KILLS] = 1;
	machine_step(&m, 1);
	m.flow[FLOW_OOM_KILLS] = 0;
	machine_run(&m, 5);
	assert_part(m.verdict.next, "postgres[200]");
	lacks_part(m.verdict.next, "nginx");
	lacks_part(m.verdict.next_brief, " or ");
}

/* All in it go with the first. */
static void test_with_its_group(void **state)
{
	struct machine_group *g = add_service();

	(void)state;
	g->as_one = true;
	g->anon = 950;
	m.processes[2].anon = 700;
	m.processes[3].anon = 250;
	m.processes[3].cgroup = g->path;
	machine_run(&m, 60);
	assert_int_equal(machine_says(&m, "R13-cgroup-out-of-memory"),
			 SEVERITY_WARN);
	assert_part(m.verdict.next, "nginx[300] and 1 more of its group");
}

/* The beginning is the last that the narrow line gives up. */
static void test_beginning_stays(void **state)
{
	(void)state;
	m.available = 5;
	m.swap_total = 8;
	m.swap_free = .3;
	m.fill = 50;
	machine_run(&m, 60);
	assert_leads("R12-out-of-memory", SEVERITY_CRIT);
	assert_part(m.verdict.brief, "OUT OF MEMORY NEAR since 13:");
	assert_true(text_cells(text_str(m.verdict.brief)) <= 72);
}

/* A sentence that names too much ends with a whole character. */
static void test_long_names(void **state)
{
	char name[300] = "";
	struct words words;

	(void)state;
	while (strlen(name) + 3 < sizeof(name))
		strcat(name, "\u8a18");
	words_text(&words, "a%s", name);
	words_brief(&words, "a%s", name);
	assert_int_equal(strlen(words.text), 1 + 84 * 3);
	assert_int_equal(strlen(words.brief), 1 + 31 * 3);
	assert_memory_equal(words.text + 1, name, strlen(words.text) - 1);
	assert_memory_equal(words.brief + 1, name, strlen(words.brief) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_taker),	   CASE(test_taker_of_before),
		CASE(test_small_taker),	   CASE(test_newborn),
		CASE(test_small),	   CASE(test_calm),
		CASE(test_overtaker),	   CASE(test_limit_of_grower),
		CASE(test_not_read_yet),   CASE(test_counted),
		CASE(test_after_kill),	   CASE(test_next_in_line),
		CASE(test_with_its_group), CASE(test_beginning_stays),
		CASE(test_first_line),	   CASE(test_bound),
		CASE(test_no_taker),	   CASE(test_room_again),
		CASE(test_long_names),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
