/* SPDX-License-Identifier: MIT
 *
 * The largest files of the file systems in memory that this mount namespace
 * sees.  What is small is not looked into, and what holds very many files only
 * in part: nobody waits for it, but each costs a microsecond.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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
	uint64_t device, inode;
	uint64_t bytes, size, uid;
};

struct files {
	struct file list[FILES_SHOWN];
	size_t count, looked_at; /* the latter in this mount */
	uint64_t device;	 /* of this mount */
	char *mounts[MOUNTS_MAX];
	uint64_t devices[MOUNTS_MAX]; /* of these */
	size_t nmounts;
};

/* ---- files --------------------------------------------------------------- */

static DIR *open_directory(int dir, const char *name)
{
	int fd = openat(dir, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *opened = fd >= 0 ? fdopendir(fd) : NULL;

	if (!opened && fd >= 0)
		close(fd);
	return opened;
}

/* The smallest of those kept gives way.  Another name of one of them is no
 * other file. */
static int keep(struct files *files, const char *path, const struct statx *st)
{
	struct file *place = NULL;
	struct file file = {
		.device = files->device,
		.inode = st->stx_ino,
		.bytes = st->stx_blocks * 512,
		.size = st->stx_size,
		.uid = st->stx_uid,
	};

	for (size_t i = 0; i < files->count; i++) {
		struct file *other = &files->list[i];

		if (other->inode == file.inode && other->device == file.device)
			return 0;
		if (!place || other->bytes < place->bytes)
			place = other;
	}
	if (files->count == FILES_SHOWN && place->bytes >= file.bytes)
		return 0;
	file.path = strdup(path);
	if (!file.path)
		return -ENOMEM;
	if (files->count < FILES_SHOWN)
		place = &files->list[files->count++];
	free(place->path); /* nothing is in one that is new */
	*place = file;
	return 0;
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
		struct statx st;
		DIR *next;

		if (!strcmp(name, ".") || !strcmp(name, "..") ||
		    mountinfo_look(dirfd(dir), name, &st) < 0 ||
		    mountinfo_device_of(&st) != files->device ||
		    snprintf(below, sizeof(below), "%s/%s", path, name) >=
			    (int)sizeof(below))
			continue;
		files->looked_at++;
		if (S_ISREG(st.stx_mode) && st.stx_blocks > 0)
			r = keep(files, below, &st);
		if (!S_ISDIR(st.stx_mode) || depth == DEPTH_MAX)
			continue;
		next = open_directory(dirfd(dir), name);
		if (next) {
			r = walk(next, below, depth + 1, files);
			closedir(next);
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

/* Not what was mounted over it, which is something else and may hang.  One
 * without a limit does not say what it holds. */
static bool is_worth_it(int fd, const struct statx *st, uint64_t device)
{
	struct statfs fs;

	return mountinfo_device_of(st) == device && fstatfs(fd, &fs) == 0 &&
	       (fs.f_blocks == 0 ||
		(uint64_t)(fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize >=
			MOUNT_LEAST);
}

/* device: of the mount; NULL: whatever it is, however little it holds.
 * 1: it has been looked at; 0: it may not be, or is not worth it. */
static int look_into(struct tree *tree, const char *path,
		     const uint64_t *device, struct files *files)
{
	char name[4200];
	struct statx st;
	DIR *dir = NULL;
	int fd, r;

	snprintf(name, sizeof(name), "self/root%s", path);
	fd = openat(tree->proc, name, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (mountinfo_look(fd, "", &st) == 0 &&
	    (!device || is_worth_it(fd, &st, *device)))
		dir = open_directory(fd, ".");
	close(fd);
	if (!dir)
		return 0;
	files->looked_at = 0;
	files->device = mountinfo_device_of(&st);
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
		row->bytes = file->bytes;
		row->size = file->size;
		row->uid = file->uid;
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
	int r = files ? look_into(tree, shm, NULL, files) : -ENOMEM;

	/* the others are more than was asked for */
	if (r == 1)
		(*list)->block.state = STATE_OK;
	if (r >= 0)
		r = find_mounts(tree, files);
	for (size_t i = 0; r >= 0 && i < files->nmounts; i++)
		if (strcmp(files->mounts[i], shm) != 0)
			r = look_into(tree, files->mounts[i],
				      &files->devices[i], files);
	if (r >= 0)
		r = add_rows(files, list);
	if (files)
		files_free(files);
	return r;
}
