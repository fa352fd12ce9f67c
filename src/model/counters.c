/* SPDX-License-Identifier: MIT
 *
 * The counters of a snapshot as a list of rows, and the table of its fields.
 */
#include "memtop/counters.h"

#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/rates.h"
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

/* nr_free_pages 4100 is a number now, nr_dirtied 180211 is since boot. */
static bool is_number_now(const char *name)
{
	static const char *const since_boot[] = {
		"nr_dirtied",
		"nr_written",
		"nr_throttled_written",
		"nr_vmscan_write",
		"nr_vmscan_immediate_reclaim",
		"nr_foll_pin_acquired",
		"nr_foll_pin_released",
		"nr_tlb_remote_flush",
		"nr_tlb_remote_flush_received",
		"nr_tlb_local_flush_all",
		"nr_tlb_local_flush_one",
	};

	for (size_t i = 0; i < ARRAY_SIZE(since_boot); i++)
		if (strcmp(name, since_boot[i]) == 0)
			return false;
	return strncmp(name, "nr_", 3) == 0 ||
	       strcmp(name, "workingset_nodes") == 0;
}

double counters_rate(const char *name, uint64_t before, uint64_t before_ns,
		     uint64_t now, uint64_t now_ns)
{
	if (before != UNKNOWN && now < before && is_number_now(name))
		return -rate_between(now, before_ns, before, now_ns);
	return rate_between(before, before_ns, now, now_ns);
}

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
