/* SPDX-License-Identifier: MIT
 *
 * Limits, program, descriptors and placement of one process.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/numa.h"
#include "../../src/collect/procfile.h"
#include "kernel_tree.h"

static struct reply *read_reply(const char *name, const char *dir)
{
	struct reply *reply = calloc(1, sizeof(*reply));
	struct tree tree;

	assert_non_null(reply);
	kernel_tree_open(name, &tree);
	assert_int_equal(procfile_details(&tree, dir, reply), 0);
	tree_done(&tree);
	return reply;
}

static const struct limit *find(const struct reply *reply, const char *name)
{
	size_t i;

	for (i = 0; i < reply->nlimits; i++)
		if (!strcmp(reply->limits[i].name, name))
			return &reply->limits[i];
	fail_msg("no limit %s", name);
	return NULL;
}

static void test_limits(void **state)
{
	struct reply *reply = read_reply("linux-6.18", "4242");
	const struct limit *limit;

	(void)state;
	assert_int_equal(reply->state, STATE_OK);
	assert_int_equal(reply->nlimits, 16);
	limit = find(reply, "Max stack size");
	assert_int_equal(limit->soft, 8388608);
	assert_int_equal(limit->hard, UNKNOWN);
	assert_string_equal(limit->unit, "bytes");
	limit = find(reply, "Max open files");
	assert_int_equal(limit->soft, 20000);
	assert_string_equal(limit->unit, "files");
	limit = find(reply, "Max nice priority");
	assert_int_equal(limit->hard, 0);
	assert_string_equal(limit->unit, "");
	reply_free(reply);
}

static void test_placement(void **state)
{
	struct reply *reply = read_reply("linux-6.1", "48213");

	(void)state;
	assert_string_equal(reply->cpus_allowed, "0-7");
	assert_string_equal(reply->mems_allowed, "0-1");
	/* (3932160 x 4K + 2 x 2M) and (3637248 + 12) x 4K */
	assert_string_equal(reply->numa, "N0 15.0G N1 13.9G");
	assert_string_equal(text_str(reply->exe),
			    "/usr/lib/jvm/java-17/bin/java (deleted)");
	assert_int_equal(reply->maps, 3);
	/* no such file here: not 0 */
	assert_int_equal(reply->descriptors, UNKNOWN);
	reply_free(reply);
}

static void test_one_node(void **state)
{
	struct reply *reply = read_reply("linux-6.18", "4242");

	(void)state;
	assert_string_equal(reply->numa, "");
	assert_string_equal(reply->cpus_allowed, "0-1");
	assert_string_equal(reply->mems_allowed, "0");
	assert_int_equal(reply->descriptors, 3);
	assert_int_equal(reply->maps, 30);
	assert_string_equal(text_str(reply->exe), "/usr/sbin/ledgerd");
	reply_free(reply);
}

static void test_kernel_thread(void **state)
{
	struct reply *reply = read_reply("linux-6.18", "2");

	(void)state;
	assert_int_equal(reply->state, STATE_OK);
	assert_null(reply->exe);
	assert_int_equal(reply->maps, 0);
	reply_free(reply);
}

static void test_gone(void **state)
{
	struct reply *reply = read_reply("vanishing", "31337");

	(void)state;
	assert_int_equal(reply->state, STATE_NOT_APPLICABLE);
	assert_null(reply->limits);
	assert_int_equal(reply->descriptors, UNKNOWN);
	assert_int_equal(reply->maps, UNKNOWN);
	reply_free(reply);
}

/* The size of the directory or a count: the same number. */
static void test_own_descriptors(void **state)
{
	struct reply *before = calloc(1, sizeof(*before));
	struct reply *after = calloc(1, sizeof(*after));
	struct tree tree;
	char dir[16];
	int fd[3];
	size_t i;

	(void)state;
	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	snprintf(dir, sizeof(dir), "%d", (int)getpid());
	assert_int_equal(procfile_details(&tree, dir, before), 0);
	for (i = 0; i < ARRAY_SIZE(fd); i++)
		fd[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	assert_int_equal(procfile_details(&tree, dir, after), 0);
	for (i = 0; i < ARRAY_SIZE(fd); i++)
		close(fd[i]);
	assert_int_equal(after->descriptors, before->descriptors + 3);
	assert_true(after->maps > 5 && after->maps < 10000);
	assert_true(text_len(after->exe) > 0);
	reply_free(before);
	reply_free(after);
	tree_done(&tree);
}

static void test_malformed_limits(void **state)
{
	static const char heading[] = "Limit  Soft Limit  Hard Limit  Units\n";
	struct reply reply = { 0 };
	char text[256];

	(void)state;
	assert_int_equal(parse_limits("", &reply), -EINVAL);
	assert_int_equal(parse_limits("Units Hard Limit Soft Limit\n", &reply),
			 -EINVAL);
	assert_null(reply.limits);
	/* a short row must not take its figures from the next one */
	snprintf(text, sizeof(text), "%stiny\n%s", heading,
		 "xx4 of many 1112223\n"
		 "odd    many        few         things\n"
		 "fine   1           unlimited   things");
	assert_int_equal(parse_limits(text, &reply), 0);
	assert_int_equal(reply.nlimits, 1);
	assert_string_equal(reply.limits[0].name, "fine");
	assert_int_equal(reply.limits[0].soft, 1);
	assert_string_equal(reply.limits[0].unit, "things");
	free(reply.limits);
}

static void test_numa_lines(void **state)
{
	static uint64_t sums[NUMA_NODES];

	(void)state;
	numa_line(sums, "7f00 default N0=3 N2=1 kernelpagesize_kB=4");
	numa_line(sums, "7f00 default N0=7");
	numa_line(sums, "7f00 default N4096=7 NX=1 N1 kernelpagesize_kB=4");
	numa_line(sums, "7f00 default huge N1=1 kernelpagesize_kB=2048");
	numa_line(sums, "");
	assert_int_equal(sums[0], 12 * KIB);
	assert_int_equal(sums[1], 2 * MIB);
	assert_int_equal(sums[2], 4 * KIB);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_placement),
		cmocka_unit_test(test_one_node),
		cmocka_unit_test(test_kernel_thread),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_own_descriptors),
		cmocka_unit_test(test_malformed_limits),
		cmocka_unit_test(test_numa_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
