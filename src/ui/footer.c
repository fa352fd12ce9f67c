/* SPDX-License-Identifier: MIT
 *
 * The status line: a prompt, a message, the scrubber, or what the rows are.
 */
#include <stdio.h>
#include <string.h>

#include "act.h"
#include "details.h"
#include "figures.h"
#include "head.h"
#include "memtop/text.h"
#include "tiles.h"

#define FILTER_CELLS 30 /* so much of a filter is named */

/* Where a text begins that ends at the cursor and fits in that many cells. */
static const char *tail_of(const char *text, int cells)
{
	while (*text && text_cells(text) > cells)
		do
			text++;
		while (((unsigned char)*text & 0xc0) == 0x80);
	return text;
}

static void draw_prompt(const struct ui *ui, const struct canvas *c)
{
	const struct prompt *prompt = ui->prompt;
	int error = text_cells(ui->prompt_error), col, at;
	char before[sizeof(ui->prompt_text)];
	struct canvas left;

	if (error > c->cols / 2)
		error = c->cols / 2;
	left = canvas_part(c, 0, 0, 1, c->cols - error - 1);
	col = draw_text(&left, 0, 0, STYLE_BOLD, prompt->label);
	memcpy(before, ui->prompt_text, ui->prompt_at);
	before[ui->prompt_at] = '\0';
	/* what is typed stays in sight when it is longer than the line */
	at = draw_text(&left, 0, col, STYLE_NORMAL,
		       tail_of(before, left.cols - col - 1));
	draw_text(&left, 0, at, STYLE_NORMAL,
		  ui->prompt_text[ui->prompt_at]
			  ? ui->prompt_text + ui->prompt_at
			  : "_");
	draw_restyle(&left, 0, at, 1, STYLE_CURSOR);
	draw_park(&left, 0, at);
	draw_name(c, 0, c->cols - error, STYLE_NORMAL, error, ui->prompt_error,
		  strlen(ui->prompt_error));
}

/* "13:15 [........^....] 14:02": where in the ring the screen is */
static void draw_scrubber(const struct ui *ui, const struct canvas *c)
{
	const struct history_span *span = &ui->span;
	char first[FORMAT_SIZE], last[FORMAT_SIZE];
	uint64_t length =
		sub_floor(span->last_realtime_ns, span->first_realtime_ns);
	uint64_t here =
		sub_floor(ui->snapshot->realtime_ns, span->first_realtime_ns);
	/* seconds too where minutes would be the same at both ends */
	int clock = length < 10 * 60 * NS_PER_S ? 8 : 5;
	int width = c->cols - 2 * clock - 4, at, col;

	format_clock(first, span->first_realtime_ns, false);
	format_clock(last, span->last_realtime_ns, false);
	if (width < 8) {
		draw_format(c, 0, 0, STYLE_NORMAL, "%.*s..%.*s", clock, first,
			    clock, last);
		return;
	}
	at = length ? (int)((double)here / (double)length * (width - 1))
		    : width - 1;
	if (at > width - 1)
		at = width - 1;
	col = draw_format(c, 0, 0, STYLE_NORMAL, "%.*s [", clock, first);
	for (int i = 0; i < width; i++)
		draw_text(c, 0, col + i, i == at ? STYLE_BOLD : STYLE_DIM,
			  i == at ? "^" : ".");
	draw_format(c, 0, col + width, STYLE_NORMAL, "] %.*s", clock, last);
}

/* "PSS scan 1240/5000 [=====......] largest first" */
static void scan_text(const struct coverage *v, int room, char *buf,
		      size_t size)
{
	enum { WIDTH = 22 };
	char bar[WIDTH + 1];
	uint64_t done = v->pss_known + v->pss_denied + v->pss_stuck;
	size_t filled =
		v->processes ? (size_t)(done * WIDTH / v->processes) : 0;

	if (filled > WIDTH)
		filled = WIDTH;
	memset(bar, '.', WIDTH);
	memset(bar, '=', filled);
	bar[WIDTH] = '\0';
	snprintf(buf, size, "PSS scan %llu/%llu [%s] largest first",
		 (unsigned long long)done, (unsigned long long)v->processes,
		 bar);
	if (text_cells(buf) > room)
		snprintf(buf, size, "PSS scan %llu/%llu",
			 (unsigned long long)done,
			 (unsigned long long)v->processes);
}

/* The parts of the sentence below, the dearest first. */
enum { COVERAGE_DENIED = 1, COVERAGE_AGE = 2 };

static void coverage_try(const struct coverage *v, unsigned parts, char *buf,
			 size_t size)
{
	char denied[48] = "", stuck[40] = "", oldest[40] = "";
	char age[FORMAT_SIZE];

	if (v->pss_denied && (parts & COVERAGE_DENIED))
		snprintf(denied, sizeof(denied), ", %llu not permitted",
			 (unsigned long long)v->pss_denied);
	if (v->pss_stuck)
		snprintf(stuck, sizeof(stuck), ", %llu stuck",
			 (unsigned long long)v->pss_stuck);
	if (v->pss_oldest_ns != UNKNOWN && v->pss_known &&
	    (parts & COVERAGE_AGE))
		snprintf(oldest, sizeof(oldest), ", oldest %s",
			 format_duration(age, v->pss_oldest_ns / NS_PER_S *
						      NS_PER_S));
	snprintf(buf, size, "PSS %llu/%llu%s%s%s%s",
		 (unsigned long long)v->pss_known,
		 (unsigned long long)v->processes, denied, stuck, oldest,
		 v->pss_denied ? "  A Access" : "");
}

/* How much of the PSS column is known, in at most room cells if possible. */
void coverage_text(const struct ui *ui, int room, char *buf, size_t size)
{
	static const unsigned tries[] = { COVERAGE_DENIED | COVERAGE_AGE,
					  COVERAGE_DENIED, 0 };
	const struct coverage *v = &ui->snapshot->coverage;

	if (!ui->snapshot->complete && !ui->paused) {
		scan_text(v, room, buf, size);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		coverage_try(v, tries[i], buf, size);
		if (text_cells(buf) <= room)
			return;
	}
}

bool filter_words(const struct ui *ui, const struct table *table, char *buf,
		  size_t size)
{
	const struct rows_query *query = &table->query;
	char typed[FILTER_CELLS * 4 + 1] = "", user[48] = "", pids[32] = "";
	char cgroup[FILTER_CELLS * 4 + 16] = "";

	if (ui->filter)
		text_printable(typed, sizeof(typed), ui->filter_text,
			       strlen(ui->filter_text), FILTER_CELLS);
	if (*ui->user_filter)
		snprintf(user, sizeof(user), "user %s", ui->user_filter);
	if (query->npids)
		snprintf(pids, sizeof(pids), "%zu pid%s", query->npids,
			 query->npids == 1 ? "" : "s");
	if (query->cgroup) {
		strcpy(cgroup, "cgroup ");
		text_printable(cgroup + 7, sizeof(cgroup) - 7, query->cgroup,
			       strlen(query->cgroup), FILTER_CELLS);
	}
	const char *const parts[] = { typed, user, pids, cgroup };
	size_t len = 0;

	*buf = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(parts) && len < size; i++)
		if (*parts[i])
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						len ? ", " : "", parts[i]);
	return len > 0;
}

/* "filter swap>1G: 12 of 312 processes": rows that are hidden are never kept
 * quiet.  The Processes pane says it above its table. */
static bool hidden_text(struct ui *ui, char *buf, size_t size)
{
	const struct table *table = ui_table(ui);
	char words[160];

	if (ui->pane == PANE_PROCESSES || ui_tiles(ui) ||
	    !filter_words(ui, table, words, sizeof(words)))
		return false;
	snprintf(buf, size, "filter %s: %zu of %zu processes%s", words,
		 table->rows.matched, table->rows.total,
		 ui->filter || *ui->user_filter ? "  Esc shows all" : "");
	return true;
}

static void counts_text(const struct ui *ui, char *buf, size_t size)
{
	char coverage[192];

	coverage_text(ui, ui->cols - 16, coverage, sizeof(coverage));
	snprintf(buf, size, "%llu processes, %s",
		 (unsigned long long)ui->snapshot->coverage.processes,
		 coverage);
}

/* "rec 12.3M  " in front of what is there, or instead of the left side when
 * nothing is being written. */
static void recording_text(const struct ui *ui, char *left, size_t left_size,
			   char *right, size_t right_size)
{
	char text[160] = "", before[128];

	if (!ui->recorder.status)
		return;
	if (ui->recorder.status(ui->recorder.data, text, sizeof(text))) {
		snprintf(left, left_size, "%s", text);
	} else if (*text) {
		snprintf(before, sizeof(before), "%s", right);
		snprintf(right, right_size, "%.40s  %.80s", text, before);
	}
}

/* "sample 38ms  memtop 7.9M 0.4%cpu": what this screen costs */
static void own_cost(const struct ui *ui, char *buf, size_t size)
{
	const struct self *self = &ui->snapshot->self;
	uint64_t memory = self->rss;
	char sample[40] = "", text[FORMAT_SIZE], cpu[24] = "";

	*buf = '\0';
	if (self->block.state != STATE_OK || memory == UNKNOWN)
		return;
	/* what its descriptors cost in the kernel counts as its own */
	if (self->descriptor_bytes != UNKNOWN)
		memory += self->descriptor_bytes;
	if (ui->cols >= 112 && self->sample_ns != UNKNOWN)
		snprintf(sample, sizeof(sample), "sample %llums  ",
			 (unsigned long long)(self->sample_ns / NS_PER_MS));
	if (!isnan(self->cpu_percent))
		snprintf(cpu, sizeof(cpu), " %.1f%%cpu", self->cpu_percent);
	snprintf(buf, size, "%smemtop %s%s", sample,
		 format_bytes(text, memory, FORMAT_AUTO), cpu);
}

static void status_text(struct ui *ui, char *buf, size_t size)
{
	*buf = '\0';
	if (ui->message[0] && ui_now(ui) < ui->message_until_ns) {
		snprintf(buf, size, "%s", ui->message);
		return;
	}
	if (!ui->snapshot)
		return;
	if (ui->details)
		details_status(ui, buf, size);
	else if (!hidden_text(ui, buf, size) && panes[ui->pane]->status)
		panes[ui->pane]->status(ui, buf, size);
	else if (!*buf && ui_tiles(ui))
		tiles_status(ui, buf, size);
	if (!*buf)
		counts_text(ui, buf, size);
}

/* The scrubber, and beside it what must not be kept quiet. */
static void draw_past(struct ui *ui, const struct canvas *c)
{
	struct canvas scrubber = *c;
	char text[256];
	int cells;

	if (!ui->details && hidden_text(ui, text, sizeof(text))) {
		cells = text_cells(text);
		if (cells > c->cols / 2)
			cells = c->cols / 2;
		scrubber.cols -= cells + 2;
		draw_name(c, 0, c->cols - cells, STYLE_NORMAL, cells, text,
			  strlen(text));
	}
	draw_scrubber(ui, &scrubber);
}

void footer_status(struct ui *ui, const struct canvas *c)
{
	char left[256], right[128] = "";
	bool message;
	int cells;

	if (ui->prompt) {
		draw_prompt(ui, c);
		return;
	}
	message = ui->message[0] && ui_now(ui) < ui->message_until_ns;
	if (ui->paused && ui->snapshot && !message) {
		draw_past(ui, c);
		return;
	}
	status_text(ui, left, sizeof(left));
	if (ui->snapshot && !message)
		own_cost(ui, right, sizeof(right));
	if (!message)
		recording_text(ui, left, sizeof(left), right, sizeof(right));
	cells = (int)strlen(right);
	if (text_cells(left) + cells + 2 > c->cols)
		cells = 0;
	draw_name(c, 0, 0, STYLE_NORMAL, c->cols - (cells ? cells + 2 : 0),
		  left, strlen(left));
	if (cells)
		draw_text(c, 0, c->cols - cells, STYLE_NORMAL, right);
}
