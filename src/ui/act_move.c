/* SPDX-License-Identifier: MIT
 *
 * Moving: the cursor, the layers, the panes and pages.
 */
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "details.h"
#include "memtop/text.h"

/* No re-sort under the eye of somebody who moves the cursor. */
#define HOLD_NS (2 * NS_PER_S)

void act_move(struct ui *ui, int arg)
{
	struct table *table = ui_table(ui);
	enum move move = (enum move)(abs(arg) - 1);
	ptrdiff_t last = (ptrdiff_t)table->rows.count - 1;
	ptrdiff_t row = table->cursor_row, step;
	int sign = arg < 0 ? -1 : 1;

	if (ui->details || last < 0)
		return;
	ui->hold_until_ns = ui_now(ui) + HOLD_NS;
	if (move == MOVE_END) {
		table_select(table, sign < 0 ? 0 : last);
		return;
	}
	step = move == MOVE_ROW	   ? 1
	       : move == MOVE_HALF ? (ptrdiff_t)(table->visible / 2)
				   : (ptrdiff_t)table->visible;
	if (row < 0) /* from the row of one that exited */
		row = (ptrdiff_t)table->gone_row - (sign > 0 ? 1 : 0);
	row += sign * (step ? step : 1);
	table_select(table, row < 0 ? 0 : row > last ? last : row);
}

void act_column(struct ui *ui, int direction)
{
	struct table *table = ui_table(ui);

	if (ui->details)
		return;
	if (direction < 0 && table->column > 0)
		table->column--;
	else if (direction > 0 && table->column + 1 < table->ncolumns)
		table->column++;
}

/* What the members of a group have in common. */
static enum process_field common_field(enum group_by group,
				       const struct row *row)
{
	switch (group) {
	case GROUP_USER:
		return PROCESS_USER;
	case GROUP_CGROUP:
		return row->largest && row->largest->unit ? PROCESS_UNIT
							  : PROCESS_CGROUP;
	default:
		return PROCESS_COMM;
	}
}

void act_open(struct ui *ui, int arg)
{
	const struct table *table = ui_table(ui);
	const struct row *row = table_selected(table);

	(void)arg;
	if (ui->details)
		return;
	if (!row) {
		ui_need_selected(ui); /* says why */
		return;
	}
	/* a group of several opens as the list of its members */
	if (row->label && row->count > 1) {
		ui->tables[PANE_PROCESSES].cursor = row->key;
		find_only(ui, common_field(table->query.group, row),
			  row->label);
	} else if (!row->label) {
		details_open(ui, row->key);
	} else if (row->largest) {
		details_open(ui, row->largest->key);
	}
}

static bool close_layer(struct ui *ui)
{
	if (!ui->details)
		return false;
	details_close(ui);
	table_rebuild(ui, ui_table(ui));
	return true;
}

void act_back(struct ui *ui, int arg)
{
	(void)arg;
	if (!close_layer(ui))
		find_clear(ui);
}

void act_close(struct ui *ui, int arg)
{
	(void)arg;
	if (!close_layer(ui))
		ui->quit = true;
}

void act_quit(struct ui *ui, int arg)
{
	(void)arg;
	ui->quit = true;
}

void act_suspend(struct ui *ui, int arg)
{
	(void)arg;
	ui->suspend = true;
}

void act_redraw(struct ui *ui, int arg)
{
	(void)arg;
	(void)ui;
	term_redraw_all();
}

void act_pane(struct ui *ui, int pane)
{
	ui_show_pane(ui, (enum pane_id)pane);
}

void act_pane_step(struct ui *ui, int direction)
{
	int pane = ((int)ui->pane + direction + PANE_COUNT) % PANE_COUNT;

	ui_show_pane(ui, (enum pane_id)pane);
}

void act_page(struct ui *ui, int page)
{
	details_show(ui, (enum page_id)page);
}

void act_page_step(struct ui *ui, int direction)
{
	int page = ((int)ui->page + direction + PAGE_COUNT) % PAGE_COUNT;

	details_show(ui, (enum page_id)page);
}

void act_page_only(struct ui *ui, int arg)
{
	(void)ui;
	(void)arg; /* the page did not take it: nothing to do there */
}
