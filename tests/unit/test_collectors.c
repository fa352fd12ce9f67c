/* SPDX-License-Identifier: MIT
 *
 * System files of several kernels: what is there is read exactly, what is not
 * there is unknown and says why.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_tree.h"
#include "memtop/list.h"
#include "memtop/swap.h"

static struct snapshot *read_all(const char *name)
{
	struct snapshot *snapshot = snapshot_new();
	struct tree tree;
	size_t i;

	assert_non_null(snapshot);
	kernel_tree_open(name, &tree);
	for (i = 0; i < collector_count; i++)
		assert_int_equal(collectors[i]->read(&tree, snapshot), 0);
	tree_done(&tree);
	return snapshot;
}

static const struct swap *swap_at(const struct snapshot *snapshot, size_t i)
{
	return list_row(snapshot_list(snapshot, ENTITY_SWAP), i);
}

static void assert_near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-9);
}

static uint64_t counter(const struct snapshot *snapshot, const char *name)
{
	const struct counter *c = snapshot_counter(snapshot, name);

	return c ? c->value : UNKNOWN;
}

static void test_linux_6_1(void **state)
{
	struct snapshot *s = read_all("linux-6.1");

	(void)state;
	assert_int_equal(s->memory.block.state, STATE_OK);
	assert_true(s->memory.block.read_ns > 0);
	assert_int_equal(s->memory.total, 65623040 * KIB);
	assert_int_equal(s->memory.available, 1677722 * KIB);
	assert_int_equal(s->memory.zswapped, 786432 * KIB);
	assert_int_equal(s->memory.hardware_corrupted, 4 * KIB);
	assert_int_equal(s->memory.hugepages_total, 8);
	assert_int_equal(s->memory.hugepages_free, 3);
	assert_int_equal(s->memory.hugepages_reserved, 1);
	assert_int_equal(s->memory.hugepage_size, 2 * MIB);
	assert_int_equal(s->memory.hugetlb, 16 * MIB);
	assert_int_equal(s->memory.balloon, UNKNOWN);

	assert_int_equal(s->vmstat_block.state, STATE_OK);
	assert_int_equal(counter(s, "pswpin"), 8812345);
	assert_int_equal(counter(s, "oom_kill"), 3);
	assert_true(isnan(snapshot_counter(s, "pswpin")->rate));

	assert_int_equal(s->pressure.memory_block.state, STATE_OK);
	assert_near(s->pressure.memory_some.avg10, 41.2);
	assert_near(s->pressure.memory_some.avg60, 33.81);
	assert_near(s->pressure.memory_full.avg300, 9.6);
	assert_int_equal(s->pressure.memory_full.total_us, 4123456789);
	assert_near(s->pressure.io_some.avg60, 9.5);
	assert_int_equal(s->pressure.io_full.total_us, 512345678);

	assert_near(s->load.load1, 14.2);
	assert_near(s->load.load15, 6.05);
	assert_int_equal(s->load.uptime_ns, 354243407 * (NS_PER_S / 100));
	assert_int_equal(s->load.overcommit_memory, 1);
	assert_int_equal(s->load.swappiness, 100);
	assert_int_equal(s->load.page_cluster, 3);
	assert_int_equal(s->load.blocked, UNKNOWN);
	assert_int_equal(s->load.vfs_cache_pressure, 100);
	assert_int_equal(s->load.dentries, 5843201);
	assert_int_equal(s->load.dentries_unused, 5790113);
	assert_int_equal(s->load.dentries_negative, 4921877);

	assert_int_equal(s->thp.block.state, STATE_OK);
	assert_string_equal(s->thp.enabled, "madvise");
	assert_string_equal(s->thp.defrag, "defer+madvise");
	assert_string_equal(s->thp.khugepaged_defrag, "1");
	assert_int_equal(s->thp.hpage_pmd_size, 2 * MIB);
	assert_int_equal(s->thp.max_ptes_none, 511);
	assert_int_equal(s->thp.shrink_underused, UNKNOWN);
	snapshot_unref(s);
}

static void test_swap_devices(void **state)
{
	struct snapshot *s = read_all("linux-6.1");

	(void)state;
	assert_int_equal(list_state(snapshot_list(s, ENTITY_SWAP)), STATE_OK);
	assert_int_equal(list_count(snapshot_list(s, ENTITY_SWAP)), 3);
	assert_string_equal(text_str(swap_at(s, 0)->name), "/dev/dm-1");
	assert_string_equal(swap_at(s, 0)->type, "partition");
	assert_int_equal(swap_at(s, 0)->size, 16777212 * KIB);
	assert_int_equal(swap_at(s, 0)->used, 9175040 * KIB);
	assert_int_equal(swap_at(s, 0)->priority, -2);
	assert_int_equal(swap_at(s, 0)->block.state, STATE_OK);
	assert_string_equal(swap_at(s, 1)->type, "zram");
	assert_int_equal(swap_at(s, 1)->priority, 100);
	assert_string_equal(text_str(swap_at(s, 2)->name),
			    "/srv/swap file\\\tx");
	assert_string_equal(swap_at(s, 2)->type, "file");
	snapshot_unref(s);
}

/* A line that is none costs that line alone. */
static void test_odd_swaps(void **state)
{
	struct snapshot *s = read_all("odd-names");

	(void)state;
	assert_int_equal(list_count(snapshot_list(s, ENTITY_SWAP)), 1);
	assert_string_equal(text_str(swap_at(s, 0)->name), "/swap\nfile\\");
	assert_int_equal(swap_at(s, 0)->size, 4 * KIB);
	snapshot_unref(s);
}

static void test_no_swap(void **state)
{
	struct snapshot *s = read_all("linux-6.18");

	(void)state;
	assert_int_equal(list_state(snapshot_list(s, ENTITY_SWAP)), STATE_OK);
	assert_int_equal(list_count(snapshot_list(s, ENTITY_SWAP)), 0);
	assert_int_equal(s->memory.swap_total, 0);
	assert_int_equal(s->memory.balloon, 0);
	assert_int_equal(s->thp.shrink_underused, 1);
	assert_int_equal(s->pressure.io_block.state, STATE_OK);
	snapshot_unref(s);
}

static void test_linux_4_19(void **state)
{
	struct snapshot *s = read_all("linux-4.19");

	(void)state;
	assert_int_equal(s->memory.block.state, STATE_OK);
	assert_int_equal(s->memory.kreclaimable, UNKNOWN);
	assert_int_equal(s->memory.zswap, UNKNOWN);
	assert_int_equal(s->memory.file_huge, UNKNOWN);
	assert_int_equal(s->memory.vmalloc_used, 0);
	assert_int_equal(counter(s, "workingset_refault"), 4411);
	assert_null(snapshot_counter(s, "workingset_refault_anon"));
	assert_int_equal(s->pressure.memory_block.state, STATE_ABSENT);
	assert_true(isnan(s->pressure.memory_some.avg10));
	assert_int_equal(s->pressure.memory_some.total_us, UNKNOWN);
	assert_int_equal(s->thp.block.state, STATE_OK);
	assert_int_equal(s->thp.max_ptes_shared, UNKNOWN);
	snapshot_unref(s);
}

static void test_nothing_optional(void **state)
{
	struct snapshot *s = read_all("psi-off");

	(void)state;
	assert_int_equal(s->pressure.memory_block.state, STATE_ABSENT);
	assert_int_equal(s->pressure.io_block.state, STATE_ABSENT);
	assert_int_equal(s->thp.block.state, STATE_ABSENT);
	assert_string_equal(s->thp.enabled, "");
	assert_int_equal(s->thp.hpage_pmd_size, UNKNOWN);
	assert_int_equal(s->memory.anon_huge, UNKNOWN);
	assert_int_equal(s->memory.hugepages_total, UNKNOWN);
	assert_int_equal(s->vmstat_names->count, 4);
	assert_int_equal(s->load.swappiness, UNKNOWN);
	assert_int_equal(s->load.dentries, UNKNOWN);
	assert_int_equal(s->load.dentries_negative, UNKNOWN);
	assert_int_equal(s->load.block.state, STATE_OK);
	snapshot_unref(s);
}

/* As under subset=pid, and with files that are something else. */
static void test_absent_and_broken(void **state)
{
	struct temporary_tree temporary;
	struct snapshot *s = snapshot_new();
	struct tree tree;
	size_t i;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	for (i = 0; i < collector_count; i++)
		assert_int_equal(collectors[i]->read(&tree, s), 0);
	assert_int_equal(s->memory.block.state, STATE_ABSENT);
	assert_int_equal(s->memory.total, UNKNOWN);
	assert_int_equal(s->vmstat_block.state, STATE_ABSENT);
	assert_null(s->vmstat);
	assert_int_equal(list_state(snapshot_list(s, ENTITY_SWAP)),
			 STATE_ABSENT);
	assert_int_equal(s->thp.block.state, STATE_ABSENT);
	assert_int_equal(s->load.block.state, STATE_ABSENT);
	assert_true(isnan(s->load.load1));
	snapshot_unref(s);

	s = snapshot_new();
	kernel_tree_write(&temporary, "meminfo", "not a meminfo\n");
	kernel_tree_write(&temporary, "vmstat", "hello\n");
	kernel_tree_write(&temporary, "swaps", "");
	kernel_tree_write(&temporary, "loadavg", "0,42 1,0 1,0\n");
	kernel_tree_mkdir(&temporary, "pressure");
	kernel_tree_write(&temporary, "pressure/memory", "something\n");
	for (i = 0; i < collector_count; i++)
		assert_int_equal(collectors[i]->read(&tree, s), 0);
	assert_int_equal(s->memory.block.state, STATE_ABSENT);
	assert_int_equal(s->vmstat_block.state, STATE_ABSENT);
	/* no heading: nobody said that there is no swap */
	assert_int_equal(list_state(snapshot_list(s, ENTITY_SWAP)),
			 STATE_ABSENT);
	assert_int_equal(s->pressure.memory_block.state, STATE_ABSENT);
	assert_int_equal(s->load.block.state, STATE_ABSENT);
	snapshot_unref(s);
	kernel_tree_remove(&temporary, &tree);
}

/* The names are one object for as long as the kernel's list is the same. */
static void test_shared_names(void **state)
{
	struct temporary_tree temporary;
	struct snapshot *s[4];
	struct tree tree;
	size_t i;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	for (i = 0; i < ARRAY_SIZE(s); i++) {
		const char *texts[] = { "a 1\nb 2\n", "a 3\nb 4\n",
					"a 3\nbb 4\n", "a 3\n" };

		s[i] = snapshot_new();
		kernel_tree_write(&temporary, "vmstat", texts[i]);
		assert_int_equal(collect_vmstat.read(&tree, s[i]), 0);
	}
	kernel_tree_remove(&temporary, &tree);
	assert_ptr_equal(s[0]->vmstat_names, s[1]->vmstat_names);
	assert_int_equal(counter(s[1], "b"), 4);
	assert_ptr_not_equal(s[1]->vmstat_names, s[2]->vmstat_names);
	assert_int_equal(counter(s[2], "bb"), 4);
	assert_int_equal(counter(s[3], "a"), 3);
	assert_int_equal(s[3]->vmstat_names->count, 1);
	for (i = 0; i < ARRAY_SIZE(s); i++)
		snapshot_unref(s[i]);
}

static void test_keep(void **state)
{
	struct snapshot *before = read_all("linux-6.1");
	struct snapshot *s = snapshot_new();
	size_t i;

	(void)state;
	for (i = 0; i < collector_count; i++)
		collector_keep(collectors[i], before, s);
	assert_memory_equal(&s->memory, &before->memory, sizeof(s->memory));
	assert_memory_equal(&s->thp, &before->thp, sizeof(s->thp));
	assert_int_equal(s->pressure.io_block.read_ns,
			 before->pressure.io_block.read_ns);
	/* read at every tick: the rates need it */
	assert_null(s->vmstat);
	assert_ptr_equal(snapshot_list(s, ENTITY_SWAP),
			 snapshot_list(before, ENTITY_SWAP));
	assert_int_equal(list_count(snapshot_list(s, ENTITY_SWAP)), 3);
	assert_near(s->load.load5, 9.87);
	snapshot_unref(before);
	assert_string_equal(text_str(swap_at(s, 1)->name), "/dev/zram0");
	snapshot_unref(s);
}

static void test_rows(void **state)
{
	uint32_t given = 0;
	size_t i;

	(void)state;
	for (i = 0; i < collector_count; i++) {
		/* a second one would read the same files again, and the last
		 * one's figures would stand */
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(collectors[j]->name,
						collectors[i]->name);
		assert_int_equal(collectors[i]->gives & given, 0);
		given |= collectors[i]->gives;
		assert_non_null(collectors[i]->name);
		assert_non_null(collectors[i]->files);
		assert_non_null(collectors[i]->read);
		assert_true(collectors[i]->gives || !collectors[i]->period_ns);
		assert_true(collectors[i]->cost_ns > 0);
	}
}

static void test_states(void **state)
{
	struct tree tree;

	(void)state;
	assert_int_equal(state_from_errno(-EACCES), STATE_DENIED);
	assert_int_equal(state_from_errno(EPERM), STATE_DENIED);
	assert_int_equal(state_from_errno(-ENOENT), STATE_ABSENT);
	assert_int_equal(state_from_errno(-EOPNOTSUPP), STATE_ABSENT);
	assert_int_equal(state_from_errno(ENOSYS), STATE_ABSENT);
	assert_int_equal(state_from_errno(-EINTR), STATE_PENDING);
	assert_int_equal(state_from_errno(-EMFILE), STATE_PENDING);
	assert_int_equal(tree_open("/nonexistent", NULL, &tree), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linux_6_1),
		cmocka_unit_test(test_swap_devices),
		cmocka_unit_test(test_odd_swaps),
		cmocka_unit_test(test_no_swap),
		cmocka_unit_test(test_linux_4_19),
		cmocka_unit_test(test_nothing_optional),
		cmocka_unit_test(test_absent_and_broken),
		cmocka_unit_test(test_shared_names),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
