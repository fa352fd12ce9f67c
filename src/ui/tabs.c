/* SPDX-License-Identifier: MIT
 *
 * The first row: host, panes, how live the figures are, their clock.
 */
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "head.h"
#include "memtop/text.h"
#include "replay.h"

/* How much of a tabs row is written out; the first that fits is taken. */
enum tabs_size {
	TABS_LONG,
	TABS_BRIEF,
	TABS_TIGHT,   /* nor does it say that it is live */
	TABS_NUMBERS, /* the other panes by their keys */
	TABS_ONE,
};

struct state_text {
	char text[48];
	char clock[FORMAT_SIZE + 4];
	bool live;
};

/* Of two samples within a second each has a time of its own: who sees it move
 * knows that memtop is alive, also when all figures stand still. */
static void write_clock(const struct ui *ui, char *buf, size_t size)
{
	uint64_t ns = ui->snapshot->realtime_ns;
	char clock[FORMAT_SIZE];

	format_clock(clock, ns, false);
	if (ui->delay_ns >= NS_PER_S)
		snprintf(buf, size, "%s", clock);
	else
		snprintf(buf, size, "%s.%u", clock,
			 (unsigned)(ns % NS_PER_S / (NS_PER_S / 10)));
}

/* "live 1s", "LATE 4s", "PAUSED 13:48:10 -14m27", "starting" */
static void state_make(const struct ui *ui, struct state_text *ret)
{
	char clock[FORMAT_SIZE], ago[FORMAT_SIZE];
	const struct snapshot *s = ui->snapshot;

	memset(ret, 0, sizeof(*ret));
	if (!s) {
		snprintf(ret->text, sizeof(ret->text), "starting");
		return;
	}
	if (ui->recording) {
		replay_state(ui, ret->text, sizeof(ret->text));
		return;
	}
	if (ui->paused) {
		uint64_t behind =
			sub_floor(ui->span.last_realtime_ns, s->realtime_ns);

		/* samples are due on whole seconds, give or take some ms */
		if (behind >= NS_PER_S / 2)
			behind = (behind + NS_PER_S / 2) / NS_PER_S * NS_PER_S;
		snprintf(ret->text, sizeof(ret->text), "PAUSED %s -%s",
			 format_clock(clock, s->realtime_ns, false),
			 format_duration(ago, behind));
		return;
	}
	write_clock(ui, ret->clock, sizeof(ret->clock));
	if (ui->late_ns) {
		snprintf(ret->text, sizeof(ret->text), "LATE %s",
			 format_duration(ago, ui->late_ns));
		return;
	}
	if (ui->slow) {
		snprintf(ret->text, sizeof(ret->text), "slow line");
		return;
	}
	ret->live = true;
	if (s->interval_ns == UNKNOWN)
		snprintf(ret->text, sizeof(ret->text), "starting");
	else if (ui->delay_ns % NS_PER_S)
		snprintf(ret->text, sizeof(ret->text), "live %.1fs",
			 (double)ui->delay_ns / (double)NS_PER_S);
	else
		snprintf(ret->text, sizeof(ret->text), "live %s",
			 format_duration(ago, ui->delay_ns));
}

static void tabs_make(const struct ui *ui, enum tabs_size how, char *buf,
		      size_t size)
{
	unsigned news = events_unseen(ui);
	char unseen[16] = "";
	size_t at = 0;

	if (news > 0)
		snprintf(unseen, sizeof(unseen), "*%u", news);
	buf[0] = '\0';
	for (int i = 0; i < PANE_COUNT && at < size; i++) {
		bool here = i == (int)ui->pane;
		const char *title =
			how == TABS_LONG ? panes[i]->title : panes[i]->brief;
		int n;

		if (how == TABS_ONE && !here)
			continue;
		if (how == TABS_NUMBERS && !here)
			n = snprintf(buf + at, size - at, " %c%s",
				     panes[i]->key,
				     i == PANE_EVENTS ? unseen : "");
		else
			n = snprintf(buf + at, size - at, "%c%c %s%s%c",
				     here ? '[' : ' ', panes[i]->key, title,
				     i == PANE_EVENTS ? unseen : "",
				     here ? ']' : ' ');
		if (n > 0)
			at += (size_t)n;
	}
}

static void draw_tabs(const struct ui *ui, const struct canvas *c, int col,
		      const char *tabs)
{
	const char *open = strchr(tabs, '['), *close = strchr(tabs, ']');
	int start;

	draw_text(c, 0, col, STYLE_NORMAL, tabs);
	if (!open || !close || ui->details)
		return;
	start = col + (int)(open - tabs);
	draw_restyle(c, 0, start, (int)(close - open) + 1, STYLE_BOLD);
}

static int draw_state(const struct canvas *c, const struct state_text *state,
		      bool brief)
{
	int clock = (int)strlen(state->clock);
	int text = brief && state->live ? 0 : (int)strlen(state->text);
	int col = c->cols - clock - text - (clock && text ? 1 : 0);

	if (col < 0)
		col = 0;
	if (text)
		draw_text(c, 0, col, state->live ? STYLE_NORMAL : STYLE_STATE,
			  state->text);
	draw_text(c, 0, c->cols - clock, STYLE_NORMAL, state->clock);
	return col;
}

void head_tabs(struct ui *ui, const struct canvas *c)
{
	const struct host *host = ui->snapshot ? ui->snapshot->host : NULL;
	const char *name = host ? host->name : "";
	char tabs[160];
	struct state_text state;
	struct canvas left;
	int how, room, col, name_cells;

	state_make(ui, &state);
	for (how = TABS_LONG; how < TABS_ONE; how++) {
		bool tight = how == TABS_TIGHT;
		int need;

		tabs_make(ui, (enum tabs_size)how, tabs, sizeof(tabs));
		need = text_cells(tabs) + (int)strlen(state.clock) +
		       (tight ? 0 : 12);
		if (!tight || !state.live)
			need += (int)strlen(state.text) + tight;
		if (need <= c->cols)
			break;
	}
	tabs_make(ui, (enum tabs_size)how, tabs, sizeof(tabs));
	room = draw_state(c, &state, how >= TABS_TIGHT) - 1;
	left = canvas_part(c, 0, 0, 1, room > 0 ? room : 0);
	name_cells = left.cols - text_cells(tabs) - 1;
	col = 0;
	if (name_cells >= (int)strlen(name) + 7 && how == TABS_LONG)
		col = draw_text(&left, 0, 0, STYLE_BOLD, "memtop ");
	name_cells -= col;
	if (*name && name_cells >= 4)
		col = draw_name(&left, 0, col, STYLE_NORMAL, name_cells, name,
				strlen(name)) +
		      1;
	draw_tabs(ui, &left, col, tabs);
}
