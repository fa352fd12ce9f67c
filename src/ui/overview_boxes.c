/* SPDX-License-Identifier: MIT
 *
 * The boxes of the Overview beside its table: where RAM went, the last ten
 * minutes, who waits on swap, who would die first.
 */
#include "overview_boxes.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "memtop/text.h"
#include "trends.h"

#define BAR_FROM 23 /* column behind the names */

void box_ram(const struct ui *ui, const struct canvas *c)
{
	const struct memory *m = &ui->snapshot->memory;
	struct ram_part parts[RAM_PARTS];
	char title[64], size[FIGURE_SIZE], share[FIGURE_SIZE];
	int bar = c->cols - 48;

	snprintf(title, sizeof(title), "Where %s of RAM went",
		 figure_shared(size, m->total, m->total));
	draw_heading(c, 0, title, "can it be freed?");
	ram_parts(m, parts);
	for (int i = 0; i < RAM_PARTS; i++) {
		const struct ram_part *part = &parts[i];
		int cells, col = BAR_FROM + 12;

		draw_text(c, i + 1, 0, STYLE_NORMAL, part->name);
		if (part->bytes == UNKNOWN) {
			draw_right(c, i + 1, BAR_FROM - 1, STYLE_DIM, 6,
				   state_mark(m->block.state));
			continue;
		}
		figure_shared(size, part->bytes, m->total);
		figure_percent(share, part->bytes, m->total);
		draw_format(c, i + 1, BAR_FROM - 1, STYLE_NORMAL, "%6s %4s",
			    size, share);
		cells = bar > 0 && m->total
				? (int)((double)part->bytes / (double)m->total *
						bar +
					0.5)
				: 0;
		if (!cells && part->bytes > 0 && bar > 0)
			cells = 1;
		for (int k = 0; k < cells; k++)
			col = draw_glyph(c, i + 1, col, part->style,
					 part->glyph);
		draw_text(c, i + 1, c->cols - 11, STYLE_NORMAL, part->freed);
	}
}

void box_rest(const struct ui *ui, const struct canvas *c)
{
	const struct memory *m = &ui->snapshot->memory;
	struct ram_part p[RAM_PARTS];
	char t[8][FIGURE_SIZE], slab[FIGURE_SIZE], share[FIGURE_SIZE];
	static const int shown[] = { RAM_PAGE_CACHE, RAM_SLAB_FREEABLE,
				     RAM_HUGETLB,    RAM_SHMEM,
				     RAM_TABLES,     RAM_OTHER,
				     RAM_FREE,	     RAM_ANON };

	ram_parts(m, p);
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		if (p[shown[i]].bytes == UNKNOWN)
			snprintf(t[i], sizeof(t[i]), "n/a");
		else
			figure_shared(t[i], p[shown[i]].bytes, m->total);
	}
	draw_heading(c, 0, "Where RAM went", "");
	if (p[RAM_SLAB_FIXED].bytes == UNKNOWN ||
	    p[RAM_SLAB_FREEABLE].bytes == UNKNOWN)
		snprintf(slab, sizeof(slab), "n/a");
	else
		figure_shared(slab,
			      p[RAM_SLAB_FIXED].bytes +
				      p[RAM_SLAB_FREEABLE].bytes,
			      m->total);
	draw_format(c, 1, 0, STYLE_NORMAL,
		    "anonymous %s   page cache %s   slab %s (%s frees)   "
		    "hugetlb %s",
		    t[7], t[0], slab, t[1], t[2]);
	draw_format(c, 2, 0, STYLE_NORMAL,
		    "shmem %s   page tables %s   other %s   free %s   "
		    "THP %s of anon",
		    t[3], t[4], t[5], t[6],
		    figure_percent(share, m->anon_huge, m->anon_pages));
}

void box_trends(const struct ui *ui, const struct canvas *c)
{
	const struct snapshot *s = ui->snapshot;
	const struct pressure *p = &s->pressure;
	int width = c->cols - 18;
	char right[32], text[FIGURE_SIZE];

	snprintf(right, sizeof(right), "1 cell = %u s",
		 trend_cell_seconds(width));
	draw_heading(c, 0, "Last 10 minutes", right);
	static const char *const names[TREND_COUNT] = {
		[TREND_AVAILABLE] = "avail",
		[TREND_SWAP_IN] = "swap in",
		[TREND_SWAP_OUT] = "swap out",
		[TREND_PSI_FULL] = "PSI full",
	};
	for (int i = 0; i < TREND_COUNT; i++) {
		draw_text(c, i + 1, 0, STYLE_NORMAL, names[i]);
		trend_draw(ui, c, i + 1, 9, width, (enum trend)i);
		if (i == TREND_AVAILABLE)
			figure_bytes(ui, text, s->memory.available,
				     &s->memory.block);
		else if (i == TREND_SWAP_IN)
			figure_flow(ui, text, "pswpin");
		else if (i == TREND_SWAP_OUT)
			figure_flow(ui, text, "pswpout");
		else if (p->memory_block.state == STATE_OK)
			snprintf(text, sizeof(text), "%.1f%%",
				 p->memory_full.avg10);
		else
			snprintf(text, sizeof(text), "%s",
				 state_mark(p->memory_block.state));
		draw_right(c, i + 1, 9 + width + 1, STYLE_NORMAL, 7, text);
	}
}

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

/* How many rows from `at` on have the same score and name. */
static size_t alike(const struct rows *rows, size_t at)
{
	const struct process *p = rows->list[at].process;
	size_t n = 1;

	while (at + n < rows->count &&
	       rows->list[at + n].process->oom_score == p->oom_score &&
	       strcmp(rows->list[at + n].process->comm, p->comm) == 0)
		n++;
	return n;
}

static void draw_victim(const struct ui *ui, const struct canvas *c, int line,
			size_t at, size_t n)
{
	const struct process *p = ui->dying.list[at].process;
	char rank[24], size[FIGURE_SIZE], swap[FIGURE_SIZE];
	int col;

	if (n > 1)
		snprintf(rank, sizeof(rank), "%zu-%zu", at + 1, at + n);
	else
		snprintf(rank, sizeof(rank), "%zu", at + 1);
	draw_text(c, line, 0, STYLE_NORMAL, rank);
	col = draw_name(c, line, 8, STYLE_NORMAL, 16, p->comm, strlen(p->comm));
	if (n > 1)
		draw_format(c, line, col, STYLE_NORMAL, " x%zu", n);
	else
		draw_format(c, line, col, STYLE_NORMAL, "[%d]",
			    (int)p->key.pid);
	draw_format(c, line, 33, STYLE_NORMAL, "%5llu %5lld %5s %5s",
		    (unsigned long long)p->oom_score,
		    (long long)p->oom_score_adj,
		    figure_bytes(ui, size, p->rss, &p->statm),
		    figure_bytes(ui, swap, p->swap, &p->status));
}

void box_dying(const struct ui *ui, const struct canvas *c)
{
	int line = 2;

	draw_heading(c, 0, "Dies next (kernel OOM order)", "");
	draw_text(c, 1, 0, STYLE_HEADING,
		  "#       COMMAND[PID]             SCORE   ADJ   RSS  SWAP");
	for (size_t at = 0; at < ui->dying.count && line < c->rows; line++) {
		size_t n = alike(&ui->dying, at);

		if (ui->dying.list[at].process->oom_score == UNKNOWN)
			break;
		draw_victim(ui, c, line, at, n);
		at += n;
	}
}

void boxes_refresh(struct ui *ui)
{
	struct rows_query query = { .group = GROUP_COMMAND,
				    .sort = PROCESS_MAJOR_FAULT_RATE,
				    .active = NO_FIELD,
				    .top = 32 };

	rows_build(ui->snapshot, &query, &ui->waiting);
	while (ui->waiting.count && !(ui->waiting.list[ui->waiting.count - 1]
					      .process->major_fault_rate > 0))
		ui->waiting.count--; /* not known is not waiting */
	query = (struct rows_query){ .sort = PROCESS_OOM_SCORE,
				     .active = PROCESS_OOM_SCORE,
				     .top = 128 };
	rows_build(ui->snapshot, &query, &ui->dying);
}
