/* SPDX-License-Identifier: MIT
 *
 * What somebody did to the machine while memtop looked: dropped its caches,
 * added or took swap, changed a setting.  Figures over time mean something else
 * for a while then, and whoever reads them should know why.
 */
#include <string.h>

#include "judge.h"
#include "memtop/kernel.h"
#include "memtop/list.h"

static void note(struct verdict_judge *judge, enum notice kind)
{
	judge->notices.last =
		(struct change){ .is_there = true, .at = judge->now };
	judge->notices.kind = kind;
}

static uint64_t dropped(const struct snapshot *snapshot)
{
	const struct counter *counter =
		snapshot_counter(snapshot, "drop_pagecache");

	return counter ? counter->value : UNKNOWN;
}

static bool look_for_drop(struct verdict_judge *judge,
			  const struct snapshot *was,
			  const struct snapshot *now)
{
	uint64_t before = dropped(was), after = dropped(now);

	if (before == UNKNOWN || after == UNKNOWN || after <= before)
		return false;
	judge->notices.drops += (unsigned)(after - before);
	note(judge, NOTICE_DROPPED);
	return true;
}

static bool look_for_swap(struct verdict_judge *judge,
			  const struct snapshot *was,
			  const struct snapshot *now)
{
	uint64_t before = was->memory.swap_total;
	uint64_t after = now->memory.swap_total;

	if (before == UNKNOWN || after == UNKNOWN || before == after)
		return false;
	note(judge, NOTICE_SWAP);
	judge->notices.last.bytes = (double)after - (double)before;
	return true;
}

/* What no file gives, or gives no more, has not been changed by anybody. */
static bool is_known(const struct tunable *row)
{
	return row && row->block.state == STATE_OK && *row->value;
}

static void look_for_setting(struct verdict_judge *judge,
			     const struct snapshot *was,
			     const struct snapshot *now)
{
	const struct list *before = snapshot_list(was, ENTITY_TUNABLE);
	const struct list *after = snapshot_list(now, ENTITY_TUNABLE);

	if (before == after || list_state(before) != STATE_OK)
		return;
	for (size_t i = 0; i < list_count(after); i++) {
		const struct tunable *row = list_row(after, i);
		const struct tunable *old = list_find(before, row->name);

		if (!is_known(old) || !is_known(row) ||
		    strcmp(old->value, row->value) == 0)
			continue;
		note(judge, NOTICE_SETTING);
		memcpy(judge->notices.last.name, row->name, sizeof(row->name));
		memcpy(judge->notices.from, old->value, sizeof(old->value));
		memcpy(judge->notices.to, row->value, sizeof(row->value));
	}
}

bool notices_step(struct verdict_judge *judge, const struct snapshot *snapshot)
{
	const struct snapshot *was = judge->news.last;
	bool mutes = false;

	if (was) {
		look_for_setting(judge, was, snapshot);
		mutes |= look_for_swap(judge, was, snapshot);
		mutes |= look_for_drop(judge, was, snapshot);
	}
	if (judge->notices.last.is_there)
		judge->facts.value[FACT_NOTICE_AGO] =
			(double)passed(judge, judge->notices.last.at);
	return mutes;
}
