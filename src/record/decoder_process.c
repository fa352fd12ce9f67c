/* SPDX-License-Identifier: MIT
 *
 * The processes of a sample.  A record is shared with the snapshot before for
 * as long as nothing about it changes; the first change of a sample makes a
 * copy.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"
#include "memtop/base.h"

/* More than any machine has; a file can claim any number. */
enum { LIVE_MAX = 1 << 19 };

/* The first whose id is not below id. */
static size_t find(const struct decoder *decoder, int64_t id)
{
	size_t low = 0, high = decoder->nlive;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (decoder->live[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct live *find_live(struct decoder *decoder, int64_t id)
{
	size_t at = find(decoder, id);

	return at < decoder->nlive && decoder->live[at].id == id
		       ? &decoder->live[at]
		       : NULL;
}

void decoder_drop_processes(struct decoder *decoder)
{
	for (size_t i = 0; i < decoder->nlive; i++)
		process_unref(decoder->live[i].process);
	decoder->nlive = 0;
}

/* ---- births and exits ---------------------------------------------------- */

static int read_key(struct reader *reader, int64_t id, struct process *process)
{
	sqlite3_stmt *stmt = reader_select(reader, TABLE_PROCESSES, id);
	int r = reader_step(reader, stmt);

	if (r == 1) {
		int64_t pid = sqlite3_column_int64(stmt, 0);

		r = row_read_u64(stmt, 1, &process->key.start_ns);
		if (pid < 1 || pid > INT32_MAX)
			r = -EBADMSG;
		process->key.pid = (pid_t)pid;
		process->kernel = sqlite3_column_int(stmt, 2) != 0;
	} else if (r == 0) {
		r = -EBADMSG;
	}
	sqlite3_reset(stmt);
	return r;
}

static int add_live(struct decoder *decoder, int64_t id)
{
	struct process *process;
	int r;

	/* ids are given in rising order */
	if (decoder->nlive && (decoder->live[decoder->nlive - 1].id >= id ||
			       decoder->nlive == LIVE_MAX))
		return -EBADMSG;
	if (decoder->nlive == decoder->room) {
		size_t room = decoder->room ? decoder->room * 2 : 512;
		struct live *live =
			reallocarray(decoder->live, room, sizeof(*live));

		if (!live)
			return -ENOMEM;
		decoder->live = live;
		decoder->room = room;
	}
	process = process_new();
	if (!process)
		return -ENOMEM;
	for (int i = PART_IDENTITY; i < PART_COUNT; i++)
		if (decoder->reader->absent[i])
			decoder_no_part((enum part_id)i, process);
	r = read_key(decoder->reader, id, process);
	if (r < 0) {
		process_unref(process);
		return r;
	}
	decoder->live[decoder->nlive++] =
		(struct live){ .id = id, .process = process, .own = true };
	return 0;
}

static int remove_live(struct decoder *decoder, int64_t id)
{
	struct live *live = find_live(decoder, id);
	size_t after;

	if (!live)
		return -EBADMSG;
	after = (size_t)(decoder->live + --decoder->nlive - live);
	process_unref(live->process);
	memmove(live, live + 1, after * sizeof(*live));
	return 0;
}

/* ---- changes ------------------------------------------------------------- */

static int make_own(struct live *live)
{
	struct process *copy;

	if (live->own)
		return 0;
	copy = process_copy(live->process);
	if (!copy)
		return -ENOMEM;
	process_unref(live->process);
	live->process = copy;
	live->own = true;
	return 0;
}

static int apply_row(struct decoder *decoder, enum part_id part,
		     sqlite3_stmt *stmt)
{
	struct reader *reader = decoder->reader;
	int64_t id = sqlite3_column_int64(stmt, 0);
	struct live *live = find_live(decoder, id);
	int r = 0;

	/* an identity without a state is an exit */
	if (part == PART_IDENTITY &&
	    sqlite3_column_type(stmt, 1) == SQLITE_NULL)
		return remove_live(decoder, id);
	if (!live && part == PART_IDENTITY) {
		r = add_live(decoder, id);
		live = find_live(decoder, id);
	}
	if (r == 0 && !live)
		r = -EBADMSG;
	if (r == 0)
		r = make_own(live);
	if (r == 0)
		r = row_read(stmt, 1, &reader->layouts[part], live->process,
			     decoder->snapshot->monotonic_ns, reader_text,
			     reader);
	return r;
}

static int apply_part(struct decoder *decoder, enum part_id part)
{
	struct reader *reader = decoder->reader;
	sqlite3_stmt *stmt = reader_select(reader, part, decoder->sample);
	int r;

	while ((r = reader_step(reader, stmt)) == 1) {
		r = apply_row(decoder, part, stmt);
		if (r < 0)
			break;
	}
	sqlite3_reset(stmt);
	return r;
}

static int by_pid(const void *a, const void *b)
{
	const struct process *const *x = a, *const *y = b;
	struct process_key p = (*x)->key, q = (*y)->key;

	if (p.pid != q.pid)
		return p.pid < q.pid ? -1 : 1;
	return (p.start_ns > q.start_ns) - (p.start_ns < q.start_ns);
}

static int list_processes(struct decoder *decoder)
{
	struct snapshot *s = decoder->snapshot;

	s->processes = calloc(decoder->nlive + 1, sizeof(struct process *));
	if (!s->processes)
		return -ENOMEM;
	for (size_t i = 0; i < decoder->nlive; i++) {
		s->processes[s->nprocesses++] =
			process_ref(decoder->live[i].process);
		decoder->live[i].own = false;
	}
	qsort(s->processes, s->nprocesses, sizeof(s->processes[0]), by_pid);
	return 0;
}

int decoder_processes(struct decoder *decoder)
{
	int r = 0;

	if (decoder->is_keyframe)
		decoder_drop_processes(decoder);
	for (int i = PART_IDENTITY; i < PART_COUNT && r == 0; i++)
		r = apply_part(decoder, (enum part_id)i);
	return r < 0 ? r : list_processes(decoder);
}
