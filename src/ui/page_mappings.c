/* SPDX-License-Identifier: MIT
 *
 * Details, page 2: the mappings of the process from its last read of smaps,
 * grouped, sorted by any column, and as the difference of two reads.
 */
#include "page_mappings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "details.h"
#include "exact.h"
#include "page.h"

bool mappings_sync(struct ui *ui)
{
	struct mappings_page *page = ui->page_state;
	const struct reply *now = ui->mappings_reply;
	const struct reply *before = ui->mappings_before;
	uint64_t before_id = before ? before->id : 0;
	bool same;

	if (!page || !now || now->state != STATE_OK)
		return false;
	same = page->now_id == now->id && page->before_id == before_id;
	if (!page->stale && same)
		return true;
	if (map_list_build(now, before, same, &page->query, &page->list) < 0)
		return false;
	page->now_id = now->id;
	page->before_id = before_id;
	page->stale = false;
	for (size_t i = 0; i < page->list.count; i++)
		if (map_list_id(&page->list, i) == page->cursor_id)
			page->cursor = i;
	if (page->cursor >= page->list.count)
		page->cursor = page->list.count ? page->list.count - 1 : 0;
	return true;
}

/* "Mappings: being read ... 123,456 so far, 12.0G of 31.4G" */
static void draw_reading(const struct ui *ui, const struct canvas *c,
			 const struct process *process)
{
	char count[FORMAT_SIZE], bytes[FORMAT_SIZE], all[FORMAT_SIZE];
	const struct progress *progress = &ui->mappings_progress;
	uint64_t rss = page_bytes(process, PROCESS_RSS);
	int col = draw_text(c, 0, 0, STYLE_NORMAL, "Mappings: being read ...");

	if (progress->count) {
		col = draw_format(
			c, 0, col, STYLE_NORMAL, " %s so far, %s",
			exact_grouped(count, progress->count),
			format_bytes(bytes, progress->bytes, ui->unit));
		if (rss != UNKNOWN)
			draw_format(c, 0, col, STYLE_NORMAL, " of %s in RAM",
				    format_bytes(all, rss, ui->unit));
	}
	draw_text(c, 1, 0, STYLE_DIM, "Esc gives it up");
}

static void draw(struct ui *ui, const struct canvas *c,
		 const struct process *process)
{
	const struct mappings_page *page = ui->page_state;
	const char *missing =
		page_reply_state(ui, ui->mappings_reply, ui->mappings_id);

	if (ui->mappings_id && !ui->mappings_reply)
		draw_reading(ui, c, process);
	else if (page && page->given_up && !ui->mappings_reply)
		draw_text(c, 0, 0, STYLE_NORMAL,
			  "Mappings: given up; r reads them");
	else if (missing || !mappings_sync(ui))
		draw_format(c, 0, 0, STYLE_NORMAL, "Mappings: %s",
			    missing ? missing : "no memory to show them");
	else
		mappings_draw(ui, c);
}

static void move_cursor(struct mappings_page *page, ptrdiff_t by)
{
	size_t last = page->list.count ? page->list.count - 1 : 0;

	if (by < 0 && page->cursor < (size_t)-by)
		page->cursor = 0;
	else
		page->cursor += (size_t)by;
	if (page->cursor > last)
		page->cursor = last;
	if (page->list.count)
		page->cursor_id = map_list_id(&page->list, page->cursor);
}

static bool act_move(struct mappings_page *page, const char *action)
{
	ptrdiff_t visible = (ptrdiff_t)page->scroll.page;
	ptrdiff_t all = (ptrdiff_t)page->list.count;
	const struct {
		const char *action;
		ptrdiff_t by;
	} moves[] = {
		{ "up", -1 },
		{ "down", 1 },
		{ "page-up", -visible },
		{ "page-down", visible },
		{ "half-up", -visible / 2 },
		{ "half-down", visible / 2 },
		{ "first", -all },
		{ "last", all },
	};

	for (size_t i = 0; i < ARRAY_SIZE(moves); i++)
		if (!strcmp(action, moves[i].action)) {
			move_cursor(page, moves[i].by);
			return true;
		}
	return false;
}

/* The group under the cursor, or around it; NULL: there is none. */
static const struct map_part *group_here(const struct mappings_page *page)
{
	const struct map_row *row;
	uint32_t group;

	if (page->cursor >= page->list.count || page->query.group == MAP_SINGLE)
		return NULL;
	row = &page->list.rows[page->cursor];
	group = row->pair == MAP_NONE ? row->group
				      : page->list.index.pairs[row->pair].group;
	return &page->list.index.groups[group];
}

static bool act_expand(struct mappings_page *page, const char *action)
{
	const struct map_part *group = group_here(page);
	bool open = !strcmp(action, "open");

	if (!strcmp(action, "expand-all")) {
		page->query.expand_all = !page->query.expand_all;
		page->query.nexpanded = 0;
	} else if (!open && strcmp(action, "expand") != 0 &&
		   strcmp(action, "collapse") != 0) {
		return false;
	} else if (group &&
		   (open || group->expanded == !strcmp(action, "collapse"))) {
		page->cursor_id = group->id;
		map_query_toggle(&page->query, group->id);
	}
	return true;
}

static void act_difference(struct ui *ui, struct mappings_page *page)
{
	if (!ui->mappings_before) {
		ui_message(ui, "a difference needs two reads: r reads again");
		return;
	}
	page->query.difference = !page->query.difference;
}

static void sort_picked(struct ui *ui, size_t index)
{
	struct mappings_page *page = ui->page_state;

	page->query.sort = (enum map_column)index;
	page->stale = true;
}

static bool act_order(struct ui *ui, struct mappings_page *page,
		      const char *action)
{
	struct map_query *query = &page->query;

	if (!strcmp(action, "sort-left"))
		query->sort = query->sort ? query->sort - 1 : query->sort;
	else if (!strcmp(action, "sort-right"))
		query->sort += query->sort + 1 < MAP_COLUMN_COUNT;
	else if (!strcmp(action, "sort-menu"))
		popup_menu(ui, "Sort mappings by", mappings_sort_titles,
			   MAP_COLUMN_COUNT, sort_picked);
	else if (!strcmp(action, "reverse"))
		query->reverse = !query->reverse;
	else if (!strcmp(action, "group"))
		query->group = (query->group + 1) % MAP_GROUP_COUNT;
	else if (!strcmp(action, "difference"))
		act_difference(ui, page);
	else
		return false;
	return true;
}

static void read_again(struct ui *ui)
{
	if (ui->subject_gone)
		ui_message(ui, "it has exited: there is nothing to read");
	else if (!ui->mappings_id)
		ui->mappings_id = ui->source->ops->request(
			ui->source, REQUEST_MAPPINGS, ui->subject);
}

/* Esc takes away the reading before it takes away the details. */
static bool give_up(struct ui *ui, struct mappings_page *page,
		    const char *action)
{
	if (!ui->mappings_id || strcmp(action, "back") != 0)
		return false;
	details_give_up(ui);
	if (page)
		page->given_up = true;
	ui_message(ui, "reading was given up");
	return true;
}

static bool act(struct ui *ui, const char *action)
{
	struct mappings_page *page = ui->page_state;

	ui->dirty = true;
	if (!strcmp(action, "rescan-row")) {
		read_again(ui);
		return true;
	}
	if (give_up(ui, page, action))
		return true;
	if (!mappings_sync(ui))
		return false;
	if (act_move(page, action) || mappings_search(ui, action))
		return true;
	if (!act_expand(page, action) && !act_order(ui, page, action))
		return false;
	page->stale = true;
	return true;
}

static void open_page(struct ui *ui)
{
	if (!ui->page_state)
		ui->page_state = calloc(1, sizeof(struct mappings_page));
	if (!ui->mappings_reply)
		read_again(ui);
}

static void close_page(struct ui *ui)
{
	struct mappings_page *page = ui->page_state;

	if (page)
		map_list_done(&page->list);
	free(page);
}

static void status(struct ui *ui, char *buf, size_t size)
{
	snprintf(buf, size, "%s  REF%% = Referenced/RSS",
		 ui->cols < 92 ? "GROW since the read before, = all changes."
			       : "GROW = PSS and swap since the read before "
				 "(= shows all changes).");
}

const struct page page_mappings = {
	.title = "Mappings",
	.where = WHERE_DETAILS | WHERE_MAPPINGS,
	.open = open_page,
	.draw = draw,
	.act = act,
	.status = status,
	.close = close_page,
};
