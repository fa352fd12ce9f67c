/* SPDX-License-Identifier: MIT
 *
 * Pane 5: transparent huge pages: how they are set up, what the kernel does
 * with them, who has them; and the huge page pool.
 */
#include <math.h>
#include <stdio.h>

#include "figures.h"

#define KNOBS_FROM 14
/* Widths that counters beside the knobs, and words behind them, take. */
#define COUNTERS_FROM 78
#define KNOB_CELLS    42
#define NOTES_FROM    59

static void draw_word(const struct canvas *c, int row, const char *name,
		      const char *value, const struct block *block)
{
	draw_text(c, row, 2, STYLE_NORMAL, name);
	if (block->state != STATE_OK)
		value = state_mark(block->state);
	draw_text(c, row, 29, STYLE_NORMAL, *value ? value : "n/a");
}

static void draw_number(const struct canvas *c, int row, const char *name,
			uint64_t value, const struct block *block)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	draw_word(c, row, name, value == UNKNOWN ? "n/a" : text, block);
}

static void draw_knobs(const struct thp *thp, const struct canvas *c)
{
	const struct block *b = &thp->block;

	draw_text(c, 0, 2, STYLE_HEADING, "KNOB                       VALUE");
	draw_word(c, 1, "enabled", thp->enabled, b);
	draw_word(c, 2, "defrag", thp->defrag, b);
	draw_word(c, 3, "shmem_enabled", thp->shmem_enabled, b);
	draw_number(c, 4, "khugepaged/max_ptes_none", thp->max_ptes_none, b);
	draw_number(c, 5, "use_zero_page", thp->use_zero_page, b);
}

static const struct {
	const char *name;
	const char *note;
} counters[] = {
	{ "thp_fault_alloc", "got one at first touch" },
	{ "thp_fault_fallback", "wanted one, got 4K pages" },
	{ "thp_split_page", "taken apart again" },
	{ "compact_stall", "tasks that waited" },
};

static void draw_counter(const struct ui *ui, const struct canvas *c, int row,
			 const char *name, const char *note)
{
	const struct counter *counter = snapshot_counter(ui->snapshot, name);
	char now[FORMAT_SIZE], rate[FORMAT_SIZE];

	draw_text(c, row, 0, STYLE_NORMAL, name);
	if (!counter) {
		draw_text(c, row, 21, STYLE_DIM, "n/a");
		return;
	}
	draw_format(c, row, 19, STYLE_NORMAL, "%6s %7s",
		    format_count(now, counter->value),
		    isnan(counter->rate) ? ".."
					 : format_rate(rate, counter->rate));
	if (c->cols >= NOTES_FROM)
		draw_text(c, row, 35, STYLE_DIM, note);
}

static void draw_counters(const struct ui *ui, const struct canvas *c)
{
	const struct memory *m = &ui->snapshot->memory;
	char huge[FIGURE_SIZE], share[FIGURE_SIZE];

	draw_text(c, 0, 0, STYLE_HEADING,
		  c->cols >= NOTES_FROM
			  ? "COUNTER               NOW  RATE/s  NOTE"
			  : "COUNTER               NOW  RATE/s");
	draw_format(c, 1, 0, STYLE_NORMAL, "AnonHugePages      %6s",
		    figure_bytes(ui, huge, m->anon_huge, &m->block));
	if (c->cols >= NOTES_FROM)
		draw_format(c, 1, 35, STYLE_DIM, "%s of anonymous memory",
			    figure_percent(share, m->anon_huge, m->anon_pages));
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		draw_counter(ui, c, 2 + (int)i, counters[i].name,
			     counters[i].note);
}

static void draw_pool(const struct ui *ui, const struct canvas *c, int row)
{
	const struct memory *m = &ui->snapshot->memory;
	char size[FIGURE_SIZE], all[FIGURE_SIZE], idle[FIGURE_SIZE];
	uint64_t unused = UNKNOWN;

	if (m->hugetlb == UNKNOWN)
		return;
	if (m->hugetlb == 0) {
		draw_text(c, row, 2, STYLE_DIM, "no pool is set up");
		return;
	}
	if (m->hugepages_free != UNKNOWN && m->hugepage_size != UNKNOWN)
		unused = m->hugepages_free * m->hugepage_size;
	draw_format(c, row, 2, STYLE_NORMAL,
		    "all sizes %s; of %s: %llu pages, %llu free (%s), "
		    "%llu reserved",
		    figure_bytes(ui, all, m->hugetlb, &m->block),
		    figure_bytes(ui, size, m->hugepage_size, &m->block),
		    (unsigned long long)m->hugepages_total,
		    (unsigned long long)m->hugepages_free,
		    figure_bytes(ui, idle, unused, &m->block),
		    (unsigned long long)m->hugepages_reserved);
}

static int draw_system(const struct ui *ui, const struct canvas *c)
{
	int half = c->cols >= 2 * NOTES_FROM ? (c->cols - 2) / 2 : KNOB_CELLS;
	struct canvas left, right;
	int row = 0;

	draw_heading(c, row++, "Knobs", "");
	if (ui->snapshot->thp.block.state == STATE_ABSENT) {
		draw_text(c, row++, 2, STYLE_NORMAL,
			  "This kernel has no transparent huge pages.");
	} else if (c->cols >= COUNTERS_FROM) {
		left = canvas_part(c, row, 0, 6, half);
		right = canvas_part(c, row, half + 2, 6, -1);
		draw_knobs(&ui->snapshot->thp, &left);
		draw_counters(ui, &right);
		row += 6;
	} else {
		left = canvas_part(c, row, 0, 6, -1);
		draw_knobs(&ui->snapshot->thp, &left);
		row += 6;
	}
	if (c->rows >= KNOBS_FROM + 6) {
		draw_heading(c, row++, "Huge page pool (hugetlb)",
			     "can not be swapped or used for anything else");
		draw_pool(ui, c, row++);
	}
	return row;
}

static void draw(struct ui *ui, const struct canvas *c)
{
	struct canvas body = *c;

	if (!ui->snapshot)
		return;
	if (c->rows >= KNOBS_FROM) {
		body = canvas_part(c, draw_system(ui, c), 0, -1, -1);
		draw_heading(&body, 0, "Processes", "");
		body = canvas_part(&body, 1, 0, -1, -1);
	}
	table_draw(ui, ui_table(ui), &body);
}

const struct pane pane_thp = {
	.name = "thp",
	.title = "THP",
	.brief = "THP",
	.key = '5',
	.where = WHERE_THP,
	.view = VIEW_THP,
	.draw = draw,
};
