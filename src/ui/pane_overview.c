/* SPDX-License-Identifier: MIT
 *
 * Pane 1: the answer without a key.  The left half says where RAM is and
 * whether it can come back, the right half who holds, who waits, who dies.
 */
#include <stdio.h>

#include "figures.h"
#include "memtop/text.h"
#include "overview_boxes.h"

#define TWO_COLUMNS   100
#define THREE_COLUMNS 160
/* Rows of a box that ranks: heading, header, four rows. */
#define RANKING_ROWS 6

/* A sum says what it is a sum of. */
static void sum_text(const struct coverage *v, uint64_t ram, char *buf,
		     size_t size)
{
	char sum[FIGURE_SIZE], total[FIGURE_SIZE];

	format_bytes(sum, v->pss_bytes, FORMAT_AUTO);
	if (!v->pss_known)
		snprintf(buf, size, "sum PSS ..");
	else if (v->pss_known < v->processes)
		snprintf(buf, size, "PSS of %llu/%llu: %s",
			 (unsigned long long)v->pss_known,
			 (unsigned long long)v->processes, sum);
	else
		snprintf(buf, size, "sum PSS %s of %s", sum,
			 figure_shared(total, ram, ram));
}

static void draw_top(struct ui *ui, const struct canvas *c)
{
	struct table *table = ui_table(ui);
	const struct coverage *v = &ui->snapshot->coverage;
	char title[64], right[96];
	uint64_t ram = ui->snapshot->memory.total;
	struct canvas body = *c;

	if (c->rows >= 4) {
		snprintf(title, sizeof(title), "Top memory (%s, by %s)",
			 entities[ENTITY_PROCESS]
				 .fields[table->query.sort]
				 .title,
			 table->query.group == GROUP_NONE
				 ? "process"
				 : group_name(table->query.group));
		sum_text(v, ram, right, sizeof(right));
		draw_heading(c, 0, title, right);
		body = canvas_part(c, 1, 0, -1, -1);
	}
	table_draw(ui, table, &body);
}

/* Rows of "Since when" in pairs: its heading and two more. */
#define SINCE_ROWS 3

static void draw_narrow(struct ui *ui, const struct canvas *c)
{
	int rest = c->rows >= 12 && c->cols >= 60 ? box_rest_rows(c->cols) : 0;
	int dying = c->rows >= 12 + RANKING_ROWS ? RANKING_ROWS : 0;
	int since =
		c->rows - rest >= 12 && box_events_rows(ui) ? SINCE_ROWS : 0;
	struct canvas part;

	part = canvas_part(c, 0, 0, c->rows - rest - dying - since, -1);
	draw_top(ui, &part);
	if (since) {
		part = canvas_part(c, c->rows - since, 0, since, -1);
		box_events(ui, &part, true);
	}
	if (dying) {
		part = canvas_part(c, c->rows - rest - dying - since, 0, dying,
				   -1);
		box_dying(ui, &part);
	}
	if (rest) {
		part = canvas_part(c, c->rows - rest - since, 0, rest, -1);
		box_rest(ui, &part);
	}
}

/* RAM, and below it the trends. */
static int draw_left(struct ui *ui, const struct canvas *c)
{
	struct canvas part = canvas_part(c, 0, 0, BOX_RAM_ROWS, -1);
	int row = part.rows;

	box_ram(ui, &part);
	if (c->rows - row < BOX_TRENDS_ROWS)
		return row;
	part = canvas_part(c, row, 0, BOX_TRENDS_ROWS, -1);
	box_trends(ui, &part);
	return row + BOX_TRENDS_ROWS;
}

/* As many limits as leave rows for the ranking below; the rows it took. */
static int draw_limits(struct ui *ui, const struct canvas *c, int row,
		       int below)
{
	int rows = box_cgroups_rows(ui), room = c->rows - row - below;
	struct canvas part;

	if (rows > room)
		rows = room;
	if (rows < 3)
		return 0;
	part = canvas_part(c, row, 0, rows, -1);
	box_cgroups(ui, &part);
	return rows;
}

static void draw_two(struct ui *ui, const struct canvas *c)
{
	int half = (c->cols - 2) / 2, row, waiting, since;
	struct canvas left = canvas_part(c, 0, 0, -1, half);
	struct canvas right = canvas_part(c, 0, half + 2, -1, -1);
	struct canvas part;

	row = draw_left(ui, &left);
	row += draw_limits(ui, &left, row, RANKING_ROWS);
	if (left.rows - row >= 3) {
		part = canvas_part(&left, row, 0, -1, -1);
		box_dying(ui, &part);
	}
	waiting = right.rows >= 4 * RANKING_ROWS   ? RANKING_ROWS + 2
		  : right.rows >= 2 * RANKING_ROWS ? RANKING_ROWS
						   : 0;
	since = right.rows >= 3 * RANKING_ROWS ? box_events_rows(ui) : 0;
	part = canvas_part(&right, 0, 0, right.rows - waiting - since, -1);
	draw_top(ui, &part);
	if (waiting) {
		part = canvas_part(&right, part.rows, 0, waiting, -1);
		box_waiting(ui, &part);
	}
	if (since) {
		part = canvas_part(&right, right.rows - since, 0, -1, -1);
		box_events(ui, &part, false);
	}
}

static void draw_three(struct ui *ui, const struct canvas *c)
{
	int third = (c->cols - 4) / 3;
	struct canvas left = canvas_part(c, 0, 0, -1, third);
	struct canvas middle = canvas_part(c, 0, third + 2, -1, third);
	struct canvas right = canvas_part(c, 0, 2 * third + 4, -1, -1);
	int since = box_events_rows(ui);
	struct canvas part;

	if (since) {
		part = canvas_part(&right, right.rows - since, 0, -1, -1);
		box_events(ui, &part, false);
		right = canvas_part(&right, 0, 0, right.rows - since, -1);
	}
	draw_limits(ui, &left, draw_left(ui, &left), 0);
	draw_top(ui, &middle);
	part = canvas_part(&right, 0, 0, right.rows / 2, -1);
	box_waiting(ui, &part);
	part = canvas_part(&right, right.rows / 2, 0, -1, -1);
	box_dying(ui, &part);
}

static void draw(struct ui *ui, const struct canvas *c)
{
	if (!ui->snapshot)
		return;
	if (c->cols >= THREE_COLUMNS)
		draw_three(ui, c);
	else if (c->cols >= TWO_COLUMNS && c->rows >= BOX_RAM_ROWS)
		draw_two(ui, c);
	else
		draw_narrow(ui, c);
}

const struct pane pane_overview = {
	.name = "overview",
	.title = "Overview",
	.brief = "Over",
	.key = '1',
	.where = WHERE_OVERVIEW,
	.view = VIEW_OVERVIEW,
	.refresh = boxes_refresh,
	.draw = draw,
};
