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
#include "memtop/forecast.h"
#include "memtop/text.h"
#include "oom_what_if.h"

struct adj_dialog {
	struct dialog dialog;
	int now, wanted;
	char typed[8];	 /* "-500" being typed; empty: by steps */
	bool after_step; /* `-` came last: a digit makes it a sign */
};

static void add_row(struct sheet *sheet, const char *what, const char *now,
		    const char *then)
{
	sheet_line(sheet, "%-12s %-20s %s", what, now, then);
}

static void first_text(const struct process *first, char *buf, size_t size)
{
	char frees[80];
	size_t len;

	what_if_name(first, buf, size);
	what_if_frees(first, frees, sizeof(frees));
	len = strlen(buf);
	snprintf(buf + len, size - len, "%s", frees);
}

static void add_preview(struct adj_dialog *state)
{
	struct dialog *dialog = &state->dialog;
	const struct process *p = dialog->process;
	struct oom_place places[2] = { { .adj = state->now },
				       { .adj = state->wanted } };
	struct oom_domain domain;
	struct oom_parts parts;
	char texts[4][2][192];

	domain = dialog->live ? oom_machine(dialog->live)
			      : (struct oom_domain){ .total = 0 };
	if (!dialog->live || oom_parts(dialog->live, p, &parts) < 0 ||
	    oom_places(dialog->live, &domain, p, places, 2) < 0) {
		sheet_line(&dialog->sheet,
			   "Its place in the kill order is not known.");
		return;
	}
	for (int i = 0; i < 2; i++) {
		what_if_badness(&places[i], domain.total, texts[0][i],
				sizeof(texts[0][i]));
		snprintf(texts[1][i], sizeof(texts[1][i]), "%" PRId64,
			 places[i].rank ? oom_score(&parts, places[i].adj) : 0);
		what_if_rank(&places[i], texts[2][i], sizeof(texts[2][i]));
		first_text(places[i].first, texts[3][i], sizeof(texts[3][i]));
	}
	add_row(&dialog->sheet, "", "now", "then");
	add_row(&dialog->sheet, "badness", texts[0][0], texts[0][1]);
	add_row(&dialog->sheet, "score", texts[1][0], texts[1][1]);
	add_row(&dialog->sheet, "rank", texts[2][0], texts[2][1]);
	what_if_name(places[0].first, texts[3][0], sizeof(texts[3][0]));
	add_row(&dialog->sheet, "dies first", texts[3][0], texts[3][1]);
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
	state->wanted = (int)adj_clamp(state->wanted + by);
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
	if (state->dialog.process->oom.state == STATE_OK) {
		state->now = (int)state->dialog.process->oom_score_adj;
		/* what was tried in thought is what is asked for */
		state->wanted = (int)what_if_adj(ui, state->dialog.process);
	}
	ui_open_popup(ui, &adj_popup, state);
}
