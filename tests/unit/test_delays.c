/* SPDX-License-Identifier: MIT
 *
 * Delay accounting: the kernel's structure in each of its versions, and what
 * is said where there is none.
 */
#include <linux/capability.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../src/collect/delays.h"
#include "../src/collect/taskstats.h"
#include "kernel_tree.h"
#include "memtop/privilege.h"

struct image {
	_Alignas(uint64_t) unsigned char bytes[560];
};

static void put(struct image *image, size_t at, uint64_t value)
{
	memcpy(image->bytes + at, &value, sizeof(value));
}

/* Places as the kernel's headers of these versions have them; swap-in 1,
 * reclaim 2, thrashing 3, compaction 4, and noise between them. */
static void make(struct image *image, uint16_t version)
{
	bool odd = version == 15;

	memset(image, 0x55, sizeof(*image));
	memcpy(image->bytes, &version, sizeof(version));
	put(image, odd ? 48 : 32, 0);
	put(image, odd ? 88 : 56, 1);
	put(image, odd ? 368 : 320, 2);
	put(image, odd ? 400 : 336, 3);
	put(image, odd ? 440 : 360, 4);
	put(image, odd ? 496 : 400, 5);
}

static void test_versions(void **state)
{
	static const struct {
		uint16_t version, len;
		uint64_t thrashing, compact;
	} cases[] = {
		{ 8, 328, UNKNOWN, UNKNOWN },
		{ 9, 344, 3, UNKNOWN },
		{ 10, 352, 3, UNKNOWN },
		{ 11, 368, 3, 4 },
		{ 13, 416, 3, 4 },
		{ 14, 432, 3, 4 },
		{ 15, 560, 3, 4 },
		{ 16, 560, 3, 4 },
		{ 17, 560, 3, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct task_delays delays;
		struct image image;

		make(&image, cases[i].version);
		assert_int_equal(
			taskstats_parse(image.bytes, cases[i].len, &delays), 0);
		assert_int_equal(delays.swapin, 1);
		assert_int_equal(delays.reclaim, 2);
		assert_int_equal(delays.thrashing, cases[i].thrashing);
		assert_int_equal(delays.compact, cases[i].compact);
		assert_true(delays.counted);
	}
}

/* The kernel leaves all at 0 for tasks older than the accounting: then
 * nothing is known. */
static void test_nothing_counted(void **state)
{
	struct task_delays delays;
	struct image image = { .bytes = { 16 } };

	(void)state;
	assert_int_equal(taskstats_parse(image.bytes, 560, &delays), 0);
	assert_false(delays.counted);
	put(&image, 400, 1); /* it has copied a page */
	assert_int_equal(taskstats_parse(image.bytes, 560, &delays), 0);
	assert_true(delays.counted);
	assert_int_equal(delays.swapin, 0);
}

static void test_short(void **state)
{
	struct task_delays delays;
	struct image image;

	(void)state;
	make(&image, 16);
	assert_true(taskstats_parse(image.bytes, 1, &delays) < 0);
	assert_int_equal(taskstats_parse(image.bytes, 64, &delays), 0);
	assert_int_equal(delays.swapin, 1);
	assert_int_equal(delays.reclaim, UNKNOWN);
	make(&image, 7);
	assert_true(taskstats_parse(image.bytes, 560, &delays) < 0);
}

/* A folder of files has pids that mean nothing to the kernel. */
static void test_foreign_tree(void **state)
{
	struct process *p = process_new();
	struct delays delays = { 0 };
	struct tree tree;

	(void)state;
	kernel_tree_open("linux-6.18", &tree);
	p->key.pid = getpid();
	delays_read(&delays, &tree, true, NULL, 0, p);
	assert_int_equal(p->delays.state, STATE_ABSENT);
	assert_true(isnan(p->wait_percent));
	delays_done(&delays);
	tree_done(&tree);
	process_unref(p);
}

/* Whatever this machine says, it is an answer; and nobody is asked of whom
 * nobody wants to know. */
static void test_live(void **state)
{
	struct process *p = process_new();
	struct delays delays = { 0 };
	struct tree tree;

	(void)state;
	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	p->key.pid = getpid();
	delays_read(&delays, &tree, true, NULL, 0, p);
	assert_int_not_equal(p->delays.state, STATE_PENDING);
	/* who may not know is not asked for the next one either */
	if (!privilege_has(CAP_NET_ADMIN))
		assert_int_equal(p->delays.state, delays.state);
	if (p->delays.state == STATE_OK)
		assert_int_not_equal(p->swapin_delay_ns, UNKNOWN);
	delays_read(&delays, &tree, false, p, 0, p);
	if (delays.state == STATE_OK)
		assert_int_equal(p->delays.state, STATE_NOT_READ);
	assert_int_equal(p->swapin_delay_ns, UNKNOWN);
	delays_done(&delays);
	tree_done(&tree);
	process_unref(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_nothing_counted),
		cmocka_unit_test(test_short),
		cmocka_unit_test(test_foreign_tree),
		cmocka_unit_test(test_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
