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
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "../src/collect/collect.h"
#include "holder.h"
#include "memtop/ledger.h"
#include "zram.h"

/* The thread sanitizer keeps a shadow of all that is touched, in pages of its
 * own. */
#ifdef __SANITIZE_THREAD__
enum { HAS_SHADOWS = 1 };
#else
enum { HAS_SHADOWS = 0 };
#endif

enum { TRIES = 6, CYCLES = 5, SETTLE_MS = 200, LOOKS = 8, LOOK_MS = 100 };

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
static size_t cycle(hold_memory *make, const enum ledger_part *parts,
		    size_t count, int64_t *ret_moved, int64_t *ret_alone)
{
	uint64_t before, began_ns, took_ns;
	struct holder child;
	size_t made;

	usleep(SETTLE_MS * 1000);
	before = rows_now(parts, count);
	began_ns = tree_now();
	made = holder_start(make, amount(), &child);
	*ret_moved = (int64_t)(rows_now(parts, count) - before);
	took_ns = tree_now() - began_ns;
	holder_end(&child);
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
static int moves(hold_memory *make, const enum ledger_part *parts, size_t count)
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

static void assert_moves(hold_memory *make, const enum ledger_part *parts,
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
	assert_moves(hold_anonymous, ROWS(LEDGER_ANON));
}

static void test_shared(void **state)
{
	(void)state;
	assert_moves(hold_memfd, ROWS(LEDGER_SHMEM));
	assert_moves(hold_tmpfs, ROWS(LEDGER_SHMEM));
	assert_moves(hold_sysv, ROWS(LEDGER_SHMEM));
}

static void test_file_cache(void **state)
{
	(void)state;
	assert_moves(hold_file_cache, ROWS(LEDGER_FILE));
}

static void test_stacks(void **state)
{
	(void)state;
	assert_moves(hold_stacks, ROWS(LEDGER_STACKS));
}

static void test_page_tables(void **state)
{
	(void)state;
	if (HAS_SHADOWS)
		skip();
	assert_moves(hold_page_tables, ROWS(LEDGER_PAGE_TABLES));
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

/* Did the rows grow by as much as the caches?  Others have slabs too. */
static bool slab_moves(const char *directory, size_t count)
{
	static const enum ledger_part parts[] = { LEDGER_SLAB_FREEABLE,
						  LEDGER_SLAB_FIXED };
	uint64_t before, caches, moved, grown, allowed;

	allowed = 4 * noise(parts, 2, &before);
	caches = slab_bytes();
	make_files(directory, count, false);
	moved = sub_floor(rows_now(parts, 2), before);
	grown = sub_floor(slab_bytes(), caches);
	make_files(directory, count, true);
	print_message("slab: %zu files, caches %llu KiB, rows %llu KiB\n",
		      count, (unsigned long long)grown / 1024,
		      (unsigned long long)moved / 1024);
	allowed = max_u64(allowed, grown / 50 + MIB);
	return grown > count * 700 && moved + allowed >= grown &&
	       moved <= grown + allowed;
}

static void test_slab(void **state)
{
	char directory[] = "/dev/shm/memtop-ledger-XXXXXX";
	bool moved = false;

	(void)state;
	if (slab_bytes() == 0 || !mkdtemp(directory))
		skip();
	for (int i = 0; i < TRIES && !moved; i++)
		moved = slab_moves(directory, amount() / KIB / 2);
	rmdir(directory);
	assert_true(moved);
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
