/* SPDX-License-Identifier: MIT
 *
 * The log of events: the latest state of each, bounded.  Apart from the
 * history, which holds it, because recordings make the same of what is in a
 * file.
 */
#include "memtop/event.h"
#include "memtop/history.h"

static const struct event *row_of(const struct list *list, size_t i)
{
	return list_row(list, i);
}

/* Few are new, so a plain search will do. */
static const struct event *find(const struct list *list, uint64_t id)
{
	for (size_t i = list_count(list); i-- > 0;)
		if (row_of(list, i)->id == id)
			return row_of(list, i);
	return NULL;
}

/* A run before has told of it already: each run reads the kernel's log from
 * its beginning. */
static bool is_told(const struct list *list, const struct event *event)
{
	for (size_t i = 0; event->log_us != UNKNOWN && i < list_count(list);
	     i++) {
		const struct event *told = row_of(list, i);

		if (told->log_us == event->log_us && told->pid == event->pid &&
		    told->id != event->id)
			return true;
	}
	return false;
}

static bool is_last(const struct list *news, size_t i)
{
	for (size_t k = i + 1; k < news->count; k++)
		if (row_of(news, k)->id == row_of(news, i)->id)
			return false;
	return true;
}

/* The oldest place that a row with that id may have. */
static size_t place_of(const struct list *list, uint64_t id)
{
	size_t place = list->count;

	while (place > 0 && row_of(list, place - 1)->id > id)
		place--;
	return place;
}

/* Rows are kept in the order of their ids. */
static void sink_last(struct list *list)
{
	struct event *rows = (struct event *)list->rows;
	struct event last = rows[list->count - 1];
	size_t place;

	list->count--;
	place = place_of(list, last.id);
	for (size_t i = list->count; i > place; i--)
		rows[i] = rows[i - 1];
	rows[place] = last;
	list->count++;
}

/* Began to look: whatever went on in the run before is not known to. */
static uint64_t new_run(const struct list *news)
{
	for (size_t i = 0; i < news->count; i++)
		if (event_kind_find(row_of(news, i)->kind) == EVENT_MEMTOP)
			return row_of(news, i)->begin_ns;
	return UNKNOWN;
}

struct list *events_merge(const struct list *before, const struct list *news)
{
	struct list *merged = list_new(ENTITY_EVENT);
	uint64_t ended_ns = new_run(news);
	size_t fresh = 0, skip;
	bool ok = merged != NULL;

	for (size_t i = 0; i < news->count; i++)
		fresh += find(before, row_of(news, i)->id) == NULL;
	skip = list_count(before) + fresh > HISTORY_EVENTS
		       ? list_count(before) + fresh - HISTORY_EVENTS
		       : 0;
	for (size_t i = skip; i < list_count(before) && ok; i++) {
		const struct event *event = row_of(before, i);
		const struct event *now = find(news, event->id);

		ok = event_add(&merged, now != NULL ? now : event) != NULL;
		if (ok && now == NULL && event->end_ns == UNKNOWN)
			((struct event *)merged->rows)[merged->count - 1]
				.end_ns = ended_ns;
	}
	for (size_t i = 0; i < news->count && ok; i++) {
		if (!is_last(news, i) || find(merged, row_of(news, i)->id) ||
		    is_told(before, row_of(news, i)))
			continue;
		ok = event_add(&merged, row_of(news, i)) != NULL;
		if (ok)
			sink_last(merged);
	}
	if (ok) {
		merged->block = news->block;
		return merged;
	}
	list_unref(merged);
	return NULL;
}
