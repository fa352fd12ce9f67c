/* SPDX-License-Identifier: MIT
 *
 * What happened in a recording, from its table of events alone: no sample has
 * to be made for it.  Reads from the end back, as far as that can be read,
 * because the log keeps the newest.
 */
#include <errno.h>

#include "memtop/event.h"
#include "memtop/history.h"
#include "reader.h"

/* An event stands in the file once for each change. */
#define ROWS_MAX (4 * HISTORY_EVENTS)

/* When they were read does not matter here: any age fits. */
#define NEVER_NS (UINT64_C(1) << 62)

static int take_row(struct reader *reader, struct list **rows)
{
	struct event *event = list_add(rows);
	int r;

	if (!event)
		return -ENOMEM;
	r = row_read(reader->all_events, 1, &reader->layouts[PART_EVENTS],
		     event, NEVER_NS, reader_text, reader);
	if (r < 0)
		list_drop(*rows);
	return r;
}

static struct list *newest_first(struct reader *reader)
{
	struct list *rows = list_new(ENTITY_EVENT);
	int r;

	if (!rows)
		return NULL;
	sqlite3_reset(reader->all_events);
	do {
		reader_budget(reader); /* what bounds this is ROWS_MAX */
		r = reader_step(reader, reader->all_events);
		if (r == 1)
			r = take_row(reader, &rows) < 0 ? 0 : 1;
	} while (r == 1 && rows->count < ROWS_MAX);
	sqlite3_reset(reader->all_events);
	return rows;
}

static bool begins_run(const struct event *event)
{
	return event_kind_find(event->kind) == EVENT_MEMTOP;
}

/* Rows from `from` down to `to`, in the order in which they were written. */
static struct list *turned(const struct list *rows, size_t from, size_t to)
{
	struct list *list = list_new(ENTITY_EVENT);

	for (size_t i = from + 1; list && i-- > to;) {
		if (event_add(&list, list_row(rows, i)))
			continue;
		list_unref(list);
		return NULL;
	}
	return list;
}

/* Puts the rows of one run behind those of the runs before it. */
static struct list *add_run(struct list *log, const struct list *rows,
			    size_t from, size_t to)
{
	struct list *run = turned(rows, from, to);
	struct list *merged = run ? events_merge(log, run) : NULL;

	list_unref(run);
	if (!merged)
		return log;
	list_unref(log);
	return merged;
}

struct list *reader_events(struct reader *reader)
{
	struct list *rows = reader->all_events ? newest_first(reader) : NULL;
	struct list *log = NULL;
	size_t end = list_count(rows);

	while (end > 0) {
		size_t from = end - 1, to = from;

		/* a run begins with what its memtop tells of itself */
		while (to > 0 && !begins_run(list_row(rows, to - 1)))
			to--;
		log = add_run(log, rows, from, to);
		end = to;
	}
	list_unref(rows);
	if (log)
		log->block.state = STATE_OK;
	return log;
}
