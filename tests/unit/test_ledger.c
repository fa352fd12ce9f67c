/* SPDX-License-Identifier: MIT
 *
 * The ledger: whatever the kernel's counters say, its parts add up to the
 * total and none is negative.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_tree.h"
#include "memtop/field.h"
#include "memtop/kernel.h"
#include "memtop/ledger.h"
#include "wild.h"

static void assert_adds_up(const struct ledger *ledger)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < LEDGER_COUNT; i++) {
		assert_true(ledger->bytes[i] <= ledger->total);
		sum += ledger->bytes[i];
	}
	assert_int_equal(sum, ledger->total);
}

static struct snapshot *read_tree(const char *name)
{
	struct snapshot *snapshot = snapshot_new();
	struct tree tree;

	assert_non_null(snapshot);
	kernel_tree_open(name, &tree);
	for (size_t i = 0; i < collector_count; i++)
		assert_int_equal(collectors[i]->read(&tree, snapshot), 0);
	snapshot->host = collect_host(&tree);
	tree_done(&tree);
	return snapshot;
}

/* Sums worked out by hand from the files. */
static void test_trees(void **state)
{
	static const char *const trees[] = { "linux-4.19", "linux-6.1",
					     "linux-6.18", "psi-off" };
	struct ledger ledger;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		struct snapshot *s = read_tree(trees[i]);

		assert_int_equal(ledger_make(s, &ledger), 0);
		assert_int_equal(ledger.total, s->memory.total);
		assert_adds_up(&ledger);
		snapshot_unref(s);
	}
}

/* As if nothing were in RAM but what the test puts there. */
static struct snapshot *empty_machine(uint64_t total)
{
	struct snapshot *s = snapshot_new();
	struct host *host = host_new();

	assert_non_null(s);
	assert_non_null(host);
	host->page_size = 4096;
	s->host = host;
	s->memory.block.state = STATE_OK;
	s->memory.total = total;
	s->memory.free = total;
	return s;
}

static void test_overlaps(void **state)
{
	struct snapshot *s = empty_machine(64 * GIB);
	struct memory *m = &s->memory;
	struct ledger ledger;

	(void)state;
	m->free = 10 * GIB;
	m->cached = 20 * GIB;
	m->shmem = 5 * GIB;
	m->anon_pages = 8 * GIB;
	m->active_anon = 9 * GIB; /* anonymous, shared, 2 GiB of swap cache */
	m->inactive_anon = 6 * GIB;
	m->swap_cached = 3 * GIB;
	m->kernel_stack = 1 * GIB;
	m->vmalloc_used = 3 * GIB;
	m->slab_reclaimable = 2 * GIB;
	m->kreclaimable = 2 * GIB + MIB;
	m->zswap = 4 * MIB;
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_adds_up(&ledger);
	assert_int_equal(ledger.bytes[LEDGER_FILE], 15 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_SHMEM], 5 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_SWAP_CACHED], 2 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_STACKS], 1 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_VMALLOC], 2 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_KERNEL_FREEABLE], MIB);
	assert_int_equal(ledger.bytes[LEDGER_COMPRESSED], 4 * MIB);
	assert_int_equal(ledger.excess, 0);
	/* locked: 3 GiB of files, and half a GiB that swap knows as well */
	m->active_file = 12 * GIB;
	m->unevictable = 3 * GIB + GIB / 2;
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_adds_up(&ledger);
	assert_int_equal(ledger.bytes[LEDGER_SWAP_CACHED], 2 * GIB + GIB / 2);
	snapshot_unref(s);
}

static void test_cpu_lists(void **state)
{
	struct snapshot *s = empty_machine(8 * GIB);
	struct list *list = list_new(ENTITY_ZONE);
	struct ledger ledger;

	(void)state;
	s->memory.free = 7 * GIB;
	for (uint64_t i = 0; i < 3; i++) {
		struct zone *zone = list_add(&list);

		assert_non_null(zone);
		if (i > 0) /* the first does not say */
			zone->cpu_lists = i * 100 * MIB;
	}
	snapshot_set_list(s, list);
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_adds_up(&ledger);
	assert_int_equal(ledger.bytes[LEDGER_CPU_LISTS], 300 * MIB);
	assert_int_equal(ledger.bytes[LEDGER_UNACCOUNTED], GIB - 300 * MIB);
	/* all is accounted for since the zones were read */
	s->memory.free = s->memory.total - 100 * MIB;
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_adds_up(&ledger);
	assert_int_equal(ledger.bytes[LEDGER_CPU_LISTS], 100 * MIB);
	assert_int_equal(ledger.bytes[LEDGER_FREE], s->memory.free);
	assert_int_equal(ledger.excess, 0);
	snapshot_unref(s);
}

static void test_rest(void **state)
{
	struct snapshot *s = empty_machine(64 * GIB);
	struct ledger ledger;

	(void)state;
	s->memory.free = 44 * GIB;
	s->memory.balloon = 4 * GIB;
	s->arc.size = 12 * GIB;
	s->arc.min = 5 * GIB;
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_adds_up(&ledger);
	assert_int_equal(ledger.bytes[LEDGER_BALLOON], 4 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_ARC_MIN], 5 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_ARC], 7 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_UNACCOUNTED], 4 * GIB);
	/* a balloon that shrank the total, an ARC that is partly slab */
	s->memory.balloon = 30 * GIB;
	s->arc.size = 50 * GIB;
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_adds_up(&ledger);
	assert_int_equal(ledger.bytes[LEDGER_BALLOON], 0);
	assert_int_equal(ledger.bytes[LEDGER_ARC], 15 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_UNACCOUNTED], 0);
	snapshot_unref(s);
}

/* Counters are not read at one instant. */
static void test_excess(void **state)
{
	struct snapshot *s = empty_machine(8 * GIB);
	struct ledger ledger;

	(void)state;
	s->memory.free = 4 * GIB;
	s->memory.cached = 3 * GIB;
	s->memory.anon_pages = 2 * GIB;
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_adds_up(&ledger);
	assert_int_equal(ledger.excess, 1 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_FILE], 2 * GIB);
	assert_int_equal(ledger.bytes[LEDGER_ANON], 2 * GIB);
	s->memory.anon_pages = 100 * GIB;
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_adds_up(&ledger);
	assert_int_equal(ledger.bytes[LEDGER_FILE], 0);
	snapshot_unref(s);
}

static void test_unknown(void **state)
{
	struct snapshot *s = snapshot_new();
	struct ledger ledger;

	(void)state;
	assert_int_equal(ledger_make(s, &ledger), -ENODATA);
	s->memory.total = 8 * GIB;
	assert_int_equal(ledger_make(s, &ledger), -ENODATA);
	s->memory.free = 1 * GIB;
	assert_int_equal(ledger_make(s, &ledger), 0);
	assert_int_equal(ledger.bytes[LEDGER_UNACCOUNTED], 7 * GIB);
	snapshot_unref(s);
}

/* Any figures, some of them unknown. */
static void test_any(void **state)
{
	const struct entity *entity = &entities[ENTITY_MEMORY];
	struct ledger ledger;

	(void)state;
	wild_seed(11);
	for (size_t run = 0; run < 5000; run++) {
		struct snapshot *s = empty_machine(0);

		for (size_t i = 0; i < entity->nfields; i++)
			if (!wild_one_in(5))
				*(uint64_t *)((char *)&s->memory +
					      entity->fields[i].offset) =
					wild_below(run % 2 ? 1000 : 1000000) *
					4096;
		s->memory.total = wild_below(1000000) * 4096;
		s->memory.free = wild_below(1000000) * 4096;
		s->arc.size = wild_below(1000000) * 4096;
		s->arc.min = wild_below(1000000) * 4096;
		assert_int_equal(ledger_make(s, &ledger), 0);
		assert_adds_up(&ledger);
		snapshot_unref(s);
	}
}

static void test_arcstats(void **state)
{
	static const char text[] =
		"13 1 0x01 147 39984 4296834011 1132402984010\n"
		"name                            type data\n"
		"hits                            4    99\n"
		"c                               4    8589934592\n"
		"c_min                           4    1073741824\n"
		"c_max                           4    17179869184\n"
		"size                            4    4294967296\n"
		"compressed_size                 4    1\n";
	struct temporary_tree temporary;
	struct snapshot *s = snapshot_new();
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	assert_int_equal(collect_arc.read(&tree, s), 0);
	assert_int_equal(s->arc.block.state, STATE_ABSENT);
	kernel_tree_mkdir(&temporary, "spl");
	kernel_tree_mkdir(&temporary, "spl/kstat");
	kernel_tree_mkdir(&temporary, "spl/kstat/zfs");
	kernel_tree_write(&temporary, "spl/kstat/zfs/arcstats", text);
	assert_int_equal(collect_arc.read(&tree, s), 0);
	assert_int_equal(s->arc.block.state, STATE_OK);
	assert_int_equal(s->arc.size, 4 * GIB);
	assert_int_equal(s->arc.target, 8 * GIB);
	assert_int_equal(s->arc.min, 1 * GIB);
	assert_int_equal(s->arc.max, 16 * GIB);
	kernel_tree_remove(&temporary, &tree);
	snapshot_unref(s);
}

/* What somebody would have to do is not said of swap where there is none. */
static void test_freed_by(void **state)
{
	static const char *const words[] = { "delete", "swap, delete" };

	(void)state;
	for (size_t swap = 0; swap < ARRAY_SIZE(words); swap++) {
		struct snapshot *s = empty_machine(GIB);
		const struct list *list;
		bool found = false;

		s->memory.swap_total = swap * GIB;
		list = ledger_list(s);
		for (size_t i = 0; i < list_count(list); i++) {
			const struct ledger_row *row = list_row(list, i);

			if (row->part != LEDGER_SHMEM)
				continue;
			found = true;
			assert_string_equal(row->freeable, words[swap]);
		}
		assert_true(found);
		list_unref(list);
		snapshot_unref(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_cpu_lists),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_excess),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_any),
		cmocka_unit_test(test_freed_by),
		cmocka_unit_test(test_arcstats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
