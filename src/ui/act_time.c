/* SPDX-License-Identifier: MIT
 *
 * Time: pausing, stepping and jumping in the ring.  Every pane and page shows
 * whatever sample is chosen here.
 */
#include <errno.h>
#include <string.h>

#include "act.h"
#include "replay.h"

#define MINUTE_NS (60 * NS_PER_S)

void act_pause(struct ui *ui, int arg)
{
	(void)arg;
	if (ui->recording)
		replay_toggle(ui);
	else if (ui->paused)
		ui_go_live(ui);
	else if (ui->snapshot)
		ui->paused = true;
}

static void show_or_say(struct ui *ui, uint64_t seq)
{
	if (ui_show_past(ui, seq) < 0)
		ui_message(ui, "that moment is not kept");
}

void act_sample(struct ui *ui, int direction)
{
	uint64_t seq;

	if (!ui->snapshot)
		return;
	history_span(ui->history, &ui->span);
	seq = ui->seq;
	if (direction < 0) {
		if (seq <= ui->span.first_seq) {
			ui->paused = true;
			ui_message(ui, "this is the oldest sample kept");
			return;
		}
		seq--;
	} else {
		if (seq >= ui->span.last_seq) {
			ui_message(ui, "this is the newest sample");
			return;
		}
		seq++;
	}
	/* the ring may have given up what was next to it */
	show_or_say(ui, max_u64(seq, ui->span.first_seq));
}

/* The sample at that time; the oldest one, and a word about it, where the ring
 * does not reach so far back. */
static int go_to(struct ui *ui, uint64_t realtime_ns)
{
	uint64_t seq;
	int r = history_find(ui->history, realtime_ns, &seq);

	if (r == 0)
		r = ui_show_past(ui, seq);
	if (r == 0 && realtime_ns < ui->span.first_realtime_ns)
		ui_message(ui, "this is the oldest sample kept");
	return r;
}

void act_minute(struct ui *ui, int direction)
{
	uint64_t now;

	if (!ui->snapshot)
		return;
	history_span(ui->history, &ui->span);
	now = ui->snapshot->realtime_ns;
	if (direction < 0)
		now = sub_floor(now, MINUTE_NS);
	else
		now += MINUTE_NS;
	if (direction > 0 && now > ui->span.last_realtime_ns)
		ui_message(ui, "this is the newest sample");
	if (go_to(ui, now) < 0)
		ui_message(ui, "that moment is not kept");
}

int time_go(struct ui *ui, const char *where)
{
	uint64_t ns;

	history_span(ui->history, &ui->span);
	if (strcmp(where, "live") == 0) {
		ui_go_live(ui);
		return 0;
	}
	if (parse_moment(where, ui->span.last_realtime_ns, &ns) < 0)
		return -EINVAL;
	return go_to(ui, ns);
}
