/* SPDX-License-Identifier: MIT
 *
 * The counters of a snapshot as a list of rows, and the table of its fields.
 */
#include "memtop/counters.h"

#include <stdio.h>

#include "model.h"

/* clang-format off */
#define OWN .block = offsetof(struct counter_row, block), .bound = NO_FIELD
const struct field counter_fields[COUNTER_FIELD_COUNT] = {
	{ .name = "name", .title = "VMSTAT", .width = 24, .left = true,
	  .help = "name of the counter", .kind = KIND_CHARS,
	  MEMBER(counter_row, name), OWN },
	{ .name = "rate", .title = "RATE/s", .width = 6,
	  .help = "change per second", .unit = UNIT_COUNT_PER_SECOND,
	  .kind = KIND_DOUBLE, MEMBER(counter_row, rate), OWN },
	{ .name = "value", .title = "TOTAL", .width = 5,
	  .help = "since boot; of nr_* the number now", .unit = UNIT_COUNT,
	  .kind = KIND_U64, MEMBER(counter_row, value), OWN },
};
/* clang-format on */

const struct list *counters_list(const struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_COUNTER);
	size_t count =
		snapshot->vmstat_names ? snapshot->vmstat_names->count : 0;

	if (list == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		struct counter_row *row = list_add(&list);

		if (row == NULL) {
			list_unref(list);
			return NULL;
		}
		row->block = snapshot->vmstat_block;
		snprintf(row->name, sizeof(row->name), "%s",
			 snapshot->vmstat_names->names[i]);
		row->value = snapshot->vmstat[i].value;
		row->rate = snapshot->vmstat[i].rate;
	}
	list->block = snapshot->vmstat_block;
	return list;
}
