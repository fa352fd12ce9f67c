/* SPDX-License-Identifier: MIT
 *
 * The cheap lane's reading of processes.  Every tick looks at the statm of
 * each; only those that moved, are new, are looked at or were not read for
 * long are read in full.  A record that comes out the same as before is
 * shared with the snapshot before, which is what makes the history small.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "memtop/base.h"
#include "memtop/rates.h"
#include "schedule.h"
#include "tracked.h"

#define FULL_AFTER_NS	(10 * NS_PER_S)
#define DESCRIPTORS_MAX 4096
/* The kernel lists an entry that it has no memory for with this number. */
#define INODE_NONE	1
/* A process that could not be read so often holds up no first pass. */
#define TRIES_MAX	2

struct entry { /* of the listing */
	pid_t pid;
	uint64_t inode;
};

struct processes {
	struct tree *tree;
	struct users *users;
	DIR *dir;

	struct entry *entries;
	size_t nentries, entries_size;
	struct tracked *list, *next; /* by pid; next is built in a tick */
	size_t count, list_size, next_size;
	struct probe_task *tasks;
	size_t tasks_size;

	size_t descriptors, descriptors_max;
	bool started; /* the first tick is over */
};

/* ---- small helpers ------------------------------------------------------- */

static void directory(const struct tracked *t, pid_t pid, char *dir,
		      size_t size)
{
	if (t->thread)
		snprintf(dir, size, "%d/task/%d", (int)pid, (int)t->thread);
	else
		snprintf(dir, size, "%d", (int)pid);
}

static void drop(struct processes *p, struct tracked *t)
{
	if (t->statm_fd >= 0) {
		close(t->statm_fd);
		p->descriptors--;
	}
	process_unref(t->process);
	t->process = NULL;
	t->statm_fd = -1;
}

/* A kernel thread or a zombie: it has no memory that could be read. */
static void without_memory(struct process *process, uint64_t now_ns)
{
	struct block none = { .state = STATE_NOT_APPLICABLE,
			      .read_ns = now_ns };

	process->statm = process->status = process->oom = none;
	process->smaps = process->names = none;
	process->vsize = process->rss = UNKNOWN;
}

/* hidepid: only the pid shows, and with no start time nothing that is read
 * can be said to be of this very process. */
static void hide(struct process *process)
{
	process->key.start_ns = UNKNOWN;
	process->smaps = process->names = process->stat;
}

static bool has_memory(const struct process *process)
{
	return process->statm.state != STATE_NOT_APPLICABLE;
}

/* Equal but for when it was read?  Then the old record stands. */
static bool same_figures(const struct process *old, struct process *process)
{
	const size_t from = offsetof(struct process, key);
	struct block identity = process->identity, statm = process->statm;
	struct block status = process->status, stat = process->stat;
	struct block oom = process->oom;

	process->identity.read_ns = old->identity.read_ns;
	process->statm.read_ns = old->statm.read_ns;
	process->status.read_ns = old->status.read_ns;
	process->stat.read_ns = old->stat.read_ns;
	process->oom.read_ns = old->oom.read_ns;
	if (!memcmp((const char *)old + from, (const char *)process + from,
		    sizeof(*old) - from))
		return true;
	process->identity = identity;
	process->statm = statm;
	process->status = status;
	process->stat = stat;
	process->oom = oom;
	return false;
}

/* Takes over the caller's reference. */
static void replace(struct tracked *t, struct process *process)
{
	if (t->process && same_figures(t->process, process)) {
		process_unref(process);
		return;
	}
	process_unref(t->process);
	t->process = process;
}

/* ---- reading one --------------------------------------------------------- */

static void rates(struct tracked *t, const struct process *before,
		  struct process *process)
{
	if (process->stat.state != STATE_OK)
		return;
	if (before && before->stat.state == STATE_OK) {
		process->minor_fault_rate = rate_between(
			before->minor_faults, t->stat_ns,
			process->minor_faults, process->stat.read_ns);
		process->major_fault_rate = rate_between(
			before->major_faults, t->stat_ns,
			process->major_faults, process->stat.read_ns);
	}
	t->stat_ns = process->stat.read_ns;
}

static void grow(struct tracked *t, struct process *process)
{
	uint64_t bytes = tracked_own_bytes(process);

	growth_add(&t->growth, process->status.read_ns, bytes);
	process->growth_rate = growth_rate(&t->growth, process->status.read_ns,
					   bytes);
}

static void name_user(struct processes *p, const struct process *before,
		      struct process *process)
{
	/* it has taken another identity: login, su, a server's worker */
	if (before && before->uid != process->uid) {
		text_unref(process->user);
		process->user = NULL;
	}
	if (!process->user && process->uid != UNKNOWN)
		process->user = users_name(p->users, process->uid);
}

/* The name may come ticks after the process. */
static void rename_user(struct processes *p, struct tracked *t)
{
	const struct text *name = NULL;
	struct process *process;

	if (t->process->uid != UNKNOWN)
		name = users_name(p->users, t->process->uid);
	process = name ? process_copy(t->process) : NULL;
	if (!process) {
		text_unref(name);
		return;
	}
	process->user = name;
	process_unref(t->process);
	t->process = process;
}

/* Where the memory of a zombie leader can be seen, if anywhere. */
static bool find_thread(struct processes *p, struct tracked *t, pid_t pid)
{
	char dir[48];

	t->thread = 0;
	if (procfile_living_thread(p->tree, pid, dir, sizeof(dir)) < 0)
		return false;
	t->thread = (pid_t)atoi(strrchr(dir, '/') + 1);
	if (t->statm_fd >= 0) { /* it was the leader's */
		close(t->statm_fd);
		t->statm_fd = -1;
		p->descriptors--;
	}
	return true;
}

/* status, statm and OOM figures; -ESRCH: gone meanwhile. */
static int read_memory(struct processes *p, struct tracked *t,
		       struct process *process, uint64_t now_ns)
{
	pid_t pid = process->key.pid;
	char dir[48], leader[16];
	int r;

	if (process->state != 'Z')
		t->thread = 0;
	else if (!find_thread(p, t, pid)) {
		without_memory(process, now_ns);
		return 0;
	}
	snprintf(leader, sizeof(leader), "%d", (int)pid);
	directory(t, pid, dir, sizeof(dir));
	r = procfile_status(p->tree, dir, process);
	if (r < 0)
		return r;
	if (process->kernel) {
		without_memory(process, now_ns);
		return 0;
	}
	r = procfile_statm(p->tree, dir, process);
	if (r < 0)
		return r;
	return procfile_oom(p->tree, leader, process);
}

/*
 * Everything the cheap lane reads.  before: the record so far, NULL for a new
 * process.  -ESRCH: gone; -EAGAIN: the pid belongs to another process now;
 * -EBUSY: who it is could not be read.
 */
static int read_full(struct processes *p, struct tracked *t, pid_t pid,
		     const struct tick *tick)
{
	const struct process *before = t->process;
	struct process *process = before ? process_copy(before) : process_new();
	char leader[16];
	int r = -ENOMEM;

	if (!process)
		return -ENOMEM;
	process->key.pid = pid;
	process->stat = (struct block){ .state = STATE_PENDING };
	snprintf(leader, sizeof(leader), "%d", (int)pid);
	r = procfile_stat(p->tree, leader, process);
	/* no descriptor left, say: whose pid it is now is not known */
	if (r == 0 && process->stat.state == STATE_PENDING)
		r = -EBUSY;
	if (r < 0)
		goto out;
	if (process->stat.state != STATE_OK && !before)
		hide(process);
	if (before && !process_key_equal(before->key, process->key)) {
		r = -EAGAIN;
		goto out;
	}
	r = read_memory(p, t, process, tick->now_ns);
	if (r < 0)
		goto out;
	if (before && strcmp(before->comm, process->comm))
		t->names_due = true; /* exec, or it named itself anew */
	rates(t, before, process);
	grow(t, process);
	name_user(p, before, process);
	t->read_ns = tick->now_ns;
	replace(t, process);
	return 0;
out:
	process_unref(process);
	return r;
}

/* A rate above 0 stands for the time between two reads: it must not stand
 * for longer because nothing else of the process moves. */
static bool is_faulting(const struct process *process)
{
	return process->minor_fault_rate > 0 || process->major_fault_rate > 0;
}

/* Faults have moved: rates of everybody, without the rest. */
static void read_stat(struct processes *p, struct tracked *t)
{
	struct process *process = process_copy(t->process);
	char leader[16];

	if (!process)
		return;
	snprintf(leader, sizeof(leader), "%d", (int)process->key.pid);
	if (procfile_stat(p->tree, leader, process) < 0 ||
	    !process_key_equal(process->key, t->process->key)) {
		process_unref(process);
		return;
	}
	process->identity = process->stat;
	rates(t, t->process, process);
	replace(t, process);
}

/* The look at statm that every tick takes.  1: it moved; 0; -ESRCH. */
static int look(struct processes *p, struct tracked *t)
{
	struct process probe = { .rss = UNKNOWN, .vsize = UNKNOWN };
	pid_t pid = t->process->key.pid;
	char dir[64];
	size_t len;
	int r;

	directory(t, pid, dir, sizeof(dir));
	if (t->statm_fd < 0 && p->descriptors < p->descriptors_max) {
		len = strlen(dir);
		snprintf(dir + len, sizeof(dir) - len, "/statm");
		t->statm_fd = openat(p->tree->proc, dir, O_RDONLY | O_CLOEXEC);
		if (t->statm_fd >= 0)
			p->descriptors++;
		dir[len] = '\0';
	}
	r = t->statm_fd >= 0 ? procfile_statm_fd(p->tree, t->statm_fd, &probe)
			     : procfile_statm(p->tree, dir, &probe);
	if (r < 0)
		return r;
	return probe.statm.state != t->process->statm.state ||
	       probe.rss != t->process->rss ||
	       probe.vsize != t->process->vsize;
}

static void mark_stuck(struct tracked *t, const struct tick *tick)
{
	bool stuck = false;
	struct process *process;

	for (size_t i = 0; i < tick->nstuck && !stuck; i++)
		stuck = process_key_equal(tick->stuck[i], t->process->key);
	if (stuck == (t->process->smaps.state == STATE_STUCK))
		return;
	process = process_copy(t->process);
	if (!process)
		return;
	process->smaps.state = stuck ? STATE_STUCK : STATE_PENDING;
	process_unref(t->process);
	t->process = process;
}

static bool is_due(const struct tracked *t, const struct tick *tick)
{
	/* spread over ten seconds by pid: no tick reads everybody */
	uint64_t early = (uint64_t)(t->process->key.pid % 8) * NS_PER_S / 2;

	return t->visible || tick->now_ns + early >= t->read_ns + FULL_AFTER_NS;
}

/* 0, or -ESRCH when there is no such process any more. */
static int update(struct processes *p, struct tracked *t, pid_t pid,
		  const struct tick *tick)
{
	int moved;

	if (!t->process)
		return read_full(p, t, pid, tick);
	if (!has_memory(t->process))
		moved = !t->process->kernel; /* a zombie: see what became */
	else
		moved = look(p, t);
	if (moved < 0) {
		if (t->thread && find_thread(p, t, pid))
			moved = 1;
		else
			return moved;
	}
	if (moved || (has_memory(t->process) && is_due(t, tick)))
		return read_full(p, t, pid, tick);
	if (!t->process->user)
		rename_user(p, t);
	if ((tick->faults_moved || is_faulting(t->process)) &&
	    has_memory(t->process))
		read_stat(p, t);
	return 0;
}

/* ---- all of them --------------------------------------------------------- */

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
			size_t size = p->entries_size ? p->entries_size * 2
						      : 1024;
			struct entry *bigger = realloc(
				p->entries, size * sizeof(*bigger));

			if (!bigger)
				return -ENOMEM;
			p->entries = bigger;
			p->entries_size = size;
		}
		if (p->nentries && p->entries[p->nentries - 1].pid > pid)
			sorted = false;
		p->entries[p->nentries++] = (struct entry){
			.pid = (pid_t)pid, .inode = d->d_ino
		};
	}
	/* half a list would make the rest look gone */
	if (errno)
		return -errno;
	if (!sorted)
		qsort(p->entries, p->nentries, sizeof(*p->entries), by_pid);
	return 0;
}

static bool is_visible(const struct tick *tick, struct process_key key)
{
	const struct interest *interest = tick->interest;
	size_t low = 0, high = interest->nvisible;

	if (process_key_equal(interest->selected, key))
		return true;
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

/* Brings one listed pid up to date; the result goes to *t or nowhere. */
static int step(struct processes *p, struct tracked *t,
		const struct entry *entry, const struct tick *tick)
{
	int r = 0;

	if (t->process) {
		t->visible = is_visible(tick, t->process->key);
		/* look at the start time; same process: go on with it */
		if (t->inode != entry->inode || entry->inode == INODE_NONE)
			r = read_full(p, t, entry->pid, tick);
		if (r == 0)
			r = update(p, t, entry->pid, tick);
	}
	if (!t->process || r == -EAGAIN || r == -ESRCH) {
		/* new, or gone and perhaps already somebody else */
		drop(p, t);
		*t = (struct tracked){ .statm_fd = -1,
				       .since_ns = tick->now_ns,
				       .initial = !p->started };
		r = update(p, t, entry->pid, tick);
	}
	if (r == 0)
		t->inode = entry->inode;
	else if (t->process && (r == -ENOMEM || r == -EBUSY))
		r = 0; /* last tick's figures are better than none */
	if (r < 0)
		drop(p, t);
	else
		mark_stuck(t, tick);
	return r;
}

/* Room for every listed process in the two arrays and the snapshot. */
static int make_room(struct processes *p, struct snapshot *snapshot)
{
	if (p->next_size < p->nentries) {
		size_t size = p->nentries + p->nentries / 4 + 64;
		struct tracked *bigger = realloc(p->next,
						 size * sizeof(*bigger));

		if (!bigger)
			return -ENOMEM;
		p->next = bigger;
		p->next_size = size;
	}
	snapshot->processes = calloc(p->nentries + 1,
				     sizeof(*snapshot->processes));
	return snapshot->processes ? 0 : -ENOMEM;
}

int processes_read(struct processes *p, const struct tick *tick,
		   struct snapshot *snapshot)
{
	size_t old = 0, n = 0;
	int r = list(p);

	if (r == 0)
		r = make_room(p, snapshot);
	if (r < 0)
		return r;
	for (size_t i = 0; i < p->nentries; i++) {
		const struct entry *entry = &p->entries[i];
		struct tracked t = { .statm_fd = -1, .initial = !p->started };

		while (old < p->count &&
		       p->list[old].process->key.pid < entry->pid)
			drop(p, &p->list[old++]);
		if (old < p->count &&
		    p->list[old].process->key.pid == entry->pid)
			t = p->list[old++];
		if (step(p, &t, entry, tick) < 0)
			continue;
		p->next[n++] = t;
		snapshot->processes[snapshot->nprocesses++] =
			process_ref(t.process);
	}
	while (old < p->count)
		drop(p, &p->list[old++]);

	struct tracked *list = p->list;
	size_t size = p->list_size;

	p->list = p->next;
	p->list_size = p->next_size;
	p->count = n;
	p->next = list;
	p->next_size = size;
	p->started = true;
	snapshot->processes_block = (struct block){ .state = STATE_OK,
						    .read_ns = tick->now_ns };
	return 0;
}

/* ---- the other lane ------------------------------------------------------ */

static struct tracked *find(struct processes *p, struct process_key key)
{
	size_t low = 0, high = p->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (p->list[middle].process->key.pid < key.pid)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < p->count &&
	    process_key_equal(p->list[low].process->key, key))
		return &p->list[low];
	return NULL;
}

static void take_names(struct process *process, const struct process *from)
{
	text_unref(process->command);
	text_unref(process->cgroup);
	text_unref(process->unit);
	process->command = text_ref(from->command);
	process->cgroup = text_ref(from->cgroup);
	process->unit = text_ref(from->unit);
	process->names = from->names;
}

/* The smaps block and everything it covers, up to what is derived. */
static void take_smaps(struct process *process, const struct process *from)
{
	const size_t at = offsetof(struct process, smaps);
	const size_t end = offsetof(struct process, growth_rate);

	memcpy((char *)process + at, (const char *)from + at, end - at);
}

static void merge(struct processes *p, const struct probe_result *result)
{
	struct tracked *t = find(p, result->process->key);
	struct process *process;

	if (!t || !has_memory(t->process))
		return;
	if (t->tries < TRIES_MAX)
		t->tries++;
	if (result->gone)
		return;
	process = process_copy(t->process);
	if (!process)
		return;
	if (result->names && result->process->names.state != STATE_PENDING) {
		take_names(process, result->process);
		/* read before it took its present name: once more */
		t->names_due = strcmp(result->process->comm, process->comm);
	}
	if (result->smaps) {
		take_smaps(process, result->process);
		t->smaps_bytes = tracked_own_bytes(process);
		t->smaps_rss = process->rss;
		t->rescan = false;
	}
	process_unref(t->process);
	t->process = process;
}

void processes_merge(struct processes *p, struct probe_result *results,
		     size_t nresults)
{
	for (size_t i = 0; i < nresults; i++) {
		merge(p, &results[i]);
		process_unref(results[i].process);
	}
}

void processes_refill(struct processes *p, struct snapshot *snapshot)
{
	for (size_t i = 0; i < p->count; i++) {
		process_unref(snapshot->processes[i]);
		snapshot->processes[i] = process_ref(p->list[i].process);
	}
}

size_t processes_tasks(struct processes *p, const struct tick *tick,
		       const struct probe_task **ret)
{
	size_t n = 0;

	if (p->tasks_size < p->count) {
		size_t size = p->count + p->count / 4 + 64;
		struct probe_task *bigger = realloc(p->tasks,
						    size * sizeof(*bigger));

		if (!bigger)
			return 0;
		p->tasks = bigger;
		p->tasks_size = size;
	}
	for (size_t i = 0; i < p->count; i++)
		if (has_memory(p->list[i].process) &&
		    schedule_task(&p->list[i], tick, &p->tasks[n]))
			n++;
	*ret = p->tasks;
	return n;
}

void processes_rescan(struct processes *p)
{
	for (size_t i = 0; i < p->count; i++) {
		p->list[i].rescan = p->list[i].initial = true;
		p->list[i].tries = 0;
	}
}

/* Has the expensive lane still to come to it? */
static bool is_outstanding(const struct tracked *t, bool careful)
{
	const struct process *process = t->process;

	if (!t->initial || t->tries == TRIES_MAX || !has_memory(process) ||
	    process->smaps.state == STATE_STUCK)
		return false;
	return process->smaps.state == STATE_PENDING || t->rescan ||
	       (process->names.state == STATE_PENDING && !careful);
}

bool processes_complete(const struct processes *p, const struct tick *tick)
{
	for (size_t i = 0; i < p->count; i++)
		if (is_outstanding(&p->list[i], tick->careful))
			return false;
	return true;
}

size_t processes_descriptors(const struct processes *p)
{
	return p->descriptors;
}

/* ---- life ---------------------------------------------------------------- */

static size_t descriptors_allowed(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	return (size_t)min_u64(DESCRIPTORS_MAX, limit.rlim_cur / 2);
}

int processes_new(struct tree *tree, struct users *users,
		  struct processes **ret)
{
	struct processes *p = calloc(1, sizeof(*p));
	int fd;

	if (!p)
		return -ENOMEM;
	p->tree = tree;
	p->users = users;
	p->descriptors_max = descriptors_allowed();
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
		drop(p, &p->list[i]);
	free(p->list);
	free(p->next);
	free(p->entries);
	free(p->tasks);
	closedir(p->dir);
	free(p);
}
