/* SPDX-License-Identifier: MIT
 *
 * Slab caches, zones, free blocks, nodes, sockets and settings as kernels of
 * several versions write them.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kernel_tree.h"
#include "memtop/kernel.h"

static struct temporary_tree temporary;
static struct tree tree;

static void begin(void)
{
	kernel_tree_make(&temporary, &tree);
	tree.page_size = 4 * KIB;
}

static void end(void)
{
	kernel_tree_remove(&temporary, &tree);
}

static struct snapshot *read_one(const struct collector *collector)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	assert_int_equal(collector->read(&tree, snapshot), 0);
	return snapshot;
}

static void write_slabs(unsigned long long slabs)
{
	char text[512];

	snprintf(text, sizeof(text),
		 "slabinfo - version: 2.1\n"
		 "# name            <active_objs> <num_objs> <objsize>\n"
		 "kmalloc-1k        831000 850944   1024   32    8 : tunables "
		 "   0    0    0 : slabdata  %llu  %llu      0\n"
		 "odd line\n"
		 "dentry(3:a.slice)      0      0    192   21    1 : tunables "
		 "   0    0    0 : slabdata      0      0      0\n",
		 slabs, slabs);
	kernel_tree_write(&temporary, "slabinfo", text);
}

static void test_slab_caches(void **state)
{
	const struct list *list;
	const struct slab *slab;
	struct snapshot *s;

	(void)state;
	begin();
	write_slabs(26592);
	s = read_one(&collect_slabs);
	list = snapshot_list(s, ENTITY_SLAB);
	assert_int_equal(list_count(list), 2);
	slab = list_find(list, "kmalloc-1k");
	assert_int_equal(slab->size, UINT64_C(26592) * 8 * 4 * KIB);
	assert_int_equal(slab->objects, 850944);
	assert_int_equal(slab->active, 831000);
	assert_int_equal(slab->object_size, 1024);
	assert_true(fabs(slab->use_percent - 97.656) < 0.01);
	assert_int_equal(slab->reclaimable, UNKNOWN);
	assert_true(isnan(slab->growth_rate)); /* it takes two reads */
	slab = list_find(list, "dentry(3:a.slice)");
	assert_int_equal(slab->size, 0);
	assert_true(isnan(slab->use_percent));
	snapshot_unref(s);
	write_slabs(26692);
	s = read_one(&collect_slabs);
	slab = list_find(snapshot_list(s, ENTITY_SLAB), "kmalloc-1k");
	assert_true(slab->growth_rate > 0);
	snapshot_unref(s);
	end();
}

static const char zoneinfo[] =
	"Node 0, zone      DMA\n"
	"  per-node stats\n"
	"      nr_inactive_anon 1159926\n"
	"  pages free     3840\n"
	"        boost    0\n"
	"        min      11\n"
	"        low      14\n"
	"        high     17\n"
	"        promo    20\n"
	"        spanned  4095\n"
	"        present  3998\n"
	"        managed  3840\n"
	"        cma      0\n"
	"        protection: (0, 2800, 21196, 21196, 21196)\n"
	"      nr_free_pages 3840\n"
	"  pagesets\n"
	"    cpu: 0\n"
	"              count:    3\n"
	"              high:     99\n"
	"    cpu: 1\n"
	"              count:    4\n"
	"              high:     99\n"
	"  node_unreclaimable:  0\n"
	"  start_pfn:           1\n"
	"Node 1, zone   Normal\n"
	"  pages free     100\n"
	"        min      120\n" /* 4.19: neither boost nor promo */
	"        low      150\n"
	"        high     180\n"
	"        present  4000\n"
	"        managed  4000\n"
	"        protection: (0, 0, 0)\n"
	"  node_unreclaimable:  1\n"
	"Node 1, zone  Movable\n"
	"  pages free     0\n"
	"        min      32\n"
	"        low      32\n"
	"        high     32\n"
	"        present  0\n"
	"        managed  0\n"
	"        protection: (0, 0, 0)\n";

static void test_zones(void **state)
{
	struct watermarks sums;
	const struct zone *zone;
	struct snapshot *s;

	(void)state;
	begin();
	kernel_tree_write(&temporary, "zoneinfo", zoneinfo);
	s = read_one(&collect_zoneinfo);
	/* one without pages is left out */
	assert_int_equal(list_count(snapshot_list(s, ENTITY_ZONE)), 2);
	zone = list_row(snapshot_list(s, ENTITY_ZONE), 0);
	assert_string_equal(zone->name, "N0 DMA");
	assert_int_equal(zone->free, 3840 * 4 * KIB);
	assert_int_equal(zone->high, 17 * 4 * KIB); /* not that of a CPU */
	assert_int_equal(zone->promo, 20 * 4 * KIB);
	assert_int_equal(zone->cpu_lists, 7 * 4 * KIB);
	assert_int_equal(zone->protection, 21196 * 4 * KIB);
	assert_string_equal(zone->state, "ok, kept in reserve");
	zone = list_row(snapshot_list(s, ENTITY_ZONE), 1);
	assert_int_equal(zone->boost, UNKNOWN);
	assert_int_equal(zone->cpu_lists, UNKNOWN);
	assert_int_equal(zone->unreclaimable, 1);
	assert_string_equal(zone->state, "kswapd gave up");
	sums = watermarks_sum(s);
	/* no more than there is */
	assert_int_equal(sums.min, (3840 + 120) * 4 * KIB);
	assert_int_equal(sums.low, (3840 + 150) * 4 * KIB);
	snapshot_unref(s);
	s = snapshot_new();
	assert_int_equal(watermarks_sum(s).min, UNKNOWN);
	snapshot_unref(s);
	end();
}

static void test_free_blocks(void **state)
{
	const struct free_blocks *row;
	struct snapshot *s;

	(void)state;
	begin();
	kernel_tree_write(&temporary, "buddyinfo",
			  "Node 0, zone   Normal   8  4  2  0  0  0  0  0  0  "
			  "1  0 \n"
			  "Node 0, zone  Movable   0  0  0  0  0  0  0  0  0  "
			  "0  0 \n");
	s = read_one(&collect_buddyinfo);
	row = list_row(snapshot_list(s, ENTITY_BLOCKS), 0);
	assert_string_equal(row->name, "N0 Normal");
	assert_int_equal(row->blocks[0], 8);
	assert_int_equal(row->blocks[9], 1);
	assert_int_equal(row->blocks[11], UNKNOWN);
	assert_int_equal(row->free, (8 + 8 + 8 + 512) * 4 * KIB);
	assert_int_equal(row->largest, 2 * MIB);
	assert_true(fabs(row->unusable - 100.0 * 24 / 536) < 1e-6);
	row = list_row(snapshot_list(s, ENTITY_BLOCKS), 1);
	assert_true(isnan(row->unusable)); /* of nothing */
	snapshot_unref(s);
	end();
}

static void test_free_blocks_by_type(void **state)
{
	const struct free_blocks *row;
	const struct list *list;
	struct snapshot *s;

	(void)state;
	begin();
	kernel_tree_write(
		&temporary, "pagetypeinfo",
		"Page block order: 9\n"
		"Pages per block:  512\n"
		"\n"
		"Free pages count per migrate type at order       0      1\n"
		"Node    0, zone      DMA, type    Unmovable      0      0\n"
		"Node    0, zone   Normal, type    Unmovable      8      4 \n"
		"Node    0, zone   Normal, type      Movable >100000      1 \n"
		"\n"
		"Number of blocks type     Unmovable      Movable  \n"
		"Node 0, zone   Normal          130         9800  \n");
	s = read_one(&collect_pagetypes);
	list = snapshot_list(s, ENTITY_TYPE_BLOCKS);
	/* what has none is left out */
	assert_int_equal(list_count(list), 2);
	row = list_row(list, 0);
	assert_string_equal(row->name, "N0 Normal Unmovable");
	assert_int_equal(row->free, 16 * 4 * KIB);
	assert_true(row->unusable == 100);
	row = list_row(list, 1);
	assert_string_equal(row->name, "N0 Normal Movable");
	assert_int_equal(row->blocks[0], 100000);
	assert_int_equal(row->blocks[1], 1);
	snapshot_unref(s);
	end();
}

static void test_allocation_sites(void **state)
{
	const struct allocation *row;
	const struct list *list;
	struct snapshot *s;

	(void)state;
	begin();
	s = read_one(&collect_allocinfo); /* before Linux 6.10 */
	assert_int_equal(list_state(snapshot_list(s, ENTITY_ALLOCATION)),
			 STATE_ABSENT);
	snapshot_unref(s);
	kernel_tree_write(
		&temporary, "allocinfo",
		"allocinfo - version: 1.0\n"
		"#     <size>  <calls> <tag info>\n"
		"           0        0 init/main.c:1314 func:do_initcalls \n"
		"       16384        4 net/x/y.c:12 [y] func:y_alloc "
		"accurate:no \n"
		"     1048576      256 mm/filemap.c:1951 func:folio_get \n"
		"       32768        1 mm/filemap.c:195 func:folio \n"
		"     1048576      256 mm/filemap.c:1951 func:folio_get \n");
	s = read_one(&collect_allocinfo);
	list = snapshot_list(s, ENTITY_ALLOCATION);
	assert_int_equal(list_count(list), 3);
	row = list_row(list, 0);
	assert_string_equal(text_str(row->name),
			    "mm/filemap.c:1951 func:folio_get");
	assert_int_equal(row->bytes, 2 * MIB);
	assert_int_equal(row->calls, 512);
	assert_int_equal(row->accurate, 1);
	row = list_row(list, 2);
	assert_string_equal(text_str(row->name),
			    "net/x/y.c:12 [y] func:y_alloc");
	assert_int_equal(row->accurate, 0);
	snapshot_unref(s);
	end();
}

static void test_sockets(void **state)
{
	const struct protocol *tcp;
	struct snapshot *s;

	(void)state;
	begin();
	kernel_tree_mkdir(&temporary, "net");
	kernel_tree_write(&temporary, "net/sockstat",
			  "sockets: used 17\n"
			  "TCP: inuse 5 orphan 1 tw 2 alloc 6 mem 120\n"
			  "UDP: inuse 3 mem 2\n"
			  "FRAG: inuse 0 memory 512\n");
	kernel_tree_write(&temporary, "net/protocols",
			  "protocol  size sockets  memory press maxhdr\n"
			  "TCP       2432      6     120   no      320   yes\n"
			  "UDPLITE   1152      0       0   NI        0   yes\n"
			  "PACKET    1600      1      -1   NI        0   no\n");
	s = read_one(&collect_sockstat);
	assert_int_equal(s->sockets.tcp_memory, 120 * 4 * KIB);
	assert_int_equal(s->sockets.tcp_timewait, 2);
	assert_int_equal(s->sockets.fragment_memory, 512);
	assert_int_equal(list_count(snapshot_list(s, ENTITY_PROTOCOL)), 2);
	tcp = list_find(snapshot_list(s, ENTITY_PROTOCOL), "TCP");
	assert_int_equal(tcp->memory, 120 * 4 * KIB);
	tcp = list_find(snapshot_list(s, ENTITY_PROTOCOL), "PACKET");
	assert_int_equal(tcp->memory, UNKNOWN);
	snapshot_unref(s);
	end();
}

static void test_settings(void **state)
{
	const struct tunable *row;
	const struct list *list;
	struct snapshot *s;

	(void)state;
	begin();
	kernel_tree_mkdir(&temporary, "sys");
	kernel_tree_mkdir(&temporary, "sys/vm");
	kernel_tree_write(&temporary, "sys/vm/swappiness", "10\n");
	kernel_tree_write(&temporary, "sys/vm/dirty_ratio", "20\n");
	kernel_tree_write(&temporary, "sys/vm/lowmem_reserve_ratio",
			  "256\t256\t32\t0\t0\n");
	s = read_one(&collect_tunables);
	list = snapshot_list(s, ENTITY_TUNABLE);
	assert_int_equal(list_count(list), 3);
	row = list_find(list, "vm.swappiness");
	assert_string_equal(row->value, "10");
	assert_string_equal(row->usual, "60");
	assert_int_equal(row->changed, 1);
	row = list_find(list, "vm.dirty_ratio");
	assert_int_equal(row->changed, 0);
	row = list_find(list, "vm.lowmem_reserve_ratio");
	assert_string_equal(row->value, "256 256 32 0 0");
	assert_int_equal(row->changed, UNKNOWN);
	snapshot_unref(s);
	end();
}

static void test_nothing_is_absent(void **state)
{
	struct snapshot *s;

	(void)state;
	begin();
	s = read_one(&collect_slabs);
	assert_int_equal(list_state(snapshot_list(s, ENTITY_SLAB)),
			 STATE_ABSENT);
	snapshot_unref(s);
	s = read_one(&collect_zoneinfo);
	assert_int_equal(list_state(snapshot_list(s, ENTITY_ZONE)),
			 STATE_ABSENT);
	snapshot_unref(s);
	s = read_one(&collect_ksm);
	assert_int_equal(s->ksm.sharing, UNKNOWN);
	snapshot_unref(s);
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_slab_caches),
		cmocka_unit_test(test_zones),
		cmocka_unit_test(test_free_blocks),
		cmocka_unit_test(test_free_blocks_by_type),
		cmocka_unit_test(test_allocation_sites),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_nothing_is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
