/* SPDX-License-Identifier: MIT
 *
 * What the cheap lane reads again of each process from tick to tick, on a tree
 * of files and with a clock of the test's own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/collect/processes.h"
#include "live_tree.h"
#include "memtop/base.h"
#include "memtop/text.h"

static struct live_tree *files;
static struct tree tree;
static struct users *users;
static struct processes *processes;
static struct interest interest;
static uint64_t now_ns, number;

static int setup(void **state)
{
	if (live_tree_setup(state) < 0)
		return -1;
	files = *state;
	interest = (struct interest){ 0 };
	now_ns = 1000 * NS_PER_S;
	number = 0;
	if (tree_open(files->root, files->root, &tree) < 0 ||
	    users_new(&users) < 0)
		return -1;
	return processes_new(&tree, users, &processes);
}

static int teardown(void **state)
{
	processes_free(processes);
	users_close(users);
	tree_done(&tree);
	return live_tree_teardown(state);
}

/* A tick `after_ns` after the one before, with what else is said of it. */
static const struct snapshot *tick(uint64_t after_ns, struct tick tick)
{
	struct snapshot *snapshot = snapshot_new();

	assert_non_null(snapshot);
	tick.now_ns = now_ns += after_ns;
	tick.number = ++number;
	tick.rotation_ns = processes_rotation(processes);
	tick.rest_ticks = processes_look_again(processes, tick.calm) / NS_PER_S;
	tick.interest = &interest;
	assert_int_equal(processes_read(processes, &tick, snapshot), 0);
	return snapshot;
}

static const struct snapshot *second(void)
{
	return tick(NS_PER_S, (struct tick){ 0 });
}

static void put_status(int pid, int swap)
{
	char path[32];

	snprintf(path, sizeof(path), "%d/status", pid);
	live_tree_put(files, path,
		      "Uid:\t0\t0\t0\t0\nVmSize:\t8000 kB\nVmRSS:\t4000 kB\n"
		      "RssAnon:\t4000 kB\nVmSwap:\t%d kB\nThreads:\t1\n",
		      swap);
}

static uint64_t swap_of(const struct snapshot *snapshot, pid_t pid)
{
	uint64_t swap = snapshot_find_pid(snapshot, pid)->swap;

	snapshot_unref(snapshot);
	return swap;
}

/* Off screen: nothing but statm, until its turn comes. */
static void test_rest(void **state)
{
	int seconds = 0;

	(void)state;
	live_tree_process(files, 10, 1000, 500);
	put_status(10, 4);
	snapshot_unref(second());
	snapshot_unref(second());
	for (int i = 0; i < 10; i++) /* its first turn is somewhere in here */
		snapshot_unref(second());
	put_status(10, 8);
	while (swap_of(second(), 10) != 8 * KIB)
		assert_true(++seconds < 11);
	/* once more, so that the change of swap does not stand for longer */
	snapshot_unref(second());
	/* each turn comes ten seconds after the one before */
	put_status(10, 12);
	for (int i = 0; i < 9; i++)
		assert_int_equal(swap_of(second(), 10), 8 * KIB);
	assert_int_equal(swap_of(second(), 10), 12 * KIB);
}

/* A sample in which user names are known; a thread looks them up, and a record
 * is another one when it gets its own. */
static struct snapshot *named(void)
{
	const struct snapshot *snapshot = second();
	size_t count = snapshot->nprocesses, i = 0;

	while (i < count) {
		if (snapshot->processes[i]->user) {
			i++;
			continue;
		}
		snapshot_unref(snapshot);
		usleep(1000);
		snapshot = tick(0, (struct tick){ 0 });
		assert_int_equal(snapshot->nprocesses, count);
	}
	return (struct snapshot *)snapshot;
}

/* A record that was made of a sample later is the one the next goes on with. */
static void test_adopts(void **state)
{
	const struct snapshot *next;
	struct snapshot *s;
	struct process *judged;

	(void)state;
	live_tree_process(files, 10, 1000, 500);
	live_tree_process(files, 11, 1000, 500);
	s = named();
	judged = process_copy(s->processes[1]);
	strcpy(judged->flags, "G");
	process_unref(s->processes[1]);
	s->processes[1] = judged;
	processes_adopt(processes, s);
	next = second();
	assert_ptr_equal(next->processes[0], s->processes[0]);
	assert_ptr_equal(next->processes[1], judged);
	snapshot_unref(next);
	/* what is read anew keeps them until they are written again */
	live_tree_put(files, "11/statm", "2000 1000 101 1 0 300 0\n");
	next = second();
	assert_ptr_not_equal(next->processes[1], judged);
	assert_string_equal(next->processes[1]->flags, "G");
	snapshot_unref(next);
	snapshot_unref(s);
}

/* Any of its numbers tells, not only the resident size. */
static void test_moves(void **state)
{
	(void)state;
	live_tree_process(files, 10, 1000, 500);
	put_status(10, 4);
	snapshot_unref(second());
	put_status(10, 8);
	live_tree_put(files, "10/statm", "2000 1000 101 1 0 300 0\n");
	assert_int_equal(swap_of(second(), 10), 8 * KIB);
	/* longer than is remembered: read in each tick */
	live_tree_put(files, "10/statm",
		      "20000000000 20000000000 20000000000 20000000000 0 "
		      "20000000000 0\n");
	snapshot_unref(second());
	put_status(10, 12);
	assert_int_equal(swap_of(second(), 10), 12 * KIB);
}

static void look_at(pid_t pid, bool selected)
{
	struct process_key key = { pid, 5 * NS_PER_S };

	interest = (struct interest){ 0 };
	if (selected)
		interest.selected = key;
	else
		interest.visible[interest.nvisible++] = key;
}

static void test_on_screen(void **state)
{
	const struct snapshot *s;
	int seconds = 0;

	(void)state;
	live_tree_process(files, 10, 1000, 500);
	put_status(10, 4);
	look_at(10, false);
	snapshot_unref(second());
	/* stat at once, with the new name's command line to be read … */
	put_status(10, 8);
	live_tree_stat(files, "10", 10, "named", 'D', 1, 300, 500);
	s = second();
	assert_int_equal(snapshot_find_pid(s, 10)->state, 'D');
	assert_string_equal(snapshot_find_pid(s, 10)->comm, "named");
	assert_true(snapshot_find_pid(s, 10)->minor_fault_rate > 0);
	assert_int_equal(swap_of(s, 10), 4 * KIB);
	/* … the rest every four seconds, … */
	while (swap_of(second(), 10) != 8 * KIB)
		assert_true(++seconds < 4);
	/* … and of the selected one all of it. */
	look_at(10, true);
	put_status(10, 12);
	assert_int_equal(swap_of(second(), 10), 12 * KIB);
}

static void test_first_look(void **state)
{
	const struct snapshot *s;
	const struct process *p;

	(void)state;
	live_tree_process(files, 10, 1000, 500);
	live_tree_put(files, "10/cgroup", "0::/a.slice/b.service\n");
	put_status(10, 4);
	s = tick(0, (struct tick){ .first_look = true });
	p = snapshot_find_pid(s, 10);
	assert_int_equal(p->rss, 1000 * 4096);
	assert_string_equal(p->comm, "test");
	assert_int_equal(p->status.state, STATE_PENDING);
	assert_int_equal(p->swap, UNKNOWN);
	assert_int_equal(p->oom.state, STATE_PENDING);
	snapshot_unref(s);
	/* the rest, and only that */
	live_tree_stat(files, "10", 10, "again", 'S', 1, 100, 500);
	s = tick(NS_PER_MS, (struct tick){ .second_look = true });
	p = snapshot_find_pid(s, 10);
	assert_string_equal(p->comm, "test");
	assert_int_equal(p->swap, 4 * KIB);
	assert_int_equal(p->oom_score, 667);
	assert_int_equal(p->group.state, STATE_PENDING);
	snapshot_unref(s);
	/* and where it belongs, though it rests */
	s = second();
	p = snapshot_find_pid(s, 10);
	assert_int_equal(p->group.state, STATE_OK);
	assert_string_equal(text_str(p->cgroup), "/a.slice/b.service");
	snapshot_unref(s);
}

/* More than one thread reads the first two: the same processes come out. */
static void test_crowd(void **state)
{
	enum { CROWD = 300 };

	(void)state;
	for (int pid = 1; pid <= CROWD; pid++) {
		live_tree_process(files, pid, 1000 + pid, 500);
		put_status(pid, 4 * pid);
	}
	for (int look = 1; look <= 2; look++) {
		const struct snapshot *s = tick(
			NS_PER_MS, (struct tick){ .first_look = look == 1,
						  .second_look = look == 2 });

		assert_int_equal(s->nprocesses, CROWD);
		for (int i = 0; i < CROWD; i++) {
			const struct process *p = s->processes[i];
			uint64_t pid = (uint64_t)i + 1;

			assert_int_equal(p->key.pid, pid);
			assert_int_equal(p->rss, (1000 + pid) * 4096);
			assert_int_equal(p->swap,
					 look == 1 ? UNKNOWN : 4 * pid * KIB);
		}
		snapshot_unref(s);
	}
}

/* Somebody unknown faults: everybody's stat. */
static void test_seek_faults(void **state)
{
	const struct snapshot *s;

	(void)state;
	live_tree_process(files, 10, 1000, 500);
	snapshot_unref(second());
	live_tree_stat(files, "10", 10, "test", 'S', 1, 900, 500);
	s = second();
	assert_int_equal(snapshot_find_pid(s, 10)->minor_faults, 100);
	snapshot_unref(s);
	s = tick(NS_PER_S, (struct tick){ .seek_faults = true });
	assert_int_equal(snapshot_find_pid(s, 10)->minor_faults, 900);
	snapshot_unref(s);
	/* and once more, until its rate has come to an end */
	s = second();
	assert_true(snapshot_find_pid(s, 10)->minor_fault_rate == 0);
	snapshot_unref(s);
}

#define MANY 24

/* The sizes that a tick shows, each of `pages` when it was seen to change. */
static size_t count_of(const struct snapshot *s, uint64_t pages)
{
	size_t n = 0;

	for (size_t i = 0; i < s->nprocesses; i++)
		n += s->processes[i]->rss == pages * 4096;
	snapshot_unref(s);
	return n;
}

static void resize_all(int pages)
{
	char dir[16];

	for (int pid = 1; pid <= MANY; pid++) {
		snprintf(dir, sizeof(dir), "%d", pid);
		live_tree_memory(files, dir, pages);
	}
}

/* Room for eight: those without are looked at in every other tick, and the
 * large ones get it. */
static void test_descriptors(void **state)
{
	struct rlimit before, few;
	char dir[16];
	size_t seen;

	(void)state;
	processes_free(processes);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ .rlim_cur = 16, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(processes_new(&tree, users, &processes), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);

	for (int pid = 1; pid <= MANY; pid++)
		live_tree_process(files, pid, pid == MANY ? 9000 : 1000, 500);
	snapshot_unref(second());
	/* the large one gets one */
	assert_int_equal(processes_descriptors(processes), 7);
	snapshot_unref(second());
	assert_int_equal(processes_descriptors(processes), 8);
	for (int pages = 9001; pages < 9003; pages++) {
		snprintf(dir, sizeof(dir), "%d", MANY);
		live_tree_memory(files, dir, pages);
		assert_int_equal(count_of(second(), (uint64_t)pages), 1);
	}
	resize_all(2000);
	seen = count_of(second(), 2000);
	assert_true(seen > 8 && seen < MANY);
	assert_int_equal(count_of(second(), 2000), MANY);
	/* all of them are active now */
	resize_all(3000);
	assert_int_equal(count_of(second(), 3000), MANY);
	assert_int_equal(processes_descriptors(processes), 8);
}

/* Off screen and small: in every other tick, unless memory is taken from
 * somebody. */
static void test_calm(void **state)
{
	const struct tick calm = { .calm = true };
	size_t seen;

	(void)state;
	for (int pid = 1; pid <= MANY; pid++)
		live_tree_process(files, pid, 1000, 500);
	snapshot_unref(second());
	resize_all(1001);
	assert_int_equal(count_of(second(), 1001), MANY);
	snapshot_unref(tick(61 * NS_PER_S, calm)); /* it is long ago */
	resize_all(1002);
	seen = count_of(tick(NS_PER_S, calm), 1002);
	assert_true(seen > 0 && seen < MANY);
	assert_int_equal(count_of(tick(NS_PER_S, calm), 1002), MANY);
	/* these are active, and large besides */
	resize_all(5000);
	assert_int_equal(count_of(tick(NS_PER_S, calm), 5000), MANY);
	snapshot_unref(tick(61 * NS_PER_S, calm));
	resize_all(5001);
	assert_int_equal(count_of(tick(NS_PER_S, calm), 5001), MANY);
}

/* Those that rest don't have their first turns all at once. */
static void test_turns(void **state)
{
	size_t seen = 0;

	(void)state;
	for (int pid = 1; pid <= MANY; pid++)
		live_tree_process(files, pid, 1000, 500);
	snapshot_unref(second());
	for (int pid = 1; pid <= MANY; pid++)
		put_status(pid, 4);
	for (int i = 0; i < 10; i++) {
		const struct snapshot *s = second();
		size_t now = 0;

		for (size_t j = 0; j < s->nprocesses; j++)
			now += s->processes[j]->swap == 4 * KIB;
		snapshot_unref(s);
		if (i == 4)
			assert_in_range(now, MANY / 4, MANY * 3 / 4);
		seen = now;
	}
	assert_int_equal(seen, MANY);
}

static bool lists(pid_t pid)
{
	const struct snapshot *s = second();
	bool found = snapshot_find_pid(s, pid);

	snapshot_unref(s);
	return found;
}

/* Who comes is listed at once when the kernel gave out a pid, and in time
 * when it did not say so; who goes is missed by his files. */
static void test_births(void **state)
{
	char path[96], self[16];

	(void)state;
	processes_free(processes);
	snprintf(path, sizeof(path), "%s/self", files->root);
	snprintf(self, sizeof(self), "%d", (int)getpid());
	assert_int_equal(symlink(self, path), 0);
	live_tree_put(files, "loadavg", "0.42 1.30 1.28 2/912 10\n");
	assert_int_equal(processes_new(&tree, users, &processes), 0);
	live_tree_process(files, 10, 1000, 500);
	assert_true(lists(10));
	/* the pid was given out, the process showed up later */
	live_tree_process(files, 20, 1000, 500);
	assert_true(lists(20));
	live_tree_process(files, 30, 1000, 500);
	assert_false(lists(30));
	live_tree_put(files, "loadavg", "0.42 1.30 1.28 2/912 40\n");
	assert_true(lists(30));
	assert_true(lists(30));
	live_tree_process(files, 50, 1000, 500);
	for (int i = 0; i < 9; i++)
		assert_false(lists(50));
	assert_true(lists(50));
	/* a file that was open before its process ended */
	live_tree_put(files, "20/statm", "%s", "");
	assert_false(lists(20));
	assert_true(lists(10));
	snprintf(path, sizeof(path), "%s/self", files->root);
	assert_int_equal(unlink(path), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_adopts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_moves, setup, teardown),
		cmocka_unit_test_setup_teardown(test_on_screen, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_first_look, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_crowd, setup, teardown),
		cmocka_unit_test_setup_teardown(test_seek_faults, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_descriptors, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_calm, setup, teardown),
		cmocka_unit_test_setup_teardown(test_turns, setup, teardown),
		cmocka_unit_test_setup_teardown(test_births, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
