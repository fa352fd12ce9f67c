/* SPDX-License-Identifier: MIT
 *
 * Pane 9: where every byte of RAM is, and the RAM that is files: it belongs to
 * no process, so no other pane shows who has it.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "memtop/ledger.h"
#include "memtop/ramfiles.h"
#include "tiles.h"

/* ---- the ledger ---------------------------------------------------------- */

static const struct list *derive_ledger(struct ui *ui, struct listing *listing)
{
	(void)listing;
	return ledger_list(ui->snapshot);
}

/* The entry of the glossary that tells most about a part. */
static bool ledger_topic(const void *row, char *buf, size_t size)
{
	/* clang-format off */
	static const char *const topics[LEDGER_COUNT] = {
		[LEDGER_ANON] = "memory.anon_pages",
		[LEDGER_SWAP_CACHED] = "memory.swap_cached",
		[LEDGER_SHMEM] = "memory.shmem",
		[LEDGER_FILE] = "memory.cached",
		[LEDGER_BUFFERS] = "memory.buffers",
		[LEDGER_ARC] = "arc.size",
		[LEDGER_ARC_MIN] = "arc.min",
		[LEDGER_SLAB_FREEABLE] = "memory.slab_reclaimable",
		[LEDGER_SLAB_FIXED] = "memory.slab_unreclaimable",
		[LEDGER_KERNEL_FREEABLE] = "memory.kreclaimable",
		[LEDGER_STACKS] = "memory.kernel_stack",
		[LEDGER_PAGE_TABLES] = "memory.page_tables",
		[LEDGER_VMALLOC] = "memory.vmalloc_used",
		[LEDGER_PERCPU] = "memory.percpu",
		[LEDGER_COMPRESSED] = "memory.zswap",
		[LEDGER_HUGETLB] = "memory.hugetlb",
		[LEDGER_GPU] = "memory.gpu_active",
		[LEDGER_BALLOON] = "memory.balloon",
		[LEDGER_UNACCOUNTED] = "ledger.bytes",
		[LEDGER_CPU_LISTS] = "memory.free",
		[LEDGER_FREE] = "memory.free",
	};
	/* clang-format on */
	const struct ledger_row *part = row;

	snprintf(buf, size, "%s", topics[part->part]);
	return true;
}

/* Figures that are no part of RAM, but promises and locks on it. */
static void note_ledger(const struct ui *ui, const struct listing *listing,
			char *buf, size_t size)
{
	const struct memory *m = &ui->snapshot->memory;
	char committed[FIGURE_SIZE], limit[FIGURE_SIZE], locked[FIGURE_SIZE];

	(void)listing;
	snprintf(buf, size, "promised %s of %s, locked %s",
		 figure_bytes(ui, committed, m->committed, &m->block),
		 figure_bytes(ui, limit, m->commit_limit, &m->block),
		 figure_bytes(ui, locked, m->mlocked, &m->block));
}

static const char *const ledger_columns[] = { "title", "bytes", "share",
					      "freeable", NULL };
static const char *const ledger_drop[] = { "share", "freeable", NULL };

static const struct listing_spec ledger = {
	.title = "Where RAM is",
	.noun = "parts",
	.entity = ENTITY_LEDGER,
	.columns = ledger_columns,
	.drop = ledger_drop,
	.sort = "bytes",
	.derive = derive_ledger,
	.note = note_ledger,
	.topic = ledger_topic,
	.empty = "MemTotal is not known",
};

/* ---- files in memory ----------------------------------------------------- */

/* What all rows of a field come to, as far as they are known. */
static uint64_t sum_of(const struct list *list, size_t offset)
{
	uint64_t sum = 0, value;

	for (size_t i = 0; i < list_count(list); i++) {
		memcpy(&value, (const char *)list_row(list, i) + offset,
		       sizeof(value));
		sum += value == UNKNOWN ? 0 : value;
	}
	return sum;
}

static void note_tmpfs(const struct ui *ui, const struct listing *listing,
		       char *buf, size_t size)
{
	char sum[FORMAT_SIZE];

	(void)ui;
	if (list_count(listing->of))
		snprintf(buf, size, "%s",
			 format_bytes(sum,
				      sum_of(listing->of,
					     offsetof(struct tmpfs, used)),
				      FORMAT_AUTO));
}

static const char *const tmpfs_columns[] = { "path",  "used", "size",
					     "files", "type", NULL };
static const char *const tmpfs_drop[] = { "type", "files", "size", NULL };

static const struct listing_spec tmpfs = {
	.title = "File systems in memory",
	.noun = "mounts",
	.entity = ENTITY_TMPFS,
	.columns = tmpfs_columns,
	.drop = tmpfs_drop,
	.sort = "used",
	.active = "used",
	.note = note_tmpfs,
	.empty = "none",
};

/* Segments stay when the last who used them has gone: usually a leak. */
static void note_shared(const struct ui *ui, const struct listing *listing,
			char *buf, size_t size)
{
	const struct host *host = ui->snapshot ? ui->snapshot->host : NULL;
	uint64_t left = 0;
	char sum[FORMAT_SIZE], leaks[FORMAT_SIZE];
	int n;

	for (size_t i = 0; i < list_count(listing->of); i++) {
		const struct shared *row = list_row(listing->of, i);

		if (row->attached == 0 && row->bytes != UNKNOWN)
			left += row->bytes;
	}
	n = snprintf(buf, size, "%s",
		     format_bytes(sum,
				  sum_of(listing->of,
					 offsetof(struct shared, bytes)),
				  FORMAT_AUTO));
	if (left)
		n += snprintf(buf + n, size - (size_t)n, ", %s unattached",
			      format_bytes(leaks, left, FORMAT_AUTO));
	/* their descriptors could not be looked at */
	if (host && !host->sees_all)
		snprintf(buf + n, size - (size_t)n, ", others' memfds ?");
}

static const char *const shared_columns[] = { "name",	  "bytes",   "swap",
					      "attached", "holders", "kind",
					      "pid",	  "command", NULL };
static const char *const shared_drop[] = { "kind",     "holders", "swap",
					   "attached", "pid",	  "command",
					   NULL };

static const struct listing_spec shared = {
	.title = "Shared memory",
	.noun = "segments and files",
	.entity = ENTITY_SHARED,
	.columns = shared_columns,
	.drop = shared_drop,
	.first_min = 20,
	.sort = "bytes",
	.active = "bytes",
	.note = note_shared,
	.empty = "none",
};

static const struct tile tiles[] = {
	{ .listing = &ledger, .column = 0, .rows = 16 },
	{ .listing = &tmpfs, .column = 1, .rows = 8 },
	{ .listing = &shared, .column = 1, .rows = 8 },
};

const struct pane pane_ram = {
	.name = "ram",
	.title = "RAM",
	.brief = "RAM",
	.key = '9',
	.where = WHERE_RAM,
	.view = VIEW_RAM,
	.tiles = tiles,
	.ntiles = ARRAY_SIZE(tiles),
};
