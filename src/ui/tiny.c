/* SPDX-License-Identifier: MIT
 *
 * Screens with no room for panes: the verdict first, then who, then what is
 * left of RAM and swap.  Never a "too small" message.
 */
#include <string.h>

#include "figures.h"
#include "head.h"
#include "memtop/text.h"

static void draw_who(struct ui *ui, const struct canvas *c, int row)
{
	const struct table *table = ui_table(ui);
	const struct row *first = table->rows.count ? table->rows.list : NULL;
	const struct process *p = first ? first->process : NULL;
	char size[FIGURE_SIZE], grow[FORMAT_SIZE] = "";
	const char *name;
	int cells;

	if (!p)
		return;
	name = first->label ? first->label : p->comm;
	figure_bytes(ui, size, p->pss != UNKNOWN ? p->pss : p->rss,
		     p->pss != UNKNOWN ? &p->smaps : &p->statm);
	if (!isnan(p->growth_rate) && p->growth_rate != 0)
		format_bytes_signed(grow, p->growth_rate * 60, FORMAT_AUTO);
	cells = c->cols - (int)strlen(size) - (int)strlen(grow) - 2;
	if (cells < 4) {
		cells = c->cols;
		size[0] = grow[0] = '\0';
	}
	cells = draw_name(c, row, 0, STYLE_NORMAL, cells, name, strlen(name));
	draw_format(c, row, cells, STYLE_NORMAL, " %s %s", size, grow);
}

static void draw_swap(struct ui *ui, const struct canvas *c, int row)
{
	const struct memory *m = &ui->snapshot->memory;
	const struct pressure *p = &ui->snapshot->pressure;
	char share[FIGURE_SIZE];
	int col;

	if (m->swap_total == 0)
		col = draw_text(c, row, 0, STYLE_NORMAL, "no swap");
	else
		col = draw_format(
			c, row, 0, STYLE_NORMAL, "swap %s",
			figure_percent(share, m->swap_free, m->swap_total));
	if (p->memory_block.state == STATE_OK)
		draw_format(c, row, col, STYLE_NORMAL, "  PSI %.0f/%.0f",
			    p->memory_some.avg10, p->memory_full.avg10);
}

static void draw_one_row(struct ui *ui, const struct canvas *c)
{
	const struct snapshot *s = ui->snapshot;
	char share[FIGURE_SIZE];
	const char *brief = text_str(s->verdict.brief);

	draw_format(c, 0, 0, STYLE_NORMAL, "%s %s %s",
		    severity_name(s->verdict.severity),
		    figure_percent(share, s->memory.available, s->memory.total),
		    *brief ? brief : text_str(s->verdict.text));
}

void tiny_draw(struct ui *ui, const struct canvas *c)
{
	char avail[FIGURE_SIZE], share[FIGURE_SIZE];
	const struct snapshot *s = ui->snapshot;
	struct canvas verdict = canvas_part(c, 0, 0, 1, -1);

	if (!s) {
		draw_text(c, 0, 0, STYLE_NORMAL, "starting");
		return;
	}
	if (c->rows == 1) {
		draw_one_row(ui, c);
		return;
	}
	verdict_draw(ui, &verdict);
	draw_who(ui, c, 1);
	draw_format(
		c, 2, 0, STYLE_NORMAL, "avail %s %s",
		figure_bytes(ui, avail, s->memory.available, &s->memory.block),
		figure_percent(share, s->memory.available, s->memory.total));
	draw_swap(ui, c, 3);
	if (c->rows > 4) {
		struct canvas rest = canvas_part(c, 4, 0, -1, -1);

		table_draw(ui, ui_table(ui), &rest);
	}
}
