/* SPDX-License-Identifier: MIT
 *
 * The files of one process, exactly, of kernels old and new and of processes
 * that are none of the usual.  Those that can't be read are in
 * test_procfile_trouble.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel_tree.h"

static struct process *read_process(struct tree *tree, const char *dir)
{
	struct process *process = process_new();

	assert_non_null(process);
	/* stat first: it tells a kernel thread and a zombie */
	assert_int_equal(procfile_stat(tree, dir, process), 0);
	assert_int_equal(procfile_statm(tree, dir, process), 0);
	assert_int_equal(procfile_status(tree, dir, process), 0);
	assert_int_equal(procfile_oom(tree, dir, process), 0);
	assert_int_equal(procfile_smaps(tree, dir, process), 0);
	return process;
}

static struct process *read_from(const char *name, const char *dir)
{
	struct process *process;
	struct tree tree;

	kernel_tree_open(name, &tree);
	process = read_process(&tree, dir);
	tree_done(&tree);
	return process;
}

static void test_linux_6_18(void **state)
{
	struct process *p = read_from("linux-6.18", "4242");

	(void)state;
	assert_int_equal(p->key.pid, 4242);
	assert_int_equal(p->key.start_ns, 197645 * (NS_PER_S / 100));
	assert_int_equal(p->ppid, 1);
	assert_int_equal(p->uid, 998); /* the effective one */
	assert_int_equal(p->state, 'S');
	assert_string_equal(p->comm, "ledgerd");
	assert_false(p->kernel);
	assert_int_equal(p->identity.state, STATE_OK);
	assert_true(p->identity.read_ns > 0);
	assert_int_equal(p->minor_faults, 6261);
	assert_int_equal(p->major_faults, 0);
	assert_true(isnan(p->minor_fault_rate));

	assert_int_equal(p->statm.state, STATE_OK);
	assert_int_equal(p->vsize, 11885 * 4 * KIB);
	/* of statm: stat says 6419 pages */
	assert_int_equal(p->rss, 6463 * 4 * KIB);

	assert_int_equal(p->status.state, STATE_OK);
	assert_int_equal(p->anon, 20592 * KIB);
	assert_int_equal(p->file, 1164 * KIB);
	assert_int_equal(p->shmem, 4096 * KIB);
	assert_int_equal(p->anon + p->file + p->shmem, p->rss);
	assert_int_equal(p->hwm, 25852 * KIB);
	assert_int_equal(p->page_tables, 96 * KIB);
	assert_int_equal(p->threads, 3);
	assert_int_equal(p->thp_enabled, 1);
	assert_string_equal(p->nodes, "0");

	assert_int_equal(p->smaps.state, STATE_OK);
	assert_true(p->smaps.read_ns > 0);
	assert_int_equal(p->smaps_rss, 25852 * KIB);
	assert_int_equal(p->pss, 14544 * KIB);
	assert_int_equal(p->pss_anon, 10332 * KIB);
	assert_int_equal(p->uss, (4 + 4164) * KIB);
	assert_int_equal(p->shared_dirty, 20532 * KIB);
	assert_int_equal(p->ksm, 0);
	assert_int_equal(p->oom.state, STATE_OK);
	process_unref(p);
}

static void test_linux_6_1(void **state)
{
	struct process *p = read_from("linux-6.1", "48213");

	(void)state;
	assert_int_equal(p->state, 'D');
	assert_int_equal(p->major_faults, 812345);
	assert_int_equal(p->swap, 4 * GIB);
	assert_string_equal(p->nodes, "0-1");
	assert_int_equal(p->locked, 64 * KIB);
	assert_int_equal(p->pinned, 128 * KIB);
	assert_int_equal(p->hugetlb, 4 * MIB);
	assert_int_equal(p->oom_score, 1105);
	assert_int_equal(p->oom_score_adj, -500);
	assert_int_equal(p->pss_dirty, 32690000 * KIB);
	assert_int_equal(p->swap_pss, 4 * GIB);
	assert_int_equal(p->thp, 10276864 * KIB);
	assert_int_equal(p->private_hugetlb, 4 * MIB);
	/* hugetlb stands apart */
	assert_int_equal(p->uss, (3584 + 32699168) * KIB);
	assert_int_equal(p->ksm, UNKNOWN);
	process_unref(p);
}

static void test_linux_4_19(void **state)
{
	struct process *p = read_from("linux-4.19", "611");

	(void)state;
	assert_int_equal(p->smaps.state, STATE_OK);
	assert_int_equal(p->pss, 2210 * KIB);
	assert_int_equal(p->uss, 1564 * KIB);
	assert_int_equal(p->pss_anon, UNKNOWN);
	assert_int_equal(p->pss_dirty, UNKNOWN);
	assert_int_equal(p->file_pmd, UNKNOWN);
	assert_int_equal(p->thp_enabled, UNKNOWN);
	assert_int_equal(p->status.state, STATE_OK);
	assert_int_equal(p->oom_score, 0);
	assert_int_equal(p->oom_score_adj, -1000);
	process_unref(p);
}

static void assert_no_memory(const struct process *p)
{
	assert_int_equal(p->statm.state, STATE_NOT_APPLICABLE);
	assert_int_equal(p->status.state, STATE_NOT_APPLICABLE);
	assert_int_equal(p->smaps.state, STATE_NOT_APPLICABLE);
	assert_int_equal(p->rss, UNKNOWN);
	assert_int_equal(p->vsize, UNKNOWN);
	assert_int_equal(p->anon, UNKNOWN);
	assert_int_equal(p->swap, UNKNOWN);
	assert_int_equal(p->pss, UNKNOWN);
	assert_int_equal(p->uss, UNKNOWN);
}

static void test_kernel_thread(void **state)
{
	static const char *const where[][2] = { { "linux-6.18", "2" },
						{ "linux-4.19", "33" } };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(where); i++) {
		struct process *p = read_from(where[i][0], where[i][1]);

		assert_true(p->kernel);
		assert_no_memory(p);
		assert_int_equal(p->oom.state, STATE_NOT_APPLICABLE);
		assert_int_equal(p->stat.state, STATE_OK);
		assert_int_equal(p->uid, 0);
		process_unref(p);
	}
}

static void test_zombie(void **state)
{
	struct process *p = read_from("zombie-leader", "5100");

	(void)state;
	assert_int_equal(p->state, 'Z');
	assert_string_equal(p->comm, "defunct");
	assert_no_memory(p);
	process_unref(p);
}

static void test_zombie_leader(void **state)
{
	struct process *p;
	struct tree tree;
	char dir[32] = "unchanged";

	(void)state;
	kernel_tree_open("zombie-leader", &tree);
	p = read_process(&tree, "5000");
	assert_int_equal(p->state, 'Z');
	assert_no_memory(p);
	assert_int_equal(procfile_living_thread(&tree, 5100, dir, sizeof(dir)),
			 -ESRCH);
	assert_int_equal(procfile_living_thread(&tree, 1, dir, sizeof(dir)),
			 -ESRCH);
	assert_string_equal(dir, "unchanged");
	assert_int_equal(procfile_living_thread(&tree, 5000, dir, sizeof(dir)),
			 0);
	assert_string_equal(dir, "5000/task/5001");
	assert_int_equal(procfile_statm(&tree, dir, p), 0);
	assert_int_equal(procfile_status(&tree, dir, p), 0);
	assert_int_equal(procfile_smaps(&tree, dir, p), 0);
	assert_int_equal(p->statm.state, STATE_OK);
	assert_int_equal(p->rss, 1428 * KIB);
	assert_int_equal(p->anon, 268 * KIB);
	assert_int_equal(p->threads, 2);
	assert_int_equal(p->uss, 288 * KIB);
	/* still the leader */
	assert_string_equal(p->comm, "threads");
	assert_int_equal(p->state, 'Z');
	process_unref(p);
	tree_done(&tree);
}

static void test_odd_names(void **state)
{
	static const struct {
		const char *dir, *comm;
	} names[] = {
		{ "700", ") S 1 1 (" },
		{ "701", "a\nb) R 9 9\n" },
		{ "702", "\033[2J\033]0;x\a" },
		{ "703", "\xff\xfe\x9b"
			 "31m\\" },
		{ "704", "" },
		{ "705", "kworker/u256:12-events_unbound_and_a_name_as_long_as_"
			 "the_workqu" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		struct process *p = read_from("odd-names", names[i].dir);

		assert_string_equal(p->comm, names[i].comm);
		assert_int_equal(p->state, 'S');
		assert_int_equal(p->ppid, 1);
		assert_int_equal(p->key.start_ns, 5 * NS_PER_S);
		assert_int_equal(p->minor_faults, 91);
		assert_int_equal(p->uid, 998);
		process_unref(p);
	}
}

/* A descriptor that was kept: pread from its start, again and again. */
static void test_kept_descriptor(void **state)
{
	struct process *p = process_new();
	struct tree tree;
	int fd, pipes[2];

	(void)state;
	assert_int_equal(tree_open(NULL, NULL, &tree), 0);
	fd = openat(tree.proc, "self/statm", O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(
		procfile_statm_take(kernfile_pread(fd, tree.buf, tree.size),
				    &tree, p),
		0);
	assert_int_equal(p->statm.state, STATE_OK);
	p->rss = 0;
	assert_int_equal(
		procfile_statm_take(kernfile_pread(fd, tree.buf, tree.size),
				    &tree, p),
		0);
	assert_true(p->rss >= 256 * KIB && p->rss < p->vsize);
	close(fd);

	/* a passing failure (here EPIPE's cousin ESPIPE) leaves the block */
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(procfile_statm_take(
				 kernfile_pread(pipes[0], tree.buf, tree.size),
				 &tree, p),
			 0);
	assert_int_equal(p->statm.state, STATE_OK);
	assert_true(p->rss != UNKNOWN);
	close(pipes[0]);
	close(pipes[1]);
	process_unref(p);
	tree_done(&tree);
}

static void check_group(const char *text, const char *cgroup, const char *unit)
{
	struct process *p = process_new();

	assert_int_equal(parse_cgroup(text, p), 0);
	assert_string_equal(text_str(p->cgroup), cgroup);
	if (unit)
		assert_string_equal(text_str(p->unit), unit);
	else
		assert_null(p->unit);
	process_unref(p);
}

static void test_group(void **state)
{
	(void)state;
	check_group("0::/\n", "/", NULL);
	check_group("0::/system.slice/system-getty.slice/getty@tty1.service\n",
		    "/system.slice/system-getty.slice/getty@tty1.service",
		    "getty@tty1.service");
	check_group("0::/user.slice/user-0.slice/session-2.scope/a.service\n",
		    "/user.slice/user-0.slice/session-2.scope/a.service",
		    "session-2.scope");
	/* hybrid: memory counts in v1, systemd has a hierarchy of its own */
	check_group("5:cpu,cpuacct:/c\n4:hugetlb,memory:/docker/ab:c\n"
		    "1:name=systemd:/system.slice/docker.service\n0::/x\n",
		    "/docker/ab:c", "docker.service");
	check_group("2:mem:/m\n0::/a.service.d/b", "/a.service.d/b", NULL);
	check_group("0::/.service/b.service\n", "/.service/b.service", NULL);
}

static void check_nodes(const char *line, const char *nodes)
{
	struct process *p = process_new();
	char text[256];

	snprintf(text, sizeof(text),
		 "Name:\tx\\nMems_allowed_list:\t9\nVmSize:\t8 kB\n"
		 "VmLck:\t0 kB\nMems_allowed:\tff\n%s",
		 line);
	assert_int_equal(parse_status(text, p), 0);
	assert_string_equal(p->nodes, nodes);
	process_unref(p);
}

/* What its cpuset lets it use; what is longer is not cut off in the midst. */
static void test_nodes(void **state)
{
	(void)state;
	check_nodes("", "");
	check_nodes("Mems_allowed_list:\t\n", "");
	check_nodes("Mems_allowed_list:\t0\nx:\t1\n", "0");
	check_nodes("Mems_allowed_list:\t0-1,3-5\n", "0-1,3-5");
	check_nodes("Mems_allowed_list:\t0-1,3-15\n", NODES_MANY);
}

static void test_malformed(void **state)
{
	static const char *const stats[] = {
		"",
		"1",
		"1 (",
		"1 )x( S 1 2 3",
		"1 (a) S",
		"1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
		"1 (a) 7 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19",
		"1 (a) S x 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19",
		"1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 "
		"18446744073709551615",
		"99999999999 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 "
		"18 19",
	};
	struct process *p = process_new(), *untouched = process_new();
	struct tree tree;
	size_t i;

	(void)state;
	kernel_tree_open("vanishing", &tree);
	for (i = 0; i < ARRAY_SIZE(stats); i++)
		assert_int_equal(
			parse_stat(stats[i], strlen(stats[i]), &tree, p),
			-EINVAL);
	assert_int_equal(parse_statm("12", &tree, p), -EINVAL);
	assert_int_equal(parse_statm("-1 2", &tree, p), -EINVAL);
	assert_int_equal(parse_statm("18446744073709551615 1", &tree, p),
			 -EINVAL);
	assert_int_equal(parse_status("", p), -EINVAL);
	assert_int_equal(parse_cgroup("0", p), -EINVAL);
	assert_int_equal(parse_smaps_rollup("Rss: 4 kB\n", p), -EINVAL);
	p->smaps_rss = UNKNOWN;
	assert_memory_equal(p, untouched, sizeof(*p));
	process_unref(p);
	process_unref(untouched);
	tree_done(&tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linux_6_18),
		cmocka_unit_test(test_linux_6_1),
		cmocka_unit_test(test_linux_4_19),
		cmocka_unit_test(test_kernel_thread),
		cmocka_unit_test(test_zombie),
		cmocka_unit_test(test_zombie_leader),
		cmocka_unit_test(test_odd_names),
		cmocka_unit_test(test_kept_descriptor),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_malformed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
