/* SPDX-License-Identifier: MIT
 *
 * What the details pages draw alike.  Knows no page.
 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "memtop/field.h"
#include "memtop/text.h"
#include "popup.h"

#define LABEL_CELLS 8

struct canvas page_first(const struct canvas *c, int wide)
{
	return canvas_part(c, 0, 0, -1, c->cols >= wide ? c->cols / 2 - 2 : -1);
}

struct canvas page_second(const struct canvas *c, int wide, int rows)
{
	if (c->cols >= wide)
		return canvas_part(c, 0, c->cols / 2, -1, -1);
	return canvas_part(c, rows, 0, -1, -1);
}

char *page_cell(const struct ui *ui, const struct process *process,
		enum process_field id, char buf[PAGE_CELL_SIZE])
{
	const struct field *field = &entities[ENTITY_PROCESS].fields[id];
	struct value value =
		field_get(&entities[ENTITY_PROCESS], field, process);
	struct cell_context context = {
		.now_ns = ui->snapshot ? ui->snapshot->monotonic_ns : UNKNOWN,
		.boottime_ns = ui->snapshot ? ui->snapshot->boottime_ns : 0,
		.realtime_ns =
			ui->snapshot ? ui->snapshot->realtime_ns : UNKNOWN,
		.unit = ui->unit,
		.max_cells = PAGE_CELL_SIZE / 4 - 1,
	};

	value_cell(buf, PAGE_CELL_SIZE, field, &value, &context);
	/* the room that tables keep for a mark */
	if (*buf && buf[strlen(buf) - 1] == ' ')
		buf[strlen(buf) - 1] = '\0';
	return buf;
}

void page_draw_cell(const struct canvas *c, int row, int col, int width,
		    const char *cell)
{
	size_t len = strlen(cell);

	if (len > 1 && strchr("'\"?", cell[len - 1]))
		width++;
	draw_right(c, row, col, STYLE_NORMAL, width, cell);
}

uint64_t page_bytes(const struct process *process, enum process_field id)
{
	struct value value =
		field_get(&entities[ENTITY_PROCESS],
			  &entities[ENTITY_PROCESS].fields[id], process);

	return value.state == STATE_OK && value.kind == KIND_U64 ? value.u64
								 : UNKNOWN;
}

int page_text(const struct canvas *c, int row, const char *label,
	      const struct text *text, int rows)
{
	struct canvas part = canvas_part(c, row, LABEL_CELLS, rows, -1);
	struct sheet sheet = { 0 };
	size_t size = text_len(text) * 4 + 1;
	char *printable;
	size_t used;

	draw_text(c, row, 0, STYLE_NORMAL, label);
	printable = malloc(size);
	if (!printable)
		return row + 1;
	text_printable(printable, size, text_str(text), text_len(text),
		       part.cols * rows);
	sheet_wrap(&sheet, part.cols, NULL, printable);
	used = sheet_draw_lines(&sheet, &part);
	sheet_done(&sheet);
	free(printable);
	return row + (used ? (int)used : 1);
}

void page_ask_details(struct ui *ui)
{
	if (!ui->details_id && !ui->details_reply)
		ui->details_id = ui->source->ops->request(
			ui->source, REQUEST_DETAILS, ui->subject);
}

const char *page_reply_state(const struct ui *ui, const struct reply *reply,
			     uint64_t asked_id)
{
	if (reply && reply->state == STATE_OK)
		return NULL;
	if (!reply && asked_id)
		return "being read ...";
	if (ui->subject_gone && !ui->paused)
		return "it exited before they were read";
	/* it had some then, and has exited since */
	if (reply && reply->state == STATE_NOT_APPLICABLE && ui->last_seen &&
	    ui->last_seen->statm.state == STATE_OK)
		reply = NULL;
	return reply ? state_words(reply->state)
		     : "not in the ring: it can be read only live";
}
