/* SPDX-License-Identifier: MIT
 *
 * How many descriptors a process has in use, as the size of /proc/PID/fd says
 * it, and when that is looked at again.  Separate from tracked.c, because
 * nothing is read here: no list of theirs is walked, however long.
 */
#include <errno.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "procfile.h"
#include "tracked.h"

#define AGAIN_NS (30 * NS_PER_S)

/* Since 6.2, for any user; 0 before that.  Elsewhere than in procfs the size
 * of a directory says nothing of what is in it. */
int procfile_open_files(struct tree *tree, const char *dir, uint64_t *ret)
{
	char path[PROCFILE_PATH];
	struct statfs fs;
	struct stat st;
	int r = procfile_path(path, dir, "fd");

	if (r < 0)
		return r;
	if (fstatfs(tree->proc, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
		return -EOPNOTSUPP;
	if (fstatat(tree->proc, path, &st, 0) < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	if (st.st_size <= 0)
		return -EOPNOTSUPP;
	*ret = (uint64_t)st.st_size;
	return 0;
}

static void clear_files(struct process *process)
{
	process->open_files = UNKNOWN;
}

void tracked_files(struct tracked *t, struct tree *tree, const char *dir,
		   const struct tick *tick, struct process *process)
{
	int r;

	if (process->rss < TRACKED_SMALL_RSS && !t->selected) {
		process->files = (struct block){ .state = STATE_NOT_READ };
		clear_files(process);
		t->files_ns = 0;
		return;
	}
	if (t->files_ns && tick->now_ns - t->files_ns < AGAIN_NS)
		return;
	r = procfile_open_files(tree, dir, &process->open_files);
	if (r == 0)
		process->files.state = STATE_OK;
	/* gone: the next look at it finds that out */
	if (procfile_finish(r, &process->files, clear_files, process) == 0)
		t->files_ns = tick->now_ns;
}
