/* SPDX-License-Identifier: MIT
 *
 * Pane 4: whom the kernel would kill first, by its own score.  Scores that
 * are equal share a rank: the kernel has no order among them.
 */
#include <stdio.h>

#include "figures.h"
#include "head.h"

#define HEADING_FROM 6

static void knob(char *buf, size_t size, const char *name, uint64_t value)
{
	if (value == UNKNOWN)
		snprintf(buf, size, "%s ?", name);
	else
		snprintf(buf, size, "%s %llu", name,
			 (unsigned long long)value);
}

static void draw(struct ui *ui, const struct canvas *c)
{
	const struct load *load;
	char panic[40], allocating[48], right[96] = "";
	struct canvas body = *c;

	if (!ui->snapshot)
		return;
	load = &ui->snapshot->load;
	if (c->rows >= HEADING_FROM) {
		knob(panic, sizeof(panic), "panic_on_oom", load->panic_on_oom);
		knob(allocating, sizeof(allocating),
		     "oom_kill_allocating_task",
		     load->oom_kill_allocating_task);
		if (c->cols >= 100)
			snprintf(right, sizeof(right), "%s  %s", panic,
				 allocating);
		draw_heading(c, 0, "If memory ran out now: kernel kill order",
			     right);
		body = canvas_part(c, 1, 0, -1, -1);
	}
	table_draw(ui, ui_table(ui), &body);
}

const struct pane pane_oom = {
	.name = "oom",
	.title = "OOM",
	.brief = "OOM",
	.where = WHERE_OOM,
	.view = VIEW_OOM,
	.draw = draw,
	.status = selected_text,
};
