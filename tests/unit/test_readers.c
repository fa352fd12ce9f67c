/* SPDX-License-Identifier: MIT
 *
 * Who is asked what he reads from disks: when, in which turns, what becomes of
 * a refusal, and which two looks make no rate.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/procfile.h"
#include "kernel_tree.h"
#include "memtop/readers.h"

/* Between two looks: so long that what a look takes is nothing. */
#define STEP_NS (100 * NS_PER_S)
#define FIRST	1000

static const char *const names[] = { "workingset_refault_file", "pgpgin" };
static const char *const old_names[] = { "workingset_refault", "pgpgin" };

static struct temporary_tree temporary;
static struct tree tree;
static const struct snapshot *last;
static uint64_t now_ns;
/* of the next look: pages a second, KiB a second, who has another's pid */
static double back, in;
static size_t nprocesses, nobody, reused;
static bool old_kernel;
static const char *said, *said_too, *release;
/* by process */
static char states[100];
static double faults[100];

static int setup(void **state)
{
	(void)state;
	kernel_tree_make(&temporary, &tree);
	last = NULL;
	now_ns = 5000 * NS_PER_S;
	back = 1000;
	in = 1000;
	nprocesses = 0;
	nobody = reused = SIZE_MAX;
	old_kernel = false;
	said = said_too = release = NULL;
	memset(states, 'S', sizeof(states));
	memset(faults, 0, sizeof(faults));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	snapshot_unref(last);
	kernel_tree_remove(&temporary, &tree);
	return 0;
}

static void put_io(size_t i, uint64_t bytes)
{
	char path[32], text[160];

	snprintf(path, sizeof(path), "%zu/io", FIRST + i);
	snprintf(text, sizeof(text),
		 "rchar: 9\nwchar: 9\nsyscr: 9\nsyscw: 9\nread_bytes: %llu\n"
		 "write_bytes: 9\ncancelled_write_bytes: 9\n",
		 (unsigned long long)bytes);
	kernel_tree_write(&temporary, path, text);
}

static void make(size_t n)
{
	char path[32];

	for (nprocesses = 0; nprocesses < n; nprocesses++) {
		snprintf(path, sizeof(path), "%zu", FIRST + nprocesses);
		kernel_tree_mkdir(&temporary, path);
		strcat(path, "/stat");
		kernel_tree_write(&temporary, path, "");
		put_io(nprocesses, 0);
	}
}

static struct process *person(size_t i)
{
	struct process *p = process_new();

	assert_non_null(p);
	p->key = (struct process_key){ (pid_t)(FIRST + i), 7 + (i == reused) };
	p->state = states[i];
	p->kernel = states[i] == 'I';
	p->major_fault_rate = faults[i];
	p->identity.state = STATE_OK;
	snprintf(p->comm, sizeof(p->comm), "p%zu", i);
	return p;
}

/* The looks at processes in the sample before were STEP_NS ago. */
static void turn_back(void)
{
	const struct list *list =
		last ? snapshot_list(last, ENTITY_READER) : NULL;

	for (size_t i = 0; i < list_count(list); i++)
		((struct reader *)list_row(list, i))->io.read_ns -= STEP_NS;
}

static void set_release(struct snapshot *s)
{
	struct host *host = host_new();

	assert_non_null(host);
	snprintf(host->kernel, sizeof(host->kernel), "%s", release);
	s->host = host;
}

/* A sample of the next second. */
static const struct list *look(void)
{
	struct snapshot *s = snapshot_new();

	assert_non_null(s);
	now_ns += NS_PER_S;
	s->monotonic_ns = now_ns;
	if (release)
		set_release(s);
	s->vmstat_names = counter_names_new(old_kernel ? old_names : names,
					    ARRAY_SIZE(names));
	s->vmstat = calloc(ARRAY_SIZE(names), sizeof(*s->vmstat));
	s->processes = calloc(nprocesses + 1, sizeof(*s->processes));
	assert_true(s->vmstat_names && s->vmstat && s->processes);
	s->vmstat_block.state = STATE_OK;
	s->vmstat[0].rate = back;
	s->vmstat[1].rate = in;
	for (size_t i = 0; i < nprocesses; i++)
		if (i != nobody)
			s->processes[s->nprocesses++] = person(i);
	turn_back();
	tree.before = last;
	assert_int_equal(collect_readers.read(&tree, s), 0);
	assert_int_equal(collect_readers.finish(&tree, s), 0);
	s->verdict.rule = said;
	s->verdict.also[1].rule = said_too;
	snapshot_unref(last);
	last = s;
	return snapshot_list(s, ENTITY_READER);
}

static const struct reader *row_of(const struct list *list, size_t i)
{
	char pid[16];

	snprintf(pid, sizeof(pid), "%zu", FIRST + i);
	return list_find(list, pid);
}

static void assert_about(double a, double b)
{
	if (!(fabs(a - b) <= b / 20))
		print_message("%g is not about %g\n", a, b);
	assert_true(fabs(a - b) <= b / 20);
}

/* ---- the file ------------------------------------------------------------ */

static void test_parse(void **state)
{
	uint64_t bytes = 5;

	(void)state;
	assert_int_equal(parse_io("rchar: 1\nread_bytes: 323932160\n", &bytes),
			 0);
	assert_int_equal(bytes, 323932160);
	assert_int_equal(parse_io("rchar: 1\nread_bytes: 3", &bytes), -EINVAL);
	assert_int_equal(parse_io("rchar: 1\nread_bytes: -3\n", &bytes),
			 -EINVAL);
	assert_int_equal(parse_io("rchar: 1\nxread_bytes: 3\n", &bytes),
			 -EINVAL);
	assert_int_equal(bytes, 323932160);
}

/* ---- when ---------------------------------------------------------------- */

static void test_only_then(void **state)
{
	const struct list *list;

	(void)state;
	make(2);
	back = 12;
	list = look();
	assert_int_equal(list_count(list), 0);
	assert_int_equal(list_state(list), STATE_NOT_READ);
	/* and costs nothing from then on */
	assert_ptr_equal(look(), list);
	back = 13;
	list = look();
	assert_int_equal(list_count(list), 2);
	assert_int_equal(list_state(list), STATE_OK);
	/* it goes in waves */
	back = 0;
	for (int i = 0; i < 9; i++)
		assert_true(list_count(look()) > 0);
	assert_int_equal(list_state(look()), STATE_NOT_READ);
}

static void test_old_kernel(void **state)
{
	(void)state;
	make(1);
	old_kernel = true;
	assert_int_equal(list_count(look()), 1);
}

/* Where the file waits for whoever starts a program, nobody is asked. */
static void test_waiting_kernel(void **state)
{
	static const struct {
		const char *release;
		size_t rows;
	} cases[] = {
		{ "4.19.0-27-amd64", 0 }, { "5.6.19-300.fc32", 0 },
		{ "5.7.0", 1 },		  { "6.1.0", 1 },
		{ "unheard of", 1 },
	};

	(void)state;
	make(1);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct list *list;

		release = cases[i].release;
		list = look();
		assert_int_equal(list_count(list), cases[i].rows);
		assert_int_equal(list_state(list),
				 cases[i].rows ? STATE_OK : STATE_NOT_READ);
	}
}

/* As long as the rule holds, however little comes back. */
static void test_rule_holds(void **state)
{
	(void)state;
	make(1);
	back = 0;
	said = "R09-cache-thrash";
	assert_int_equal(list_count(look()), 0); /* nothing was said yet */
	for (int i = 0; i < 30; i++)
		assert_int_equal(list_count(look()), 1);
	said = "R07-swap-thrash";
	said_too = "R09-cache-thrash";
	for (int i = 0; i < 30; i++)
		assert_int_equal(list_count(look()), 1);
	said_too = NULL;
	for (int i = 0; i < 10; i++)
		look();
	assert_int_equal(list_count(look()), 0);
}

/* ---- rates --------------------------------------------------------------- */

static void test_rates(void **state)
{
	const struct list *list;
	const struct reader *row;

	(void)state;
	make(3);
	row = row_of(look(), 0);
	assert_int_equal(row->read_bytes, 0);
	assert_true(isnan(row->rate)); /* one look is no rate */
	assert_true(isnan(row->share));
	/* 600 and 300 of the 1000 KiB that disks give a second */
	put_io(0, 600 * KIB * 100);
	put_io(1, 300 * KIB * 100);
	list = look();
	assert_string_equal(row_of(list, 0)->comm, "p0");
	assert_about(row_of(list, 0)->rate, 600 * 1024);
	assert_about(row_of(list, 0)->share, 60);
	assert_about(row_of(list, 1)->share, 30);
	assert_true(row_of(list, 2)->rate == 0);
	/* what the disks did is not known */
	in = NAN;
	put_io(0, 900 * KIB * 100);
	row = row_of(look(), 0);
	assert_about(row->rate, 300 * 1024);
	assert_true(isnan(row->share));
}

/* A child has ended: its parent has not read that in a second. */
static void test_gift(void **state)
{
	(void)state;
	make(2);
	look();
	put_io(0, 1300 * KIB * 100);
	put_io(1, 1150 * KIB * 100);
	assert_true(isnan(row_of(look(), 0)->share));
	/* the two were not read at the very same time */
	assert_true(row_of(snapshot_list(last, ENTITY_READER), 1)->share ==
		    100);
}

static void test_pid_reused(void **state)
{
	const struct reader *row;

	(void)state;
	make(2);
	reused = SIZE_MAX;
	look();
	put_io(0, 500 * KIB * 100);
	put_io(1, 500 * KIB * 100);
	reused = 0;
	row = row_of(look(), 0);
	assert_int_equal(row->start_ns, 8);
	assert_int_equal(row->read_bytes, 500 * KIB * 100);
	assert_true(isnan(row->rate));
	assert_about(row_of(snapshot_list(last, ENTITY_READER), 1)->share, 50);
}

static void test_gone(void **state)
{
	char path[64];

	(void)state;
	make(2);
	look();
	snprintf(path, sizeof(path), "%s/%d/io", temporary.proc, FIRST);
	assert_int_equal(unlink(path), 0);
	/* this kernel has no such file */
	assert_int_equal(row_of(look(), 0)->io.state, STATE_ABSENT);
	snprintf(path, sizeof(path), "%s/%d/stat", temporary.proc, FIRST);
	assert_int_equal(unlink(path), 0);
	assert_null(row_of(look(), 0));
	nobody = 1;
	assert_int_equal(list_count(look()), 0);
}

/* ---- who ----------------------------------------------------------------- */

static void test_denied(void **state)
{
	bool was_root = geteuid() == 0;
	const struct reader *row;
	char path[64];

	(void)state;
	make(2);
	put_io(0, 77);
	snprintf(path, sizeof(path), "%s/%d/io", temporary.proc, FIRST);
	assert_int_equal(chmod(path, 0), 0);
	if (was_root) /* to whom nothing is denied */
		assert_int_equal(seteuid(65534), 0);
	look();
	row = row_of(look(), 0);
	if (was_root)
		assert_int_equal(seteuid(0), 0);
	assert_int_equal(row->io.state, STATE_DENIED);
	assert_int_equal(row->read_bytes, UNKNOWN);
	assert_true(isnan(row->rate) && isnan(row->share));
	assert_int_equal(
		row_of(snapshot_list(last, ENTITY_READER), 1)->io.state,
		STATE_OK);
}

/* All have their turns, a few at a time, and who reads is kept in sight. */
static void test_turns(void **state)
{
	bool seen[100] = { false };
	const struct list *list;

	(void)state;
	make(100);
	for (uint64_t k = 1; k <= 10; k++) {
		put_io(90, k * 500 * KIB * 100);
		list = look();
		assert_true(list_count(list) <= READERS_MAX);
		for (size_t i = 0; i < list_count(list); i++) {
			const struct reader *row = list_row(list, i);

			seen[row->pid - FIRST] = true;
		}
		/* its turn is the sixth, and the next look has a rate */
		assert_int_equal(row_of(list, 90) != NULL, k >= 6);
		if (k > 6)
			assert_about(row_of(list, 90)->share, 50);
	}
	for (size_t i = 0; i < 100; i++)
		assert_true(seen[i]);
}

/* Those that wait come first, but not so many that nobody else has a turn. */
static void test_waits(void **state)
{
	const struct list *list;

	(void)state;
	make(100);
	states[80] = 'D';
	faults[81] = 2;
	list = look();
	assert_int_equal(list_count(list), 16);
	assert_non_null(row_of(list, 80));
	assert_non_null(row_of(list, 81));
	memset(states + 70, 'D', 30);
	snapshot_unref(last);
	last = NULL;
	tree.readers_next = 0;
	list = look();
	assert_int_equal(list_count(list), 16);
	assert_non_null(row_of(list, 7));
	assert_null(row_of(list, 8));
	assert_non_null(row_of(list, 77));
	assert_null(row_of(list, 78));
}

/* Who has no memory of his own reads nothing. */
static void test_nobodies(void **state)
{
	(void)state;
	make(3);
	states[0] = 'Z';
	states[1] = 'I';
	assert_int_equal(list_count(look()), 1);
}

/* Many that read: the largest are kept in sight. */
static void test_crowd(void **state)
{
	const struct list *list;

	(void)state;
	make(100);
	in = 1e6;
	for (uint64_t k = 1; k <= 12; k++) {
		for (size_t i = 0; i < 100; i++)
			put_io(i, k * (i + 1) * KIB * 100);
		list = look();
		assert_true(list_count(list) <= READERS_MAX);
	}
	for (size_t i = 99; i > 90; i--)
		assert_about(row_of(list, i)->rate, (double)(i + 1) * 1024);
}

/* ---- the kernel's own ---------------------------------------------------- */

/* What this process reads is what this process is said to read. */
static void test_own(void **state)
{
	struct snapshot *s = snapshot_new();
	struct process *p = process_new();
	const struct reader *row;
	struct tree own;
	char text[512] = "";
	uint64_t bytes;
	int fd = open("/proc/self/io", O_RDONLY | O_CLOEXEC);

	(void)state;
	if (fd < 0)
		skip();
	assert_true(read(fd, text, sizeof(text) - 1) > 0);
	close(fd);
	assert_int_equal(parse_io(text, &bytes), 0);
	assert_int_equal(tree_open(NULL, NULL, &own), 0);
	own.readers_ns = s->monotonic_ns = 5;
	p->key.pid = getpid();
	s->processes = calloc(1, sizeof(*s->processes));
	assert_non_null(s->processes);
	s->processes[s->nprocesses++] = p;
	assert_int_equal(collect_readers.finish(&own, s), 0);
	row = list_row(snapshot_list(s, ENTITY_READER), 0);
	assert_int_equal(row->io.state, STATE_OK);
	assert_true(row->read_bytes >= bytes && row->read_bytes - bytes < MIB);
	snapshot_unref(s);
	tree_done(&own);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		CASE(test_only_then),
		CASE(test_old_kernel),
		CASE(test_waiting_kernel),
		CASE(test_rule_holds),
		CASE(test_rates),
		CASE(test_gift),
		CASE(test_pid_reused),
		CASE(test_gone),
		CASE(test_denied),
		CASE(test_turns),
		CASE(test_waits),
		CASE(test_nobodies),
		CASE(test_crowd),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
