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

#include "../../src/collect/gpu.h"
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

static const char amdgpu[] = "pos:\t0\nflags:\t02100002\n"
			     "drm-driver:\tamdgpu\n"
			     "drm-client-id:\t26\n"
			     "drm-pdev:\t0000:03:00.0\n"
			     "drm-total-vram:\t2 MiB\n"
			     "drm-shared-vram:\t0\n"
			     "drm-memory-vram:\t524288 KiB\n"
			     "drm-resident-vram:\t524288 KiB\n"
			     "drm-engine-gfx:\t1234 ns\n"
			     "drm-memory-gtt:\t4096\n";

static void test_gpu_lines(void **state)
{
	struct gpu_client client;

	(void)state;
	assert_true(gpu_parse(amdgpu, &client));
	assert_string_equal(client.driver, "amdgpu");
	assert_string_equal(client.device, "0000:03:00.0");
	assert_int_equal(client.id, 26);
	assert_int_equal(client.count, 2);
	assert_string_equal(client.regions[0].name, "vram");
	assert_int_equal(client.regions[0].total, 2 * MIB);
	assert_int_equal(client.regions[0].resident, 512 * MIB);
	assert_int_equal(client.regions[0].shared, 0);
	assert_int_equal(client.regions[0].purgeable, UNKNOWN);
	assert_int_equal(client.regions[1].resident, 4096);
	assert_int_equal(client.regions[1].total, UNKNOWN);
	/* not of a GPU; a size in something else; too many regions */
	assert_false(gpu_parse("pos:\t0\nflags:\t02\n", &client));
	assert_true(gpu_parse("drm-driver:\txe\ndrm-total-vram0:\t3 pages\n"
			      "drm-total-:\t3\n",
			      &client));
	assert_int_equal(client.count, 0);
	assert_int_equal(client.id, UNKNOWN);
	assert_true(gpu_parse("drm-driver:\txe\n"
			      "drm-total-a:1\ndrm-total-b:1\ndrm-total-c:1\n"
			      "drm-total-d:1\ndrm-total-e:1\ndrm-total-f:1\n"
			      "drm-total-g:1\ndrm-total-h:1\ndrm-total-i:1\n",
			      &client));
	assert_int_equal(client.count, GPU_REGIONS);
}

static void make_link(const struct temporary_tree *temporary, const char *name,
		      const char *to)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", temporary->proc, name);
	assert_int_equal(symlink(to, path), 0);
}

/* A duplicated descriptor is the same client; the same number on another
 * device is not. */
static void test_gpus(void **state)
{
	struct temporary_tree temporary;
	struct reply reply = { 0 };
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "42");
	kernel_tree_mkdir(&temporary, "42/fd");
	kernel_tree_mkdir(&temporary, "42/fdinfo");
	make_link(&temporary, "42/fd/0", "/dev/null");
	make_link(&temporary, "42/fd/3", "/dev/dri/renderD128");
	make_link(&temporary, "42/fd/4", "/dev/dri/renderD128");
	make_link(&temporary, "42/fd/5", "/dev/dri/card1");
	make_link(&temporary, "42/fd/6", "/srv/dev/dri/card1");
	kernel_tree_write(&temporary, "42/fdinfo/0", amdgpu);
	kernel_tree_write(&temporary, "42/fdinfo/3", amdgpu);
	kernel_tree_write(&temporary, "42/fdinfo/4", amdgpu);
	kernel_tree_write(&temporary, "42/fdinfo/5",
			  "drm-driver:\ti915\ndrm-client-id:\t26\n"
			  "drm-pdev:\t0000:00:02.0\n"
			  "drm-total-system0:\t8 MiB\n");
	kernel_tree_write(&temporary, "42/fdinfo/6", amdgpu);
	gpu_read(&tree, "42", &reply);
	kernel_tree_remove(&temporary, &tree);
	assert_int_equal(reply.gpu_state, STATE_OK);
	assert_int_equal(reply.ngpus, 3);
	for (size_t i = 0; i < reply.ngpus; i++) {
		const struct gpu_memory *gpu = &reply.gpus[i];

		assert_int_equal(gpu->clients, 1);
		if (!strcmp(gpu->region, "vram"))
			assert_int_equal(gpu->resident, 512 * MIB);
		else if (!strcmp(gpu->region, "system0"))
			assert_int_equal(gpu->total, 8 * MIB);
		else
			assert_string_equal(gpu->region, "gtt");
	}
}

/* However many clients, none is left out of the sum. */
static void test_many_gpu_clients(void **state)
{
	enum { CLIENTS = 300 };
	struct temporary_tree temporary;
	struct reply reply = { 0 };
	struct tree tree;

	(void)state;
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "42");
	kernel_tree_mkdir(&temporary, "42/fd");
	kernel_tree_mkdir(&temporary, "42/fdinfo");
	for (int i = 0; i < 2 * CLIENTS; i++) {
		char name[32], text[160];

		snprintf(name, sizeof(name), "42/fd/%d", i);
		make_link(&temporary, name, "/dev/dri/renderD128");
		snprintf(name, sizeof(name), "42/fdinfo/%d", i);
		snprintf(text, sizeof(text),
			 "drm-driver:\txe\ndrm-client-id:\t%d\n"
			 "drm-total-vram0:\t1 MiB\n",
			 i / 2);
		kernel_tree_write(&temporary, name, text);
	}
	gpu_read(&tree, "42", &reply);
	kernel_tree_remove(&temporary, &tree);
	assert_int_equal(reply.gpu_state, STATE_OK);
	assert_int_equal(reply.ngpus, 1);
	assert_int_equal(reply.gpus[0].clients, CLIENTS);
	assert_int_equal(reply.gpus[0].total, CLIENTS * MIB);
	assert_int_equal(reply.gpus_more, 0);
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
		cmocka_unit_test(test_gpu_lines),
		cmocka_unit_test(test_gpus),
		cmocka_unit_test(test_many_gpu_clients),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
