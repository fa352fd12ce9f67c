/* SPDX-License-Identifier: MIT
 *
 * The dialog that sets oom_score_adj of one process: what the kernel's
 * arithmetic makes of it before anything is changed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dialog.h"
#include "memtop/oom.h"
#include "memtop/text.h"

#define ADJ_STEP 50

struct adj_dialog {
	struct dialog dialog;
	int now, wanted;
	char typed[8];	 /* "-500" being typed; empty: by steps */
	bool after_step; /* `-` came last: a digit makes it a sign */
};

static int clamp_adj(long adj)
{
	return adj < -1000 ? -1000 : adj > 1000 ? 1000 : (int)adj;
}

struct preview {
	double badness; /* percent of RAM + swap */
	int64_t score;
	struct oom_rank rank;
};

static bool make_preview(const struct dialog *dialog, int adj,
			 struct preview *ret)
{
	struct oom_parts parts;

	if (!dialog->live ||
	    oom_parts(dialog->live, dialog->process, &parts) < 0)
		return false;
	ret->score = dialog->process->key.pid == 1 ? 0 : oom_score(&parts, adj);
	ret->badness =
		100.0 * (double)oom_points(&parts, adj) / (double)parts.total;
	oom_rank(dialog->live, dialog->process, ret->score, &ret->rank);
	return true;
}

static void first_text(const struct preview *preview, char *buf, size_t size)
{
	if (preview->rank.first)
		popup_process_title(buf, size, "", preview->rank.first);
	else
		snprintf(buf, size, "nobody");
}

static void badness_text(const struct preview *preview, int adj, char *buf,
			 size_t size)
{
	if (adj <= -1000)
		snprintf(buf, size, "never");
	else
		snprintf(buf, size, "%.1f%%", preview->badness);
}

static void rank_text(const struct preview *preview, char *buf, size_t size)
{
	if (preview->score <= 0)
		snprintf(buf, size, "-");
	else
		snprintf(buf, size, "%zu of %zu", preview->rank.rank,
			 preview->rank.of);
}

static void add_row(struct sheet *sheet, const char *what, const char *now,
		    const char *then)
{
	sheet_line(sheet, "%-12s %-20s %s", what, now, then);
}

static void add_preview(struct adj_dialog *state)
{
	struct sheet *sheet = &state->dialog.sheet;
	struct preview now, then;
	char a[160], b[160];

	if (!make_preview(&state->dialog, state->now, &now) ||
	    !make_preview(&state->dialog, state->wanted, &then)) {
		sheet_line(sheet, "Its place in the kill order is not known.");
		return;
	}
	add_row(sheet, "", "now", "then");
	badness_text(&now, state->now, a, sizeof(a));
	badness_text(&then, state->wanted, b, sizeof(b));
	add_row(sheet, "badness", a, b);
	snprintf(a, sizeof(a), "%" PRId64, now.score);
	snprintf(b, sizeof(b), "%" PRId64, then.score);
	add_row(sheet, "score", a, b);
	rank_text(&now, a, sizeof(a));
	rank_text(&then, b, sizeof(b));
	add_row(sheet, "rank", a, b);
	first_text(&now, a, sizeof(a));
	first_text(&then, b, sizeof(b));
	add_row(sheet, "dies first", a, b);
}

static void add_advice(struct adj_dialog *state, int width)
{
	struct dialog *dialog = &state->dialog;

	sheet_line(&dialog->sheet, "%s", "");
	if (state->wanted <= -1000)
		sheet_wrap(&dialog->sheet, width, NULL,
			   "! -1000 means never, whatever it takes: the rest "
			   "dies first. -900 protects enough.");
	sheet_wrap(&dialog->sheet, width, NULL,
		   "Lasts until the process exits; children started later "
		   "inherit it. Permanent: OOMScoreAdjust= in the unit.");
	if (dialog->elsewhen)
		sheet_wrap(&dialog->sheet, width, NULL,
			   "The values above are live; the screen shows "
			   "another moment.");
	if (dialog->exited)
		sheet_line(&dialog->sheet, "%s has exited: nothing to set.",
			   dialog->name);
	else if (width < 60)
		sheet_line(&dialog->sheet, "y: %d to %s", state->wanted,
			   dialog->name);
	else
		sheet_line(&dialog->sheet,
			   "Press y to apply.  Anything else cancels.");
}

static void adj_draw(struct ui *ui, const struct canvas *screen)
{
	struct adj_dialog *state = ui->popup_state;
	struct dialog *dialog = &state->dialog;
	int width = popup_text_cells(screen, POPUP_WIDTH);
	char title[192], wanted[16], now[16] = "?";

	dialog_refresh(ui, dialog);
	if (dialog->process->oom.state == STATE_OK) {
		state->now = (int)dialog->process->oom_score_adj;
		snprintf(now, sizeof(now), "%d", state->now);
	}
	snprintf(wanted, sizeof(wanted), "%d", state->wanted);
	sheet_clear(&dialog->sheet);
	sheet_line(&dialog->sheet,
		   "adj       now %-5s new [%-5s]   - + steps of %d, or type "
		   "-1000..1000",
		   now, *state->typed ? state->typed : wanted, ADJ_STEP);
	sheet_line(&dialog->sheet, "%s", "");
	add_preview(state);
	add_advice(state, width);
	snprintf(title, sizeof(title), "Set oom_score_adj of %s", dialog->name);
	dialog_draw(ui, dialog, screen, title, "y apply   Esc cancel");
}

static void apply(struct ui *ui, struct adj_dialog *state)
{
	struct dialog *dialog = &state->dialog;
	int error;

	dialog_refresh(ui, dialog);
	if (dialog->exited) {
		ui_message(ui, "%s has exited; nothing was set", dialog->name);
		return;
	}
	error = ui->source->ops->target_set_adj(dialog->target, state->wanted);
	if (error < 0)
		dialog_refused(ui, dialog, error,
			       "CAP_SYS_RESOURCE to lower it");
	else
		ui_message(ui, "oom_score_adj of %s set to %d (was %d)",
			   dialog->name, state->wanted, state->now);
}

static void step(struct adj_dialog *state, int by)
{
	state->after_step = by < 0 && !*state->typed;
	state->typed[0] = '\0';
	state->wanted = clamp_adj((long)state->wanted + by);
}

/* A digit of a number that is typed.  `-` alone is a step, so it becomes a
 * sign only now that a digit follows it. */
static void type_digit(struct adj_dialog *state, int key)
{
	char text[sizeof(state->typed) + 4];
	long value;

	snprintf(text, sizeof(text), "%s%s%c", state->typed,
		 !*state->typed && state->after_step ? "-" : "", key);
	value = strtol(text, NULL, 10);
	if (value < -1000 || value > 1000)
		return;
	snprintf(state->typed, sizeof(state->typed), "%ld", value);
	state->wanted = (int)value;
	state->after_step = false;
}

static void erase_digit(struct adj_dialog *state)
{
	size_t len = strlen(state->typed);

	state->typed[len - 1] = '\0';
	if (!strcmp(state->typed, "-"))
		state->typed[0] = '\0';
	state->wanted = *state->typed ? (int)strtol(state->typed, NULL, 10)
				      : state->now;
}

static bool adj_key(struct ui *ui, int key)
{
	struct adj_dialog *state = ui->popup_state;

	if (dialog_ignores(ui, &state->dialog, key))
		return true;
	if (state->dialog.exited)
		return false;
	if (key == '-' || key == KEYCODE_F0 + 7)
		step(state, -ADJ_STEP);
	else if (key == '+' || key == KEYCODE_F0 + 8)
		step(state, ADJ_STEP);
	else if (key >= '0' && key <= '9')
		type_digit(state, key);
	else if (key == KEYCODE_BACKSPACE && *state->typed)
		erase_digit(state);
	else if (key != KEYCODE_ENTER) {
		if (key == 'y')
			apply(ui, state);
		return false;
	}
	return true;
}

static const struct popup adj_popup = {
	.name = "adj",
	.draw = adj_draw,
	.key = adj_key,
	.close = dialog_close,
};

void dialog_adj(struct ui *ui, int arg)
{
	struct adj_dialog *state = dialog_new(ui, sizeof(*state));

	(void)arg;
	if (!state)
		return;
	if (state->dialog.process->oom.state == STATE_OK)
		state->now = (int)state->dialog.process->oom_score_adj;
	state->wanted = state->now;
	ui_open_popup(ui, &adj_popup, state);
}
