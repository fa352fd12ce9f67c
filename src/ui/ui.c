/* SPDX-License-Identifier: MIT
 *
 * The state of the screen: a key, a new sample.  Everything that happens
 * between two paints; no loop and no drawing, so that tests can go key by key.
 * ui_life.c sets it up and tears it down.
 */
#include "ui.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "details.h"
#include "replay.h"
#include "sparks.h"
#include "tiles.h"
#include "trends.h"

#define MESSAGE_NS (8 * NS_PER_S)
/* How long a message stands before the next key takes it away: it is about
 * the key before. */
#define MESSAGE_READ_NS (1 * NS_PER_S)

/* clang-format off */
const struct pane *const panes[PANE_COUNT] = {
	[PANE_OVERVIEW]	 = &pane_overview,
	[PANE_PROCESSES] = &pane_processes,
	[PANE_SWAP]	 = &pane_swap,
	[PANE_OOM]	 = &pane_oom,
	[PANE_THP]	 = &pane_thp,
	[PANE_CGROUPS]	 = &pane_cgroups,
	[PANE_KERNEL]	 = &pane_kernel,
	[PANE_EVENTS]	 = &pane_events,
	[PANE_RAM]	 = &pane_ram,
};
/* clang-format on */

uint64_t ui_now(const struct ui *ui)
{
	return ui->source->ops->now(ui->source);
}

struct table *ui_table(struct ui *ui)
{
	return &ui->tables[ui->pane];
}

unsigned ui_where(const struct ui *ui)
{
	if (ui->details)
		return WHERE_DETAILS | pages[ui->page]->where;
	return panes[ui->pane]->where;
}

const struct process *ui_selected(const struct ui *ui)
{
	const struct row *row;

	if (ui->details)
		return ui->subject_gone ? NULL : ui->last_seen;
	row = table_selected(&ui->tables[ui->pane]);
	if (!row)
		return NULL;
	/* a group of several is nobody in particular */
	if (row->label)
		return row->count == 1 ? row->largest : NULL;
	/* not row->process: that of a collapsed branch is a sum */
	return snapshot_find(ui->snapshot, row->key);
}

const struct process *ui_need_selected(struct ui *ui)
{
	const struct process *selected = ui_selected(ui);
	const struct table *table = ui_table(ui);
	const struct row *row = table_selected(table);

	if (selected)
		return selected;
	if (ui_tiles(ui) && !ui->details) {
		ui_message(ui, "there are no processes in this pane");
		return NULL;
	}
	if (ui->details || (!row && table->gone_ns))
		ui_message(ui, "it is not there any more");
	else if (row && row->label)
		ui_message(ui,
			   "that is a group of %zu: open it (Enter) or "
			   "ungroup (b), then choose one process",
			   row->count);
	else
		ui_message(ui, "no process is selected");
	return NULL;
}

bool ui_marked(const struct ui *ui, struct process_key key)
{
	for (size_t i = 0; i < ui->nmarks; i++)
		if (process_key_equal(ui->marks[i], key))
			return true;
	return false;
}

void ui_message(struct ui *ui, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(ui->message, sizeof(ui->message), format, args);
	va_end(args);
	ui->message_until_ns = ui_now(ui) + MESSAGE_NS;
	ui->dirty = true;
}

/* A sample is due one delay after the last; it takes a while itself. */
static uint64_t late_from(const struct ui *ui)
{
	return ui->delay_ns + max_u64(ui->delay_ns / 4, NS_PER_S / 10);
}

uint64_t ui_late(const struct ui *ui)
{
	uint64_t age, from = late_from(ui);

	if (!ui->snapshot || ui->paused || ui->recording)
		return 0;
	age = sub_floor(ui_now(ui), ui->snapshot->monotonic_ns);
	if (age < from)
		return 0;
	return from + (age - from) / ui->delay_ns * ui->delay_ns;
}

uint64_t ui_late_in(const struct ui *ui)
{
	uint64_t age, from = late_from(ui);

	if (!ui->snapshot || ui->paused || ui->recording)
		return UNKNOWN;
	age = sub_floor(ui_now(ui), ui->snapshot->monotonic_ns);
	if (age < from)
		return from - age;
	return ui->delay_ns - (age - from) % ui->delay_ns;
}

static void release_pane(struct ui *ui, enum pane_id pane)
{
	table_release(&ui->tables[pane]);
	if (pane == PANE_OVERVIEW) {
		rows_done(&ui->waiting);
		rows_done(&ui->dying);
	}
	if (ui->tiles[pane])
		tiles_release(ui->tiles[pane]);
}

/* What there is beside the table. */
static void refresh_pane(struct ui *ui)
{
	if (!ui->snapshot)
		return;
	if (ui_tiles(ui))
		tiles_refresh(ui, ui_tiles(ui));
	if (panes[ui->pane]->refresh)
		panes[ui->pane]->refresh(ui);
}

/* Takes the reference. */
static void show(struct ui *ui, const struct snapshot *snapshot)
{
	snapshot_unref(ui->snapshot);
	ui->snapshot = snapshot;
	ui->oom.of = NULL; /* a later one may stand in the same place */
	ui->seq = snapshot->seq;
	/* what was in the past is no setting */
	if (!ui->paused && snapshot->period_ns &&
	    snapshot->period_ns != UNKNOWN)
		ui->delay_ns = snapshot->period_ns;
	for (size_t i = 0; i < PANE_COUNT; i++)
		if (i != (size_t)ui->pane)
			release_pane(ui, (enum pane_id)i);
	table_refresh(ui, ui_table(ui));
	refresh_pane(ui);
	trends_update(ui);
	details_update(ui);
	ui->late_ns = ui_late(ui);
	ui->dirty = true;
}

void ui_update(struct ui *ui)
{
	const struct snapshot *newest;
	struct reply *reply;

	while ((reply = ui->source->ops->take_reply(ui->source)))
		details_reply(ui, reply);
	history_span(ui->history, &ui->span);
	if (ui->paused) {
		ui->dirty = true; /* how far behind it is */
	} else if (ui->span.last_seq != ui->seq &&
		   history_at(ui->history, 0, &newest) == 0) {
		show(ui, newest);
	}
	outcome_update(ui);
	errand_update(ui);
}

int ui_show_past(struct ui *ui, uint64_t seq)
{
	const struct snapshot *past;
	int r = history_at(ui->history, seq, &past);

	if (r < 0)
		return r;
	ui->paused = true;
	ui->play.on = false;
	show(ui, past);
	return 0;
}

void ui_go_live(struct ui *ui)
{
	if (ui->recording) {
		ui_show_past(ui, 0);
		return;
	}
	ui->paused = false;
	ui->dirty = true;
	ui_update(ui);
}

void ui_show_pane(struct ui *ui, enum pane_id pane)
{
	if (ui->details)
		details_close(ui);
	if (pane != ui->pane)
		release_pane(ui, ui->pane);
	ui->pane = pane;
	table_rebuild(ui, ui_table(ui));
	refresh_pane(ui);
	ui->dirty = true;
}

/* Did the pane take it, or what it is made of? */
static bool pane_act(struct ui *ui, const struct action *action)
{
	const struct pane *pane = panes[ui->pane];

	return (pane->act && pane->act(ui, action)) ||
	       (ui_tiles(ui) && tiles_act(ui, action));
}

static void dispatch(struct ui *ui, int key)
{
	const struct action *action = action_for_key(key, ui_where(ui));

	if (!action)
		return;
	if (ui->details && pages[ui->page]->act &&
	    pages[ui->page]->act(ui, action->name))
		return;
	if (ui->details && details_scroll(ui, action->name))
		return;
	if (!ui->details && pane_act(ui, action))
		return;
	action->run(ui, action->arg);
}

/* ^C, ^Z, ^L: they work whatever is open. */
static const struct action *always_action(int key)
{
	const struct action *action = action_for_key(key, WHERE_ALL);
	bool typed = key >= ' ' && key < KEYCODE_UP;

	return action && action->always && !typed ? action : NULL;
}

static void end_message(struct ui *ui)
{
	uint64_t since =
		sub_floor(ui_now(ui) + MESSAGE_NS, ui->message_until_ns);

	if (since >= MESSAGE_READ_NS)
		ui->message[0] = '\0';
}

void ui_key(struct ui *ui, int key)
{
	const struct action *always = always_action(key);
	const struct popup *popup = ui->popup;

	ui->dirty = true;
	if (key == KEYCODE_RESIZE)
		return;
	end_message(ui);
	if (always) {
		always->run(ui, always->arg);
	} else if (popup) {
		/* the key may have opened another one in its place */
		if (!popup->key(ui, key) && ui->popup == popup)
			ui_close_popup(ui);
	} else if (ui->prompt) {
		prompt_key(ui, key);
	} else {
		dispatch(ui, key);
	}
}
