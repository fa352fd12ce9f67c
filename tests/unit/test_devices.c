/* SPDX-License-Identifier: MIT
 *
 * Swap devices, compressed RAM disks, zswap, sizes of huge pages and their
 * pools: what several kernels tell, what they don't, and what follows from two
 * readings.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel_tree.h"
#include "memtop/field.h"
#include "memtop/list.h"
#include "memtop/swap.h"
#include "memtop/thp.h"

static struct snapshot *read_tree(struct tree *tree)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	for (size_t i = 0; i < collector_count; i++)
		assert_int_equal(collectors[i]->read(tree, snapshot), 0);
	return snapshot;
}

static struct snapshot *read_all(const char *name)
{
	struct snapshot *snapshot;
	struct tree tree;

	kernel_tree_open(name, &tree);
	snapshot = read_tree(&tree);
	tree_done(&tree);
	return snapshot;
}

static const void *row(const struct snapshot *s, enum entity_id entity,
		       const char *key)
{
	const void *found = list_find(snapshot_list(s, entity), key);

	if (!found)
		fail_msg("no %s", key);
	return found;
}

static void test_swap_statistics(void **state)
{
	struct snapshot *s = read_all("linux-6.1");
	const struct swap *swap = row(s, ENTITY_SWAP, "/dev/dm-1");

	(void)state;
	assert_int_equal(swap->io_block.state, STATE_OK);
	assert_int_equal(swap->reads, 912345);
	assert_int_equal(swap->read_bytes, 18246900 * UINT64_C(512));
	assert_int_equal(swap->writes, 655360);
	assert_int_equal(swap->written_bytes, 41943040 * UINT64_C(512));
	assert_int_equal(swap->wait_ns, 1601578 * NS_PER_MS);
	assert_int_equal(swap->busy_ns, 800120 * NS_PER_MS);
	assert_true(isnan(swap->in_rate) && isnan(swap->busy));
	assert_int_equal(swap->await_ns, UNKNOWN);
	swap = row(s, ENTITY_SWAP, "/dev/zram0");
	assert_int_equal(swap->writes, 1703936);
	swap = row(s, ENTITY_SWAP, "/srv/swap file\\\tx");
	assert_int_equal(swap->io_block.state, STATE_NOT_APPLICABLE);
	assert_int_equal(swap->reads, UNKNOWN);
	snapshot_unref(s);

	/* eleven columns, as before discards were counted */
	s = read_all("linux-4.19");
	swap = row(s, ENTITY_SWAP, "/dev/sda2");
	assert_int_equal(swap->io_block.state, STATE_OK);
	assert_int_equal(swap->reads, 112);
	assert_int_equal(swap->busy_ns, 32 * NS_PER_MS);
	snapshot_unref(s);
}

static void test_zram(void **state)
{
	struct snapshot *s = read_all("linux-6.1");
	const struct zram *zram = row(s, ENTITY_ZRAM, "zram0");

	(void)state;
	assert_string_equal(zram->algorithm, "zstd");
	assert_string_equal(zram->recompression, "");
	assert_int_equal(zram->size, 8 * GIB);
	assert_int_equal(zram->original, 6979321856);
	assert_int_equal(zram->compressed, 1843200000);
	assert_int_equal(zram->used, 1975517184);
	assert_int_equal(zram->limit, 0);
	assert_int_equal(zram->max_used, 1988100096);
	assert_int_equal(zram->same, 31007 * 4 * KIB);
	assert_int_equal(zram->compacted, 12031);
	assert_int_equal(zram->incompressible, 4102 * 4 * KIB);
	assert_int_equal(zram->incompressible_total, 61023);
	assert_true(fabs(zram->ratio - 3.5329) < 1e-4);
	assert_int_equal(zram->failed_writes, 12);
	assert_int_equal(zram->freed, 4400121);
	/* a kernel without writeback */
	assert_int_equal(zram->writeback_block.state, STATE_ABSENT);
	assert_int_equal(zram->written_back, UNKNOWN);
	snapshot_unref(s);

	s = read_all("linux-4.19");
	assert_int_equal(list_count(snapshot_list(s, ENTITY_ZRAM)), 1);
	zram = row(s, ENTITY_ZRAM, "zram0");
	assert_string_equal(zram->algorithm, "lzo");
	assert_int_equal(zram->limit, 256 * MIB);
	assert_int_equal(zram->incompressible, 0);
	assert_int_equal(zram->incompressible_total, UNKNOWN);
	snapshot_unref(s);

	s = read_all("linux-6.18");
	zram = row(s, ENTITY_ZRAM, "zram3");
	assert_string_equal(zram->algorithm, "lz4");
	assert_string_equal(zram->recompression, "zstd deflate");
	assert_int_equal(zram->writeback_block.state, STATE_OK);
	assert_string_equal(text_str(zram->backing), "/dev/sdb 1");
	assert_int_equal(zram->written_back, 1234 * 4 * KIB);
	assert_int_equal(zram->writeback_written, 2000 * 4 * KIB);
	/* set up, and its figures can't be had: not a disk full of zeros */
	zram = row(s, ENTITY_ZRAM, "zram12");
	assert_int_equal(zram->size, 4 * KIB);
	assert_int_equal(zram->original, UNKNOWN);
	assert_true(isnan(zram->ratio));
	snapshot_unref(s);
}

static void test_zswap(void **state)
{
	struct snapshot *s = read_all("linux-6.1");

	(void)state;
	assert_int_equal(s->zswap.block.state, STATE_OK);
	assert_int_equal(s->zswap.enabled, 1);
	assert_string_equal(s->zswap.compressor, "lzo");
	assert_string_equal(s->zswap.zpool, "zbud");
	assert_int_equal(s->zswap.shrinker_enabled, UNKNOWN);
	assert_int_equal(s->zswap.pool, 256 * MIB);
	assert_int_equal(s->zswap.stored, 768 * MIB);
	assert_true(s->zswap.ratio == 3);
	assert_int_equal(s->zswap.limit, s->memory.total / 100 * 20);
	assert_int_equal(s->zswap.debug_block.state, STATE_OK);
	assert_int_equal(s->zswap.reject_compress_poor, 9042);
	assert_int_equal(s->zswap.pool_limit_hit, 12);
	assert_int_equal(s->zswap.written_back, 7001 * 4 * KIB);
	snapshot_unref(s);

	s = read_all("linux-6.18");
	assert_int_equal(s->zswap.enabled, 0);
	assert_int_equal(s->zswap.shrinker_enabled, 1);
	assert_int_equal(s->zswap.debug_block.state, STATE_ABSENT);
	assert_int_equal(s->zswap.pool_limit_hit, UNKNOWN);
	assert_int_equal(s->zswap.pool, 0);
	assert_true(isnan(s->zswap.ratio));
	snapshot_unref(s);

	s = read_all("psi-off");
	assert_int_equal(s->zswap.block.state, STATE_ABSENT);
	assert_int_equal(s->zswap.debug_block.state, STATE_ABSENT);
	assert_int_equal(s->zswap.enabled, UNKNOWN);
	snapshot_unref(s);
}

static void test_sizes(void **state)
{
	struct snapshot *s = read_all("linux-6.18");
	const struct list *list = snapshot_list(s, ENTITY_MTHP);
	const struct mthp *mthp = list_row(list, 0);

	(void)state;
	assert_int_equal(list_count(list), 4);
	/* for shared memory only */
	assert_int_equal(mthp->size, 8 * KIB);
	assert_string_equal(mthp->enabled, "");
	assert_string_equal(mthp->shmem_enabled, "never");
	assert_int_equal(mthp->stats_block.state, STATE_OK);
	assert_int_equal(mthp->anon, UNKNOWN);
	assert_int_equal(mthp->split, 0);
	mthp = row(s, ENTITY_MTHP, "65536");
	assert_string_equal(mthp->enabled, "inherit");
	assert_int_equal(mthp->anon, 25 * 64 * KIB);
	assert_int_equal(mthp->partial, 2 * 64 * KIB);
	assert_int_equal(mthp->zswpout, 17);
	assert_int_equal(mthp->split_failed, 3);
	assert_true(isnan(mthp->alloc_rate));
	assert_true(mthp->fail_percent == 25); /* since boot */
	mthp = list_row(list, 3);
	assert_int_equal(mthp->size, 2 * MIB);
	assert_true(isnan(mthp->fail_percent));
	snapshot_unref(s);

	s = read_all("linux-6.1");
	assert_int_equal(list_state(snapshot_list(s, ENTITY_MTHP)),
			 STATE_ABSENT);
	snapshot_unref(s);
}

static void test_pools(void **state)
{
	struct snapshot *s = read_all("linux-6.1");
	const struct hugetlb *pool = row(s, ENTITY_HUGETLB, "2048kB");

	(void)state;
	assert_int_equal(list_count(snapshot_list(s, ENTITY_HUGETLB)), 3);
	assert_string_equal(pool->node, "all");
	assert_int_equal(pool->total, s->memory.hugepages_total);
	assert_int_equal(pool->free, s->memory.hugepages_free);
	assert_int_equal(pool->reserved, 1);
	assert_int_equal(pool->surplus, 2);
	assert_int_equal(pool->overcommit, 4);
	assert_int_equal(pool->bytes, 16 * MIB);
	assert_int_equal(pool->idle, 4 * MIB); /* 3 free, 1 promised */
	pool = row(s, ENTITY_HUGETLB, "2048kB node 1");
	assert_string_equal(pool->node, "1");
	assert_int_equal(pool->free, 2);
	assert_int_equal(pool->reserved, UNKNOWN);
	assert_int_equal(pool->idle, UNKNOWN);
	snapshot_unref(s);

	s = read_all("linux-6.18");
	assert_int_equal(list_count(snapshot_list(s, ENTITY_HUGETLB)), 2);
	pool = list_row(snapshot_list(s, ENTITY_HUGETLB), 1);
	assert_int_equal(pool->size, GIB);
	snapshot_unref(s);

	s = read_all("psi-off");
	assert_int_equal(list_state(snapshot_list(s, ENTITY_HUGETLB)),
			 STATE_ABSENT);
	snapshot_unref(s);
}

/* ---- two readings -------------------------------------------------------- */

static struct swap *add_swap(struct list **list, const char *name,
			     uint64_t at_ns)
{
	struct swap *swap = list_add(list);

	assert_non_null(swap);
	swap->name = text_new(name, strlen(name));
	swap->block.state = swap->io_block.state = STATE_OK;
	swap->block.read_ns = swap->io_block.read_ns = at_ns;
	swap->reads = swap->writes = 100;
	swap->read_bytes = swap->written_bytes = MIB;
	swap->wait_ns = swap->busy_ns = NS_PER_S;
	return swap;
}

static void test_swap_rates(void **state)
{
	struct list *before = list_new(ENTITY_SWAP);
	struct list *now = list_new(ENTITY_SWAP);
	const struct swap *swap;
	struct swap *changed;

	(void)state;
	add_swap(&before, "/dev/a", 10 * NS_PER_S);
	add_swap(&before, "/dev/b", 10 * NS_PER_S);
	/* another order, one more, one that was off and on again */
	changed = add_swap(&now, "/dev/b", 12 * NS_PER_S);
	changed->reads += 10;
	changed->writes += 30;
	changed->read_bytes += 8 * MIB;
	changed->wait_ns += 80 * NS_PER_MS;
	changed->busy_ns += 500 * NS_PER_MS;
	changed = add_swap(&now, "/dev/a", 12 * NS_PER_S);
	changed->reads = 5;
	changed->read_bytes = changed->wait_ns = 0;
	add_swap(&now, "/dev/new", 12 * NS_PER_S);
	list_rates(now, before);
	swap_await(now, before);

	swap = list_row(now, 0);
	assert_true(swap->in_rate == 4 * (double)MIB);
	assert_true(swap->out_rate == 0);
	assert_true(swap->busy == 25);
	assert_int_equal(swap->await_ns, 2 * NS_PER_MS);
	swap = list_row(now, 1);
	assert_true(isnan(swap->in_rate));
	assert_int_equal(swap->await_ns, UNKNOWN);
	swap = list_row(now, 2);
	assert_true(isnan(swap->out_rate));
	assert_int_equal(swap->await_ns, UNKNOWN);
	list_unref(before);
	list_unref(now);
}

/* No rate of what one of the two readings did not bring. */
static void test_denied_rates(void **state)
{
	struct list *before = list_new(ENTITY_SWAP);
	struct list *now = list_new(ENTITY_SWAP);

	(void)state;
	add_swap(&before, "/dev/a", NS_PER_S)->io_block.state = STATE_DENIED;
	add_swap(&now, "/dev/a", 2 * NS_PER_S)->reads += 1;
	list_rates(now, before);
	swap_await(now, before);
	assert_true(isnan(((const struct swap *)list_row(now, 0))->in_rate));
	assert_int_equal(((const struct swap *)list_row(now, 0))->await_ns,
			 UNKNOWN);
	list_rates(now, NULL);
	list_unref(before);
	list_unref(now);
}

/* Through the collector: a file that changes between two readings. */
static void test_rates_from_files(void **state)
{
	static const char *const stats[] = {
		"10 0 80 5 0 0 0 0 0 5 5\n",
		"20 0 2128 55 0 0 0 0 0 30 55\n",
	};
	struct temporary_tree temporary;
	struct snapshot *s[2];
	const struct swap *swap;
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	tree.sys = tree.proc;
	kernel_tree_write(&temporary, "swaps",
			  "Filename Type Size Used Priority\n"
			  "/dev/sdq1 partition 1024 0 -2\n");
	kernel_tree_mkdir(&temporary, "class");
	kernel_tree_mkdir(&temporary, "class/block");
	kernel_tree_mkdir(&temporary, "class/block/sdq1");
	for (size_t i = 0; i < 2; i++) {
		s[i] = snapshot_new();
		kernel_tree_write(&temporary, "class/block/sdq1/stat",
				  stats[i]);
		tree.before = i ? s[0] : NULL;
		assert_int_equal(collect_swaps.read(&tree, s[i]), 0);
		usleep(2000);
	}
	swap = row(s[1], ENTITY_SWAP, "/dev/sdq1");
	assert_true(swap->in_rate > 0 &&
		    swap->in_rate <= 1024 * (double)KIB / .002);
	assert_int_equal(swap->await_ns, 5 * NS_PER_MS);
	/* a text that is no statistics */
	kernel_tree_write(&temporary, "class/block/sdq1/stat", "10 0 x\n");
	snapshot_unref(s[1]);
	s[1] = snapshot_new();
	tree.before = s[0];
	assert_int_equal(collect_swaps.read(&tree, s[1]), 0);
	swap = row(s[1], ENTITY_SWAP, "/dev/sdq1");
	assert_int_equal(swap->io_block.state, STATE_ABSENT);
	assert_int_equal(swap->size, MIB);
	snapshot_unref(s[0]);
	snapshot_unref(s[1]);
	tree.sys = -1;
	kernel_tree_remove(&temporary, &tree);
}

static void test_arithmetic(void **state)
{
	(void)state;
	assert_true(compression_ratio(300, 100) == 3);
	assert_true(isnan(compression_ratio(UNKNOWN, 1)));
	assert_true(isnan(compression_ratio(0, 100)));
	assert_true(isnan(compression_ratio(1, 0)));
	assert_true(fail_percent(3, 1) == 25);
	assert_true(isnan(fail_percent(0, 0)));
	assert_true(isnan(fail_percent(NAN, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_swap_statistics),
		cmocka_unit_test(test_zram),
		cmocka_unit_test(test_zswap),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_pools),
		cmocka_unit_test(test_swap_rates),
		cmocka_unit_test(test_denied_rates),
		cmocka_unit_test(test_rates_from_files),
		cmocka_unit_test(test_arithmetic),
	};

	return cmocka_run_group_tests_name("devices", tests, NULL, NULL);
}
