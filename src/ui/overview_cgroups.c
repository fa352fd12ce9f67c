/* SPDX-License-Identifier: MIT
 *
 * The box of the Overview about control groups with limits.  Apart from the
 * other boxes because it has rows only where somebody set a limit.
 */
#include "overview_boxes.h"

#include <stdio.h>
#include <string.h>

#include "cgroup_view.h"
#include "figures.h"
#include "memtop/text.h"

#define GROUPS 8
/* Heading and header. */
#define HEAD_ROWS 2
/* Widths from which the event counts are shown. */
#define EVENTS_FROM  56
#define EVENTS_CELLS 13

static const struct {
	const char *title;
	uint8_t field;
	int cells;
} figures[] = {
	{ "CURRENT", CGROUP_CURRENT, 7 },
	{ "LIMIT", CGROUP_MAX, 5 },
	{ "%", CGROUP_MAX_PERCENT, 4 },
	{ "ROOM", CGROUP_HEADROOM, 5 },
};

int box_cgroups_rows(const struct ui *ui)
{
	const struct cgroup *groups[GROUPS];
	size_t count = cgroup_closest(ui->snapshot, groups, GROUPS);

	return count ? HEAD_ROWS + (int)count : 0;
}

/* The worst that has happened to it: "oom_kill 1", "high 1204", "0". */
static void events_text(const struct cgroup *cgroup, char *buf, size_t size)
{
	const struct cgroup_events *all = &cgroup->all;
	const struct {
		const char *name;
		uint64_t count;
	} events[] = {
		{ "oom_kill", all->oom_kill },
		{ "oom_kill", cgroup->oom_kill },
		{ "high", all->high },
		{ "max", all->max },
		{ "failcnt", cgroup->failcnt },
	};

	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		if (events[i].count == UNKNOWN || !events[i].count)
			continue;
		snprintf(buf, size, "%s %llu", events[i].name,
			 (unsigned long long)events[i].count);
		return;
	}
	if (cgroup->events.state == STATE_OK || cgroup->v1.state == STATE_OK)
		snprintf(buf, size, "0");
	else
		snprintf(buf, size, "%s", state_mark(cgroup->events.state));
}

static int figures_cells(void)
{
	int cells = 0;

	for (size_t i = 0; i < ARRAY_SIZE(figures); i++)
		cells += figures[i].cells + 1;
	return cells;
}

/* cgroup NULL: the titles */
static void draw_group(const struct ui *ui, const struct canvas *c, int line,
		       const struct cgroup *cgroup)
{
	int style = cgroup ? STYLE_NORMAL : STYLE_HEADING;
	int events = c->cols >= EVENTS_FROM ? EVENTS_CELLS + 1 : 0;
	int col = c->cols - events - figures_cells();
	char cell[CGROUP_CELL_SIZE];

	if (cgroup)
		draw_name(c, line, 0, style, col, text_str(cgroup->name),
			  text_len(cgroup->name));
	else
		draw_text(c, line, 0, style, "CGROUP");
	for (size_t i = 0; i < ARRAY_SIZE(figures); i++) {
		draw_right(
			c, line, col + 1, style, figures[i].cells,
			cgroup ? cgroup_cell(ui, cgroup, figures[i].field, cell)
			       : figures[i].title);
		col += figures[i].cells + 1;
	}
	if (!events)
		return;
	if (cgroup)
		events_text(cgroup, cell, sizeof(cell));
	else
		snprintf(cell, sizeof(cell), "EVENTS");
	draw_text(c, line, col + 1, style, cell);
}

void box_cgroups(const struct ui *ui, const struct canvas *c)
{
	const struct cgroup *groups[GROUPS];
	size_t count = cgroup_closest(ui->snapshot, groups, GROUPS);

	draw_heading(c, 0, "Cgroups closest to a limit", "");
	draw_group(ui, c, 1, NULL);
	for (int i = 0; i < (int)count && i + HEAD_ROWS < c->rows; i++)
		draw_group(ui, c, i + HEAD_ROWS, groups[i]);
}
