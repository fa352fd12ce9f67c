/* SPDX-License-Identifier: MIT
 *
 * Pane 5: transparent huge pages: how they are set up, what the kernel does
 * with them, who has them; and the huge page pool.
 */
#include <stdio.h>
#include <string.h>

#include "box.h"
#include "figures.h"
#include "memtop/thp.h"
#include "thp_knobs.h"

#define KNOBS_FROM 14
/* Below it sizes and pools that nobody uses are left out. */
#define ALL_FROM 28

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
	int row = thp_knobs_draw(
		ui, c, c->rows < ALL_FROM ? THP_KNOBS_FEW : THP_KNOBS_ALL);

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
