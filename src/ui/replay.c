/* SPDX-License-Identifier: MIT
 *
 * Playing a recording: its samples come at their own pace times a speed, the
 * long gaps between them shortened.  Panes and keys are those of the live
 * screen; this only decides which sample is on it.
 */
#include "replay.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "act.h"

/* Nobody wants to wait longer than this for the next sample. */
#define GAP_NS	  (5 * NS_PER_S)
#define SPEED_MIN 0.25
#define SPEED_MAX 256

/* From here on, at this speed. */
static void set_base(struct ui *ui)
{
	ui->play.since_ns = ui_now(ui);
	ui->play.from_ns = ui->snapshot ? ui->snapshot->realtime_ns : 0;
	ui->play.moved_ns = ui->play.since_ns;
}

static void replay_stop(struct ui *ui)
{
	ui->play.on = false;
	ui->dirty = true;
}

static void play(struct ui *ui)
{
	ui->play.on = true;
	ui->dirty = true;
	set_base(ui);
}

void replay_toggle(struct ui *ui)
{
	history_span(ui->history, &ui->span);
	if (ui->play.on)
		replay_stop(ui);
	else if (ui->seq >= ui->span.last_seq)
		ui_message(ui, "this is the end of the recording");
	else
		play(ui);
}

void replay_begin(struct ui *ui, uint64_t seq)
{
	ui->paused = true;
	ui->play.speed = 1;
	history_span(ui->history, &ui->span);
	while (seq <= ui->span.last_seq && ui_show_past(ui, seq) < 0)
		seq++;
	if (!ui->snapshot)
		ui_message(ui, "no sample from there on can be read");
	else if (seq < ui->span.last_seq)
		play(ui);
}

/* The sample that is due, or the one on screen. */
static uint64_t due(const struct ui *ui)
{
	uint64_t elapsed = sub_floor(ui_now(ui), ui->play.since_ns);
	uint64_t at =
		ui->play.from_ns + (uint64_t)((double)elapsed * ui->play.speed);
	uint64_t seq = ui->seq;

	history_find(ui->history, at, &seq);
	if (seq > ui->seq)
		return seq;
	if (sub_floor(ui_now(ui), ui->play.moved_ns) >= GAP_NS)
		return ui->seq + 1;
	return ui->seq;
}

void replay_tick(struct ui *ui)
{
	struct player before = ui->play;
	uint64_t seq;

	if (!ui->play.on || !ui->snapshot)
		return;
	seq = due(ui);
	if (seq == ui->seq)
		return;
	/* what is damaged is passed over */
	while (seq <= ui->span.last_seq && ui_show_past(ui, seq) < 0)
		seq++;
	if (seq >= ui->span.last_seq) {
		replay_stop(ui);
		ui_message(ui, "this is the end of the recording");
		return;
	}
	ui->play = before;
	ui->play.moved_ns = ui_now(ui);
	/* behind a gap the clock begins anew */
	if (sub_floor(ui->play.moved_ns, before.moved_ns) >= GAP_NS)
		set_base(ui);
}

static void set_speed(struct ui *ui, double speed)
{
	ui->play.speed = speed;
	set_base(ui);
	ui_message(ui, "speed x%g", speed);
}

void act_speed(struct ui *ui, int direction)
{
	double speed = ui->play.speed * (direction > 0 ? 2 : 0.5);

	if (!ui->recording)
		ui_message(ui, "only a recording has a speed");
	else if (speed >= SPEED_MIN && speed <= SPEED_MAX)
		set_speed(ui, speed);
}

void replay_speed(struct ui *ui, const char *text)
{
	double speed;

	if (!ui->recording)
		ui_message(ui, "only a recording has a speed");
	else if (parse_decimal(&text, &speed) < 0 || *text ||
		 speed < SPEED_MIN || speed > SPEED_MAX)
		ui_message(ui, "speed: a number from %g to %d", SPEED_MIN,
			   SPEED_MAX);
	else
		set_speed(ui, speed);
}

void replay_state(const struct ui *ui, char *buf, size_t size)
{
	char clock[FORMAT_SIZE];

	format_clock(clock, ui->snapshot->realtime_ns, false);
	if (ui->play.on)
		snprintf(buf, size, "REPLAY %s x%g", clock, ui->play.speed);
	else
		snprintf(buf, size, "REPLAY %s paused", clock);
}

/* The last part of a path; the whole may be longer than the screen. */
static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

void replay_draw(const struct ui *ui, const struct canvas *c)
{
	const struct recording *recording = ui->recording;
	const struct host *host = ui->snapshot ? ui->snapshot->host : NULL;
	char first[FORMAT_SIZE], last[FORMAT_SIZE], line[512];

	format_clock(first, recording->first_realtime_ns, false);
	format_clock(last, recording->last_realtime_ns, false);
	snprintf(line, sizeof(line),
		 "file %.120s   %s .. %s   %" PRIu64 " samples   "
		 "recorded on %s as %s   actions are off%s%s",
		 file_name(recording->path), first, last, recording->samples,
		 host ? host->name : "?", host ? host->user : "?",
		 *recording->note ? "   " : "", recording->note);
	/* names in it are anybody's */
	draw_name(c, 0, 0, STYLE_NORMAL, c->cols, line, strlen(line));
}
