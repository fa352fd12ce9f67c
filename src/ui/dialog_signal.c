/* SPDX-License-Identifier: MIT
 *
 * The dialog that sends a signal to one process.  `y` sends, never Enter and
 * never the key that opened it; those whose end takes the machine or memtop
 * along are confirmed by typing their pid.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dialog.h"

/* clang-format off */
static const struct {
	const char *name;
	int number;
	bool ends; /* the process ends by it, unless it is prepared */
	const char *means;
} signals[] = {
	{ "TERM", SIGTERM, true,  "asks it to end; it may clean up first" },
	{ "INT",  SIGINT,  true,  "as if Ctrl-C were pressed in its terminal" },
	{ "HUP",  SIGHUP,  true,
	  "terminal closed; many daemons reload instead" },
	{ "STOP", SIGSTOP, false,
	  "freezes it: growth ends, memory stays; CONT wakes it" },
	{ "CONT", SIGCONT, false, "lets a stopped process go on" },
	{ "ABRT", SIGABRT, true,
	  "ends it with a core dump, which may be as big as it is" },
	{ "KILL", SIGKILL, true,  "cannot be caught: no clean-up, no flush" },
};
/* clang-format on */

struct signal_dialog {
	struct dialog dialog; /* first: shared code sees only this */
	size_t chosen;
	bool list;	 /* `?`: what the signals do */
	const char *why; /* it takes the pid to confirm; else NULL */
	char typed[12];
	size_t children;
};

static bool is_ancestor(const struct snapshot *snapshot, pid_t pid)
{
	pid_t at = getpid();

	/* Bounded: a snapshot is not taken at one instant, so parents may
	 * form a ring. */
	for (size_t i = 0; i < snapshot->nprocesses && at > 0; i++) {
		const struct process *p = snapshot_find_pid(snapshot, at);

		if (!p)
			return false;
		if (p->ppid == pid)
			return true;
		at = p->ppid;
	}
	return false;
}

static const char *why_protected(const struct dialog *dialog)
{
	const struct process *p = dialog->process;

	if (p->key.pid == 1)
		return "the first process: the machine goes down with it";
	if (p->key.pid == getpid())
		return "memtop itself";
	if (dialog->live && is_ancestor(dialog->live, p->key.pid))
		return "what memtop was started in";
	if (!strcmp(p->comm, "systemd"))
		return "a service manager: its services end with it";
	return NULL;
}

static size_t count_children(const struct dialog *dialog)
{
	size_t count = 0;

	for (size_t i = 0; dialog->live && i < dialog->live->nprocesses; i++)
		count += dialog->live->processes[i]->ppid ==
			 dialog->process->key.pid;
	return count;
}

/* "31.0G RAM + 4.1G swap (now 1.6G avail, 1.5G swap free)" */
static void add_frees(struct signal_dialog *state, int width)
{
	const struct process *p = state->dialog.process;
	const struct snapshot *live = state->dialog.live;
	uint64_t ram = process_frees_ram(p), swap = process_frees_swap(p);
	char a[FORMAT_SIZE], b[FORMAT_SIZE], c[FORMAT_SIZE], d[FORMAT_SIZE];
	char now[96] = "", line[192];

	if (live && live->memory.available != UNKNOWN)
		snprintf(now, sizeof(now), " (now %s avail, %s swap free)",
			 format_bytes(a, live->memory.available, FORMAT_AUTO),
			 format_bytes(b, live->memory.swap_free, FORMAT_AUTO));
	if (ram != UNKNOWN && swap != UNKNOWN)
		snprintf(line, sizeof(line), "%s RAM + %s swap%s",
			 format_bytes(c, ram, FORMAT_AUTO),
			 format_bytes(d, swap, FORMAT_AUTO), now);
	else
		snprintf(line, sizeof(line), "at most %s RAM + %s swap%s",
			 format_bytes(c, p->rss, FORMAT_AUTO),
			 format_bytes(d, p->swap, FORMAT_AUTO), now);
	sheet_wrap(&state->dialog.sheet, width, "Frees", line);
}

static void add_facts(struct signal_dialog *state, int width)
{
	struct sheet *sheet = &state->dialog.sheet;
	const struct process *p = state->dialog.process;
	char line[96] = "";

	add_frees(state, width);
	if (p->threads != UNKNOWN)
		snprintf(line, sizeof(line), "%" PRIu64 " thread%s, ",
			 p->threads, p->threads == 1 ? "" : "s");
	snprintf(line + strlen(line), sizeof(line) - strlen(line), "%zu %s",
		 state->children, state->children == 1 ? "child" : "children");
	sheet_wrap(sheet, width, "Also", line);
	if (!state->chosen)
		sheet_wrap(sheet, width, "Instead?",
			   "STOP freezes it: growth ends, nothing is lost, "
			   "memory stays");
	else
		sheet_wrap(sheet, width, "Means", signals[state->chosen].means);
}

static void add_list(struct signal_dialog *state, int width)
{
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sheet_wrap(&state->dialog.sheet, width, signals[i].name,
			   signals[i].means);
}

static void add_choice(struct signal_dialog *state, int width)
{
	char line[96] = "";

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		bool here = i == state->chosen;

		snprintf(line + strlen(line), sizeof(line) - strlen(line),
			 "%s%s%s", here ? "[" : " ", signals[i].name,
			 here ? "]" : " ");
	}
	if (width > 68)
		strncat(line, "     left/right choose",
			sizeof(line) - strlen(line) - 1);
	sheet_line(&state->dialog.sheet, "%s", "");
	sheet_wrap(&state->dialog.sheet, width, "Signal", line);
	sheet_line(&state->dialog.sheet, "%s", "");
}

static void add_question(struct signal_dialog *state, int width)
{
	struct dialog *dialog = &state->dialog;
	const char *name = signals[state->chosen].name;

	if (dialog->exited) {
		sheet_line(&dialog->sheet, "%s has exited: nothing to send.",
			   dialog->name);
		return;
	}
	if (dialog->elsewhen)
		sheet_wrap(&dialog->sheet, width, NULL,
			   "The values above are live; the screen shows "
			   "another moment.");
	if (state->why) {
		sheet_line(&dialog->sheet, "! This is %s.", state->why);
		sheet_line(&dialog->sheet,
			   "To send %s type its pid, then Enter: %s_", name,
			   state->typed);
		return;
	}
	if (width < 60) {
		sheet_line(&dialog->sheet, "y: %s to %s", name, dialog->name);
		return;
	}
	sheet_line(&dialog->sheet,
		   "This is still the process you selected (pid and start time "
		   "checked).");
	sheet_line(&dialog->sheet,
		   "Press y to send %s.  Anything else cancels.", name);
}

static void signal_draw(struct ui *ui, const struct canvas *screen)
{
	struct signal_dialog *state = ui->popup_state;
	struct dialog *dialog = &state->dialog;
	int width = popup_text_cells(screen, POPUP_WIDTH);

	dialog_refresh(ui, dialog);
	sheet_clear(&dialog->sheet);
	dialog_add_process(dialog, width);
	if (state->list)
		add_list(state, width);
	else
		add_facts(state, width);
	add_choice(state, width);
	add_question(state, width);
	dialog_draw(ui, dialog, screen, "Send a signal",
		    state->why ? "? what signals do   Esc cancel"
			       : "y send   ? what signals do   Esc cancel");
}

static void send_signal(struct ui *ui, struct signal_dialog *state)
{
	struct dialog *dialog = &state->dialog;
	int error;

	dialog_refresh(ui, dialog);
	if (dialog->exited) {
		ui_message(ui, "%s has exited; nothing was sent", dialog->name);
		return;
	}
	error = ui->source->ops->target_signal(dialog->target,
					       signals[state->chosen].number);
	if (error < 0)
		dialog_refused(ui, dialog, error, "CAP_KILL");
	else if (signals[state->chosen].ends)
		outcome_watch(ui, dialog, signals[state->chosen].name);
	else
		ui_message(ui, "%s sent to %s", signals[state->chosen].name,
			   dialog->name);
}

/* The pid is being typed.  false: the dialog closes. */
static bool pid_key(struct ui *ui, struct signal_dialog *state, int key)
{
	size_t len = strlen(state->typed);

	if (key >= '0' && key <= '9') {
		if (len + 1 < sizeof(state->typed))
			state->typed[len] = (char)key;
		return true;
	}
	if (key == KEYCODE_BACKSPACE && len) {
		state->typed[len - 1] = '\0';
		return true;
	}
	if (key != KEYCODE_ENTER)
		return false;
	if (strtol(state->typed, NULL, 10) != state->dialog.process->key.pid)
		return true;
	send_signal(ui, state);
	return false;
}

static bool choose_key(struct signal_dialog *state, int key)
{
	if (key == KEYCODE_LEFT && state->chosen)
		state->chosen--;
	else if (key == KEYCODE_RIGHT &&
		 state->chosen + 1 < ARRAY_SIZE(signals))
		state->chosen++;
	else if (key == '?')
		state->list = !state->list;
	return key == KEYCODE_LEFT || key == KEYCODE_RIGHT || key == '?';
}

static bool signal_key(struct ui *ui, int key)
{
	struct signal_dialog *state = ui->popup_state;

	if (dialog_ignores(ui, &state->dialog, key) || choose_key(state, key))
		return true;
	if (state->why && !state->dialog.exited)
		return pid_key(ui, state, key);
	if (key == KEYCODE_ENTER && !state->dialog.exited)
		return true;
	if (key == 'y')
		send_signal(ui, state);
	return false;
}

static const struct popup signal_popup = {
	.name = "signal",
	.draw = signal_draw,
	.key = signal_key,
	.close = dialog_close,
};

void dialog_signal(struct ui *ui, int arg)
{
	struct signal_dialog *state = dialog_new(ui, sizeof(*state));

	(void)arg;
	if (!state)
		return;
	state->why = why_protected(&state->dialog);
	state->children = count_children(&state->dialog);
	ui_open_popup(ui, &signal_popup, state);
}
