/* SPDX-License-Identifier: MIT
 *
 * The state of a table: its rows, their order on screen, the cursor.  The
 * cursor belongs to a process, never to a row number, and a process that
 * exits under it leaves nothing selected.  Knows nothing of drawing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"
#include "ui.h"

/* Rows may change places this often, so that they can be read. */
#define SORT_EVERY_NS (2 * NS_PER_S)
/* The row of a process that exited under the cursor stays this long. */
#define GONE_ROW_NS (5 * NS_PER_S)

void table_init(struct table *table, const struct view *view)
{
	memset(table, 0, sizeof(*table));
	table->view = view;
	memcpy(table->columns, view->columns, view->ncolumns);
	table->ncolumns = view->ncolumns;
	table->query.sort = view->sort;
	table->query.group = (enum group_by)view->group;
	table->query.active = view->active_only ? view->active : NO_FIELD;
	for (size_t i = 0; i < table->ncolumns; i++)
		if (table->columns[i] == view->sort)
			table->column = i;
}

void table_release(struct table *table)
{
	rows_done(&table->rows);
	order_done(&table->order);
	snapshot_unref(table->of);
	table->of = NULL;
}

void table_done(struct table *table)
{
	table_release(table);
	process_unref(table->seen);
	free(table->collapsed);
}

uint8_t table_field(const struct table *table)
{
	if (table->column < table->ncolumns)
		return table->columns[table->column];
	return table->query.sort;
}

/* The first sample of all has no more than sizes: an order that comes of
 * nothing but that isn't worth keeping. */
static bool sorts_nothing(const struct table *table)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];
	struct value value;

	if (!table->rows.count)
		return true;
	value = field_get(entity, &entity->fields[table->query.sort],
			  table->rows.list[0].process);
	return value.state == STATE_PENDING;
}

static void arrange(struct ui *ui, struct table *table)
{
	uint64_t now = ui_now(ui);
	bool hold = now < ui->hold_until_ns ||
		    now - table->order.sorted_ns < SORT_EVERY_NS;

	/* a tree keeps its own calm: siblings stay together */
	if (table->order.sorted_ns && hold && !table->query.tree &&
	    !ui->paused && table->order.count)
		order_apply(&table->order, &table->rows);
	else
		order_save(&table->order, &table->rows, now);
	if (sorts_nothing(table))
		table->order.sorted_ns = 0;
}

ptrdiff_t table_find(const struct table *table, struct process_key identity)
{
	for (size_t i = 0; i < table->rows.count; i++)
		if (process_key_equal(order_identity(&table->rows.list[i]),
				      identity))
			return (ptrdiff_t)i;
	return -1;
}

static void remember(struct table *table, const struct row *row)
{
	process_unref(table->seen);
	/* not row->process: that of a collapsed branch is a sum */
	table->seen = row->label
			      ? NULL
			      : process_ref(snapshot_find(table->of, row->key));
	table->gone_ns = 0;
}

static void cursor_lost(struct ui *ui, struct table *table, ptrdiff_t before)
{
	ptrdiff_t last = (ptrdiff_t)table->rows.count - 1;
	bool exited = table->seen && ui->snapshot &&
		      !snapshot_find(ui->snapshot, table->seen->key);
	uint64_t now = ui->snapshot->monotonic_ns;

	if (exited && !table->gone_ns) {
		table->gone_ns = now;
		table->gone_row = before > 0 ? (size_t)before : 0;
	}
	if (exited && now >= table->gone_ns &&
	    now - table->gone_ns < GONE_ROW_NS) {
		if (table->gone_row > table->rows.count)
			table->gone_row = table->rows.count;
		table->cursor_row = -1;
		return;
	}
	/* filtered away, collapsed, or gone for a while: near its place */
	if (table->gone_ns)
		before = (ptrdiff_t)table->gone_row;
	table_select(table, before < 0 ? 0 : before > last ? last : before);
}

static void find_cursor(struct ui *ui, struct table *table)
{
	ptrdiff_t before = table->cursor_row;

	if (!table->rows.count) {
		table->cursor_row = -1;
		return;
	}
	if (!table->cursor.pid) { /* not moved yet: the first row */
		table->cursor_row = 0;
		remember(table, &table->rows.list[0]);
		return;
	}
	table->cursor_row = table_find(table, table->cursor);
	if (table->cursor_row < 0)
		cursor_lost(ui, table, before);
	else
		remember(table, &table->rows.list[table->cursor_row]);
	if (table->follow)
		table->show_cursor = true;
}

void table_select(struct table *table, ptrdiff_t row)
{
	if (row < 0 || (size_t)row >= table->rows.count)
		return;
	table->cursor_row = row;
	table->cursor = order_identity(&table->rows.list[row]);
	table->show_cursor = true;
	remember(table, &table->rows.list[row]);
}

const struct row *table_selected(const struct table *table)
{
	if (table->cursor_row < 0 ||
	    (size_t)table->cursor_row >= table->rows.count)
		return NULL;
	return &table->rows.list[table->cursor_row];
}

int table_refresh(struct ui *ui, struct table *table)
{
	int r;

	if (!ui->snapshot)
		return -ENOENT;
	/* nobody is to be selected who is not seen */
	if (panes[table - ui->tables]->tiles)
		return 0;
	table->query.filter = ui->filter;
	table->query.user = *ui->user_filter ? ui->user_filter : NULL;
	table->query.collapsed = table->collapsed;
	table->query.ncollapsed = table->ncollapsed;
	r = rows_build(ui->snapshot, &table->query, &table->rows);
	if (r < 0)
		return r; /* the rows of before, and their snapshot, stand */
	snapshot_unref(table->of);
	table->of = snapshot_ref(ui->snapshot);
	arrange(ui, table);
	table->rests = (struct rests){ 0 };
	find_cursor(ui, table);
	return 0;
}

void table_rebuild(struct ui *ui, struct table *table)
{
	table->order.sorted_ns = 0;
	table_refresh(ui, table);
	ui->dirty = true;
}
