/* SPDX-License-Identifier: MIT
 *
 * The key list: made from actions[] and bindings[], so that it can't promise
 * what no key does, flowed into as many columns as the screen has room for.
 */
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"
#include "popup.h"

#define ITEM_MAX 160
#define KEYS_MAX 15

/* clang-format off */
static const char *const group_titles[ACT_GROUP_COUNT] = {
	[ACT_MOVE]	= "MOVE",
	[ACT_FIND]	= "FIND AND FILTER",
	[ACT_EXPLAIN]	= "EXPLAIN",
	[ACT_VIEW]	= "VIEW",
	[ACT_TIME]	= "TIME",
	[ACT_CHANGE]	= "ACT",
};
/* clang-format on */

static const char values_legend[] =
	"K M G T bytes x1024, k m counts x1000.  0 zero  - does not apply  "
	"? not permitted  .. not yet  n/a not on this kernel  <2G at most 2G  "
	"31.2G' older than 5s  31.2G\" older than 60s  ~ estimate  + cut off.  "
	"Bars and frames look broken: memtop --ascii";

static const char flags_legend[] =
	"G grows, by the test for leaks or enough to matter in minutes  "
	"W waits for pages in swap  O next OOM victim, while little is left  "
	"L its cgroup is near a limit  P protected, adj -900 or less";

/* One line of the list: a group's title (no help) or a key with its help. */
struct help_item {
	char keys[40];
	const char *help;
	const char *title;
};

struct help {
	struct help_item items[ITEM_MAX];
	size_t count;
	int keys_cells;
	struct sheet legend;
	struct scroll scroll;
};

/* How the items stand: in that many columns of rows each, so wide. */
#define COLUMNS_MAX 6
struct flow {
	size_t columns, rows;
	int width[COLUMNS_MAX];
};

static void add_action(struct help *help, const struct action *action)
{
	struct help_item *item = &help->items[help->count];
	int cells;

	action_keys(action, item->keys, sizeof(item->keys));
	if (!item->keys[0])
		return;
	item->help = action->help;
	cells = text_cells(item->keys);
	if (cells > help->keys_cells)
		help->keys_cells = cells;
	help->count++;
}

static void collect(struct help *help, unsigned where)
{
	for (int group = 0; group < ACT_GROUP_COUNT; group++) {
		size_t title = help->count;

		if (title + 1 >= ITEM_MAX)
			return;
		help->items[help->count++].title = group_titles[group];
		for (size_t i = 0; i < action_count; i++)
			if (actions[i].group == (enum action_group)group &&
			    actions[i].where & where && actions[i].help &&
			    help->count < ITEM_MAX)
				add_action(help, &actions[i]);
		if (help->count == title + 1)
			help->count--;
	}
	if (help->keys_cells > KEYS_MAX)
		help->keys_cells = KEYS_MAX;
}

static void draw_item(const struct canvas *c, int row,
		      const struct help_item *item, int keys_cells)
{
	int col;

	if (item->title) {
		draw_text(c, row, 0, STYLE_HEADING, item->title);
		return;
	}
	col = draw_text(c, row, 2, STYLE_KEY, item->keys);
	if (col < 2 + keys_cells)
		col = 2 + keys_cells;
	draw_text(c, row, col + 1, STYLE_NORMAL, item->help);
}

static int item_cells(const struct help *help, const struct help_item *item)
{
	int keys;

	if (item->title)
		return text_cells(item->title);
	keys = text_cells(item->keys);
	if (keys < help->keys_cells)
		keys = help->keys_cells;
	return 2 + keys + 1 + text_cells(item->help);
}

/* As many columns as fit; one always does. */
static void find_flow(const struct help *help, int room, struct flow *ret)
{
	for (size_t columns = COLUMNS_MAX; columns; columns--) {
		int sum = 0;

		*ret = (struct flow){ .columns = columns };
		ret->rows = (help->count + columns - 1) / columns;
		for (size_t i = 0; i < help->count; i++) {
			int *width = &ret->width[i / ret->rows];
			int cells = item_cells(help, &help->items[i]) + 2;

			if (cells > *width)
				*width = cells;
		}
		for (size_t i = 0; i < columns; i++)
			sum += ret->width[i];
		if (sum - 2 <= room)
			return;
	}
	ret->columns = 1;
}

static void draw_legend(struct help *help, const struct canvas *c, int row)
{
	struct canvas part = canvas_part(c, row, 0, -1, -1);

	sheet_draw_lines(&help->legend, &part);
}

static void draw_items(const struct help *help, const struct canvas *c, int row,
		       const struct flow *flow, size_t line)
{
	int col = 0;

	for (size_t i = 0; i < flow->columns; i++) {
		size_t at = i * flow->rows + line;
		struct canvas part = canvas_part(c, row, col, 1, -1);

		if (at < help->count)
			draw_item(&part, 0, &help->items[at], help->keys_cells);
		col += flow->width[i];
	}
}

static void help_draw(struct ui *ui, const struct canvas *screen)
{
	struct help *help = ui->popup_state;
	int room = popup_text_cells(screen, screen->cols);
	struct flow flow;
	struct canvas c;
	size_t lines;

	find_flow(help, room, &flow);
	sheet_clear(&help->legend);
	sheet_wrap(&help->legend, room, "FLAG", flags_legend);
	sheet_wrap(&help->legend, room, "VALUES", values_legend);
	lines = flow.rows + 1 + help->legend.count;
	c = popup_frame(screen, lines, screen->cols,
			"memtop keys   (? explains the field under the cursor, "
			":help the commands)",
			"j/k scroll   Esc close");
	scroll_fit(&help->scroll, lines, (size_t)c.rows);
	for (int row = 0; row < c.rows; row++) {
		size_t line = help->scroll.top + (size_t)row;

		if (line < flow.rows)
			draw_items(help, &c, row, &flow, line);
		else if (line == flow.rows + 1)
			draw_legend(help, &c, row);
	}
	draw_park(&c, 0, 0);
}

static bool help_key(struct ui *ui, int key)
{
	struct help *help = ui->popup_state;

	scroll_key(&help->scroll, key);
	return !popup_closes(key) && key != 'h' && key != '?';
}

static void help_close(struct ui *ui)
{
	struct help *help = ui->popup_state;

	sheet_done(&help->legend);
	free(help);
}

static const struct popup help_popup = {
	.name = "help",
	.draw = help_draw,
	.key = help_key,
	.close = help_close,
};

void popup_help(struct ui *ui, int arg)
{
	struct help *help = popup_memory(ui, sizeof(*help));

	(void)arg;
	if (!help)
		return;
	collect(help, ui_where(ui));
	ui_open_popup(ui, &help_popup, help);
}
