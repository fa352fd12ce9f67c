/* SPDX-License-Identifier: MIT
 *
 * The verdict's own figures beside their limits, so that one can disagree with
 * it; and what the used part of swap belongs to.
 */
#include <stdio.h>
#include <string.h>

#include "box.h"
#include "explain.h"
#include "figures.h"
#include "memtop/swap_held.h"
#include "memtop/text.h"
#include "swap_boxes.h"

static const struct list *derive_held(struct ui *ui, struct listing *listing)
{
	(void)listing;
	return swap_held_list(ui->snapshot);
}

static void note_held(const struct ui *ui, const struct listing *listing,
		      char *buf, size_t size)
{
	const struct memory *m = &ui->snapshot->memory;
	char used[FIGURE_SIZE];

	(void)listing;
	if (m->swap_total != UNKNOWN && m->swap_free != UNKNOWN)
		snprintf(buf, size, "%s used",
			 figure_shared(used,
				       sub_floor(m->swap_total, m->swap_free),
				       m->swap_total));
}

static const struct listing_spec held = {
	.title = "Swap is held by",
	.noun = "parts",
	.entity = ENTITY_SWAP_HELD,
	.columns = (const char *const[]){ "title", "bytes", "share", NULL },
	.sort = "bytes",
	.derive = derive_held,
	.note = note_held,
	.empty = "Nothing is swapped.",
};

/* Is that figure beyond its limit? */
static bool holds(const struct evidence *e)
{
	return e->comparison == COMPARE_AT_LEAST ? e->value >= e->limit
						 : e->value <= e->limit;
}

static void draw_evidence(const struct evidence *e, const struct canvas *c,
			  int row)
{
	char value[FORMAT_SIZE], limit[FORMAT_SIZE], asked[FORMAT_SIZE + 4];
	int at = c->cols - 26;

	evidence_figure(value, e->value, e->unit);
	draw_name(c, row, 0, STYLE_NORMAL, at - 1, e->name, strlen(e->name));
	draw_right(c, row, at, STYLE_NORMAL, 10, value);
	if (e->comparison == COMPARE_NONE)
		return;
	evidence_figure(limit, e->limit, e->unit);
	snprintf(asked, sizeof(asked), "%s %s",
		 e->comparison == COMPARE_AT_LEAST ? ">=" : "<=", limit);
	draw_right(c, row, at + 11, STYLE_NORMAL, 11, asked);
	draw_text(c, row, at + 23, STYLE_DIM, holds(e) ? "yes" : "no");
}

static int draw_why(const struct ui *ui, const struct canvas *c, int rows)
{
	const struct verdict *v = &ui->snapshot->verdict;
	int row = 2;

	if (v->severity < SEVERITY_WARN || !v->rule || !v->evidence[0].name)
		return 0;
	draw_heading(c, 0, "Why the verdict", v->rule);
	draw_text(c, 1, 0, STYLE_HEADING, "TEST");
	draw_right(c, 1, c->cols - 26, STYLE_HEADING, 10, "NOW");
	draw_right(c, 1, c->cols - 15, STYLE_HEADING, 11, "LIMIT");
	for (size_t i = 0;
	     i < VERDICT_EVIDENCE && v->evidence[i].name && row < rows; i++)
		draw_evidence(&v->evidence[i], c, row++);
	return row;
}

/* Some of the parts in one line. */
static void draw_parts(const struct swap_held *of, const struct canvas *c,
		       int row, int col, size_t from, size_t to)
{
	static const char *const names[] = {
		[SWAP_HELD_PROCESSES] = "processes",
		[SWAP_HELD_SYSV] = "SysV",
		[SWAP_HELD_TMPFS] = "tmpfs >=",
		[SWAP_HELD_CACHED] = "in RAM too",
		[SWAP_HELD_OTHER] = "other",
	};

	for (size_t i = from; i <= to; i++) {
		char bytes[FIGURE_SIZE];

		figure_shared(bytes, of->bytes[i], of->used);
		/* a bound that is too small for the shared unit has its own */
		if (i == SWAP_HELD_TMPFS && *bytes == '<')
			format_bytes(bytes, of->bytes[i], FORMAT_AUTO);
		col = draw_format(c, row, col, STYLE_NORMAL, "%s%s %s",
				  i > from ? "  " : "", names[i], bytes);
	}
}

void swap_why_draw(struct ui *ui, const struct canvas *c)
{
	/* title and two lines */
	int taken = draw_why(ui, c, c->rows - 3);
	struct canvas part = canvas_part(c, taken, 0, -1, -1);
	struct swap_held of;

	if (part.rows >= 2 + SWAP_HELD_COUNT) {
		box_draw(ui, &held, &part, part.rows, false);
		return;
	}
	draw_heading(&part, 0, held.title, "");
	if (swap_held_make(ui->snapshot, &of) < 0 || of.used == 0) {
		draw_text(&part, 1, 0, STYLE_DIM, held.empty);
		return;
	}
	draw_parts(&of, &part, 1, 0, SWAP_HELD_PROCESSES, SWAP_HELD_SYSV);
	draw_parts(&of, &part, 2, 0, SWAP_HELD_TMPFS, SWAP_HELD_OTHER);
}

bool swap_held_line(const struct ui *ui, const struct canvas *c, int row)
{
	struct swap_held of;
	int col;

	if (swap_held_make(ui->snapshot, &of) < 0 || of.used == 0)
		return false;
	col = draw_text(c, row, 0, STYLE_DIM, "Swap of no process: ");
	draw_parts(&of, c, row, col, SWAP_HELD_SYSV, SWAP_HELD_OTHER);
	return true;
}
