/* SPDX-License-Identifier: MIT
 *
 * The live source on a tree of files that the test makes and changes: both
 * lanes, identity, sharing, and a read that never comes back.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "live_tree.h"
#include "memtop/base.h"
#include "memtop/source.h"

static void test_spine(void **state)
{
	struct live_tree *f = *state;

	live_tree_process(f, 10, 1000, 500);
	live_tree_process(f, 20, 2000, 600);
	live_tree_begin(f);

	const struct snapshot *first = live_tree_sample(f, 1);

	assert_int_equal(first->nprocesses, 2);
	assert_int_equal(first->memory.total, 1000 * KIB);
	assert_int_equal(first->processes[0]->key.pid, 10);
	assert_int_equal(first->processes[1]->rss, 2000 * 4096);
	assert_int_equal(first->processes[1]->swap, 12 * KIB);
	/* nothing is known of PSS yet, and nothing is not 0 */
	assert_true(first->processes[0]->pss == UNKNOWN);
	assert_true(isnan(first->processes[0]->minor_fault_rate));
	assert_true(first->interval_ns == UNKNOWN);
	snapshot_unref(first);

	const struct snapshot *s = live_tree_settled(f, 20, STATE_PENDING);

	assert_int_equal(s->processes[1]->smaps.state, STATE_OK);
	assert_int_equal(s->processes[1]->pss, 2000 * 2 * KIB);
	assert_int_equal(s->processes[1]->uss, 20 * KIB);
	snapshot_unref(s);
}

/* Who did not change is shared between snapshots, not copied. */
static void test_sharing(void **state)
{
	struct live_tree *f = *state;

	live_tree_process(f, 10, 1000, 500);
	live_tree_begin(f);
	snapshot_unref(live_tree_settled(f, 10, STATE_PENDING));
	snapshot_unref(live_tree_soon(f));

	const struct snapshot *a = live_tree_soon(f),
			      *b = live_tree_sample(f, a->seq + 1);

	assert_ptr_equal(a->processes[0], b->processes[0]);
	snapshot_unref(a);
	snapshot_unref(b);
	live_tree_memory(f, "10", 1200);
	b = live_tree_soon(f);
	assert_int_equal(b->processes[0]->rss, 1200 * 4096);
	snapshot_unref(b);
}

static void test_pid_reuse(void **state)
{
	struct live_tree *f = *state;

	live_tree_process(f, 10, 1000, 500);
	live_tree_begin(f);
	snapshot_unref(live_tree_settled(f, 10, STATE_PENDING));
	/* the new one is there in the same tick */
	live_tree_reuse(f, 10, 50, 900);

	const struct snapshot *s = live_tree_soon(f);
	const struct process *p = snapshot_find_pid(s, 10);

	assert_non_null(p);
	assert_string_equal(p->comm, "other");
	assert_int_equal(p->rss, 50 * 4096);
	assert_true(p->pss == UNKNOWN || p->pss == 50 * 2 * KIB);
	snapshot_unref(s);
}

static void test_rates(void **state)
{
	struct live_tree *f = *state;

	live_tree_process(f, 10, 1000, 500);
	live_tree_begin(f);
	snapshot_unref(live_tree_soon(f));
	live_tree_stat(f, "10", 10, "test", 'S', 1, 5000, 500);
	live_tree_memory(f, "10", 1001); /* it moved: it is read in full */

	const struct snapshot *s = live_tree_soon(f);
	const struct process *p = snapshot_find_pid(s, 10);

	/* 4900 faults between two reads, so a rate above 0 and a counter
	 * that is exact */
	assert_int_equal(p->minor_faults, 5000);
	snapshot_unref(s);
}

/* Whoever starts services moves them before they take their name. */
static void test_group_of_renamed(void **state)
{
	struct live_tree *f = *state;
	const struct snapshot *s;

	live_tree_process(f, 10, 1000, 500);
	live_tree_put(f, "10/cgroup", "0::/init.scope\n");
	live_tree_begin(f);
	s = live_tree_soon(f);
	assert_string_equal(text_str(s->processes[0]->cgroup), "/init.scope");
	snapshot_unref(s);
	live_tree_put(f, "10/cgroup", "0::/system.slice/web.service\n");
	live_tree_stat(f, "10", 10, "web", 'S', 1, 100, 500);
	live_tree_memory(f, "10", 1001);
	s = live_tree_soon(f);
	assert_string_equal(s->processes[0]->comm, "web");
	assert_string_equal(text_str(s->processes[0]->unit), "web.service");
	snapshot_unref(s);
}

static void test_vanished(void **state)
{
	struct live_tree *f = *state;
	char path[PATH_MAX];

	live_tree_process(f, 10, 1000, 500);
	live_tree_process(f, 11, 1000, 500);
	live_tree_begin(f);
	snapshot_unref(live_tree_soon(f));
	snprintf(path, sizeof(path), "%s/10", f->root);
	live_tree_remove(path);
	live_tree_mkdir(f, "12"); /* a directory whose files are gone already */

	const struct snapshot *s = live_tree_soon(f);

	assert_null(snapshot_find_pid(s, 10));
	assert_null(snapshot_find_pid(s, 12));
	assert_non_null(snapshot_find_pid(s, 11));
	snapshot_unref(s);
}

/* The main thread has ended, another one lives: its memory is shown. */
static void test_zombie_leader(void **state)
{
	struct live_tree *f = *state;

	live_tree_process(f, 10, 0, 500);
	live_tree_stat(f, "10", 10, "test", 'Z', 2, 100, 500);
	live_tree_put(f, "10/status",
		      "Name:\ttest\nState:\tZ (zombie)\n"
		      "Uid:\t0\t0\t0\t0\nThreads:\t2\n");
	live_tree_put(f, "10/statm", "0 0 0 0 0 0 0\n");
	live_tree_mkdir(f, "10/task");
	live_tree_mkdir(f, "10/task/10");
	live_tree_stat(f, "10/task/10", 10, "test", 'Z', 2, 100, 500);
	live_tree_mkdir(f, "10/task/15");
	live_tree_stat(f, "10/task/15", 15, "test", 'S', 2, 100, 501);
	live_tree_memory(f, "10/task/15", 700);
	live_tree_put(
		f, "10/task/15/smaps_rollup",
		"00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss: 2800 kB\n"
		"Pss: 2000 kB\nPrivate_Clean: 4 kB\nPrivate_Dirty: 16 kB\n"
		"Swap: 12 kB\nSwapPss: 12 kB\n");
	live_tree_begin(f);

	const struct snapshot *s = live_tree_settled(f, 10, STATE_PENDING);
	const struct process *p = snapshot_find_pid(s, 10);

	assert_int_equal(p->state, 'Z');
	assert_int_equal(p->rss, 700 * 4096);
	assert_int_equal(p->pss, 2000 * KIB);
	snapshot_unref(s);
}

static void test_zombie(void **state)
{
	struct live_tree *f = *state;

	live_tree_process(f, 10, 0, 500);
	live_tree_stat(f, "10", 10, "test", 'Z', 1, 100, 500);
	live_tree_put(f, "10/statm", "0 0 0 0 0 0 0\n");
	live_tree_begin(f);

	const struct snapshot *s = live_tree_soon(f);
	const struct process *p = snapshot_find_pid(s, 10);

	assert_int_equal(p->smaps.state, STATE_NOT_APPLICABLE);
	assert_true(p->rss == UNKNOWN);
	assert_int_equal(s->coverage.zombies, 1);
	assert_int_equal(s->coverage.processes, 0);
	snapshot_unref(s);
}

/* hidepid=1: the directory is listed, and everything in it is refused.  That
 * is an answer, and --once must not wait for another one. */
static void test_refused(void **state)
{
	struct live_tree *f = *state;
	char path[PATH_MAX];

	live_tree_process(f, 10, 1000, 500);
	live_tree_process(f, 20, 1000, 500);
	snprintf(path, sizeof(path), "%s/10", f->root);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(f->root, 0755), 0);
	/* root is refused nothing */
	if (getuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	live_tree_begin(f);

	const struct snapshot *s = live_tree_settled(f, 10, STATE_PENDING);
	const struct process *p = snapshot_find_pid(s, 10);

	assert_int_equal(seteuid(getuid()), 0);
	assert_int_equal(chmod(path, 0755), 0);
	assert_int_equal(p->smaps.state, STATE_DENIED);
	assert_int_equal(p->names.state, STATE_DENIED);
	assert_true(p->pss == UNKNOWN && p->rss == UNKNOWN);
	snapshot_unref(s);
}

/* Opening a FIFO nobody writes blocks for ever, like a target that holds its
 * own lock: it is shown as stuck, everybody else goes on. */
static void test_stuck(void **state)
{
	struct live_tree *f = *state;
	char path[PATH_MAX];

	live_tree_process(f, 10, 5000, 500);
	live_tree_process(f, 20, 2000, 600);
	snprintf(path, sizeof(path), "%s/10/smaps_rollup", f->root);
	unlink(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	live_tree_begin(f);

	const struct snapshot *s = live_tree_settled(f, 10, STATE_PENDING);

	assert_int_equal(snapshot_find_pid(s, 10)->smaps.state, STATE_STUCK);
	assert_true(snapshot_find_pid(s, 10)->pss == UNKNOWN);
	snapshot_unref(s);
	s = live_tree_settled(f, 20, STATE_PENDING);
	assert_int_equal(snapshot_find_pid(s, 20)->smaps.state, STATE_OK);
	snapshot_unref(s);
	/* it comes back: late, but what it says is true */
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	unlink(path); /* no second read of it */
	assert_true(dprintf(fd, "Rss: 8 kB\nPss: 4 kB\n") > 0);
	close(fd);
	s = live_tree_settled(f, 10, STATE_STUCK);
	assert_int_equal(snapshot_find_pid(s, 10)->smaps.state, STATE_OK);
	assert_int_equal(snapshot_find_pid(s, 10)->pss, 4 * KIB);
	snapshot_unref(s);
}

static void test_interest(void **state)
{
	struct live_tree *f = *state;
	struct interest interest = { .nvisible = 2 };

	live_tree_process(f, 10, 1000, 500);
	live_tree_process(f, 20, 1000, 500);
	live_tree_begin(f);

	const struct snapshot *s = live_tree_settled(f, 20, STATE_PENDING);

	interest.visible[0] = snapshot_find_pid(s, 20)->key;
	interest.visible[1] = snapshot_find_pid(s, 10)->key;
	f->source->ops->set_interest(f->source, &interest);
	snapshot_unref(s);
	/* what is on screen is read in every tick, moved or not */
	live_tree_stat(f, "20", 20, "test", 'D', 1, 100, 500);
	s = live_tree_soon(f);
	assert_int_equal(snapshot_find_pid(s, 20)->state, 'D');
	assert_int_equal(s->load.blocked, 1);
	snapshot_unref(s);
}

static void test_requests(void **state)
{
	struct live_tree *f = *state;
	struct process_key key;
	struct reply *reply = NULL;

	live_tree_process(f, 10, 1000, 500);
	live_tree_put(f, "10/limits",
		      "Limit                     Soft Limit           Hard "
		      "Limit         "
		      "  Units     \n"
		      "Max locked memory         8388608              "
		      "unlimited          "
		      "  bytes     \n");
	live_tree_begin(f);

	const struct snapshot *s = live_tree_sample(f, 1);

	key = s->processes[0]->key;
	snapshot_unref(s);

	uint64_t id = f->source->ops->request(f->source, REQUEST_DETAILS, key);
	struct pollfd p = { .fd = f->source->ops->reply_fd(f->source),
			    .events = POLLIN };

	assert_true(id > 0);
	assert_int_equal(poll(&p, 1, 20000), 1);
	reply = f->source->ops->take_reply(f->source);
	assert_non_null(reply);
	assert_int_equal(reply->id, id);
	assert_int_equal(reply->nlimits, 1);
	assert_int_equal(reply->limits[0].soft, 8388608);
	assert_true(reply->limits[0].hard == UNKNOWN);
	reply_free(reply);
	/* the same pid, but not the same process */
	key.start_ns += NS_PER_S;
	f->source->ops->request(f->source, REQUEST_DETAILS, key);
	for (reply = NULL; !reply;) {
		assert_int_equal(poll(&p, 1, 20000), 1);
		reply = f->source->ops->take_reply(f->source);
	}
	assert_int_equal(reply->state, STATE_NOT_APPLICABLE);
	assert_int_equal(reply->nlimits, 0);
	reply_free(reply);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define LIVE(test)                                             \
	cmocka_unit_test_setup_teardown(test, live_tree_setup, \
					live_tree_teardown)
		LIVE(test_spine),     LIVE(test_sharing),
		LIVE(test_pid_reuse), LIVE(test_rates),
		LIVE(test_vanished),  LIVE(test_zombie_leader),
		LIVE(test_zombie),    LIVE(test_refused),
		LIVE(test_stuck),     LIVE(test_interest),
		LIVE(test_requests),  LIVE(test_group_of_renamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
