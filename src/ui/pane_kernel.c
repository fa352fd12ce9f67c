/* SPDX-License-Identifier: MIT
 *
 * Pane 7: what the kernel itself holds and counts, and how it is set.  Boxes
 * only; each is a table of what it shows.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "figures.h"
#include "memtop/counters.h"
#include "memtop/kernel.h"
#include "sparks.h"
#include "tiles.h"

/* ---- slab caches --------------------------------------------------------- */

static void slab_note(const struct ui *ui, const struct listing *listing,
		      char *buf, size_t size)
{
	const struct memory *m = &ui->snapshot->memory;
	char all[FIGURE_SIZE], some[FIGURE_SIZE];

	(void)listing;
	if (m->slab == UNKNOWN || m->slab_reclaimable == UNKNOWN)
		return;
	snprintf(buf, size, "%s, %s reclaimable",
		 figure_bytes(ui, all, m->slab, &m->block),
		 figure_bytes(ui, some, m->slab_reclaimable, &m->block));
}

static const struct listing_spec slabs = {
	.title = "Slab",
	.noun = "caches",
	.entity = ENTITY_SLAB,
	.columns =
		(const char *const[]){ "name", "size", "objects", "use_percent",
				       "growth_rate", "reclaimable", NULL },
	.drop = (const char *const[]){ "objects", "reclaimable", "use_percent",
				       NULL },
	.sort = "size",
	.active = "size",
	.active_only = true,
	.note = slab_note,
};

/* ---- free blocks --------------------------------------------------------- */

static const char *const block_sizes[] = { "4K",  "8K",	  "16K",  "32K",
					   "64K", "128K", "256K", "512K",
					   "1M",  "2M",	  "4M" };

/* "2M" over blocks of that size, where pages are of 4 KiB. */
static const char *block_size(const struct ui *ui, const struct field *field)
{
	const struct host *host = ui->snapshot->host;
	unsigned long order;

	if (strncmp(field->name, "order", 5) || !host ||
	    host->page_size != 4 * KIB)
		return NULL;
	order = strtoul(field->name + 5, NULL, 10);
	return order < ARRAY_SIZE(block_sizes) ? block_sizes[order] : NULL;
}

/* The same rows, with what is of no use for the chosen size. */
static const struct list *derive_blocks(struct ui *ui, struct listing *listing)
{
	const struct list *of =
		snapshot_list(ui->snapshot, listing->spec->entity);
	const struct host *host = ui->snapshot->host;
	struct list *list;

	if (!ui->block_order || !of || !host)
		return list_ref(of);
	list = list_new(listing->spec->entity);
	if (!list)
		return NULL;
	list->block = of->block;
	for (size_t i = 0; i < list_count(of); i++) {
		struct free_blocks *row = list_add(&list);

		if (!row)
			break;
		memcpy(row, list_row(of, i), sizeof(*row));
		free_blocks_sum(row, host->page_size, ui->block_order);
	}
	return list;
}

void act_block_size(struct ui *ui, int arg)
{
	(void)arg;
	ui->block_order = (ui->block_order + 1) % ARRAY_SIZE(block_sizes);
	tiles_refresh(ui, ui_tiles(ui));
	if (ui->block_order)
		ui_message(ui, "UNUS: free, but in blocks below %u pages",
			   1U << ui->block_order);
	else
		ui_message(ui, "UNUS: free, but in blocks below a huge page");
}

/* Which zones have no block for a huge page. */
static void block_note(const struct ui *ui, const struct listing *listing,
		       char *buf, size_t size)
{
	uint64_t huge = ui->snapshot->thp.hpage_pmd_size;
	const char *between = " in ";
	size_t at = 0;

	if (huge == UNKNOWN)
		return;
	for (size_t i = 0; i < list_count(listing->of) && at < size; i++) {
		const struct free_blocks *row = list_row(listing->of, i);

		if (row->largest >= huge)
			continue;
		if (!at)
			at = (size_t)snprintf(buf, size, "no %lluM",
					      (unsigned long long)(huge / MIB));
		at += (size_t)snprintf(buf + at, size - at, "%s%s", between,
				       row->name);
		between = ", ";
	}
}

static const struct listing_spec blocks = {
	.title = "Free blocks by size",
	.noun = "zones",
	.entity = ENTITY_BLOCKS,
	.columns =
		(const char *const[]){ "name", "order0", "order1", "order2",
				       "order3", "order4", "order5", "order6",
				       "order7", "order8", "order9", "order10",
				       "unusable", NULL },
	.drop = (const char *const[]){ "order1", "order2", "order4", "order5",
				       "order7", "order8", "order6", "order3",
				       NULL },
	.sort = "unusable",
	.heading = block_size,
	.derive = derive_blocks,
	.note = block_note,
};

/* By what their surroundings are for: movable pages among others are what
 * compaction can not help with. */
static const struct listing_spec types = {
	.title = "Free blocks by type",
	.noun = "types",
	.entity = ENTITY_TYPE_BLOCKS,
	.first_min = 18,
	.columns =
		(const char *const[]){ "name", "free", "order0", "order1",
				       "order2", "order3", "order4", "order5",
				       "order6", "order7", "order8", "order9",
				       "order10", "unusable", NULL },
	.drop = (const char *const[]){ "order1", "order2", "order4", "order5",
				       "order7", "order8", "order6", "order3",
				       "order0", NULL },
	.sort = "free",
	.heading = block_size,
	.derive = derive_blocks,
};

/* ---- zones --------------------------------------------------------------- */

static void zone_note(const struct ui *ui, const struct listing *listing,
		      char *buf, size_t size)
{
	struct watermarks sums = watermarks_sum(ui->snapshot);
	const struct memory *m = &ui->snapshot->memory;
	char free[FIGURE_SIZE], min[FORMAT_SIZE], low[FORMAT_SIZE];

	(void)listing;
	if (sums.min != UNKNOWN)
		snprintf(buf, size, "free %s, min %s, low %s",
			 figure_bytes(ui, free, m->free, &m->block),
			 format_bytes(min, sums.min, FORMAT_AUTO),
			 format_bytes(low, sums.low, FORMAT_AUTO));
}

static const struct listing_spec zones = {
	.title = "Zones",
	.noun = "zones",
	.entity = ENTITY_ZONE,
	.columns =
		(const char *const[]){ "name", "free", "min", "low", "high",
				       "protection", "managed", "state", NULL },
	.drop = (const char *const[]){ "managed", "protection", "high", NULL },
	.sort = "free",
	.reverse = true,
	.note = zone_note,
};

/* ---- nodes, protocols ---------------------------------------------------- */

static const struct listing_spec nodes = {
	.title = "NUMA nodes",
	.noun = "nodes",
	.entity = ENTITY_NODE,
	.columns = (const char *const[]){ "name", "total", "free", "anon",
					  "file", "slab", "numa_hit",
					  "numa_miss", "numa_foreign", NULL },
	.drop = (const char *const[]){ "numa_hit", "slab", "numa_foreign",
				       NULL },
	.sort = "name",
};

static void protocol_note(const struct ui *ui, const struct listing *listing,
			  char *buf, size_t size)
{
	const struct sockets *s = &ui->snapshot->sockets;
	char tcp[FIGURE_SIZE];

	(void)listing;
	if (s->block.state == STATE_OK)
		snprintf(buf, size, "TCP %s",
			 figure_bytes(ui, tcp, s->tcp_memory, &s->block));
}

static const struct listing_spec protocols = {
	.title = "Sockets",
	.noun = "protocols",
	.entity = ENTITY_PROTOCOL,
	.columns = (const char *const[]){ "name", "sockets", "memory",
					  "object_size", NULL },
	.sort = "memory",
	.note = protocol_note,
};

/* ---- counters ------------------------------------------------------------ */

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

static void counter_spark(struct ui *ui, const void *row,
			  const struct canvas *line)
{
	const struct counter_row *counter = row;
	const char *const names[] = { counter->name, NULL };

	spark_draw(ui, line, 0, 0, names);
}

static const struct listing_spec counters = {
	.title = "Counters",
	.noun = "counters",
	.entity = ENTITY_COUNTER,
	.columns = (const char *const[]){ "name", "rate", "value", NULL },
	.drop = (const char *const[]){ "value", NULL },
	.sort = "rate",
	.active = "rate",
	.active_only = true,
	.derive = derive_counters,
	.topic = counter_topic,
	.tail_title = "LAST 2 MIN",
	.tail_width = SPARK_CELLS,
	.tail = counter_spark,
};

/* ---- tunables ------------------------------------------------------------ */

/* The entry of the setting itself, where the glossary has one. */
static bool tunable_topic(const void *row, char *buf, size_t size)
{
	const struct tunable *tunable = row;

	snprintf(buf, size, "%s", tunable->name);
	return true;
}

static void tunable_note(const struct ui *ui, const struct listing *listing,
			 char *buf, size_t size)
{
	unsigned changed = 0;

	(void)ui;
	for (size_t i = 0; i < list_count(listing->of); i++) {
		const struct tunable *row = list_row(listing->of, i);

		changed += row->changed == 1;
	}
	if (list_count(listing->of))
		snprintf(buf, size, "%u changed", changed);
}

static const struct listing_spec tunables = {
	.title = "Tunables",
	.noun = "settings",
	.entity = ENTITY_TUNABLE,
	.columns = (const char *const[]){ "name", "value", "usual", "changed",
					  NULL },
	.drop = (const char *const[]){ "changed", NULL },
	.sort = "changed",
	.active = "changed",
	.note = tunable_note,
	.topic = tunable_topic,
};

/* ---- who took it --------------------------------------------------------- */

static const struct listing_spec sites = {
	.title = "Allocation sites",
	.noun = "sites",
	.entity = ENTITY_ALLOCATION,
	.columns = (const char *const[]){ "name", "bytes", "calls", "accurate",
					  NULL },
	.drop = (const char *const[]){ "accurate", "calls", NULL },
	.sort = "bytes",
	.empty = "Nothing is counted: boot with sysctl.vm.mem_profiling=1.",
};

static const struct tile tiles[] = {
	{ .listing = &slabs, .column = 0, .rows = 12 },
	{ .listing = &counters, .column = 1, .rows = 12 },
	{ .listing = &blocks, .column = 0, .rows = 5 },
	{ .listing = &types, .column = 0, .rows = 4 },
	{ .listing = &zones, .column = 0, .rows = 5 },
	{ .listing = &nodes, .column = 0, .rows = 3 },
	{ .listing = &tunables, .column = 1, .rows = 8 },
	{ .listing = &protocols, .column = 1, .rows = 4 },
	{ .listing = &sites, .column = 1, .rows = 4 },
};

const struct pane pane_kernel = {
	.name = "kernel",
	.title = "Kernel",
	.brief = "Kern",
	.key = '7',
	.where = WHERE_KERNEL,
	.view = VIEW_KERNEL,
	.tiles = tiles,
	.ntiles = ARRAY_SIZE(tiles),
};
