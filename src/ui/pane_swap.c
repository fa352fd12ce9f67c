/* SPDX-License-Identifier: MIT
 *
 * Pane 3: swap devices, what flows in and out, and who is on swap.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "memtop/list.h"
#include "memtop/text.h"
#include "trends.h"

/* Rows of a body in which devices and flow leave enough for the table. */
#define DEVICES_FROM 10
#define FLOW_FROM    20
#define DEVICES_MOST 4

static const char *base_name(const struct text *path, size_t *ret_len)
{
	const char *bytes = text_str(path);
	const char *slash = strrchr(bytes, '/');

	if (slash && slash[1])
		bytes = slash + 1;
	*ret_len = strlen(bytes);
	return bytes;
}

static void draw_device(const struct ui *ui, const struct swap *swap,
			const struct canvas *c, int row)
{
	char size[FIGURE_SIZE], used[FIGURE_SIZE], share[FIGURE_SIZE];
	size_t len;
	const char *name = base_name(swap->name, &len);

	draw_name(c, row, 2, STYLE_NORMAL, 16, name, len);
	draw_format(c, row, 19, STYLE_NORMAL, "%-9s %5lld %5s %5s %5s",
		    swap->type, (long long)swap->priority,
		    figure_bytes(ui, size, swap->size, &swap->block),
		    figure_bytes(ui, used, swap->used, &swap->block),
		    figure_percent(share, swap->used, swap->size));
}

/* Returns the rows it took. */
static int draw_devices(const struct ui *ui, const struct canvas *c)
{
	const struct snapshot *s = ui->snapshot;
	const struct list *swaps = snapshot_list(s, ENTITY_SWAP);
	const size_t count = list_count(swaps);
	char right[96], total[FIGURE_SIZE], left[FIGURE_SIZE];
	int row = 2;

	if (s->memory.swap_total == 0 && count == 0) {
		draw_heading(c, 0, "Devices", "none");
		draw_text(c, 1, 2, STYLE_NORMAL,
			  "No swap: anonymous memory stays in RAM until "
			  "somebody is killed.");
		return 2;
	}
	snprintf(
		right, sizeof(right), "%s, %s free",
		figure_shared(total, s->memory.swap_total,
			      s->memory.swap_total),
		figure_shared(left, s->memory.swap_free, s->memory.swap_total));
	draw_heading(c, 0, "Devices", right);
	draw_text(c, 1, 2, STYLE_HEADING,
		  "DEVICE           TYPE       PRIO  SIZE  USED  USE%");
	if (list_state(swaps) != STATE_OK)
		draw_text(c, row++, 2, STYLE_DIM,
			  state_mark(list_state(swaps)));
	for (size_t i = 0; i < count && row < 2 + DEVICES_MOST; i++)
		draw_device(ui, list_row(swaps, i), c, row++);
	if (count > DEVICES_MOST)
		draw_format(c, row++, 2, STYLE_DIM, "and %zu more",
			    count - DEVICES_MOST);
	return row;
}

/* clang-format off */
static const struct flow {
	const char *name;
	const char *counters[2]; /* summed; the second may be NULL */
	bool bytes;		 /* pages shown as bytes */
	const char *note;
} flows[] = {
	{ "swap in", { "pswpin" }, true, "reads stall tasks" },
	{ "swap out", { "pswpout" }, true, "in and out at once: bad" },
	{ "refault, anon", { "workingset_refault_anon" }, false,
	  "swapped out too early" },
	{ "refault, file", { "workingset_refault_file" }, false,
	  "cache is too small" },
	{ "major faults", { "pgmajfault" }, false, "tasks that wait" },
	{ "scan, kswapd", { "pgscan_kswapd" }, false, "pages looked at" },
	{ "scan, direct", { "pgscan_direct" }, false, "tasks reclaim" },
	{ "reclaimed", { "pgsteal_kswapd", "pgsteal_direct" }, false,
	  "pages made free" },
};
/* clang-format on */
#define FLOW_ROWS ((int)(ARRAY_SIZE(flows) / 2))

static double flow_value(const struct snapshot *s, const struct flow *flow,
			 bool *ret_known)
{
	double sum = 0;

	*ret_known = false;
	for (size_t i = 0; i < 2 && flow->counters[i]; i++) {
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
		format_bytes(text, (uint64_t)flow_rate(s, flow->counters[0]),
			     FORMAT_AUTO);
	else
		format_rate(text, value);
	draw_text(c, row, 0, STYLE_NORMAL, flow->name);
	draw_right(c, row, 14, STYLE_NORMAL, 7, shown);
	draw_text(c, row, 23, STYLE_DIM, flow->note);
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
	if (body.rows >= DEVICES_FROM)
		body = canvas_part(&body, draw_devices(ui, &body), 0, -1, -1);
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
