/* SPDX-License-Identifier: MIT
 *
 * Saving the table on screen as text: all rows, the columns on screen.  The
 * file must not exist and is only for its owner: command lines hold secrets.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "act.h"
#include "layout.h"
#include "memtop/text.h"
#include "tiles.h"

#define SAVE_COLS 200

/* A cell padded to its column. */
static void write_cell(FILE *file, const struct slot *slot, const char *text)
{
	int pad = slot->width - text_cells(text);

	fputc(' ', file);
	if (slot->left)
		fputs(text, file);
	for (; pad > 0; pad--)
		fputc(' ', file);
	if (!slot->left)
		fputs(text, file);
}

static void write_row(FILE *file, const struct layout *layout,
		      const struct cell_input *in)
{
	char buf[CELL_SIZE * 8];

	for (size_t i = 0; i < layout->count; i++) {
		const struct slot *slot = &layout->slots[i];
		const struct process *p = in->row->process;

		if (slot->field_id == PROCESS_COMMAND && text_len(p->command))
			text_printable(buf, sizeof(buf), text_str(p->command),
				       text_len(p->command), CELL_SIZE * 2);
		else if (slot->field_id == PROCESS_COMMAND)
			text_printable(buf, sizeof(buf), p->comm,
				       strlen(p->comm), CELL_SIZE);
		else if (!slot->field && !slot->cell)
			text_printable(buf, sizeof(buf), in->row->label,
				       strlen(in->row->label), slot->width);
		else
			layout_cell(in, slot, buf, sizeof(buf));
		write_cell(file, slot, buf);
	}
	fputc('\n', file);
}

static void write_view(struct ui *ui, FILE *file)
{
	const struct table *table = ui_table(ui);
	char when[FORMAT_SIZE];
	struct layout layout;

	fprintf(file, "%s  %s  %s\n", ui->snapshot->host->name,
		format_clock(when, ui->snapshot->realtime_ns, true),
		panes[ui->pane]->title);
	fprintf(file, "%s  %s\n", severity_name(ui->snapshot->verdict.severity),
		text_str(ui->snapshot->verdict.text));
	if (tiles_listing(ui)) {
		listing_write(ui, tiles_listing(ui), file);
		return;
	}
	if (ui->filter)
		fprintf(file, "filter %s\n", ui->filter_text);
	layout_make(table, SAVE_COLS, &layout);
	for (size_t i = 0; i < layout.count; i++)
		write_cell(file, &layout.slots[i], layout.slots[i].title);
	fputc('\n', file);
	for (size_t i = 0; i < table->rows.count; i++) {
		const struct cell_input in = { .ui = ui,
					       .table = table,
					       .row = &table->rows.list[i],
					       .index = i };

		write_row(file, &layout, &in);
	}
}

void save_view(struct ui *ui, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	bool failed;

	if (!file) {
		ui_message(ui, "%s: %s", path, strerror(errno));
		if (fd >= 0)
			close(fd);
		return;
	}
	write_view(ui, file);
	failed = ferror(file);
	if (fclose(file) != 0 || failed)
		ui_message(ui, "%s: %s", path, strerror(errno));
	else
		ui_message(ui, "saved to %s", path);
}

static void save_done(struct ui *ui, const char *text)
{
	if (*text)
		save_view(ui, text);
}

static const struct prompt save_prompt = {
	.label = "save to: ",
	.done = save_done,
};

void act_save_view(struct ui *ui, int arg)
{
	char name[64], clock[FORMAT_SIZE];

	(void)arg;
	if (!ui->snapshot || ui->details)
		return;
	format_clock(clock, ui->snapshot->realtime_ns, false);
	snprintf(name, sizeof(name), "memtop-%s-%.2s%.2s%.2s.txt",
		 panes[ui->pane]->name, clock, clock + 3, clock + 6);
	ui_open_prompt(ui, &save_prompt, name);
}
