/* SPDX-License-Identifier: MIT
 *
 * Pane 5: transparent huge pages: how they are set up, what the kernel does
 * with them, who has them; and the huge page pool.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "box.h"
#include "figures.h"
#include "memtop/thp.h"

#define KNOBS_FROM 14
/* Below it sizes and pools that nobody uses are left out. */
#define ALL_FROM 28
/* With their titles; the last one gives way on a low screen. */
#define KNOB_ROWS 6
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

/* ---- sizes and pools ----------------------------------------------------- */

/* clang-format off */
static const char *const size_columns[] = {
	"size", "enabled", "anon", "partial", "alloc_rate", "fallback_rate",
	"fail_percent", "swpout_rate", "swpout_fallback_rate", "swpin_rate",
	"zswpout_rate", "split_rate", "shmem_enabled", NULL
};
static const char *const size_drop[] = {
	"shmem_enabled", "zswpout_rate", "swpin_rate", "swpout_fallback_rate",
	"split_rate", "partial", "swpout_rate", NULL
};

static const struct listing_spec sizes = {
	.title = "Multi-size THP",
	.noun = "sizes",
	.entity = ENTITY_MTHP,
	.columns = size_columns,
	.drop = size_drop,
	.sort = "size",
	.reverse = true,
	.active = "anon",
	.empty = "Sizes are known since Linux 6.8.",
};

static const char *const pool_columns[] = {
	"name", "total", "free", "reserved", "surplus", "overcommit", "bytes",
	"idle", NULL
};
static const char *const pool_drop[] = {
	"overcommit", "surplus", "reserved", NULL
};
/* clang-format on */

static void pool_note(const struct ui *ui, const struct listing *listing,
		      char *buf, size_t size)
{
	(void)ui;
	(void)listing;
	snprintf(buf, size, "can not be swapped or used for anything else");
}

static bool is_whole_pool(const void *row)
{
	return strcmp(((const struct hugetlb *)row)->node, "all") == 0;
}

/* "0:512 1:512": the pages of each node. */
static void pool_nodes(struct ui *ui, const void *row,
		       const struct canvas *line)
{
	const struct list *list = snapshot_list(ui->snapshot, ENTITY_HUGETLB);
	const struct hugetlb *whole = row;
	int col = 0;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct hugetlb *pool = list_row(list, i);
		char text[48];

		if (is_whole_pool(pool) || pool->size != whole->size)
			continue;
		snprintf(text, sizeof(text), "%s:%llu ", pool->node,
			 (unsigned long long)pool->total);
		draw_text(line, 0, col, STYLE_NORMAL, text);
		col += (int)strlen(text);
	}
}

/* clang-format off */
static const struct listing_spec pools = {
	.title = "Huge page pools (hugetlb)",
	.noun = "pools",
	.entity = ENTITY_HUGETLB,
	.columns = pool_columns,
	.drop = pool_drop,
	.sort = "size",
	.reverse = true,
	.active = "total",
	.keep = is_whole_pool,
	.note = pool_note,
	.tail_title = "NODES",
	.tail_width = 16,
	.tail = pool_nodes,
	.empty = "no pool is set up",
};
/* clang-format on */

/* On a low screen only what is in use.  Returns the rows they took. */
static int draw_boxes(struct ui *ui, const struct canvas *c, int at)
{
	bool low = c->rows < ALL_FROM;
	struct canvas part = canvas_part(c, at, 0, -1, -1);
	int taken = box_draw(ui, &sizes, &part, low ? 5 : 12, low);

	part = canvas_part(c, at + taken, 0, -1, -1);
	return taken + box_draw(ui, &pools, &part, low ? 3 : 5, low);
}

static int draw_system(struct ui *ui, const struct canvas *c)
{
	int half = c->cols >= 2 * NOTES_FROM ? (c->cols - 2) / 2 : KNOB_CELLS;
	int knobs = c->rows < ALL_FROM ? KNOB_ROWS - 1 : KNOB_ROWS;
	struct canvas left, right;
	int row = 0;

	draw_heading(c, row++, "Knobs", "");
	if (ui->snapshot->thp.block.state == STATE_ABSENT) {
		draw_text(c, row++, 2, STYLE_NORMAL,
			  "This kernel has no transparent huge pages.");
	} else if (c->cols >= COUNTERS_FROM) {
		left = canvas_part(c, row, 0, knobs, half);
		right = canvas_part(c, row, half + 2, knobs, -1);
		draw_knobs(&ui->snapshot->thp, &left);
		draw_counters(ui, &right);
		row += knobs;
	} else {
		left = canvas_part(c, row, 0, knobs, -1);
		draw_knobs(&ui->snapshot->thp, &left);
		row += knobs;
	}
	if (c->rows >= KNOBS_FROM + 4)
		row += draw_boxes(ui, c, row);
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
