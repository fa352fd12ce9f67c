/* SPDX-License-Identifier: MIT
 *
 * Command lines, of a tree of files and of real processes, and where a process
 * was started from: the library behind that reads no other /proc.
 */
#include <errno.h>
#include <pthread.h>
#include <pty.h>
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

#include "kernel_tree.h"
#include "memtop/text.h"

struct fixture {
	struct tree tree;
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

	if (!f || tree_open(NULL, NULL, &f->tree) < 0)
		return -1;
	f->own = identified(f, getpid());
	assert_int_equal(procfile_cmdline(&f->tree, "self", f->own), 0);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	process_unref(f->own);
	process_unref(f->other);
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
	char dir[16];

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	f->other = process_new();
	snprintf(dir, sizeof(dir), "%d", (int)pid);
	assert_int_equal(procfile_cmdline(&f->tree, dir, f->other), -ESRCH);
	assert_int_equal(f->other->names.state, STATE_PENDING);
}

/* Without arguments. */
static void test_zombie(void **state)
{
	struct fixture *f = *state;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	siginfo_t info;
	char dir[16];

	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	f->other = identified(f, pid);
	snprintf(dir, sizeof(dir), "%d", (int)pid);
	assert_int_equal(procfile_cmdline(&f->tree, dir, f->other), 0);
	assert_int_equal(f->other->names.state, STATE_OK);
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
	assert_int_equal(procfile_cmdline(&f->tree, dir, f->other), 0);
	assert_true(text_equal(f->other->command, f->own->command));
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* What the files hold, and what becomes of it. */
static void test_forms(void **state)
{
	struct temporary_tree files;
	struct process *p = process_new();
	struct tree tree;
	char path[64], text[6000];
	FILE *stream;

	(void)state;
	kernel_tree_make(&files, &tree);
	kernel_tree_mkdir(&files, "7");
	kernel_tree_write(&files, "7/stat", "");
	/* a tree without the file */
	assert_int_equal(procfile_cmdline(&tree, "7", p), 0);
	assert_int_equal(p->names.state, STATE_ABSENT);
	snprintf(path, sizeof(path), "%s/7/cmdline", files.proc);
	stream = fopen(path, "w");
	assert_non_null(stream);
	assert_int_equal(fwrite("a\0b c\0\0-d\0\0", 1, 11, stream), 11);
	fclose(stream);
	assert_int_equal(procfile_cmdline(&tree, "7", p), 0);
	assert_int_equal(p->names.state, STATE_OK);
	assert_string_equal(text_str(p->command), "a b c  -d");
	/* one that a process wrote itself, and too long a one */
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	kernel_tree_write(&files, "7/cmdline", text);
	assert_int_equal(procfile_cmdline(&tree, "7", p), 0);
	assert_int_equal(text_len(p->command), 4096);
	process_unref(p);
	kernel_tree_remove(&files, &tree);
}

/* Of a process that has no terminal: it says so. */
static void test_origin(void **state)
{
	struct reply reply = { .login_uid = UNKNOWN };
	struct names *names;
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		setsid();
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_int_equal(names_new(&names), 0);
	assert_int_equal(names_origin(names, pid, &reply), 0);
	assert_string_equal(reply.tty, "");
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(names_origin(names, pid, &reply), -ESRCH);
	names_free(names);
}

/* And of one that has. */
static void test_terminal(void **state)
{
	struct reply reply = { .login_uid = UNKNOWN };
	struct names *names;
	char name[64];
	int fd, status;
	pid_t pid = forkpty(&fd, name, NULL, NULL);

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		raise(SIGSTOP);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_int_equal(names_new(&names), 0);
	assert_int_equal(names_origin(names, pid, &reply), 0);
	assert_string_equal(reply.tty, name + strlen("/dev/"));
	names_free(names);
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define NAMES(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		NAMES(test_own),
		NAMES(test_gone),
		NAMES(test_zombie),
		NAMES(test_zombie_leader),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
