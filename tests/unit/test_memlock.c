/* SPDX-License-Identifier: MIT
 *
 * What linking has touched is given back, and all of it still works: whatever
 * is called again comes back from its file.  In children, because locking
 * stays with a process.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/field.h"
#include "memtop/memlock.h"

/* The kernel's part, where a test plays it: what is locked, and how often that
 * is refused.  These stand before those of the C library. */
static struct {
	bool is_played, is_locked;
	unsigned refusals;
} kernel;

int mlockall(int flags)
{
	if (!kernel.is_played)
		return (int)syscall(SYS_mlockall, flags);
	if (kernel.refusals > 0) {
		kernel.refusals--;
		errno = ENOMEM;
		return -1;
	}
	kernel.is_locked = true;
	return 0;
}

int munlockall(void)
{
	if (!kernel.is_played)
		return (int)syscall(SYS_munlockall);
	kernel.is_locked = false;
	return 0;
}

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

/* A line of this process's status, in KiB; 0: not known. */
static unsigned long status_kib(const char *name)
{
	FILE *file = fopen("/proc/self/status", "re");
	size_t length = strlen(name);
	unsigned long kib = 0;
	char line[128];

	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (strncmp(line, name, length) == 0)
			kib = strtoul(line + length, NULL, 10);
	if (file != NULL)
		fclose(file);
	return kib;
}

/* Every page of what cannot be written, as a program does that has used all
 * of itself. */
static volatile unsigned char sink;

static void touch(const void *from, size_t size)
{
	const volatile unsigned char *at = from;

	for (size_t i = 0; i < size; i += 1024)
		sink ^= at[i];
}

static unsigned long file_pages(void)
{
	return status_kib("RssFile:");
}

static int gives_back(void)
{
	extern const char __executable_start[], etext[];
	unsigned long before, after;

	touch(__executable_start, (size_t)(etext - __executable_start));
	before = file_pages();
	memlock();
	after = file_pages();
	return before == 0 || after + 256 < before ? 0 : 1;
}

static void test_gives_back(void **state)
{
	(void)state;
	in_child(gives_back);
}

/* Tables that linking has filled in, code and constants of libraries. */
static int still_works(void)
{
	volatile double x = 2;
	char text[64];

	memlock();
	if (strcmp(entities[ENTITY_PROCESS].fields[PROCESS_PSS].name, "pss"))
		return 1;
	snprintf(text, sizeof(text), "%.3f", pow(x, 0.5));
	return strcmp(text, "1.414") != 0;
}

static void test_still_works(void **state)
{
	(void)state;
	in_child(still_works);
}

/* Room for two whole pages of what cannot be written, of any size. */
static const unsigned char constants[4 << 16] = { 1 };

/* Changed since it was read, as a debugger or a tracer does, and put in place
 * of the file, as packers do. */
static int keeps_changes(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = ((uintptr_t)constants + page - 1) & ~(page - 1);
	volatile unsigned char *changed = (unsigned char *)from;
	volatile unsigned char *replaced = (unsigned char *)from + page;

	if (mprotect((void *)from, page, PROT_READ | PROT_WRITE) < 0 ||
	    mmap((void *)replaced, page, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
		 0) != (void *)replaced)
		return 2;
	*changed = 42;
	*replaced = 43;
	if (mprotect((void *)from, 2 * page, PROT_READ) < 0)
		return 2;
	memlock();
	return *changed == 42 && *replaced == 43 ? 0 : 1;
}

static void test_keeps_changes(void **state)
{
	(void)state;
	in_child(keeps_changes);
}

/* Most of the heap is free, in between what is kept. */
static int trims(void)
{
	enum { COUNT = 1024, HOLE = 32 << 10, KEPT = 1 << 10 };
	static char *holes[COUNT], *kept[COUNT];
	unsigned long before, after;
	int locked = memlock();

	for (size_t i = 0; i < COUNT; i++) {
		holes[i] = malloc(HOLE);
		kept[i] = malloc(KEPT);
		if (!holes[i] || !kept[i])
			return 2;
		memset(holes[i], 1, HOLE);
		memset(kept[i], 2, KEPT);
	}
	for (size_t i = 0; i < COUNT; i++)
		free(holes[i]);
	before = status_kib("RssAnon:");
	memlock_trim();
	after = status_kib("RssAnon:");
	for (size_t i = 0; i < COUNT; i++)
		if (kept[i][0] != 2 || kept[i][KEPT - 1] != 2)
			return 3;
	if (locked == 0 && status_kib("VmLck:") == 0)
		return 4;
	return before == 0 || after + 16384 < before ? 0 : 1;
}

static void test_trims(void **state)
{
	(void)state;
#if !defined(__GLIBC__) || defined(__SANITIZE_ADDRESS__) || \
	defined(__SANITIZE_THREAD__)
	skip(); /* another heap */
#endif
	in_child(trims);
}

/* Once it could not be locked again: the next time it is. */
static int locks_again(void)
{
	bool before, refused;

	kernel.is_played = true;
	if (memlock() < 0)
		return 0; /* not allowed here, so never locked */
	before = kernel.is_locked;
	kernel.refusals = 1;
	memlock_trim();
	refused = !kernel.is_locked;
	memlock_trim();
	return before && refused && kernel.is_locked ? 0 : 1;
}

static void test_locks_again(void **state)
{
	(void)state;
#ifndef __GLIBC__
	skip(); /* nothing is trimmed */
#endif
	in_child(locks_again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gives_back),
		cmocka_unit_test(test_still_works),
		cmocka_unit_test(test_keeps_changes),
		cmocka_unit_test(test_trims),
		cmocka_unit_test(test_locks_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
