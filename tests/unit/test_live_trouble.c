/* SPDX-License-Identifier: MIT
 *
 * The live source where reads fail, hang or come too late: whatever happens
 * there is no wrong figure, no first pass without an end and no exit that
 * waits.
 */
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
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "live_tree.h"
#include "memtop/base.h"

/* The first sample in which the expensive lane has been round. */
static const struct snapshot *completed(struct live_tree *f)
{
	for (uint64_t seq = live_tree_newest(f) + 1;
	     seq < 20 * NS_PER_S / LIVE_TREE_PERIOD_NS; seq++) {
		const struct snapshot *s = live_tree_sample(f, seq);

		if (s->complete)
			return s;
		snapshot_unref(s);
	}
	fail_msg("the first pass never ended");
	return NULL;
}

static enum state smaps_of(const struct snapshot *s, pid_t pid)
{
	const struct process *p = snapshot_find_pid(s, pid);

	assert_non_null(p);
	return p->smaps.state;
}

/* Three hang: the lane is stuck, says so, and ends when it is told to. */
static void test_lane_stuck(void **state)
{
	struct live_tree *f = *state;
	struct process_key key;

	for (int pid = 10; pid < 14; pid++) {
		char path[32];

		live_tree_process(f, pid, 5000 - pid, 500);
		snprintf(path, sizeof(path), "%d/smaps_rollup", pid);
		live_tree_fifo(f, path);
	}
	live_tree_process(f, 20, 100, 500);
	live_tree_begin(f);

	const struct snapshot *s = completed(f);

	assert_int_equal(smaps_of(s, 10), STATE_STUCK);
	assert_int_equal(smaps_of(s, 11), STATE_STUCK);
	assert_int_equal(smaps_of(s, 12), STATE_STUCK);
	assert_int_equal(smaps_of(s, 13), STATE_PENDING);
	assert_int_equal(s->coverage.pss_stuck, 3);
	key = snapshot_find_pid(s, 20)->key;
	snapshot_unref(s);

	/* nobody is left to read it */
	struct pollfd p = { .fd = f->source->ops->reply_fd(f->source),
			    .events = POLLIN };
	uint64_t id = f->source->ops->request(f->source, REQUEST_MAPPINGS, key);

	assert_int_equal(poll(&p, 1, 10000), 1);
	struct reply *reply = f->source->ops->take_reply(f->source);

	assert_non_null(reply);
	assert_int_equal(reply->id, id);
	assert_int_equal(reply->state, STATE_STUCK);
	reply_free(reply);
	assert_true(f->source->ops->close(f->source));
	f->source = NULL;
}

/* A second read of a stuck process would take one more thread. */
static void test_request_of_stuck(void **state)
{
	struct live_tree *f = *state;
	const struct snapshot *s;
	struct reply *reply;
	char path[PATH_MAX];

	live_tree_process(f, 10, 5000, 500);
	live_tree_fifo(f, "10/smaps_rollup");
	live_tree_fifo(f, "10/smaps");
	live_tree_begin(f);
	s = live_tree_settled(f, 10, STATE_PENDING);
	assert_int_equal(smaps_of(s, 10), STATE_STUCK);

	struct pollfd p = { .fd = f->source->ops->reply_fd(f->source),
			    .events = POLLIN };

	f->source->ops->request(f->source, REQUEST_MAPPINGS,
				snapshot_find_pid(s, 10)->key);
	snapshot_unref(s);
	assert_int_equal(poll(&p, 1, 10000), 1);
	reply = f->source->ops->take_reply(f->source);
	assert_non_null(reply);
	assert_int_equal(reply->state, STATE_STUCK);
	reply_free(reply);
	/* no watchdog was needed: nobody waits at the file */
	snprintf(path, sizeof(path), "%s/10/smaps", f->root);
	assert_int_equal(open(path, O_WRONLY | O_NONBLOCK), -1);
	assert_int_equal(errno, ENXIO);
}

/* It is asked for in every sample while it is being read. */
static void test_read_once(void **state)
{
	struct live_tree *f = *state;
	const struct snapshot *s;
	char path[PATH_MAX];
	int fd;

	live_tree_process(f, 10, 5000, 500);
	live_tree_fifo(f, "10/smaps_rollup");
	live_tree_begin(f);
	snapshot_unref(live_tree_sample(f, 4));
	snprintf(path, sizeof(path), "%s/10/smaps_rollup", f->root);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	unlink(path);
	live_tree_put(f, "10/smaps_rollup", "Rss: 16 kB\nPss: 8 kB\n");
	assert_true(dprintf(fd, "Rss: 8 kB\nPss: 4 kB\n") > 0);
	close(fd);
	s = live_tree_settled(f, 10, STATE_PENDING);
	if (smaps_of(s, 10) == STATE_STUCK) { /* a busy machine */
		snapshot_unref(s);
		s = live_tree_settled(f, 10, STATE_STUCK);
	}
	assert_int_equal(smaps_of(s, 10), STATE_OK);
	assert_int_equal(s->processes[0]->pss, 4 * KIB);
	snapshot_unref(s);
}

static void be_critical(void *state, struct snapshot *snapshot)
{
	(void)state;
	snapshot->verdict.severity = SEVERITY_CRIT;
}

/* Command lines are not read while the verdict is critical; neither that nor
 * a stuck process keeps the first pass from ending. */
static void test_complete_while_critical(void **state)
{
	struct live_tree *f = *state;
	const struct snapshot *s;

	f->judge.step = be_critical;
	/* the first to be read: it holds up the others for a second */
	live_tree_process(f, 10, 5000, 500);
	live_tree_fifo(f, "10/smaps_rollup");
	live_tree_process(f, 20, 100, 500);
	live_tree_begin(f);
	s = completed(f);
	assert_int_equal(smaps_of(s, 20), STATE_OK);
	assert_int_equal(snapshot_find_pid(s, 20)->names.state, STATE_PENDING);
	snapshot_unref(s);
}

/* Somebody new, at once with all of his files. */
static void arrive(const struct live_tree *f, int pid, const char *group)
{
	struct live_tree aside = *f;
	char from[PATH_MAX], to[PATH_MAX], path[32];

	live_tree_mkdir(f, "aside");
	snprintf(aside.root, sizeof(aside.root), "%.50s/aside", f->root);
	live_tree_process(&aside, pid, 100, 700);
	snprintf(path, sizeof(path), "%d/cgroup", pid);
	live_tree_put(&aside, path, "0::%s\n", group);
	snprintf(from, sizeof(from), "%s/%d", aside.root, pid);
	snprintf(to, sizeof(to), "%s/%d", f->root, pid);
	assert_int_equal(rename(from, to), 0);
}

/* Whom his group would kill is known in the first sample he is in, though the
 * other lane hangs and command lines are not read. */
static void test_group_while_critical(void **state)
{
	struct live_tree *f = *state;
	const struct snapshot *s;
	const struct process *p = NULL;

	f->judge.step = be_critical;
	live_tree_process(f, 10, 5000, 500);
	live_tree_fifo(f, "10/smaps_rollup");
	live_tree_begin(f);
	snapshot_unref(live_tree_soon(f));
	arrive(f, 30, "/system.slice/web.service");
	for (uint64_t seq = live_tree_newest(f); !p; seq++) {
		s = live_tree_sample(f, seq);
		p = snapshot_find_pid(s, 30);
		if (!p)
			snapshot_unref(s);
	}
	assert_int_equal(p->group.state, STATE_OK);
	assert_string_equal(text_str(p->cgroup), "/system.slice/web.service");
	assert_string_equal(text_str(p->unit), "web.service");
	assert_int_equal(p->names.state, STATE_PENDING);
	snapshot_unref(s);
}

/* The sampler itself hangs: what it uses must stay. */
static void test_sampler_hangs(void **state)
{
	struct live_tree *f = *state;
	struct history_span span;
	char path[PATH_MAX];
	int fd;

	live_tree_process(f, 10, 100, 500);
	live_tree_begin(f);
	snapshot_unref(live_tree_soon(f));
	live_tree_fifo(f, "meminfo");
	for (uint64_t last = 0; last != live_tree_newest(f);) {
		last = live_tree_newest(f);
		usleep(10 * LIVE_TREE_PERIOD_NS / NS_PER_US);
	}
	assert_false(f->source->ops->close(f->source));
	f->source = NULL;

	/* it comes back after all and pushes one more */
	history_span(f->history, &span);
	snprintf(path, sizeof(path), "%s/meminfo", f->root);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_true(dprintf(fd, "MemTotal: 5 kB\n") > 0);
	close(fd);
	snapshot_unref(live_tree_sample(f, span.last_seq + 1));
}

/* No descriptor left: what is known stays, and who has taken the pid
 * meanwhile is found out as soon as anything can be read. */
static void test_no_descriptors(void **state)
{
	struct live_tree *f = *state;
	struct rlimit before, none;
	const struct snapshot *s;

	live_tree_process(f, 10, 1000, 500);
	live_tree_begin(f);
	snapshot_unref(live_tree_settled(f, 10, STATE_PENDING));
	live_tree_reuse(f, 10, 50, 900);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ .rlim_cur = 3, .rlim_max = before.rlim_max };
	/* between the two the sampler may or may not have seen it */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	s = live_tree_soon(f);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(s->nprocesses, 1);
	assert_true(s->processes[0]->rss == 1000 * 4096 ||
		    s->processes[0]->rss == 50 * 4096);
	snapshot_unref(s);
	s = live_tree_soon(f);
	assert_int_equal(s->nprocesses, 1);
	assert_string_equal(s->processes[0]->comm, "other");
	assert_int_equal(s->processes[0]->rss, 50 * 4096);
	snapshot_unref(s);
}

static void put_uid(const struct live_tree *f, unsigned uid, int pages)
{
	live_tree_put(f, "10/statm", "2000 %d 100 1 0 300 0\n", pages);
	live_tree_put(f, "10/status",
		      "Name:\ttest\nUid:\t0\t%u\t0\t0\nVmSize:\t8000 kB\n"
		      "VmRSS:\t4000 kB\nRssAnon:\t4000 kB\nThreads:\t1\n",
		      uid);
}

static void wait_for_user(struct live_tree *f, const char *name)
{
	for (uint64_t seq = live_tree_newest(f) + 1;; seq++) {
		const struct snapshot *s = live_tree_sample(f, seq);
		const struct text *user = s->processes[0]->user;
		bool named = user && !strcmp(text_str(user), name);

		snapshot_unref(s);
		if (named)
			return;
		/* within 5 s, or never */
		assert_true(seq < live_tree_newest(f) + 50);
		assert_true(seq < 100);
	}
}

/* A server's worker, a login: root at first, somebody else soon. */
static void test_user_changes(void **state)
{
	struct live_tree *f = *state;

	live_tree_process(f, 10, 1000, 500);
	put_uid(f, 4000000001, 1000);
	live_tree_begin(f);
	wait_for_user(f, "4000000001");
	put_uid(f, 4000000002, 1001);
	wait_for_user(f, "4000000002");
}

/* A burst of faults is over: so is its rate. */
static void test_rate_ends(void **state)
{
	struct live_tree *f = *state;
	const struct snapshot *s;

	live_tree_process(f, 10, 1000, 500);
	live_tree_begin(f);
	snapshot_unref(live_tree_soon(f));
	live_tree_stat(f, "10", 10, "test", 'S', 1, 5000, 500);
	live_tree_memory(f, "10", 1001);
	for (uint64_t seq = live_tree_newest(f) + 1;; seq++) {
		bool burst;

		s = live_tree_sample(f, seq);
		burst = s->processes[0]->minor_fault_rate > 0;
		snapshot_unref(s);
		if (burst)
			break;
	}
	s = live_tree_soon(f);
	assert_true(s->processes[0]->minor_fault_rate == 0);
	snapshot_unref(s);
}

/* hidepid=1: the pid shows and nothing else. */
static int look_at_hidden(struct live_tree *f)
{
	const struct snapshot *s;
	const struct process *p;

	if (setgid(65534) < 0 || setuid(65534) < 0)
		return 1;
	live_tree_begin(f);
	s = completed(f);
	p = s->processes[0];
	if (p->key.pid != 10 || p->key.start_ns != UNKNOWN ||
	    p->rss != UNKNOWN || p->smaps.state != STATE_DENIED ||
	    p->names.state != STATE_DENIED || s->coverage.pss_denied != 1)
		return 2;
	snapshot_unref(s);
	return f->source->ops->close(f->source) ? 0 : 3;
}

static void test_hidden(void **state)
{
	struct live_tree *f = *state;
	char path[PATH_MAX];
	int status;
	pid_t pid;

	if (getuid() != 0)
		skip();
	live_tree_process(f, 10, 1000, 500);
	snprintf(path, sizeof(path), "%s/10", f->root);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(f->root, 0755), 0);
	pid = fork();
	if (pid == 0)
		_exit(look_at_hidden(f));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define LIVE(test)                                             \
	cmocka_unit_test_setup_teardown(test, live_tree_setup, \
					live_tree_teardown)
		/* the first: it forks, and no thread is stuck yet */
		LIVE(test_hidden),
		LIVE(test_lane_stuck),
		LIVE(test_request_of_stuck),
		LIVE(test_read_once),
		LIVE(test_complete_while_critical),
		LIVE(test_group_while_critical),
		LIVE(test_no_descriptors),
		LIVE(test_user_changes),
		LIVE(test_rate_ends),
		LIVE(test_sampler_hangs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
