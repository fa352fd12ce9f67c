/* SPDX-License-Identifier: MIT
 *
 * All processes between two ticks of the cheap lane: the listing of /proc is
 * walked beside what was known, both ordered by pid.
 *
 * Who is who: a directory of /proc keeps its inode number for as long as the
 * process lives and the kernel does not drop it from its caches, so an
 * unchanged number means the same process without any read; a changed one
 * means that the start time has to be looked at.
 */
#include "processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "births.h"
#include "keepers.h"
#include "memtop/base.h"
#include "schedule.h"
#include "share.h"
#include "tracked.h"

/* Who rests is read in full so seldom; how many are so in a second, when that
 * allows it. */
#define ROTATION_MIN_NS	    (10 * NS_PER_S)
#define ROTATION_MAX_NS	    (30 * NS_PER_S)
#define ROTATION_PER_SECOND 64
/* Who rests is looked at this often; of a crowd, so many in a second. */
#define LOOK_AGAIN_NS	 (2 * NS_PER_S)
#define LOOKS_PER_SECOND 2500
/* The kernel lists an entry that it has no memory for with this number. */
#define INODE_NONE 1

struct entry { /* of the listing */
	pid_t pid;
	uint64_t inode;
};

struct processes {
	struct tracker tracker;
	DIR *dir;

	struct births births;
	struct entry *entries; /* of the last listing */
	size_t nentries, entries_size;
	struct tracked **list, **next; /* by pid; next is built in a tick */
	size_t count, list_size, next_size;
	struct keepers keepers;
	struct probe_task *tasks;
	size_t tasks_size;

	bool started; /* the first tick is over */
};

/* ---- the listing --------------------------------------------------------- */

static int by_pid(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/* The kernel lists pids in ascending order; a tree of files may not. */
static int list(struct processes *p)
{
	bool sorted = true;
	struct dirent *d;

	p->nentries = 0;
	rewinddir(p->dir);
	while (errno = 0, (d = readdir(p->dir))) {
		char *end;
		long pid = strtol(d->d_name, &end, 10);

		if (pid <= 0 || *end || pid > INT32_MAX)
			continue;
		if (p->nentries == p->entries_size) {
			size_t size =
				p->entries_size ? p->entries_size * 2 : 1024;
			struct entry *bigger =
				realloc(p->entries, size * sizeof(*bigger));

			if (!bigger)
				return -ENOMEM;
			p->entries = bigger;
			p->entries_size = size;
		}
		if (p->nentries && p->entries[p->nentries - 1].pid > pid)
			sorted = false;
		p->entries[p->nentries++] =
			(struct entry){ .pid = (pid_t)pid, .inode = d->d_ino };
	}
	/* half a list would make the rest look gone */
	if (errno)
		return -errno;
	if (!sorted)
		qsort(p->entries, p->nentries, sizeof(*p->entries), by_pid);
	return 0;
}

static bool is_visible(const struct interest *interest, struct process_key key)
{
	size_t low = 0, high = interest->nvisible;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (interest->visible[middle].pid < key.pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < interest->nvisible &&
	       process_key_equal(interest->visible[low], key);
}

static void drop(struct processes *p, struct tracked *t)
{
	keepers_set(&p->keepers, t, false);
	tracked_free(t);
}

/* Brings one listed pid up to date.  Without a process afterwards: it is gone,
 * or nothing can be said of it. */
static void step(const struct processes *p, struct tracker *tracker,
		 struct tracked *t, const struct entry *entry,
		 const struct tick *tick)
{
	int r = 0;

	if (t->process) {
		struct process_key key = t->process->key;

		t->selected = process_key_equal(tick->interest->selected, key);
		t->visible = t->selected || is_visible(tick->interest, key);
		/* look at the start time; same process: go on with it */
		if (t->inode != entry->inode)
			r = tracked_read(tracker, t, entry->pid, tick);
		if (r == 0)
			r = tracked_update(tracker, t, entry->pid, tick);
	}
	if (!t->process || r == -EAGAIN || r == -ESRCH) {
		/* new, or gone and perhaps already somebody else */
		tracked_reset(t, tick, !p->started);
		r = tracked_update(tracker, t, entry->pid, tick);
	}
	if (r == 0)
		t->inode = entry->inode == INODE_NONE ? 0 : entry->inode;
	/* on failure last tick's figures are better than none */
	if (t->process)
		tracked_mark_stuck(t, tick);
}

/* What several threads do at the same time, each with a tracker of its own. */
struct look {
	struct processes *p;
	const struct tick *tick;
};

static void look_at(const struct look *look, struct tracker *tracker,
		    size_t from, size_t to)
{
	const struct processes *p = look->p;

	for (size_t i = from; i < to; i++)
		if (p->next[i])
			step(p, tracker, p->next[i], &p->entries[i],
			     look->tick);
}

static void help(void *context, struct share *share)
{
	const struct look *look = context;
	struct tree tree;
	struct tracker tracker = { .tree = &tree,
				   .users = look->p->tracker.users };
	size_t from, to;

	if (tree_twin(look->p->tracker.tree, &tree) < 0)
		return;
	while (share_take(share, &from, &to))
		look_at(look, &tracker, from, to);
	delays_done(&tracker.delays);
	tree_twin_done(&tree);
}

/* In the first two samples of a screen somebody waits for them. */
static void look_at_all(struct processes *p, const struct tick *tick)
{
	struct look look = { .p = p, .tick = tick };
	struct share *share = NULL;
	size_t from, to;

	if (tick->first_look || tick->second_look)
		share = share_begin(p->nentries, help, &look);
	if (!share)
		look_at(&look, &p->tracker, 0, p->nentries);
	while (share && share_take(share, &from, &to))
		look_at(&look, &p->tracker, from, to);
	share_end(share);
}

/* Room for every listed process in the two arrays and the snapshot. */
static int make_room(struct processes *p, struct snapshot *snapshot)
{
	if (p->next_size < p->nentries) {
		size_t size = p->nentries + p->nentries / 4 + 64;
		struct tracked **bigger =
			realloc(p->next, size * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		p->next = bigger;
		p->next_size = size;
	}
	snapshot->processes =
		calloc(p->nentries + 1, sizeof(*snapshot->processes));
	return snapshot->processes ? 0 : -ENOMEM;
}

static struct tracked *begin(struct processes *p, const struct tick *tick)
{
	struct tracked *t = tracked_new(tick, !p->started);

	if (t && p->keepers.count < p->keepers.max)
		keepers_set(&p->keepers, t, true);
	return t;
}

/* What is known of that pid, or something new; those before it in the list are
 * gone.  NULL: no memory. */
static struct tracked *take(struct processes *p, size_t *old, pid_t pid,
			    const struct tick *tick)
{
	while (*old < p->count && p->list[*old]->process->key.pid < pid)
		drop(p, p->list[(*old)++]);
	if (*old < p->count && p->list[*old]->process->key.pid == pid)
		return p->list[(*old)++];
	return begin(p, tick);
}

/* Those that are there make the next list, and the snapshot. */
static void keep_living(struct processes *p, struct snapshot *snapshot)
{
	struct tracked **list = p->list;
	size_t size = p->list_size;

	p->list = p->next;
	p->list_size = p->next_size;
	p->count = 0;
	p->next = list;
	p->next_size = size;
	for (size_t i = 0; i < p->nentries; i++) {
		struct tracked *t = p->list[i];

		if (!t)
			continue;
		if (!t->process) {
			drop(p, t);
			continue;
		}
		p->list[p->count++] = t;
		snapshot->processes[snapshot->nprocesses++] =
			process_ref(t->process);
	}
}

uint64_t processes_rotation(const struct processes *p)
{
	uint64_t ns = p->count * NS_PER_S / ROTATION_PER_SECOND;

	return min_u64(max_u64(ns, ROTATION_MIN_NS), ROTATION_MAX_NS);
}

uint64_t processes_look_again(const struct processes *p, bool calm)
{
	uint64_t ns = p->count * NS_PER_S / LOOKS_PER_SECOND;

	return calm ? max_u64(ns, LOOK_AGAIN_NS) : LOOK_AGAIN_NS;
}

int processes_read(struct processes *p, const struct tick *tick,
		   struct snapshot *snapshot)
{
	size_t old = 0;
	int r = 0;

	if (births_possible(&p->births, p->tracker.tree, tick->now_ns)) {
		r = list(p);
		if (r < 0)
			births_unlisted(&p->births);
	}
	if (r == 0)
		r = make_room(p, snapshot);
	if (r < 0)
		return r;
	for (size_t i = 0; i < p->nentries; i++)
		p->next[i] = take(p, &old, p->entries[i].pid, tick);
	while (old < p->count)
		drop(p, p->list[old++]);
	look_at_all(p, tick);
	keep_living(p, snapshot);
	p->started = true;
	keepers_share(&p->keepers, p->list, p->count, tick);
	snapshot->processes_block =
		(struct block){ .state = STATE_OK, .read_ns = tick->now_ns };
	return 0;
}

/* ---- the other lane ------------------------------------------------------ */

static struct tracked *find(struct processes *p, struct process_key key)
{
	size_t low = 0, high = p->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (p->list[middle]->process->key.pid < key.pid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < p->count &&
	    process_key_equal(p->list[low]->process->key, key))
		return p->list[low];
	return NULL;
}

void processes_merge(struct processes *p, struct probe_result *results,
		     size_t nresults)
{
	for (size_t i = 0; i < nresults; i++) {
		struct tracked *t = find(p, results[i].process->key);

		if (t)
			tracked_take(t, &results[i]);
		process_unref(results[i].process);
	}
}

void processes_refill(struct processes *p, struct snapshot *snapshot)
{
	for (size_t i = 0; i < p->count; i++) {
		process_unref(snapshot->processes[i]);
		snapshot->processes[i] = process_ref(p->list[i]->process);
	}
}

void processes_adopt(struct processes *p, const struct snapshot *snapshot)
{
	for (size_t i = 0; i < p->count; i++) {
		const struct process *judged = snapshot->processes[i];
		struct tracked *t = p->list[i];

		if (t->process == judged)
			continue;
		process_unref(t->process);
		t->process = process_ref(judged);
	}
}

size_t processes_tasks(struct processes *p, const struct tick *tick,
		       const struct probe_task **ret)
{
	size_t n = 0;

	if (p->tasks_size < p->count) {
		size_t size = p->count + p->count / 4 + 64;
		struct probe_task *bigger =
			realloc(p->tasks, size * sizeof(*bigger));

		if (!bigger)
			return 0;
		p->tasks = bigger;
		p->tasks_size = size;
	}
	for (size_t i = 0; i < p->count; i++)
		if (tracked_has_memory(p->list[i]) &&
		    schedule_task(p->list[i], tick, &p->tasks[n]))
			n++;
	*ret = p->tasks;
	return n;
}

void processes_rescan(struct processes *p)
{
	for (size_t i = 0; i < p->count; i++) {
		p->list[i]->rescan = p->list[i]->initial = true;
		p->list[i]->tries = 0;
	}
}

bool processes_complete(const struct processes *p, const struct tick *tick)
{
	for (size_t i = 0; i < p->count; i++)
		if (tracked_is_outstanding(p->list[i], tick->careful))
			return false;
	return true;
}

size_t processes_descriptors(const struct processes *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->list[i]->glance.fd >= 0;
	return n;
}

/* ---- life ---------------------------------------------------------------- */

int processes_new(struct tree *tree, struct users *users,
		  struct processes **ret)
{
	struct processes *p = calloc(1, sizeof(*p));
	int fd;

	if (!p)
		return -ENOMEM;
	p->tracker.tree = tree;
	p->tracker.users = users;
	p->keepers.max = keepers_allowed();
	births_init(&p->births, tree);
	fd = openat(tree->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	p->dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!p->dir) {
		int r = -errno;

		if (fd >= 0)
			close(fd);
		free(p);
		return r;
	}
	*ret = p;
	return 0;
}

void processes_free(struct processes *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->count; i++)
		tracked_free(p->list[i]);
	free(p->list);
	free(p->next);
	free(p->entries);
	free(p->tasks);
	delays_done(&p->tracker.delays);
	closedir(p->dir);
	free(p);
}
