/* SPDX-License-Identifier: MIT
 *
 * What the readers of one process's files share.  Knows how such reads fail,
 * and no format.
 */
#include "procfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "memtop/privilege.h"

int procfile_path(char path[PROCFILE_PATH], const char *dir, const char *name)
{
	int n = snprintf(path, PROCFILE_PATH, "%s/%s", dir, name);

	return n < PROCFILE_PATH ? 0 : -ENAMETOOLONG;
}

ssize_t procfile_read(struct tree *tree, const char *dir, const char *name)
{
	char path[PROCFILE_PATH];
	ssize_t r = procfile_path(path, dir, name);

	if (r < 0)
		return r;
	r = kernfile_read_record(tree->proc, path, tree->buf, tree->size);
	/* gone before the open is ENOENT, behind it ESRCH or an empty file */
	return r == 0 || r == -ENOENT ? -ESRCH : r;
}

int procfile_open(struct tree *tree, const char *dir, const char *name)
{
	char path[PROCFILE_PATH];
	int r = procfile_path(path, dir, name);

	if (r < 0)
		return r;
	privilege_raise();
	r = openat(tree->proc, path, O_RDONLY | O_CLOEXEC);
	if (r < 0)
		r = -errno;
	privilege_lower();
	return r;
}

bool procfile_lives(struct tree *tree, const char *dir)
{
	char path[PROCFILE_PATH];

	if (procfile_path(path, dir, "stat") < 0)
		return false;
	return faccessat(tree->proc, path, F_OK, 0) == 0 ||
	       state_from_errno(errno) == STATE_DENIED;
}

int procfile_finish(int error, struct block *block,
		    void (*clear)(struct process *process),
		    struct process *process)
{
	/* a text that isn't what this kernel file should be: as good as none */
	enum state state =
		error == -EINVAL ? STATE_ABSENT : state_from_errno(error);

	if (error == -ESRCH)
		return error;
	if (error < 0) {
		if (state == STATE_PENDING)
			return 0;
		clear(process);
		block->state = state;
	}
	block->read_ns = tree_now();
	return 0;
}

/* Hands the whole lines of the first *have bytes on and moves the rest to the
 * front.  Their number, or the error of line. */
static ssize_t take_lines(char *buf, size_t *have,
			  int (*line)(void *arg, const char *text), void *arg)
{
	ssize_t count = 0;
	size_t used = 0;
	char *newline;
	int r;

	while ((newline = memchr(buf + used, '\n', *have - used))) {
		*newline = '\0';
		r = line(arg, buf + used);
		if (r < 0)
			return r;
		used = (size_t)(newline - buf) + 1;
		count++;
	}
	*have -= used;
	memmove(buf, buf + used, *have);
	return count;
}

ssize_t procfile_lines(struct tree *tree, int fd,
		       int (*line)(void *arg, const char *text), void *arg)
{
	ssize_t count = 0, r;
	size_t have = 0;

	for (;;) {
		r = read(fd, tree->buf + have, tree->size - have);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -errno;
		if (r == 0)
			return count;
		have += (size_t)r;
		r = take_lines(tree->buf, &have, line, arg);
		if (r < 0)
			return r;
		if (have == tree->size)
			return -EFBIG;
		count += r;
	}
}
