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

#include "memtop/base.h"
#include "memtop/source.h"

#define PERIOD_NS (100 * NS_PER_MS)

struct fixture {
	char root[64];
	struct history *history;
	struct source *source;
};

static void put(const struct fixture *f, const char *path, const char *format,
		...) __attribute__((format(printf, 3, 4)));

static void put(const struct fixture *f, const char *path, const char *format,
		...)
{
	char name[PATH_MAX];
	va_list arguments;
	FILE *file;

	snprintf(name, sizeof(name), "%s/%s", f->root, path);
	file = fopen(name, "w");
	assert_non_null(file);
	va_start(arguments, format);
	vfprintf(file, format, arguments);
	va_end(arguments);
	fclose(file);
}

static void make_dir(const struct fixture *f, const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/%s", f->root, path);
	assert_int_equal(mkdir(name, 0755), 0);
}

static void remove_tree(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		char name[PATH_MAX];

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, d->d_name);
		if (unlink(name) < 0)
			remove_tree(name);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

static void put_stat(const struct fixture *f, const char *dir, int pid,
		     const char *comm, char state, int threads,
		     unsigned minflt, unsigned start)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/stat", dir);
	put(f, path,
	    "%d (%s) %c 1 1 1 0 -1 4194304 %u 0 3 0 1 1 0 0 20 0 %d 0 %u "
	    "8192000 400 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 "
	    "0 0 0 0\n",
	    pid, comm, state, minflt, threads, start);
}

static void put_memory(const struct fixture *f, const char *dir, int pages)
{
	char path[64];
	int kib = pages * 4;

	snprintf(path, sizeof(path), "%s/statm", dir);
	put(f, path, "2000 %d 100 1 0 300 0\n", pages);
	snprintf(path, sizeof(path), "%s/status", dir);
	put(f, path,
	    "Name:\ttest\nUid:\t0\t0\t0\t0\nVmRSS:\t%d kB\nRssAnon:\t%d kB\n"
	    "RssFile:\t400 kB\nRssShmem:\t0 kB\nVmPTE:\t40 kB\n"
	    "VmSwap:\t12 kB\nThreads:\t1\n",
	    kib, kib - 400);
}

/* `threads` dead-leader processes have their memory below task/ */
static void put_process(const struct fixture *f, int pid, int pages,
			unsigned start)
{
	char dir[32], path[64];

	snprintf(dir, sizeof(dir), "%d", pid);
	make_dir(f, dir);
	put_stat(f, dir, pid, "test", 'S', 1, 100, start);
	put_memory(f, dir, pages);
	snprintf(path, sizeof(path), "%d/oom_score", pid);
	put(f, path, "667\n");
	snprintf(path, sizeof(path), "%d/oom_score_adj", pid);
	put(f, path, "0\n");
	snprintf(path, sizeof(path), "%d/smaps_rollup", pid);
	put(f, path,
	    "00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss: %d kB\n"
	    "Pss: %d kB\nPrivate_Clean: 4 kB\nPrivate_Dirty: 16 kB\n"
	    "Swap: 12 kB\nSwapPss: 12 kB\n",
	    pages * 4, pages * 2);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	snprintf(f->root, sizeof(f->root), "/tmp/memtop-test-XXXXXX");
	if (!mkdtemp(f->root))
		return -1;
	put(f, "meminfo", "MemTotal: 1000 kB\nMemFree: 500 kB\n"
			  "MemAvailable: 600 kB\n");
	put(f, "vmstat", "pgmajfault 5\npswpin 0\noom_kill 0\n");
	*state = f;
	return history_new(&history_default_limits, &f->history);
}

static void begin(struct fixture *f)
{
	struct live_config config = { .history = f->history,
				      .proc_root = f->root,
				      .sys_root = f->root,
				      .period_ns = PERIOD_NS,
				      .budget_percent = 0 };

	assert_int_equal(live_source_new(&config, &f->source), 0);
	assert_int_equal(f->source->ops->start(f->source), 0);
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	if (f->source)
		f->source->ops->close(f->source);
	history_free(f->history);
	remove_tree(f->root);
	free(f);
	return 0;
}

/* The sample with that number; waits for it, 20 s at most. */
static const struct snapshot *sample(struct fixture *f, uint64_t seq)
{
	const struct snapshot *snapshot;

	for (int i = 0; i < 2000; i++) {
		if (history_at(f->history, seq, &snapshot) == 0)
			return snapshot;
		usleep(10000);
	}
	fail_msg("sample %llu never came", (unsigned long long)seq);
	return NULL;
}

static uint64_t newest(struct fixture *f)
{
	struct history_span span;

	history_span(f->history, &span);
	return span.last_seq;
}

/* Two samples on: whatever is there now has been seen. */
static const struct snapshot *soon(struct fixture *f)
{
	return sample(f, newest(f) + 2);
}

/* The first sample in which pid's PSS has left `state`. */
static const struct snapshot *settled(struct fixture *f, pid_t pid,
				      enum state state)
{
	uint64_t first = newest(f) + 1;

	for (uint64_t seq = first; seq < first + 200; seq++) {
		const struct snapshot *s = sample(f, seq);
		const struct process *p = snapshot_find_pid(s, pid);

		if (p && p->smaps.state != state)
			return s;
		snapshot_unref(s);
	}
	fail_msg("PSS of %d is %s for ever", (int)pid, state_name(state));
	return NULL;
}

static void test_spine(void **state)
{
	struct fixture *f = *state;

	put_process(f, 10, 1000, 500);
	put_process(f, 20, 2000, 600);
	begin(f);

	const struct snapshot *first = sample(f, 1);

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

	const struct snapshot *s = settled(f, 20, STATE_PENDING);

	assert_int_equal(s->processes[1]->smaps.state, STATE_OK);
	assert_int_equal(s->processes[1]->pss, 2000 * 2 * KIB);
	assert_int_equal(s->processes[1]->uss, 20 * KIB);
	snapshot_unref(s);
}

/* Who did not change is shared between snapshots, not copied. */
static void test_sharing(void **state)
{
	struct fixture *f = *state;

	put_process(f, 10, 1000, 500);
	begin(f);
	snapshot_unref(settled(f, 10, STATE_PENDING));
	snapshot_unref(soon(f));

	const struct snapshot *a = soon(f), *b = sample(f, a->seq + 1);

	assert_ptr_equal(a->processes[0], b->processes[0]);
	snapshot_unref(a);
	snapshot_unref(b);
	put_memory(f, "10", 1200);
	b = soon(f);
	assert_int_equal(b->processes[0]->rss, 1200 * 4096);
	snapshot_unref(b);
}

static void test_pid_reuse(void **state)
{
	struct fixture *f = *state;
	char path[PATH_MAX];

	put_process(f, 10, 1000, 500);
	begin(f);
	snapshot_unref(settled(f, 10, STATE_PENDING));
	snprintf(path, sizeof(path), "%s/10", f->root);
	/* the new one is there in the same tick: renamed into place */
	{
		char old[PATH_MAX], new[PATH_MAX];

		put_process(f, 99, 50, 900);
		put_stat(f, "99", 10, "other", 'S', 1, 7, 900);
		snprintf(old, sizeof(old), "%s/gone", f->root);
		snprintf(new, sizeof(new), "%s/99", f->root);
		rename(path, old);
		rename(new, path);
	}
	const struct snapshot *s = soon(f);
	const struct process *p = snapshot_find_pid(s, 10);

	assert_non_null(p);
	assert_string_equal(p->comm, "other");
	assert_int_equal(p->rss, 50 * 4096);
	assert_true(p->pss == UNKNOWN || p->pss == 50 * 2 * KIB);
	snapshot_unref(s);
}

static void test_rates(void **state)
{
	struct fixture *f = *state;

	put_process(f, 10, 1000, 500);
	begin(f);
	snapshot_unref(soon(f));
	put_stat(f, "10", 10, "test", 'S', 1, 5000, 500);
	put_memory(f, "10", 1001); /* it moved: it is read in full */

	const struct snapshot *s = soon(f);
	const struct process *p = snapshot_find_pid(s, 10);

	/* 4900 faults between two reads, so a rate above 0 and a counter
	 * that is exact */
	assert_int_equal(p->minor_faults, 5000);
	snapshot_unref(s);
}

static void test_vanished(void **state)
{
	struct fixture *f = *state;
	char path[PATH_MAX];

	put_process(f, 10, 1000, 500);
	put_process(f, 11, 1000, 500);
	begin(f);
	snapshot_unref(soon(f));
	snprintf(path, sizeof(path), "%s/10", f->root);
	remove_tree(path);
	make_dir(f, "12"); /* a directory whose files are gone already */

	const struct snapshot *s = soon(f);

	assert_null(snapshot_find_pid(s, 10));
	assert_null(snapshot_find_pid(s, 12));
	assert_non_null(snapshot_find_pid(s, 11));
	snapshot_unref(s);
}

/* The main thread has ended, another one lives: its memory is shown. */
static void test_zombie_leader(void **state)
{
	struct fixture *f = *state;

	put_process(f, 10, 0, 500);
	put_stat(f, "10", 10, "test", 'Z', 2, 100, 500);
	put(f, "10/status", "Name:\ttest\nState:\tZ (zombie)\n"
			    "Uid:\t0\t0\t0\t0\nThreads:\t2\n");
	put(f, "10/statm", "0 0 0 0 0 0 0\n");
	make_dir(f, "10/task");
	make_dir(f, "10/task/10");
	put_stat(f, "10/task/10", 10, "test", 'Z', 2, 100, 500);
	make_dir(f, "10/task/15");
	put_stat(f, "10/task/15", 15, "test", 'S', 2, 100, 501);
	put_memory(f, "10/task/15", 700);
	put(f, "10/task/15/smaps_rollup",
	    "00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss: 2800 kB\n"
	    "Pss: 2000 kB\nPrivate_Clean: 4 kB\nPrivate_Dirty: 16 kB\n"
	    "Swap: 12 kB\nSwapPss: 12 kB\n");
	begin(f);

	const struct snapshot *s = settled(f, 10, STATE_PENDING);
	const struct process *p = snapshot_find_pid(s, 10);

	assert_int_equal(p->state, 'Z');
	assert_int_equal(p->rss, 700 * 4096);
	assert_int_equal(p->pss, 2000 * KIB);
	snapshot_unref(s);
}

static void test_zombie(void **state)
{
	struct fixture *f = *state;

	put_process(f, 10, 0, 500);
	put_stat(f, "10", 10, "test", 'Z', 1, 100, 500);
	put(f, "10/statm", "0 0 0 0 0 0 0\n");
	begin(f);

	const struct snapshot *s = soon(f);
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
	struct fixture *f = *state;
	char path[PATH_MAX];

	put_process(f, 10, 1000, 500);
	put_process(f, 20, 1000, 500);
	snprintf(path, sizeof(path), "%s/10", f->root);
	assert_int_equal(chmod(path, 0), 0);
	assert_int_equal(chmod(f->root, 0755), 0);
	/* root is refused nothing */
	if (getuid() == 0)
		assert_int_equal(seteuid(65534), 0);
	begin(f);

	const struct snapshot *s = settled(f, 10, STATE_PENDING);
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
	struct fixture *f = *state;
	char path[PATH_MAX];

	put_process(f, 10, 5000, 500);
	put_process(f, 20, 2000, 600);
	snprintf(path, sizeof(path), "%s/10/smaps_rollup", f->root);
	unlink(path);
	assert_int_equal(mkfifo(path, 0644), 0);
	begin(f);

	const struct snapshot *s = settled(f, 10, STATE_PENDING);

	assert_int_equal(snapshot_find_pid(s, 10)->smaps.state, STATE_STUCK);
	assert_true(snapshot_find_pid(s, 10)->pss == UNKNOWN);
	snapshot_unref(s);
	s = settled(f, 20, STATE_PENDING);
	assert_int_equal(snapshot_find_pid(s, 20)->smaps.state, STATE_OK);
	snapshot_unref(s);
	/* it comes back: no longer stuck, and read again */
	int fd = open(path, O_RDWR | O_NONBLOCK);

	assert_true(fd >= 0);
	usleep(50000);
	unlink(path);
	put(f, "10/smaps_rollup", "Rss: 8 kB\nPss: 4 kB\n"
				  "Private_Clean: 0 kB\nPrivate_Dirty: 4 kB\n");
	close(fd);
	s = settled(f, 10, STATE_STUCK);
	snapshot_unref(s);
	s = settled(f, 10, STATE_PENDING);
	assert_int_equal(snapshot_find_pid(s, 10)->smaps.state, STATE_OK);
	snapshot_unref(s);
}

static void test_interest(void **state)
{
	struct fixture *f = *state;
	struct interest interest = { .nvisible = 2 };

	put_process(f, 10, 1000, 500);
	put_process(f, 20, 1000, 500);
	begin(f);

	const struct snapshot *s = settled(f, 20, STATE_PENDING);

	interest.visible[0] = snapshot_find_pid(s, 20)->key;
	interest.visible[1] = snapshot_find_pid(s, 10)->key;
	f->source->ops->set_interest(f->source, &interest);
	snapshot_unref(s);
	/* what is on screen is read in every tick, moved or not */
	put_stat(f, "20", 20, "test", 'D', 1, 100, 500);
	s = soon(f);
	assert_int_equal(snapshot_find_pid(s, 20)->state, 'D');
	assert_int_equal(s->load.blocked, 1);
	snapshot_unref(s);
}

static void test_requests(void **state)
{
	struct fixture *f = *state;
	struct process_key key;
	struct reply *reply = NULL;

	put_process(f, 10, 1000, 500);
	put(f, "10/limits",
	    "Limit                     Soft Limit           Hard Limit         "
	    "  Units     \n"
	    "Max locked memory         8388608              unlimited          "
	    "  bytes     \n");
	begin(f);

	const struct snapshot *s = sample(f, 1);

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
#define LIVE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
		LIVE(test_spine),	   LIVE(test_sharing),
		LIVE(test_pid_reuse),	   LIVE(test_rates),
		LIVE(test_vanished),	   LIVE(test_zombie_leader),
		LIVE(test_zombie),	   LIVE(test_refused),
		LIVE(test_stuck),	   LIVE(test_interest),
		LIVE(test_requests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
