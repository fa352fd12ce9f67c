/* SPDX-License-Identifier: MIT
 *
 * See live_tree.h.
 */
#include "live_tree.h"

#include <dirent.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "memtop/base.h"

void live_tree_put(const struct live_tree *f, const char *path,
		   const char *format, ...)
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

void live_tree_mkdir(const struct live_tree *f, const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/%s", f->root, path);
	assert_int_equal(mkdir(name, 0755), 0);
}

void live_tree_fifo(const struct live_tree *f, const char *path)
{
	char name[PATH_MAX];

	snprintf(name, sizeof(name), "%s/%s", f->root, path);
	unlink(name);
	assert_int_equal(mkfifo(name, 0644), 0);
}

void live_tree_remove(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;

	while (dir && (d = readdir(dir))) {
		char name[PATH_MAX];

		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, ".."))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, d->d_name);
		if (unlink(name) < 0)
			live_tree_remove(name);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void live_tree_stat(const struct live_tree *f, const char *dir, int pid,
		    const char *comm, char state, int threads, unsigned minflt,
		    unsigned start)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/stat", dir);
	live_tree_put(
		f, path,
		"%d (%s) %c 1 1 1 0 -1 4194304 %u 0 3 0 1 1 0 0 20 0 %d 0 %u "
		"8192000 400 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 "
		"0 "
		"0 0 0 0\n",
		pid, comm, state, minflt, threads, start);
}

void live_tree_memory(const struct live_tree *f, const char *dir, int pages)
{
	char path[64];
	int kib = pages * 4;

	snprintf(path, sizeof(path), "%s/statm", dir);
	live_tree_put(f, path, "2000 %d 100 1 0 300 0\n", pages);
	snprintf(path, sizeof(path), "%s/status", dir);
	live_tree_put(f, path,
		      "Name:\ttest\nUid:\t0\t0\t0\t0\nVmRSS:\t%d "
		      "kB\nRssAnon:\t%d kB\n"
		      "RssFile:\t400 kB\nRssShmem:\t0 kB\nVmPTE:\t40 kB\n"
		      "VmSwap:\t12 kB\nThreads:\t1\n",
		      kib, kib - 400);
}

void live_tree_process(const struct live_tree *f, int pid, int pages,
		       unsigned start)
{
	char dir[32], path[64];

	snprintf(dir, sizeof(dir), "%d", pid);
	live_tree_mkdir(f, dir);
	live_tree_stat(f, dir, pid, "test", 'S', 1, 100, start);
	live_tree_memory(f, dir, pages);
	snprintf(path, sizeof(path), "%d/oom_score", pid);
	live_tree_put(f, path, "667\n");
	snprintf(path, sizeof(path), "%d/oom_score_adj", pid);
	live_tree_put(f, path, "0\n");
	snprintf(path, sizeof(path), "%d/smaps_rollup", pid);
	live_tree_put(
		f, path,
		"00400000-7fff ---p 00000000 00:00 0 [rollup]\nRss: %d kB\n"
		"Pss: %d kB\nPrivate_Clean: 4 kB\nPrivate_Dirty: 16 kB\n"
		"Swap: 12 kB\nSwapPss: 12 kB\n",
		pages * 4, pages * 2);
}

void live_tree_reuse(const struct live_tree *f, int pid, int pages,
		     unsigned start)
{
	char path[PATH_MAX], old[PATH_MAX], new[PATH_MAX], dir[16];
	int other = pid + 1000000;

	snprintf(path, sizeof(path), "%s/%d", f->root, pid);
	snprintf(old, sizeof(old), "%s/gone", f->root);
	snprintf(new, sizeof(new), "%s/%d", f->root, other);
	snprintf(dir, sizeof(dir), "%d", other);
	live_tree_process(f, other, pages, start);
	live_tree_stat(f, dir, pid, "other", 'S', 1, 7, start);
	assert_int_equal(rename(path, old), 0);
	assert_int_equal(rename(new, path), 0);
}

int live_tree_setup(void **state)
{
	struct live_tree *f = calloc(1, sizeof(*f));

	if (!f)
		return -1;
	snprintf(f->root, sizeof(f->root), "/tmp/memtop-test-XXXXXX");
	if (!mkdtemp(f->root))
		return -1;
	live_tree_put(f, "meminfo",
		      "MemTotal: 1000 kB\nMemFree: 500 kB\n"
		      "MemAvailable: 600 kB\n");
	live_tree_put(f, "vmstat", "pgmajfault 5\npswpin 0\noom_kill 0\n");
	*state = f;
	return history_new(&history_default_limits, &f->history);
}

void live_tree_begin(struct live_tree *f)
{
	struct live_config config = { .history = f->history,
				      .judge = f->judge,
				      .proc_root = f->root,
				      .sys_root = f->root,
				      .period_ns = LIVE_TREE_PERIOD_NS,
				      .budget_percent = 0 };

	assert_int_equal(live_source_new(&config, &f->source), 0);
	assert_int_equal(f->source->ops->start(f->source), 0);
}

int live_tree_teardown(void **state)
{
	struct live_tree *f = *state;

	if (f->source && !f->source->ops->close(f->source))
		return -1;
	history_free(f->history);
	live_tree_remove(f->root);
	free(f);
	return 0;
}

const struct snapshot *live_tree_sample(struct live_tree *f, uint64_t seq)
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

uint64_t live_tree_newest(struct live_tree *f)
{
	struct history_span span;

	history_span(f->history, &span);
	return span.last_seq;
}

const struct snapshot *live_tree_soon(struct live_tree *f)
{
	return live_tree_sample(f, live_tree_newest(f) + 2);
}

const struct snapshot *live_tree_settled(struct live_tree *f, pid_t pid,
					 enum state state)
{
	uint64_t first = live_tree_newest(f) + 1;

	for (uint64_t seq = first; seq < first + 200; seq++) {
		const struct snapshot *s = live_tree_sample(f, seq);
		const struct process *p = snapshot_find_pid(s, pid);

		if (p && p->smaps.state != state)
			return s;
		snapshot_unref(s);
	}
	fail_msg("PSS of %d is %s for ever", (int)pid, state_name(state));
	return NULL;
}
