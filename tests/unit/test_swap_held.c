/* SPDX-License-Identifier: MIT
 *
 * What the used part of swap belongs to: the parts add up to it, whatever the
 * reads that they come from say.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "memtop/ramfiles.h"
#include "memtop/swap_held.h"

static void check(int r)
{
	assert_int_equal(r, 0);
}

/* 10 GiB of swap, 4 of them used. */
static struct snapshot *swapped(void)
{
	struct snapshot *s = snapshot_new();

	assert_non_null(s);
	s->memory.block.state = STATE_OK;
	s->memory.swap_total = 10 * GIB;
	s->memory.swap_free = 6 * GIB;
	s->memory.swap_cached = 100 * MIB;
	s->memory.shmem = 1 * GIB;
	return s;
}

static void add_process(struct snapshot *s, uint64_t swap, uint64_t swap_pss)
{
	struct process *p = process_new();

	assert_non_null(p);
	p->key.pid = (pid_t)(100 + s->nprocesses);
	p->status.state = STATE_OK;
	p->status.read_ns = 20 * NS_PER_S;
	p->swap = swap;
	if (swap_pss != UNKNOWN) {
		p->smaps.state = STATE_OK;
		p->smaps.read_ns = 19 * NS_PER_S;
		p->swap_pss = swap_pss;
	}
	s->processes = realloc(s->processes,
			       (s->nprocesses + 1) * sizeof(*s->processes));
	assert_non_null(s->processes);
	s->processes[s->nprocesses++] = p;
}

/* A segment of 1 GiB with 300 MiB on swap; 700 MiB of files in /dev/shm and a
 * memfd of 200 MiB, of which 200 MiB in all are not in RAM. */
static void add_shared(struct snapshot *s)
{
	struct list *list = list_new(ENTITY_SHARED);
	struct shared *row;
	struct tmpfs *mount;

	assert_non_null(list);
	list->block.state = STATE_OK;
	row = list_add(&list);
	strcpy(row->kind, "sysv");
	row->bytes = 1 * GIB;
	row->swap = 300 * MIB;
	row = list_add(&list);
	strcpy(row->kind, "memfd");
	row->bytes = 200 * MIB;
	row = list_add(&list);
	strcpy(row->kind, "file"); /* stands in its mount as well */
	row->bytes = 700 * MIB;
	snapshot_set_list(s, list);

	list = list_new(ENTITY_TMPFS);
	assert_non_null(list);
	list->block.state = STATE_OK;
	mount = list_add(&list);
	strcpy(mount->type, "tmpfs");
	mount->used = 700 * MIB;
	mount = list_add(&list);
	strcpy(mount->type, "hugetlbfs"); /* is never swapped */
	mount->used = 5 * GIB;
	snapshot_set_list(s, list);
}

static uint64_t sum(const struct swap_held *held)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < SWAP_HELD_COUNT; i++)
		if (held->bytes[i] != UNKNOWN)
			bytes += held->bytes[i];
	return bytes;
}

static void test_adds_up(void **state)
{
	struct snapshot *s = swapped();
	struct swap_held held;

	(void)state;
	add_process(s, 2 * GIB, UNKNOWN);
	add_process(s, 1 * GIB, GIB / 2); /* half of it is another's too */
	add_shared(s);
	check(swap_held_make(s, &held));
	assert_int_equal(held.used, 4 * GIB);
	assert_int_equal(held.bytes[SWAP_HELD_PROCESSES], 2 * GIB + GIB / 2);
	assert_int_equal(held.bytes[SWAP_HELD_SYSV], 300 * MIB);
	assert_int_equal(held.bytes[SWAP_HELD_TMPFS], 600 * MIB);
	assert_int_equal(held.bytes[SWAP_HELD_CACHED], 100 * MIB);
	assert_int_equal(sum(&held), held.used);
	snapshot_unref(s);
}

/* Shared pages stand in VmSwap of each who maps them. */
static void test_never_more_than_used(void **state)
{
	struct snapshot *s = swapped();
	struct swap_held held;

	(void)state;
	add_process(s, 3 * GIB, UNKNOWN);
	add_process(s, 3 * GIB, UNKNOWN);
	add_shared(s);
	check(swap_held_make(s, &held));
	assert_int_equal(held.bytes[SWAP_HELD_PROCESSES], 4 * GIB);
	assert_int_equal(held.bytes[SWAP_HELD_SYSV], 0);
	assert_int_equal(held.bytes[SWAP_HELD_OTHER], 0);
	assert_int_equal(sum(&held), held.used);
	snapshot_unref(s);
}

/* A fair share from long ago says nothing of a process that is being swapped
 * out now. */
static void test_old_share(void **state)
{
	struct snapshot *s = swapped();
	struct process *p;
	struct swap_held held;

	(void)state;
	add_process(s, 1 * GIB, 10 * MIB);
	p = (struct process *)s->processes[0];
	p->smaps.read_ns = 1;
	check(swap_held_make(s, &held));
	assert_int_equal(held.bytes[SWAP_HELD_PROCESSES], 1 * GIB);
	snapshot_unref(s);
}

static void test_unknown(void **state)
{
	struct snapshot *s = swapped();
	const struct list *list;
	struct swap_held held;

	(void)state;
	s->memory.swap_cached = UNKNOWN;
	check(swap_held_make(s, &held)); /* the lists were not read */
	assert_int_equal(held.bytes[SWAP_HELD_PROCESSES], UNKNOWN);
	assert_int_equal(held.bytes[SWAP_HELD_SYSV], UNKNOWN);
	assert_int_equal(held.bytes[SWAP_HELD_TMPFS], UNKNOWN);
	assert_int_equal(held.bytes[SWAP_HELD_CACHED], UNKNOWN);
	assert_int_equal(held.bytes[SWAP_HELD_OTHER], 4 * GIB);

	list = swap_held_list(s);
	assert_int_equal(list_count(list), SWAP_HELD_COUNT);
	list_unref(list);
	s->memory.swap_free = s->memory.swap_total;
	list = swap_held_list(s);
	assert_int_equal(list_count(list), 0);
	list_unref(list);
	s->memory.swap_free = UNKNOWN;
	assert_true(swap_held_make(s, &held) < 0);
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_adds_up),
		cmocka_unit_test(test_never_more_than_used),
		cmocka_unit_test(test_old_share),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
