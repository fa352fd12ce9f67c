/* SPDX-License-Identifier: MIT
 *
 * The row RAM inside a container: there the limit of its control group is the
 * machine, and what the host has left is no help.
 */
#include "head_limit.h"

#include <stdio.h>

#include "figures.h"
#include "memtop/cgroup.h"
#include "memtop/text.h"

/* Widths of the screen from which there is a bar, and cells of a name. */
#define MIDDLE	   76
#define NAME_CELLS 24
#define BAR_MIN	   8

void head_available(const struct ui *ui, char avail[FIGURE_SIZE],
		    char share[FIGURE_SIZE])
{
	const struct memory *m = &ui->snapshot->memory;
	const struct cgroup *group = cgroup_container(ui->snapshot);
	uint64_t left;

	if (!group) {
		figure_bytes(ui, avail, m->available, &m->block);
		figure_percent(share, m->available, m->total);
		return;
	}
	left = cgroup_available(group, m);
	figure_bytes(ui, avail, left, &group->usage);
	figure_percent(share, left, group->max);
}

static void draw_parts(const struct canvas *c, int row, int col, int width,
		       const struct cgroup *group)
{
	uint64_t shmem = group->shmem == UNKNOWN ? 0 : group->shmem;
	uint64_t kernel = group->kernel == UNKNOWN ? 0 : group->kernel;

	if (width < BAR_MIN || group->anon == UNKNOWN ||
	    group->file == UNKNOWN || group->current == UNKNOWN)
		return;
	draw_bar(c, row, col, width,
		 (const struct bar_part[]){
			 { group->anon + shmem, GLYPH_PROCESS,
			   STYLE_BAR_PROCESS },
			 { kernel, GLYPH_KERNEL, STYLE_BAR_KERNEL },
			 { sub_floor(group->file, shmem), GLYPH_CACHE,
			   STYLE_BAR_CACHE },
			 { sub_floor(group->max, group->current), GLYPH_FREE,
			   STYLE_BAR_FREE },
		 },
		 4);
}

/* In a namespace of its own it has no name. */
static int draw_group(const struct canvas *c, int row, int col,
		      const struct cgroup *group)
{
	if (group->depth == 0)
		return draw_text(c, row, col, STYLE_NORMAL, "this container");
	return draw_name(c, row, col, STYLE_NORMAL, NAME_CELLS,
			 text_str(group->name), text_len(group->name));
}

bool head_limit(const struct ui *ui, const struct canvas *c, int row)
{
	const struct memory *m = &ui->snapshot->memory;
	const struct cgroup *group = cgroup_container(ui->snapshot);
	char limit[FIGURE_SIZE], avail[FIGURE_SIZE], share[FIGURE_SIZE],
		host[FIGURE_SIZE], tail[3 * FIGURE_SIZE + 24];
	int col, end;

	if (!group)
		return false;
	figure_shared(limit, group->max, group->max);
	head_available(ui, avail, share);
	if (c->cols < MIDDLE) {
		col = draw_format(c, row, 0, STYLE_NORMAL,
				  "RAM  avail %s of limit %s %3s ", avail,
				  limit, share);
		draw_parts(c, row, col + 1, c->cols - col - 1, group);
		return true;
	}
	snprintf(tail, sizeof(tail), "avail %4s %4s   host %5s", avail, share,
		 figure_shared(host, m->total, m->total));
	end = c->cols - text_cells(tail);
	col = draw_format(c, row, 0, STYLE_NORMAL, "RAM  %5s limit of ", limit);
	col = draw_group(c, row, col, group);
	draw_parts(c, row, col + 1, end - col - 3, group);
	draw_text(c, row, end, STYLE_NORMAL, tail);
	return true;
}
