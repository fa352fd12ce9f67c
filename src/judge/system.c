/* SPDX-License-Identifier: MIT
 *
 * What changed about the machine from one sample to the next: jumps of what is
 * available, swap, RAM and huge page pools that came or went, settings, caches
 * that somebody dropped.  Apart from changes.c, which is about processes.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/kernel.h"
#include "memtop/swap.h"

#define SPAN_NS (5 * NS_PER_S)
/* Less was not this one's doing. */
#define MOVED_LEAST (32 * MIB)

static struct event *tell(struct events_judge *judge, enum event_kind kind,
			  const char *who)
{
	size_t place = events_begin(judge, kind, SEVERITY_NOTE);
	struct event *event = events_change(judge, place);

	if (who)
		event_set_text(&event->who, "%s", who);
	events_close(judge, place);
	return event;
}

/* ---- steps --------------------------------------------------------------- */

static bool system_changed(const struct events_judge *judge)
{
	const struct memory *a = &judge->before->memory;
	const struct memory *b = &judge->now->memory;

	return a->total != b->total || a->hugetlb != b->hugetlb ||
	       a->swap_total != b->swap_total;
}

/* By how much it rose, or fell, over that time: since the sample before, or as
 * it has lately. */
static double moved(const struct events_judge *judge, const struct process *p,
		    bool up, uint64_t over_ns)
{
	const struct process *was = snapshot_find(judge->before, p->key);
	double change = (double)events_footprint(p) -
			(was ? (double)events_footprint(was) : 0);
	double rate = p->growth_rate * (double)over_ns / (double)NS_PER_S;

	if (!up)
		change = -change, rate = -rate;
	return rate > change ? rate : change;
}

static const struct process *who_moved(const struct events_judge *judge,
				       bool up, uint64_t over_ns)
{
	const struct process *who = NULL;
	double most = MOVED_LEAST;

	for (size_t i = 0; i < judge->now->nprocesses; i++) {
		const struct process *p = judge->now->processes[i];
		double by = p->kernel ? 0 : moved(judge, p, up, over_ns);

		if (by < most)
			continue;
		most = by;
		who = p;
	}
	return who;
}

static void tell_step(struct events_judge *judge, uint64_t from, uint64_t to,
		      uint64_t over_ns)
{
	size_t place = events_begin(judge, EVENT_STEP, SEVERITY_NOTE);
	struct event *event = events_change(judge, place);
	const struct process *who = who_moved(judge, to < from, over_ns);
	char size[FORMAT_SIZE], time[FORMAT_SIZE], left[FORMAT_SIZE];
	/* no finer than the samples are apart */
	uint64_t seconds = (over_ns + NS_PER_S / 2) / NS_PER_S;

	if (!seconds)
		seconds = 1;
	if (who)
		event_set_process(event, who);
	event_set_text(&event->what,
		       "memory in use %s by %s in %s; available %s",
		       to < from ? "rose" : "fell",
		       format_bytes(size, to < from ? from - to : to - from,
				    FORMAT_AUTO),
		       format_duration(time, seconds * NS_PER_S),
		       format_bytes(left, to, FORMAT_AUTO));
	events_close(judge, place);
	judge->step_told_ns = judge->now->boottime_ns;
}

/* Against the five seconds before: a twentieth of RAM. */
static void find_step(struct events_judge *judge)
{
	uint64_t now_ns = judge->now->boottime_ns;
	uint64_t available = judge->now->memory.available;
	uint64_t total = judge->now->memory.total;
	const size_t count = ARRAY_SIZE(judge->available_5s);

	if (available == UNKNOWN || total == UNKNOWN)
		return;
	for (size_t i = 0; i < count; i++) {
		uint64_t at = judge->available_at_ns[i];
		uint64_t was = judge->available_5s[i];
		uint64_t change =
			was > available ? was - available : available - was;

		if (!at || at + SPAN_NS < now_ns || change < total / 20 ||
		    judge->step_told_ns + SPAN_NS > now_ns)
			continue;
		tell_step(judge, was, available, now_ns - at);
		break;
	}
	judge->available_5s[judge->available_next] = available;
	judge->available_at_ns[judge->available_next] = now_ns;
	judge->available_next = (judge->available_next + 1) % count;
}

static void forget_levels(struct events_judge *judge)
{
	memset(judge->available_at_ns, 0, sizeof(judge->available_at_ns));
}

/* ---- swap, RAM, pools ---------------------------------------------------- */

/* The device that is in one of the lists and not in the other. */
static const struct text *device_of(const struct list *with,
				    const struct list *without)
{
	for (size_t i = 0; i < list_count(with); i++) {
		const struct swap *row = list_row(with, i);

		if (row->name && !list_find(without, text_str(row->name)))
			return row->name;
	}
	return NULL;
}

static void tell_swap(struct events_judge *judge, const struct text *device,
		      const char *what, uint64_t bytes)
{
	struct event *event =
		tell(judge, EVENT_SWAP, device ? text_str(device) : "swap");
	char size[FORMAT_SIZE];

	event_set_text(&event->what, "%s (%s)", what,
		       format_bytes(size, bytes, FORMAT_AUTO));
}

static void find_swap(struct events_judge *judge)
{
	const struct memory *a = &judge->before->memory;
	const struct memory *b = &judge->now->memory;
	const struct list *was = snapshot_list(judge->before, ENTITY_SWAP);
	const struct list *now = snapshot_list(judge->now, ENTITY_SWAP);

	if (a->swap_total == UNKNOWN || b->swap_total == UNKNOWN ||
	    b->swap_free == UNKNOWN)
		return;
	if (b->swap_total > a->swap_total)
		tell_swap(judge, device_of(now, was), "was added",
			  b->swap_total - a->swap_total);
	if (b->swap_total < a->swap_total)
		tell_swap(judge, device_of(was, now), "was taken away",
			  a->swap_total - b->swap_total);
	if (!b->swap_total)
		judge->swap_was_full = false;
	else if (b->swap_free <= b->swap_total / 50 && !judge->swap_was_full)
		tell_swap(judge, NULL, "is full", b->swap_total);
	if (b->swap_total && b->swap_free <= b->swap_total / 50)
		judge->swap_was_full = true;
	else if (b->swap_free > b->swap_total / 10)
		judge->swap_was_full = false;
}

/* "huge page pools went from 2.0G to 4.0G" */
static void tell_level(struct events_judge *judge, enum event_kind kind,
		       const char *what, uint64_t from, uint64_t to)
{
	char was[FORMAT_SIZE], now[FORMAT_SIZE];

	if (from == UNKNOWN || to == UNKNOWN || from == to)
		return;
	event_set_text(&tell(judge, kind, NULL)->what, "%s went from %s to %s",
		       what, format_bytes(was, from, FORMAT_AUTO),
		       format_bytes(now, to, FORMAT_AUTO));
}

static void find_levels(struct events_judge *judge)
{
	const struct memory *a = &judge->before->memory;
	const struct memory *b = &judge->now->memory;

	tell_level(judge, EVENT_HUGE, "huge page pools", a->hugetlb,
		   b->hugetlb);
	tell_level(judge, EVENT_RAM, "RAM of the machine", a->total, b->total);
}

/* ---- settings ------------------------------------------------------------ */

static const struct tunable *find_before(const struct list *before,
					 const struct tunable *now, size_t at)
{
	const struct tunable *was;

	/* nearly always in the same place */
	if (at < list_count(before)) {
		was = list_row(before, at);
		if (strcmp(was->name, now->name) == 0)
			return was;
	}
	return list_find(before, now->name);
}

/* What no file gives, or gives no more, has not been changed by anybody. */
static bool is_known(const struct tunable *row)
{
	return row && row->block.state == STATE_OK && *row->value;
}

static void find_settings(struct events_judge *judge)
{
	const struct list *before =
		snapshot_list(judge->before, ENTITY_TUNABLE);
	const struct list *now = snapshot_list(judge->now, ENTITY_TUNABLE);

	if (before == now || list_state(before) != STATE_OK)
		return;
	for (size_t i = 0; i < list_count(now); i++) {
		const struct tunable *row = list_row(now, i);
		const struct tunable *was = find_before(before, row, i);
		struct event *event;

		if (!is_known(row) || !is_known(was) ||
		    strcmp(was->value, row->value) == 0)
			continue;
		event = tell(judge, EVENT_SYSCTL, row->name);
		event_set_text(&event->what, "was changed from %s to %s",
			       was->value, row->value);
	}
}

/* By how much the counter rose since the sample before. */
static uint64_t rise(const struct events_judge *judge, enum event_counter which)
{
	uint64_t before = judge->counted_before[which];
	uint64_t now = judge->counted[which];

	return before == UNKNOWN || now == UNKNOWN || now < before
		       ? 0
		       : now - before;
}

/* echo 1, 2 or 3 > /proc/sys/vm/drop_caches */
static void find_drops(struct events_judge *judge)
{
	bool pages = rise(judge, COUNT_DROP_PAGECACHE) > 0;
	bool slabs = rise(judge, COUNT_DROP_SLAB) > 0;

	if (pages || slabs)
		event_set_text(&tell(judge, EVENT_DROP, "drop_caches")->what,
			       "somebody dropped the %s; this only hides what "
			       "fills memory",
			       !slabs	? "page cache"
			       : !pages ? "caches of names and inodes"
					: "page cache and those of names and "
					  "inodes");
}

void system_step(struct events_judge *judge, bool is_gap)
{
	if (!judge->before)
		return;
	find_swap(judge);
	find_levels(judge);
	find_settings(judge);
	find_drops(judge);
	if (is_gap || system_changed(judge))
		forget_levels(judge);
	find_step(judge);
}
