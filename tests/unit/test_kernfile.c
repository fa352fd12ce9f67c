/* SPDX-License-Identifier: MIT
 *
 * Files read whole, and lines of kernel files taken apart.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/kernfile.h"

static int dir = -1;
static char dir_path[] = "/tmp/memtop-kernfile-XXXXXX";

static void write_file(const char *name, const char *bytes, size_t len)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static int make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir_path) == NULL)
		return -1;
	dir = open(dir_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlinkat(dir, "file", 0);
	close(dir);
	return rmdir(dir_path);
}

static void test_read(void **state)
{
	char big[5000], buf[8192];
	int fd;

	(void)state;
	memset(big, 'x', sizeof(big));
	assert_int_equal(kernfile_read(dir, "none", buf, 10), -ENOENT);

	write_file("file", "abc\n", 4);
	assert_int_equal(kernfile_read(dir, "file", buf, sizeof(buf)), 4);
	assert_string_equal(buf, "abc\n");
	assert_int_equal(kernfile_read(dir, "file", buf, 5), 4);
	assert_int_equal(kernfile_read(dir, "file", buf, 4), -EFBIG);
	assert_string_equal(buf, "abc");

	write_file("file", big, sizeof(big));
	assert_int_equal(kernfile_read(dir, "file", buf, sizeof(buf)), 5000);
	assert_int_equal(kernfile_read(dir, "file", buf, 2000), -EFBIG);
	fd = openat(dir, "file", O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 2; i++) /* again from the start */
		assert_int_equal(kernfile_pread(fd, buf, sizeof(buf)), 5000);
	close(fd);

	write_file("file", "", 0);
	assert_int_equal(kernfile_read(dir, "file", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "");
}

static void test_grow(void **state)
{
	struct growbuf buf = { 0 };
	size_t size = 100000;
	char *big = malloc(size);

	(void)state;
	memset(big, 'y', size);
	write_file("file", big, size);
	assert_int_equal(growbuf_read(&buf, dir, "none", size), -ENOENT);
	assert_int_equal(growbuf_read(&buf, dir, "file", size - 1), -EFBIG);
	assert_int_equal(growbuf_read(&buf, dir, "file", size), size);
	assert_int_equal(strlen(buf.data), size);
	write_file("file", "z", 1);
	assert_int_equal(growbuf_read(&buf, dir, "file", size), 1);
	assert_string_equal(buf.data, "z");
	growbuf_done(&buf);
	assert_null(buf.data);
	free(big);
}

static void test_multi_record(void **state)
{
	struct growbuf buf = { 0 };
	char *small = malloc(MIB);
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ssize_t len = kernfile_read(proc, "self/smaps", small, MIB);

	/* the kernel hands smaps out in pieces: all of them must come */
	(void)state;
	assert_true(len > 4096);
	assert_non_null(strstr(small, "[stack]"));
	assert_true(growbuf_read(&buf, proc, "self/smaps", MIB) > 4096);
	assert_non_null(strstr(buf.data, "[stack]"));
	growbuf_done(&buf);
	free(small);
	close(proc);
}

static void next(const char **cursor, struct kv *kv, const char *key)
{
	assert_true(kv_next(cursor, kv));
	assert_int_equal(kv->key_len, strlen(key));
	assert_memory_equal(kv->key, key, kv->key_len);
}

static void test_kv(void **state)
{
	const char *cursor = "MemTotal:       24601836 kB\n"
			     "pswpin 0\n"
			     "VmRSS:\t    1428 kB\n"
			     "HugePages_Total:      3\n"
			     "Name:\ta: b \n"
			     "Groups:\t4 24 \n"
			     "\n"
			     "Big: 99999999999999999999\n"
			     "Kib: 18446744073709551615 kB\n"
			     "nr_dirtied 18446744073709551615";
	struct kv kv;

	(void)state;
	next(&cursor, &kv, "MemTotal");
	assert_true(kv.has_value && kv.is_kib);
	assert_int_equal(kv.value, 24601836 * KIB);
	next(&cursor, &kv, "pswpin");
	assert_true(kv.has_value && !kv.is_kib && kv.value == 0);
	next(&cursor, &kv, "VmRSS");
	assert_int_equal(kv.value, 1428 * KIB);
	next(&cursor, &kv, "HugePages_Total");
	assert_true(kv.has_value && !kv.is_kib && kv.value == 3);
	next(&cursor, &kv, "Name");
	assert_false(kv.has_value);
	assert_int_equal(kv.rest_len, 4);
	assert_memory_equal(kv.rest, "a: b", 4);
	next(&cursor, &kv, "Groups");
	assert_false(kv.has_value);
	next(&cursor, &kv, "");
	next(&cursor, &kv, "Big");
	assert_false(kv.has_value);
	next(&cursor, &kv, "Kib");
	assert_false(kv.has_value);
	next(&cursor, &kv, "nr_dirtied");
	assert_true(kv.has_value);
	assert_false(kv_next(&cursor, &kv));
}

struct target {
	uint64_t swap, rss, none;
};

static void test_fill(void **state)
{
	static const struct kv_key keys[] = {
		{ "VmRSS", offsetof(struct target, rss) },
		{ "VmSwap", offsetof(struct target, swap) },
		{ "VmNone", offsetof(struct target, none) },
	};
	struct target target = { 1, 2, 3 };

	(void)state;
	/* in another order, with a key that only begins alike */
	assert_int_equal(kv_fill("VmSwapped: 1 kB\nVmSwap: 8 kB\nVm: 1 kB\n"
				 "VmRSS: 4 kB\n",
				 keys, ARRAY_SIZE(keys), &target),
			 2);
	assert_int_equal(target.swap, 8 * KIB);
	assert_int_equal(target.rss, 4 * KIB);
	assert_true(target.none == UNKNOWN);
	assert_int_equal(kv_fill("", keys, ARRAY_SIZE(keys), &target), 0);
	assert_true(target.rss == UNKNOWN);
}

static void test_parse_u64(void **state)
{
	const char *end = NULL;
	uint64_t value = 7;

	(void)state;
	assert_true(parse_u64("42x", &end, &value));
	assert_int_equal(value, 42);
	assert_string_equal(end, "x");
	assert_true(parse_u64("18446744073709551615", &end, &value));
	assert_false(parse_u64("18446744073709551616", &end, &value));
	assert_false(parse_u64("-1", &end, &value));
	assert_false(parse_u64(" 1", &end, &value));
	assert_false(parse_u64("", &end, &value));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_grow),
		cmocka_unit_test(test_multi_record),
		cmocka_unit_test(test_kv),
		cmocka_unit_test(test_fill),
		cmocka_unit_test(test_parse_u64),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
