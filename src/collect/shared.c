/* SPDX-License-Identifier: MIT
 *
 * Shared memory that no process's figures show whole: System V segments here,
 * files in shared_files.c; what only descriptors keep is in shared_open.c.
 */
#include "shared.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scan.h"

#define SYSV_MAX (4 * MIB)

struct shared *shared_add(struct list **list, const char *name,
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
	row = shared_add(list, name, "sysv");
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
		r = shared_files(tree, &list);
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
	.files = "/proc/sysvipc/shm, files of every tmpfs, /proc/PID/fd",
	.lane = LANE_EXPENSIVE,
	.period_ns = 60 * NS_PER_S, /* it looks at each descriptor */
	.cost_ns = 20 * NS_PER_MS,
	.read = shared_read,
	.gives = GIVES(ENTITY_SHARED),
};
/* clang-format on */
