/* SPDX-License-Identifier: MIT
 *
 * The number of a process's open files: what the kernel says of this very
 * process, where nothing says it, and how often it is asked.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "../src/collect/procfile.h"
#include "../src/collect/tracked.h"
#include "kernel_tree.h"

#define MORE 5
#define BIG  (16 * MIB)

static struct tree own, foreign;
static char self[16];

static int setup(void **state)
{
	(void)state;
	snprintf(self, sizeof(self), "%d", (int)getpid());
	kernel_tree_open("linux-6.18", &foreign);
	return tree_open(NULL, NULL, &own);
}

static int teardown(void **state)
{
	(void)state;
	tree_done(&own);
	tree_done(&foreign);
	return 0;
}

/* Before 6.2 the kernel does not count them. */
static uint64_t count_or_skip(void)
{
	uint64_t count = UNKNOWN;
	int r = procfile_open_files(&own, self, &count);

	if (r == -EOPNOTSUPP)
		skip();
	assert_int_equal(r, 0);
	return count;
}

static void open_more(int fds[MORE])
{
	for (int i = 0; i < MORE; i++) {
		fds[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		assert_true(fds[i] >= 0);
	}
}

static void close_more(const int fds[MORE])
{
	for (int i = 0; i < MORE; i++)
		close(fds[i]);
}

static void counts_them(void **state)
{
	uint64_t before = count_or_skip();
	int fds[MORE];

	(void)state;
	open_more(fds);
	assert_int_equal(count_or_skip(), before + MORE);
	close_more(fds);
	assert_int_equal(count_or_skip(), before);
}

static void gone_or_unknown(void **state)
{
	uint64_t count = 7;

	(void)state;
	assert_int_equal(procfile_open_files(&own, "4194399", &count), -ESRCH);
	/* the size of an ordinary directory is none */
	assert_int_equal(procfile_open_files(&foreign, "1", &count),
			 -EOPNOTSUPP);
	assert_int_equal(count, 7);
}

static void of_whom(void **state)
{
	struct process *p = process_new();
	struct tick tick = { .now_ns = 1000 * NS_PER_S };
	struct tracked t = { .glance.fd = -1 };
	uint64_t count = count_or_skip();

	(void)state;
	p->rss = BIG - 1;
	tracked_files(&t, &own, self, &tick, p);
	assert_int_equal(p->files.state, STATE_NOT_READ);
	assert_int_equal(p->open_files, UNKNOWN);
	t.selected = true;
	tracked_files(&t, &own, self, &tick, p);
	assert_int_equal(p->files.state, STATE_OK);
	assert_int_equal(p->open_files, count);
	t.selected = false;
	tracked_files(&t, &own, self, &tick, p);
	assert_int_equal(p->files.state, STATE_NOT_READ);
	assert_int_equal(p->open_files, UNKNOWN);
	p->rss = BIG; /* at once, whenever it was read before */
	tracked_files(&t, &own, self, &tick, p);
	assert_int_equal(p->open_files, count);
	process_unref(p);
}

static void how_often(void **state)
{
	struct process *p = process_new();
	struct tick tick = { .now_ns = 1000 * NS_PER_S };
	struct tracked t = { .glance.fd = -1 };
	uint64_t count = count_or_skip();
	int fds[MORE];

	(void)state;
	p->rss = BIG;
	tracked_files(&t, &own, self, &tick, p);
	open_more(fds);
	tick.now_ns += 30 * NS_PER_S - 1;
	tracked_files(&t, &own, self, &tick, p);
	assert_int_equal(p->open_files, count);
	tick.now_ns++;
	tracked_files(&t, &own, self, &tick, p);
	assert_int_equal(p->open_files, count + MORE);
	close_more(fds);
	process_unref(p);
}

static void where_unknown(void **state)
{
	struct process *p = process_new();
	struct tick tick = { .now_ns = 1000 * NS_PER_S };
	struct tracked t = { .glance.fd = -1 };

	(void)state;
	p->rss = BIG;
	p->open_files = 7;
	tracked_files(&t, &foreign, "1", &tick, p);
	assert_int_equal(p->files.state, STATE_ABSENT);
	assert_int_equal(p->open_files, UNKNOWN);
	process_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_them),
		cmocka_unit_test(gone_or_unknown),
		cmocka_unit_test(of_whom),
		cmocka_unit_test(how_often),
		cmocka_unit_test(where_unknown),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
