/* SPDX-License-Identifier: MIT
 *
 * Which control groups there are.  Listing a directory of the kernel's means
 * naming some fifty files in it; so it is listed only when its link count says
 * that the number of directories in it has changed.
 */
#include "cgroup_walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memtop/base.h"
#include "memtop/text.h"

enum { PATH_SIZE = 4096 };

/* "." and ".." are links as well.  File systems that do not count directories
 * say 1. */
static bool is_unchanged(const struct stat *st, const struct cgroup_node *node)
{
	return node->listed != SIZE_MAX && st->st_nlink >= 2 &&
	       st->st_nlink - 2 == node->listed;
}

static bool is_directory(int fd, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_name[0] == '.')
		return false;
	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type == DT_DIR;
	return fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(st.st_mode);
}

/* The memory controller may stop at the group above. */
static bool is_accounted(int fd, const char *name,
			 const struct cgroup_version *version)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s", name, version->file);
	return faccessat(fd, path, F_OK, 0) == 0;
}

static int join(char *buf, const char *a, const char *b, const char *top)
{
	int n = strcmp(a, top) ? snprintf(buf, PATH_SIZE, "%s/%s", a, b)
			       : snprintf(buf, PATH_SIZE, "%s%s",
					  *top == '/' ? "/" : "", b);

	return n < PATH_SIZE ? 0 : -ENAMETOOLONG;
}

static int take(struct cgroup_set *set, struct cgroup_node *parent,
		const char *name)
{
	char path[PATH_SIZE], dir[PATH_SIZE];
	struct cgroup_node *node;

	if (join(path, text_str(parent->row.path), name, "/") < 0 ||
	    join(dir, parent->dir, name, ".") < 0)
		return 0; /* nobody could name its files */
	node = cgroup_set_find(set, path, strlen(path));
	if (!node) {
		node = cgroup_set_add(set, parent, path, dir);
		if (!node)
			return -ENOMEM;
		node->listed = SIZE_MAX;
	}
	node->gone = false;
	return 0;
}

static int list(struct cgroup_set *set, DIR *dir,
		const struct cgroup_version *version, struct cgroup_node *node)
{
	struct dirent *entry;
	size_t listed = 0;
	int r = 0;

	for (size_t i = 0; i < set->count; i++)
		if (set->nodes[i]->parent == node)
			set->nodes[i]->gone = true;
	while (r == 0 && (entry = readdir(dir))) {
		if (!is_directory(dirfd(dir), entry))
			continue;
		listed++;
		if (is_accounted(dirfd(dir), entry->d_name, version))
			r = take(set, node, entry->d_name);
	}
	node->listed = listed;
	return r;
}

int cgroup_walk(struct cgroup_set *set, const struct cgroup_mount *mount,
		const struct cgroup_version *version, struct cgroup_node *node)
{
	struct stat st;
	DIR *dir;
	int fd, r;

	if (fstatat(mount->fd, node->dir, &st, 0) < 0) {
		if (errno == ENOENT)
			cgroup_node_lost(node);
		return 0;
	}
	if (is_unchanged(&st, node))
		return 0;
	fd = openat(mount->fd, node->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	r = list(set, dir, version, node);
	closedir(dir);
	return r;
}
