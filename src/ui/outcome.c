/* SPDX-License-Identifier: MIT
 *
 * What became of a signal: looked at with each sample until the process has
 * exited or a minute has passed, and told in the status line.  The pin is
 * kept meanwhile, so that another process with the same pid is never taken
 * for it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "dialog.h"

#define ALIVE_AFTER (3 * NS_PER_S)
#define WATCH_FOR   (60 * NS_PER_S)

struct outcome {
	struct target *target;
	char name[128];
	char signal[8];
	char clock[FORMAT_SIZE]; /* when it was sent */
	uint64_t sent_ns;
	uint64_t ram, swap; /* what it held when it was sent */
	bool told_alive;
};

void outcome_forget(struct ui *ui)
{
	if (!ui->outcome)
		return;
	ui->source->ops->target_close(ui->outcome->target);
	free(ui->outcome);
	ui->outcome = NULL;
}

void outcome_watch(struct ui *ui, struct dialog *dialog, const char *signal)
{
	struct outcome *outcome = calloc(1, sizeof(*outcome));
	char clock[FORMAT_SIZE];

	outcome_forget(ui);
	dialog_clock(ui, clock);
	ui_message(ui, "%s sent to %s %s", signal, dialog->name, clock);
	if (!outcome)
		return;
	outcome->target = dialog->target;
	dialog->target = NULL;
	snprintf(outcome->name, sizeof(outcome->name), "%s", dialog->name);
	snprintf(outcome->signal, sizeof(outcome->signal), "%s", signal);
	snprintf(outcome->clock, sizeof(outcome->clock), "%s", clock);
	outcome->sent_ns = ui_now(ui);
	outcome->ram = process_frees_ram(dialog->process);
	outcome->swap = process_frees_swap(dialog->process);
	ui->outcome = outcome;
}

static void tell_exit(struct ui *ui, const struct outcome *outcome)
{
	char clock[FORMAT_SIZE], ram[FORMAT_SIZE], swap[FORMAT_SIZE];

	dialog_clock(ui, clock);
	if (outcome->ram == UNKNOWN || outcome->swap == UNKNOWN)
		ui_message(ui, "%s exited %s", outcome->name, clock);
	else
		ui_message(ui, "%s exited %s, freed about %s + %s swap",
			   outcome->name, clock,
			   format_bytes(ram, outcome->ram, FORMAT_AUTO),
			   format_bytes(swap, outcome->swap, FORMAT_AUTO));
}

void outcome_update(struct ui *ui)
{
	struct outcome *outcome = ui->outcome;
	char gone[FORMAT_SIZE];
	uint64_t since;

	if (!outcome)
		return;
	since = sub_floor(ui_now(ui), outcome->sent_ns);
	if (ui->source->ops->target_exited(outcome->target)) {
		tell_exit(ui, outcome);
		outcome_forget(ui);
	} else if (since >= WATCH_FOR) {
		outcome_forget(ui);
	} else if (since >= ALIVE_AFTER && !outcome->told_alive) {
		outcome->told_alive = true;
		ui_message(ui, "%s sent to %s %s; alive after %s",
			   outcome->signal, outcome->name, outcome->clock,
			   format_duration(gone, since));
	}
}
