/* SPDX-License-Identifier: MIT
 *
 * Actions hit the process that was meant, or nobody.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel_tree.h"

/* A child that sleeps, and its key. */
static struct process_key start_child(struct tree *tree)
{
	struct process *process = process_new();
	struct process_key key;
	char dir[16];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		/* a failed test must not leave it behind */
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
	snprintf(dir, sizeof(dir), "%d", (int)pid);
	assert_int_equal(procfile_stat(tree, dir, process), 0);
	key = process->key;
	process_unref(process);
	return key;
}

static void stop_child(struct process_key key)
{
	kill(key.pid, SIGKILL);
	waitpid(key.pid, NULL, 0);
}

static int read_adj(struct tree *tree, pid_t pid)
{
	struct process *process = process_new();
	char dir[16];
	int adj;

	snprintf(dir, sizeof(dir), "%d", (int)pid);
	assert_int_equal(procfile_oom(tree, dir, process), 0);
	adj = (int)process->oom_score_adj;
	process_unref(process);
	return adj;
}

static void test_signal(void **state)
{
	struct target *target;
	struct process_key key;
	struct tree tree;
	int status, wait;

	(void)state;
	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	key = start_child(&tree);
	assert_int_equal(target_open(&tree, key, &target), 0);
	assert_false(target_exited(target));
	assert_int_equal(target_signal(target, 0), 0);
	assert_int_equal(target_signal(target, 4711), -EINVAL);
	assert_false(target_exited(target));
	assert_int_equal(target_signal(target, SIGTERM), 0);
	for (wait = 0; wait < 500 && !target_exited(target); wait++)
		usleep(10000);
	/* a zombie until somebody waits for it */
	assert_true(target_exited(target));
	assert_int_equal(waitpid(key.pid, &status, 0), key.pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGTERM);
	assert_true(target_exited(target));
	assert_int_equal(target_signal(target, SIGTERM), -ESRCH);
	assert_int_equal(target_set_adj(target, 100), -ESRCH);
	target_close(target);
	assert_int_equal(target_open(&tree, key, &target), -ESRCH);
	target_close(NULL);
	tree_done(&tree);
}

static void test_set_adj(void **state)
{
	struct target *target;
	struct process_key key;
	struct tree tree;

	(void)state;
	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	key = start_child(&tree);
	assert_int_equal(target_open(&tree, key, &target), 0);
	assert_int_equal(target_set_adj(target, 345), 0);
	assert_int_equal(read_adj(&tree, key.pid), 345);
	assert_int_equal(target_set_adj(target, 1001), -EINVAL);
	assert_int_equal(target_set_adj(target, -1001), -EINVAL);
	assert_int_equal(read_adj(&tree, key.pid), 345);
	target_close(target);
	stop_child(key);
	tree_done(&tree);
}

/* The pid is there, but another start time: a pid that was used again. */
static void test_reused(void **state)
{
	struct target *target = NULL;
	struct process_key key, other;
	struct tree tree;

	(void)state;
	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	key = other = start_child(&tree);
	other.start_ns -= tree.tick_ns;
	assert_int_equal(target_open(&tree, other, &target), -ESRCH);
	other.start_ns += 2 * tree.tick_ns;
	assert_int_equal(target_open(&tree, other, &target), -ESRCH);
	assert_int_equal(target_open(&tree, (struct process_key){ 0 }, &target),
			 -ESRCH);
	assert_int_equal(
		target_open(&tree, (struct process_key){ -1, 0 }, &target),
		-ESRCH);
	assert_null(target);
	stop_child(key);
	tree_done(&tree);
}

/* A folder of files whose pid exists here: nothing may be sent. */
static void test_foreign_tree(void **state)
{
	struct target *target = NULL;
	struct process_key key = { .pid = 4242,
				   .start_ns = 197645 * (NS_PER_S / 100) };
	struct tree tree;

	(void)state;
	kernel_tree_open("linux-6.18", &tree);
	assert_int_equal(target_open(&tree, key, &target), -EOPNOTSUPP);
	assert_null(target);
	tree_done(&tree);
}

static void test_not_permitted(void **state)
{
	struct target *target;
	struct process_key key;
	struct tree tree;
	int status;
	pid_t pid;

	(void)state;
	if (geteuid() != 0)
		skip();
	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	key = start_child(&tree);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0 ||
		    target_open(&tree, key, &target) < 0)
			_exit(99);
		_exit(target_signal(target, SIGTERM) != -EPERM ||
		      target_set_adj(target, 500) != -EACCES ||
		      target_exited(target));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	stop_child(key);
	tree_done(&tree);
	assert_int_equal(status, 0);
}

/* From here on pidfd_open() fails as on a kernel that has none. */
static bool forbid_pidfds(int error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (unsigned)error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(filter), filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

static int act_without_pidfds(struct tree *tree, int error)
{
	struct process_key key = start_child(tree);
	struct target *target;
	bool fine;

	if (!forbid_pidfds(error))
		return 98;
	if (target_open(tree, key, &target) < 0)
		return 97;
	fine = !target_exited(target) && target_set_adj(target, 200) == 0 &&
	       target_signal(target, SIGKILL) == 0;
	/* a zombie takes signals, as through a pidfd */
	waitid(P_PID, (id_t)key.pid, NULL, WEXITED | WNOWAIT);
	fine = fine && target_exited(target) && target_signal(target, 0) == 0;
	waitpid(key.pid, NULL, 0);
	fine = fine && target_exited(target) &&
	       target_signal(target, SIGKILL) == -ESRCH;
	target_close(target);
	return !fine;
}

static void test_without_pidfds(void **state)
{
	static const int errors[] = { ENOSYS, EPERM };
	struct tree tree;
	size_t i;

	(void)state;
	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		int status;
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			_exit(act_without_pidfds(&tree, errors[i]));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
	tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_set_adj),
		cmocka_unit_test(test_reused),
		cmocka_unit_test(test_foreign_tree),
		cmocka_unit_test(test_not_permitted),
		cmocka_unit_test(test_without_pidfds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
