/* SPDX-License-Identifier: MIT
 *
 * Which control groups are read again, and when: no group with a limit may
 * have run into it unseen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "../../src/collect/cgroup_pace.h"
#include "memtop/base.h"

static const char *const names[] = {
	"nr_free_pages", "pswpin",	   "pgalloc_dma",
	"pgalloc_dma32", "pgalloc_normal", "pgfree",
};

static struct snapshot *sample_with(const uint64_t *values)
{
	struct snapshot *s = snapshot_new();

	assert_non_null(s);
	s->vmstat_block.state = STATE_OK;
	s->vmstat_names = counter_names_new(names, ARRAY_SIZE(names));
	s->vmstat = calloc(ARRAY_SIZE(names), sizeof(*s->vmstat));
	assert_non_null(s->vmstat_names);
	assert_non_null(s->vmstat);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		s->vmstat[i].value = values[i];
	return s;
}

static uint64_t handed_out(const uint64_t *values)
{
	const struct tree tree = { .page_size = 4096 };
	struct snapshot *s = sample_with(values);
	uint64_t ret = cgroup_pace_handed_out(&tree, s);

	snapshot_unref(s);
	return ret;
}

static void test_handed_out(void **state)
{
	static const uint64_t some[] = { 7, 8, 1, 20, 300, 5 };
	static const uint64_t unknown[] = { 7, 8, 1, UNKNOWN, 300, 5 };
	const struct tree tree = { .page_size = 4096 };
	struct snapshot *s = snapshot_new();

	(void)state;
	assert_int_equal(handed_out(some), 321 * 4096);
	assert_int_equal(handed_out(unknown), UNKNOWN);
	assert_non_null(s);
	s->vmstat_block.state = STATE_ABSENT;
	assert_int_equal(cgroup_pace_handed_out(&tree, s), UNKNOWN);
	snapshot_unref(s);
}

static void test_names_without(void **state)
{
	static const char *const others[] = { "nr_free_pages", "pgfree" };
	const struct tree tree = { .page_size = 4096 };
	struct snapshot *s = snapshot_new();

	(void)state;
	assert_non_null(s);
	s->vmstat_block.state = STATE_OK;
	s->vmstat_names = counter_names_new(others, ARRAY_SIZE(others));
	s->vmstat = calloc(ARRAY_SIZE(others), sizeof(*s->vmstat));
	assert_int_equal(cgroup_pace_handed_out(&tree, s), UNKNOWN);
	snapshot_unref(s);
}

/* A group of 64 MiB with 60 free that was read, and found quiet so often, at
 * 100 s, when the kernel had handed out 1 GiB. */
static struct cgroup_node quiet_node(unsigned times)
{
	struct cgroup_node node = {
		.row = { .usage = { .state = STATE_OK },
			 .current = 4 * MIB,
			 .max = 64 * MIB },
	};

	for (unsigned i = 0; i < times; i++)
		cgroup_pace_set(&node, false, 100 * NS_PER_S, NS_PER_S, GIB);
	return node;
}

static bool is_due(const struct cgroup_node *node, uint64_t seconds,
		   uint64_t handed_out)
{
	return cgroup_pace_is_due(node, seconds * NS_PER_S, handed_out);
}

static void test_room(void **state)
{
	struct cgroup_node node = quiet_node(9);

	(void)state;
	assert_false(is_due(&node, 101, GIB));
	assert_false(is_due(&node, 101, GIB + 15 * MIB - 1));
	assert_true(is_due(&node, 101, GIB + 15 * MIB));
	/* not more than once a second, and within four */
	assert_false(is_due(&node, 100, GIB + 15 * MIB));
	assert_false(is_due(&node, 103, GIB));
	assert_true(is_due(&node, 104, GIB));
	/* full, or fuller than it may be */
	node.row.current = 64 * MIB;
	assert_true(is_due(&node, 101, GIB));
	node.row.current = 65 * MIB;
	assert_true(is_due(&node, 101, GIB));
}

/* What is not known may be anything. */
static void test_unknown(void **state)
{
	struct cgroup_node node = quiet_node(9);

	(void)state;
	assert_true(is_due(&node, 101, UNKNOWN));
	assert_true(is_due(&node, 101, GIB - 1)); /* another boot's */
	node.handed_out = UNKNOWN;
	assert_true(is_due(&node, 101, GIB));
	node = quiet_node(9);
	node.row.usage.state = STATE_DENIED;
	assert_true(is_due(&node, 101, GIB));
}

static void test_without_limit(void **state)
{
	struct cgroup_node node = quiet_node(9);

	(void)state;
	node.row.max = NO_LIMIT;
	assert_false(is_due(&node, 103, 9 * GIB));
	assert_true(is_due(&node, 104, 9 * GIB));
	node.row.max = UNKNOWN;
	assert_false(is_due(&node, 103, 9 * GIB));
}

static void test_moving(void **state)
{
	struct cgroup_node node = quiet_node(9);

	(void)state;
	cgroup_pace_set(&node, true, 100 * NS_PER_S, NS_PER_S, GIB);
	assert_true(is_due(&node, 101, GIB));
	node = quiet_node(1);
	assert_false(is_due(&node, 101, GIB));
	assert_true(is_due(&node, 102, GIB));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handed_out),
		cmocka_unit_test(test_names_without),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_without_limit),
		cmocka_unit_test(test_moving),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
