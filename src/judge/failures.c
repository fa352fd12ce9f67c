/* SPDX-License-Identifier: MIT
 *
 * Allocations of the kernel that failed, by its log: one event for those of a
 * minute.  What stood in the log before memtop looked is no news.  That huge
 * pages are not to be had is normal and told by nobody.
 */
#include "events.h"
#include "memtop/kill.h"

#define MERGE_NS (60 * NS_PER_S)

static void tell(struct events_judge *judge, const struct page_failure *row)
{
	bool is_first = judge->last_failure == OPEN_MAX;
	struct event *event;
	char size[FORMAT_SIZE];

	if (is_first)
		judge->last_failure =
			events_begin(judge, EVENT_FRAG, SEVERITY_NOTE);
	event = events_change(judge, judge->last_failure);
	if (!is_first)
		event->count++;
	event->log_us = row->log_us;
	event_set_text(&event->who, "%.*s", (int)sizeof(row->comm), row->comm);
	event_set_text(&event->what,
		       "got no %s in a row from the kernel%s%.*s%s",
		       format_bytes(size, row->size, FORMAT_AUTO),
		       *row->mode ? " (" : "", (int)sizeof(row->mode),
		       row->mode, *row->mode ? ")" : "");
}

void failures_step(struct events_judge *judge)
{
	const struct list *list =
		snapshot_list(judge->now, ENTITY_PAGE_FAILURE);
	size_t last = judge->last_failure;

	if (last != OPEN_MAX && judge->open[last].event.begin_ns + MERGE_NS <
					judge->now->realtime_ns)
		events_close(judge, last);
	if (list_state(list) != STATE_OK)
		return;
	for (size_t i = 0; i < list->count; i++) {
		const struct page_failure *row = list_row(list, i);

		if (judge->failures_known &&
		    row->sequence > judge->failures_sequence &&
		    row->order <= PAGE_FAILURE_ORDER_MOST)
			tell(judge, row);
		judge->failures_sequence = row->sequence;
	}
	judge->failures_known = true;
}
