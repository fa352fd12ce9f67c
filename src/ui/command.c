/* SPDX-License-Identifier: MIT
 *
 * The command line behind ':': words for what has no key, and times to go to.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "details.h"
#include "popup.h"
#include "tiles.h"

static void run_pid(struct ui *ui, const char *arg)
{
	struct table *table = ui_table(ui);
	const struct process *p;
	ptrdiff_t row;
	char *end;
	long pid = strtol(arg, &end, 10);

	if (*end || pid <= 0 || !ui->snapshot) {
		ui_message(ui, "pid: a number");
		return;
	}
	p = snapshot_find_pid(ui->snapshot, (pid_t)pid);
	if (!p) {
		ui_message(ui, "there is no process %ld", pid);
		return;
	}
	if (ui->details) {
		details_open(ui, p->key);
		return;
	}
	row = table_find(table, p->key);
	if (row < 0)
		ui_message(ui, "process %ld is not among these rows", pid);
	else
		table_select(table, row);
}

static void run_live(struct ui *ui, const char *arg)
{
	(void)arg;
	ui_go_live(ui);
}

static void run_quit(struct ui *ui, const char *arg)
{
	(void)arg;
	ui->quit = true;
}

static void run_rescan(struct ui *ui, const char *arg)
{
	const struct process_key nobody = { 0 };

	(void)arg;
	if (ui->recording) {
		ui_message(ui, "a recording: there is nothing to read again");
		return;
	}
	ui->source->ops->request(ui->source, REQUEST_RESCAN, nobody);
	ui_message(ui, "reading everything again");
}

static void run_save(struct ui *ui, const char *arg)
{
	if (!ui->snapshot)
		ui_message(ui, "there is nothing to save yet");
	else if (*arg)
		save_view(ui, arg);
	else
		act_save_view(ui, 0);
}

static void run_sort(struct ui *ui, const char *arg)
{
	struct listing *listing = tiles_listing(ui);
	const struct entity *entity =
		listing ? listing->entity : &entities[ENTITY_PROCESS];
	const struct field *field = field_find(entity, arg);

	if (!field || !field->title)
		ui_message(ui, "sort: there is no field \"%s\"", arg);
	else if (listing)
		listing_sort_by(ui, listing, (uint8_t)(field - entity->fields));
	else
		act_sort_by(ui, (int)(field - entity->fields));
}

static void run_filter(struct ui *ui, const char *arg)
{
	struct listing *listing = tiles_listing(ui);
	char error[96];
	int r = listing ? listing_set_filter(ui, listing, arg, error,
					     sizeof(error))
			: find_set_filter(ui, arg, error, sizeof(error));

	if (r < 0)
		ui_message(ui, "filter: %s", error);
}

static void run_user(struct ui *ui, const char *arg)
{
	snprintf(ui->user_filter, sizeof(ui->user_filter), "%s", arg);
	table_rebuild(ui, ui_table(ui));
}

static void run_record(struct ui *ui, const char *arg)
{
	char said[200] = "recording is not possible here";

	if (ui->recorder.record && !ui->recording)
		ui->recorder.record(ui->recorder.data, arg, said, sizeof(said));
	ui_message(ui, "%s", said);
}

static void run_help(struct ui *ui, const char *arg);

/* clang-format off */
static const struct {
	const char *name;
	const char *help;
	void (*run)(struct ui *ui, const char *arg);
	bool table; /* about the table: not under a details page */
} commands[] = {
	{ "pid",    "pid N: go to that process", run_pid, false },
	{ "live",   "live: back from the past", run_live, false },
	{ "rescan", "rescan: read everything again", run_rescan, false },
	{ "save",   "save FILE: this table as text", run_save, true },
	{ "sort",   "sort FIELD", run_sort, true },
	{ "filter", "filter EXPRESSION: as with &", run_filter, true },
	{ "user",   "user NAME: only his processes; none: all", run_user, true },
	{ "record", "record FILE: what is kept, and what comes", run_record,
	  false },
	{ "speed",  "speed NUMBER: of a recording that plays", replay_speed,
	  false },
	{ "help",   "help: these words", run_help, false },
	{ "q",	    "q: quit", run_quit, false },
	{ "quit",   "quit", run_quit, false },
};
/* clang-format on */

static void run_help(struct ui *ui, const char *arg)
{
	static const char times[] = "13:48:10, -10m: that moment\n"
				    "48213: that process\n";
	size_t size = sizeof(times);
	char *lines;

	(void)arg;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		size += strlen(commands[i].help) + 1;
	lines = popup_memory(ui, size);
	if (!lines)
		return;
	*lines = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		strcat(strcat(lines, commands[i].help), "\n");
	strcat(lines, times);
	popup_text(ui, "Commands behind :", "Esc close", lines);
}

static bool run_word(struct ui *ui, const char *text)
{
	size_t len = strcspn(text, " ");
	const char *arg = text + len + strspn(text + len, " ");

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strlen(commands[i].name) != len ||
		    strncmp(commands[i].name, text, len) != 0)
			continue;
		if (commands[i].table && ui->details)
			ui_message(ui,
				   "%s: not here; Esc leads back to the "
				   "table",
				   commands[i].name);
		else
			commands[i].run(ui, arg);
		return true;
	}
	return false;
}

static void command_done(struct ui *ui, const char *text)
{
	int r;

	text += strspn(text, " ");
	if (!*text || run_word(ui, text))
		return;
	if (strspn(text, "0123456789") == strlen(text)) {
		run_pid(ui, text);
		return;
	}
	r = time_go(ui, text);
	if (r == -EINVAL)
		ui_message(ui, "%s: no such command; :help lists them", text);
	else if (r < 0)
		ui_message(ui, "that moment is not kept");
}

static const struct prompt command_prompt = {
	.label = ":",
	.done = command_done,
};

void act_command_line(struct ui *ui, int arg)
{
	(void)arg;
	ui_open_prompt(ui, &command_prompt, "");
}
