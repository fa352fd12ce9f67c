/* SPDX-License-Identifier: MIT
 *
 * The ledger of this machine: a known amount of each kind of memory that can
 * be made here moves its row by that much.  Others use memory meanwhile, a few
 * of them a lot at once: so it is made several times, and as often nothing is,
 * in between and for as long.  The middle of the former is compared, and what
 * the middle ones of the latter differ by is the noise.
 *
 * LEDGER_MIB=500 makes the amounts larger than they are in a quick run.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../src/collect/collect.h"
#include "memtop/ledger.h"
#include "zram.h"

/* The thread sanitizer keeps a shadow of all that is touched, in pages of its
 * own. */
#ifdef __SANITIZE_THREAD__
enum { HAS_SHADOWS = 1 };
#else
enum { HAS_SHADOWS = 0 };
#endif

enum { TRIES = 3, CYCLES = 5, SETTLE_MS = 200, LOOKS = 8, LOOK_MS = 100 };

static struct tree tree;
static struct host *host;

static size_t amount(void)
{
	const char *mib = getenv("LEDGER_MIB");

	return (mib ? strtoul(mib, NULL, 10) : 128) * MIB;
}

static struct ledger look(void)
{
	struct snapshot *s = snapshot_new();
	struct ledger ledger;

	assert_non_null(s);
	assert_int_equal(collect_meminfo.read(&tree, s), 0);
	assert_int_equal(collect_vmstat.read(&tree, s), 0);
	s->host = host_ref(host);
	assert_int_equal(ledger_make(s, &ledger), 0);
	snapshot_unref(s);
	return ledger;
}

/* ---- children that hold memory ------------------------------------------- */

struct child {
	pid_t pid;
	int ready, go;
};

/* The kind of memory under test: returns how many bytes its rows should have
 * more, or 0 when that can't be made here. */
typedef size_t make_memory(size_t bytes);

static void run_child(make_memory *make, size_t bytes, int ready, int go)
{
	size_t made = make(bytes);
	char c;

	if (write(ready, &made, sizeof(made)) != sizeof(made))
		_exit(1);
	/* until the parent has looked, or is gone */
	while (read(go, &c, 1) < 0 && errno == EINTR)
		;
	_exit(0);
}

static size_t start(make_memory *make, struct child *ret)
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
		run_child(make, amount(), ready[1], go[0]);
	}
	close(ready[1]);
	close(go[0]);
	ret->ready = ready[0];
	ret->go = go[1];
	if (read(ret->ready, &made, sizeof(made)) != sizeof(made))
		made = 0;
	return made;
}

static void end(struct child *child)
{
	close(child->go);
	close(child->ready);
	waitpid(child->pid, NULL, 0);
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

static size_t make_anonymous(size_t bytes)
{
	char *p = map(bytes, MAP_PRIVATE | MAP_ANONYMOUS);

	if (!p)
		return 0;
	fill(p, bytes);
	return bytes;
}

static size_t make_memfd(size_t bytes)
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

static size_t make_tmpfs(size_t bytes)
{
	char path[] = "/dev/shm/memtop-ledger-XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0)
		return 0;
	unlink(path); /* the open descriptor keeps it */
	return posix_fallocate(fd, 0, (off_t)bytes) == 0 ? bytes : 0;
}

static size_t make_sysv(size_t bytes)
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

static size_t make_file_cache(size_t bytes)
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
static size_t make_stacks(size_t bytes)
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
static size_t make_page_tables(size_t bytes)
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

/* ---- the comparison ------------------------------------------------------ */

static uint64_t rows(const struct ledger *ledger, const enum ledger_part *parts,
		     size_t count)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < count; i++)
		bytes += ledger->bytes[parts[i]];
	return bytes;
}

/* How far the rows move by themselves; *ret is where they are. */
static uint64_t noise(const enum ledger_part *parts, size_t count,
		      uint64_t *ret)
{
	uint64_t least = UNKNOWN, most = 0;

	for (int i = 0; i < LOOKS; i++) {
		struct ledger ledger = look();

		*ret = rows(&ledger, parts, count);
		least = min_u64(least, *ret);
		most = max_u64(most, *ret);
		usleep(LOOK_MS * 1000);
	}
	return most - least;
}

static uint64_t rows_now(const enum ledger_part *parts, size_t count)
{
	struct ledger ledger = look();

	return rows(&ledger, parts, count);
}

/* By how much the rows moved in the course of the making, and then in as much
 * time without.  Returns what was made, 0 when that can't be. */
static size_t cycle(make_memory *make, const enum ledger_part *parts,
		    size_t count, int64_t *ret_moved, int64_t *ret_alone)
{
	uint64_t before, began_ns, took_ns;
	struct child child;
	size_t made;

	usleep(SETTLE_MS * 1000);
	before = rows_now(parts, count);
	began_ns = tree_now();
	made = start(make, &child);
	*ret_moved = (int64_t)(rows_now(parts, count) - before);
	took_ns = tree_now() - began_ns;
	end(&child);
	usleep(SETTLE_MS * 1000);
	before = rows_now(parts, count);
	usleep((useconds_t)(took_ns / 1000));
	*ret_alone = (int64_t)(rows_now(parts, count) - before);
	return made;
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* 1 when the rows moved by what was made, 0 when not, -1: can't be made. */
static int moves(make_memory *make, const enum ledger_part *parts, size_t count)
{
	int64_t moved[CYCLES], alone[CYCLES], jitter, allowed, middle;
	size_t made = 0;

	for (int i = 0; i < CYCLES; i++) {
		made = cycle(make, parts, count, &moved[i], &alone[i]);
		if (made == 0)
			return -1;
	}
	qsort(moved, CYCLES, sizeof(moved[0]), by_value);
	qsort(alone, CYCLES, sizeof(alone[0]), by_value);
	middle = moved[CYCLES / 2];
	jitter = alone[CYCLES * 3 / 4] - alone[CYCLES / 4];
	allowed = (int64_t)made / 50;
	if (allowed < 4 * jitter)
		allowed = 4 * jitter;
	/* with more noise than this the figure would say nothing */
	if (allowed > (int64_t)made / 4)
		allowed = (int64_t)made / 4;
	print_message("%-20s made %8zu KiB, row %8lld KiB, noise %lld KiB\n",
		      ledger_name(parts[0]), made / 1024,
		      (long long)middle / 1024, (long long)jitter / 1024);
	return middle + allowed >= (int64_t)made &&
	       middle <= (int64_t)made + allowed;
}

static void assert_moves(make_memory *make, const enum ledger_part *parts,
			 size_t count)
{
	for (int i = 0; i < TRIES; i++) {
		int r = moves(make, parts, count);

		if (r < 0)
			skip();
		if (r > 0)
			return;
	}
	fail_msg("%s did not move by what was made", ledger_name(parts[0]));
}

#define ROWS(...)                                             \
	(const enum ledger_part[]){ __VA_ARGS__ },            \
		sizeof((enum ledger_part[]){ __VA_ARGS__ }) / \
			sizeof(enum ledger_part)

static void test_anonymous(void **state)
{
	(void)state;
	if (HAS_SHADOWS)
		skip();
	assert_moves(make_anonymous, ROWS(LEDGER_ANON));
}

static void test_shared(void **state)
{
	(void)state;
	assert_moves(make_memfd, ROWS(LEDGER_SHMEM));
	assert_moves(make_tmpfs, ROWS(LEDGER_SHMEM));
	assert_moves(make_sysv, ROWS(LEDGER_SHMEM));
}

static void test_file_cache(void **state)
{
	(void)state;
	assert_moves(make_file_cache, ROWS(LEDGER_FILE));
}

static void test_stacks(void **state)
{
	(void)state;
	assert_moves(make_stacks, ROWS(LEDGER_STACKS));
}

static void test_page_tables(void **state)
{
	(void)state;
	if (HAS_SHADOWS)
		skip();
	assert_moves(make_page_tables, ROWS(LEDGER_PAGE_TABLES));
}

/* ---- what only root can make --------------------------------------------- */

static bool read_number(const char *path, unsigned long *ret)
{
	FILE *f = fopen(path, "r");
	int n;

	if (!f)
		return false;
	n = fscanf(f, "%lu", ret);
	fclose(f);
	return n == 1;
}

static bool write_number(const char *path, unsigned long number)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return false;
	fprintf(f, "%lu", number);
	return fclose(f) == 0;
}

static void test_hugetlb(void **state)
{
	static const char pool[] = "/proc/sys/vm/nr_hugepages";
	static const enum ledger_part parts[] = { LEDGER_HUGETLB };
	const unsigned long more = amount() / 4 / (2 * MIB);
	unsigned long before = 0, now;
	struct ledger ledger;
	uint64_t bytes;

	(void)state;
	if (geteuid() != 0 || !read_number(pool, &before))
		skip();
	ledger = look();
	bytes = rows(&ledger, parts, 1);
	if (!write_number(pool, before + more) || !read_number(pool, &now))
		now = before;
	ledger = look();
	write_number(pool, before);
	if (now == before)
		skip();
	assert_int_equal(rows(&ledger, parts, 1) - bytes,
			 (now - before) * 2 * MIB);
}

/* The kernel counts the pages of such disks by processor, and sums them up now
 * and then. */
static void test_compressed(void **state)
{
	static const enum ledger_part parts[] = { LEDGER_COMPRESSED };
	uint64_t before, made, moved = 0, jitter, allowed;
	struct ledger ledger;
	int disk;

	(void)state;
	jitter = noise(parts, 1, &before);
	disk = zram_make(64 * MIB);
	if (disk < 0)
		skip();
	made = zram_used(disk);
	allowed = max_u64(made / 50, 4 * jitter) + 2 * MIB;
	for (int i = 0; i < LOOKS * 3; i++) {
		ledger = look();
		moved = sub_floor(rows(&ledger, parts, 1), before);
		if (moved + allowed >= made && moved <= made + allowed)
			break;
		usleep(LOOK_MS * 1000);
	}
	zram_remove(disk);
	print_message("%-20s made %8llu KiB, row %8llu KiB\n",
		      ledger_name(parts[0]), (unsigned long long)made / 1024,
		      (unsigned long long)moved / 1024);
	assert_true(made > 16 * MIB);
	assert_true(moved + allowed >= made && moved <= made + allowed);
}

/* Pages of all caches, as slabinfo counts them; 0: not permitted. */
static uint64_t slab_bytes(void)
{
	FILE *f = fopen("/proc/slabinfo", "r");
	unsigned long per, slabs;
	uint64_t bytes = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line,
			   "%*s %*u %*u %*u %*u %lu : tunables %*u %*u "
			   "%*u : slabdata %*u %lu",
			   &per, &slabs) == 2)
			bytes += (uint64_t)per * slabs * host->page_size;
	if (f)
		fclose(f);
	return bytes;
}

/* Empty files: what they take is their names and inodes. */
static void make_files(const char *directory, size_t count, bool remove)
{
	char path[128];

	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%zu", directory, i);
		if (remove)
			unlink(path);
		else
			close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
	}
}

static void test_slab(void **state)
{
	static const enum ledger_part parts[] = { LEDGER_SLAB_FREEABLE,
						  LEDGER_SLAB_FIXED };
	char directory[] = "/dev/shm/memtop-ledger-XXXXXX";
	const size_t count = amount() / KIB / 2;
	uint64_t before, caches, moved, grown, allowed;
	struct ledger ledger;

	(void)state;
	if (slab_bytes() == 0 || !mkdtemp(directory))
		skip();
	allowed = 4 * noise(parts, 2, &before);
	caches = slab_bytes();
	make_files(directory, count, false);
	ledger = look();
	moved = rows(&ledger, parts, 2) - before;
	grown = slab_bytes() - caches;
	make_files(directory, count, true);
	rmdir(directory);
	print_message("slab: %zu files, caches %llu KiB, rows %llu KiB\n",
		      count, (unsigned long long)grown / 1024,
		      (unsigned long long)moved / 1024);
	allowed = max_u64(allowed, grown / 50 + MIB);
	assert_true(grown > count * 700);
	assert_true(moved + allowed >= grown && moved <= grown + allowed);
}

static int setup(void **state)
{
	(void)state;
	if (tree_open(NULL, NULL, &tree) < 0)
		return -1;
	host = collect_host(&tree);
	return host ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	host_unref(host);
	tree_done(&tree);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anonymous),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_file_cache),
		cmocka_unit_test(test_stacks),
		cmocka_unit_test(test_page_tables),
		cmocka_unit_test(test_hugetlb),
		cmocka_unit_test(test_compressed),
		cmocka_unit_test(test_slab),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
