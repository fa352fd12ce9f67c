/* SPDX-License-Identifier: MIT
 *
 * Control groups of kernel trees: both versions are read exactly, what one
 * does not have is not applicable, groups come and go, and what follows from
 * the figures follows.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel_tree.h"
#include "memtop/cgroup.h"
#include "memtop/field.h"

#define CONTAINER \
	"7f3a09c10123456789abcdef0123456789abcdef0123456789abcdef01234567"

/* ---- one tick ------------------------------------------------------------ */

static struct snapshot *read_at(struct tree *tree, uint64_t now_ns)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	snapshot->monotonic_ns = now_ns;
	snapshot->period_ns = NS_PER_S;
	assert_int_equal(collect_meminfo.read(tree, snapshot), 0);
	assert_int_equal(collect_vmstat.read(tree, snapshot), 0);
	assert_int_equal(collect_cgroups.read(tree, snapshot), 0);
	assert_int_equal(collect_cgroups.finish(tree, snapshot), 0);
	return snapshot;
}

static struct snapshot *read_tree(const char *name)
{
	struct snapshot *snapshot;
	struct tree tree;

	kernel_tree_open(name, &tree);
	tree.whole = true;
	snapshot = read_at(&tree, NS_PER_S);
	tree_done(&tree);
	return snapshot;
}

static const struct cgroup *find(const struct snapshot *snapshot,
				 const char *path)
{
	const struct cgroup *row =
		list_find(snapshot_list(snapshot, ENTITY_CGROUP), path);

	if (!row)
		fail_msg("no %s", path);
	return row;
}

static size_t count(const struct snapshot *snapshot)
{
	return list_count(snapshot_list(snapshot, ENTITY_CGROUP));
}

static void assert_near(double a, double b)
{
	assert_true(fabs(a - b) < 1e-9);
}

/* ---- version 2 ----------------------------------------------------------- */

static void test_v2(void **state)
{
	struct snapshot *s = read_tree("linux-6.1");
	const struct cgroup *c = find(s, "/system.slice/gunicorn.service");

	(void)state;
	/* where the controller stops there is nothing to show */
	assert_int_equal(count(s), 8);
	assert_string_equal(text_str(c->name), "gunicorn.service");
	assert_string_equal(c->kind, "service");
	assert_int_equal(c->depth, 2);
	assert_int_equal(c->usage.state, STATE_OK);
	assert_int_equal(c->current, 1600 * MIB);
	assert_int_equal(c->swap, 800 * MIB);
	assert_int_equal(c->peak, 2048 * MIB);
	assert_int_equal(c->max, 2048 * MIB);
	assert_int_equal(c->high, NO_LIMIT);
	assert_int_equal(c->swap_max, 1024 * MIB);
	assert_int_equal(c->low, 0);
	assert_int_equal(c->oom_group, 1);
	assert_int_equal(c->anon, 1500 * MIB);
	assert_int_equal(c->page_tables, 9 * MIB);
	assert_int_equal(c->refault_file, 310);
	assert_true(isnan(c->refault_file_rate));
	assert_int_equal(c->all.oom_kill, 2);
	assert_int_equal(c->local.max, 9);
	assert_near(c->some.avg10, 6.5);
	assert_near(c->full.avg10, 2.25);
	assert_int_equal(c->full.total_us, 65432);
	assert_int_equal(c->v1.state, STATE_NOT_APPLICABLE);
	assert_near(c->max_percent, 78.125);

	c = find(s, "/system.slice");
	assert_int_equal(c->all.oom_kill, 2);
	assert_int_equal(c->local.oom_kill, 0);
	c = find(s, "/odd\\x2dname");
	assert_string_equal(text_str(c->name), "odd-name");
	snapshot_unref(s);
}

/* The root has statistics, no use of its own and no limit.  Before there were
 * any, and where processors have charged ahead, it is the sum of the rest. */
static void test_v2_root(void **state)
{
	struct snapshot *s = read_tree("linux-6.1");
	const struct cgroup *c = find(s, "/");

	(void)state;
	assert_int_equal(c->anon, 47 * 1024 * MIB);
	assert_near(c->some.avg10, 41.2);
	assert_int_equal(c->current, find(s, "/system.slice")->current +
					     find(s, "/celery.slice")->current +
					     find(s, "/user.slice")->current +
					     find(s, "/odd\\x2dname")->current);
	assert_int_equal(c->swap, s->memory.swap_total - s->memory.swap_free);
	assert_int_equal(c->limit.state, STATE_NOT_APPLICABLE);
	assert_int_equal(c->knobs.state, STATE_NOT_APPLICABLE);
	assert_int_equal(c->events.state, STATE_NOT_APPLICABLE);
	assert_int_equal(c->room.state, STATE_NOT_APPLICABLE);
	assert_int_equal(c->own, 1);
	assert_int_equal(find(s, "/user.slice")->own, 1);
	assert_int_equal(find(s, "/system.slice")->own, 0);
	assert_null(cgroup_applying(s));
	snapshot_unref(s);
}

static void test_room(void **state)
{
	struct snapshot *s = read_tree("linux-6.1");
	const struct cgroup *c;

	(void)state;
	/* no swap for it: all of anon and shmem, half of the locked pages are
	 * files (100 - 20 - 30 - 20), 48 MiB of the kernel's stay */
	c = find(s, "/system.slice/docker-" CONTAINER ".scope");
	assert_string_equal(text_str(c->name), "docker 7f3a09c10123");
	assert_int_equal(c->hard, (2500 + 20 + 30 + 48) * MIB);
	assert_int_equal(c->headroom, 4096 * MIB - c->hard);
	assert_int_equal(c->effective_limit, 4096 * MIB);

	/* 224 MiB of swap are open to it */
	c = find(s, "/system.slice/gunicorn.service");
	assert_int_equal(c->hard, (1500 + 32 + 2 - 224) * MIB);

	/* no limit of its own: that of the slice counts */
	c = find(s, "/celery.slice/celery@bulk.service");
	assert_string_equal(text_str(c->limit_path), "/celery.slice");
	assert_int_equal(c->room.state, STATE_OK);
	assert_int_equal(c->share.state, STATE_NOT_APPLICABLE);
	assert_true(isnan(c->max_percent));
	assert_int_equal(c->headroom, find(s, "/celery.slice")->headroom);

	c = find(s, "/system.slice");
	assert_int_equal(c->room.state, STATE_NOT_APPLICABLE);
	assert_null(c->limit_path);
	snapshot_unref(s);
}

/* By the share of its limit that is left, and only with one of its own. */
static void test_closest(void **state)
{
	struct snapshot *s = read_tree("linux-6.1");
	const struct cgroup *all[8], *few[2];
	size_t n = cgroup_closest(s, all, ARRAY_SIZE(all));

	(void)state;
	assert_in_range(n, 3, ARRAY_SIZE(all) - 1);
	for (size_t i = 0; i < n; i++) {
		assert_true(all[i]->max < s->memory.total);
		if (i)
			assert_true((double)all[i - 1]->headroom /
					    (double)all[i - 1]->max <=
				    (double)all[i]->headroom /
					    (double)all[i]->max);
		assert_string_not_equal(text_str(all[i]->path),
					"/celery.slice/celery@bulk.service");
	}
	assert_int_equal(cgroup_closest(s, few, 2), 2);
	assert_ptr_equal(few[0], all[0]);
	assert_ptr_equal(few[1], all[1]);
	assert_int_equal(cgroup_closest(s, few, 0), 0);
	/* a limit that is not below the machine's RAM is none */
	s->memory.total = MIB;
	assert_int_equal(cgroup_closest(s, few, 2), 0);
	snapshot_unref(s);
	s = read_tree("psi-off");
	assert_int_equal(cgroup_closest(s, few, 2), 0);
	snapshot_unref(s);
}

static void test_available(void **state)
{
	struct cgroup c = { .max = 100,
			    .current = 90,
			    .active_file = 20,
			    .inactive_file = 10,
			    .slab_reclaimable = UNKNOWN };
	struct memory m = { .available = 1000 };

	(void)state;
	assert_int_equal(cgroup_available(&c, &m), 40);
	c.slab_reclaimable = 90;
	assert_int_equal(cgroup_available(&c, &m), 100);
	m.available = 30;
	assert_int_equal(cgroup_available(&c, &m), 30);
	m.available = UNKNOWN;
	c.current = 120; /* a limit may be set below what is used */
	c.slab_reclaimable = 5;
	assert_int_equal(cgroup_available(&c, &m), 35);
	c.current = UNKNOWN;
	assert_int_equal(cgroup_available(&c, &m), UNKNOWN);
}

static void test_container(void **state)
{
	struct snapshot *s = read_tree("linux-4.19");
	struct host *host = host_new();

	(void)state;
	assert_non_null(host);
	assert_non_null(cgroup_applying(s));
	host_unref(s->host);
	s->host = host;
	host->container = false;
	assert_null(cgroup_container(s));
	host->container = true;
	assert_ptr_equal(cgroup_container(s), cgroup_applying(s));
	snapshot_unref(s);
}

/* ---- version 1 ----------------------------------------------------------- */

static void test_v1(void **state)
{
	struct snapshot *s = read_tree("linux-4.19");
	const struct cgroup *c = find(s, "/docker/" CONTAINER);

	(void)state;
	assert_int_equal(count(s), 5);
	assert_string_equal(text_str(c->name), "docker 7f3a09c10123");
	assert_string_equal(c->kind, "docker");
	assert_int_equal(c->current, 900 * MIB);
	assert_int_equal(c->swap, 100 * MIB);
	assert_int_equal(c->memsw, 1000 * MIB);
	assert_int_equal(c->memsw_max, 2048 * MIB);
	assert_int_equal(c->max, 1024 * MIB);
	assert_int_equal(c->failcnt, 417);
	assert_int_equal(c->oom_kill, 3);
	assert_int_equal(c->anon, 570 * MIB);
	assert_int_equal(c->anon_thp, 128 * MIB);
	assert_int_equal(c->kernel, 30 * MIB);
	assert_int_equal(c->knobs.state, STATE_NOT_APPLICABLE);
	assert_int_equal(c->marks.state, STATE_NOT_APPLICABLE);
	assert_int_equal(c->stat_v2.state, STATE_NOT_APPLICABLE);
	assert_int_equal(c->events.state, STATE_NOT_APPLICABLE);
	assert_int_equal(c->pressure.state, STATE_NOT_APPLICABLE);
	assert_ptr_equal(cgroup_applying(s), c);

	c = find(s, "/lxc/web");
	assert_string_equal(text_str(c->name), "lxc web");
	assert_int_equal(c->memsw, UNKNOWN); /* swapaccount=0 */
	assert_int_equal(c->swap, UNKNOWN);
	/* its two counters are not of the same things */
	assert_int_equal(find(s, "/")->swap, UNKNOWN);
	assert_int_equal(find(s, "/")->max, NO_LIMIT);
	snapshot_unref(s);
}

static void test_none(void **state)
{
	struct snapshot *s = read_tree("psi-off");

	(void)state;
	assert_int_equal(list_state(snapshot_list(s, ENTITY_CGROUP)),
			 STATE_ABSENT);
	assert_int_equal(count(s), 0);
	snapshot_unref(s);
}

/* ---- time ---------------------------------------------------------------- */

static void set_figures(const struct temporary_tree *t, const char *dir,
			uint64_t current, uint64_t refaults)
{
	char path[96], text[96];

	snprintf(path, sizeof(path), "self/root/cg%s/memory.current", dir);
	snprintf(text, sizeof(text), "%ju\n", (uintmax_t)current);
	kernel_tree_write(t, path, text);
	snprintf(path, sizeof(path), "self/root/cg%s/memory.stat", dir);
	snprintf(text, sizeof(text),
		 "anon 0\nfile 0\nworkingset_refault_file %ju\n",
		 (uintmax_t)refaults);
	kernel_tree_write(t, path, text);
}

static void make_group(const struct temporary_tree *t, const char *dir)
{
	char path[96];

	snprintf(path, sizeof(path), "self/root/cg%s", dir);
	kernel_tree_mkdir(t, path);
	set_figures(t, dir, MIB, 0);
}

/* The hierarchy stands elsewhere than in /sys, as it may. */
static void make_machine(struct temporary_tree *t, struct tree *tree)
{
	kernel_tree_make(t, tree);
	tree->whole = true; /* however slow this machine is */
	kernel_tree_mkdir(t, "self");
	kernel_tree_mkdir(t, "self/root");
	kernel_tree_mkdir(t, "self/root/cg");
	kernel_tree_write(t, "self/mountinfo",
			  "29 23 0:25 / /cg rw - cgroup2 cgroup2 rw\n");
	kernel_tree_write(t, "self/cgroup", "0::/a\n");
	kernel_tree_write(t, "self/root/cg/cgroup.controllers", "memory\n");
}

static void test_rates(void **state)
{
	struct temporary_tree t;
	struct snapshot *s;
	struct tree tree;

	(void)state;
	make_machine(&t, &tree);
	make_group(&t, "/a");
	snapshot_unref(read_at(&tree, NS_PER_S));
	set_figures(&t, "/a", 2 * MIB, 500);
	/* its use is new at once, statistics are left for a moment */
	s = read_at(&tree, 2 * NS_PER_S);
	assert_int_equal(find(s, "/a")->current, 2 * MIB);
	assert_int_equal(find(s, "/a")->refault_file, 0);
	snapshot_unref(s);
	s = read_at(&tree, 6 * NS_PER_S);
	assert_int_equal(find(s, "/a")->refault_file, 500);
	assert_near(find(s, "/a")->refault_file_rate, 100);
	snapshot_unref(s);
	kernel_tree_remove(&t, &tree);
}

/* Of files only, and that is not said. */
static void test_old_refaults(void **state)
{
	struct temporary_tree t;
	struct snapshot *s;
	struct tree tree;

	(void)state;
	make_machine(&t, &tree);
	make_group(&t, "/a");
	kernel_tree_write(&t, "self/root/cg/a/memory.stat",
			  "anon 0\nfile 0\nworkingset_refault 4411\n"
			  "workingset_activate 17\n");
	s = read_at(&tree, NS_PER_S);
	assert_int_equal(find(s, "/a")->refault_file, 4411);
	assert_true(find(s, "/a")->refault_anon == UNKNOWN);
	snapshot_unref(s);
	kernel_tree_remove(&t, &tree);
}

static bool set_mark(const struct temporary_tree *t, const char *dir,
		     const char *name, const char *value)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/self/root/cg%s", t->proc, dir);
	return setxattr(path, name, value, strlen(value), 0) == 0;
}

/* What systemd-oomd goes by and leaves behind; not every file system that
 * temporary files are on takes it. */
static void test_marks(void **state)
{
	struct temporary_tree t;
	const struct cgroup *c;
	struct snapshot *s;
	struct tree tree;
	bool can;

	(void)state;
	make_machine(&t, &tree);
	make_group(&t, "/a");
	make_group(&t, "/b");
	make_group(&t, "/c");
	make_group(&t, "/d");
	can = set_mark(&t, "/a", "user.oomd_avoid", "1") &&
	      set_mark(&t, "/a", "user.invocation_id", "00ff") &&
	      set_mark(&t, "/a", "user.oomd_kill", "14") &&
	      set_mark(&t, "/a", "user.oomd_ooms", "2") &&
	      set_mark(&t, "/b", "user.oomd_omit", "yes") &&
	      set_mark(&t, "/b", "user.oomd_avoid", "False") &&
	      set_mark(&t, "/b", "user.oomd_kill", "many") &&
	      set_mark(&t, "/b", "user.oomd_ooms", "") &&
	      /* neither yes nor no, nor a number */
	      set_mark(&t, "/d", "user.oomd_avoid", "14") &&
	      set_mark(&t, "/d", "user.oomd_kill", "yes");
	s = read_at(&tree, NS_PER_S);
	c = find(s, "/c");
	assert_int_equal(c->marks.state, STATE_OK);
	assert_int_equal(c->owner, getuid());
	assert_int_equal(c->oomd_avoid, 0);
	assert_int_equal(c->oomd_omit, 0);
	assert_int_equal(c->oomd_kills, 0);
	assert_int_equal(c->oomd_ooms, 0);
	if (can) {
		c = find(s, "/a");
		assert_int_equal(c->oomd_avoid, 1);
		assert_int_equal(c->oomd_omit, 0);
		assert_int_equal(c->oomd_kills, 14);
		assert_int_equal(c->oomd_ooms, 2);
		c = find(s, "/b");
		assert_int_equal(c->oomd_avoid, 0);
		assert_int_equal(c->oomd_omit, 1);
		assert_true(c->oomd_kills == UNKNOWN);
		assert_true(c->oomd_ooms == UNKNOWN);
		c = find(s, "/d");
		assert_true(c->oomd_avoid == UNKNOWN);
		assert_int_equal(c->oomd_omit, 0);
		assert_true(c->oomd_kills == UNKNOWN);
	}
	snapshot_unref(s);
	kernel_tree_remove(&t, &tree);
	if (!can)
		skip();
}

/* Processes in the root itself are in no other group. */
static void test_v2_root_has_its_own(void **state)
{
	struct temporary_tree t;
	struct snapshot *s;
	struct tree tree;

	(void)state;
	make_machine(&t, &tree);
	make_group(&t, "/a");
	kernel_tree_write(&t, "self/root/cg/memory.stat",
			  "anon 41943040\nfile 8388608\nslab_reclaimable "
			  "1048576\nslab_unreclaimable 2097152\n"
			  "kernel_stack 16384\nsock 4096\n");
	s = read_at(&tree, NS_PER_S);
	assert_int_equal(find(s, "/")->current,
			 51 * MIB + 20 * KIB); /* before Linux 5.18 */
	snapshot_unref(s);
	kernel_tree_write(&t, "self/root/cg/memory.stat",
			  "anon 41943040\nfile 8388608\nkernel 4194304\n"
			  "slab_reclaimable 1048576\nsock 4096\n");
	s = read_at(&tree, 6 * NS_PER_S);
	assert_int_equal(find(s, "/")->current, 52 * MIB + 4 * KIB);
	snapshot_unref(s);
	kernel_tree_remove(&t, &tree);
}

/* Both were quiet for a while and are filled within a second: whoever has a
 * limit can run into it. */
static void test_quiet(void **state)
{
	struct temporary_tree t;
	struct snapshot *s;
	struct tree tree;

	(void)state;
	make_machine(&t, &tree);
	make_group(&t, "/a");
	make_group(&t, "/b");
	kernel_tree_write(&t, "self/root/cg/b/memory.max", "67108864\n");
	for (unsigned second = 1; second <= 20; second++)
		snapshot_unref(read_at(&tree, second * NS_PER_S));
	set_figures(&t, "/a", 50 * MIB, 0);
	set_figures(&t, "/b", 50 * MIB, 0);
	/* ticks come a little early or late */
	s = read_at(&tree, 21 * NS_PER_S - NS_PER_S / 20);
	assert_int_equal(find(s, "/b")->current, 50 * MIB);
	assert_int_equal(find(s, "/a")->current, MIB);
	snapshot_unref(s);
	s = read_at(&tree, 25 * NS_PER_S);
	assert_int_equal(find(s, "/a")->current, 50 * MIB);
	snapshot_unref(s);
	kernel_tree_remove(&t, &tree);
}

/* What the kernel has handed out in all, in pages. */
static void hand_out(const struct temporary_tree *t, uint64_t pages)
{
	char text[64];

	snprintf(text, sizeof(text),
		 "nr_free_pages 9\npgalloc_dma32 0\npgalloc_normal %ju\n",
		 (uintmax_t)pages);
	kernel_tree_write(t, "vmstat", text);
}

/* A group with a limit rests like others while nobody on the machine has got
 * what would fill it, and is looked at in the same tick when somebody has. */
static void test_quiet_with_room(void **state)
{
	struct temporary_tree t;
	struct snapshot *s;
	struct tree tree;

	(void)state;
	make_machine(&t, &tree);
	make_group(&t, "/b");
	kernel_tree_write(&t, "self/root/cg/b/memory.max", "67108864\n");
	hand_out(&t, 1000);
	for (unsigned second = 1; second <= 20; second++)
		snapshot_unref(read_at(&tree, second * NS_PER_S));
	/* moved, as figures that are older than the pages are */
	set_figures(&t, "/b", 2 * MIB, 0);
	hand_out(&t, 1000 + MIB / tree.page_size);
	s = read_at(&tree, 21 * NS_PER_S);
	assert_int_equal(find(s, "/b")->current, MIB);
	snapshot_unref(s);
	set_figures(&t, "/b", 50 * MIB, 0);
	hand_out(&t, 1000 + 50 * MIB / tree.page_size);
	s = read_at(&tree, 22 * NS_PER_S);
	assert_int_equal(find(s, "/b")->current, 50 * MIB);
	snapshot_unref(s);
	kernel_tree_remove(&t, &tree);
}

/* Nothing moved: the same list, not one like it. */
static void test_nothing_new(void **state)
{
	struct snapshot *a, *b;
	struct temporary_tree t;
	struct tree tree;

	(void)state;
	make_machine(&t, &tree);
	make_group(&t, "/a");
	a = read_at(&tree, NS_PER_S);
	b = read_at(&tree, 2 * NS_PER_S);
	assert_ptr_equal(snapshot_list(a, ENTITY_CGROUP),
			 snapshot_list(b, ENTITY_CGROUP));
	snapshot_unref(a);
	snapshot_unref(b);
	kernel_tree_remove(&t, &tree);
}

static void remove_group(const struct temporary_tree *t, const char *dir)
{
	static const char *const files[] = { "/memory.current", "/memory.stat",
					     "" };
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), "%s/self/root/cg%s%s", t->proc,
			 dir, files[i]);
		assert_int_equal(remove(path), 0);
	}
}

static void test_come_and_go(void **state)
{
	struct temporary_tree t;
	struct snapshot *s;
	struct tree tree;

	(void)state;
	make_machine(&t, &tree);
	make_group(&t, "/a");
	make_group(&t, "/a/x");
	make_group(&t, "/b");
	s = read_at(&tree, NS_PER_S);
	assert_int_equal(count(s), 4);
	snapshot_unref(s);
	/* one goes and one comes: as many directories as before */
	remove_group(&t, "/a/x");
	remove_group(&t, "/a");
	make_group(&t, "/c");
	s = read_at(&tree, 10 * NS_PER_S);
	snapshot_unref(s);
	s = read_at(&tree, 20 * NS_PER_S);
	assert_int_equal(count(s), 3);
	find(s, "/b");
	find(s, "/c");
	snapshot_unref(s);
	kernel_tree_remove(&t, &tree);
}

static struct process *process_in(pid_t pid, const char *path)
{
	struct process *process = process_new();

	assert_non_null(process);
	process->key.pid = pid;
	process->state = 'S';
	process->cgroup = text_new(path, strlen(path));
	return process;
}

/* Those of a group without a row count where they are charged. */
static void test_members(void **state)
{
	struct snapshot *s = snapshot_new();
	struct tree tree;

	(void)state;
	assert_non_null(s);
	kernel_tree_open("linux-6.1", &tree);
	tree.whole = s->complete = true;
	s->processes = calloc(4, sizeof(*s->processes));
	s->processes[0] = process_in(1, "/user.slice/user-1000.slice/x");
	s->processes[1] = process_in(2, "/celery.slice/celery@bulk.service");
	s->processes[2] = process_in(3, "/celery.slice");
	s->nprocesses = 3;
	assert_int_equal(collect_cgroups.read(&tree, s), 0);
	assert_int_equal(collect_cgroups.finish(&tree, s), 0);
	assert_int_equal(find(s, "/user.slice")->processes, 1);
	assert_int_equal(find(s, "/celery.slice")->processes, 2);
	assert_int_equal(find(s, "/")->processes, 3);
	assert_int_equal(find(s, "/system.slice")->processes, 0);
	snapshot_unref(s);
	tree_done(&tree);

	/* not counted before all are known */
	s = read_tree("linux-6.1");
	assert_int_equal(find(s, "/")->members.state, STATE_PENDING);
	snapshot_unref(s);
}

static void test_cells(void **state)
{
	struct snapshot *s = read_tree("linux-6.1");
	const struct entity *entity = &entities[ENTITY_CGROUP];
	const struct cgroup *c = find(s, "/system.slice");
	struct cell_context context = { .max_cells = 40 };
	const struct field *max = field_find(entity, "max");
	struct value value = field_get(entity, max, c);
	char buf[64];

	(void)state;
	value_cell(buf, sizeof(buf), max, &value, &context);
	assert_string_equal(buf, "max");
	value = field_get(entity, max, find(s, "/"));
	value_cell(buf, sizeof(buf), max, &value, &context);
	assert_string_equal(buf, "-");
	value = field_get(entity, max,
			  find(s, "/system.slice/gunicorn.service"));
	value_cell(buf, sizeof(buf), max, &value, &context);
	assert_string_equal(buf, "2.0G");
	/* the table of fields is in the order of the names */
	assert_ptr_equal(max, &entity->fields[CGROUP_MAX]);
	snapshot_unref(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_v2),
		cmocka_unit_test(test_v2_root),
		cmocka_unit_test(test_v2_root_has_its_own),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_closest),
		cmocka_unit_test(test_available),
		cmocka_unit_test(test_container),
		cmocka_unit_test(test_v1),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_old_refaults),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_quiet_with_room),
		cmocka_unit_test(test_nothing_new),
		cmocka_unit_test(test_come_and_go),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_cells),
	};

	return cmocka_run_group_tests_name("cgroups", tests, NULL, NULL);
}
