/* SPDX-License-Identifier: MIT
 *
 * One task of the expensive lane: open, read, and make sure that what was
 * read belongs to the process that was meant.  A pid can be reused before or
 * between the reads of one task, so who it is, is compared behind them: who is
 * still there then was there all the time.
 */
#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "collect.h"
#include "memtop/base.h"
#include "memtop/clock.h"
#include "memtop/text.h"

struct probe {
	struct tree tree;
	bool has_names; /* else it is a tree that libproc2 can't read */
	struct names *names;
};

int probe_new(const char *proc_root, const char *sys_root, bool names,
	      struct probe **ret)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	int r;

	if (!probe)
		return -ENOMEM;
	r = tree_open(proc_root, sys_root, &probe->tree);
	if (r < 0) {
		free(probe);
		return r;
	}
	probe->has_names = names;
	*ret = probe;
	return 0;
}

void probe_free(struct probe *probe)
{
	if (!probe)
		return;
	names_free(probe->names);
	tree_done(&probe->tree);
	free(probe);
}

/* Reads stat into a record of its own: is pid still who key says? */
static bool same_process(struct probe *probe, struct process_key key,
			 struct process *scratch)
{
	char dir[16];

	snprintf(dir, sizeof(dir), "%d", (int)key.pid);
	scratch->key.pid = key.pid;
	scratch->stat = (struct block){ .state = STATE_PENDING };
	return procfile_stat(&probe->tree, dir, scratch) == 0 &&
	       scratch->stat.state == STATE_OK &&
	       process_key_equal(scratch->key, key);
}

/* With hidepid=1 a process is listed and nothing of it can be read, not even
 * who it is: refused then is all that was asked for. */
static void refuse(struct process *process)
{
	process->smaps = process->names = process->stat;
}

/* "PID", or below it the living thread of a leader that has ended. */
static void directory(struct probe *probe, const struct process *process,
		      char *dir, size_t size)
{
	pid_t pid = process->key.pid;

	snprintf(dir, size, "%d", (int)pid);
	if (process->state == 'Z')
		procfile_living_thread(&probe->tree, pid, dir, size);
}

static void read_smaps(struct probe *probe, struct process *process)
{
	char dir[48];
	uint64_t before = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	int r;

	directory(probe, process, dir, sizeof(dir));
	r = procfile_smaps(&probe->tree, dir, process);
	process->smaps_cost_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - before;
	/* the process lives (that is checked afterwards) but has no memory
	 * to show: it is about to exit, or is a thread of the kernel */
	if (r == -ESRCH)
		process->smaps = (struct block){
			.state = STATE_NOT_APPLICABLE,
			.read_ns = tree_now(),
		};
}

/* A failure leaves the names PENDING: whether the process is gone is found
 * out otherwise, and what was read of its memory stands. */
static void read_names(struct probe *probe, struct process *process)
{
	char dir[48];

	directory(probe, process, dir, sizeof(dir));
	procfile_cmdline(&probe->tree, dir, process);
}

/* From the leader's directory or, when its state is known to be a zombie's,
 * from the thread that is left. */
static void read_files(struct probe *probe, const struct probe_task *task,
		       struct process *process)
{
	if (task->smaps)
		read_smaps(probe, process);
	if (task->names)
		read_names(probe, process);
}

/*
 * A directory with the same inode is that of the same process (see
 * processes.c), which costs a tenth of reading its start time.  Something was
 * read, so it is no zombie either.
 */
static bool same_directory(struct probe *probe, const struct probe_task *task,
			   const struct process *process)
{
	char dir[16];
	struct stat st;

	if (!task->inode || (task->smaps && process->smaps.state != STATE_OK) ||
	    (task->names && !process->command))
		return false;
	snprintf(dir, sizeof(dir), "%d", (int)task->key.pid);
	return fstatat(probe->tree.proc, dir, &st, 0) == 0 &&
	       st.st_ino == task->inode;
}

void probe_task(struct probe *probe, const struct probe_task *task,
		struct probe_result *result)
{
	struct process *process = process_new();
	bool same;

	if (!process)
		return;
	process->key.pid = task->key.pid;
	read_files(probe, task, process);
	same = same_directory(probe, task, process) ||
	       same_process(probe, task->key, process);
	if (same && process->state == 'Z') {
		read_files(probe, task, process);
		same = same_process(probe, task->key, process);
	}
	if (process->stat.state == STATE_DENIED)
		refuse(process);
	else
		result->gone = !same;
	process->key = task->key;
	result->process = process;
}

static struct reply *reply_new(enum request_kind kind, struct process_key key)
{
	struct reply *reply = calloc(1, sizeof(*reply));

	if (!reply)
		return NULL;
	reply->kind = kind;
	reply->key = key;
	reply->descriptors = reply->maps = reply->login_uid = UNKNOWN;
	return reply;
}

struct reply *probe_stuck_reply(enum request_kind kind, struct process_key key)
{
	struct reply *reply = reply_new(kind, key);

	if (reply)
		reply->state = STATE_STUCK;
	return reply;
}

static int read_details(struct probe *probe, const char *dir,
			struct reply *reply)
{
	int r = procfile_details(&probe->tree, dir, reply);

	/* the library loads others, which takes milliseconds: not before
	 * somebody asks */
	if (r == 0 && probe->has_names && !probe->names)
		probe->has_names = names_new(&probe->names) == 0;
	if (r == 0 && probe->has_names)
		names_origin(probe->names, reply->key.pid, reply);
	return r;
}

struct reply *probe_request(struct probe *probe, enum request_kind kind,
			    struct process_key key, struct reading *reading)
{
	struct reply *reply = reply_new(kind, key);
	struct process *scratch = process_new();
	char dir[48];
	int r = -ENOMEM;

	if (!reply || !scratch)
		goto out;
	if (same_process(probe, key, scratch)) {
		directory(probe, scratch, dir, sizeof(dir));
		r = kind == REQUEST_MAPPINGS
			    ? procfile_mappings(&probe->tree, dir, reading,
						reply)
			    : read_details(probe, dir, reply);
	} else {
		r = 0;
		reply->state = STATE_NOT_APPLICABLE;
	}
	reply->realtime_ns = clock_ns(CLOCK_REALTIME);
out:
	process_unref(scratch);
	if (r < 0) {
		reply_free(reply);
		return NULL;
	}
	return reply;
}
