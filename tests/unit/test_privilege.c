/* SPDX-License-Identifier: MIT
 *
 * Capabilities leave the effective set and come back on one thread only.
 * What needs root to be set up is tried in a child that is root, where there
 * is one; without root there is nothing to be taken away.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/privilege.h"

/* Runs check in a child; its exit status is the result. */
static void in_child(int (*check)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(check());
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Does this thread get past permissions? */
static bool reads_shadow(void)
{
	int fd = open("/etc/shadow", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static void *reads_shadow_elsewhere(void *arg)
{
	*(bool *)arg = reads_shadow();
	return NULL;
}

/* As after exec of a file with capabilities: an ordinary user, permitted. */
static int as_with_file_capabilities(void)
{
	bool elsewhere = true;
	pthread_t thread;

	if (prctl(PR_SET_KEEPCAPS, 1) < 0 || setresgid(65534, 65534, 65534) ||
	    setresuid(65534, 65534, 65534) < 0)
		return 1;
	if (privilege_init() != 0 || reads_shadow())
		return 2;
	if (!privilege_has(CAP_DAC_READ_SEARCH) || privilege_has(63))
		return 3;
	privilege_raise();
	if (!reads_shadow())
		return 4;
	privilege_lower();
	if (reads_shadow())
		return 5;
	/* raised on one thread, not on the others */
	if (pthread_create(&thread, NULL, reads_shadow_elsewhere, &elsewhere))
		return 6;
	privilege_raise();
	pthread_join(thread, NULL);
	return elsewhere ? 7 : 0;
}

/* Even its owner can't open it without a capability. */
static bool reads_locked_file(void)
{
	char path[32];
	int fd = memfd_create("locked", MFD_CLOEXEC), again;

	if (fd < 0 || fchmod(fd, 0) < 0)
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	again = open(path, O_RDONLY | O_CLOEXEC);
	close(fd);
	if (again >= 0)
		close(again);
	return again >= 0;
}

static int as_plain_root(void)
{
	if (privilege_init() != 0)
		return 1;
	privilege_lower(); /* nothing was taken, nothing is */
	return reads_locked_file() ? 0 : 2;
}

static int as_setuid_root(void)
{
	if (setresgid(65534, 0, 0) < 0 || setresuid(65534, 0, 0) < 0)
		return 1;
	if (privilege_init() != 0)
		return 2;
	if (geteuid() != 65534 || getegid() != 65534)
		return 3;
	if (setuid(0) == 0 || setgid(0) == 0)
		return 4; /* not for good */
	privilege_raise();
	return reads_shadow() ? 5 : 0;
}

static int as_ordinary_user(void)
{
	if (getuid() == 0 && (setresgid(65534, 65534, 65534) < 0 ||
			      setresuid(65534, 65534, 65534) < 0))
		return 1;
	if (privilege_init() != 0 || privilege_has(CAP_SYS_PTRACE))
		return 2;
	privilege_raise();
	privilege_lower();
	return reads_shadow() ? 3 : 0;
}

static void test_privileges(void **state)
{
	(void)state;
	in_child(as_ordinary_user);
	if (getuid() != 0 || !privilege_has(CAP_DAC_READ_SEARCH) ||
	    !privilege_has(CAP_SETUID))
		return;
	in_child(as_with_file_capabilities);
	in_child(as_plain_root);
	in_child(as_setuid_root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_privileges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
