/* SPDX-License-Identifier: MIT
 *
 * One paint: which rows of the screen go to what, at any size, and what is
 * on screen is told to the source.  Draws nothing itself.
 */
#include <string.h>

#include "details.h"
#include "head.h"
#include "replay.h"
#include "tiles.h"
#include "ui.h"

/* Below this the head is one line unless asked for. */
#define FULL_HEAD_FROM 30
/* The verdict must be seen; so must some rows of the pane. */
#define BODY_MIN     3
#define VERDICT_MOST 3
/* Smaller screens have a form of their own. */
#define TINY_ROWS 7
#define TINY_COLS 24

struct frame {
	/* rows of each */
	int tabs, file, figures, verdict, notes, status, keys;
	enum head_mode head;
};

enum head_mode head_wanted(const struct ui *ui, int rows)
{
	if (ui->header >= 0)
		return (enum head_mode)ui->header;
	if (rows >= FULL_HEAD_FROM ||
	    (ui->pane == PANE_OVERVIEW && !ui->details && rows >= 20))
		return HEAD_FULL;
	return HEAD_LINE;
}

/* Rows are given up from the bottom: key bar, status, PSI, SWAP, RAM. */
static void plan(const struct ui *ui, const struct canvas *screen,
		 struct frame *ret)
{
	int rows = screen->rows, spare;

	ret->head = head_wanted(ui, rows);
	ret->tabs = 1;
	ret->file = ui->recording && rows >= 15;
	ret->verdict =
		verdict_rows(ui, screen->cols, rows >= 15 ? VERDICT_MOST : 2);
	ret->figures = head_rows(screen, ret->head);
	ret->notes = verdict_note_rows(ui, rows);
	ret->status = ret->keys = 1;
	spare = rows - BODY_MIN - ret->tabs - ret->file - ret->verdict -
		ret->notes - ret->figures - 2;
	if (spare < 0) {
		ret->keys = 0;
		spare++;
	}
	/* a prompt needs its row */
	if (spare < 0 && !ui->prompt) {
		ret->status = 0;
		spare++;
	}
	while (spare < 0 && ret->notes > 0) {
		ret->notes--;
		spare++;
	}
	while (spare < 0 && ret->figures > 0) {
		ret->figures--;
		spare++;
	}
}

static void draw_pane(struct ui *ui, const struct canvas *c)
{
	if (ui->details)
		details_draw(ui, c);
	else if (panes[ui->pane]->draw)
		panes[ui->pane]->draw(ui, c);
	else
		tiles_draw(ui, c);
}

static void draw_frame(struct ui *ui, const struct canvas *screen)
{
	struct frame frame;
	struct canvas part;
	int row = 0;

	plan(ui, screen, &frame);
	part = canvas_part(screen, row, 0, frame.tabs, -1);
	head_tabs(ui, &part);
	row += frame.tabs;
	if (frame.file) {
		part = canvas_part(screen, row++, 0, 1, -1);
		replay_draw(ui, &part);
	}
	part = canvas_part(screen, row, 0, frame.figures, -1);
	head_figures(ui, &part, frame.head);
	row += frame.figures;
	part = canvas_part(screen, row, 0, frame.verdict, -1);
	verdict_draw(ui, &part);
	row += frame.verdict;
	if (frame.notes) {
		part = canvas_part(screen, row, 0, frame.notes, -1);
		verdict_draw_notes(ui, &part);
	}
	row += frame.notes;
	part = canvas_part(screen, row, 0,
			   screen->rows - row - frame.status - frame.keys, -1);
	draw_pane(ui, &part);
	row = screen->rows - frame.status - frame.keys;
	part = canvas_part(screen, row, 0, frame.status, -1);
	footer_status(ui, &part);
	part = canvas_part(screen, row + frame.status, 0, frame.keys, -1);
	footer_keys(ui, &part);
}

static void add_interest(struct interest *interest, const struct row *row)
{
	if (interest->nvisible < INTEREST_MAX)
		interest->visible[interest->nvisible++] = row->key;
}

/* What is on screen is read first and oftenest. */
static void publish_interest(struct ui *ui)
{
	static struct interest now; /* large, and only needed here */
	const struct table *table = ui_table(ui);
	const struct row *selected = table_selected(table);
	const struct tiles *tiles = ui_tiles(ui);

	memset(&now, 0, sizeof(now));
	if (ui->details) {
		now.selected = ui->subject;
		now.visible[now.nvisible++] = ui->subject;
	} else {
		for (size_t i = table->top;
		     i < table->top + table->visible && i < table->rows.count;
		     i++)
			add_interest(&now, &table->rows.list[i]);
		if (selected)
			now.selected = selected->key;
		for (size_t i = 0; tiles && i < tiles->count; i++)
			now.lists |= UINT64_C(1)
				     << tiles->tile[i].listing->entity;
	}
	if (memcmp(&now, &ui->interest, sizeof(now)) == 0)
		return;
	ui->interest = now;
	ui->source->ops->set_interest(ui->source, &ui->interest);
}

void ui_paint(struct ui *ui)
{
	struct canvas screen = term_begin_frame();
	bool was_slow = ui->slow;

	ui->rows = screen.rows;
	ui->cols = screen.cols;
	if (!ui->popup && !ui->prompt &&
	    (screen.rows < TINY_ROWS || screen.cols < TINY_COLS))
		tiny_draw(ui, &screen);
	else
		draw_frame(ui, &screen);
	if (ui->popup)
		ui->popup->draw(ui, &screen);
	ui->slow = !term_end_frame();
	/* a frame that was skipped is painted when the line is free again,
	 * and once more to take "slow line" away */
	ui->dirty = ui->slow || was_slow;
	if (ui->snapshot && !ui->paused)
		publish_interest(ui);
}
