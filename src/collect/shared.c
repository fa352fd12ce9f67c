/* SPDX-License-Identifier: MIT
 *
 * Shared memory that no process's figures show whole: System V segments and
 * files in /dev/shm.  What only descriptors keep is in shared_open.c.
 */
#include "shared.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scan.h"

enum { FILES_MAX = 10000, FILES_SHOWN = 100, DEPTH_MAX = 8 };
#define SYSV_MAX (4 * MIB)

static struct shared *add_row(struct list **list, const char *name,
			      const char *kind)
{
	struct shared *row = list_add(list);

	if (!row)
		return NULL;
	row->block = (struct block){ .state = STATE_OK,
				     .read_ns = (*list)->block.read_ns };
	row->name = text_new(name, strlen(name));
	strcpy(row->kind, kind);
	return row->name ? row : NULL;
}

/* ---- System V ------------------------------------------------------------ */

/*
 *        key      shmid perms       size  cpid  lpid nattch   uid   gid  cuid
 * cgid      atime      dtime      ctime        rss       swap
 *          0      32768  1600     524288  2210  2214      2  1000  1000  1000
 * 1000 1732264801 1732264801 1732264801     524288          0
 *
 * Each on one line.
 */
static int add_segment(const char *line, struct list **list)
{
	enum {
		KEY,
		ID,
		PERMS,
		SIZE,
		CPID,
		LPID,
		ATTACHED,
		UID,
		RSS = 14,
		SWAP,
		COLUMNS
	};
	uint64_t columns[COLUMNS] = { 0 };
	struct shared *row;
	char name[32];

	for (int i = 0; i < COLUMNS; i++) {
		line = scan_blanks(line);
		line += *line == '-'; /* keys have a sign */
		if (!parse_u64(line, &line, &columns[i]))
			return 0;
	}
	snprintf(name, sizeof(name), "sysv %llu",
		 (unsigned long long)columns[ID]);
	row = add_row(list, name, "sysv");
	if (!row)
		return -ENOMEM;
	row->bytes = columns[RSS] + columns[SWAP];
	row->swap = columns[SWAP];
	row->size = columns[SIZE];
	row->attached = columns[ATTACHED];
	row->uid = columns[UID];
	row->pid = columns[CPID];
	return 0;
}

/* Makes the list, which tells how this file came out. */
static int read_sysv(struct tree *tree, struct list **list)
{
	ssize_t n =
		growbuf_read(&tree->grow, tree->proc, "sysvipc/shm", SYSV_MAX);
	int r = 0;

	*list = collect_list(ENTITY_SHARED, n);
	if (!*list)
		return -ENOMEM;
	if (n < 0)
		return 0;
	for (const char *s = scan_line(tree->grow.data); *s && r == 0;
	     s = scan_line(s))
		r = add_segment(s, list);
	return r;
}

/* ---- /dev/shm ------------------------------------------------------------ */

struct file {
	char *path;
	struct stat st;
};

struct files {
	struct file *list;
	size_t count, looked_at;
};

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

static int add_files(const struct files *files, struct list **list)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct file *file = &files->list[i];
		struct shared *row = add_row(list, file->path, "file");

		if (!row)
			return -ENOMEM;
		row->bytes = (uint64_t)file->st.st_blocks * 512;
		row->size = (uint64_t)file->st.st_size;
		row->uid = file->st.st_uid;
	}
	return 0;
}

static int read_files(struct tree *tree, struct list **list)
{
	int fd = openat(tree->proc, "self/root/dev/shm",
			O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct files files = { .list = calloc(FILES_SHOWN,
					      sizeof(*files.list)) };
	int r = files.list ? 0 : -ENOMEM;

	/* one of the two is enough for an answer */
	if (dir)
		(*list)->block.state = STATE_OK;
	if (r == 0 && dir)
		r = walk(dir, "/dev/shm", 0, &files);
	if (r == 0)
		r = add_files(&files, list);
	for (size_t i = 0; i < files.count; i++)
		free(files.list[i].path);
	free(files.list);
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
	return r;
}

/* ---- all ----------------------------------------------------------------- */

static void name_processes(struct tree *tree, struct list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		struct shared *row =
			(struct shared *)(list->rows + i * list->row_size);
		char path[48], comm[32];
		ssize_t len;

		if (row->pid == UNKNOWN || row->command)
			continue;
		snprintf(path, sizeof(path), "%llu/comm",
			 (unsigned long long)row->pid);
		len = kernfile_read(tree->proc, path, comm, sizeof(comm));
		if (len > 0)
			row->command = text_new(
				comm, (size_t)len - (comm[len - 1] == '\n'));
	}
}

static int shared_read(struct tree *tree, struct snapshot *snapshot)
{
	struct list *list;
	int r = read_sysv(tree, &list);

	if (r == 0)
		r = read_files(tree, &list);
	if (r == 0)
		r = shared_open(tree, &list);
	if (r < 0) {
		list_unref(list);
		return r;
	}
	/* and so are open files */
	if (list->count)
		list->block.state = STATE_OK;
	name_processes(tree, list);
	snapshot_set_list(snapshot, list);
	return 0;
}

/* clang-format off */
const struct collector collect_shared = {
	.name = "shared",
	.files = "/proc/sysvipc/shm /dev/shm /proc/PID/fd",
	.lane = LANE_EXPENSIVE,
	.period_ns = 60 * NS_PER_S, /* it looks at each descriptor */
	.cost_ns = 20 * NS_PER_MS,
	.read = shared_read,
	.gives = GIVES(ENTITY_SHARED),
};
/* clang-format on */
