/* SPDX-License-Identifier: MIT
 *
 * Who is named when the file cache thrashes: who reads what the disks give, if
 * that is clear, and nobody for it otherwise.
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
#include "memtop/readers.h"

/* nginx, postgres and cron of the made-up machine. */
static struct {
	pid_t pid;
	uint64_t start_s;
	double rate, share; /* MiB a second; share NAN: a gift */
	bool denied;
} readers[3];
/* Whether the list was read in this second. */
static bool is_read;

static void add_readers(struct snapshot *s)
{
	static uint64_t read_ns;
	struct list *list = list_new(ENTITY_READER);

	assert_non_null(list);
	read_ns = is_read ? s->monotonic_ns : read_ns;
	list->block = (struct block){ read_ns, STATE_OK };
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		struct reader *row;

		if (!readers[i].pid)
			continue;
		row = list_add(&list);
		assert_non_null(row);
		row->block = row->io = list->block;
		row->pid = (uint64_t)readers[i].pid;
		row->start_ns = readers[i].start_s * NS_PER_S;
		if (readers[i].denied) {
			row->io.state = STATE_DENIED;
			continue;
		}
		row->rate = readers[i].rate * (double)MIB;
		row->share = readers[i].share;
	}
	snapshot_set_list(s, list);
}

static int setup(void **state)
{
	judged_setup(state);
	memset(readers, 0, sizeof(readers));
	is_read = true;
	m.add = add_readers;
	m.mem_some = 12;
	m.io_some = 30;
	m.flow[FLOW_SCAN_KSWAPD] = 20000;
	m.flow[FLOW_STEAL_KSWAPD] = 8000;
	m.flow[FLOW_STEAL_FILE] = 9000;
	m.flow[FLOW_REFAULT_FILE] = 8000;
	return 0;
}

static void set_reader(size_t i, size_t process, double rate, double share)
{
	readers[i].pid = m.processes[process].pid;
	readers[i].start_s = m.processes[process].start_s;
	readers[i].rate = rate;
	readers[i].share = share;
}

static const struct subject *culprit(void)
{
	const struct subject *subject = &m.verdict.subjects[0];

	assert_int_equal(subject->role, SUBJECT_CULPRIT);
	return subject;
}

/* Nobody is said to read: the largest, as ever. */
static void assert_nobody(void)
{
	assert_leads("R09-cache-thrash", SEVERITY_WARN);
	assert_part(m.verdict.who, "largest: java[100]");
	assert_int_equal(culprit()->pid, 100);
	assert_int_equal(culprit()->certainty, CERTAINTY_MAYBE);
}

static void assert_nginx(enum certainty certainty)
{
	assert_leads("R09-cache-thrash", SEVERITY_WARN);
	if (culprit()->pid != 300)
		print_message("%s\n", text_str(m.verdict.who));
	assert_int_equal(culprit()->pid, 300);
	assert_int_equal(culprit()->start_ns, 30 * NS_PER_S);
	assert_int_equal(culprit()->certainty, certainty);
	assert_string_equal(text_str(culprit()->name), "nginx");
}

static void test_clear(void **state)
{
	(void)state;
	set_reader(0, 2, 120, 83);
	set_reader(1, 1, 2, 2);
	machine_run(&m, 30);
	assert_nginx(CERTAINTY_SURE);
	assert_part(m.verdict.who, "nginx[300]");
	assert_part(m.verdict.who,
		    ", reads 120M/s = 83% of all that is read from disks");
	assert_part(m.verdict.who_brief, ", reads 120M/s");
	assert_null(strstr(text_str(m.verdict.who), "largest"));
}

/* From 40 % of all on, and for certain from 70. */
static void test_share(void **state)
{
	(void)state;
	set_reader(0, 2, 120, 39);
	machine_run(&m, 30);
	assert_nobody();
	readers[0].share = 41;
	machine_run(&m, 2);
	assert_nginx(CERTAINTY_LIKELY);
	readers[0].share = 69;
	machine_run(&m, 1);
	assert_nginx(CERTAINTY_LIKELY);
	readers[0].share = 71;
	machine_run(&m, 1);
	assert_nginx(CERTAINTY_SURE);
}

/* Half of what all that were looked at read. */
static void test_no_clear_share(void **state)
{
	(void)state;
	set_reader(0, 2, 98, 45);
	set_reader(1, 1, 60, 27);
	set_reader(2, 3, 42, 19);
	machine_run(&m, 30);
	assert_nobody();
	readers[0].rate = 104;
	machine_run(&m, 2);
	assert_nginx(CERTAINTY_LIKELY);
}

static void test_denied(void **state)
{
	(void)state;
	set_reader(0, 2, 120, 83);
	readers[0].denied = true;
	machine_run(&m, 30);
	assert_nobody();
	/* nor is a small one called it for that */
	set_reader(1, 1, 4, 3);
	machine_run(&m, 10);
	assert_nobody();
}

/* What a child has read that ended is no reading of its parent. */
static void test_gift(void **state)
{
	(void)state;
	set_reader(0, 2, 9000, NAN);
	machine_run(&m, 30);
	assert_nobody();
	set_reader(1, 2, 120, 83);
	set_reader(0, 1, 9000, NAN);
	machine_run(&m, 2);
	assert_nginx(CERTAINTY_SURE);
}

/* One reading may be of a child as well. */
static void test_twice(void **state)
{
	(void)state;
	machine_run(&m, 30);
	set_reader(0, 2, 120, 83);
	machine_run(&m, 1);
	assert_nobody();
	is_read = false; /* the same reading once more */
	machine_run(&m, 3);
	assert_nobody();
	is_read = true;
	set_reader(0, 1, 120, 83);
	machine_run(&m, 1);
	assert_nobody();
	set_reader(0, 2, 120, 83);
	machine_run(&m, 1);
	assert_nobody();
	machine_run(&m, 1);
	assert_nginx(CERTAINTY_SURE);
}

static void test_pid_reused(void **state)
{
	(void)state;
	machine_run(&m, 30);
	set_reader(0, 2, 120, 83);
	machine_run(&m, 1);
	/* the pid is another's: neither seen twice nor the one in the list */
	m.processes[2].start_s = 31;
	machine_run(&m, 3);
	assert_nobody();
	set_reader(0, 2, 120, 83);
	machine_run(&m, 1);
	assert_nobody();
	machine_run(&m, 1);
	assert_int_equal(culprit()->pid, 300);
	assert_int_equal(culprit()->start_ns, 31 * NS_PER_S);
}

/* He is named a while longer than that is clear, but not when he is gone. */
static void test_keeps(void **state)
{
	(void)state;
	set_reader(0, 2, 120, 83);
	machine_run(&m, 30);
	readers[0].pid = 0;
	machine_run(&m, 9);
	assert_nginx(CERTAINTY_SURE);
	machine_run(&m, 1);
	assert_nobody();
	set_reader(0, 2, 120, 83);
	machine_run(&m, 2);
	assert_nginx(CERTAINTY_SURE);
	m.processes[2].gone = true;
	machine_run(&m, 1);
	assert_nobody();
}

/* Who takes the memory is behind it, whoever has to read for that. */
static void test_grower(void **state)
{
	(void)state;
	set_reader(0, 2, 120, 83);
	m.processes[1].growth = 100;
	machine_run(&m, 30);
	assert_leads("R09-cache-thrash", SEVERITY_WARN);
	assert_int_equal(culprit()->pid, 200);
}

/* Another rule is not about reading. */
static void test_other_rule(void **state)
{
	(void)state;
	set_reader(0, 2, 120, 83);
	m.flow[FLOW_REFAULT_FILE] = 100;
	machine_run(&m, 60);
	assert_true(strcmp(m.verdict.rule, "R09-cache-thrash") != 0);
	assert_null(strstr(text_str(m.verdict.who), "reads"));
}

#define READING(test) \
	cmocka_unit_test_setup_teardown(test, setup, judged_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		READING(test_clear),	      READING(test_share),
		READING(test_no_clear_share), READING(test_denied),
		READING(test_gift),	      READING(test_twice),
		READING(test_pid_reused),     READING(test_keeps),
		READING(test_grower),	      READING(test_other_rule),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
