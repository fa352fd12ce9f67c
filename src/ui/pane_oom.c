/* SPDX-License-Identifier: MIT
 *
 * Pane 4: whom the kernel would kill first, by its own score.  Scores that
 * are equal share a rank: the kernel has no order among them.
 */
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "head.h"
#include "oom_limits.h"

#define HEADING_FROM 6
#define KNOBS_FROM   18
#define LIMITS_FROM  18

static void knob(char *buf, size_t size, const char *name, uint64_t value)
{
	size_t len = strlen(buf);

	if (value == UNKNOWN)
		snprintf(buf + len, size - len, "%s ?   ", name);
	else
		snprintf(buf + len, size - len, "%s %llu   ", name,
			 (unsigned long long)value);
}

static void draw_knobs(const struct load *load, const struct canvas *c, int row)
{
	char text[160] = "";

	knob(text, sizeof(text), "overcommit_memory", load->overcommit_memory);
	knob(text, sizeof(text), "panic_on_oom", load->panic_on_oom);
	knob(text, sizeof(text), "oom_kill_allocating_task",
	     load->oom_kill_allocating_task);
	draw_text(c, row, 0, STYLE_NORMAL, text);
}

static void draw(struct ui *ui, const struct canvas *c)
{
	struct canvas body = *c;

	if (!ui->snapshot)
		return;
	if (c->rows >= HEADING_FROM) {
		const struct memory *m = &ui->snapshot->memory;
		char right[96] = "", size[FIGURE_SIZE];

		if (c->cols >= 100 && m->total != UNKNOWN &&
		    m->swap_total != UNKNOWN)
			snprintf(right, sizeof(right),
				 "badness = (RSS + SWAP + PT) / %s + ADJ/1000",
				 figure_shared(size, m->total + m->swap_total,
					       m->total));
		draw_heading(c, 0, "If memory ran out now: kernel kill order",
			     right);
		body = canvas_part(c, 1, 0, -1, -1);
	}
	if (c->rows >= KNOBS_FROM) {
		draw_knobs(&ui->snapshot->load, &body, body.rows - 1);
		body = canvas_part(&body, 0, 0, body.rows - 1, -1);
	}
	if (c->rows >= LIMITS_FROM) {
		int rows = oom_limits_rows(ui);
		struct canvas part =
			canvas_part(&body, body.rows - rows, 0, rows, -1);

		if (rows)
			oom_limits_draw(ui, &part);
		body = canvas_part(&body, 0, 0, body.rows - rows, -1);
	}
	table_draw(ui, ui_table(ui), &body);
}

const struct pane pane_oom = {
	.name = "oom",
	.title = "OOM",
	.brief = "OOM",
	.key = '4',
	.where = WHERE_OOM,
	.view = VIEW_OOM,
	.draw = draw,
	.status = selected_text,
};
