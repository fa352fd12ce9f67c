/* SPDX-License-Identifier: MIT
 *
 * See holder.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "holder.h"
#include "memtop/base.h"

static void run_child(hold_memory *hold, size_t bytes, int ready, int go)
{
	size_t made = hold(bytes);
	char c;

	if (write(ready, &made, sizeof(made)) != sizeof(made))
		_exit(1);
	/* until the parent has looked, or is gone */
	while (read(go, &c, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

size_t holder_start(hold_memory *hold, size_t bytes, struct holder *ret)
{
	int ready[2], go[2];
	size_t made = 0;

	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	ret->pid = fork();
	assert_true(ret->pid >= 0);
	if (ret->pid == 0) {
		close(ready[0]);
		close(go[1]);
		run_child(hold, bytes, ready[1], go[0]);
	}
	close(ready[1]);
	close(go[0]);
	ret->ready = ready[0];
	ret->go = go[1];
	if (read(ret->ready, &made, sizeof(made)) != sizeof(made))
		made = 0;
	return made;
}

void holder_end(struct holder *holder)
{
	close(holder->go);
	close(holder->ready);
	waitpid(holder->pid, NULL, 0);
}

static char *map(size_t size, int flags)
{
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Different in every page: nothing may merge or compress to nothing. */
static void fill(char *p, size_t size)
{
	for (size_t i = 0; i < size; i += 4096)
		*(size_t *)(p + i) = i ^ 0x5bd1e995;
}

size_t hold_anonymous(size_t bytes)
{
	char *p = map(bytes, MAP_PRIVATE | MAP_ANONYMOUS);

	if (!p)
		return 0;
	fill(p, bytes);
	return bytes;
}

size_t hold_memfd(size_t bytes)
{
	int fd = memfd_create("ledger", MFD_CLOEXEC);
	char *p;

	if (fd < 0 || ftruncate(fd, (off_t)bytes) < 0)
		return 0;
	p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return 0;
	fill(p, bytes);
	return bytes;
}

size_t hold_tmpfs(size_t bytes)
{
	char path[] = "/dev/shm/memtop-ledger-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		return 0;
	unlink(path); /* the open descriptor keeps it */
	return posix_fallocate(fd, 0, (off_t)bytes) == 0 ? bytes : 0;
}

size_t hold_sysv(size_t bytes)
{
	int id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
	char *p;

	if (id < 0)
		return 0;
	p = shmat(id, NULL, 0);
	shmctl(id, IPC_RMID, NULL); /* with the last who is attached */
	if (p == (void *)-1)
		return 0;
	fill(p, bytes);
	return bytes;
}

size_t hold_file_cache(size_t bytes)
{
	char path[] = "/var/tmp/memtop-ledger-XXXXXX";
	char *block = calloc(1, MIB);
	int fd = mkstemp(path);

	if (fd < 0 || !block)
		return 0;
	unlink(path);
	for (size_t i = 0; i < bytes; i += MIB)
		if (write(fd, block, MIB) != (ssize_t)MIB)
			return 0;
	fsync(fd);
	return bytes;
}

static void *wait_here(void *arg)
{
	(void)arg;
	for (;;)
		pause();
	return NULL;
}

/* The kernel's own stack of a thread: 16 KiB on 64-bit machines. */
size_t hold_stacks(size_t bytes)
{
	const size_t count = min_u64(bytes, 64 * MIB) / (16 * KIB);
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 * KIB);
	for (size_t i = 0; i < count; i++)
		if (pthread_create(&thread, &attr, wait_here, NULL) != 0)
			return 0;
	return count * 16 * KIB;
}

/* VmPTE of this process, bytes; 0: not told. */
static size_t own_page_tables(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	unsigned long kib = 0;

	while (file && fgets(line, sizeof(line), file) &&
	       sscanf(line, "VmPTE: %lu kB", &kib) != 1)
		;
	if (file)
		fclose(file);
	return kib * KIB;
}

/* A page in each area that needs a page table of its own; what a sanitizer
 * keeps of them needs tables as well. */
size_t hold_page_tables(size_t bytes)
{
	const size_t before = own_page_tables();
	const size_t each = 2 * MIB;
	const size_t count = min_u64(bytes, 64 * MIB) / 4096;
	char *p =
		map(count * each, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);

	if (!p || madvise(p, count * each, MADV_NOHUGEPAGE) < 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		p[i * each] = 1;
	return own_page_tables() - before;
}
