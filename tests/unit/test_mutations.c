/* SPDX-License-Identifier: MIT
 *
 * Damaged kernel files: the files of the kernel trees with bytes changed, cut
 * out, doubled and added, through every parser.  The same at each run, so that
 * a failure comes back.
 */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* the entry point of the fuzzer, which is no part of the library */
#include "../fuzz/fuzz_kernfiles.c"
#include "kernel_tree.h"
#include "memtop/list.h"

#define FILES_MAX    512
#define ROUNDS	     6000
#define TREE_ROUNDS  1500
#define MUTATED_SIZE (64 * 1024)

static struct {
	char *text;
	size_t len;
} files[FILES_MAX];
static size_t nfiles;

static uint64_t seed = 0x9e3779b97f4a7c15;

/* xorshift: the same numbers everywhere */
static size_t below(size_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (size_t)(seed % n);
}

static int load(const char *path, const struct stat *st, int type,
		struct FTW *ftw)
{
	static const char root[] = "tests/proc/";

	(void)ftw;
	if (type != FTW_F || st->st_size == 0 || nfiles == FILES_MAX)
		return 0;
	files[nfiles].text =
		kernel_tree_load(path + sizeof(root) - 1, &files[nfiles].len);
	nfiles++;
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	nftw("tests/proc", load, 8, FTW_PHYS);
	return nfiles < 50;
}

static int tear_down(void **state)
{
	(void)state;
	while (nfiles)
		free(files[--nfiles].text);
	return 0;
}

static size_t mutate(char *buf, size_t len)
{
	static const char *const pieces[] = {
		"\n",
		"\t",
		" ",
		"-",
		")",
		"(",
		":",
		"\\",
		"\\777",
		"18446744073709551615",
		" kB",
		"=",
		"[",
		"VmFlags: ",
		"99999999999999999999999",
		"\x80",
		"hidepid=",
		"N",
		"Rss: 1 kB\n",
		"0-1 r--p 0 0 0 /x\n",
	};
	const char *piece = pieces[below(ARRAY_SIZE(pieces))];
	size_t at = below(len), n = below(len - at) % 64 + 1;

	switch (below(5)) {
	case 0: /* another byte */
		buf[at] = (char)below(256);
		return len;
	case 1: /* cut short */
		return at ? at : len;
	case 2: /* a hole */
		n = min_u64(n, len - at - 1);
		memmove(buf + at, buf + at + n, len - at - n);
		return len - n;
	case 3: /* a stretch over another */
		n = min_u64(n, len - at);
		memmove(buf + below(len - n + 1), buf + at, n);
		return len;
	default: /* something that means something */
		n = strlen(piece);
		memmove(buf + at + n, buf + at, len - at);
		memcpy(buf + at, piece, n);
		return len + n;
	}
}

/* A damaged file into buf; its length. */
static size_t damaged(char buf[MUTATED_SIZE])
{
	size_t i = below(nfiles), changes = below(8) + 1;
	size_t len = min_u64(files[i].len, MUTATED_SIZE - 1024);

	memcpy(buf, files[i].text, len);
	while (changes--)
		len = mutate(buf, len);
	return len;
}

static void test_parsers(void **state)
{
	char *buf = malloc(MUTATED_SIZE);
	int i;

	(void)state;
	assert_non_null(buf);
	for (i = 0; i < ROUNDS; i++) {
		size_t len = damaged(buf);

		LLVMFuzzerTestOneInput((const uint8_t *)buf, len);
	}
	free(buf);
}

/* What is called by nothing could not be told from the others. */
static void assert_sound(const struct list *list)
{
	for (size_t i = 0; i < list_count(list); i++) {
		const struct entity *entity = &entities[list->entity];
		struct value key = field_get(entity, &entity->fields[0],
					     list_row(list, i));

		assert_int_equal(key.state, STATE_OK);
	}
}

/* Whatever the files hold, a block that isn't OK has no figure. */
static void check_snapshot(const struct snapshot *s)
{
	size_t i;

	if (s->memory.block.state != STATE_OK)
		assert_int_equal(s->memory.total, UNKNOWN);
	if (s->pressure.memory_block.state != STATE_OK)
		assert_true(isnan(s->pressure.memory_some.avg10));
	assert_int_equal(s->vmstat_block.state == STATE_OK, s->vmstat != NULL);
	for (i = 0; i < LIST_COUNT; i++)
		assert_sound(s->lists[i]);
}

static void test_system_files(void **state)
{
	static const char *const names[] = {
		"meminfo", "vmstat",	      "swaps",
		"loadavg", "pressure/memory", "sys/vm/swappiness",
	};
	struct temporary_tree temporary;
	char *buf = malloc(MUTATED_SIZE);
	struct tree tree;
	size_t i, k;

	(void)state;
	assert_non_null(buf);
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "pressure");
	kernel_tree_mkdir(&temporary, "sys");
	kernel_tree_mkdir(&temporary, "sys/vm");
	for (i = 0; i < TREE_ROUNDS; i++) {
		struct snapshot *snapshot = snapshot_new();

		assert_non_null(snapshot);
		buf[damaged(buf)] = '\0';
		for (k = 0; k < ARRAY_SIZE(names); k++)
			kernel_tree_write(&temporary, names[k], buf);
		for (k = 0; k < collector_count; k++)
			assert_int_equal(collectors[k]->read(&tree, snapshot),
					 0);
		check_snapshot(snapshot);
		snapshot_unref(snapshot);
	}
	kernel_tree_remove(&temporary, &tree);
	free(buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parsers),
		cmocka_unit_test(test_system_files),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
