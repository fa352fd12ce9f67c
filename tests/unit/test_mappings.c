/* SPDX-License-Identifier: MIT
 *
 * Every mapping of a process: sums, odd paths, what is refused or gone, and
 * the bound on their number.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/collect/numa.h"
#include "kernel_tree.h"

static struct reply *read_reply(const char *name, const char *dir)
{
	struct reply *reply = calloc(1, sizeof(*reply));
	struct tree tree;

	assert_non_null(reply);
	kernel_tree_open(name, &tree);
	assert_int_equal(procfile_mappings(&tree, dir, NULL, reply), 0);
	assert_true(reply->read_ns > 0);
	tree_done(&tree);
	return reply;
}

/* The sum of the list is what the kernel adds up itself in smaps_rollup. */
static void test_sums(void **state)
{
	struct reply *reply = read_reply("linux-6.18", "4242");
	struct process *p = process_new();
	uint64_t rss = 0, pss = 0, uss = 0, anon = 0, dirty = 0;
	struct tree tree;
	size_t i;

	(void)state;
	kernel_tree_open("linux-6.18", &tree);
	assert_int_equal(procfile_smaps(&tree, "4242", p), 0);
	tree_done(&tree);
	assert_int_equal(reply->state, STATE_OK);
	assert_int_equal(reply->nmappings, 30);
	for (i = 0; i < reply->nmappings; i++) {
		const struct mapping *m = &reply->mappings[i];

		assert_true(m->end > m->start);
		assert_int_equal(m->size, m->end - m->start);
		assert_int_equal(m->block.state, STATE_OK);
		assert_true(m->block.read_ns > 0);
		assert_non_null(m->flags);
		rss += m->rss;
		pss += m->pss;
		uss += m->uss;
		anon += m->anon;
		dirty += m->dirty;
	}
	assert_int_equal(rss, p->smaps_rss);
	assert_int_equal(uss, p->uss);
	assert_int_equal(anon, 20592 * KIB);
	assert_int_equal(dirty, p->shared_dirty + p->private_dirty);
	/* each line is rounded down to a KiB, their sum once */
	assert_true(pss <= p->pss && pss + 30 * KIB > p->pss);
	process_unref(p);
	reply_free(reply);
}

static void test_fields(void **state)
{
	struct reply *reply = read_reply("linux-6.18", "4242");
	const struct mapping *m = reply->mappings;

	(void)state;
	assert_int_equal(m[1].start, 0x5572644e4000);
	assert_string_equal(m[1].perms, "r-xp");
	assert_string_equal(text_str(m[1].path), "/usr/sbin/ledgerd");
	assert_ptr_equal(m[0].path, m[1].path); /* one copy */
	assert_string_equal(text_str(m[5].path), "[heap]");
	assert_null(m[6].path);
	assert_string_equal(text_str(m[10].path), "/dev/zero (deleted)");
	assert_string_equal(m[10].perms, "rw-s");
	assert_int_equal(m[29].end, 0xffffffffff601000);
	reply_free(reply);
}

static void test_odd_paths(void **state)
{
	struct reply *reply = read_reply("odd-names", "700");
	const struct mapping *m = reply->mappings;

	(void)state;
	assert_int_equal(reply->nmappings, 2);
	assert_string_equal(text_str(m[0].path),
			    "/opt/my app/a\\012b (deleted)");
	assert_string_equal(text_str(m[0].flags), "rd ex mr mw me");
	assert_string_equal(text_str(m[1].path), "[anon:Rss:  9 kB]");
	assert_int_equal(m[1].rss, 2 * MIB);
	assert_int_equal(m[1].uss, 2 * MIB);
	assert_int_equal(m[1].dirty, 2044 * KIB);
	assert_int_equal(m[1].referenced, MIB);
	assert_int_equal(m[1].thp, 2 * MIB);
	assert_int_equal(m[1].swap, 16 * KIB);
	assert_int_equal(m[1].swap_pss, 8 * KIB);
	assert_int_equal(m[1].private_hugetlb, UNKNOWN);
	reply_free(reply);
}

/* A Java process with arenas of glibc, jemalloc, shared memory of every kind
 * and a GPU, on two nodes. */
static void test_kinds(void **state)
{
	static const struct {
		enum mapping_kind kind;
		const char *nodes;
	} expected[] = {
		{ MAPPING_HEAP, "" },
		{ MAPPING_ARENA, "" },
		{ MAPPING_ARENA, "" },
		{ MAPPING_MALLOC, "" },
		{ MAPPING_JAVA_HEAP, "default N0=15.0G N1=13.9G" },
		{ MAPPING_FILE_SHARED, "default N1=48K" },
		{ MAPPING_THREAD_STACK, "" },
		{ MAPPING_THREAD_STACK, "" },
		{ MAPPING_CODE, "" },
		{ MAPPING_CODE, "" },
		{ MAPPING_MEMFD, "" },
		{ MAPPING_SYSV, "" },
		{ MAPPING_HUGETLB, "default N0=4.0M" },
		{ MAPPING_GPU, "" },
		{ MAPPING_STACK, "" },
		{ MAPPING_KERNEL, "" },
	};
	static const char *const allocators[] = { "jemalloc", "glibc malloc",
						  "Java heap",
						  "thread stacks" };
	struct reply *reply = read_reply("linux-6.1", "48213");
	const struct mapping *m = reply->mappings;

	(void)state;
	assert_int_equal(reply->state, STATE_OK);
	assert_int_equal(reply->nmappings, ARRAY_SIZE(expected));
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		assert_string_equal(mapping_kind_name(m[i].kind),
				    mapping_kind_name(expected[i].kind));
		assert_string_equal(text_str(m[i].nodes), expected[i].nodes);
	}
	assert_int_equal(m[1].lazy_free, 512 * KIB);
	assert_int_equal(m[1].ksm, UNKNOWN); /* not before 6.6 */
	assert_int_equal(m[3].thp_eligible, 0);
	assert_int_equal(m[4].thp_eligible, 1);
	assert_int_equal(m[10].shmem_thp, 2 * MIB);
	assert_int_equal(m[11].locked, 4 * MIB);
	assert_int_equal(m[12].private_hugetlb, 4 * MIB);
	assert_int_equal(m[12].page_size, 2 * MIB);
	assert_int_equal(reply->nallocators, ARRAY_SIZE(allocators));
	for (size_t i = 0; i < ARRAY_SIZE(allocators); i++)
		assert_string_equal(reply->allocators[i].name, allocators[i]);
	reply_free(reply);
}

static void test_no_list(void **state)
{
	static const struct {
		const char *name, *dir;
		enum state state;
	} cases[] = {
		{ "linux-6.18", "2", STATE_NOT_APPLICABLE },
		{ "zombie-leader", "5100", STATE_NOT_APPLICABLE },
		{ "vanishing", "31337", STATE_NOT_APPLICABLE },
		{ "vanishing", "4", STATE_NOT_APPLICABLE },
		{ "linux-4.19", "611", STATE_ABSENT },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct reply *reply = read_reply(cases[i].name, cases[i].dir);

		assert_int_equal(reply->state, cases[i].state);
		assert_null(reply->mappings);
		assert_int_equal(reply->nmappings, 0);
		reply_free(reply);
	}
}

static void test_not_smaps(void **state)
{
	static const char *const texts[] = {
		"Rss: 4 kB\n",
		"1000-2000 rw-p 0 0 0\nRss: 4 kB\n2000-1000 rw-p 0 0 0\n",
		"1000-2000 rw 0 0 0\n",
		"1000 rw-p 0 0 0\n",
		"10000000000000000-2 rw-p 0 0 0\n",
		"1000-2000 rw-p 0 0 0\n\n",
	};
	struct temporary_tree temporary;
	struct tree tree;
	size_t i;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "42");
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		struct reply reply = { 0 };

		kernel_tree_write(&temporary, "42/smaps", texts[i]);
		assert_int_equal(procfile_mappings(&tree, "42", NULL, &reply),
				 0);
		assert_int_equal(reply.state, STATE_ABSENT);
		assert_null(reply.mappings);
	}
	kernel_tree_remove(&temporary, &tree);
}

/* Longer than the buffer, so that lines are cut anywhere. */
static void test_long(void **state)
{
	enum { COUNT = 4000 };
	struct temporary_tree temporary;
	struct reply *reply = calloc(1, sizeof(*reply));
	char *text = malloc(COUNT * 128), *s = text;
	struct tree tree;
	size_t i;

	(void)state;
	assert_non_null(reply);
	assert_non_null(text);
	for (i = 0; i < COUNT; i++)
		s += sprintf(s,
			     "%zx-%zx rw-p 0 00:00 0 /a/%zu\nRss: %zu kB\n"
			     "VmFlags: rd %zu\n",
			     i << 12, (i + 1) << 12, i / 3, i, i % 7);
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "42");
	kernel_tree_write(&temporary, "42/smaps", text);
	assert_int_equal(procfile_mappings(&tree, "42", NULL, reply), 0);
	assert_int_equal(reply->state, STATE_OK);
	assert_int_equal(reply->nmappings, COUNT);
	for (i = 0; i < COUNT; i++) {
		char path[32];

		snprintf(path, sizeof(path), "/a/%zu", i / 3);
		assert_string_equal(text_str(reply->mappings[i].path), path);
		assert_int_equal(reply->mappings[i].rss, i * KIB);
		assert_int_equal(reply->mappings[i].uss, UNKNOWN);
	}
	reply_free(reply);
	free(text);
	kernel_tree_remove(&temporary, &tree);
}

/* Beyond the bound the last entry adds up what follows. */
static void test_bound(void **state)
{
	struct mapping_list list = { .read_ns = 1 };
	const struct mapping *last;
	uint64_t total = 0;
	size_t i;

	(void)state;
	for (i = 0; i < MAPPINGS_MAX + 100; i++) {
		char line[96];

		snprintf(line, sizeof(line), "%zx-%zx rw-p 0 00:00 0 /x",
			 i << 12, (i + 1) << 12);
		assert_int_equal(mapping_list_line(&list, line), 0);
		assert_int_equal(mapping_list_line(&list, "Rss:   4 kB"), 0);
		assert_int_equal(mapping_list_line(&list, "VmFlags: rd"), 0);
	}
	assert_int_equal(list.count, MAPPINGS_MAX);
	last = &list.items[list.count - 1];
	assert_int_equal(last->rss, 101 * 4 * KIB);
	assert_int_equal(last->end, (uint64_t)(MAPPINGS_MAX + 100) << 12);
	assert_string_equal(text_str(last->path), "[all that follow]");
	assert_string_equal(last->perms, "----");
	assert_null(last->flags);
	for (i = 0; i < list.count; i++)
		total += list.items[i].rss;
	assert_int_equal(total, (MAPPINGS_MAX + 100) * 4 * KIB);
	mapping_list_done(&list);
}

/* Their nodes are a file of its own, which takes as long again: who waits sees
 * that it goes on, and can give it up. */
static void test_nodes_are_given_up(void **state)
{
	struct mapping mappings[1] = { { .start = 0 } };
	struct reading reading = { .cancelled = true };
	struct tree tree;

	(void)state;
	kernel_tree_open("linux-6.1", &tree);
	assert_int_equal(numa_mappings(&tree, "48213", &reading, mappings, 1),
			 -ECANCELED);
	reading.cancelled = false;
	reading.steps = 0;
	assert_int_equal(numa_mappings(&tree, "48213", &reading, mappings, 1),
			 0);
	assert_true(reading.steps > 1);
	assert_int_equal(reading.count, 0);
	tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_odd_paths),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_no_list),
		cmocka_unit_test(test_not_smaps),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_nodes_are_given_up),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
