/* SPDX-License-Identifier: MIT
 *
 * What the dialogs that change something share: pinning the process, so that
 * nobody else is hit whatever happens to its pid, and stating refusals with
 * their remedy.  Knows no particular action.
 */
#include "dialog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"

/* Over a slow line keys arrive in bursts: one that was typed before the
 * question was on the screen is no answer to it. */
#define READ_TIME (250 * NS_PER_MS)

static void explain_open(struct ui *ui, pid_t pid, int error)
{
	if (error == -ESRCH)
		ui_message(ui, "process %d has exited", (int)pid);
	else if (error == -EOPNOTSUPP)
		ui_message(ui, "actions are off: this is not the live machine");
	else
		ui_message(ui, "process %d can not be pinned: %s", (int)pid,
			   strerror(-error));
}

static void done(struct ui *ui, struct dialog *dialog)
{
	if (dialog->target)
		ui->source->ops->target_close(dialog->target);
	process_unref(dialog->process);
	snapshot_unref(dialog->live);
	sheet_done(&dialog->sheet);
	*dialog = (struct dialog){ 0 };
}

/* Pins the process the action is about and throws pending input away; false
 * when there is none or it can't be had, which the status line then says. */
static bool pin(struct ui *ui, struct dialog *dialog)
{
	const struct process *selected;
	struct process_key key;
	int error;

	*dialog = (struct dialog){ 0 };
	if (ui->recording) {
		ui_message(ui, "a recording: actions are off");
		return false;
	}
	selected = ui_need_selected(ui);
	if (!selected)
		return false;
	key = selected->key;
	error = ui->source->ops->target_open(ui->source, key, &dialog->target);
	if (error < 0) {
		explain_open(ui, key.pid, error);
		return false;
	}
	if (ui->snapshot)
		dialog->process = process_ref(snapshot_find(ui->snapshot, key));
	if (!dialog->process && ui->details)
		dialog->process = process_ref(ui->last_seen);
	if (dialog->process)
		dialog_refresh(ui, dialog);
	if (!dialog->process || dialog->process->kernel) {
		ui_message(ui,
			   dialog->process
				   ? "a kernel thread: nothing of it can be "
				     "changed"
				   : "it is not in the sample on screen");
		done(ui, dialog);
		return false;
	}
	popup_process_title(dialog->name, sizeof(dialog->name), "",
			    dialog->process);
	term_flush_input();
	return true;
}

void *dialog_new(struct ui *ui, size_t size)
{
	struct dialog *dialog = popup_memory(ui, size);

	if (dialog && !pin(ui, dialog)) {
		free(dialog);
		return NULL;
	}
	return dialog;
}

void dialog_close(struct ui *ui)
{
	done(ui, ui->popup_state);
	free(ui->popup_state);
}

void dialog_refresh(struct ui *ui, struct dialog *dialog)
{
	const struct snapshot *newest;
	const struct process *process;

	if (ui->source->ops->target_exited(dialog->target))
		dialog->exited = true;
	if (history_at(ui->history, 0, &newest) < 0)
		return;
	snapshot_unref(dialog->live);
	dialog->live = newest;
	dialog->elsewhen = ui->snapshot && ui->snapshot->seq != newest->seq;
	process = snapshot_find(newest, dialog->process->key);
	if (!process)
		return;
	process_ref(process);
	process_unref(dialog->process);
	dialog->process = process;
}

void dialog_add_process(struct dialog *dialog, int width)
{
	const struct process *p = dialog->process;
	char user[64], unit[128], command[512], age[FORMAT_SIZE] = "?";

	text_printable(user, sizeof(user), text_str(p->user), text_len(p->user),
		       16);
	text_printable(unit, sizeof(unit), text_str(p->unit), text_len(p->unit),
		       32);
	if (dialog->live && dialog->live->boottime_ns >= p->key.start_ns)
		format_duration(age,
				dialog->live->boottime_ns - p->key.start_ns);
	sheet_line(&dialog->sheet, "%s   %s   %s%sstarted %s ago", dialog->name,
		   user, unit, *unit ? "   " : "", age);
	if (p->command) {
		text_printable(command, sizeof(command), text_str(p->command),
			       text_len(p->command), width);
		sheet_line(&dialog->sheet, "%s", command);
	}
	sheet_line(&dialog->sheet, "%s", "");
}

void dialog_draw(struct ui *ui, struct dialog *dialog,
		 const struct canvas *screen, const char *title,
		 const char *footer)
{
	dialog->sheet.scroll.top = dialog->sheet.count;
	sheet_draw(&dialog->sheet, screen, POPUP_WIDTH, title, footer);
	if (!dialog->painted)
		dialog->painted_ns = ui_now(ui);
	dialog->painted = true;
}

bool dialog_ignores(const struct ui *ui, const struct dialog *dialog, int key)
{
	if (key == KEYCODE_NONE || key == KEYCODE_RESIZE || !dialog->painted)
		return true;
	return key != KEYCODE_ESC &&
	       sub_floor(ui_now(ui), dialog->painted_ns) < READ_TIME;
}

void dialog_refused(struct ui *ui, const struct dialog *dialog, int error,
		    const char *needs)
{
	const struct process *p = dialog->process;
	const struct host *host = dialog->live ? dialog->live->host : NULL;
	char user[64];

	text_printable(user, sizeof(user), text_str(p->user), text_len(p->user),
		       16);
	if (error == -ESRCH)
		ui_message(ui, "%s has exited; nothing was done", dialog->name);
	else if (error != -EPERM && error != -EACCES)
		ui_message(ui, "%s: %s", dialog->name, strerror(-error));
	else if (host && host->uid != p->uid && *user)
		ui_message(ui, "%s belongs to %s: not permitted. sudo memtop",
			   dialog->name, user);
	else
		ui_message(ui, "%s: not permitted, it needs %s. sudo memtop",
			   dialog->name, needs);
}

char *dialog_clock(struct ui *ui, char buf[FORMAT_SIZE])
{
	const struct snapshot *newest;
	uint64_t now = ui_now(ui);

	if (history_at(ui->history, 0, &newest) < 0)
		return strcpy(buf, "?");
	format_clock(buf,
		     newest->realtime_ns + sub_floor(now, newest->monotonic_ns),
		     false);
	snapshot_unref(newest);
	return buf;
}
