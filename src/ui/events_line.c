/* SPDX-License-Identifier: MIT
 *
 * The line of time: all samples that are kept as one row, with a letter for
 * each event and a tilde for as long as it lasted.
 */
#include "events.h"

#include <string.h>

#define CELLS_MAX 512

struct line {
	uint64_t from_ns, to_ns;
	int cells;
	char text[CELLS_MAX + 1];
	uint8_t severity[CELLS_MAX]; /* of what stands there */
};

static int cell_of(const struct line *line, uint64_t ns)
{
	uint64_t span = line->to_ns - line->from_ns;

	if (!span)
		return line->cells - 1;
	return (int)((double)(ns - line->from_ns) / (double)span *
		     (line->cells - 1));
}

static void put_event(struct line *line, const struct event *event)
{
	enum severity severity = event_severity_find(event->severity);
	uint64_t end = event->end_ns == UNKNOWN ? line->to_ns : event->end_ns;
	int first, last;

	if (event->begin_ns > line->to_ns || end < line->from_ns)
		return;
	first = cell_of(line, max_u64(event->begin_ns, line->from_ns));
	last = cell_of(line, min_u64(end, line->to_ns));
	for (int i = first + 1; i <= last; i++)
		if (line->text[i] == '.')
			line->text[i] = '~';
	if (line->text[first] != '.' && line->text[first] != '~' &&
	    line->severity[first] > severity)
		return;
	line->text[first] = event_kind_mark(event_kind_find(event->kind));
	line->severity[first] = (uint8_t)severity;
}

void events_line(struct ui *ui, const struct canvas *c, int row)
{
	const struct list *events = history_events(ui->history);
	struct line line = { .from_ns = ui->span.first_realtime_ns,
			     .to_ns = ui->span.last_realtime_ns };
	char from[FORMAT_SIZE], to[FORMAT_SIZE];
	bool is_past = ui->paused || ui->recording;

	line.cells = c->cols - 14 < CELLS_MAX ? c->cols - 14 : CELLS_MAX;
	if (line.cells >= 8 && line.to_ns >= line.from_ns) {
		memset(line.text, '.', (size_t)line.cells);
		for (size_t i = 0; i < list_count(events); i++)
			put_event(&line, list_row(events, i));
		if (is_past && ui->snapshot &&
		    ui->snapshot->realtime_ns >= line.from_ns &&
		    ui->snapshot->realtime_ns <= line.to_ns)
			line.text[cell_of(&line, ui->snapshot->realtime_ns)] =
				'^';
		format_clock(from, line.from_ns, false);
		format_clock(to, line.to_ns, false);
		from[5] = to[5] = '\0'; /* hours and minutes */
		draw_format(c, row, 0, STYLE_NORMAL, "%s [%s] %s", from,
			    line.text, to);
	}
	list_unref(events);
}
