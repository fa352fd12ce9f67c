/* SPDX-License-Identifier: MIT
 *
 * File systems in memory: those of this mount namespace, and of others as far
 * as permitted, each once.  How full they are is asked through /proc/PID/root,
 * which leads into the namespace of that process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "collect.h"
#include "memtop/ramfiles.h"
#include "mountinfo.h"
#include "namespaces.h"
#include "scan.h"

enum { ROWS_MAX = 1000 };
#define MOUNTINFO_MAX (1 * MIB)

static const char *const types[] = { "tmpfs", "devtmpfs", "ramfs",
				     "hugetlbfs" };

/* What has been seen: the same file system is in many namespaces. */
struct seen {
	char (*devices)[16]; /* "0:21" */
	size_t ndevices;
};

static bool add_device(struct seen *seen, const struct mountinfo *mount)
{
	char device[16];

	if (mount->device_len >= sizeof(device) || seen->ndevices == ROWS_MAX)
		return false;
	memcpy(device, mount->device, mount->device_len);
	device[mount->device_len] = '\0';
	for (size_t i = 0; i < seen->ndevices; i++)
		if (strcmp(seen->devices[i], device) == 0)
			return false;
	strcpy(seen->devices[seen->ndevices++], device);
	return true;
}

static const char *type_of(const struct mountinfo *mount)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strlen(types[i]) == mount->type_len &&
		    memcmp(types[i], mount->type, mount->type_len) == 0)
			return types[i];
	return NULL;
}

/* dir is "self" or "PID". */
static void ask_space(const struct tree *tree, const char *dir,
		      const struct text *path, struct tmpfs *row)
{
	char name[4200];
	struct statvfs st;
	int fd, r;

	snprintf(name, sizeof(name), "%s/root%s", dir, text_str(path));
	fd = openat(tree->proc, name, O_PATH | O_CLOEXEC);
	r = fd < 0 ? -errno : 0;
	if (r == 0 && fstatvfs(fd, &st) < 0)
		r = -errno;
	if (fd >= 0)
		close(fd);
	/* where it is mounted is known all the same; ramfs counts nothing */
	if (r < 0)
		return;
	if (st.f_blocks > 0) {
		row->size = (uint64_t)st.f_blocks * st.f_frsize;
		row->used = (uint64_t)(st.f_blocks - st.f_bfree) * st.f_frsize;
	}
	if (st.f_files > 0)
		row->files = st.f_files - st.f_ffree;
}

/* "[1234]/dev/shm" */
static struct text *path_via(const char *dir, const struct text *path)
{
	char name[4200];
	int len = snprintf(name, sizeof(name), "[%s]%s", dir, text_str(path));

	return text_new(name, (size_t)len < sizeof(name) ? (size_t)len
							 : sizeof(name) - 1);
}

/* The row of that path; one mounted over another hides it. */
static struct tmpfs *row_of(const char *dir, const struct text *path,
			    struct list **list)
{
	const bool is_own = strcmp(dir, "self") == 0;
	const struct text *name = is_own ? text_ref(path) : path_via(dir, path);
	struct tmpfs *row;

	if (!name)
		return NULL;
	row = (struct tmpfs *)list_find(*list, text_str(name));
	if (row) {
		text_unref(row->source);
		row->source = NULL;
		text_unref(name);
		return row;
	}
	row = list_add(list);
	if (!row) {
		text_unref(name);
		return NULL;
	}
	row->path = name;
	row->block.state = STATE_OK;
	if (!is_own)
		row->via_pid = strtoull(dir, NULL, 10);
	return row;
}

static int add_mount(const struct tree *tree, const char *dir,
		     const struct mountinfo *mount, const char *type,
		     struct list **list)
{
	struct text *path = scan_unescape(mount->path, mount->path_len);
	struct tmpfs *row = path ? row_of(dir, path, list) : NULL;
	int r = -ENOMEM;

	if (row) {
		row->block.read_ns = (*list)->block.read_ns;
		strcpy(row->type, type);
		row->source = scan_unescape(mount->source, mount->source_len);
		ask_space(tree, dir, path, row);
		r = row->source ? 0 : -ENOMEM;
	}
	text_unref(path);
	return r;
}

/* 0 or -ENOMEM; what can't be read is not there. */
static int add_mounts(struct tree *tree, const char *dir, struct seen *seen,
		      struct list **list)
{
	char name[64];
	int r = 0;

	snprintf(name, sizeof(name), "%s/mountinfo", dir);
	if (growbuf_read(&tree->grow, tree->proc, name, MOUNTINFO_MAX) < 0)
		return 0;
	for (const char *s = tree->grow.data; *s && r == 0; s = scan_line(s)) {
		struct mountinfo mount;
		const char *type =
			mountinfo_parse(s, &mount) ? type_of(&mount) : NULL;

		if (type && add_device(seen, &mount))
			r = add_mount(tree, dir, &mount, type, list);
	}
	return r;
}

static int add_others(struct tree *tree, struct seen *seen, struct list **list)
{
	const struct namespaces *namespaces = namespaces_get(tree);
	char dir[16];
	int r = namespaces ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < namespaces->count; i++) {
		snprintf(dir, sizeof(dir), "%d", (int)namespaces->list[i].pid);
		r = add_mounts(tree, dir, seen, list);
	}
	return r;
}

static int tmpfs_read(struct tree *tree, struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_TMPFS);
	struct seen seen = { .devices = calloc(ROWS_MAX, 16) };
	int r = -ENOMEM;

	if (list && seen.devices) {
		list->block.read_ns = tree_now();
		list->block.state = STATE_OK;
		r = add_mounts(tree, "self", &seen, &list);
	}
	if (r == 0)
		r = add_others(tree, &seen, &list);
	free(seen.devices);
	if (r == 0)
		snapshot_set_list(snapshot, list);
	else
		list_unref(list);
	return r;
}

/* clang-format off */
const struct collector collect_tmpfs = {
	.name = "tmpfs",
	.files = "/proc/PID/mountinfo",
	.lane = LANE_EXPENSIVE,
	.period_ns = 10 * NS_PER_S,
	.cost_ns = 2 * NS_PER_MS,
	.read = tmpfs_read,
	.gives = GIVES(ENTITY_TMPFS),
};
/* clang-format on */
