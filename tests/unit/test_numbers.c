/* SPDX-License-Identifier: MIT
 *
 * Real processes with memory of known kinds and sizes, read by the live
 * source and compared with arithmetic and with the kernel's own files.
 * Children touch their memory, say so on a pipe and wait to be ended.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/list.h"
#include "memtop/source.h"

#define HUGE_PAGE (2 * MIB)
/* what a child has besides: its stack, libraries, page tables of malloc; a
 * sanitizer keeps shadows of everything */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLACK (1 * GIB)
#else
#define SLACK (2 * MIB)
#endif
#define RSS_SLACK (4 * SLACK)
/* … and what it was forked with: the more processes this machine has, the
 * more the samples before have left on the heap */
static uint64_t inherited;

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT 21
#endif

struct child {
	pid_t pid;
	int ready;
};

/* A key of a kernel file in bytes. */
static uint64_t kernel_says(pid_t pid, const char *file, const char *key)
{
	char path[64], line[256];
	unsigned long long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)) &&
		    line[strlen(key)] == ':')
			sscanf(line + strlen(key) + 1, "%llu", &kib);
	fclose(f);
	return kib * KIB;
}

static bool sleeps(pid_t pid)
{
	char path[64], state = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(f);
	return state == 'S';
}

/* Runs `touch` in a child; returns when it has touched everything, and rests:
 * the last of its own code has pages too. */
static struct child start(void (*touch)(void *), void *argument)
{
	int fds[2];
	char c = 0;

	inherited = kernel_says(getpid(), "status", "RssAnon");
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	struct child child = { .pid = fork(), .ready = fds[0] };

	assert_true(child.pid >= 0);
	if (child.pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(fds[0]);
		touch(argument);
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(fds[1]);
	assert_int_equal(read(child.ready, &c, 1), 1);
	for (int i = 0; i < 1000 && !sleeps(child.pid); i++)
		usleep(10000);
	return child;
}

static void end(struct child child)
{
	kill(child.pid, SIGKILL);
	waitpid(child.pid, NULL, 0);
	close(child.ready);
}

static void *map(size_t size, int flags, int fd)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (p == MAP_FAILED)
		_exit(2);
	return p;
}

/* Different in every page: nothing may merge or compress to nothing. */
static void fill(char *p, size_t size)
{
	for (size_t i = 0; i < size; i += 4096)
		*(size_t *)(p + i) = i ^ 0x5bd1e995;
}

static void touch_private(void *argument)
{
	size_t size = *(size_t *)argument;
	char *p = map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, size, MADV_NOHUGEPAGE);
	fill(p, size);
}

static void touch_shared(void *argument)
{
	int fd = *(int *)argument;

	fill(map(60 * MIB, MAP_SHARED, fd), 60 * MIB);
}

static void touch_thp(void *argument)
{
	char *p = map(66 * MIB, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	(void)argument;
	p = (char *)(((uintptr_t)p + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1));
	madvise(p, 64 * MIB, MADV_HUGEPAGE);
	fill(p, 64 * MIB);
}

static void touch_hugetlb(void *argument)
{
	(void)argument;
	fill(map(8 * HUGE_PAGE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1),
	     8 * HUGE_PAGE);
}

static void touch_swapped(void *argument)
{
	size_t size = 64 * MIB;
	char *p = map(size, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	(void)argument;
	madvise(p, size, MADV_NOHUGEPAGE);
	fill(p, size);
	madvise(p, size, MADV_PAGEOUT);
}

/* A complete sample taken after this call began. */
static const struct snapshot *sample(void)
{
	struct history *history;
	struct source *source;
	const struct snapshot *snapshot = NULL;

	assert_int_equal(history_new(&history_default_limits, &history), 0);
	struct live_config config = { .history = history,
				      .period_ns = 200 * NS_PER_MS,
				      .one_shot = true };

	assert_int_equal(live_source_new(&config, &source), 0);
	assert_int_equal(source->ops->start(source), 0);
	for (int i = 0; i < 3000 && !snapshot; i++) {
		usleep(10000);
		if (history_at(history, 0, &snapshot) < 0)
			continue;
		if (!snapshot->complete) {
			snapshot_unref(snapshot);
			snapshot = NULL;
		}
	}
	source->ops->close(source);
	history_free(history);
	assert_non_null(snapshot);
	return snapshot;
}

static const struct process *of(const struct snapshot *snapshot,
				struct child child)
{
	const struct process *p = snapshot_find_pid(snapshot, child.pid);

	assert_non_null(p);
	assert_int_equal(p->smaps.state, STATE_OK);
	assert_true(p->smaps_rss + 4096 >= p->pss);
	assert_true(p->pss + 4096 >= p->uss);
	return p;
}

static void assert_near(uint64_t value, uint64_t wanted, uint64_t slack)
{
	assert_in_range(value, wanted, wanted + inherited + slack);
}

/* A share of libraries moves with every process that starts or ends, that of
 * what was inherited with every write of ours. */
static void assert_same(uint64_t value, uint64_t kernel)
{
	uint64_t slack = 256 * KIB + inherited;

	assert_in_range(value, sub_floor(kernel, slack), kernel + slack);
}

static void test_private(void **state)
{
	size_t size = 100 * MIB;
	struct child child = start(touch_private, &size);
	const uint64_t before = kernel_says(child.pid, "status", "VmRSS");
	const struct snapshot *s = sample();
	const struct process *p = of(s, child);

	(void)state;
	assert_near(p->uss, size, SLACK);
	assert_near(p->pss, size, SLACK);
	assert_near(p->rss, size, RSS_SLACK);
	assert_near(p->anon, size, SLACK);
	assert_same(p->pss, kernel_says(child.pid, "smaps_rollup", "Pss"));
	/* pages of its program may be reclaimed */
	assert_in_range(p->rss, kernel_says(child.pid, "status", "VmRSS"),
			before);
	assert_int_equal(p->page_tables,
			 kernel_says(child.pid, "status", "VmPTE"));
	snapshot_unref(s);
	end(child);
}

static void test_shared_by_three(void **state)
{
	int fd = memfd_create("shared", MFD_CLOEXEC);
	struct child children[3];

	(void)state;
	assert_int_equal(ftruncate(fd, 60 * MIB), 0);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		children[i] = start(touch_shared, &fd);

	const struct snapshot *s = sample();

	for (size_t i = 0; i < ARRAY_SIZE(children); i++) {
		const struct process *p = of(s, children[i]);

		assert_near(p->shmem, 60 * MIB, SLACK);
		assert_near(p->pss, 20 * MIB, SLACK);
		assert_near(p->uss, 0, SLACK);
		assert_near(p->rss, 60 * MIB, RSS_SLACK);
		assert_same(p->pss, kernel_says(children[i].pid, "smaps_rollup",
						"Pss"));
	}
	snapshot_unref(s);
	for (size_t i = 0; i < ARRAY_SIZE(children); i++)
		end(children[i]);
	close(fd);
}

static void test_thp(void **state)
{
	struct child child = start(touch_thp, NULL);
	const uint64_t before =
		kernel_says(child.pid, "smaps_rollup", "AnonHugePages");
	const struct snapshot *s = sample();
	const struct process *p = of(s, child);
	const uint64_t after =
		kernel_says(child.pid, "smaps_rollup", "AnonHugePages");

	(void)state;
	/* khugepaged may be at work */
	assert_in_range(p->thp, before, after);
	snapshot_unref(s);
	end(child);
	if (!after)
		skip(); /* THP is off, or no huge page is free */
}

#define POOL "/proc/sys/vm/nr_hugepages"

static long pool(long wanted)
{
	long have = -1;
	FILE *f = fopen(POOL, wanted >= 0 ? "w" : "r");

	if (!f)
		return -1;
	if (wanted >= 0)
		fprintf(f, "%ld\n", wanted);
	else if (fscanf(f, "%ld", &have) != 1)
		have = -1;
	fclose(f);
	return wanted >= 0 ? pool(-1) : have;
}

static void test_hugetlb(void **state)
{
	long before = pool(-1);

	(void)state;
	if (before < 0 || pool(before + 8) < before + 8) {
		if (before >= 0)
			pool(before);
		skip();
	}
	struct child child = start(touch_hugetlb, NULL);
	const struct snapshot *s = sample();
	struct process p = *of(s, child);

	snapshot_unref(s);
	end(child);
	pool(before);
	assert_int_equal(p.hugetlb, 8 * HUGE_PAGE);
	assert_int_equal(p.private_hugetlb, 8 * HUGE_PAGE);
	/* it stands apart: in none of the usual figures */
	assert_near(p.uss, 0, SLACK);
	assert_near(p.rss, 0, RSS_SLACK);
	assert_near(process_frees_ram(&p), 8 * HUGE_PAGE, SLACK);
}

/* A swap file of the test's own, for as long as the test runs. */
static int make_swap(char *path)
{
	char command[128];
	int fd = mkstemp(path);

	if (fd < 0)
		return -1;
	int r = posix_fallocate(fd, 0, 128 * MIB);

	close(fd);
	snprintf(command, sizeof(command), "mkswap %s >/dev/null 2>&1", path);
	if (r || system(command) || swapon(path, 0) < 0) {
		unlink(path);
		return -1;
	}
	return 0;
}

static void test_swapped(void **state)
{
	char path[] = "/var/tmp/memtop-swap-XXXXXX";

	(void)state;
	if (make_swap(path) < 0)
		skip();
	struct child child = start(touch_swapped, NULL);
	const struct snapshot *s = sample();
	const struct process *p = of(s, child);
	uint64_t vmswap = kernel_says(child.pid, "status", "VmSwap");
	uint64_t swap = p->swap, swap_pss = p->swap_pss;
	size_t nswaps = list_count(snapshot_list(s, ENTITY_SWAP));

	snapshot_unref(s);
	end(child);
	swapoff(path);
	unlink(path);
	assert_int_equal(swap, vmswap);
	assert_int_equal(swap_pss, vmswap);
	assert_true(vmswap > 32 * MIB);
	assert_true(nswaps >= 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_private),
		cmocka_unit_test(test_shared_by_three),
		cmocka_unit_test(test_thp),
		cmocka_unit_test(test_hugetlb),
		cmocka_unit_test(test_swapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
