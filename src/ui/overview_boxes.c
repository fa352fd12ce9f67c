/* SPDX-License-Identifier: MIT
 *
 * The boxes of the Overview about the whole machine: where RAM went, the last
 * ten minutes.
 */
#include "overview_boxes.h"

#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "memtop/text.h"
#include "trends.h"

#define BAR_FROM 23 /* column behind the names */

void box_ram(const struct ui *ui, const struct canvas *c)
{
	const struct memory *m = &ui->snapshot->memory;
	struct ram_part parts[RAM_PARTS];
	char title[64], size[FIGURE_SIZE], share[FIGURE_SIZE];
	int bar = c->cols - 48;

	snprintf(title, sizeof(title), "Where %s of RAM went",
		 figure_shared(size, m->total, m->total));
	draw_heading(c, 0, title, "can it be freed?");
	ram_parts(ui->snapshot, parts);
	for (int i = 0; i < RAM_PARTS; i++) {
		const struct ram_part *part = &parts[i];
		int cells, col = BAR_FROM + 12;

		draw_text(c, i + 1, 0, STYLE_NORMAL, part->name);
		if (part->bytes == UNKNOWN) {
			draw_right(c, i + 1, BAR_FROM - 1, STYLE_DIM, 6,
				   state_mark(m->block.state));
			continue;
		}
		figure_shared(size, part->bytes, m->total);
		figure_percent(share, part->bytes, m->total);
		draw_format(c, i + 1, BAR_FROM - 1, STYLE_NORMAL, "%6s %4s",
			    size, share);
		/* figures of one file, read in one go, but anybody's file */
		cells = bar > 0 && m->total
				? (int)(fmin((double)part->bytes /
						     (double)m->total,
					     1) *
						bar +
					0.5)
				: 0;
		if (!cells && part->bytes > 0 && bar > 0)
			cells = 1;
		for (int k = 0; k < cells; k++)
			col = draw_glyph(c, i + 1, col, part->style,
					 part->glyph);
		draw_text(c, i + 1, c->cols - 11, STYLE_NORMAL, part->freed);
	}
}

/* Below this the parts take a row more. */
#define REST_WIDE 80

int box_rest_rows(int cols)
{
	return cols >= REST_WIDE ? 3 : 4;
}

/* "slab 2.9G (0.7G frees)" */
static void slab_text(const struct ram_part *parts, uint64_t total, char *buf,
		      size_t size)
{
	uint64_t fixed = parts[RAM_SLAB_FIXED].bytes;
	uint64_t freeable = parts[RAM_SLAB_FREEABLE].bytes;
	char all[FIGURE_SIZE], frees[FIGURE_SIZE];

	if (fixed == UNKNOWN || freeable == UNKNOWN)
		snprintf(buf, size, "slab n/a");
	else
		snprintf(buf, size, "slab %s (%s frees)",
			 figure_shared(all, fixed + freeable, total),
			 figure_shared(frees, freeable, total));
}

void box_rest(const struct ui *ui, const struct canvas *c)
{
	static const struct {
		const char *name;
		int part;
	} shown[] = {
		{ "anonymous", RAM_ANON },  { "page cache", RAM_PAGE_CACHE },
		{ "slab", RAM_SLAB_FIXED }, { "hugetlb", RAM_HUGETLB },
		{ "shmem", RAM_SHMEM },	    { "tables", RAM_KERNEL },
		{ "zram", RAM_COMPRESSED }, { "unaccounted", RAM_UNACCOUNTED },
		{ "free", RAM_FREE },	    { "THP", RAM_PARTS },
	};
	const struct memory *m = &ui->snapshot->memory;
	struct ram_part parts[RAM_PARTS];
	int row = 1, col = 0;

	ram_parts(ui->snapshot, parts);
	draw_heading(c, 0, "Where RAM went", "");
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		char text[2 * FIGURE_SIZE + 32], figure[FIGURE_SIZE];

		if (shown[i].part == RAM_COMPRESSED &&
		    parts[RAM_COMPRESSED].bytes == 0)
			continue;
		if (shown[i].part == RAM_PARTS)
			snprintf(text, sizeof(text), "THP %s of anon",
				 figure_percent(figure, m->anon_huge,
						m->anon_pages));
		else if (shown[i].part == RAM_SLAB_FIXED)
			slab_text(parts, m->total, text, sizeof(text));
		else
			snprintf(text, sizeof(text), "%s %s", shown[i].name,
				 figure_shared(figure,
					       parts[shown[i].part].bytes,
					       m->total));
		if (col && col + text_cells(text) > c->cols) {
			row++;
			col = 0;
		}
		col = draw_text(c, row, col, STYLE_NORMAL, text) + 3;
	}
}

void box_trends(const struct ui *ui, const struct canvas *c)
{
	const struct snapshot *s = ui->snapshot;
	const struct pressure *p = &s->pressure;
	int width = c->cols - 18;
	char right[32], text[FIGURE_SIZE];

	snprintf(right, sizeof(right), "1 cell = %u s",
		 trend_cell_seconds(width));
	draw_heading(c, 0, "Last 10 minutes", right);
	static const char *const names[TREND_COUNT] = {
		[TREND_AVAILABLE] = "avail",
		[TREND_SWAP_IN] = "swap in",
		[TREND_SWAP_OUT] = "swap out",
		[TREND_PSI_FULL] = "PSI full",
	};
	for (int i = 0; i < TREND_COUNT; i++) {
		draw_text(c, i + 1, 0, STYLE_NORMAL, names[i]);
		trend_draw(ui, c, i + 1, 9, width, (enum trend)i);
		if (i == TREND_AVAILABLE)
			figure_bytes(ui, text, s->memory.available,
				     &s->memory.block);
		else if (i == TREND_SWAP_IN)
			figure_flow(ui, text, "pswpin");
		else if (i == TREND_SWAP_OUT)
			figure_flow(ui, text, "pswpout");
		else if (p->memory_block.state == STATE_OK)
			snprintf(text, sizeof(text), "%.1f%%",
				 p->memory_full.avg10);
		else
			snprintf(text, sizeof(text), "%s",
				 state_mark(p->memory_block.state));
		draw_right(c, i + 1, 9 + width + 1, STYLE_NORMAL, 7, text);
	}
}
