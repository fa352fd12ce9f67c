/* SPDX-License-Identifier: MIT
 *
 * Shared memory that only an open descriptor keeps: memfds, and files of a
 * tmpfs that were deleted.  No file lists them; each descriptor of each
 * process has to be looked at, so this goes in small steps with rests between.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "shared.h"

enum { STEP_LINKS = 500, REST_MS = 10, ROWS_MAX = 2000 };

struct found {
	dev_t device;
	ino_t inode;
	size_t row;
};

struct search {
	struct tree *tree;
	struct list **list;
	struct found *found;
	size_t nfound, nlinks;
};

static const char memfd[] = "/memfd:", deleted[] = " (deleted)";

static bool ends_deleted(const char *target)
{
	size_t len = strlen(target), tail = sizeof(deleted) - 1;

	return len > tail && strcmp(target + len - tail, deleted) == 0;
}

static struct shared *row_at(struct search *search, size_t i)
{
	return (struct shared *)((*search->list)->rows +
				 i * (*search->list)->row_size);
}

/* The same file behind another descriptor. */
static bool count_again(struct search *search, const struct stat *st)
{
	for (size_t i = 0; i < search->nfound; i++) {
		const struct found *found = &search->found[i];

		if (found->device != st->st_dev || found->inode != st->st_ino)
			continue;
		row_at(search, found->row)->holders++;
		return true;
	}
	return false;
}

/* "/memfd:buffer (deleted)" -> "memfd:buffer #77" */
static int add(struct search *search, const char *pid, const char *target,
	       const struct stat *st)
{
	const bool is_memfd = strncmp(target, memfd, strlen(memfd)) == 0;
	size_t len = strlen(target);
	struct shared *row;
	char name[4200];

	if (ends_deleted(target))
		len -= sizeof(deleted) - 1;
	snprintf(name, sizeof(name), "%.*s #%llu", (int)len - is_memfd,
		 target + is_memfd, (unsigned long long)st->st_ino);
	row = list_add(search->list);
	if (!row)
		return -ENOMEM;
	search->found[search->nfound++] =
		(struct found){ st->st_dev, st->st_ino,
				(*search->list)->count - 1 };
	row->block = (struct block){
		.state = STATE_OK,
		.read_ns = (*search->list)->block.read_ns,
	};
	row->name = text_new(name, strlen(name));
	strcpy(row->kind, is_memfd ? "memfd" : "deleted");
	row->bytes = (uint64_t)st->st_blocks * 512;
	row->size = (uint64_t)st->st_size;
	row->holders = 1;
	row->uid = st->st_uid;
	row->pid = strtoull(pid, NULL, 10);
	return row->name ? 0 : -ENOMEM;
}

static bool is_on_tmpfs(int fds, const char *fd)
{
	struct statfs st;
	int copy = openat(fds, fd, O_PATH | O_CLOEXEC);
	bool is_tmpfs;

	if (copy < 0)
		return false;
	is_tmpfs = fstatfs(copy, &st) == 0 && st.f_type == TMPFS_MAGIC;
	close(copy);
	return is_tmpfs;
}

static void rest(void)
{
	const struct timespec pause = { .tv_nsec = REST_MS * NS_PER_MS };

	nanosleep(&pause, NULL);
}

static int look_at_link(struct search *search, const char *pid, int fds,
			const char *fd)
{
	char target[4096];
	struct stat st;
	ssize_t len = readlinkat(fds, fd, target, sizeof(target) - 1);

	if (++search->nlinks % STEP_LINKS == 0)
		rest();
	if (len <= 0)
		return 0;
	target[len] = '\0';
	/* few pass this, and only they are asked more */
	if (strncmp(target, memfd, strlen(memfd)) != 0 && !ends_deleted(target))
		return 0;
	if (fstatat(fds, fd, &st, 0) < 0 || !S_ISREG(st.st_mode) ||
	    !is_on_tmpfs(fds, fd) || count_again(search, &st) ||
	    search->nfound == ROWS_MAX)
		return 0;
	return add(search, pid, target, &st);
}

/* Takes the descriptor. */
static DIR *open_directory(int fd)
{
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	if (!dir && fd >= 0)
		close(fd);
	return dir;
}

static int look_at_process(struct search *search, const char *pid)
{
	struct dirent *entry;
	char path[32];
	DIR *dir;
	int r = 0;

	snprintf(path, sizeof(path), "%s/fd", pid);
	dir = open_directory(openat(search->tree->proc, path,
				    O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	if (!dir)
		return 0;
	while (r == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			r = look_at_link(search, pid, dirfd(dir),
					 entry->d_name);
	closedir(dir);
	return r;
}

int shared_open(struct tree *tree, struct list **list)
{
	struct search search = { .tree = tree, .list = list };
	DIR *dir = open_directory(
		openat(tree->proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *entry;
	int r = 0;

	if (!dir)
		return 0;
	search.found = calloc(ROWS_MAX, sizeof(*search.found));
	if (!search.found)
		r = -ENOMEM;
	while (r == 0 && (entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
		    strlen(entry->d_name) < 11)
			r = look_at_process(&search, entry->d_name);
	free(search.found);
	closedir(dir);
	return r;
}
