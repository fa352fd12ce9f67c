/* SPDX-License-Identifier: MIT
 *
 * One process between two ticks: what of it is read again in this one.  A
 * record that comes out the same as before is kept, so that it is shared with
 * the snapshot before: that is what makes the history small.  Knows nothing
 * of the other processes.
 */
#include "tracked.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/base.h"

#define FULL_AFTER_NS (10 * NS_PER_S)
/* A process that could not be read so often holds up no first pass. */
#define TRIES_MAX 2

static void directory(const struct tracked *t, pid_t pid, char *dir,
		      size_t size)
{
	if (t->thread)
		snprintf(dir, size, "%d/task/%d", (int)pid, (int)t->thread);
	else
		snprintf(dir, size, "%d", (int)pid);
}

void tracked_drop(struct tracker *tracker, struct tracked *t)
{
	if (t->statm_fd >= 0) {
		close(t->statm_fd);
		tracker->descriptors--;
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

bool tracked_has_memory(const struct tracked *t)
{
	return t->process->statm.state != STATE_NOT_APPLICABLE;
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
			before->minor_faults, t->stat_ns, process->minor_faults,
			process->stat.read_ns);
		process->major_fault_rate = rate_between(
			before->major_faults, t->stat_ns, process->major_faults,
			process->stat.read_ns);
	}
	t->stat_ns = process->stat.read_ns;
}

static void grow(struct tracked *t, struct process *process)
{
	uint64_t bytes = tracked_own_bytes(process);

	growth_add(&t->growth, process->status.read_ns, bytes);
	process->growth_rate =
		growth_rate(&t->growth, process->status.read_ns, bytes);
}

/* Signed, unlike the rate of a counter. */
static void grow_swap(struct tracked *t, const struct process *before,
		      struct process *process)
{
	uint64_t ns = process->status.read_ns;

	if (process->status.state != STATE_OK)
		return;
	if (before && before->status.state == STATE_OK &&
	    before->swap != UNKNOWN && process->swap != UNKNOWN &&
	    ns > t->status_ns)
		process->swap_growth_rate =
			((double)process->swap - (double)before->swap) *
			(double)NS_PER_S / (double)(ns - t->status_ns);
	t->status_ns = ns;
}

static void name_user(struct tracker *tracker, const struct process *before,
		      struct process *process)
{
	/* it has taken another identity: login, su, a server's worker */
	if (before && before->uid != process->uid) {
		text_unref(process->user);
		process->user = NULL;
	}
	if (!process->user && process->uid != UNKNOWN)
		process->user = users_name(tracker->users, process->uid);
}

/* The name may come ticks after the process. */
static void rename_user(struct tracker *tracker, struct tracked *t)
{
	const struct text *name = NULL;
	struct process *process;

	if (t->process->uid != UNKNOWN)
		name = users_name(tracker->users, t->process->uid);
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
static bool find_thread(struct tracker *tracker, struct tracked *t, pid_t pid)
{
	char dir[48];

	t->thread = 0;
	if (procfile_living_thread(tracker->tree, pid, dir, sizeof(dir)) < 0)
		return false;
	t->thread = (pid_t)atoi(strrchr(dir, '/') + 1);
	if (t->statm_fd >= 0) { /* it was the leader's */
		close(t->statm_fd);
		t->statm_fd = -1;
		tracker->descriptors--;
	}
	return true;
}

/* status, statm and OOM figures; -ESRCH: gone meanwhile. */
static int read_memory(struct tracker *tracker, struct tracked *t,
		       struct process *process, uint64_t now_ns)
{
	pid_t pid = process->key.pid;
	char dir[48], leader[16];
	int r;

	if (process->state != 'Z')
		t->thread = 0;
	else if (!find_thread(tracker, t, pid)) {
		without_memory(process, now_ns);
		return 0;
	}
	snprintf(leader, sizeof(leader), "%d", (int)pid);
	directory(t, pid, dir, sizeof(dir));
	/* first the one that the next tick compares: a change between the two
	 * is noticed then */
	r = procfile_statm(tracker->tree, dir, process);
	if (r == 0)
		r = procfile_status(tracker->tree, dir, process);
	if (r < 0)
		return r;
	if (process->kernel) {
		without_memory(process, now_ns);
		return 0;
	}
	return procfile_oom(tracker->tree, leader, process);
}

/*
 * Everything the cheap lane reads.  before: the record so far, NULL for a new
 * process.  -ESRCH: gone; -EAGAIN: the pid belongs to another process now;
 * -EBUSY: who it is could not be read.
 */
int tracked_read(struct tracker *tracker, struct tracked *t, pid_t pid,
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
	r = procfile_stat(tracker->tree, leader, process);
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
	r = read_memory(tracker, t, process, tick->now_ns);
	if (r < 0)
		goto out;
	if (before && strcmp(before->comm, process->comm))
		t->names_due = true; /* exec, or it named itself anew */
	rates(t, before, process);
	grow(t, process);
	grow_swap(t, before, process);
	name_user(tracker, before, process);
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
static void read_stat(struct tracker *tracker, struct tracked *t)
{
	struct process *process = process_copy(t->process);
	char leader[16];

	if (!process)
		return;
	snprintf(leader, sizeof(leader), "%d", (int)process->key.pid);
	if (procfile_stat(tracker->tree, leader, process) < 0 ||
	    !process_key_equal(process->key, t->process->key)) {
		process_unref(process);
		return;
	}
	process->identity = process->stat;
	rates(t, t->process, process);
	replace(t, process);
}

/* The look at statm that every tick takes.  1: it moved; 0; -ESRCH. */
static int look(struct tracker *tracker, struct tracked *t)
{
	struct process probe = { .rss = UNKNOWN, .vsize = UNKNOWN };
	pid_t pid = t->process->key.pid;
	char dir[64];
	size_t len;
	int r;

	directory(t, pid, dir, sizeof(dir));
	if (t->statm_fd < 0 &&
	    tracker->descriptors < tracker->descriptors_max) {
		len = strlen(dir);
		snprintf(dir + len, sizeof(dir) - len, "/statm");
		t->statm_fd =
			openat(tracker->tree->proc, dir, O_RDONLY | O_CLOEXEC);
		if (t->statm_fd >= 0)
			tracker->descriptors++;
		dir[len] = '\0';
	}
	r = t->statm_fd >= 0
		    ? procfile_statm_fd(tracker->tree, t->statm_fd, &probe)
		    : procfile_statm(tracker->tree, dir, &probe);
	if (r < 0)
		return r;
	return probe.statm.state != t->process->statm.state ||
	       probe.rss != t->process->rss || probe.vsize != t->process->vsize;
}

void tracked_mark_stuck(struct tracked *t, const struct tick *tick)
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
int tracked_update(struct tracker *tracker, struct tracked *t, pid_t pid,
		   const struct tick *tick)
{
	int moved;

	if (!t->process)
		return tracked_read(tracker, t, pid, tick);
	if (!tracked_has_memory(t))
		moved = !t->process->kernel; /* a zombie: see what became */
	else
		moved = look(tracker, t);
	if (moved < 0) {
		if (t->thread && find_thread(tracker, t, pid))
			moved = 1;
		else
			return moved;
	}
	/* a change stands for the time between two reads, no longer */
	if (moved || (tracked_has_memory(t) &&
		      (is_due(t, tick) || fabs(t->process->swap_growth_rate) > 0)))
		return tracked_read(tracker, t, pid, tick);
	if (!t->process->user)
		rename_user(tracker, t);
	if ((tick->faults_moved || is_faulting(t->process)) &&
	    tracked_has_memory(t))
		read_stat(tracker, t);
	return 0;
}

/* ---- the other lane ------------------------------------------------------ */

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

void tracked_take(struct tracked *t, const struct probe_result *result)
{
	struct process *process;

	if (!tracked_has_memory(t))
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

/* Has the expensive lane still to come to it? */
bool tracked_is_outstanding(const struct tracked *t, bool careful)
{
	const struct process *process = t->process;

	if (!t->initial || t->tries == TRIES_MAX || !tracked_has_memory(t) ||
	    process->smaps.state == STATE_STUCK)
		return false;
	return process->smaps.state == STATE_PENDING || t->rescan ||
	       (process->names.state == STATE_PENDING && !careful);
}
