/* SPDX-License-Identifier: MIT
 *
 * Pane 6: control groups as a tree, and a box about the selected one.
 */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "cgroup_view.h"
#include "figures.h"
#include "memtop/cgroup.h"
#include "memtop/text.h"
#include "tiles.h"

/* Rows of the box about the selected group, and from how many rows on there
 * is one. */
#define BOX_ROWS 7
#define BOX_FROM 18
/* A name at the third level of the tree that can be told from others. */
#define NAME_MIN 22

static bool above(const void *row, const char **ret_bytes, size_t *ret_len)
{
	const struct cgroup *cgroup = row;
	const char *path = text_str(cgroup->path);
	const char *slash = memrchr(path, '/', text_len(cgroup->path));

	if (cgroup->depth == 0 || !slash)
		return false;
	*ret_bytes = path;
	/* "/a" stands in "/" */
	*ret_len = slash > path ? (size_t)(slash - path) : 1;
	return true;
}

static void note(const struct ui *ui, const struct listing *listing, char *buf,
		 size_t size)
{
	const struct cgroup *first;

	(void)ui;
	if (!list_count(listing->of))
		return;
	first = list_row(listing->of, 0);
	snprintf(buf, size, "%s",
		 first->v1.state == STATE_NOT_APPLICABLE ? "v2" : "v1");
}

static void open_group(struct ui *ui, struct listing *listing)
{
	cgroup_popup(ui, listing_selected(listing));
}

static const struct listing_spec groups = {
	.title = "Cgroups",
	.noun = "groups",
	.entity = ENTITY_CGROUP,
	.columns = cgroup_columns,
	.drop = cgroup_drop,
	.first_min = NAME_MIN,
	.sort = "current",
	.active = "current",
	.parent = above,
	.note = note,
	.open = open_group,
	.empty = "This kernel accounts no memory to control groups.",
};

static const struct tile tiles[] = {
	{ .listing = &groups, .column = 0, .rows = 20 },
};

/* ---- the selected one ---------------------------------------------------- */

/* Where each value of the box stands: label, field, behind it. */
struct spot {
	const char *label;
	uint8_t field;
};

static int draw_spots(const struct ui *ui, const struct canvas *c, int row,
		      int col, const struct cgroup *cgroup,
		      const struct spot *spots, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char cell[CGROUP_CELL_SIZE];

		cgroup_cell(ui, cgroup, spots[i].field, cell);
		col = draw_format(c, row, col, STYLE_NORMAL, "%s%s %s",
				  i ? "  " : "", spots[i].label, cell);
	}
	return col;
}

/* Who sets the limit, and how much is left below it. */
static void draw_room(const struct ui *ui, const struct canvas *c, int row,
		      const struct cgroup *cgroup)
{
	char room[CGROUP_CELL_SIZE], limit[CGROUP_CELL_SIZE],
		hard[CGROUP_CELL_SIZE];
	int col;

	cgroup_cell(ui, cgroup, CGROUP_HARD, hard);
	if (!cgroup->limit_path) {
		draw_format(c, row, 0, STYLE_NORMAL,
			    "! no limit: this group can take the whole "
			    "machine; hard %s",
			    hard);
		return;
	}
	col = draw_format(
		c, row, 0, STYLE_NORMAL,
		"room            %s below the limit of %s, hard %s",
		cgroup_cell(ui, cgroup, CGROUP_HEADROOM, room),
		cgroup_cell(ui, cgroup, CGROUP_EFFECTIVE_LIMIT, limit), hard);
	if (text_equal(cgroup->limit_path, cgroup->path))
		return;
	col = draw_text(c, row, col, STYLE_NORMAL, ", of ");
	draw_name(c, row, col, STYLE_NORMAL, c->cols - col,
		  text_str(cgroup->limit_path), text_len(cgroup->limit_path));
}

static void draw_box(const struct ui *ui, const struct canvas *c,
		     const struct cgroup *cgroup)
{
	static const struct spot use[] = {
		{ "memory.current ", CGROUP_CURRENT },
		{ "peak", CGROUP_PEAK },
		{ "min", CGROUP_MIN },
		{ "low", CGROUP_LOW },
		{ "high", CGROUP_HIGH },
		{ "max", CGROUP_MAX },
	};
	static const struct spot swap[] = {
		{ "swap           ", CGROUP_SWAP },
		{ "of", CGROUP_SWAP_MAX },
		{ "zswap", CGROUP_ZSWAP },
		{ "oom.group", CGROUP_OOM_GROUP },
	};
	static const struct spot parts[] = {
		{ "anon           ", CGROUP_ANON },
		{ "thp", CGROUP_ANON_THP },
		{ "file", CGROUP_FILE },
		{ "shmem", CGROUP_SHMEM },
		{ "dirty", CGROUP_FILE_DIRTY },
	};
	static const struct spot kernel[] = {
		{ "kernel         ", CGROUP_KERNEL },
		{ "slab frees", CGROUP_SLAB_RECLAIMABLE },
		{ "stays", CGROUP_SLAB_UNRECLAIMABLE },
		{ "tables", CGROUP_PAGE_TABLES },
		{ "sock", CGROUP_SOCK },
	};
	static const struct spot work[] = {
		{ "workingset      refault anon/s", CGROUP_REFAULT_ANON_RATE },
		{ "file/s", CGROUP_REFAULT_FILE_RATE },
		{ "scan/s", CGROUP_SCAN_RATE },
		{ "freed/s", CGROUP_STEAL_RATE },
	};
	char name[96];

	text_printable(name, sizeof(name), text_str(cgroup->name),
		       text_len(cgroup->name), 48);
	draw_heading(c, 0, name, "selected; Enter shows all, p its processes");
	draw_spots(ui, c, 1, 0, cgroup, use, ARRAY_SIZE(use));
	draw_room(ui, c, 2, cgroup);
	draw_spots(ui, c, 3, 0, cgroup, swap, ARRAY_SIZE(swap));
	draw_spots(ui, c, 4, 0, cgroup, parts, ARRAY_SIZE(parts));
	draw_spots(ui, c, 5, 0, cgroup, kernel, ARRAY_SIZE(kernel));
	draw_spots(ui, c, 6, 0, cgroup, work, ARRAY_SIZE(work));
}

static void pane_draw(struct ui *ui, const struct canvas *c)
{
	const struct cgroup *selected;
	struct canvas part;

	if (c->rows < BOX_FROM) {
		tiles_draw(ui, c);
		return;
	}
	part = canvas_part(c, 0, 0, c->rows - BOX_ROWS, -1);
	tiles_draw(ui, &part);
	selected = listing_selected(tiles_listing(ui));
	part = canvas_part(c, c->rows - BOX_ROWS, 0, BOX_ROWS, -1);
	if (selected)
		draw_box(ui, &part, selected);
}

/* With those of the groups below it. */
static void show_processes(struct ui *ui, const struct cgroup *cgroup)
{
	const char *path = text_str(cgroup->path);
	char text[sizeof(ui->filter_text)], error[96];
	int n = snprintf(text, sizeof(text), "cgroup:\"%s\"", path);

	if (n < 0 || (size_t)n >= sizeof(text) || strchr(path, '"')) {
		ui_message(ui, "this name can't be a filter");
		return;
	}
	if (find_set_filter(ui, text, error, sizeof(error)) < 0) {
		ui_message(ui, "%s", error);
		return;
	}
	ui->tables[PANE_PROCESSES].query.group = GROUP_NONE;
	ui_show_pane(ui, PANE_PROCESSES);
	ui_message(ui, "only these processes; Esc shows all again");
}

static bool pane_act(struct ui *ui, const struct action *action)
{
	const struct cgroup *selected = listing_selected(tiles_listing(ui));

	if (action->run != act_zoom)
		return false;
	if (selected)
		show_processes(ui, selected);
	else
		ui_message(ui, "it is not there any more");
	return true;
}

const struct pane pane_cgroups = {
	.name = "cgroups",
	.title = "Cgroups",
	.brief = "Cgrp",
	.key = '6',
	.where = WHERE_CGROUPS,
	.view = VIEW_CGROUPS,
	.tiles = tiles,
	.ntiles = ARRAY_SIZE(tiles),
	.act = pane_act,
	.draw = pane_draw,
};
