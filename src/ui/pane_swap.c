/* SPDX-License-Identifier: MIT
 *
 * Pane 3: swap devices, what flows in and out, and who is on swap.  The devices
 * are in a file of their own.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>

#include "figures.h"
#include "swap_devices.h"
#include "trends.h"

/* Rows of a body in which devices and flow leave enough for the table. */
#define DEVICES_FROM 10
#define FLOW_FROM    20
/* Of devices; more of them scroll away. */
#define DEVICES_MOST_WIDE 9
#define DEVICES_MOST	 5

/* clang-format off */
static const struct flow {
	const char *name, *note;
	const char *counters[8]; /* summed; NULL behind the last */
	bool bytes;		 /* pages shown as bytes */
	enum trend trend;	 /* 0: no sparkline */
} flows[] = {
	{ .name = "swap in", .note = "reads stall tasks",
	  .counters = { "pswpin" }, .bytes = true, .trend = TREND_SWAP_IN },
	{ .name = "swap out", .note = "in and out: bad",
	  .counters = { "pswpout" }, .bytes = true, .trend = TREND_SWAP_OUT },
	{ .name = "refault, anon", .note = "swapped out too early",
	  .counters = { "workingset_refault_anon" } },
	{ .name = "refault, file", .note = "cache is too small",
	  .counters = { "workingset_refault_file" } },
	{ .name = "major faults", .note = "tasks that wait",
	  .counters = { "pgmajfault" } },
	{ .name = "into zswap", .note = "compressed instead", .bytes = true,
	  .counters = { "zswpout" } },
	{ .name = "scan, kswapd", .note = "pages looked at",
	  .counters = { "pgscan_kswapd" } },
	{ .name = "scan, direct", .note = "tasks reclaim",
	  .counters = { "pgscan_direct" } },
	{ .name = "reclaimed", .note = "pages made free",
	  .counters = { "pgsteal_kswapd", "pgsteal_direct" } },
	{ .name = "alloc stalls", .note = "task waits",
	  .counters = { "allocstall", "allocstall_dma", "allocstall_dma32",
			"allocstall_normal", "allocstall_high",
			"allocstall_movable", "allocstall_device" } },
};
/* clang-format on */
static_assert(ARRAY_SIZE(flows) % 2 == 0, "two columns");
#define SPARK_CELLS 16
#define FLOW_ROWS ((int)(ARRAY_SIZE(flows) / 2))

static double flow_value(const struct snapshot *s, const struct flow *flow,
			 bool *ret_known)
{
	double sum = 0;

	*ret_known = false;
	for (size_t i = 0; flow->counters[i]; i++) {
		const struct counter *counter =
			snapshot_counter(s, flow->counters[i]);

		if (!counter)
			continue;
		*ret_known = true;
		sum += counter->rate; /* NAN stays NAN */
	}
	return sum;
}

static void draw_flow(const struct ui *ui, const struct flow *flow,
		      const struct canvas *c, int row)
{
	const struct snapshot *s = ui->snapshot;
	char text[FORMAT_SIZE];
	const char *shown = text;
	bool known;
	double value = flow_value(s, flow, &known);

	if (!known)
		shown = "n/a";
	else if (isnan(value))
		shown = "..";
	else if (flow->bytes)
		format_bytes(text, clamp_u64(flow_rate(s, flow->counters[0])),
			     FORMAT_AUTO);
	else
		format_rate(text, value);
	draw_text(c, row, 0, STYLE_NORMAL, flow->name);
	draw_right(c, row, 14, STYLE_NORMAL, 7, shown);
	if (flow->trend && c->cols >= 23 + SPARK_CELLS) {
		trend_draw(ui, c, row, 22, SPARK_CELLS, flow->trend);
		draw_text(c, row, 23 + SPARK_CELLS, STYLE_DIM, flow->note);
	} else {
		draw_text(c, row, 23, STYLE_DIM, flow->note);
	}
}

static int draw_flows(const struct ui *ui, const struct canvas *c)
{
	int half = (c->cols - 2) / 2;
	struct canvas left = canvas_part(c, 1, 0, FLOW_ROWS, half);
	struct canvas right = canvas_part(c, 1, half + 2, FLOW_ROWS, -1);

	draw_heading(c, 0, "Flow now", "per second");
	for (int i = 0; i < FLOW_ROWS; i++) {
		draw_flow(ui, &flows[i], &left, i);
		draw_flow(ui, &flows[FLOW_ROWS + i], &right, i);
	}
	return FLOW_ROWS + 1;
}

static void draw(struct ui *ui, const struct canvas *c)
{
	struct canvas body = *c;

	if (!ui->snapshot)
		return;
	if (body.rows >= DEVICES_FROM) {
		int most = c->rows >= FLOW_FROM ? DEVICES_MOST_WIDE
						: DEVICES_MOST;

		body = canvas_part(&body, swap_devices_draw(ui, &body, most), 0,
				   -1, -1);
	}
	if (c->rows >= FLOW_FROM)
		body = canvas_part(&body, draw_flows(ui, &body), 0, -1, -1);
	if (body.rows >= 5) {
		char sort[32];

		snprintf(sort, sizeof(sort), "sort %s %c",
			 entities[ENTITY_PROCESS]
				 .fields[ui_table(ui)->query.sort]
				 .title,
			 ui_table(ui)->query.reverse ? '^' : 'v');
		draw_heading(&body, 0, "Who is on swap", sort);
		body = canvas_part(&body, 1, 0, -1, -1);
	}
	table_draw(ui, ui_table(ui), &body);
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
