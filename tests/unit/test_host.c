/* SPDX-License-Identifier: MIT
 *
 * What is found out about the machine and about what may be seen of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/mounts.h"
#include "kernel_tree.h"

static void test_trees(void **state)
{
	static const struct {
		const char *name, *boot_id;
		bool psi, container;
	} cases[] = {
		{ "linux-6.18", "0f3c8f5e-6f0d-4c1b-9d0e-2f6f3a1c7b55", true,
		  false },
		{ "linux-6.1", "5b1f6f6e-27d5-4d0a-8a0e-9a4cf4c1e0aa", true,
		  true },
		{ "linux-4.19", "7c1d0d1e-1111-4c1b-9d0e-2f6f3a1c7b55", false,
		  false },
		{ "psi-off", "", false, false },
	};
	struct utsname uts;
	size_t i;

	(void)state;
	assert_int_equal(uname(&uts), 0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct host *host;
		struct tree tree;

		kernel_tree_open(cases[i].name, &tree);
		host = collect_host(&tree);
		assert_non_null(host);
		assert_string_equal(host->boot_id, cases[i].boot_id);
		assert_int_equal(host->psi, cases[i].psi);
		assert_int_equal(host->container, cases[i].container);
		assert_string_equal(host->name, uts.nodename);
		assert_string_equal(host->kernel, uts.release);
		assert_int_equal(host->uid, getuid());
		assert_true(host->user[0] != '\0');
		assert_int_equal(host->page_size, 4096);
		host_unref(host);
		tree_done(&tree);
	}
}

static void test_subset(void **state)
{
	struct host *host;
	struct tree tree;

	(void)state;
	kernel_tree_open("psi-off", &tree);
	host = collect_host(&tree);
	assert_true(host->hidepid);
	host_unref(host);
	tree_done(&tree);
}

static bool failed;

static void expect(bool fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "not so: %s\n", what);
	failed = true;
}

/* In a child that has given root up; the process is another user's. */
static void look_as_nobody(struct tree *tree)
{
	struct host *host = collect_host(tree);

	expect(host && !host->sees_all, "a closed file shows not all");
	expect(host && host->hidepid, "hidepid hides from such a user");
	expect(host && host->uid == 65534, "the real user is known");
	host_unref(host);
}

static void test_sees_all(void **state)
{
	struct temporary_tree temporary;
	struct host *host;
	struct tree tree;
	char path[96];
	int status;
	pid_t pid;

	(void)state;
	if (getuid() != 0)
		skip();
	kernel_tree_make(&temporary, &tree);
	kernel_tree_mkdir(&temporary, "self");
	kernel_tree_write(&temporary, "self/mountinfo",
			  "22 27 0:21 / /proc rw - proc proc rw,hidepid=2\n");
	kernel_tree_mkdir(&temporary, "7");
	kernel_tree_mkdir(&temporary, "8");
	kernel_tree_write(&temporary, "8/smaps_rollup", "Rss: 1 kB\n");
	snprintf(path, sizeof(path), "%s/8/smaps_rollup", temporary.proc);
	assert_int_equal(chmod(path, 0), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(99);
		look_as_nobody(&tree);
		_exit(failed);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	/* the same as root, the process being that of another */
	snprintf(path, sizeof(path), "%s/8", temporary.proc);
	assert_int_equal(chown(path, 1000, 1000), 0);
	host = collect_host(&tree);
	assert_true(host->sees_all);
	assert_false(host->hidepid);
	host_unref(host);
	kernel_tree_remove(&temporary, &tree);
}

static void test_mounts(void **state)
{
	static const struct {
		const char *text;
		bool found;
		struct proc_mount mount;
	} cases[] = {
		{ "", false, { 0 } },
		{ "1 2 0:3 / / rw - ext4 /dev/a rw,hidepid=2\n", false, { 0 } },
		{ "1 2 0:3 / /mnt/proc rw - proc proc rw,hidepid=2\n",
		  false,
		  { 0 } },
		{ "1 2 0:3 / /proc rw - tmpfs proc rw,hidepid=2\n",
		  false,
		  { 0 } },
		{ "1 2 0:3 / /proc rw\n2 3 0:1 / /x rw - proc proc rw\n",
		  false,
		  { 0 } },
		{ "1 2 0:3 / /proc rw - proc proc rw\n", true, { 0 } },
		{ "1 2 0:3 / /proc rw shared:1 master:2 - proc none "
		  "rw,gid=4,hidepid=1",
		  true,
		  { .hidepid = HIDEPID_NOACCESS, .has_gid = true, .gid = 4 } },
		{ "1 2 0:3 / /proc rw - proc proc rw,hidepid=ptraceable\n",
		  true,
		  { .hidepid = HIDEPID_PTRACEABLE } },
		{ "1 2 0:3 / /proc rw - proc proc rw,subset=pid,hidepid=off\n",
		  true,
		  { .only_pids = true } },
		{ "1 2 0:3 / /proc rw - proc proc rw,hidepid=2\n"
		  "2 1 0:4 / /proc rw - proc proc rw\n",
		  true,
		  { 0 } },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct proc_mount mount = { 0 };

		assert_int_equal(mounts_find_proc(cases[i].text, &mount),
				 cases[i].found);
		assert_int_equal(mount.hidepid, cases[i].mount.hidepid);
		assert_int_equal(mount.has_gid, cases[i].mount.has_gid);
		assert_int_equal(mount.gid, cases[i].mount.gid);
		assert_int_equal(mount.only_pids, cases[i].mount.only_pids);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_subset),
		cmocka_unit_test(test_sees_all),
		cmocka_unit_test(test_mounts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
