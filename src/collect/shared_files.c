/* SPDX-License-Identifier: MIT
 *
 * The largest files of the file systems in memory that this mount namespace
 * sees.  What is small is not looked into, and what holds very many files only
 * in part: nobody waits for it, but each costs a microsecond.
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
#include <unistd.h>

#include "mountinfo.h"
#include "scan.h"
#include "shared.h"

/* Files are looked at in one mount; kept of all; directories within others;
 * mounts. */
enum { FILES_MAX = 10000, FILES_SHOWN = 100, DEPTH_MAX = 8, MOUNTS_MAX = 32 };
#define MOUNT_LEAST   (16 * MIB)
#define MOUNTINFO_MAX (1 * MIB)

struct file {
	char *path;
	struct stat st;
};

struct files {
	struct file list[FILES_SHOWN];
	size_t count, looked_at; /* the latter in this mount */
	dev_t device;		 /* of this mount */
	char *mounts[MOUNTS_MAX];
	uint64_t devices[MOUNTS_MAX]; /* of these */
	size_t nmounts;
};

/* ---- files --------------------------------------------------------------- */

/* The smallest of those kept gives way. */
static int keep(struct files *files, const char *path, const struct stat *st)
{
	struct file *place = NULL;

	if (files->count < FILES_SHOWN) {
		place = &files->list[files->count++];
		place->path = NULL;
	} else {
		for (size_t i = 0; i < files->count; i++)
			if (!place ||
			    files->list[i].st.st_blocks < place->st.st_blocks)
				place = &files->list[i];
		if (place->st.st_blocks >= st->st_blocks)
			return 0;
	}
	free(place->path);
	place->st = *st;
	place->path = strdup(path);
	return place->path ? 0 : -ENOMEM;
}

/* path: of the directory, which dir is. */
static int walk(DIR *dir, const char *path, int depth, struct files *files)
{
	struct dirent *entry;
	int r = 0;

	while (r == 0 && files->looked_at < FILES_MAX &&
	       (entry = readdir(dir))) {
		const char *name = entry->d_name;
		char below[4096];
		struct stat st;
		DIR *next;
		int fd;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    fstatat(dirfd(dir), name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
		    st.st_dev != files->device ||
		    snprintf(below, sizeof(below), "%s/%s", path, name) >=
			    (int)sizeof(below))
			continue;
		files->looked_at++;
		if (S_ISREG(st.st_mode) && st.st_blocks > 0)
			r = keep(files, below, &st);
		if (!S_ISDIR(st.st_mode) || depth == DEPTH_MAX)
			continue;
		fd = openat(dirfd(dir), name,
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		next = fd >= 0 ? fdopendir(fd) : NULL;
		if (next) {
			r = walk(next, below, depth + 1, files);
			closedir(next);
		} else if (fd >= 0) {
			close(fd);
		}
	}
	return r;
}

/* ---- mounts -------------------------------------------------------------- */

/* Those of another name, such as a bind mount, are looked at once. */
static int add_mount(struct files *files, const struct mountinfo *mount)
{
	uint64_t device;
	struct text *path;

	if (mount->type_len != 5 || memcmp(mount->type, "tmpfs", 5) != 0 ||
	    !mountinfo_device(mount, &device) || files->nmounts == MOUNTS_MAX)
		return 0;
	for (size_t i = 0; i < files->nmounts; i++)
		if (files->devices[i] == device)
			return 0;
	path = scan_unescape(mount->path, mount->path_len);
	if (!path)
		return -ENOMEM;
	files->mounts[files->nmounts] = strdup(text_str(path));
	files->devices[files->nmounts] = device;
	text_unref(path);
	return files->mounts[files->nmounts++] ? 0 : -ENOMEM;
}

static int find_mounts(struct tree *tree, struct files *files)
{
	ssize_t n = growbuf_read(&tree->grow, tree->proc, "self/mountinfo",
				 MOUNTINFO_MAX);
	int r = 0;

	for (const char *s = n > 0 ? tree->grow.data : ""; *s && r == 0;
	     s = scan_line(s)) {
		struct mountinfo mount;

		if (mountinfo_parse(s, &mount))
			r = add_mount(files, &mount);
	}
	return r;
}

/* What was mounted over it is something else, and may hang. */
static bool is_worth_it(int fd)
{
	struct statfs st;

	return fstatfs(fd, &st) == 0 && st.f_type == TMPFS_MAGIC &&
	       (uint64_t)(st.f_blocks - st.f_bfree) * (uint64_t)st.f_bsize >=
		       MOUNT_LEAST;
}

/* 1: it has been looked at; 0: it may not be, or is not worth it. */
static int look_into(struct tree *tree, const char *path, bool whole,
		     struct files *files)
{
	char name[4200];
	struct stat st;
	DIR *dir;
	int fd, r = 0;

	snprintf(name, sizeof(name), "self/root%s", path);
	fd = openat(tree->proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	dir = fstat(fd, &st) == 0 && (whole || is_worth_it(fd)) ? fdopendir(fd)
								: NULL;
	if (!dir) {
		close(fd);
		return 0;
	}
	files->looked_at = 0;
	files->device = st.st_dev;
	r = walk(dir, path, 0, files);
	closedir(dir);
	return r < 0 ? r : 1;
}

/* ---- all ----------------------------------------------------------------- */

static int add_rows(const struct files *files, struct list **list)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->list[i];
		struct shared *row = shared_add(list, file->path, "file");

		if (!row)
			return -ENOMEM;
		row->bytes = (uint64_t)file->st.st_blocks * 512;
		row->size = (uint64_t)file->st.st_size;
		row->uid = file->st.st_uid;
	}
	return 0;
}

static void files_free(struct files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->list[i].path);
	for (size_t i = 0; i < files->nmounts; i++)
		free(files->mounts[i]);
	free(files);
}

int shared_files(struct tree *tree, struct list **list)
{
	static const char shm[] = "/dev/shm";
	struct files *files = calloc(1, sizeof(*files));
	int r = files ? look_into(tree, shm, true, files) : -ENOMEM;

	/* the others are more than was asked for */
	if (r == 1)
		(*list)->block.state = STATE_OK;
	if (r >= 0)
		r = find_mounts(tree, files);
	for (size_t i = 0; r >= 0 && i < files->nmounts; i++)
		if (strcmp(files->mounts[i], shm) != 0)
			r = look_into(tree, files->mounts[i], false, files);
	if (r >= 0)
		r = add_rows(files, list);
	if (files)
		files_free(files);
	return r;
}
