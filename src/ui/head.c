/* SPDX-License-Identifier: MIT
 *
 * The rows RAM, SWAP and PSI: three rows with bars, or one line of the same
 * figures, at any width.
 */
#include "head.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "head_limit.h"
#include "memtop/text.h"
#include "trends.h"

/* Widths from which a fuller form is used. */
#define WIDE	    120
#define MIDDLE	    76
#define LINE_IN_ONE 62
#define LINE_SHORT  42
/* The middle form: where the bar begins, and the cells that the text behind
 * it may need; both rows keep to them, whatever their figures. */
#define MIDDLE_BAR  11
#define MIDDLE_TEXT 47

/* What is left out rather than cut; returns the column behind it. */
__attribute__((format(printf, 4, 5))) static int
draw_if_fits(const struct canvas *c, int row, int col, const char *format, ...)
{
	char text[128];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (col + text_cells(text) > c->cols)
		return col;
	return draw_text(c, row, col, STYLE_NORMAL, text);
}

static void ram_bar(const struct snapshot *s, const struct canvas *c, int row,
		    int col, int width)
{
	struct ram_kinds kinds;

	ram_kinds(s, &kinds);
	draw_bar(c, row, col, width,
		 (const struct bar_part[]){
			 { kinds.processes, GLYPH_PROCESS, STYLE_BAR_PROCESS },
			 { kinds.kernel, GLYPH_KERNEL, STYLE_BAR_KERNEL },
			 { kinds.cache, GLYPH_CACHE, STYLE_BAR_CACHE },
			 { kinds.free, GLYPH_FREE, STYLE_BAR_FREE },
		 },
		 4);
}

static void ram_legend(const struct snapshot *s, const struct canvas *c,
		       int row, int col)
{
	struct ram_kinds kinds;
	char text[FIGURE_SIZE];
	const char *mark = draw_is_utf8() ? " " : "=";

	ram_kinds(s, &kinds);
	const struct {
		enum glyph glyph;
		const char *name;
		uint64_t bytes;
	} legend[] = {
		{ GLYPH_PROCESS, "procs", kinds.processes },
		{ GLYPH_KERNEL, "kernel", kinds.kernel },
		{ GLYPH_CACHE, "cache", kinds.cache },
		{ GLYPH_FREE, "free", kinds.free },
	};
	for (size_t i = 0; i < ARRAY_SIZE(legend); i++) {
		col = draw_glyph(c, row, col, STYLE_NORMAL, legend[i].glyph);
		col = draw_format(
			c, row, col, STYLE_NORMAL, "%s%s %5s ", mark,
			legend[i].name,
			figure_shared(text, legend[i].bytes, s->memory.total));
	}
}

/* "procs 50.8 kern 8.1 cache 3.3": in the unit of the row, those that fit. */
static void ram_kinds_text(const struct snapshot *s, const struct canvas *c,
			   int row, int col)
{
	struct ram_kinds kinds;
	char text[FIGURE_SIZE * 2], figure[FIGURE_SIZE];

	ram_kinds(s, &kinds);
	const struct {
		const char *name;
		uint64_t bytes;
	} parts[] = {
		{ "procs", kinds.processes },
		{ "kern", kinds.kernel },
		{ "cache", kinds.cache },
	};
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		figure_shared(figure, parts[i].bytes, s->memory.total);
		snprintf(text, sizeof(text), "%s %.*s", parts[i].name,
			 (int)strcspn(figure, "MGT"), figure);
		if (col + text_cells(text) > c->cols)
			return;
		col = draw_text(c, row, col, STYLE_NORMAL, text) + 1;
	}
}

static int middle_bar(const struct canvas *c)
{
	return c->cols - MIDDLE_BAR - 1 - MIDDLE_TEXT;
}

static void draw_ram(struct ui *ui, const struct canvas *c, int row)
{
	const struct memory *m = &ui->snapshot->memory;
	char total[FIGURE_SIZE], avail[FIGURE_SIZE], share[FIGURE_SIZE];
	int col;

	if (m->block.state != STATE_OK) {
		draw_format(c, row, 0, STYLE_NORMAL, "RAM  %s",
			    state_mark(m->block.state));
		return;
	}
	if (head_limit(ui, c, row))
		return;
	figure_shared(total, m->total, m->total);
	figure_bytes(ui, avail, m->available, &m->block);
	figure_percent(share, m->available, m->total);
	if (c->cols >= WIDE) {
		draw_format(c, row, 0, STYLE_NORMAL, "RAM   %5s", total);
		ram_bar(ui->snapshot, c, row, 12, 34);
		draw_format(c, row, 47, STYLE_NORMAL, "avail %5s %4s", avail,
			    share);
		ram_legend(ui->snapshot, c, row, 65);
	} else if (c->cols >= MIDDLE) {
		draw_format(c, row, 0, STYLE_NORMAL, "RAM  %5s", total);
		ram_bar(ui->snapshot, c, row, MIDDLE_BAR, middle_bar(c));
		col = draw_format(c, row, c->cols - MIDDLE_TEXT, STYLE_NORMAL,
				  "avail %4s %3s", avail, share);
		ram_kinds_text(ui->snapshot, c, row, col + 2);
	} else {
		col = draw_format(c, row, 0, STYLE_NORMAL,
				  "RAM  avail %s of %s %3s ", avail, total,
				  share);
		ram_bar(ui->snapshot, c, row, col + 1, c->cols - col - 1);
	}
}

static void swap_bar(const struct snapshot *s, const struct canvas *c, int row,
		     int col, int width)
{
	uint64_t zram, disk;

	swap_kinds(s, &zram, &disk);
	draw_bar(c, row, col, width,
		 (const struct bar_part[]){
			 { zram, GLYPH_SWAP_ZRAM, STYLE_BAR_PROCESS },
			 { disk, GLYPH_SWAP_DISK, STYLE_BAR_PROCESS },
			 { s->memory.swap_free, GLYPH_FREE, STYLE_BAR_FREE },
		 },
		 3);
}

static void swap_wide(struct ui *ui, const struct canvas *c, int row,
		      const char *in, const char *out)
{
	const struct snapshot *s = ui->snapshot;
	const struct memory *m = &s->memory;
	char a[FIGURE_SIZE], b[FIGURE_SIZE];
	const char *mark = draw_is_utf8() ? " " : "=";
	uint64_t zram, disk;
	int col;

	swap_kinds(s, &zram, &disk);
	draw_format(c, row, 0, STYLE_NORMAL, "SWAP  %5s",
		    figure_shared(a, m->swap_total, m->swap_total));
	swap_bar(s, c, row, 12, 34);
	draw_format(c, row, 47, STYLE_NORMAL, "free  %5s %4s",
		    figure_bytes(ui, a, m->swap_free, &m->block),
		    figure_percent(b, m->swap_free, m->swap_total));
	col = draw_glyph(c, row, 65, STYLE_NORMAL, GLYPH_SWAP_ZRAM);
	col = draw_format(c, row, col, STYLE_NORMAL, "%szram  %5s ", mark,
			  figure_shared(a, zram, m->swap_total));
	col = draw_glyph(c, row, col, STYLE_NORMAL, GLYPH_SWAP_DISK);
	draw_format(c, row, col, STYLE_NORMAL, "%sdisk   %5s in %8s out %7s",
		    mark, figure_shared(a, disk, m->swap_total), in, out);
}

static void draw_swap(struct ui *ui, const struct canvas *c, int row)
{
	const struct snapshot *s = ui->snapshot;
	const struct memory *m = &s->memory;
	char in[FIGURE_SIZE], out[FIGURE_SIZE], a[FIGURE_SIZE], b[FIGURE_SIZE],
		d[FIGURE_SIZE];

	if (m->block.state == STATE_OK && m->swap_total == 0) {
		draw_text(c, row, 0, STYLE_NORMAL,
			  "SWAP  none: pressure goes straight to page cache "
			  "and OOM");
		return;
	}
	if (m->block.state != STATE_OK || m->swap_total == UNKNOWN) {
		draw_format(c, row, 0, STYLE_NORMAL, "SWAP %s",
			    state_mark(m->block.state));
		return;
	}
	figure_flow(ui, in, "pswpin");
	figure_flow(ui, out, "pswpout");
	if (c->cols >= WIDE) {
		swap_wide(ui, c, row, in, out);
		return;
	}
	figure_shared(a, m->swap_total, m->swap_total);
	figure_bytes(ui, b, m->swap_free, &m->block);
	figure_percent(d, m->swap_free, m->swap_total);
	if (c->cols >= MIDDLE) {
		draw_format(c, row, 0, STYLE_NORMAL, "SWAP %5s", a);
		swap_bar(s, c, row, MIDDLE_BAR, middle_bar(c));
		draw_format(c, row, c->cols - MIDDLE_TEXT, STYLE_NORMAL,
			    "free  %4s %3s  in %s  out %s", b, d, in, out);
	} else {
		int col = draw_format(c, row, 0, STYLE_NORMAL,
				      "SWAP free  %s of %s %3s", b, a, d);

		draw_if_fits(c, row, col, "  in %s out %s", in, out);
	}
}

static bool psi_known(const struct ui *ui)
{
	return ui->snapshot->pressure.memory_block.state == STATE_OK;
}

static void draw_psi(struct ui *ui, const struct canvas *c, int row)
{
	const struct pressure *p = &ui->snapshot->pressure;
	const struct pressure_line *some = &p->memory_some;
	const struct pressure_line *full = &p->memory_full;
	int col;

	if (!psi_known(ui)) {
		draw_text(c, row, 0, STYLE_NORMAL,
			  p->memory_block.state == STATE_PENDING ? "PSI   .."
			  : p->memory_block.state == STATE_DENIED
				  ? "PSI   ? not permitted"
				  : "PSI   off: boot with psi=1");
		return;
	}
	if (c->cols >= WIDE) {
		col = draw_format(c, row, 0, STYLE_NORMAL,
				  "PSI  memory  some %4.1f %4.1f %4.1f   "
				  "full %4.1f %4.1f %4.1f   "
				  "%% of time, last 10s 1m 5m   full 10m ",
				  some->avg10, some->avg60, some->avg300,
				  full->avg10, full->avg60, full->avg300);
		trend_draw(ui, c, row, col, 26, TREND_PSI_FULL);
		return;
	}
	col = draw_format(c, row, 0, STYLE_NORMAL,
			  "PSI  some %.0f %.0f %.0f   full %.0f %.0f %.0f",
			  some->avg10, some->avg60, some->avg300, full->avg10,
			  full->avg60, full->avg300);
	col = draw_if_fits(c, row, col, "   %% of 10s 1m 5m") + 3;
	if (c->cols - col < 20)
		return;
	col = draw_text(c, row, col, STYLE_NORMAL, "full 10m ");
	trend_draw(ui, c, row, col, c->cols - col, TREND_PSI_FULL);
}

static void line_parts(struct ui *ui, char *memory, char *flow, char *psi,
		       size_t size)
{
	const struct memory *m = &ui->snapshot->memory;
	const struct pressure *p = &ui->snapshot->pressure;
	char avail[FIGURE_SIZE], share[FIGURE_SIZE], free_[FIGURE_SIZE],
		left[FIGURE_SIZE], in[FIGURE_SIZE], out[FIGURE_SIZE];
	int n;

	head_available(ui, avail, share);
	n = snprintf(memory, size, "avail %s %s", avail, share);
	if (m->swap_total == 0)
		snprintf(memory + n, size - (size_t)n, "   SWAP none");
	else
		snprintf(memory + n, size - (size_t)n, "   SWAP free %s %s",
			 figure_bytes(ui, free_, m->swap_free, &m->block),
			 figure_percent(left, m->swap_free, m->swap_total));
	*flow = '\0';
	if (m->swap_total != 0)
		snprintf(flow, size, "in %s out %s",
			 figure_flow(ui, in, "pswpin"),
			 figure_flow(ui, out, "pswpout"));
	if (psi_known(ui))
		snprintf(psi, size, "PSI some %.0f full %.0f%%",
			 p->memory_some.avg10, p->memory_full.avg10);
	else
		snprintf(psi, size, "PSI %s",
			 p->memory_block.state == STATE_PENDING ? ".." : "off");
}

/* The same in two lines of thirty cells. */
static void draw_short_lines(struct ui *ui, const struct canvas *c)
{
	const struct memory *m = &ui->snapshot->memory;
	const struct pressure *p = &ui->snapshot->pressure;
	char avail[FIGURE_SIZE], share[FIGURE_SIZE], in[FIGURE_SIZE],
		out[FIGURE_SIZE];
	int col;

	head_available(ui, avail, share);
	col = draw_format(c, 0, 0, STYLE_NORMAL, "avail %s %s", avail, share);
	draw_format(c, 0, col, STYLE_NORMAL, "  swap %s",
		    m->swap_total == 0 ? "none"
				       : figure_percent(share, m->swap_free,
							m->swap_total));
	col = 0;
	if (m->swap_total != 0)
		col = draw_format(c, 1, 0, STYLE_NORMAL, "in %s out %s ",
				  figure_flow(ui, in, "pswpin"),
				  figure_flow(ui, out, "pswpout"));
	if (psi_known(ui))
		draw_format(c, 1, col, STYLE_NORMAL, "PSI %.0f/%.0f",
			    p->memory_some.avg10, p->memory_full.avg10);
}

/* One blank where there were several. */
static void squeeze(char *text)
{
	char *to = text;

	for (const char *from = text; *from; from++)
		if (*from != ' ' || from[1] != ' ')
			*to++ = *from;
	*to = '\0';
}

/* Stalls count for more than what goes in and out, and that for more than
 * blanks. */
static void draw_in_one(const struct canvas *c, const char *memory,
			const char *flow, const char *psi)
{
	char text[512];

	snprintf(text, sizeof(text), "RAM %s%s%s   %s", memory,
		 *flow ? "  " : "", flow, psi);
	if (text_cells(text) > c->cols)
		squeeze(text);
	if (text_cells(text) > c->cols)
		snprintf(text, sizeof(text), "RAM %s   %s", memory, psi);
	draw_text(c, 0, 0, STYLE_NORMAL, text);
}

static void draw_line(struct ui *ui, const struct canvas *c)
{
	char memory[128], flow[128], psi[128];

	if (c->cols < LINE_SHORT) {
		draw_short_lines(ui, c);
		return;
	}
	line_parts(ui, memory, flow, psi, sizeof(memory));
	if (c->cols >= LINE_IN_ONE) {
		draw_in_one(c, memory, flow, psi);
		return;
	}
	draw_text(c, 0, 0, STYLE_NORMAL, memory);
	draw_format(c, 1, 0, STYLE_NORMAL, "%s%s%s", flow, *flow ? "  " : "",
		    psi);
}

int head_rows(const struct canvas *screen, enum head_mode mode)
{
	switch (mode) {
	case HEAD_FULL:
		return 3;
	case HEAD_LINE:
		return screen->cols >= LINE_IN_ONE ? 1 : 2;
	default:
		return 0;
	}
}

void head_figures(struct ui *ui, const struct canvas *c, enum head_mode mode)
{
	if (!ui->snapshot)
		return;
	if (mode == HEAD_LINE) {
		draw_line(ui, c);
	} else if (mode == HEAD_FULL) {
		draw_ram(ui, c, 0);
		draw_swap(ui, c, 1);
		draw_psi(ui, c, 2);
	}
}
