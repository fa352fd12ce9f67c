/* SPDX-License-Identifier: MIT
 *
 * One process between two ticks: what of it is read again in this one.  A
 * record that comes out the same as before is kept, so that it is shared with
 * the snapshot before: that is what makes the history small.  Knows nothing
 * of the other processes.
 */
#include "tracked.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"

/* On screen, swap and the OOM score may change while the resident size does
 * not; stat, which has the state and the faults, is read in every tick. */
#define VISIBLE_AFTER_NS (4 * NS_PER_S)

static void directory(const struct tracked *t, pid_t pid, char *dir,
		      size_t size)
{
	if (t->thread)
		snprintf(dir, size, "%d/task/%d", (int)pid, (int)t->thread);
	else
		snprintf(dir, size, "%d", (int)pid);
}

static void forget(struct tracked *t)
{
	glance_close(&t->glance);
	growing_done(&t->growing);
	process_unref(t->process);
}

void tracked_reset(struct tracked *t, const struct tick *tick, bool initial)
{
	forget(t);
	*t = (struct tracked){
		.glance.fd = -1,
		.since_ns = tick->now_ns,
		.moved_ns = initial ? 0 : tick->now_ns,
		.initial = initial,
		.keeps = t->keeps,
	};
}

struct tracked *tracked_new(const struct tick *tick, bool initial)
{
	struct tracked *t = malloc(sizeof(*t));

	if (!t)
		return NULL;
	*t = (struct tracked){ .glance.fd = -1 };
	tracked_reset(t, tick, initial);
	return t;
}

void tracked_free(struct tracked *t)
{
	if (!t)
		return;
	forget(t);
	free(t);
}

/* A kernel thread or a zombie: it has no memory that could be read. */
static void without_memory(struct process *process, uint64_t now_ns)
{
	struct block none = { .state = STATE_NOT_APPLICABLE,
			      .read_ns = now_ns };

	process->statm = process->status = process->oom = none;
	process->smaps = process->names = process->group = none;
	process->delays = process->files = none;
	process->open_files = UNKNOWN;
	process->vsize = process->rss = UNKNOWN;
}

/* hidepid: only the pid shows, and with no start time nothing that is read
 * can be said to be of this very process. */
static void hide(struct process *process)
{
	process->key.start_ns = UNKNOWN;
	process->smaps = process->names = process->group = process->stat;
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
	struct block oom = process->oom, delays = process->delays;
	struct block files = process->files;

	process->identity.read_ns = old->identity.read_ns;
	process->statm.read_ns = old->statm.read_ns;
	process->status.read_ns = old->status.read_ns;
	process->stat.read_ns = old->stat.read_ns;
	process->oom.read_ns = old->oom.read_ns;
	process->delays.read_ns = old->delays.read_ns;
	process->files.read_ns = old->files.read_ns;
	if (!memcmp((const char *)old + from, (const char *)process + from,
		    sizeof(*old) - from))
		return true;
	process->identity = identity;
	process->statm = statm;
	process->status = status;
	process->stat = stat;
	process->oom = oom;
	process->delays = delays;
	process->files = files;
	return false;
}

/* exec, or it named itself anew: its command line is another one, and whoever
 * starts services moves them to their groups before that. */
static void notice_name(struct tracked *t, const struct process *process)
{
	if (!t->process || !strcmp(t->process->comm, process->comm))
		return;
	t->names_due = t->group_due = true;
	t->renamed_ns = tree_now();
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

/* Of what is looked at: a figure that stands for a stretch of time must not
 * stand for longer. */
static void read_delays(struct tracker *tracker, struct tracked *t,
			const struct process *before, struct process *process)
{
	delays_read(&tracker->delays, tracker->tree,
		    t->visible || tracker->tree->whole, before, t->delays_ns,
		    process);
	t->delays_ns = process->delays.read_ns;
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
	glance_close(&t->glance); /* it was the leader's */
	return true;
}

/* The text of statm into the tree's buffer: its length or -errno. */
static ssize_t read_statm(struct tracker *tracker, struct tracked *t, pid_t pid)
{
	char dir[48];

	if (t->glance.fd < 0)
		directory(t, pid, dir, sizeof(dir));
	return glance_read(&t->glance, tracker->tree, dir, t->keeps);
}

/* Figures of the process, or of a thread that still has its memory. */
static int find_memory(struct tracker *tracker, struct tracked *t,
		       struct process *process)
{
	pid_t pid = process->key.pid;

	if (process->state == 'Z') {
		if (!find_thread(tracker, t, pid))
			return -ENXIO;
	} else if (t->thread) { /* a thread has taken the leader's place */
		t->thread = 0;
		glance_close(&t->glance);
	} else {
		return 0;
	}
	return procfile_statm_take(read_statm(tracker, t, pid), tracker->tree,
				   process);
}

/* status and the OOM figures; -ESRCH: gone meanwhile. */
static int read_memory(struct tracker *tracker, struct tracked *t,
		       struct process *process, const struct tick *tick)
{
	char dir[48], leader[16];
	int r = find_memory(tracker, t, process);

	if (r == -ENXIO) {
		without_memory(process, tick->now_ns);
		return 0;
	}
	if (r < 0 || (tick->first_look && !process->kernel))
		return r;
	directory(t, process->key.pid, dir, sizeof(dir));
	if (!process->kernel)
		tracked_files(t, tracker->tree, dir, tick, process);
	r = procfile_status(tracker->tree, dir, process);
	if (r < 0)
		return r;
	if (process->kernel) {
		without_memory(process, tick->now_ns);
		return 0;
	}
	snprintf(leader, sizeof(leader), "%d", (int)process->key.pid);
	return procfile_oom(tracker->tree, leader, process);
}

/* Somebody waits for the rankings: what they don't need comes later. */
static bool is_hurried(const struct tick *tick)
{
	return tick->first_look || tick->second_look;
}

/* Once for each name; of the thread that is left where the leader has ended. */
static void read_group(struct tracker *tracker, struct tracked *t,
		       struct process *process)
{
	char dir[48];

	if (!t->group_due && process->group.state != STATE_PENDING)
		return;
	directory(t, process->key.pid, dir, sizeof(dir));
	if (procfile_cgroup(tracker->tree, dir, process) == 0 &&
	    process->group.read_ns >= t->renamed_ns)
		t->group_due = false;
}

/* Who it is; before: the record so far. */
static int read_identity(struct tracker *tracker, const struct process *before,
			 struct process *process)
{
	pid_t pid = process->key.pid;
	char leader[16];
	int r;

	process->stat = (struct block){ .state = STATE_PENDING };
	snprintf(leader, sizeof(leader), "%d", (int)pid);
	r = procfile_stat(tracker->tree, leader, process);
	if (r < 0)
		return r;
	/* no descriptor left, say: whose pid it is now is not known */
	if (process->stat.state == STATE_PENDING)
		return -EBUSY;
	if (process->stat.state != STATE_OK && !before)
		hide(process);
	return before && !process_key_equal(before->key, process->key) ? -EAGAIN
								       : 0;
}

/* Those that rest take their turns evenly, whenever they were first seen. */
static uint64_t next_turn(const struct tracked *t, const struct tick *tick)
{
	uint64_t hash =
		(uint64_t)t->process->key.pid * UINT64_C(0x9e3779b97f4a7c15) >>
		32;

	if (tick->first_look)
		return 0; /* at once */
	if (!t->due_ns)
		return tick->now_ns + hash * (tick->rotation_ns / NS_PER_MS) /
					      UINT32_MAX * NS_PER_MS;
	return tick->now_ns + tick->rotation_ns;
}

/*
 * Everything the cheap lane reads, but statm, whose text stands in the tree's
 * buffer; r is what its read returned.  It is the first, because the next tick
 * compares it: a change between the reads is noticed then.
 * -ESRCH: gone; -EAGAIN: the pid belongs to another process now; -EBUSY: who
 * it is could not be read.
 */
static int read_rest(struct tracker *tracker, struct tracked *t, pid_t pid,
		     const struct tick *tick, ssize_t r)
{
	const struct process *before = t->process;
	struct process *process = before ? process_copy(before) : process_new();

	if (!process)
		return -ENOMEM;
	process->key.pid = pid;
	r = procfile_statm_take(r, tracker->tree, process);
	if (r == 0 && !(before && tick->second_look))
		r = read_identity(tracker, before, process);
	if (r == 0)
		r = read_memory(tracker, t, process, tick);
	if (r < 0) {
		t->glance.len = 0; /* what has moved is still to be read */
		process_unref(process);
		return (int)r;
	}
	notice_name(t, process);
	if (!is_hurried(tick))
		read_group(tracker, t, process);
	tracked_faults(t, before, process);
	tracked_growth(t, before, process);
	if (!process->kernel && !is_hurried(tick))
		read_delays(tracker, t, before, process);
	name_user(tracker, before, process);
	t->read_ns = tick->now_ns;
	replace(t, process);
	t->due_ns = next_turn(t, tick);
	if (!tracked_has_memory(t))
		glance_close(&t->glance); /* nothing to look at */
	return 0;
}

int tracked_read(struct tracker *tracker, struct tracked *t, pid_t pid,
		 const struct tick *tick)
{
	ssize_t r = read_statm(tracker, t, pid);

	if (r > 0)
		glance_differs(&t->glance, tracker->tree, r);
	return read_rest(tracker, t, pid, tick, r);
}

/* A rate above 0 stands for the time between two reads: it must not stand
 * for longer because nothing else of the process moves. */
static bool is_faulting(const struct process *process)
{
	return process->minor_fault_rate > 0 || process->major_fault_rate > 0;
}

/* State and rates, without the rest. */
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
	notice_name(t, process);
	read_group(tracker, t, process);
	tracked_faults(t, t->process, process);
	if (!process->kernel)
		read_delays(tracker, t, t->process, process);
	replace(t, process);
}

/* The first looks of a screen leave the group out. */
static void find_group(struct tracker *tracker, struct tracked *t)
{
	struct process *process = process_copy(t->process);

	if (!process)
		return;
	read_group(tracker, t, process);
	replace(t, process);
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

/* Has its statm moved?  r is what reading it returned. */
static bool has_moved(struct tracker *tracker, struct tracked *t, ssize_t r)
{
	enum state state = t->process->statm.state;

	if (r > 0)
		return glance_differs(&t->glance, tracker->tree, r);
	/* refused from now on, say; what passes changes nothing */
	return state_from_errno((int)r) != STATE_PENDING &&
	       state_from_errno((int)r) != state;
}

static bool is_due(const struct tracked *t, const struct tick *tick)
{
	return t->selected || tick->now_ns >= t->due_ns ||
	       (t->visible && tick->now_ns >= t->read_ns + VISIBLE_AFTER_NS);
}

static bool stat_is_due(const struct tracked *t, const struct tick *tick)
{
	return t->visible || tick->seek_faults || is_faulting(t->process) ||
	       t->process->delays.state == STATE_OK;
}

/*
 * One that rests off screen is not looked at in every tick when it has no
 * descriptor to make that cheap, or is small while the kernel takes memory from
 * nobody: only if it wakes up itself is there a change to be seen, then.
 */
static bool is_skipped(const struct tracked *t, const struct tick *tick)
{
	return (!t->keeps ||
		(tick->calm && t->process->rss < TRACKED_SMALL_RSS)) &&
	       !tracked_is_active(t, tick->now_ns) && !stat_is_due(t, tick) &&
	       tick->rest_ticks > 1 &&
	       ((uint64_t)t->process->key.pid + tick->number) %
		       tick->rest_ticks;
}

/* 0, or -ESRCH when there is no such process any more. */
int tracked_update(struct tracker *tracker, struct tracked *t, pid_t pid,
		   const struct tick *tick)
{
	bool due;
	ssize_t r;

	if (!t->process)
		return tracked_read(tracker, t, pid, tick);
	if (!tracked_has_memory(t)) /* a zombie: see what became of it */
		return t->process->kernel ? 0
					  : tracked_read(tracker, t, pid, tick);
	/* a change stands for the time between two reads, no longer */
	due = is_due(t, tick) || fabs(t->process->swap_growth_rate) > 0;
	if (!due && is_skipped(t, tick))
		return 0;
	r = read_statm(tracker, t, pid);
	if (r == -ESRCH && t->thread && find_thread(tracker, t, pid))
		r = read_statm(tracker, t, pid);
	if (r == -ESRCH)
		return -ESRCH;
	if (has_moved(tracker, t, r)) {
		t->moved_ns = tick->now_ns;
		due = true;
	}
	if (due)
		return read_rest(tracker, t, pid, tick, r);
	if (!t->process->user)
		rename_user(tracker, t);
	if (stat_is_due(t, tick))
		read_stat(tracker, t);
	else if (t->process->group.state == STATE_PENDING)
		find_group(tracker, t);
	return 0;
}
