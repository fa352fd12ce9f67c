/* SPDX-License-Identifier: MIT
 *
 * Pane 2: all processes.  One line that says what is shown and how, then the
 * table; the selected row in words stands in the status line.
 */
#include <stdio.h>
#include <string.h>

#include "figures.h"
#include "head.h"
#include "memtop/text.h"

/* Lines that the summary above a table is worth. */
#define SUMMARY_FROM 6

/* "312 processes   sort PSS v   group none   tree off   filter none" */
static void summary_left(const struct ui *ui, const struct table *table,
			 bool wide, char *buf, size_t size)
{
	static const char *const words[2][2] = { { "procs", "proc" },
						 { "processes", "process" } };
	const char *gap = wide ? "   " : "  ";
	char filter[160], tree[16] = "";
	size_t count = table->rows.matched;
	const struct field *sort =
		&entities[ENTITY_PROCESS].fields[table->query.sort];

	bool filtered = filter_words(ui, table, filter, sizeof(filter));

	if (wide)
		snprintf(tree, sizeof(tree), "%stree %s", gap,
			 table->query.tree ? "on" : "off");
	/* a tree shows kernel threads too, which have no memory to count */
	if (table->query.tree && !filtered)
		count = ui->snapshot->coverage.processes;
	snprintf(buf, size, "%zu %s%ssort %s %c%sgroup %s%s%sfilter %s", count,
		 words[wide][count == 1], gap, sort->title,
		 table->query.reverse ? '^' : 'v', gap,
		 group_name(table->query.group), tree, gap,
		 filtered ? filter : "none");
}

static void draw_summary(const struct ui *ui, const struct table *table,
			 const struct canvas *c)
{
	const struct coverage *v = &ui->snapshot->coverage;
	char left[320], right[192], sum[FIGURE_SIZE + 16], figure[FIGURE_SIZE];
	int col, cells;

	summary_left(ui, table, c->cols >= 112, left, sizeof(left));
	col = draw_text(c, 0, 0, STYLE_NORMAL, left);
	coverage_text(ui, c->cols - col - 2, right, sizeof(right));
	cells = text_cells(right);
	/* a sum of all is only one when all are known */
	snprintf(sum, sizeof(sum), "   sum PSS %s",
		 format_bytes(figure, v->pss_bytes, FORMAT_AUTO));
	if (v->pss_known == v->processes &&
	    col + 2 + cells + text_cells(sum) <= c->cols) {
		strcat(right, sum);
		cells += text_cells(sum);
	}
	if (col + 2 + cells <= c->cols)
		draw_text(c, 0, c->cols - cells, STYLE_NORMAL, right);
}

static void draw(struct ui *ui, const struct canvas *c)
{
	struct table *table = ui_table(ui);
	struct canvas body = *c;

	if (!ui->snapshot)
		return;
	if (c->rows >= SUMMARY_FROM) {
		draw_summary(ui, table, c);
		body = canvas_part(c, 1, 0, -1, -1);
	}
	table_draw(ui, table, &body);
}

static void describe_group(const struct row *row, char *buf, size_t size)
{
	char label[128];

	text_printable(label, sizeof(label), row->label, strlen(row->label),
		       48);
	snprintf(buf, size, "%s: %zu process%s  Enter lists %s", label,
		 row->count, row->count == 1 ? "" : "es",
		 row->count == 1 ? "its details" : "them");
}

static void describe_frees(const struct process *p, char *buf, size_t size)
{
	char ram[FORMAT_SIZE], swap[FORMAT_SIZE];
	uint64_t freed = process_frees_ram(p);
	uint64_t swapped = process_frees_swap(p);

	*buf = '\0';
	if (freed == UNKNOWN)
		return;
	snprintf(buf, size, "  frees %s%s%s%s",
		 format_bytes(ram, freed, FORMAT_AUTO),
		 swapped == UNKNOWN ? "" : " + ",
		 swapped == UNKNOWN ? ""
				    : format_bytes(swap, swapped, FORMAT_AUTO),
		 swapped == UNKNOWN ? "" : " swap");
}

/* The selected row in words. */
void selected_text(struct ui *ui, char *buf, size_t size)
{
	const struct row *row = table_selected(ui_table(ui));
	const struct process *p;
	char comm[80], where[128] = "", age[FORMAT_SIZE], adj[24] = "",
		       frees[80];

	*buf = '\0';
	if (!row)
		return;
	if (row->label) {
		describe_group(row, buf, size);
		return;
	}
	p = row->process;
	text_printable(comm, sizeof(comm), p->comm, strlen(p->comm), 16);
	if (p->unit || p->cgroup) {
		const struct text *text = p->unit ? p->unit : p->cgroup;

		where[0] = where[1] = ' ';
		text_printable(where + 2, sizeof(where) - 2, text_str(text),
			       text_len(text), 32);
	}
	if (p->oom.state == STATE_OK)
		snprintf(adj, sizeof(adj), "  adj %lld",
			 (long long)p->oom_score_adj);
	describe_frees(p, frees, sizeof(frees));
	snprintf(buf, size, "%d %s%s  %s%s%s%s%s", (int)p->key.pid, comm, where,
		 ui->cols >= 100 ? "started " : "",
		 format_duration(age, sub_floor(ui->snapshot->boottime_ns,
						p->key.start_ns)),
		 ui->cols >= 100 ? " ago" : "", adj, frees);
}

const struct pane pane_processes = {
	.name = "processes",
	.title = "Processes",
	.brief = "Proc",
	.key = '2',
	.where = WHERE_PROCESSES,
	.view = VIEW_PROCESSES,
	.draw = draw,
	.status = selected_text,
};
