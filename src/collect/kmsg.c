/* SPDX-License-Identifier: MIT
 *
 * /dev/kmsg: the kernel's log, followed by a descriptor of our own, from the
 * oldest record there is.  Each read gives one record and never waits.  The
 * first sample leaves it alone, and those after it share a full log, which
 * takes some tens of milliseconds.
 * Knows records and clocks; kmsg_kill.c and kmsg_pages.c know the words.
 */
#include "kmsg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "collect.h"
#include "memtop/privilege.h"

/* A record is never longer, and a smaller buffer is refused. */
#define RECORD_SIZE 8192
/* Lines in one sample: what there was before we came can wait for the next;
 * later, whoever floods the log must not hold us up. */
#define LINES_AT_FIRST 4000
#define LINES_MAX      20000
/* Beside the clock that counts since boot: that of the log starts a little
 * earlier and drifts. */
#define STARTS_APART_NS NS_PER_S
#define DRIFT_PART	10000
/* The lines about one kill come at once, also over a slow console; those before
 * the kill itself are left out when there are too many. */
#define TOGETHER_US 500000

/* What is looked for. */
enum found { FOUND_KILLS, FOUND_FAILURES, FOUND_COUNT };
static const struct {
	enum entity_id entity;
	size_t rows_max;
} kinds[FOUND_COUNT] = {
	[FOUND_KILLS] = { ENTITY_KILL, LOG_KILLS_MAX },
	[FOUND_FAILURES] = { ENTITY_PAGE_FAILURE, PAGE_FAILURES_MAX },
};

struct kmsg {
	int fd; /* -1: error says why */
	int error;
	bool at_end;	    /* all there was has been read once */
	uint64_t looked_ns; /* realtime of the last look */
	struct kill_context context;
	struct list *found[FOUND_COUNT]; /* of this look */
	size_t lines;			 /* of this look */
	size_t used; /* of buf: a line that is not whole yet */
	char buf[RECORD_SIZE + 1];
};

void kmsg_free(struct kmsg *kmsg)
{
	if (!kmsg)
		return;
	if (kmsg->fd >= 0)
		close(kmsg->fd);
	kill_context_done(&kmsg->context);
	for (size_t i = 0; i < FOUND_COUNT; i++)
		list_unref(kmsg->found[i]);
	free(kmsg);
}

/* Beside /proc there is /dev, in a test's tree too. */
static struct kmsg *kmsg_open(const struct tree *tree)
{
	struct kmsg *kmsg = calloc(1, sizeof(*kmsg));

	if (!kmsg)
		return NULL;
	kmsg->context.pid = UNKNOWN;
	privilege_raise();
	kmsg->fd = openat(tree->proc, "../dev/kmsg",
			  O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	kmsg->error = kmsg->fd < 0 ? -errno : 0;
	privilege_lower();
	return kmsg;
}

/* ---- when it was --------------------------------------------------------- */

/* What comes while we look came since the last look; of older records the
 * stamp is all there is, and it stood still while the machine slept. */
static void set_time(const struct kmsg *kmsg, const struct snapshot *snapshot,
		     uint64_t log_us, uint64_t *ret, uint64_t *ret_error)
{
	uint64_t stamp_ns = log_us > UINT64_MAX / NS_PER_US
				    ? UINT64_MAX
				    : log_us * NS_PER_US;
	uint64_t age = sub_floor(snapshot->monotonic_ns, stamp_ns);
	uint64_t slept =
		sub_floor(snapshot->boottime_ns, snapshot->monotonic_ns);

	*ret = sub_floor(snapshot->realtime_ns, age);
	*ret_error = STARTS_APART_NS + age / DRIFT_PART + slept;
	if (!kmsg->at_end || snapshot->realtime_ns < kmsg->looked_ns)
		return;
	*ret = max_u64(*ret, kmsg->looked_ns);
	*ret_error =
		min_u64(*ret_error, snapshot->realtime_ns - kmsg->looked_ns);
}

/* ---- records ------------------------------------------------------------- */

static void mark_group(struct list *list, const struct kill_context *context)
{
	struct log_kill *last;

	if (!list->count)
		return;
	last = (struct log_kill *)list_row(list, list->count - 1);
	if (last->pid == context->pid)
		strcpy(last->scope, "group");
}

/* What a line was read from, in every row alike. */
struct record {
	const char *text;
	uint64_t sequence, us;
};

static struct block block_of(const struct snapshot *snapshot)
{
	return (struct block){ .state = STATE_OK,
			       .read_ns = snapshot->monotonic_ns };
}

/* KILL_LINE_OTHER: it is about no kill.  -ENOMEM. */
static int take_kill(struct kmsg *kmsg, const struct record *record,
		     const struct snapshot *snapshot)
{
	struct list **found = &kmsg->found[FOUND_KILLS];
	struct log_kill *row = list_add(found);
	enum kill_line kind;

	if (!row)
		return -ENOMEM;
	if (record->us > kmsg->context.us + TOGETHER_US)
		kill_context_done(&kmsg->context);
	kind = kill_line_parse(record->text, &kmsg->context, row);
	if (kind != KILL_LINE_OTHER)
		kmsg->context.us = record->us;
	if (kind != KILL_LINE_VICTIM) {
		list_drop(*found);
		if (kind == KILL_LINE_GROUP)
			mark_group(*found, &kmsg->context);
		return (int)kind;
	}
	row->block = block_of(snapshot);
	row->sequence = record->sequence;
	row->log_us = record->us;
	set_time(kmsg, snapshot, row->log_us, &row->time_ns, &row->time_error);
	return (int)kind;
}

static int take_failure(struct kmsg *kmsg, const struct record *record,
			uint64_t page_size, const struct snapshot *snapshot)
{
	struct page_failure failure, *row;

	list_row_init(ENTITY_PAGE_FAILURE, &failure);
	if (!failure_line_parse(record->text, page_size, &failure))
		return 0;
	row = list_add_copy(&kmsg->found[FOUND_FAILURES], &failure);
	if (!row)
		return -ENOMEM;
	row->block = block_of(snapshot);
	row->sequence = record->sequence;
	row->log_us = record->us;
	set_time(kmsg, snapshot, row->log_us, &row->time_ns, &row->time_error);
	return 0;
}

/* Continuation lines, " SUBSYSTEM=pci", begin with a blank. */
static int take_line(struct kmsg *kmsg, const char *line, uint64_t page_size,
		     const struct snapshot *snapshot)
{
	struct record record;
	int r;

	record.text = kmsg_record(line, &record.sequence, &record.us);
	if (!record.text)
		return 0;
	r = take_kill(kmsg, &record, snapshot);
	if (r == KILL_LINE_OTHER)
		r = take_failure(kmsg, &record, page_size, snapshot);
	return r < 0 ? r : 0;
}

/* The whole lines of the buffer; what is left of it stays. */
static int take_lines(struct kmsg *kmsg, uint64_t page_size,
		      const struct snapshot *snapshot)
{
	char *line = kmsg->buf, *end;
	int r = 0;

	kmsg->buf[kmsg->used] = '\0';
	while (r == 0 &&
	       (end = memchr(line, '\n',
			     kmsg->used - (size_t)(line - kmsg->buf)))) {
		*end = '\0';
		r = take_line(kmsg, line, page_size, snapshot);
		line = end + 1;
		kmsg->lines++;
	}
	kmsg->used -= (size_t)(line - kmsg->buf);
	memmove(kmsg->buf, line, kmsg->used);
	if (kmsg->used == RECORD_SIZE)
		kmsg->used = 0; /* no line is as long */
	return r;
}

/* All there is, or so many lines.  EPIPE: records were overwritten before we
 * came. */
static int read_lines(struct kmsg *kmsg, uint64_t page_size,
		      const struct snapshot *snapshot, size_t max,
		      bool *ret_end)
{
	int r = 0;

	kmsg->lines = 0;
	for (size_t i = 0; i < max && kmsg->lines < max && r == 0; i++) {
		ssize_t n = read(kmsg->fd, kmsg->buf + kmsg->used,
				 RECORD_SIZE - kmsg->used);

		if (n <= 0 && !(n < 0 && (errno == EPIPE || errno == EINTR))) {
			*ret_end = true;
			return 0;
		}
		if (n < 0)
			continue;
		kmsg->used += (size_t)n;
		r = take_lines(kmsg, page_size, snapshot);
	}
	return r;
}

/* ---- the lists ----------------------------------------------------------- */

/* The latest of both. */
static struct list *joined(size_t kind, const struct list *before,
			   const struct list *found)
{
	struct list *list = collect_list(kinds[kind].entity, 0);
	size_t skip = sub_floor(list_count(before) + list_count(found),
				kinds[kind].rows_max);
	size_t skip_found = sub_floor(skip, list_count(before));

	if (!list || (list_append(&list, before, skip) == 0 &&
		      list_append(&list, found, skip_found) == 0))
		return list;
	list_unref(list);
	return NULL;
}

/* Nothing is known of it yet; or nothing ever will be. */
static int set_empty(struct snapshot *snapshot, int error)
{
	for (size_t i = 0; i < FOUND_COUNT; i++) {
		struct list *list = collect_list(kinds[i].entity, error);

		if (!list)
			return -ENOMEM;
		if (error == 0)
			list->block.state = STATE_PENDING;
		snapshot_set_list(snapshot, list);
	}
	return 0;
}

/* fresh: the list of before is none, because the log had not been read to its
 * end. */
static int set_found(struct kmsg *kmsg, size_t kind, struct tree *tree,
		     bool fresh, struct snapshot *snapshot)
{
	const struct list *before = tree_before(tree, kinds[kind].entity);
	struct list *list;

	if (!fresh && before && !list_count(kmsg->found[kind])) {
		snapshot_set_list(snapshot, (struct list *)list_ref(before));
		return 0;
	}
	list = joined(kind, before, kmsg->found[kind]);
	if (!list)
		return -ENOMEM;
	snapshot_set_list(snapshot, list);
	list_unref(kmsg->found[kind]);
	kmsg->found[kind] = NULL;
	return 0;
}

static int follow(struct kmsg *kmsg, struct tree *tree,
		  struct snapshot *snapshot)
{
	bool at_end = false, was_at_end = kmsg->at_end;
	size_t max = was_at_end || tree->whole ? LINES_MAX : LINES_AT_FIRST;
	int r = 0;

	for (size_t i = 0; i < FOUND_COUNT; i++) {
		if (!kmsg->found[i])
			kmsg->found[i] = list_new(kinds[i].entity);
		if (!kmsg->found[i])
			return -ENOMEM;
	}
	r = read_lines(kmsg, tree->page_size, snapshot, max, &at_end);
	if (r < 0)
		return r;
	kmsg->at_end |= at_end;
	kmsg->looked_ns = snapshot->realtime_ns;
	if (!kmsg->at_end)
		return set_empty(snapshot, 0);
	for (size_t i = 0; i < FOUND_COUNT && r == 0; i++)
		r = set_found(kmsg, i, tree, !was_at_end, snapshot);
	return r;
}

static int kmsg_read(struct tree *tree, struct snapshot *snapshot)
{
	const struct list *before = tree_before(tree, ENTITY_KILL);

	if (!tree->before && !tree->whole)
		return set_empty(snapshot, 0);
	if (!tree->kmsg)
		tree->kmsg = kmsg_open(tree);
	if (!tree->kmsg)
		return -ENOMEM;
	if (tree->kmsg->fd >= 0)
		return follow(tree->kmsg, tree, snapshot);
	if (list_state(before) != STATE_PENDING) {
		collector_keep(&collect_kmsg, tree->before, snapshot);
		return 0;
	}
	return set_empty(snapshot, tree->kmsg->error);
}

/* clang-format off */
const struct collector collect_kmsg = {
	.name = "kmsg",
	.files = "/dev/kmsg",
	.lane = LANE_CHEAP,
	.cost_ns = NS_PER_US,
	.read = kmsg_read,
	.gives = GIVES(ENTITY_KILL) | GIVES(ENTITY_PAGE_FAILURE),
};
/* clang-format on */
