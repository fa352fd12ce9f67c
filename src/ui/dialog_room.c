/* SPDX-License-Identifier: MIT
 *
 * The dialog before something that makes room: reclaim from one control group,
 * or compaction of all memory.  It says what the kernel will do and whom that
 * may slow down; nothing is done unless one says yes.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "memtop/cgroup.h"
#include "memtop/kernel.h"
#include "memtop/text.h"
#include "page_limits.h"
#include "tiles.h"

struct room_dialog {
	struct dialog dialog; /* without a process */
	struct job *job;
	enum job_kind kind;
	char name[96];		 /* of the group, printable */
	char path[256];		 /* untrusted */
	uint64_t current, cheap; /* of it; without swapping */
	uint64_t bytes;		 /* to reclaim */
};

/* What it can give without anything being swapped. */
static uint64_t cheap_bytes(const struct cgroup *cgroup)
{
	uint64_t bytes = 0;

	if (cgroup->active_file != UNKNOWN)
		bytes += cgroup->active_file;
	if (cgroup->inactive_file != UNKNOWN)
		bytes += cgroup->inactive_file;
	if (cgroup->slab_reclaimable != UNKNOWN)
		bytes += cgroup->slab_reclaimable;
	return min_u64(bytes, cgroup->current);
}

static void add_group(struct ui *ui, struct room_dialog *state, int width)
{
	struct sheet *sheet = &state->dialog.sheet;
	const struct memory *m = &ui->snapshot->memory;
	char now[FORMAT_SIZE], cheap[FORMAT_SIZE], swap[FORMAT_SIZE],
		bytes[FORMAT_SIZE], line[512];

	sheet_line(sheet, "take      [%s]   + - twice, half as much",
		   format_bytes(bytes, state->bytes, FORMAT_AUTO));
	sheet_line(sheet, "%s", "");
	snprintf(
		line, sizeof(line),
		"The kernel takes so much from it now, as it would at its "
		"limit. It has %s; up to %s of that is cache, which is dropped "
		"first. What goes beyond is swapped (%s free).",
		format_bytes(now, state->current, FORMAT_AUTO),
		format_bytes(cheap, state->cheap, FORMAT_AUTO),
		m->swap_free == UNKNOWN
			? "?"
			: format_bytes(swap, m->swap_free, FORMAT_AUTO));
	sheet_wrap(sheet, width, NULL, line);
	sheet_line(sheet, "%s", "");
	sheet_wrap(sheet, width, NULL,
		   "! What it needs again it has to read back: its tasks may "
		   "wait. No limit is changed, nobody is killed.");
	if (!limits_quotable(state->path))
		return;
	snprintf(line, sizeof(line),
		 "By hand: echo %llu > '/sys/fs/cgroup%s/memory.reclaim'",
		 (unsigned long long)state->bytes, state->path);
	sheet_wrap(sheet, width, NULL, line);
}

static void add_machine(struct ui *ui, struct room_dialog *state, int width)
{
	struct sheet *sheet = &state->dialog.sheet;
	const struct list *list = snapshot_list(ui->snapshot, ENTITY_BLOCKS);

	sheet_wrap(sheet, width, NULL,
		   "The kernel moves pages so that free memory lies in large "
		   "blocks, which huge pages and some drivers need. It frees "
		   "nothing.");
	sheet_line(sheet, "%s", "");
	for (size_t i = 0; i < list_count(list); i++) {
		const struct free_blocks *row = list_row(list, i);
		char free[FORMAT_SIZE];

		if (row->free == UNKNOWN || isnan(row->unusable))
			continue;
		sheet_line(sheet,
			   "%-12s %6s free, %3.0f%% of it too scattered for a "
			   "huge page",
			   row->name,
			   format_bytes(free, row->free, FORMAT_AUTO),
			   row->unusable);
	}
	sheet_line(sheet, "%s", "");
	sheet_wrap(sheet, width, NULL,
		   "! It takes a processor for seconds, and whoever touches a "
		   "page that is being moved waits.");
	sheet_wrap(sheet, width, NULL,
		   "By hand: echo 1 > /proc/sys/vm/compact_memory");
}

static void room_draw(struct ui *ui, const struct canvas *screen)
{
	struct room_dialog *state = ui->popup_state;
	struct dialog *dialog = &state->dialog;
	int width = popup_text_cells(screen, POPUP_WIDTH);
	char title[128];

	sheet_clear(&dialog->sheet);
	if (state->kind == JOB_RECLAIM) {
		add_group(ui, state, width);
		snprintf(title, sizeof(title), "Reclaim from %s", state->name);
	} else {
		add_machine(ui, state, width);
		snprintf(title, sizeof(title), "Compact memory");
	}
	sheet_line(&dialog->sheet, "%s", "");
	sheet_line(&dialog->sheet, "Press y to begin.  Anything else cancels.");
	dialog_draw(ui, dialog, screen, title, "y begin   Esc cancel");
}

static void change(struct room_dialog *state, int key)
{
	uint64_t bytes = key == '+' ? state->bytes * 2 : state->bytes / 2;

	state->bytes = max_u64(min_u64(bytes, state->current), 1 * MIB);
}

static bool room_key(struct ui *ui, int key)
{
	struct room_dialog *state = ui->popup_state;

	if (dialog_ignores(ui, &state->dialog, key))
		return true;
	if (state->kind == JOB_RECLAIM && (key == '+' || key == '-')) {
		change(state, key);
		return true;
	}
	if (key == KEYCODE_ENTER)
		return true;
	if (key == 'y') {
		errand_run(ui, state->job, state->kind, state->name,
			   state->bytes);
		state->job = NULL;
	}
	return false;
}

static void room_close(struct ui *ui)
{
	struct room_dialog *state = ui->popup_state;

	if (state->job)
		ui->source->ops->job_close(state->job);
	sheet_done(&state->dialog.sheet);
	free(state);
}

static const struct popup room_popup = {
	.name = "room",
	.draw = room_draw,
	.key = room_key,
	.close = room_close,
};

static void refused(struct ui *ui, enum job_kind kind, int error)
{
	const char *what =
		kind == JOB_RECLAIM ? "memory.reclaim" : "compact_memory";

	if (error == -EACCES || error == -EPERM)
		ui_message(ui, "%s: not permitted. sudo memtop", what);
	else if (error == -ENOENT)
		ui_message(ui, "this group is gone");
	else if (error == -EOPNOTSUPP && kind == JOB_RECLAIM)
		ui_message(ui, "memory.reclaim needs cgroup v2, Linux 5.19");
	else if (error == -EOPNOTSUPP)
		ui_message(ui, "this kernel can not compact memory");
	else
		ui_message(ui, "%s: %s", what, strerror(-error));
}

/* The group under the cursor; false: there is none, which is said. */
static bool take_group(struct ui *ui, struct room_dialog *state)
{
	const struct cgroup *cgroup = listing_selected(tiles_listing(ui));

	if (!cgroup || cgroup->current == UNKNOWN) {
		ui_message(ui, cgroup ? "its use is not known"
				      : "it is not there any more");
		return false;
	}
	if (text_len(cgroup->path) >= sizeof(state->path)) {
		ui_message(ui, "its path is too long");
		return false;
	}
	text_printable(state->name, sizeof(state->name), text_str(cgroup->name),
		       text_len(cgroup->name), 40);
	memcpy(state->path, text_str(cgroup->path), text_len(cgroup->path) + 1);
	state->current = cgroup->current;
	state->cheap = cheap_bytes(cgroup);
	state->bytes = max_u64(state->cheap / 2 / MIB * MIB, 1 * MIB);
	return true;
}

void dialog_room(struct ui *ui, int arg)
{
	enum job_kind kind = (enum job_kind)arg;
	const struct cgroup *cgroup;
	struct room_dialog *state;
	int error;

	if (ui->recording || !ui->snapshot) {
		ui_message(ui, "a recording: actions are off");
		return;
	}
	if (ui->paused || ui->errand) {
		ui_message(ui, ui->errand ? "one such action is still running"
					  : "the screen shows the past: Space "
					    "goes back to live");
		return;
	}
	state = popup_memory(ui, sizeof(*state));
	if (!state)
		return;
	state->kind = kind;
	cgroup = kind == JOB_RECLAIM ? listing_selected(tiles_listing(ui))
				     : NULL;
	if (kind == JOB_RECLAIM && !take_group(ui, state)) {
		free(state);
		return;
	}
	error = ui->source->ops->job_open(
		ui->source, kind, cgroup ? text_str(cgroup->path) : NULL,
		&state->job);
	if (error < 0) {
		refused(ui, kind, error);
		free(state);
		return;
	}
	term_flush_input();
	ui_open_popup(ui, &room_popup, state);
}
