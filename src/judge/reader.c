/* SPDX-License-Identifier: MIT
 *
 * Who reads what the disks give, by the list of readers.  Apart from people.c,
 * which goes by what is known of every process: this is known of few, and only
 * while it matters.
 */
#include "reader.h"

#include "memtop/base.h"
#include "memtop/readers.h"

/* Of what all that were looked at read, in percent. */
#define SHARE_KNOWN 50
/* Of all that was read: whoever may not be looked at reads as well. */
#define SHARE_ALL 40
/* One reading may be of few of them, or of a child that has just ended. */
#define KEEPS_NS (10 * NS_PER_S)

static const struct reader *find_clear(const struct list *list)
{
	const struct reader *most = NULL;
	double sum = 0;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct reader *row = list_row(list, i);

		if (isnan(row->share)) /* refused as well */
			continue;
		sum += row->rate;
		if (!most || row->rate > most->rate)
			most = row;
	}
	return most && most->share >= SHARE_ALL &&
			       100 * most->rate >= SHARE_KNOWN * sum
		       ? most
		       : NULL;
}

/* The same one twice running is one to name. */
static void look(struct reading *reading, const struct list *list,
		 const struct snapshot *snapshot)
{
	const struct reader *row = find_clear(list);
	struct process_key key =
		row ? reader_key(row) : (struct process_key){ 0 };
	const struct process *process =
		row ? snapshot_find(snapshot, key) : NULL;

	if (process && process_key_equal(key, reading->clear)) {
		person_introduce(&reading->who, process, row->share);
		reading->rate = row->rate;
		reading->clear_ns = snapshot->monotonic_ns;
	}
	reading->clear = key;
}

void reading_step(struct reading *reading, const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_READER);
	const struct person *who = &reading->who;

	if (list_count(list) && list->block.read_ns != reading->list_ns) {
		reading->list_ns = list->block.read_ns;
		look(reading, list, snapshot);
	}
	if (who->is_there &&
	    (snapshot->monotonic_ns - reading->clear_ns >= KEEPS_NS ||
	     !snapshot_find(snapshot,
			    (struct process_key){ who->pid, who->start_ns })))
		reading->who.is_there = false;
}
