/* SPDX-License-Identifier: MIT
 *
 * The files of one process when they can't be read, or not yet: gone, refused,
 * absent, and one that makes its reader wait.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel_tree.h"

typedef int (*reader)(struct tree *tree, const char *dir,
		      struct process *process);
static const reader readers[] = { procfile_statm, procfile_stat,
				  procfile_status, procfile_oom,
				  procfile_smaps };

/* Gone is said, and nothing of the record is touched. */
static void test_vanished(void **state)
{
	static const char *const dirs[] = { "31337", "31338", "1",
					    "31337/task/31339" };
	struct process *p = process_new(), *untouched = process_new();
	struct tree tree;
	size_t i, k;

	(void)state;
	kernel_tree_open("vanishing", &tree);
	for (i = 0; i < ARRAY_SIZE(dirs); i++)
		for (k = 0; k < ARRAY_SIZE(readers); k++)
			assert_int_equal(readers[k](&tree, dirs[i], p), -ESRCH);
	assert_memory_equal(p, untouched, sizeof(*p));
	assert_int_equal(procfile_statm(&tree,
					"a name that is much longer than the "
					"path of any process can ever be",
					p),
			 0);
	assert_int_equal(p->statm.state, STATE_PENDING);
	process_unref(p);
	process_unref(untouched);
	tree_done(&tree);
}

static void assert_all_denied(struct tree *tree)
{
	struct process *p = process_new();
	size_t i;

	p->key.pid = 42;
	for (i = 0; i < ARRAY_SIZE(readers); i++)
		assert_int_equal(readers[i](tree, "42", p), 0);
	assert_int_equal(p->statm.state, STATE_DENIED);
	assert_int_equal(p->identity.state, STATE_DENIED);
	assert_int_equal(p->stat.state, STATE_DENIED);
	assert_int_equal(p->status.state, STATE_DENIED);
	assert_int_equal(p->oom.state, STATE_DENIED);
	assert_int_equal(p->smaps.state, STATE_DENIED);
	assert_int_equal(p->rss, UNKNOWN);
	assert_int_equal(p->minor_faults, UNKNOWN);
	assert_int_equal(p->swap, UNKNOWN);
	assert_int_equal(p->oom_score, UNKNOWN);
	assert_int_equal(p->uss, UNKNOWN);
	assert_int_equal(p->uid, UNKNOWN);
	assert_int_equal(p->key.pid, 42);
	process_unref(p);
}

/* A refusal of smaps_rollup alone takes nothing else away. */
static void assert_smaps_denied(struct tree *tree)
{
	struct process *p = process_new();

	p->pss = 1;
	assert_int_equal(procfile_stat(tree, "43", p), 0);
	assert_int_equal(procfile_smaps(tree, "43", p), 0);
	assert_int_equal(p->stat.state, STATE_OK);
	assert_int_equal(p->smaps.state, STATE_DENIED);
	assert_int_equal(p->pss, UNKNOWN);
	/* who it is stays known when the next read is refused */
	assert_int_equal(procfile_stat(tree, "42", p), 0);
	assert_int_equal(p->stat.state, STATE_DENIED);
	assert_int_equal(p->identity.state, STATE_OK);
	process_unref(p);
}

static void chmod_below(const struct temporary_tree *temporary,
			const char *path, mode_t mode)
{
	char full[128];

	snprintf(full, sizeof(full), "%s/%s", temporary->proc, path);
	assert_int_equal(chmod(full, mode), 0);
}

/* Root is refused nothing, so that a child gives it up. */
static int as_nobody(void (*test)(struct tree *tree), struct tree *tree)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
			_exit(99);
		test(tree);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_denied(void **state)
{
	static const char *const names[] = { "statm", "stat", "status",
					     "oom_score", "smaps_rollup" };
	struct temporary_tree temporary;
	struct tree tree;
	char path[64];
	size_t i;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "42");
	kernel_tree_mkdir(&temporary, "43");
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "42/%s", names[i]);
		kernel_tree_write(&temporary, path, "1 2 3\n");
		chmod_below(&temporary, path, 0);
	}
	kernel_tree_write(&temporary, "43/smaps_rollup", "Rss: 1 kB\n");
	chmod_below(&temporary, "43/smaps_rollup", 0);
	kernel_tree_write(&temporary, "43/stat",
			  "43 (x) S 1 2 3 4 -1 6 7 8 9 10 11 12 13 14 15 16 "
			  "17 18 19\n");
	assert_int_equal(as_nobody(assert_all_denied, &tree), 0);
	assert_int_equal(as_nobody(assert_smaps_denied, &tree), 0);
	kernel_tree_remove(&temporary, &tree);
}

/* No such file on this kernel, or one that is something else. */
static void test_absent(void **state)
{
	struct process *p = process_new();
	struct temporary_tree temporary;
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "42");
	kernel_tree_write(&temporary, "42/stat", "42 (x) S 1\n");
	kernel_tree_write(&temporary, "42/statm", "many few\n");
	p->pss = p->rss = 1;
	assert_int_equal(procfile_smaps(&tree, "42", p), 0);
	assert_int_equal(p->smaps.state, STATE_ABSENT);
	assert_int_equal(p->pss, UNKNOWN);
	assert_int_equal(procfile_stat(&tree, "42", p), 0);
	assert_int_equal(p->stat.state, STATE_ABSENT);
	assert_int_equal(procfile_statm(&tree, "42", p), 0);
	assert_int_equal(p->statm.state, STATE_ABSENT);
	assert_int_equal(p->rss, UNKNOWN);
	kernel_tree_write(&temporary, "42/smaps_rollup", "Nothing: 1 kB\n");
	assert_int_equal(procfile_smaps(&tree, "42", p), 0);
	assert_int_equal(p->smaps.state, STATE_ABSENT);
	process_unref(p);
	kernel_tree_remove(&temporary, &tree);
}

/* The read waits, as it does for a lock, and then has the whole answer though
 * it comes in pieces. */
static void test_fifo(void **state)
{
	struct process *p = process_new();
	struct temporary_tree temporary;
	char path[128];
	struct tree tree;
	int status;
	pid_t pid;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "42");
	snprintf(path, sizeof(path), "%s/42/smaps_rollup", temporary.proc);
	assert_int_equal(mkfifo(path, 0600), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		FILE *f = fopen(path, "we");

		fputs("Rss:  12 kB\nPss:  8 kB\nPrivate_Clean: ", f);
		fflush(f);
		usleep(20000);
		fputs("1 kB\nPrivate_Dirty: 2 kB\n", f);
		fclose(f);
		_exit(0);
	}
	assert_int_equal(procfile_smaps(&tree, "42", p), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(p->smaps.state, STATE_OK);
	assert_int_equal(p->pss, 8 * KIB);
	assert_int_equal(p->uss, 3 * KIB);
	process_unref(p);
	kernel_tree_remove(&temporary, &tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vanished),
		cmocka_unit_test(test_denied),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_fifo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
