/* SPDX-License-Identifier: MIT
 *
 * The whole command line of the selected process, wrapped; every byte of it
 * is untrusted.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"
#include "popup.h"

struct command {
	char title[64];
	char *text; /* printable */
	struct sheet sheet;
};

static void command_draw(struct ui *ui, const struct canvas *screen)
{
	struct command *command = ui->popup_state;
	int width = screen->cols;

	sheet_clear(&command->sheet);
	sheet_wrap(&command->sheet, popup_text_cells(screen, width), NULL,
		   command->text);
	sheet_draw(&command->sheet, screen, width, command->title,
		   "j/k scroll   Esc close");
}

static bool command_key(struct ui *ui, int key)
{
	struct command *command = ui->popup_state;

	scroll_key(&command->sheet.scroll, key);
	return !popup_closes(key) && key != 'w';
}

static void command_close(struct ui *ui)
{
	struct command *command = ui->popup_state;

	sheet_done(&command->sheet);
	free(command->text);
	free(command);
}

static const struct popup command_popup = {
	.name = "command",
	.draw = command_draw,
	.key = command_key,
	.close = command_close,
};

/* What to say where there is no command line. */
static const char *missing(const struct process *process)
{
	if (process->kernel)
		return "a kernel thread: it has no command line";
	switch (process->names.state) {
	case STATE_OK:
		return "it has erased its command line";
	case STATE_PENDING:
		return "not read yet";
	case STATE_DENIED:
		return "not permitted";
	default:
		return "no command line";
	}
}

void popup_command(struct ui *ui, int arg)
{
	const struct process *process = ui_need_selected(ui);
	struct command *command;
	size_t len, size;

	(void)arg;
	if (!process)
		return;
	if (!process->command || !text_len(process->command)) {
		ui_message(ui, "%s", missing(process));
		return;
	}
	len = text_len(process->command);
	size = len * 4 + 1;
	command = popup_memory(ui, sizeof(*command));
	if (!command)
		return;
	command->text = popup_memory(ui, size);
	if (!command->text) {
		free(command);
		return;
	}
	text_printable(command->text, size, text_str(process->command), len,
		       INT_MAX);
	popup_process_title(command->title, sizeof(command->title), "",
			    process);
	ui_open_popup(ui, &command_popup, command);
}
