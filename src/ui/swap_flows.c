/* SPDX-License-Identifier: MIT
 *
 * What moves between RAM and swap, and how reclaim goes about it: rates of
 * counters with what they were in the last two minutes.
 */
#include <assert.h>
#include <math.h>

#include "figures.h"
#include "sparks.h"
#include "swap_boxes.h"

/* clang-format off */
static const struct flow {
	const char *name, *note;
	const char *counters[8]; /* summed; NULL behind the last */
	bool bytes;		 /* pages shown as bytes */
} flows[] = {
	{ .name = "swap in", .note = "reads stall tasks",
	  .counters = { "pswpin" }, .bytes = true },
	{ .name = "swap out", .note = "in and out: bad",
	  .counters = { "pswpout" }, .bytes = true },
	{ .name = "into zswap", .note = "compressed instead", .bytes = true,
	  .counters = { "zswpout" } },
	{ .name = "refault, anon", .note = "swapped too early",
	  .counters = { "workingset_refault_anon" } },
	{ .name = "refault, file", .note = "cache is too small",
	  .counters = { "workingset_refault_file" } },
	{ .name = "major faults", .note = "tasks that wait",
	  .counters = { "pgmajfault" } },
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
static_assert(ARRAY_SIZE(flows) + 1 == SWAP_FLOW_ROWS, "and a title");

#define NUMBER_COL 14
#define SPARK_COL  22
#define NOTE_COL   (SPARK_COL + SPARK_CELLS + 1)

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

static void draw_flow(struct ui *ui, const struct flow *flow,
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
	draw_right(c, row, NUMBER_COL, STYLE_NORMAL, 7, shown);
	if (known && c->cols >= SPARK_COL + SPARK_CELLS)
		spark_draw(ui, c, row, SPARK_COL, flow->counters);
	if (c->cols >= NOTE_COL + 12)
		draw_text(c, row, NOTE_COL, STYLE_DIM, flow->note);
}

void swap_flows_draw(struct ui *ui, const struct canvas *c)
{
	draw_heading(c, 0, "Flow now", "a second; last 2 min");
	for (int i = 0; i < (int)ARRAY_SIZE(flows); i++)
		draw_flow(ui, &flows[i], c, i + 1);
}
