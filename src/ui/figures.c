/* SPDX-License-Identifier: MIT
 *
 * Figures of the whole machine that several places show: where RAM is, how
 * fast swap moves.  Apart from the drawing, so that the head and the panes
 * can't disagree.
 */
#include "figures.h"

#include <stdio.h>
#include <string.h>

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

/* Sum of what the kernel tells; UNKNOWN when it tells none of it. */
static uint64_t sum2(uint64_t a, uint64_t b)
{
	return a == UNKNOWN && b == UNKNOWN ? UNKNOWN : known(a) + known(b);
}

void ram_parts(const struct memory *m, struct ram_part ret[RAM_PARTS])
{
	uint64_t sum = 0;
	/* clang-format off */
	const struct ram_part parts[RAM_PARTS] = {
		[RAM_ANON] = { "Processes, anonymous", "kill, swap",
			m->anon_pages, GLYPH_PROCESS, STYLE_BAR_PROCESS },
		[RAM_SHMEM] = { "Processes, shared mem", "kill, swap",
			m->shmem, GLYPH_PROCESS, STYLE_BAR_PROCESS },
		[RAM_PAGE_CACHE] = { "Page cache", "yes",
			UNKNOWN, GLYPH_CACHE, STYLE_BAR_CACHE },
		[RAM_SLAB_FREEABLE] = { "Slab, reclaimable", "mostly",
			m->slab_reclaimable, GLYPH_CACHE, STYLE_BAR_CACHE },
		[RAM_SLAB_FIXED] = { "Slab, unreclaimable", "no",
			m->slab_unreclaimable, GLYPH_KERNEL,
			STYLE_BAR_KERNEL },
		[RAM_HUGETLB] = { "Huge page pool", "no",
			m->hugetlb, GLYPH_KERNEL, STYLE_BAR_KERNEL },
		[RAM_TABLES] = { "Page tables, stacks", "on exit",
			UNKNOWN, GLYPH_KERNEL, STYLE_BAR_KERNEL },
		[RAM_OTHER] = { "Other (drivers, zram)", "no",
			UNKNOWN, GLYPH_KERNEL, STYLE_BAR_KERNEL },
		[RAM_FREE] = { "Free", "",
			m->free, GLYPH_FREE, STYLE_BAR_FREE },
	};
	/* clang-format on */

	memcpy(ret, parts, sizeof(parts));
	/* Cached counts shmem too */
	if (m->cached != UNKNOWN)
		ret[RAM_PAGE_CACHE].bytes = sub_floor(
			m->cached + known(m->buffers), known(m->shmem));
	ret[RAM_TABLES].bytes =
		sum2(sum2(m->page_tables, m->sec_page_tables), m->kernel_stack);
	if (m->total == UNKNOWN)
		return;
	for (size_t i = 0; i < RAM_PARTS; i++)
		if (i != RAM_OTHER)
			sum += known(ret[i].bytes);
	ret[RAM_OTHER].bytes = sub_floor(m->total, sum);
}

void ram_kinds(const struct memory *memory, struct ram_kinds *ret)
{
	struct ram_part parts[RAM_PARTS];

	memset(ret, 0, sizeof(*ret));
	ram_parts(memory, parts);
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
	uint64_t zram = 0, disk = 0;

	for (size_t i = 0; i < snapshot->nswaps; i++) {
		const struct swap *swap = &snapshot->swaps[i];

		if (strcmp(swap->type, "zram") == 0)
			zram += known(swap->used);
		else
			disk += known(swap->used);
	}
	if (!snapshot->nswaps && m->swap_total != UNKNOWN &&
	    m->swap_free != UNKNOWN)
		disk = sub_floor(m->swap_total, m->swap_free);
	*ret_zram = zram;
	*ret_disk = disk;
}
