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

/* The others are one row. */
enum { ROWS_MAX = 1000 };
#define OTHERS	      "(others)"
#define MOUNTINFO_MAX (1 * MIB)

static const char *const types[] = { "tmpfs", "devtmpfs", "ramfs",
				     "hugetlbfs" };

/* What has been seen: the same file system is in many namespaces. */
struct seen {
	uint64_t *devices;
	size_t ndevices, room;
};

/* 1: it is new; 0: it is not, or is none; -ENOMEM */
static int add_device(struct seen *seen, const struct mountinfo *mount)
{
	size_t room = seen->room ? 2 * seen->room : 64;
	uint64_t device, *devices;

	if (!mountinfo_device(mount, &device))
		return 0;
	for (size_t i = 0; i < seen->ndevices; i++)
		if (seen->devices[i] == device)
			return 0;
	if (seen->ndevices == seen->room) {
		devices = reallocarray(seen->devices, room, sizeof(*devices));
		if (!devices)
			return -ENOMEM;
		seen->devices = devices;
		seen->room = room;
	}
	seen->devices[seen->ndevices++] = device;
	return 1;
}

static const char *type_of(const struct mountinfo *mount)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (strlen(types[i]) == mount->type_len &&
		    memcmp(types[i], mount->type, mount->type_len) == 0)
			return types[i];
	return NULL;
}

static void add(uint64_t *sum, uint64_t number)
{
	*sum = *sum == UNKNOWN ? number : *sum + number;
}

/* Not of what was mounted over it, which is something else and may hang. */
static bool ask_mount(int fd, uint64_t device, struct statvfs *ret)
{
	struct statx st;

	return mountinfo_look(fd, "", &st) == 0 &&
	       mountinfo_device_of(&st) == device && fstatvfs(fd, ret) == 0;
}

/* dir is "self" or "PID"; row has no figures yet, or those of others. */
static void ask_space(const struct tree *tree, const char *dir,
		      const struct text *path, uint64_t device,
		      struct tmpfs *row)
{
	char name[4200];
	struct statvfs st;
	bool is_known;
	int fd;

	snprintf(name, sizeof(name), "%s/root%s", dir, text_str(path));
	fd = openat(tree->proc, name, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return;
	is_known = ask_mount(fd, device, &st);
	close(fd);
	/* where it is mounted is known all the same; ramfs counts nothing */
	if (!is_known)
		return;
	if (st.f_blocks > 0) {
		add(&row->size, (uint64_t)st.f_blocks * st.f_frsize);
		add(&row->used,
		    (uint64_t)(st.f_blocks - st.f_bfree) * st.f_frsize);
	}
	if (st.f_files > 0)
		add(&row->files, st.f_files - st.f_ffree);
}

/* "[1234]/dev/shm" */
static struct text *path_via(const char *dir, const struct text *path)
{
	char name[4200];
	int len = snprintf(name, sizeof(name), "[%s]%s", dir, text_str(path));

	return text_new(name, (size_t)len < sizeof(name) ? (size_t)len
							 : sizeof(name) - 1);
}

/* Its figures and source as of a row that is new. */
static void forget(struct tmpfs *row)
{
	row->size = row->used = row->files = UNKNOWN;
	text_unref(row->source);
	row->source = NULL;
}

/* The row of all that have none of their own. */
static struct tmpfs *row_of_others(struct list **list)
{
	struct tmpfs *row = (struct tmpfs *)list_find(*list, OTHERS);

	if (row)
		return row;
	row = list_add(list);
	if (!row)
		return NULL;
	row->block = (struct block){ .state = STATE_OK,
				     .read_ns = (*list)->block.read_ns };
	row->path = text_new(OTHERS, strlen(OTHERS));
	strcpy(row->type, "tmpfs");
	row->source = text_new("", 0);
	return row->path && row->source ? row : NULL;
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
		forget(row);
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

static struct tmpfs *row_for(const char *dir, const struct mountinfo *mount,
			     const char *type, const struct text *path,
			     struct list **list)
{
	struct tmpfs *row;

	if (list_count(*list) >= ROWS_MAX)
		return row_of_others(list);
	row = row_of(dir, path, list);
	if (!row)
		return NULL;
	row->block.read_ns = (*list)->block.read_ns;
	strcpy(row->type, type);
	row->source = scan_unescape(mount->source, mount->source_len);
	return row->source ? row : NULL;
}

static int add_mount(const struct tree *tree, const char *dir,
		     const struct mountinfo *mount, const char *type,
		     struct list **list)
{
	struct text *path = scan_unescape(mount->path, mount->path_len);
	struct tmpfs *row = path ? row_for(dir, mount, type, path, list) : NULL;
	uint64_t device;

	if (row && mountinfo_device(mount, &device))
		ask_space(tree, dir, path, device, row);
	text_unref(path);
	return row ? 0 : -ENOMEM;
}

/* As far as it may be read; the list tells of our own. */
static int add_mounts(struct tree *tree, const char *dir, struct seen *seen,
		      struct list **list)
{
	char name[64];
	ssize_t n;
	int r = 0;

	snprintf(name, sizeof(name), "%s/mountinfo", dir);
	n = growbuf_read(&tree->grow, tree->proc, name, MOUNTINFO_MAX);
	if (!*list)
		*list = collect_list(ENTITY_TMPFS, n);
	if (!*list)
		return -ENOMEM;
	if (n < 0)
		return 0;
	for (const char *s = tree->grow.data; *s && r == 0; s = scan_line(s)) {
		struct mountinfo mount;
		const char *type =
			mountinfo_parse(s, &mount) ? type_of(&mount) : NULL;

		r = type ? add_device(seen, &mount) : 0;
		if (r > 0)
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
	struct seen seen = { 0 };
	struct list *list = NULL; /* made when the first file was read */
	int r = add_mounts(tree, "self", &seen, &list);

	if (r == 0)
		r = add_others(tree, &seen, &list);
	free(seen.devices);
	if (list_count(list))
		list->block.state = STATE_OK;
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
