/* SPDX-License-Identifier: MIT
 *
 * RAM of the scripted machine that is files: file systems in memory, shared
 * memory with and without a name.
 */
#include <stdio.h>

#include "memtop/ramfiles.h"
#include "scripted_private.h"

/* clang-format off */
static const struct {
	const char *path, *source, *type;
	double used, size; /* MiB; size 0: no limit */
	uint64_t files, pid;
} mounts[] = {
	{ "/tmp", "tmpfs", "tmpfs", 1434, 8192, 4112, UNKNOWN },
	{ "/dev/shm", "tmpfs", "tmpfs", 621, 32051, 14, UNKNOWN },
	{ "[1402]/dev/shm", "shm", "tmpfs", 58, 64, 3, 1402 },
	{ "/run", "tmpfs", "tmpfs", 38, 6410, 1331, UNKNOWN },
	{ "/run/user/1000", "tmpfs", "tmpfs", 1.2, 6410, 88, UNKNOWN },
	{ "/dev", "udev", "devtmpfs", 0, 32000, 612, UNKNOWN },
	{ "/dev/hugepages", "hugetlbfs", "hugetlbfs", 0, 0, 1, UNKNOWN },
};

static const struct {
	const char *name, *kind;
	double bytes, swap, size; /* MiB; swap below 0: nobody knows */
	uint64_t attached, holders, uid, pid;
	const char *command;
} segments[] = {
	{ "sysv 131076", "sysv", 768, 512, 768, 0, UNKNOWN, 26, 7711, NULL },
	{ "sysv 32768", "sysv", .004, 0, .004, 64, UNKNOWN, 26,
	  SCRIPTED_POSTGRES, "postgres" },
	{ "/dev/shm/PostgreSQL.2847101904", "file", 512, -1, 512, UNKNOWN,
	  UNKNOWN, 26, UNKNOWN, NULL },
	{ "/dev/shm/sem.celery", "file", 109, -1, 128, UNKNOWN, UNKNOWN, 33,
	  UNKNOWN, NULL },
	{ "memfd:jit-code #98213", "memfd", 96, -1, 96, UNKNOWN, 1, 112,
	  SCRIPTED_JAVA, "java" },
	{ "/tmp/upload-41 (deleted) #4471", "deleted", 212, -1, 212, UNKNOWN,
	  2, 33, SCRIPTED_CELERY, "celery" },
};
/* clang-format on */

static void set_mounts(struct snapshot *s, const char *first)
{
	struct list *list = scripted_list(s, ENTITY_TMPFS);

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		struct tmpfs *row = scripted_must(list_add(&list));

		row->block = list->block;
		row->path = scripted_text(i == 0 ? first : mounts[i].path);
		row->source = scripted_text(mounts[i].source);
		snprintf(row->type, sizeof(row->type), "%s", mounts[i].type);
		row->used = mib(mounts[i].used);
		if (mounts[i].size > 0)
			row->size = mib(mounts[i].size);
		row->files = mounts[i].files;
		row->via_pid = mounts[i].pid;
	}
	snapshot_set_list(s, list);
}

static void set_segments(struct snapshot *s)
{
	struct list *list = scripted_list(s, ENTITY_SHARED);

	for (size_t i = 0; i < ARRAY_SIZE(segments); i++) {
		struct shared *row = scripted_must(list_add(&list));

		row->block = list->block;
		row->name = scripted_text(segments[i].name);
		snprintf(row->kind, sizeof(row->kind), "%s", segments[i].kind);
		row->bytes = mib(segments[i].bytes);
		if (segments[i].swap >= 0)
			row->swap = mib(segments[i].swap);
		row->size = mib(segments[i].size);
		row->attached = segments[i].attached;
		row->holders = segments[i].holders;
		row->uid = segments[i].uid;
		row->pid = segments[i].pid;
		row->command = scripted_text(segments[i].command);
	}
	snapshot_set_list(s, list);
}

void scripted_ramfiles(struct snapshot *s, bool hostile)
{
	set_mounts(s, hostile ? "/tmp/\033[31m\n=x" : mounts[0].path);
	set_segments(s);
}
