/* SPDX-License-Identifier: MIT
 *
 * The verdict line: severity as a filled label, then one sentence; on narrow
 * screens wrapped.  The last thing to go.  Decides nothing: the judge wrote
 * it into the snapshot.
 */
#include <string.h>

#include "head.h"
#include "memtop/text.h"

/* " CRIT  " */
#define LABEL_CELLS 7
#define NARROW	    80

static enum style severity_style(enum severity severity)
{
	static const enum style styles[] = {
		[SEVERITY_OK] = STYLE_OK,
		[SEVERITY_NOTE] = STYLE_NOTE,
		[SEVERITY_WARN] = STYLE_WARN,
		[SEVERITY_CRIT] = STYLE_CRIT,
	};

	return styles[severity];
}

/* The long sentence where it fits, else the brief one. */
static const char *sentence(const struct ui *ui, int cols)
{
	const struct verdict *v = &ui->snapshot->verdict;

	if (v->brief &&
	    (!v->text || text_cells(text_str(v->text)) > cols - LABEL_CELLS))
		return text_str(v->brief);
	return text_str(v->text);
}

/* How much of text goes on a line of that many cells: up to a blank. */
static size_t line_length(const char *text, int cells)
{
	size_t len = strlen(text), at;

	if (len <= (size_t)cells)
		return len;
	for (at = (size_t)cells; at > 0 && text[at] != ' '; at--)
		;
	return at ? at : (size_t)cells;
}

int verdict_rows(const struct ui *ui, int cols, int most)
{
	const char *text;
	int rows = 0;

	if (!ui->snapshot || cols >= NARROW || cols <= LABEL_CELLS + 3)
		return 1;
	text = sentence(ui, cols);
	do {
		text += line_length(text, cols - LABEL_CELLS);
		text += strspn(text, " ");
		rows++;
	} while (*text && rows < most);
	return rows;
}

void verdict_draw(const struct ui *ui, const struct canvas *c)
{
	const struct snapshot *s = ui->snapshot;
	const char *text, *name;
	int col;

	if (!s) {
		draw_text(c, 0, 0, STYLE_NORMAL, " ..    reading memory");
		return;
	}
	name = severity_name(s->verdict.severity);
	text = sentence(ui, c->cols);
	if (c->cols < 10 || c->rows < 1) {
		draw_text(c, 0, 0, STYLE_BOLD, name);
		return;
	}
	col = c->cols >= 24 ? 1 : 0;
	draw_text(c, 0, 0, severity_style(s->verdict.severity),
		  col ? "      " : "");
	draw_text(c, 0, col, severity_style(s->verdict.severity), name);
	col = c->cols >= 24 ? LABEL_CELLS : (int)strlen(name) + 1;
	for (int row = 0; row < c->rows && *text; row++) {
		char line[512];
		size_t len = strlen(text);

		if (row + 1 < c->rows)
			len = line_length(text, c->cols - col);
		if (len >= sizeof(line))
			len = sizeof(line) - 1;
		memcpy(line, text, len);
		line[len] = '\0';
		draw_name(c, row, col,
			  s->verdict.severity >= SEVERITY_WARN ? STYLE_BOLD
							       : STYLE_NORMAL,
			  c->cols - col, line, len);
		text += len;
		text += strspn(text, " ");
	}
}

struct note {
	const char *label;
	const struct text *full, *brief;
};

#define NOTES_MAX (3 + VERDICT_ALSO)

/* In the order in which rows are given to them. */
static int list_notes(const struct verdict *v, struct note ret[NOTES_MAX])
{
	int count = 0;

	if (!v->text)
		return 0;
	ret[count++] = (struct note){ "who", v->who, v->who_brief };
	ret[count++] = (struct note){ "next", v->next, v->next_brief };
	ret[count++] = (struct note){ "do", v->todo, v->todo_brief };
	for (size_t i = 0; i < VERDICT_ALSO; i++)
		if (v->also[i].text)
			ret[count++] =
				(struct note){ "also", v->also[i].text, NULL };
	return count;
}

int verdict_note_rows(const struct ui *ui, int screen_rows)
{
	struct note notes[NOTES_MAX];
	int count, room;

	if (!ui->snapshot || ui->pane != PANE_OVERVIEW || ui->details)
		return 0;
	count = list_notes(&ui->snapshot->verdict, notes);
	room = screen_rows >= 45   ? NOTES_MAX
	       : screen_rows >= 30 ? 4
	       : screen_rows >= 10 ? 2
				   : 0;
	return count < room ? count : room;
}

void verdict_draw_notes(const struct ui *ui, const struct canvas *c)
{
	const struct verdict *v = &ui->snapshot->verdict;
	struct note notes[NOTES_MAX];
	int count = list_notes(v, notes);

	for (int i = 0; i < count && i < c->rows; i++) {
		const char *text =
			notes[i].full ? text_str(notes[i].full) : "-";

		if (notes[i].brief && text_cells(text) > c->cols - LABEL_CELLS)
			text = text_str(notes[i].brief);
		draw_text(c, i, 1, STYLE_DIM, notes[i].label);
		draw_name(c, i, LABEL_CELLS, STYLE_NORMAL,
			  c->cols - LABEL_CELLS, text, strlen(text));
	}
}
