/* SPDX-License-Identifier: MIT
 *
 * Command lines of real processes: the library behind them reads no other
 * /proc.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/collect.h"
#include "memtop/text.h"

struct fixture {
	struct tree tree;
	struct names *names;
	struct process *own, *other;
};

static struct process *identified(struct fixture *f, pid_t pid)
{
	struct process *process = process_new();
	char dir[16];

	assert_non_null(process);
	snprintf(dir, sizeof(dir), "%d", (int)pid);
	assert_int_equal(procfile_stat(&f->tree, dir, process), 0);
	return process;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f || tree_open(NULL, NULL, &f->tree) < 0 ||
	    names_new(&f->names) < 0)
		return -1;
	f->own = identified(f, getpid());
	assert_int_equal(names_read(f->names, 0, f->own), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	process_unref(f->own);
	process_unref(f->other);
	names_free(f->names);
	tree_done(&f->tree);
	free(f);
	return 0;
}

static void test_own(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->own->names.state, STATE_OK);
	assert_non_null(strstr(text_str(f->own->command), "test_names"));
}

static void test_gone(void **state)
{
	struct fixture *f = *state;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	f->other = process_new();
	f->other->key.pid = pid;
	assert_int_equal(names_read(f->names, 0, f->other), -ESRCH);
	assert_int_equal(f->other->names.state, STATE_PENDING);
}

/* Without arguments, whatever the library says instead. */
static void test_zombie(void **state)
{
	struct fixture *f = *state;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	siginfo_t info;

	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	f->other = identified(f, pid);
	assert_int_equal(names_read(f->names, 0, f->other), 0);
	assert_null(f->other->command);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void *live_on(void *argument)
{
	(void)argument;
	for (;;)
		pause();
	return NULL;
}

static void outlive_leader(void)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (pthread_create(&thread, NULL, live_on, NULL))
		_exit(1);
	pthread_exit(NULL);
}

/* The thread that is left has what its leader lost. */
static void test_zombie_leader(void **state)
{
	struct fixture *f = *state;
	int found = -ESRCH;
	pid_t pid = fork();
	char dir[48];

	assert_true(pid >= 0);
	if (pid == 0)
		outlive_leader();
	for (int i = 0; i < 500 && found < 0; i++) {
		process_unref(f->other);
		f->other = identified(f, pid);
		if (f->other->state == 'Z')
			found = procfile_living_thread(&f->tree, pid, dir,
						       sizeof(dir));
		usleep(10000);
	}
	assert_int_equal(found, 0);
	assert_int_equal(
		names_read(f->names, atoi(strrchr(dir, '/') + 1), f->other), 0);
	assert_true(text_equal(f->other->command, f->own->command));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define NAMES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		NAMES(test_own),
		NAMES(test_gone),
		NAMES(test_zombie),
		NAMES(test_zombie_leader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
