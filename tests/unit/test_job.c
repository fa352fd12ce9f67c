/* SPDX-License-Identifier: MIT
 *
 * Actions that take a while: what is written where, and what is refused.  The
 * files are ordinary ones; nothing of this machine is touched.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel_tree.h"

/* A hierarchy of v2 with one group that can be reclaimed from and one that is
 * of an older kernel. */
static void make(struct temporary_tree *t, struct tree *tree, const char *line)
{
	kernel_tree_make(t, tree);
	kernel_tree_mkdir(t, "self");
	kernel_tree_mkdir(t, "self/root");
	kernel_tree_mkdir(t, "self/root/cg");
	kernel_tree_mkdir(t, "self/root/cg/app");
	kernel_tree_mkdir(t, "self/root/cg/old");
	kernel_tree_write(t, "self/mountinfo", line);
	kernel_tree_write(t, "self/root/cg/cgroup.controllers", "memory\n");
	kernel_tree_write(t, "self/root/cg/app/memory.reclaim", "");
	kernel_tree_write(t, "self/root/cg/app/memory.current", "8003584\n");
	kernel_tree_mkdir(t, "sys");
	kernel_tree_mkdir(t, "sys/vm");
}

#define V2   "41 31 0:38 / /cg rw,nosuid - cgroup2 cgroup2 rw\n"
#define V1   "41 31 0:38 / /cg rw,nosuid - cgroup cgroup rw,memory\n"
#define DEEP "41 31 0:38 /machine /cg rw,nosuid - cgroup2 cgroup2 rw\n"

static void finish(struct job *job, struct job_result *ret)
{
	for (int i = 0; i < 1000; i++) {
		if (job_finished(job, ret))
			return;
		usleep(10000);
	}
	fail_msg("it does not come to an end");
}

static void assert_text(const struct temporary_tree *t, const char *path,
			const char *expected)
{
	char name[128], text[64] = "";
	FILE *file;

	snprintf(name, sizeof(name), "%s/%s", t->proc, path);
	file = fopen(name, "r");
	assert_non_null(file);
	if (!fgets(text, sizeof(text), file))
		text[0] = '\0';
	fclose(file);
	assert_string_equal(text, expected);
}

static void test_reclaim(void **state)
{
	static const struct {
		const char *line, *path;
	} cases[] = { { V2, "/app" }, { DEEP, "/machine/app" } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct temporary_tree t;
		struct job_result result;
		struct tree tree;
		struct job *job;

		make(&t, &tree, cases[i].line);
		assert_int_equal(
			job_open(&tree, JOB_RECLAIM, cases[i].path, &job), 0);
		assert_text(&t, "self/root/cg/app/memory.reclaim", "");
		assert_false(job_finished(job, &result));
		assert_int_equal(job_start(job, 5 * MIB), 0);
		finish(job, &result);
		assert_int_equal(result.error, 0);
		assert_int_equal(result.before, 8003584);
		assert_int_equal(result.after, 8003584);
		assert_text(&t, "self/root/cg/app/memory.reclaim", "5242880");
		job_close(job);
		kernel_tree_remove(&t, &tree);
	}
}

static void test_refused(void **state)
{
	struct temporary_tree t;
	struct job *job = NULL;
	struct tree tree;

	(void)state;
	make(&t, &tree, V2);
	assert_int_equal(job_open(&tree, JOB_RECLAIM, "/gone", &job), -ENOENT);
	assert_int_equal(job_open(&tree, JOB_RECLAIM, "/old", &job),
			 -EOPNOTSUPP);
	assert_int_equal(job_open(&tree, JOB_COMPACT, NULL, &job), -EOPNOTSUPP);
	kernel_tree_remove(&t, &tree);
	make(&t, &tree, V1);
	assert_int_equal(job_open(&tree, JOB_RECLAIM, "/app", &job),
			 -EOPNOTSUPP);
	kernel_tree_remove(&t, &tree);
	make(&t, &tree, DEEP);
	assert_int_equal(job_open(&tree, JOB_RECLAIM, "/machinery", &job),
			 -ENOENT);
	assert_null(job);
	kernel_tree_remove(&t, &tree);
}

/* What the kernel says to the write is the result. */
static void test_error(void **state)
{
	struct temporary_tree t;
	struct job_result result;
	struct tree tree;
	struct job *job;
	char path[128];

	(void)state;
	make(&t, &tree, V2);
	snprintf(path, sizeof(path), "%s/sys/vm/compact_memory", t.proc);
	assert_int_equal(symlink("/dev/full", path), 0);
	assert_int_equal(job_open(&tree, JOB_COMPACT, NULL, &job), 0);
	assert_int_equal(job_start(job, 0), 0);
	finish(job, &result);
	assert_int_equal(result.error, -ENOSPC);
	assert_int_equal(result.before, UNKNOWN); /* no buddyinfo here */
	job_close(job);
	kernel_tree_remove(&t, &tree);
}

static void test_compact(void **state)
{
	struct temporary_tree t;
	struct job_result result;
	struct tree tree;
	struct job *job;

	(void)state;
	make(&t, &tree, V2);
	tree.page_size = 4 * KIB;
	kernel_tree_write(&t, "sys/vm/compact_memory", "");
	/* of 2 MiB and more: 2 x 2 MiB, 1 x 4 MiB */
	kernel_tree_write(
		&t, "buddyinfo",
		"Node 0, zone   Normal  51327  57854  32969  17023 "
		"  4638   2715   1411    700    300      2      1 \n");
	assert_int_equal(job_open(&tree, JOB_COMPACT, NULL, &job), 0);
	assert_int_equal(job_start(job, 0), 0);
	finish(job, &result);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.before, 8 * MIB);
	assert_text(&t, "sys/vm/compact_memory", "1");
	job_close(job);
	kernel_tree_remove(&t, &tree);
}

/* One that hangs in the kernel is left alone. */
static void test_abandoned(void **state)
{
	struct temporary_tree t;
	struct job_result result;
	struct tree tree;
	struct job *job;
	char path[128], buf[8];
	int reader;

	(void)state;
	make(&t, &tree, V2);
	snprintf(path, sizeof(path), "%s/sys/vm/compact_memory", t.proc);
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDWR | O_CLOEXEC);
	assert_true(reader >= 0);
	/* full: a write waits until somebody reads */
	assert_true(fcntl(reader, F_SETPIPE_SZ, 4096) == 4096);
	char full[4096] = { 0 };
	assert_int_equal(write(reader, full, sizeof(full)), sizeof(full));
	assert_int_equal(job_open(&tree, JOB_COMPACT, NULL, &job), 0);
	assert_int_equal(job_start(job, 0), 0);
	usleep(50000);
	assert_false(job_finished(job, &result));
	job_close(job);
	/* lets it go; the sanitizers see to it that nothing is left */
	for (size_t n = 0; n < sizeof(full); n += sizeof(buf))
		assert_int_equal(read(reader, buf, sizeof(buf)), sizeof(buf));
	assert_true(read(reader, buf, sizeof(buf)) > 0);
	usleep(100000);
	close(reader);
	unlink(path);
	kernel_tree_remove(&t, &tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reclaim),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_compact),
		cmocka_unit_test(test_abandoned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
