/* SPDX-License-Identifier: MIT
 *
 * Figures of the whole machine that several places show: where RAM is, how
 * fast swap moves.  Apart from the drawing, so that the head and the panes
 * can't disagree.
 */
#include "figures.h"

#include <stdio.h>
#include <string.h>

#include "memtop/ledger.h"
#include "memtop/list.h"
#include "memtop/swap.h"

/* clang-format off */
static const struct shared_unit {
	uint64_t below; /* totals */
	uint64_t bytes;
	int decimals;
	char letter;
} shared_units[] = {
	{ 100 * MIB,	MIB,	    1, 'M' },
	{ 4 * GIB,	MIB,	    0, 'M' },
	{ 100 * GIB,	GIB,	    1, 'G' },
	{ 10000 * GIB,	GIB,	    0, 'G' },
	{ 100 * 1024 * GIB, 1024 * GIB, 1, 'T' },
	{ UINT64_MAX,	1024 * GIB, 0, 'T' },
};
/* clang-format on */

static uint64_t known(uint64_t value)
{
	return value == UNKNOWN ? 0 : value;
}

/* clang-format off */
static const struct {
	const char *name, *freed;
	enum glyph glyph;
	enum style style;
} ram_rows[RAM_PARTS] = {
	[RAM_ANON] = { "Processes, anonymous", "kill, swap", GLYPH_PROCESS,
		STYLE_BAR_PROCESS },
	[RAM_SHMEM] = { "Shared memory, tmpfs", "swap, rm", GLYPH_PROCESS,
		STYLE_BAR_PROCESS },
	[RAM_PAGE_CACHE] = { "Page cache", "yes", GLYPH_CACHE,
		STYLE_BAR_CACHE },
	[RAM_SLAB_FREEABLE] = { "Slab, reclaimable", "mostly", GLYPH_CACHE,
		STYLE_BAR_CACHE },
	[RAM_SLAB_FIXED] = { "Slab, unreclaimable", "no", GLYPH_KERNEL,
		STYLE_BAR_KERNEL },
	[RAM_COMPRESSED] = { "zram, zswap pools", "no", GLYPH_KERNEL,
		STYLE_BAR_KERNEL },
	[RAM_HUGETLB] = { "Huge page pool", "no", GLYPH_KERNEL,
		STYLE_BAR_KERNEL },
	[RAM_KERNEL] = { "Page tables, stacks", "on exit", GLYPH_KERNEL,
		STYLE_BAR_KERNEL },
	[RAM_UNACCOUNTED] = { "Unaccounted (drivers)", "no", GLYPH_KERNEL,
		STYLE_BAR_KERNEL },
	[RAM_FREE] = { "Free", "", GLYPH_FREE, STYLE_BAR_FREE },
};
static const uint8_t ram_row_of[LEDGER_COUNT] = {
	[LEDGER_ANON] = RAM_ANON, [LEDGER_SWAP_CACHED] = RAM_ANON,
	[LEDGER_SHMEM] = RAM_SHMEM,
	[LEDGER_FILE] = RAM_PAGE_CACHE, [LEDGER_BUFFERS] = RAM_PAGE_CACHE,
	[LEDGER_ARC] = RAM_PAGE_CACHE,
	[LEDGER_SLAB_FREEABLE] = RAM_SLAB_FREEABLE,
	[LEDGER_KERNEL_FREEABLE] = RAM_SLAB_FREEABLE,
	[LEDGER_SLAB_FIXED] = RAM_SLAB_FIXED, [LEDGER_ARC_MIN] = RAM_SLAB_FIXED,
	[LEDGER_COMPRESSED] = RAM_COMPRESSED, [LEDGER_HUGETLB] = RAM_HUGETLB,
	[LEDGER_STACKS] = RAM_KERNEL, [LEDGER_PAGE_TABLES] = RAM_KERNEL,
	[LEDGER_VMALLOC] = RAM_KERNEL, [LEDGER_PERCPU] = RAM_KERNEL,
	[LEDGER_GPU] = RAM_UNACCOUNTED, [LEDGER_BALLOON] = RAM_UNACCOUNTED,
	[LEDGER_UNACCOUNTED] = RAM_UNACCOUNTED,
	[LEDGER_CPU_LISTS] = RAM_FREE, [LEDGER_FREE] = RAM_FREE,
};
/* clang-format on */

/* "holds 7.9G" */
static void tell_compressed(const struct snapshot *s, struct ram_part *part)
{
	uint64_t zram, disk;
	char size[FIGURE_SIZE];

	swap_kinds(s, &zram, &disk);
	zram += known(s->memory.zswapped);
	if (part->bytes > 0 && zram > 0)
		snprintf(part->freed, sizeof(part->freed), "holds %s",
			 figure_shared(size, zram, s->memory.total));
}

/* "0.9G idle": pages in the pool that nobody has taken or been promised */
static void tell_hugetlb(const struct memory *m, struct ram_part *part)
{
	uint64_t idle;
	char size[FIGURE_SIZE];

	if (m->hugepages_free == UNKNOWN || m->hugepage_size == UNKNOWN)
		return;
	idle = sub_floor(m->hugepages_free, known(m->hugepages_reserved)) *
	       m->hugepage_size;
	if (idle > 0)
		snprintf(part->freed, sizeof(part->freed), "%s idle",
			 figure_shared(size, idle, m->total));
}

void ram_parts(const struct snapshot *snapshot, struct ram_part ret[RAM_PARTS])
{
	struct ledger ledger;
	bool is_known = ledger_make(snapshot, &ledger) == 0;

	for (size_t i = 0; i < RAM_PARTS; i++) {
		ret[i] = (struct ram_part){
			.name = ram_rows[i].name,
			.bytes = is_known ? 0 : UNKNOWN,
			.glyph = ram_rows[i].glyph,
			.style = ram_rows[i].style,
		};
		strcpy(ret[i].freed, ram_rows[i].freed);
	}
	if (snapshot->memory.swap_total == 0) {
		strcpy(ret[RAM_ANON].freed, "kill");
		strcpy(ret[RAM_SHMEM].freed, "rm");
	}
	if (!is_known)
		return;
	for (size_t i = 0; i < LEDGER_COUNT; i++)
		ret[ram_row_of[i]].bytes += ledger.bytes[i];
	if (ledger.bytes[LEDGER_ARC] > 0)
		ret[RAM_PAGE_CACHE].name = "Page cache, ZFS ARC";
	tell_compressed(snapshot, &ret[RAM_COMPRESSED]);
	tell_hugetlb(&snapshot->memory, &ret[RAM_HUGETLB]);
}

void ram_kinds(const struct snapshot *snapshot, struct ram_kinds *ret)
{
	struct ram_part parts[RAM_PARTS];

	memset(ret, 0, sizeof(*ret));
	ram_parts(snapshot, parts);
	for (size_t i = 0; i < RAM_PARTS; i++) {
		uint64_t bytes = known(parts[i].bytes);

		switch (parts[i].glyph) {
		case GLYPH_PROCESS:
			ret->processes += bytes;
			break;
		case GLYPH_CACHE:
			ret->cache += bytes;
			break;
		case GLYPH_KERNEL:
			ret->kernel += bytes;
			break;
		default:
			ret->free += bytes;
			break;
		}
	}
}

/* The unit for figures that are added up to such a total: five cells hold
 * each of them. */
static const struct shared_unit *shared_unit(uint64_t total)
{
	for (size_t i = 0; i + 1 < ARRAY_SIZE(shared_units); i++)
		if (total < shared_units[i].below)
			return &shared_units[i];
	return &shared_units[ARRAY_SIZE(shared_units) - 1];
}

char *figure_shared(char buf[FIGURE_SIZE], uint64_t bytes, uint64_t total)
{
	const struct shared_unit *unit = shared_unit(total);
	double value = (double)bytes / (double)unit->bytes;
	double least = unit->decimals ? 0.1 : 1;

	if (bytes == UNKNOWN)
		snprintf(buf, FIGURE_SIZE, "n/a");
	else if (bytes == 0)
		snprintf(buf, FIGURE_SIZE, "0");
	else if (value < least / 2) /* something is never shown as nothing */
		snprintf(buf, FIGURE_SIZE, "<%.*f%c", unit->decimals, least,
			 unit->letter);
	else
		snprintf(buf, FIGURE_SIZE, "%.*f%c", unit->decimals, value,
			 unit->letter);
	return buf;
}

const char *state_mark(enum state state)
{
	static const char *const marks[STATE_COUNT] = {
		[STATE_PENDING] = "..",	      [STATE_OK] = "n/a",
		[STATE_DENIED] = "?",	      [STATE_ABSENT] = "n/a",
		[STATE_NOT_APPLICABLE] = "-", [STATE_NOT_READ] = "-",
		[STATE_STUCK] = "?",
	};

	return marks[state];
}

char *figure_bytes(const struct ui *ui, char buf[FIGURE_SIZE], uint64_t bytes,
		   const struct block *block)
{
	char text[FORMAT_SIZE];

	snprintf(buf, FIGURE_SIZE, "%s",
		 bytes == UNKNOWN || block->state != STATE_OK
			 ? state_mark(block->state)
			 : format_bytes(text, bytes,
					(enum format_unit)ui->unit));
	return buf;
}

double flow_rate(const struct snapshot *snapshot, const char *counter)
{
	const struct counter *found = snapshot_counter(snapshot, counter);
	uint64_t page = snapshot->host ? snapshot->host->page_size : UNKNOWN;

	return found && page != UNKNOWN ? found->rate * (double)page : NAN;
}

char *figure_flow(const struct ui *ui, char buf[FIGURE_SIZE],
		  const char *counter)
{
	double rate = flow_rate(ui->snapshot, counter);
	char text[FORMAT_SIZE];

	if (isnan(rate))
		snprintf(buf, FIGURE_SIZE, "..");
	else if (rate < 1)
		snprintf(buf, FIGURE_SIZE, "0");
	else
		snprintf(buf, FIGURE_SIZE, "%s/s",
			 format_bytes(text, clamp_u64(rate), FORMAT_AUTO));
	return buf;
}

char *figure_percent(char buf[FIGURE_SIZE], uint64_t part, uint64_t whole)
{
	char text[FORMAT_SIZE];

	snprintf(buf, FIGURE_SIZE, "%s",
		 part == UNKNOWN || whole == UNKNOWN || !whole
			 ? "-"
			 : format_percent(text,
					  (double)part / (double)whole * 100));
	return buf;
}

void swap_kinds(const struct snapshot *snapshot, uint64_t *ret_zram,
		uint64_t *ret_disk)
{
	const struct memory *m = &snapshot->memory;
	const struct list *swaps = snapshot_list(snapshot, ENTITY_SWAP);
	uint64_t zram = 0, disk = 0;

	for (size_t i = 0; i < list_count(swaps); i++) {
		const struct swap *swap = list_row(swaps, i);

		if (strcmp(swap->type, "zram") == 0)
			zram += known(swap->used);
		else
			disk += known(swap->used);
	}
	if (!list_count(swaps) && m->swap_total != UNKNOWN &&
	    m->swap_free != UNKNOWN)
		disk = sub_floor(m->swap_total, m->swap_free);
	*ret_zram = zram;
	*ret_disk = disk;
}
