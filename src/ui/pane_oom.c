/* SPDX-License-Identifier: MIT
 *
 * Pane 4: whom the kernel would kill first, in the order of the forecast, what
 * another oom_score_adj would change, and the limits that kill before.
 */
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "head.h"
#include "memtop/text.h"
#include "oom_limits.h"
#include "oom_now.h"
#include "oom_what_if.h"

#define HEADING_FROM   6
#define KNOBS_FROM     18
#define LIMITS_FROM    18
#define WHAT_IF_FROM   14
#define NOTES_FROM     16 /* the weightiest, and all of them */
#define NOTES_ALL_FROM 24

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

static void draw_title(struct ui *ui, const struct canvas *c)
{
	const struct memory *m = &ui->snapshot->memory;
	char right[96] = "", size[FIGURE_SIZE], title[416], first[384];

	if (c->cols >= 100 && m->total != UNKNOWN && m->swap_total != UNKNOWN)
		snprintf(right, sizeof(right),
			 "(RSS + SWAP + PT) / %s + ADJ/1000",
			 figure_shared(size, m->total + m->swap_total,
				       m->total));
	oom_now_first(ui, first, sizeof(first));
	snprintf(title, sizeof(title), "Kernel kill order: %s", first);
	draw_heading(c, 0, title, right);
}

/* A box at the bottom of what is left for the table. */
static struct canvas take_bottom(struct canvas *body, int rows)
{
	struct canvas part = canvas_part(body, body->rows - rows, 0, rows, -1);

	*body = canvas_part(body, 0, 0, body->rows - rows, -1);
	return part;
}

static void draw(struct ui *ui, const struct canvas *c)
{
	struct canvas body = *c, part;
	int notes;

	if (!ui->snapshot)
		return;
	if (c->rows >= HEADING_FROM) {
		draw_title(ui, c);
		body = canvas_part(c, 1, 0, -1, -1);
	}
	notes = c->rows >= NOTES_FROM ? oom_now_rows(ui) : 0;
	if (notes > 1 && c->rows < NOTES_ALL_FROM)
		notes = 1;
	if (notes) {
		part = canvas_part(&body, 0, 0, notes, -1);
		oom_now_draw(ui, &part);
		body = canvas_part(&body, notes, 0, -1, -1);
	}
	if (c->rows >= KNOBS_FROM) {
		part = take_bottom(&body, 1);
		draw_knobs(&ui->snapshot->load, &part, 0);
	}
	if (c->rows >= LIMITS_FROM && oom_limits_rows(ui)) {
		part = take_bottom(&body, oom_limits_rows(ui));
		oom_limits_draw(ui, &part);
	}
	if (c->rows >= WHAT_IF_FROM) {
		part = take_bottom(&body, WHAT_IF_ROWS);
		what_if_draw(ui, &part);
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
