/* SPDX-License-Identifier: MIT
 *
 * The last two rows: the status line (prompt, message, scrubber, counts) and
 * the key bar, which is read from the tables of keys.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act.h"
#include "details.h"
#include "figures.h"
#include "head.h"
#include "memtop/text.h"

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
	at = text_cells(before);
	/* what is typed stays in sight when it is longer than the line */
	if (col + at >= left.cols) {
		size_t room =
			left.cols > col + 1 ? (size_t)(left.cols - col - 1) : 0;
		size_t from = ui->prompt_at > room ? ui->prompt_at - room : 0;

		draw_name(&left, 0, col, STYLE_NORMAL, (int)room,
			  ui->prompt_text + from, ui->prompt_at - from);
	} else {
		draw_text(&left, 0, col, STYLE_NORMAL, ui->prompt_text);
	}
	at = col + at < left.cols ? col + at : left.cols - 1;
	if (!ui->prompt_text[ui->prompt_at])
		draw_text(&left, 0, at, STYLE_NORMAL, "_");
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
	int width = c->cols - 14, at, col;

	format_clock(first, span->first_realtime_ns, false);
	format_clock(last, span->last_realtime_ns, false);
	if (width < 8) {
		draw_format(c, 0, 0, STYLE_NORMAL, "%.5s..%.5s", first, last);
		return;
	}
	at = length ? (int)((double)here / (double)length * (width - 1))
		    : width - 1;
	if (at > width - 1)
		at = width - 1;
	col = draw_format(c, 0, 0, STYLE_NORMAL, "%.5s [", first);
	for (int i = 0; i < width; i++)
		draw_text(c, 0, col + i, i == at ? STYLE_BOLD : STYLE_DIM,
			  i == at ? "^" : ".");
	draw_format(c, 0, col + width, STYLE_NORMAL, "] %.5s", last);
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
	else if (panes[ui->pane]->status)
		panes[ui->pane]->status(ui, buf, size);
	if (!*buf)
		counts_text(ui, buf, size);
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
		draw_scrubber(ui, c);
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

/* The first key of an action. */
static const char *first_key(const struct action *action)
{
	for (size_t i = 0; i < binding_count; i++)
		if (strcmp(bindings[i].action, action->name) == 0)
			return bindings[i].key_name;
	return "";
}

/* One word of the bar with the keys of all actions that share it: "[ ] Step",
 * "1-5 Panes". */
struct word {
	const char *label;
	unsigned bar;
	char keys[32];
	unsigned count;
	const char *last;
};

static void word_add(struct word *word, const char *key)
{
	size_t len = strlen(word->keys);

	word->count++;
	word->last = key;
	if (word->count > 2) /* a range */
		snprintf(word->keys + 1, sizeof(word->keys) - 1, "-%s", key);
	else
		snprintf(word->keys + len, sizeof(word->keys) - len, "%s%s",
			 len ? " " : "", key);
}

/* A recording can't be changed, and nothing else can be played. */
static bool is_off(const struct ui *ui, const struct action *action)
{
	if (action->run == act_speed)
		return !ui->recording;
	return ui->recording &&
	       (action->run == dialog_signal || action->run == dialog_adj);
}

static size_t collect_words(const struct ui *ui, struct word *words, size_t max)
{
	unsigned where = ui_where(ui);
	size_t n = 0;

	for (size_t i = 0; i < action_count; i++) {
		const struct action *a = &actions[i];
		size_t w;

		if (!a->label || !(a->where & where) || is_off(ui, a))
			continue;
		for (w = 0; w < n && strcmp(words[w].label, a->label); w++)
			;
		if (w == max)
			continue;
		if (w == n) {
			words[n++] = (struct word){ .label = a->label,
						    .bar = a->bar };
		}
		word_add(&words[w], first_key(a));
	}
	return n;
}

static int compare_words(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return (int)x->bar - (int)y->bar;
}

static int word_cells(const struct word *word)
{
	return (int)(strlen(word->keys) + 1 + strlen(word->label));
}

static int draw_word(const struct ui *ui, const struct canvas *c, int col,
		     const struct word *word)
{
	const char *label = word->label;

	if (ui->recording && strcmp(label, "Pause") == 0)
		label = "Play/pause";
	else if (ui->paused && strcmp(label, "Pause") == 0)
		label = "Live";
	if (word->bar == 255 && ui->details)
		label = "Back";
	col = draw_text(c, 0, col, STYLE_KEY, word->keys);
	return draw_text(c, 0, col + 1, STYLE_NORMAL, label) + 2;
}

void footer_keys(struct ui *ui, const struct canvas *c)
{
	struct word words[32];
	size_t n = collect_words(ui, words, ARRAY_SIZE(words));
	int last, col = 0;

	if (!n)
		return;
	qsort(words, n, sizeof(words[0]), compare_words);
	/* the last word is how to get out: it always has its place */
	last = word_cells(&words[n - 1]);
	for (size_t i = 0; i + 1 < n; i++)
		if (col + word_cells(&words[i]) + 2 + last <= c->cols)
			col = draw_word(ui, c, col, &words[i]);
	draw_word(ui, c, col, &words[n - 1]);
}
