/* SPDX-License-Identifier: MIT
 *
 * What another oom_score_adj of one process would change: who dies instead,
 * and from which adj on.  The forecast does the arithmetic; acting is the
 * dialog's business.
 */
#include "oom_what_if.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memtop/text.h"
#include "popup.h"

#define LABEL_CELLS 12
#define ADJ_LEAST   (-1000)
#define ADJ_MOST    1000

int64_t adj_clamp(int64_t adj)
{
	return adj < ADJ_LEAST ? ADJ_LEAST : adj > ADJ_MOST ? ADJ_MOST : adj;
}

int64_t what_if_adj(const struct ui *ui, const struct process *process)
{
	if (process_key_equal(ui->what_if.key, process->key))
		return ui->what_if.adj;
	return process->oom_score_adj;
}

void act_what_if(struct ui *ui, int arg)
{
	const struct process *p = ui_need_selected(ui);

	if (!p)
		return;
	if (p->oom.state != STATE_OK) {
		ui_message(ui, "its oom_score_adj is not known");
		return;
	}
	ui->what_if.adj = adj_clamp(what_if_adj(ui, p) + arg);
	ui->what_if.key = p->key;
	ui->dirty = true;
}

void what_if_name(const struct process *process, char *buf, size_t size)
{
	if (process)
		popup_process_title(buf, size, "", process);
	else
		snprintf(buf, size, "nobody");
}

void what_if_frees(const struct process *process, char *buf, size_t size)
{
	uint64_t ram = process ? process_frees_ram(process) : UNKNOWN;
	uint64_t swap = process ? process_frees_swap(process) : UNKNOWN;
	char a[FORMAT_SIZE], b[FORMAT_SIZE];

	*buf = '\0';
	if (ram == UNKNOWN || swap == UNKNOWN)
		return;
	format_bytes(a, ram, FORMAT_AUTO);
	format_bytes(b, swap, FORMAT_AUTO);
	snprintf(buf, size, swap ? ", frees %s + %s" : ", frees %s", a, b);
}

void what_if_badness(const struct oom_place *place, uint64_t total, char *buf,
		     size_t size)
{
	if (place->rank == 0)
		snprintf(buf, size, "never");
	else
		snprintf(buf, size, "%.1f%%",
			 100.0 * (double)place->points / (double)total);
}

void what_if_rank(const struct oom_place *place, char *buf, size_t size)
{
	if (place->rank == 0)
		snprintf(buf, size, "never");
	else
		snprintf(buf, size, "%zu of %zu", place->rank, place->of);
}

/* "  adj 0 -> -500  rank 1 -> 7 of 9", where the badness has no room. */
static void change_brief(const struct oom_place places[2], char *buf,
			 size_t size)
{
	char rank[2][24] = { "never", "never" };

	for (int i = 0; i < 2; i++)
		if (places[i].rank)
			snprintf(rank[i], sizeof(rank[i]), "%zu",
				 places[i].rank);
	snprintf(buf, size, "  adj %" PRId64 " -> %" PRId64 "  rank %s -> %s",
		 places[0].adj, places[1].adj, rank[0], rank[1]);
}

/* "java[1]  adj 0 -> -500   badness 45.3% -> -4.8%   rank 1 of 9 -> 7 of 9" */
static void draw_change(const struct canvas *c, int row,
			const struct process *p, uint64_t total,
			const struct oom_place places[2])
{
	char name[96], badness[2][24], rank[2][48], line[256];
	int col;

	for (int i = 0; i < 2; i++) {
		what_if_badness(&places[i], total, badness[i],
				sizeof(badness[i]));
		what_if_rank(&places[i], rank[i], sizeof(rank[i]));
	}
	what_if_name(p, name, sizeof(name));
	col = draw_text(c, row, 0, STYLE_BOLD, name);
	if (places[0].adj == places[1].adj)
		snprintf(line, sizeof(line),
			 "  adj %" PRId64 "   badness %s   rank %s",
			 places[0].adj, badness[0], rank[0]);
	else
		snprintf(line, sizeof(line),
			 "  adj %" PRId64 " -> %" PRId64
			 "   badness %s -> %s   rank %s -> %s",
			 places[0].adj, places[1].adj, badness[0], badness[1],
			 rank[0], rank[1]);
	if (places[0].adj != places[1].adj && col + text_cells(line) > c->cols)
		change_brief(places, line, sizeof(line));
	draw_text(c, row, col, STYLE_NORMAL, line);
}

/* "celery[52011], frees 398M + 303M; then celery[52014], celery[52017]" */
static void draw_victims(const struct ui *ui, const struct canvas *c, int row,
			 const struct oom_domain *domain,
			 const struct oom_what_if *what_if)
{
	struct oom_ranking ranking;
	char name[96], frees[80];
	int col = LABEL_CELLS;

	draw_text(c, row, 0, STYLE_DIM, "dies first");
	if (oom_ranking_make(ui->snapshot, domain, what_if, &ranking) < 0 ||
	    !ranking.count) {
		draw_text(c, row, col, STYLE_NORMAL, "nobody known");
		return;
	}
	for (size_t i = 0; i < ranking.count && i < 3; i++) {
		const struct process *p = ranking.list[i].process;

		what_if_name(p, name, sizeof(name));
		what_if_frees(p, frees, sizeof(frees));
		col = draw_format(c, row, col, STYLE_NORMAL, "%s%s%s",
				  i == 0   ? ""
				  : i == 1 ? "; then "
					   : ", ",
				  name, i ? "" : frees);
	}
}

/* word: for its name; "": that */
static void switch_text(const struct ui *ui, const struct oom_domain *domain,
			const struct process *p, const char *word, char *buf,
			size_t size)
{
	const struct process *other;
	char own[96], others[96];
	int64_t adj;

	if (!oom_switch_point(ui->snapshot, domain, p, &adj, &other)) {
		snprintf(buf, size, "no adj would make it the first");
		return;
	}
	what_if_name(p, own, sizeof(own));
	if (*word)
		snprintf(own, sizeof(own), "%s", word);
	what_if_name(other, others, sizeof(others));
	if (adj <= -999)
		snprintf(buf, size, "%s dies first with any adj but -1000",
			 own);
	else
		snprintf(buf, size,
			 "%s dies first from adj %" PRId64 " on, %s below it",
			 own, adj, others);
}

void what_if_draw(const struct ui *ui, const struct canvas *c)
{
	const struct process *p = ui_selected(ui);
	struct oom_domain domain = oom_machine(ui->snapshot);
	struct oom_place places[2];
	struct oom_what_if what_if;
	char line[288];

	draw_heading(c, 0, "What if (nothing is changed until you apply)",
		     c->cols >= 100 ? "- and + change adj by 50, o applies, "
				      "asks first"
				    : "- + adj, o applies");
	if (!p) {
		draw_text(c, 1, 0, STYLE_DIM, "no process is selected");
		return;
	}
	places[0].adj = p->oom_score_adj;
	places[1].adj = what_if_adj(ui, p);
	what_if = (struct oom_what_if){ p->key, places[1].adj };
	if (oom_places(ui->snapshot, &domain, p, places, 2) < 0) {
		draw_text(c, 1, 0, STYLE_DIM,
			  "its place in the kill order is not known");
		return;
	}
	draw_change(c, 1, p, domain.total, places);
	draw_victims(ui, c, 2, &domain, &what_if);
	switch_text(ui, &domain, p, "", line, sizeof(line));
	/* the row above says whom it is about */
	if (LABEL_CELLS + text_cells(line) > c->cols)
		switch_text(ui, &domain, p, "it", line, sizeof(line));
	draw_text(c, 3, 0, STYLE_DIM, "switch");
	draw_text(c, 3, LABEL_CELLS, STYLE_NORMAL, line);
}

/* ---- the table of the page ----------------------------------------------- */

/* The usual ones, that of now and the one that is tried, in order and each
 * once.  Returns how many. */
static size_t choose_adjs(const struct ui *ui, const struct process *p,
			  struct oom_place places[11])
{
	static const int64_t usual[] = { -1000, -900, -500, -250,
					 0,	250,  500,  1000 };
	const int64_t extra[] = { p->oom_score_adj, what_if_adj(ui, p) };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(usual) + 2; i++) {
		int64_t adj = i < ARRAY_SIZE(usual)
				      ? usual[i]
				      : extra[i - ARRAY_SIZE(usual)];
		size_t at = count;

		while (at > 0 && places[at - 1].adj > adj)
			at--;
		if (at > 0 && places[at - 1].adj == adj)
			continue;
		memmove(&places[at + 1], &places[at],
			(count - at) * sizeof(*places));
		places[at].adj = adj;
		count++;
	}
	return count;
}

static void draw_place(const struct ui *ui, const struct canvas *c, int row,
		       const struct process *p, const struct oom_place *place)
{
	uint64_t total = oom_machine_pages(ui->snapshot);
	bool is_tried = place->adj == what_if_adj(ui, p);
	char badness[24], rank[24] = "-", name[96];
	int col;

	what_if_badness(place, total, badness, sizeof(badness));
	if (place->rank)
		snprintf(rank, sizeof(rank), "%zu", place->rank);
	what_if_name(place->first, name, sizeof(name));
	draw_format(c, row, 0, STYLE_NORMAL, "%c %6" PRId64 " %8s %6s  ",
		    is_tried ? '>' : ' ', place->adj, badness, rank);
	col = draw_text(c, row, 25, STYLE_NORMAL, name);
	if (place->adj == p->oom_score_adj)
		draw_text(c, row, col, STYLE_DIM, "  (now)");
	if (is_tried)
		draw_restyle(c, row, 0, c->cols, STYLE_CURSOR);
}

int what_if_table(const struct ui *ui, const struct canvas *c,
		  const struct process *process)
{
	struct oom_domain domain = oom_machine(ui->snapshot);
	struct oom_place places[11];
	size_t count = choose_adjs(ui, process, places);
	struct canvas part;
	struct sheet sheet = { 0 };
	char line[288];
	int row = 2;

	draw_heading(c, 0, "What if adj were", "- and + try another");
	if (process->oom.state != STATE_OK ||
	    oom_places(ui->snapshot, &domain, process, places, count) < 0) {
		draw_text(c, 1, 0, STYLE_DIM,
			  "its place in the kill order is not known");
		return 2;
	}
	draw_text(c, 1, 0, STYLE_HEADING,
		  "     ADJ  BADNESS   RANK  DIES FIRST");
	for (size_t i = 0; i < count; i++)
		draw_place(ui, c, row++, process, &places[i]);
	switch_text(ui, &domain, process, "", line, sizeof(line));
	part = canvas_part(c, row, 0, -1, -1);
	sheet_wrap(&sheet, part.cols, NULL, line);
	row += (int)sheet_draw_lines(&sheet, &part);
	sheet_done(&sheet);
	return row;
}
