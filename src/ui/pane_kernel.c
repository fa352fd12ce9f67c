/* SPDX-License-Identifier: MIT
 *
 * Pane 7: what the kernel itself counts and holds.
 */
#include <stdio.h>

#include "tiles.h"
#include "memtop/counters.h"

static const struct list *derive_counters(struct ui *ui,
					  struct listing *listing)
{
	(void)listing;
	return counters_list(ui->snapshot);
}

static bool counter_topic(const void *row, char *buf, size_t size)
{
	const struct counter_row *counter = row;

	snprintf(buf, size, "vmstat.%s", counter->name);
	return true;
}

static const char *const counter_columns[] = { "name", "rate", "value", NULL };

static const struct listing_spec counters = {
	.title = "Counters",
	.noun = "counters",
	.entity = ENTITY_COUNTER,
	.columns = counter_columns,
	.sort = "rate",
	.active = "rate",
	.active_only = true,
	.derive = derive_counters,
	.topic = counter_topic,
};

static const struct tile tiles[] = {
	{ .listing = &counters, .column = 1, .rows = 12 },
};

const struct pane pane_kernel = {
	.name = "kernel",
	.title = "Kernel",
	.brief = "Kern",
	.key = '7',
	.where = WHERE_KERNEL,
	.view = VIEW_PROCESSES,
	.tiles = tiles,
	.ntiles = ARRAY_SIZE(tiles),
};
