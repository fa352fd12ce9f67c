/* SPDX-License-Identifier: MIT
 *
 * Who reads from disks: /proc/PID/io of a few processes at a time, and of none
 * while no dropped file page comes back.  Apart from tracked.c, because only
 * one question is asked with it, whose answer no process has room for.
 *
 * No list of all that read can be had, and whoever reads may have no major
 * fault, a statm that never moves and be asleep whenever it is looked at.  So
 * those that read a moment ago are looked at again, then those that wait, and
 * the others take turns; two looks make a rate.
 */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memtop/base.h"
#include "memtop/rates.h"
#include "memtop/readers.h"
#include "procfile.h"

/* At most so many of those that read, … */
#define READERS_KEPT 16
/* … of those that were not looked at before, … */
#define READERS_NEW 16
/* … and of those that wait among them: they may all be refused. */
#define READERS_WAIT 8
static_assert(READERS_KEPT + 2 * READERS_NEW <= READERS_MAX,
	      "the new ones are looked at a second time");

/* Half of what R09 asks for: 500 pages in ten seconds, of which half come
 * back. */
#define COMES_BACK 12.5
/* It goes in waves, and the verdict looks at ten seconds. */
#define LINGER_NS (10 * NS_PER_S)
/* The two are not read at the very same time. */
#define SHARE_MOST 125

struct choice {
	const struct process *list[READERS_MAX];
	size_t count;
};

/* read_bytes: 323932160 */
int parse_io(const char *text, uint64_t *ret)
{
	static const char key[] = "\nread_bytes: ";
	const char *at = strstr(text, key), *end;
	uint64_t value;

	if (!at || !parse_u64(at + strlen(key), &end, &value) || *end != '\n')
		return -EINVAL;
	*ret = value;
	return 0;
}

static int read_io(struct tree *tree, const char *dir, uint64_t *ret)
{
	int fd = procfile_open(tree, dir, "io");
	ssize_t n;

	if (fd == -ENOENT && !procfile_lives(tree, dir))
		return -ESRCH;
	if (fd < 0)
		return fd;
	do {
		n = read(fd, tree->buf, tree->size - 1);
	} while (n < 0 && errno == EINTR);
	n = n < 0 ? -errno : n;
	close(fd);
	if (n < 0)
		return (int)n;
	tree->buf[n] = '\0';
	return parse_io(tree->buf, ret);
}

/* ---- when ---------------------------------------------------------------- */

static bool is_thrash(const char *rule)
{
	return rule && strncmp(rule, "R09", 3) == 0;
}

static bool is_said(const struct verdict *verdict)
{
	bool is = is_thrash(verdict->rule);

	for (size_t i = 0; i < VERDICT_ALSO && !is; i++)
		is = is_thrash(verdict->also[i].rule);
	return is;
}

static bool comes_back(const struct snapshot *snapshot)
{
	const struct counter *back =
		snapshot_counter(snapshot, "workingset_refault_file");

	if (!back) /* before 5.9, when it was of files alone */
		back = snapshot_counter(snapshot, "workingset_refault");
	return back && back->rate >= COMES_BACK;
}

/* "4.19.0-27-amd64": before 5.7 the file waits for whoever starts a program in
 * that process, which takes as long as the disk likes, or a debugger. */
static bool may_wait(const struct host *host)
{
	unsigned major, minor;

	return host && sscanf(host->kernel, "%u.%u", &major, &minor) == 2 &&
	       (major < 5 || (major == 5 && minor < 7));
}

static bool is_wanted(struct tree *tree, const struct snapshot *snapshot)
{
	uint64_t now_ns = snapshot->monotonic_ns;

	if (comes_back(snapshot) ||
	    (tree->before && is_said(&tree->before->verdict)))
		tree->readers_ns = now_ns;
	return tree->readers_ns && now_ns - tree->readers_ns < LINGER_NS &&
	       !may_wait(snapshot->host);
}

/* ---- who ----------------------------------------------------------------- */

static void choose(struct choice *choice, const struct process *process)
{
	if (process && choice->count < READERS_MAX)
		choice->list[choice->count++] = process;
}

static bool is_chosen(const struct choice *choice,
		      const struct process *process)
{
	bool is = false;

	for (size_t i = 0; i < choice->count && !is; i++)
		is = choice->list[i] == process;
	return is;
}

static int by_rate(const void *a, const void *b)
{
	const struct reader *x = *(const struct reader *const *)a;
	const struct reader *y = *(const struct reader *const *)b;

	return (x->rate < y->rate) - (x->rate > y->rate);
}

/* Those with only one look so far, and those that read most. */
static void choose_again(struct choice *choice, const struct list *before,
			 const struct snapshot *snapshot)
{
	const struct reader *rows[READERS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < list_count(before); i++) {
		const struct reader *row = list_row(before, i);

		if (row->io.state != STATE_OK)
			continue;
		if (isnan(row->rate))
			choose(choice,
			       snapshot_find(snapshot, reader_key(row)));
		else if (row->rate > 0 && n < READERS_MAX)
			rows[n++] = row;
	}
	qsort(rows, n, sizeof(rows[0]), by_rate);
	for (size_t i = 0; i < n && i < READERS_KEPT; i++)
		choose(choice, snapshot_find(snapshot, reader_key(rows[i])));
}

static bool is_possible(const struct choice *choice,
			const struct process *process)
{
	return !process->kernel && process->state != 'Z' &&
	       !is_chosen(choice, process);
}

static bool waits(const struct process *process)
{
	return process->state == 'D' || process->major_fault_rate > 0;
}

static void choose_new(struct choice *choice, struct tree *tree,
		       const struct snapshot *snapshot)
{
	size_t first = 0, left = READERS_NEW, n = snapshot->nprocesses;

	for (size_t i = 0; i < n && left > READERS_NEW - READERS_WAIT; i++) {
		const struct process *p = snapshot->processes[i];

		if (waits(p) && is_possible(choice, p)) {
			choose(choice, p);
			left--;
		}
	}
	while (first < n &&
	       snapshot->processes[first]->key.pid < tree->readers_next)
		first++;
	for (size_t i = 0; i < n && left; i++) {
		const struct process *p = snapshot->processes[(first + i) % n];

		if (!is_possible(choice, p))
			continue;
		choose(choice, p);
		tree->readers_next = p->key.pid + 1;
		left--;
	}
}

/* ---- rows ---------------------------------------------------------------- */

static const struct reader *row_of(const struct list *list,
				   struct process_key key)
{
	for (size_t i = 0; i < list_count(list); i++) {
		const struct reader *row = list_row(list, i);

		if (process_key_equal(reader_key(row), key))
			return row;
	}
	return NULL;
}

/* When a child ends, its parent is given all that it has read: more than the
 * disks gave in that time is such a gift. */
static void take_rate(const struct reader *before,
		      const struct snapshot *snapshot, struct reader *row)
{
	const struct counter *in = snapshot_counter(snapshot, "pgpgin");

	if (!before || before->io.state != STATE_OK)
		return;
	row->rate = rate_between(before->read_bytes, before->io.read_ns,
				 row->read_bytes, row->io.read_ns);
	if (!in || !(in->rate > 0))
		return;
	row->share = 100 * row->rate / (in->rate * (double)KIB);
	if (row->share > SHARE_MOST)
		row->share = NAN;
	else if (row->share > 100)
		row->share = 100;
}

static int add_reader(struct tree *tree, const struct process *process,
		      const struct snapshot *snapshot,
		      const struct list *before, struct list **list)
{
	struct reader *row = list_add(list);
	char dir[16];
	int r;

	if (!row)
		return -ENOMEM;
	snprintf(dir, sizeof(dir), "%d", (int)process->key.pid);
	r = read_io(tree, dir, &row->read_bytes);
	if (r == -ESRCH) {
		list_drop(*list);
		return 0;
	}
	row->block = process->identity;
	row->pid = (uint64_t)process->key.pid;
	row->start_ns = process->key.start_ns;
	memcpy(row->comm, process->comm, sizeof(row->comm));
	row->io.read_ns = tree_now();
	/* a text that isn't what it should be is as good as none */
	row->io.state = r == 0	       ? STATE_OK
			: r == -EINVAL ? STATE_ABSENT
				       : state_from_errno(r);
	if (r == 0)
		take_rate(row_of(before, process->key), snapshot, row);
	return 0;
}

/* Nobody looks: the same empty list for as long as that is so. */
static int put_none(const struct list *before, struct snapshot *snapshot)
{
	bool is_same = list_state(before) == STATE_NOT_READ;
	struct list *list = is_same ? (struct list *)list_ref(before)
				    : list_new(ENTITY_READER);

	if (!list)
		return -ENOMEM;
	if (!is_same)
		list->block.state = STATE_NOT_READ;
	snapshot_set_list(snapshot, list);
	return 0;
}

/* All is done when the processes are known. */
static int readers_read(struct tree *tree, struct snapshot *snapshot)
{
	(void)tree;
	(void)snapshot;
	return 0;
}

static int readers_finish(struct tree *tree, struct snapshot *snapshot)
{
	const struct list *before = tree_before(tree, ENTITY_READER);
	struct choice choice = { .count = 0 };
	struct list *list;
	int r = 0;

	if (!is_wanted(tree, snapshot))
		return put_none(before, snapshot);
	list = collect_list(ENTITY_READER, 0);
	if (!list)
		return -ENOMEM;
	choose_again(&choice, before, snapshot);
	choose_new(&choice, tree, snapshot);
	for (size_t i = 0; i < choice.count && r == 0; i++)
		r = add_reader(tree, choice.list[i], snapshot, before, &list);
	if (r < 0)
		list_unref(list);
	else
		snapshot_set_list(snapshot, list);
	return r;
}

const struct collector collect_readers = {
	.name = "readers",
	.files = "/proc/PID/io",
	.lane = LANE_CHEAP,
	.cost_ns = 5 * NS_PER_US,
	.read = readers_read,
	.finish = readers_finish,
	.gives = GIVES(ENTITY_READER),
};
