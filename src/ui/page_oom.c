/* SPDX-License-Identifier: MIT
 *
 * Details, page 4: how the kernel scores this process when memory runs out,
 * with the arithmetic shown, where that puts it among the others, on the
 * machine and at the limit of its cgroup, and what another adj would change.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "memtop/cgroup.h"
#include "memtop/rows.h"
#include "memtop/text.h"
#include "oom_now.h"
#include "oom_what_if.h"
#include "page.h"
#include "popup.h"

#define TWO_COLUMNS 108 /* from that width on */

struct oom_page {
	struct rows rows; /* of the snapshot with that number */
	uint64_t seq;
};

static void draw_pages(const struct canvas *c, int row, const char *label,
		       uint64_t bytes, uint64_t count)
{
	char size[FORMAT_SIZE], number[FORMAT_SIZE], line[80];

	snprintf(line, sizeof(line), "%s pages", exact_grouped(number, count));
	draw_text(c, row, 0, STYLE_NORMAL, label);
	draw_right(c, row, 20, STYLE_NORMAL, 8,
		   format_bytes(size, bytes, FORMAT_AUTO));
	draw_right(c, row, 28, STYLE_NORMAL, 20, line);
}

static void draw_percent(const struct canvas *c, int row, const char *label,
			 double percent, const char *behind)
{
	draw_text(c, row, 0, STYLE_NORMAL, label);
	draw_format(c, row, 20, STYLE_NORMAL, "%7.2f%%   %s", percent, behind);
}

/* "score = (1000 + 452) x 2/3 = 968   /proc says 968 ok" */
static void draw_score(const struct canvas *c, int row, const struct process *p,
		       const struct oom_parts *parts, int64_t adj)
{
	int64_t permille =
		oom_points(parts, adj) * 1000 / (int64_t)parts->total;
	int64_t score = oom_score(parts, adj);
	char says[64] = "";

	if (p->oom_score != UNKNOWN)
		snprintf(says, sizeof(says), "; /proc says %" PRIu64 " %s",
			 p->oom_score,
			 (int64_t)p->oom_score == score ? "ok" : "(moving)");
	draw_format(c, row, 0, STYLE_NORMAL,
		    "score = (1000 %c %" PRId64 ") x 2/3 = %" PRId64 "%s",
		    permille < 0 ? '-' : '+',
		    permille < 0 ? -permille : permille, score, says);
}

static int draw_arithmetic(const struct ui *ui, const struct canvas *c, int row,
			   const struct process *p,
			   const struct oom_parts *parts)
{
	uint64_t page_size = ui->snapshot->host->page_size;
	int64_t adj = p->oom_score_adj;
	double share = percent_of(parts->sum, parts->total);
	double badness =
		100.0 * (double)oom_points(parts, adj) / (double)parts->total;
	struct oom_domain domain = oom_machine(ui->snapshot);
	struct oom_place place = { .adj = adj };
	char rank[48] = "", text[64], label[32];

	draw_pages(c, row++, "RSS", parts->rss * page_size, parts->rss);
	draw_pages(c, row++, "+ swap", parts->swap * page_size, parts->swap);
	draw_pages(c, row++, "+ page tables", parts->page_tables * page_size,
		   parts->page_tables);
	draw_pages(c, row++, "= memory", parts->sum * page_size, parts->sum);
	draw_pages(c, row++, "/ RAM + swap", parts->total * page_size,
		   parts->total);
	draw_percent(c, row++, "= share", share, "");
	snprintf(label, sizeof(label), "+ adj %" PRId64 "/1000", adj);
	draw_percent(c, row++, label, badness - share, "");
	if (oom_places(ui->snapshot, &domain, p, &place, 1) == 0)
		what_if_rank(&place, rank, sizeof(rank));
	snprintf(text, sizeof(text), "rank %s", rank);
	draw_percent(c, row++, "= badness", badness, text);
	draw_score(c, row++, p, parts, adj);
	return row;
}

static const char *exempt_reason(const struct process *p)
{
	if (p->key.pid == 1)
		return "The kernel never kills the first process.";
	if (p->kernel)
		return "A kernel thread owns no memory and is never killed.";
	if (p->state == 'Z')
		return "It has exited already.";
	return "oom_score_adj is -1000: the kernel never kills it.";
}

static int draw_wrapped(const struct canvas *c, int row, const char *line)
{
	struct canvas part = canvas_part(c, row, 0, -1, -1);
	struct sheet sheet = { 0 };

	sheet_wrap(&sheet, part.cols, NULL, line);
	row += (int)sheet_draw_lines(&sheet, &part);
	sheet_done(&sheet);
	return row;
}

static int draw_frees(const struct canvas *c, int row, const struct process *p)
{
	uint64_t ram = process_frees_ram(p), swap = process_frees_swap(p);
	char a[FORMAT_SIZE], b[FORMAT_SIZE], line[160];

	if (ram == UNKNOWN || swap == UNKNOWN)
		snprintf(line, sizeof(line),
			 "What it would free is not known: PSS %s.",
			 p->smaps.state == STATE_OK
				 ? "has no USS"
				 : state_words(p->smaps.state));
	else
		snprintf(line, sizeof(line),
			 "It would free %s of RAM and %s of swap (USS, not "
			 "RSS: shared pages stay).",
			 format_bytes(a, ram, FORMAT_AUTO),
			 format_bytes(b, swap, FORMAT_AUTO));
	return draw_wrapped(c, row + 1, line);
}

/* How sure it is that it, or who else, is the first. */
static int draw_first(struct ui *ui, const struct canvas *c, int row)
{
	char line[400];

	oom_now_first(ui, line, sizeof(line) - 1);
	strcat(line, ".");
	return draw_wrapped(c, row, line);
}

/* Its place where the tightest limit above it kills. */
static int draw_limit(const struct ui *ui, const struct canvas *c, int row,
		      const struct process *p)
{
	struct oom_place place = { .adj = p->oom_score_adj };
	char line[384], rank[48], first[96], max[FORMAT_SIZE], name[128];
	struct oom_limit limit;
	const struct text *title;

	draw_heading(c, row++, "If its cgroup hits a limit", "");
	if (!p->cgroup ||
	    !oom_limit_of(ui->snapshot, text_str(p->cgroup), &limit))
		return draw_wrapped(c, row,
				    p->cgroup ? "Neither its cgroup nor one "
						"above it has a limit: only "
						"the machine can run out."
					      : "Its cgroup is not known.");
	title = cgroup_title(limit.cgroup);
	text_printable(name, sizeof(name), text_str(title), text_len(title),
		       32);
	format_bytes(max, limit.cgroup->max, FORMAT_AUTO);
	if (oom_places(ui->snapshot, &limit.domain, p, &place, 1) < 0) {
		snprintf(line, sizeof(line),
			 "%s has a limit of %s; its place there is not known.",
			 name, max);
		return draw_wrapped(c, row, line);
	}
	what_if_rank(&place, rank, sizeof(rank));
	what_if_name(place.first, first, sizeof(first));
	snprintf(line, sizeof(line),
		 "%s has a limit of %s: there it is %s, and %s dies first%s.",
		 name, max, rank, first,
		 limit.cgroup->oom_group == 1 ? ", with all of the group" : "");
	return draw_wrapped(c, row, line);
}

/* Returns the rows it took. */
static int draw_scoring(struct ui *ui, const struct canvas *c,
			const struct process *p)
{
	struct oom_parts parts;
	int row = 0;

	draw_heading(c, row++, "How the kernel scores it", "global OOM");
	if (!ui->snapshot)
		return row;
	if (p->oom.state != STATE_OK)
		draw_format(c, row++, 0, STYLE_NORMAL, "oom_score: %s",
			    state_words(p->oom.state));
	else if (oom_exempt(p))
		draw_text(c, row++, 0, STYLE_NORMAL, exempt_reason(p));
	else if (oom_parts(ui->snapshot, p, &parts) < 0)
		draw_text(c, row++, 0, STYLE_NORMAL,
			  "One of its parts is not known.");
	else
		row = draw_arithmetic(ui, c, row, p, &parts);
	row = draw_frees(c, row, p);
	row = draw_first(ui, c, row);
	return draw_limit(ui, c, row, p);
}

static void refresh_rows(struct ui *ui)
{
	struct oom_page *page = ui->page_state;
	struct rows_query query = {
		.sort = PROCESS_OOM_SCORE,
		.active = NO_FIELD,
	};

	if (page->seq != ui->snapshot->seq &&
	    !rows_build(ui->snapshot, &query, &page->rows))
		page->seq = ui->snapshot->seq;
}

static void draw_place(const struct ui *ui, const struct canvas *c, int row,
		       size_t place, const struct process *p)
{
	char score[PAGE_CELL_SIZE], adj[PAGE_CELL_SIZE], frees[FORMAT_SIZE];
	char title[128];

	popup_process_title(title, sizeof(title), "", p);
	draw_format(c, row, 0, STYLE_NORMAL, " %5zu %-22.22s", place, title);
	draw_right(c, row, 30, STYLE_NORMAL, 5,
		   page_cell(ui, p, PROCESS_OOM_SCORE, score));
	draw_right(c, row, 36, STYLE_NORMAL, 5,
		   page_cell(ui, p, PROCESS_OOM_SCORE_ADJ, adj));
	draw_right(c, row, 42, STYLE_NORMAL, 6,
		   process_frees_ram(p) == UNKNOWN
			   ? "?"
			   : format_bytes(frees, process_frees_ram(p),
					  FORMAT_AUTO));
	if (!process_key_equal(p->key, ui->subject))
		return;
	draw_text(c, row, 0, STYLE_NORMAL, ">");
	draw_restyle(c, row, 0, c->cols, STYLE_CURSOR);
}

static void draw_places(struct ui *ui, const struct canvas *c, int row,
			size_t first, size_t last)
{
	const struct oom_page *page = ui->page_state;

	for (size_t i = first; i < last && i < page->rows.count; i++)
		draw_place(ui, c, row++, i + 1, page->rows.list[i].process);
}

/* The first ones; then this one, where it is not among them. */
static void draw_order(struct ui *ui, const struct canvas *c)
{
	const struct oom_page *page = ui->page_state;
	size_t rows;
	ptrdiff_t own;

	draw_heading(c, 0, "Kill order", "first dies first");
	draw_text(c, 1, 0, STYLE_HEADING,
		  "    #  COMMAND[PID]           SCORE   ADJ  FREES");
	if (!page || !ui->snapshot || c->rows < 3)
		return;
	refresh_rows(ui);
	rows = (size_t)(c->rows - 2);
	own = rows_find(&page->rows, ui->subject);
	if (own < 0 || (size_t)own < rows || rows < 3) {
		draw_places(ui, c, 2, 0, rows);
		return;
	}
	draw_places(ui, c, 2, 0, rows - 2);
	draw_text(c, c->rows - 2, 0, STYLE_DIM, "   ...");
	draw_places(ui, c, c->rows - 1, (size_t)own, (size_t)own + 1);
}

static void draw(struct ui *ui, const struct canvas *c,
		 const struct process *process)
{
	struct canvas first = page_first(c, TWO_COLUMNS), second;
	int rows = draw_scoring(ui, &first, process);

	second = page_second(c, TWO_COLUMNS, rows);
	if (!ui->snapshot)
		return;
	rows = what_if_table(ui, &second, process);
	second = canvas_part(&second, rows, 0, -1, -1);
	draw_order(ui, &second);
}

/* All the arithmetic, and some of the order. */
static int rows_wanted(const struct ui *ui, int cols)
{
	(void)ui;
	return cols >= TWO_COLUMNS ? 22 : 32;
}

static void open_page(struct ui *ui)
{
	if (!ui->page_state)
		ui->page_state = calloc(1, sizeof(struct oom_page));
}

static void close_page(struct ui *ui)
{
	struct oom_page *page = ui->page_state;

	if (page)
		rows_done(&page->rows);
	free(page);
}

static void status(struct ui *ui, char *buf, size_t size)
{
	snprintf(buf, size,
		 ui->cols < 92 ? "o sets adj (asks first); lowering needs "
				 "CAP_SYS_RESOURCE"
			       : "o sets adj (asks first; lasts until the "
				 "process exits; lowering needs "
				 "CAP_SYS_RESOURCE)");
}

const struct page page_oom = {
	.title = "OOM",
	.where = WHERE_DETAILS | WHERE_OOM_PAGE | WHERE_SCROLLS,
	.rows = rows_wanted,
	.open = open_page,
	.draw = draw,
	.status = status,
	.close = close_page,
};
