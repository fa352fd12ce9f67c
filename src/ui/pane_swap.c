/* SPDX-License-Identifier: MIT
 *
 * Pane 3: swap devices, what flows in and out, why that is bad, and who is on
 * swap.  The boxes are in files of their own.
 */
#include <stdio.h>

#include "swap_boxes.h"
#include "swap_devices.h"

/* Rows of a body in which devices and flow leave enough for the table. */
#define DEVICES_FROM 10
#define FLOW_FROM    24
/* Of devices; more of them scroll away. */
#define DEVICES_MOST_WIDE 7
#define DEVICES_MOST	  5
/* Columns that the flows leave to the box beside them, at least. */
#define WHY_CELLS 40
#define FLOW_WIDE 59

static int draw_flows(struct ui *ui, const struct canvas *c)
{
	int left = c->cols >= FLOW_WIDE + 2 + WHY_CELLS ? FLOW_WIDE
							: c->cols - WHY_CELLS;
	struct canvas flows = canvas_part(c, 0, 0, SWAP_FLOW_ROWS, left);
	struct canvas why = canvas_part(c, 0, left + 2, SWAP_FLOW_ROWS, -1);

	swap_flows_draw(ui, &flows);
	swap_why_draw(ui, &why);
	return SWAP_FLOW_ROWS;
}

static void draw_users(struct ui *ui, const struct canvas *c)
{
	struct table *table = ui_table(ui);
	struct canvas body = *c;
	char sort[32];

	if (c->rows >= 5) {
		snprintf(sort, sizeof(sort), "sort %s %c",
			 entities[ENTITY_PROCESS]
				 .fields[table->query.sort]
				 .title,
			 table->query.reverse ? '^' : 'v');
		draw_heading(c, 0, "Who is on swap", sort);
		body = canvas_part(c, 1, 0, -1, -1);
	}
	table_draw(ui, table, &body);
}

static void draw(struct ui *ui, const struct canvas *c)
{
	struct canvas body = *c;

	if (!ui->snapshot)
		return;
	if (body.rows >= DEVICES_FROM) {
		int most =
			c->rows >= FLOW_FROM ? DEVICES_MOST_WIDE : DEVICES_MOST;

		body = canvas_part(&body, swap_devices_draw(ui, &body, most), 0,
				   -1, -1);
	}
	if (c->rows >= FLOW_FROM)
		body = canvas_part(&body, draw_flows(ui, &body), 0, -1, -1);
	else if (c->rows >= DEVICES_FROM &&
		 swap_held_line(ui, &body, body.rows - 1))
		body = canvas_part(&body, 0, 0, body.rows - 1, -1);
	draw_users(ui, &body);
}

const struct pane pane_swap = {
	.name = "swap",
	.title = "Swap",
	.brief = "Swap",
	.key = '3',
	.where = WHERE_SWAP,
	.view = VIEW_SWAP,
	.draw = draw,
};
