/* SPDX-License-Identifier: MIT
 *
 * Everything that is known of one control group: all its figures, with the
 * words of the table of fields, and the limits on its way up.  It is found
 * again by its path in each sample.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cgroup_view.h"
#include "memtop/text.h"
#include "popup.h"

struct group_view {
	const struct text *path;
	struct sheet sheet;
};

char *cgroup_cell(const struct ui *ui, const struct cgroup *cgroup,
		  uint8_t field, char buf[CGROUP_CELL_SIZE])
{
	const struct entity *entity = &entities[ENTITY_CGROUP];
	const struct cell_context context = {
		.now_ns = ui->snapshot->monotonic_ns,
		.boottime_ns = ui->snapshot->boottime_ns,
		.unit = ui->unit,
		.max_cells = CGROUP_CELL_SIZE / 2,
	};
	struct value value = field_get(entity, &entity->fields[field], cgroup);

	value_cell(buf, CGROUP_CELL_SIZE, &entity->fields[field], &value,
		   &context);
	return buf;
}

/* The limits above it, nearest first. */
static void add_way(const struct ui *ui, struct sheet *sheet,
		    const struct list *list, const struct cgroup *cgroup)
{
	size_t len = text_len(cgroup->path);
	char path[4096];

	sheet_line(sheet, "%s", "");
	sheet_line(sheet, "Limits on the way up    CURRENT    HIGH     MAX");
	if (len >= sizeof(path))
		return;
	memcpy(path, text_str(cgroup->path), len + 1);
	for (;;) {
		const struct cgroup *row = list_find(list, path);
		char *slash = strrchr(path, '/');
		char name[64], current[CGROUP_CELL_SIZE],
			high[CGROUP_CELL_SIZE], max[CGROUP_CELL_SIZE];

		if (row) {
			text_printable(name, sizeof(name), text_str(row->name),
				       text_len(row->name), 22);
			sheet_line(sheet, "%-22s %8s %7s %7s", name,
				   cgroup_cell(ui, row, CGROUP_CURRENT,
					       current),
				   cgroup_cell(ui, row, CGROUP_HIGH, high),
				   cgroup_cell(ui, row, CGROUP_MAX, max));
		}
		if (!slash || !slash[1])
			return;
		slash[slash == path] = '\0'; /* of "/a" the slash stays */
	}
}

static void build(const struct ui *ui, struct group_view *view, int width)
{
	const struct entity *entity = &entities[ENTITY_CGROUP];
	const struct list *list = snapshot_list(ui->snapshot, ENTITY_CGROUP);
	const struct cgroup *cgroup = list_find(list, text_str(view->path));

	sheet_clear(&view->sheet);
	if (!cgroup) {
		sheet_line(&view->sheet,
			   "This group is not in the sample on screen.");
		return;
	}
	for (uint8_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		char cell[CGROUP_CELL_SIZE], line[256];
		struct value value = field_get(entity, field, cgroup);

		/* what its version does not have */
		if (value.state == STATE_NOT_APPLICABLE)
			continue;
		cgroup_cell(ui, cgroup, i, cell);
		if (field->left)
			snprintf(line, sizeof(line), "%-20s %s", field->name,
				 cell);
		else
			snprintf(line, sizeof(line), "%-20s %7s  %s",
				 field->name, cell, field->help);
		sheet_wrap(&view->sheet, width, NULL, line);
	}
	add_way(ui, &view->sheet, list, cgroup);
}

static void view_draw(struct ui *ui, const struct canvas *screen)
{
	struct group_view *view = ui->popup_state;
	char title[128], name[CGROUP_NAME_SIZE], kind[12];

	cgroup_describe(text_str(view->path), name, kind);
	text_printable(title, sizeof(title), name, strlen(name), 60);
	if (ui->snapshot)
		build(ui, view, popup_text_cells(screen, POPUP_WIDTH));
	sheet_draw(&view->sheet, screen, POPUP_WIDTH, title,
		   "j/k scroll   Esc close");
}

static bool view_key(struct ui *ui, int key)
{
	struct group_view *view = ui->popup_state;

	scroll_key(&view->sheet.scroll, key);
	return !popup_closes(key);
}

static void view_close(struct ui *ui)
{
	struct group_view *view = ui->popup_state;

	text_unref(view->path);
	sheet_done(&view->sheet);
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
