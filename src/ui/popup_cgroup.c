/* SPDX-License-Identifier: MIT
 *
 * Details of one control group: pages, as of a process, over the whole body.
 * It is found again by its path in each sample, so the keys of time work here
 * as well.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "cgroup_pages.h"
#include "memtop/text.h"
#include "sparks.h"

/* Frame included; texts do not get longer on a wide screen. */
#define PAGE_WIDTH 100

struct group_view {
	const struct text *path;
	struct cgroup_page page;
	size_t which;
};

char *cgroup_cell(const struct ui *ui, const struct cgroup *cgroup,
		  uint8_t field, char buf[CGROUP_CELL_SIZE])
{
	const struct entity *entity = &entities[ENTITY_CGROUP];
	const struct cell_context context = {
		.now_ns = ui->snapshot->monotonic_ns,
		.boottime_ns = ui->snapshot->boottime_ns,
		.realtime_ns = ui->snapshot->realtime_ns,
		.unit = ui->unit,
		.max_cells = CGROUP_CELL_SIZE / 2,
	};
	struct value value = field_get(entity, &entity->fields[field], cgroup);

	value_cell(buf, CGROUP_CELL_SIZE, &entity->fields[field], &value,
		   &context);
	return buf;
}

/* "celery.slice  [1 Summary] 2 Memory 3 Limits 4 Pressure 5 Events" */
static void make_title(const struct group_view *view, char *buf, size_t size)
{
	char name[CGROUP_NAME_SIZE], shown[128], kind[12];
	size_t at;

	cgroup_describe(text_str(view->path), name, kind);
	text_printable(shown, sizeof(shown), name, strlen(name), 24);
	at = (size_t)snprintf(buf, size, "%s ", shown);
	for (size_t i = 0; i < CGROUP_PAGES && at < size; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%zu %s%s",
				       i == view->which ? " [" : "  ", i + 1,
				       cgroup_pages[i].title,
				       i == view->which ? "]" : "");
}

static void build(const struct ui *ui, struct group_view *view)
{
	const struct list *list = snapshot_list(ui->snapshot, ENTITY_CGROUP);
	const struct cgroup *cgroup = list_find(list, text_str(view->path));

	sheet_clear(&view->page.sheet);
	view->page.nsparks = 0;
	if (cgroup)
		cgroup_pages[view->which].build(ui, &view->page, cgroup);
	else
		sheet_line(&view->page.sheet,
			   "This group is not in the sample on screen.");
}

static void draw_sparks(struct ui *ui, const struct group_view *view,
			const struct canvas *c)
{
	const struct cgroup_page *page = &view->page;

	for (size_t i = 0; i < page->nsparks; i++) {
		size_t line = page->sparks[i].line;

		if (line >= page->sheet.scroll.top &&
		    line - page->sheet.scroll.top < (size_t)c->rows)
			spark_draw_row(
				ui, c, (int)(line - page->sheet.scroll.top),
				CGROUP_SPARK_COL, ENTITY_CGROUP,
				page->sparks[i].field, text_str(view->path));
	}
}

static void view_draw(struct ui *ui, const struct canvas *screen)
{
	struct group_view *view = ui->popup_state;
	struct canvas c;
	char title[256];

	make_title(view, title, sizeof(title));
	/* as many lines as there is room for: it does not jump from page to
	 * page */
	c = popup_frame(screen, SIZE_MAX / 2, PAGE_WIDTH, title,
			"Tab page   j/k scroll   [ ] time   Esc close");
	if (!ui->snapshot)
		return;
	view->page.width = c.cols;
	build(ui, view);
	sheet_draw_in(&view->page.sheet, &c);
	draw_sparks(ui, view, &c);
}

static void turn(struct group_view *view, size_t page)
{
	view->which = page % CGROUP_PAGES;
	view->page.sheet.scroll.top = 0;
}

static bool view_key(struct ui *ui, int key)
{
	struct group_view *view = ui->popup_state;
	const struct action *action = action_for_key(key, WHERE_CGROUPS);

	if (key == KEYCODE_TAB || key == KEYCODE_RIGHT)
		turn(view, view->which + 1);
	else if (key == KEYCODE_BACKTAB || key == KEYCODE_LEFT)
		turn(view, view->which + CGROUP_PAGES - 1);
	else if (key >= '1' && key < '1' + CGROUP_PAGES)
		turn(view, (size_t)(key - '1'));
	else if (action && action->group == ACT_TIME)
		action->run(ui, action->arg);
	else
		scroll_key(&view->page.sheet.scroll, key);
	return !popup_closes(key);
}

static void view_close(struct ui *ui)
{
	struct group_view *view = ui->popup_state;

	text_unref(view->path);
	sheet_done(&view->page.sheet);
	free(view);
}

static const struct popup view_popup = {
	.name = "cgroup",
	.draw = view_draw,
	.key = view_key,
	.close = view_close,
};

void cgroup_popup(struct ui *ui, const struct cgroup *cgroup)
{
	struct group_view *view = popup_memory(ui, sizeof(*view));

	if (!view)
		return;
	view->path = text_ref(cgroup->path);
	ui_open_popup(ui, &view_popup, view);
}
