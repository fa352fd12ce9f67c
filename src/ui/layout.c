/* SPDX-License-Identifier: MIT
 *
 * Columns at a width: which are shown, how wide, where.  Apart from the
 * drawing because a table that is saved to a file has the same columns.
 */
#include "layout.h"

#include <string.h>

#include "memtop/text.h"

#define MARKER_WIDTH  1
#define COMMAND_MIN   18
#define COMMAND_LEAST 8
#define MEMBER_MIN    22
#define LABEL_MAX     28
#define LABEL_MIN     10

static struct slot *add_slot(struct layout *layout)
{
	struct slot *slot = &layout->slots[layout->count];

	if (layout->count == SLOTS_MAX)
		return NULL;
	layout->count++;
	memset(slot, 0, sizeof(*slot));
	slot->field_id = NO_FIELD;
	return slot;
}

static void add_extras(struct layout *layout, const struct view *view,
		       uint8_t after)
{
	for (size_t i = 0; i < extra_count; i++) {
		struct slot *slot;

		if (&views[extras[i].view] != view || extras[i].after != after)
			continue;
		slot = add_slot(layout);
		if (!slot)
			return;
		slot->title = extras[i].title;
		slot->width = extras[i].width;
		slot->cell = extras[i].cell;
	}
}

static void add_field(struct layout *layout, uint8_t id)
{
	const struct field *field = &entities[ENTITY_PROCESS].fields[id];
	struct slot *slot = add_slot(layout);

	if (!slot)
		return;
	slot->field = field;
	slot->field_id = id;
	slot->title = field->title ? field->title : field->name;
	slot->width = field->width;
	slot->left = field->left;
	slot->mark = field->mark;
}

static void add_group_head(struct layout *layout, const struct table *table)
{
	static const char *const titles[GROUP_COUNT] = {
		[GROUP_NONE] = "",
		[GROUP_USER] = "USER",
		[GROUP_COMMAND] = "COMMAND",
		[GROUP_CGROUP] = "CGROUP",
	};
	struct slot *label = add_slot(layout), *count = add_slot(layout);

	if (!label || !count)
		return;
	label->title = titles[table->query.group];
	label->left = true;
	label->width = LABEL_MAX;
	count->title = "N";
	count->width = 4;
	count->cell = cell_count;
}

/* Who is the most of each group, where a process has its command. */
static void add_member(struct layout *layout)
{
	struct slot *slot = add_slot(layout);

	if (!slot)
		return;
	slot->title = "TOP MEMBER";
	slot->left = true;
	slot->cell = cell_member;
	slot->width = MEMBER_MIN;
}

/* The titles of subtree totals, behind the figure itself. */
static const char *subtree_title(uint8_t id)
{
	switch (id) {
	case PROCESS_PSS:
		return "PSS+";
	case PROCESS_SWAP:
		return "SWAP+";
	case PROCESS_GROWTH_RATE:
		return "GROW+";
	default:
		return NULL;
	}
}

/* The mark of the sort stands behind the title and must not touch the next
 * one. */
static void widen_sorted(const struct table *table, struct layout *layout)
{
	for (size_t i = 0; i < layout->count; i++) {
		struct slot *slot = &layout->slots[i];
		int least = text_cells(slot->title) + 1;

		if (slot->field_id == table->query.sort && slot->width < least)
			slot->width = least;
	}
}

static void add_columns(const struct table *table, struct layout *layout)
{
	bool grouped = table->query.group != GROUP_NONE;
	bool tree = table->query.tree && !grouped;

	if (grouped)
		add_group_head(layout, table);
	add_extras(layout, table->view, NO_FIELD);
	for (size_t i = 0; i < table->ncolumns; i++) {
		uint8_t id = table->columns[i];
		const struct field *field =
			&entities[ENTITY_PROCESS].fields[id];
		const char *title = tree ? subtree_title(id) : NULL;

		if (grouped &&
		    ((field->left && id != PROCESS_FLAGS) || id == PROCESS_PID))
			continue;
		if (!title || id == PROCESS_PSS)
			add_field(layout, id);
		if (title) {
			add_field(layout, id);
			layout->slots[layout->count - 1].title = title;
			layout->slots[layout->count - 1].subtree = true;
		}
		add_extras(layout, table->view, id);
	}
	if (grouped && table->view != &views[VIEW_OVERVIEW])
		add_member(layout);
}

static bool is_command(const struct slot *slot)
{
	return slot->field_id == PROCESS_COMMAND;
}

static int slot_cells(const struct slot *slot)
{
	return 1 + slot->width;
}

static int total_cells(const struct layout *layout)
{
	int cells = MARKER_WIDTH;

	for (size_t i = 0; i < layout->count; i++)
		cells += slot_cells(&layout->slots[i]);
	return cells;
}

static void remove_slot(struct layout *layout, size_t at)
{
	memmove(&layout->slots[at], &layout->slots[at + 1],
		(layout->count - at - 1) * sizeof(layout->slots[0]));
	layout->count--;
}

/* Gives up columns in the view's order until the rest fits, but not the one
 * under the cursor: keys act on what can be seen. */
static void drop_columns(const struct table *table, struct layout *layout,
			 int cols)
{
	for (size_t d = 0; d < table->view->ndrop; d++) {
		for (size_t i = 0; i < layout->count; i++) {
			if (total_cells(layout) <= cols)
				return;
			if (layout->slots[i].field_id != table->view->drop[d] ||
			    layout->slots[i].field_id == table_field(table))
				continue;
			remove_slot(layout, i--);
		}
	}
	/* then the figures that are no field, the last one first */
	for (size_t i = layout->count; i-- > 1;) {
		if (total_cells(layout) <= cols)
			return;
		if (layout->slots[i].cell)
			remove_slot(layout, i);
	}
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

/* Texts take what is left, or give what is missing. */
static void stretch(const struct table *table, struct layout *layout, int cols)
{
	struct slot *last = &layout->slots[layout->count - 1];
	int spare = cols - total_cells(layout);

	if (table->query.group != GROUP_NONE) {
		struct slot *label = &layout->slots[0];

		label->width =
			clamp(label->width + spare, LABEL_MIN, LABEL_MAX);
		spare = cols - total_cells(layout);
	}
	if ((is_command(last) || last->cell == cell_member) &&
	    last->width + spare >= COMMAND_LEAST)
		last->width += spare;
}

static void place(const struct table *table, struct layout *layout, int cols)
{
	size_t cursor = 0;

	for (size_t i = 0; i < layout->count; i++)
		if (layout->slots[i].field_id == table_field(table))
			cursor = i;
	for (size_t first = 1;; first++) {
		int col = MARKER_WIDTH;

		for (size_t i = 0; i < layout->count; i++) {
			struct slot *slot = &layout->slots[i];

			slot->hidden = i > 0 && i < first;
			if (slot->hidden)
				continue;
			slot->col = col + 1;
			col += slot_cells(slot);
		}
		/* scrolled as far as the column under the cursor needs */
		if (first >= cursor ||
		    layout->slots[cursor].col + layout->slots[cursor].width <=
			    cols)
			return;
	}
}

void layout_make(const struct table *table, int cols, struct layout *ret)
{
	ret->count = 0;
	add_columns(table, ret);
	if (!ret->count)
		return;
	for (size_t i = 0; i < ret->count; i++)
		if (is_command(&ret->slots[i]))
			ret->slots[i].width = COMMAND_MIN;
	if (table->query.group != GROUP_NONE)
		ret->slots[0].width = LABEL_MIN;
	widen_sorted(table, ret);
	drop_columns(table, ret, cols);
	stretch(table, ret, cols);
	place(table, ret, cols);
}
