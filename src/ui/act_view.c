/* SPDX-License-Identifier: MIT
 *
 * Order: what a table is sorted and grouped by, which branches and rows of it
 * are shown.
 */
#include <stdlib.h>

#include "act.h"

static const struct field *field_of(uint8_t id)
{
	return &entities[ENTITY_PROCESS].fields[id];
}

static void sort_by(struct ui *ui, uint8_t id)
{
	struct table *table = ui_table(ui);

	table->query.sort = id;
	table->query.reverse = false;
	table->top = 0;
	for (size_t i = 0; i < table->ncolumns; i++)
		if (table->columns[i] == id)
			table->column = i;
	table_rebuild(ui, table);
	ui_message(ui, "sorted by %s", field_of(id)->title);
}

void act_sort_by(struct ui *ui, int field)
{
	if (!ui->details)
		sort_by(ui, (uint8_t)field);
}

void act_sort_step(struct ui *ui, int direction)
{
	struct table *table = ui_table(ui);

	if (ui->details || !table->ncolumns)
		return;
	for (size_t i = 0; i < table->ncolumns; i++) {
		if (table->columns[i] != table->query.sort)
			continue;
		if ((direction < 0 && i == 0) ||
		    (direction > 0 && i + 1 == table->ncolumns))
			return;
		sort_by(ui, table->columns[direction < 0 ? i - 1 : i + 1]);
		return;
	}
	sort_by(ui, table->columns[0]); /* sorted by a hidden column */
}

void act_sort_here(struct ui *ui, int arg)
{
	(void)arg;
	if (!ui->details)
		sort_by(ui, table_field(ui_table(ui)));
}

/* The titles in the menu; one menu is open at a time. */
static const char *sort_items[PROCESS_FIELD_COUNT];

static void sort_picked(struct ui *ui, size_t index)
{
	sort_by(ui, ui_table(ui)->columns[index]);
}

void act_sort_menu(struct ui *ui, int arg)
{
	const struct table *table = ui_table(ui);

	(void)arg;
	if (ui->details)
		return;
	for (size_t i = 0; i < table->ncolumns; i++)
		sort_items[i] = field_of(table->columns[i])->title;
	popup_menu(ui, "Sort by", sort_items, table->ncolumns, sort_picked);
}

void act_reverse(struct ui *ui, int arg)
{
	struct table *table = ui_table(ui);

	(void)arg;
	if (ui->details)
		return;
	table->query.reverse = !table->query.reverse;
	table_rebuild(ui, table);
}

void act_tree(struct ui *ui, int arg)
{
	struct table *table = ui_table(ui);

	(void)arg;
	table->query.tree = !table->query.tree;
	if (table->query.tree)
		table->query.group = GROUP_NONE;
	table_rebuild(ui, table);
}

static ptrdiff_t collapsed_at(const struct table *table, struct process_key key)
{
	for (size_t i = 0; i < table->ncollapsed; i++)
		if (process_key_equal(table->collapsed[i], key))
			return (ptrdiff_t)i;
	return -1;
}

static void set_collapsed(struct table *table, struct process_key key,
			  bool collapsed)
{
	ptrdiff_t at = collapsed_at(table, key);
	struct process_key *list;

	if (collapsed == (at >= 0))
		return;
	if (!collapsed) {
		table->collapsed[at] = table->collapsed[--table->ncollapsed];
		return;
	}
	list = realloc(table->collapsed,
		       (table->ncollapsed + 1) * sizeof(*list));
	if (!list)
		return; /* it stays open: nothing is hidden */
	table->collapsed = list;
	table->collapsed[table->ncollapsed++] = key;
}

/* Branches are there in a tree only. */
static bool is_tree(struct ui *ui)
{
	const struct rows_query *query = &ui_table(ui)->query;

	if (ui->details)
		return false;
	if (!query->tree || query->group != GROUP_NONE)
		ui_message(ui, "only a tree has branches (t)");
	return query->tree && query->group == GROUP_NONE;
}

static void collapse_selected(struct ui *ui, bool collapsed)
{
	struct table *table = ui_table(ui);
	const struct row *row = table_selected(table);

	if (!is_tree(ui) || !row)
		return;
	set_collapsed(table, row->key, collapsed);
	table_rebuild(ui, table);
}

void act_expand(struct ui *ui, int arg)
{
	(void)arg;
	collapse_selected(ui, false);
}

void act_collapse(struct ui *ui, int arg)
{
	(void)arg;
	collapse_selected(ui, true);
}

void act_expand_all(struct ui *ui, int arg)
{
	struct table *table = ui_table(ui);

	(void)arg;
	if (!is_tree(ui))
		return;
	if (table->ncollapsed) {
		table->ncollapsed = 0;
	} else {
		for (size_t i = 0; i < table->rows.count; i++)
			if (table->rows.list[i].has_children &&
			    table->rows.list[i].depth > 0)
				set_collapsed(table, table->rows.list[i].key,
					      true);
	}
	table_rebuild(ui, table);
}

void act_group(struct ui *ui, int arg)
{
	struct table *table = ui_table(ui);
	enum group_by group;

	(void)arg;
	if (ui->details)
		return;
	group = (enum group_by)(((int)table->query.group + 1) % GROUP_COUNT);
	table->query.group = group;
	table->cursor.pid = 0;
	table->top = 0;
	table_rebuild(ui, table);
	ui_message(ui, "group by %s", group_name(group));
}

void act_active(struct ui *ui, int arg)
{
	struct table *table = ui_table(ui);

	(void)arg;
	if (table->view->active == NO_FIELD) {
		ui_message(ui, "every row counts here");
		return;
	}
	table->query.active = table->query.active == NO_FIELD
				      ? table->view->active
				      : NO_FIELD;
	table_rebuild(ui, table);
	ui_message(ui,
		   table->query.active == NO_FIELD ? "all rows"
						   : "only rows with %s",
		   field_of(table->view->active)->title);
}
