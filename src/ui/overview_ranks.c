/* SPDX-License-Identifier: MIT
 *
 * The boxes of the Overview that rank: who waits on swap, who would die
 * first.  Apart from those about the machine because they have rows of their
 * own, made anew for each sample.
 */
#include "overview_boxes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "layout.h"
#include "memtop/text.h"

static double fault_rate(const struct snapshot *s)
{
	const struct counter *counter = snapshot_counter(s, "pgmajfault");

	return counter ? counter->rate : NAN;
}

void box_waiting(const struct ui *ui, const struct canvas *c)
{
	double total = fault_rate(ui->snapshot);
	char text[FORMAT_SIZE], right[40], swap[FIGURE_SIZE];
	int bar = c->cols - 40;

	snprintf(right, sizeof(right), "%s%s",
		 isnan(total) ? ".." : format_rate(text, total),
		 isnan(total) ? "" : "/s");
	draw_heading(c, 0, "Waiting on swap (major faults)", right);
	if (isnan(total) || !ui->waiting.count) {
		draw_text(c, 1, 0, STYLE_DIM,
			  isnan(total) ? ".." : "nobody waits");
		return;
	}
	draw_text(c, 1, 0, STYLE_HEADING, "COMMAND             N MAJ/s SHARE");
	draw_right(c, 1, c->cols - 5, STYLE_HEADING, 5, "SWAP");
	for (int i = 0; i < c->rows - 2 && i < (int)ui->waiting.count; i++) {
		const struct row *row = &ui->waiting.list[i];
		const struct process *p = row->process;
		double share = p->major_fault_rate / total;
		int cells = share > 0 && share <= 1 && bar > 0
				    ? (int)(share * bar + 0.5)
				    : 0;

		draw_name(c, i + 2, 0, STYLE_NORMAL, 16, row->label,
			  strlen(row->label));
		draw_format(c, i + 2, 17, STYLE_NORMAL, "%4zu %5s", row->count,
			    format_rate(text, p->major_fault_rate));
		draw_right(c, i + 2, 28, STYLE_NORMAL, 5,
			   format_percent(text, share * 100));
		for (int k = 0; k < cells; k++)
			draw_glyph(c, i + 2, 34 + k, STYLE_NORMAL,
				   GLYPH_PROCESS);
		draw_right(c, i + 2, c->cols - 5, STYLE_NORMAL, 5,
			   figure_bytes(ui, swap, p->swap, &p->status));
	}
}

/* How many rows from `at` on have the same name and bias. */
static size_t alike(const struct rows *rows, size_t at)
{
	const struct process *p = rows->list[at].process;
	size_t n = 1;

	while (at + n < rows->count &&
	       rows->list[at + n].process->oom_score_adj == p->oom_score_adj &&
	       strcmp(rows->list[at + n].process->comm, p->comm) == 0)
		n++;
	return n;
}

/* Figures of a victim; the lowest `keep` are the last to go when narrow. */
static const struct {
	const char *title;
	uint8_t field;
	uint8_t keep;
} victim_columns[] = {
	{ "SCORE", PROCESS_OOM_SCORE, 1 },
	{ "ADJ", PROCESS_OOM_SCORE_ADJ, 4 },
	{ "RSS", PROCESS_RSS, 2 },
	{ "SWAP", PROCESS_SWAP, 3 },
};

#define RANK_CELLS	 8
#define VICTIM_CELLS_MIN 16
#define VICTIM_CELLS_MAX 24
#define FIGURE_CELLS	 5

/* How many of the columns there is room for, and what is left to the name. */
static int victim_figures(const struct canvas *c, int *ret_name)
{
	int room = c->cols - RANK_CELLS - VICTIM_CELLS_MIN;
	int figures = room / (FIGURE_CELLS + 1), name;

	if (figures > (int)ARRAY_SIZE(victim_columns))
		figures = (int)ARRAY_SIZE(victim_columns);
	if (figures < 0)
		figures = 0;
	name = c->cols - RANK_CELLS - figures * (FIGURE_CELLS + 1);
	*ret_name = name < VICTIM_CELLS_MAX ? name : VICTIM_CELLS_MAX;
	return figures;
}

static void draw_victim(const struct ui *ui, const struct canvas *c, int line,
			size_t at, size_t n)
{
	const struct process *p = ui->dying.list[at].process;
	char text[CELL_SIZE], who[32];
	int name, figures = victim_figures(c, &name);
	int col = RANK_CELLS + name;

	snprintf(text, sizeof(text), n > 1 ? "%zu-%zu" : "%zu", at + 1, at + n);
	draw_text(c, line, 0, STYLE_NORMAL, text);
	if (n > 1)
		snprintf(who, sizeof(who), " x%zu", n);
	else
		snprintf(who, sizeof(who), "[%d]", (int)p->key.pid);
	draw_text(c, line,
		  draw_name(c, line, RANK_CELLS, STYLE_NORMAL,
			    name - text_cells(who), p->comm, strlen(p->comm)),
		  STYLE_NORMAL, who);
	for (size_t i = 0; i < ARRAY_SIZE(victim_columns); i++) {
		uint8_t id = victim_columns[i].field;

		if (victim_columns[i].keep > figures)
			continue;
		field_cell(ui, &entities[ENTITY_PROCESS].fields[id], p, text,
			   sizeof(text));
		draw_right(c, line, col + 1, STYLE_NORMAL, FIGURE_CELLS, text);
		col += FIGURE_CELLS + 1;
	}
}

static void draw_victim_header(const struct canvas *c)
{
	int name, figures = victim_figures(c, &name);
	int col = RANK_CELLS + name;

	draw_text(c, 1, 0, STYLE_HEADING, "#");
	draw_text(c, 1, RANK_CELLS, STYLE_HEADING, "COMMAND[PID]");
	for (size_t i = 0; i < ARRAY_SIZE(victim_columns); i++) {
		if (victim_columns[i].keep > figures)
			continue;
		draw_right(c, 1, col + 1, STYLE_HEADING, FIGURE_CELLS,
			   victim_columns[i].title);
		col += FIGURE_CELLS + 1;
	}
}

void box_dying(const struct ui *ui, const struct canvas *c)
{
	int line = 2;

	draw_heading(c, 0, "Dies next (kernel OOM order)", "");
	draw_victim_header(c);
	for (size_t at = 0; at < ui->dying.count && line < c->rows; line++) {
		const struct process *p = ui->dying.list[at].process;
		size_t n = alike(&ui->dying, at);

		if (p->oom_score == UNKNOWN) {
			/* known ones come first: of nobody, then */
			if (at == 0)
				draw_text(c, line, RANK_CELLS, STYLE_DIM,
					  state_mark(p->oom.state));
			break;
		}
		draw_victim(ui, c, line, at, n);
		at += n;
	}
}

static bool anybody_waits(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->nprocesses; i++)
		if (snapshot->processes[i]->major_fault_rate > 0)
			return true;
	return false;
}

void boxes_refresh(struct ui *ui)
{
	struct rows_query query = { .group = GROUP_COMMAND,
				    .sort = PROCESS_MAJOR_FAULT_RATE,
				    .active = NO_FIELD,
				    .top = 32 };

	/* each process is asked only when the machine says that there may be
	 * one */
	if (!(fault_rate(ui->snapshot) > 0) || !anybody_waits(ui->snapshot))
		rows_done(&ui->waiting);
	else
		rows_build(ui->snapshot, &query, &ui->waiting);
	while (ui->waiting.count && !(ui->waiting.list[ui->waiting.count - 1]
					      .process->major_fault_rate > 0))
		ui->waiting.count--; /* not known is not waiting */
	query = (struct rows_query){ .sort = PROCESS_OOM_SCORE,
				     .active = PROCESS_OOM_SCORE,
				     .top = 128 };
	rows_build(ui->snapshot, &query, &ui->dying);
}
