/* SPDX-License-Identifier: MIT
 *
 * Actions on the machine that the kernel takes its time for: it works in the
 * context of whoever writes, seconds long and more, so the write is made on a
 * thread that nobody waits for.  The file is opened when the job is prepared:
 * a control group that is removed and made again meanwhile is another one.
 * They are done with the rights of the user, never with capabilities of the
 * program's own.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buddyinfo.h"
#include "cgroup_mount.h"
#include "collect.h"
#include "memtop/thread.h"

struct job {
	enum job_kind kind;
	int file; /* what is written to */
	int dir;  /* the group, or /proc: what is measured */
	uint64_t page_size;
	unsigned order; /* of a huge page */
	char text[24];	/* what is written */

	pthread_mutex_t mutex;
	bool started, finished, abandoned;
	struct job_result result;
};

static void job_free(struct job *job)
{
	if (job->file >= 0)
		close(job->file);
	if (job->dir >= 0)
		close(job->dir);
	pthread_mutex_destroy(&job->mutex);
	free(job);
}

/* ---- preparing ----------------------------------------------------------- */

/* "/user.slice" below a mount whose root is "/" or a group above it. */
static const char *below(const struct cgroup_mount *mount, const char *path)
{
	size_t len = strcmp(mount->root, "/") ? strlen(mount->root) : 0;

	if (strncmp(path, mount->root, len) || (path[len] && path[len] != '/'))
		return NULL;
	path += len;
	path += *path == '/';
	return *path ? path : ".";
}

static int open_group(struct tree *tree, const char *path, struct job *job)
{
	struct cgroup_mount mount;
	const char *dir;
	int r = cgroup_mount_open(tree, &mount);

	if (r < 0)
		return r == -ENOENT ? -EOPNOTSUPP : r;
	dir = below(&mount, path);
	if (mount.v1)
		r = -EOPNOTSUPP;
	else if (!dir)
		r = -ENOENT;
	if (r == 0) {
		job->dir =
			openat(mount.fd, dir,
			       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		r = job->dir < 0 ? -errno : 0;
	}
	cgroup_mount_done(&mount);
	if (r < 0)
		return r;
	job->file = openat(job->dir, "memory.reclaim",
			   O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	/* before Linux 5.19 */
	return job->file >= 0 ? 0 : errno == ENOENT ? -EOPNOTSUPP : -errno;
}

static int open_compact(struct tree *tree, struct job *job)
{
	job->order = buddyinfo_huge_order(tree);
	job->dir = openat(tree->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (job->dir < 0)
		return -errno;
	job->file = openat(tree->proc, "sys/vm/compact_memory",
			   O_WRONLY | O_CLOEXEC);
	return job->file >= 0 ? 0 : errno == ENOENT ? -EOPNOTSUPP : -errno;
}

int job_open(struct tree *tree, enum job_kind kind, const char *path,
	     struct job **ret)
{
	struct job *job = malloc(sizeof(*job));
	int r;

	if (!job)
		return -ENOMEM;
	*job = (struct job){
		.kind = kind,
		.file = -1,
		.dir = -1,
		.page_size = tree->page_size,
		.result = { .before = UNKNOWN, .after = UNKNOWN },
	};
	pthread_mutex_init(&job->mutex, NULL);
	r = kind == JOB_RECLAIM ? open_group(tree, path, job)
				: open_compact(tree, job);
	if (r < 0) {
		job_free(job);
		return r;
	}
	*ret = job;
	return 0;
}

/* ---- doing --------------------------------------------------------------- */

/* 8003584: memory.current */
static uint64_t measure(const struct job *job)
{
	char buf[32 * KIB];
	const char *file =
		job->kind == JOB_RECLAIM ? "memory.current" : "buddyinfo";
	const char *end;
	uint64_t bytes;

	if (kernfile_read(job->dir, file, buf, sizeof(buf)) < 0)
		return UNKNOWN;
	if (job->kind == JOB_COMPACT)
		return buddyinfo_large(buf, job->page_size, job->order);
	return parse_u64(buf, &end, &bytes) ? bytes : UNKNOWN;
}

static void *job_main(void *argument)
{
	struct job *job = argument;
	struct job_result result = { .before = measure(job) };
	uint64_t begin_ns = tree_now();
	bool abandoned;

	thread_name("job");
	if (write(job->file, job->text, strlen(job->text)) < 0)
		result.error = -errno;
	result.took_ns = tree_now() - begin_ns;
	result.after = measure(job);
	pthread_mutex_lock(&job->mutex);
	job->result = result;
	job->finished = true;
	abandoned = job->abandoned;
	pthread_mutex_unlock(&job->mutex);
	if (abandoned)
		job_free(job);
	return NULL;
}

int job_start(struct job *job, uint64_t bytes)
{
	int r;

	if (job->kind == JOB_RECLAIM)
		snprintf(job->text, sizeof(job->text), "%llu",
			 (unsigned long long)bytes);
	else
		strcpy(job->text, "1");
	job->started = true;
	r = thread_start(job_main, job, THREAD_STACK);
	if (r < 0)
		job->started = false;
	return r;
}

bool job_finished(struct job *job, struct job_result *ret)
{
	bool finished;

	pthread_mutex_lock(&job->mutex);
	finished = job->finished;
	if (finished)
		*ret = job->result;
	pthread_mutex_unlock(&job->mutex);
	return finished;
}

void job_close(struct job *job)
{
	bool running;

	if (!job)
		return;
	pthread_mutex_lock(&job->mutex);
	running = job->started && !job->finished;
	job->abandoned = running;
	pthread_mutex_unlock(&job->mutex);
	if (!running)
		job_free(job);
}
