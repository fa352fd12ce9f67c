/* SPDX-License-Identifier: MIT
 *
 * Marks: processes picked out by the user, by pid and start time.
 */
#include <stdlib.h>

#include "act.h"

static void unmark(struct ui *ui, struct process_key key)
{
	for (size_t i = 0; i < ui->nmarks; i++) {
		if (!process_key_equal(ui->marks[i], key))
			continue;
		ui->marks[i] = ui->marks[--ui->nmarks];
		return;
	}
}

static void mark(struct ui *ui, struct process_key key)
{
	struct process_key *marks;

	marks = realloc(ui->marks, (ui->nmarks + 1) * sizeof(*marks));
	if (!marks) {
		ui_message(ui, "no memory for another mark");
		return;
	}
	ui->marks = marks;
	ui->marks[ui->nmarks++] = key;
}

void act_mark(struct ui *ui, int arg)
{
	const struct row *row = table_selected(ui_table(ui));

	(void)arg;
	if (ui->details)
		return;
	if (!row) {
		ui_need_selected(ui); /* says why */
		return;
	}
	if (row->label) {
		ui_message(ui, "a group can't be marked; Enter lists it");
		return;
	}
	if (ui_marked(ui, row->key))
		unmark(ui, row->key);
	else
		mark(ui, row->key);
	act_move(ui, MOVE_ARG(MOVE_ROW, 1));
}

void act_unmark_all(struct ui *ui, int arg)
{
	(void)arg;
	ui_message(ui, ui->nmarks ? "no marks any more" : "nothing is marked");
	ui->nmarks = 0;
}
