/* SPDX-License-Identifier: MIT
 *
 * Details, page 1: what the process has of memory now, who it is, and its
 * family.
 */
#include "details.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"
#include "page.h"
#include "summary_memory.h"

/* clang-format off */
static const struct {
	char state;
	const char *name;
} state_names[] = {
	{ 'R', "running" },	{ 'S', "sleeping" },
	{ 'D', "disk sleep" },	{ 'T', "stopped" },
	{ 't', "traced" },	{ 'Z', "zombie" },
	{ 'I', "idle" },	{ 'X', "dead" },
};
/* clang-format on */

#define TWO_COLUMNS 76 /* from that width on */

struct summary {
	struct process_key cursor; /* on a relative, by identity */
	/* The parent, then the children, of the snapshot on screen. */
	const struct process **family;
	size_t count, room;
	bool reveal; /* the cursor moved: the page scrolls to it */
};

static const char *state_name_of(char state)
{
	for (size_t i = 0; i < ARRAY_SIZE(state_names); i++)
		if (state_names[i].state == state)
			return state_names[i].name;
	return "unknown";
}

/* Whoever runs as that user, if anybody, tells the name. */
static const struct text *user_of(const struct snapshot *s, uint64_t uid)
{
	for (size_t i = 0; s && i < s->nprocesses; i++)
		if (s->processes[i]->uid == uid && s->processes[i]->user)
			return s->processes[i]->user;
	return NULL;
}

/* Whose it is in spite of sudo and su; services have neither.  Returns the
 * next row. */
static int draw_origin(const struct ui *ui, const struct canvas *c, int row)
{
	const struct reply *reply = ui->details_reply;
	bool has_login = reply->login_uid != UNKNOWN;
	const struct text *user = NULL;
	int col;

	if (!reply->tty[0] && !has_login)
		return row;
	col = draw_format(c, row, 0, STYLE_NORMAL, "from    %s%s",
			  reply->tty[0] ? reply->tty : "no terminal",
			  has_login ? ", login " : "");
	if (has_login)
		user = user_of(ui->snapshot, reply->login_uid);
	if (user)
		draw_name(c, row, col, STYLE_NORMAL, c->cols - col,
			  text_str(user), text_len(user));
	else if (has_login)
		draw_format(c, row, col, STYLE_NORMAL, "%" PRIu64,
			    reply->login_uid);
	return row + 1;
}

static int draw_identity(const struct ui *ui, const struct canvas *c,
			 const struct process *p)
{
	char threads[PAGE_CELL_SIZE], score[PAGE_CELL_SIZE],
		adj[PAGE_CELL_SIZE], state[32];
	const struct reply *reply = ui->details_reply;
	int row = 0, col;

	draw_heading(c, row++, "Identity", "");
	col = draw_format(c, row, 0, STYLE_NORMAL,
			  "pid %d  ppid %d  threads %s", (int)p->key.pid,
			  (int)p->ppid,
			  page_cell(ui, p, PROCESS_THREADS, threads)) +
	      2;
	snprintf(state, sizeof(state), "state %c (%s)",
		 p->state ? p->state : '?', state_name_of(p->state));
	if (col + text_cells(state) > c->cols) {
		row++;
		col = 0;
	}
	draw_text(c, row++, col, STYLE_NORMAL, state);
	if (reply && reply->state == STATE_OK && reply->exe)
		row = page_text(c, row, "exe", reply->exe, 2);
	else if (reply)
		draw_text(c, row++, 0, STYLE_DIM, "exe     ?");
	if (reply && reply->state == STATE_OK)
		row = draw_origin(ui, c, row);
	if (p->cgroup)
		row = page_text(c, row, "cgroup", p->cgroup, 2);
	draw_format(c, row++, 0, STYLE_NORMAL, "oom     score %s  adj %s",
		    page_cell(ui, p, PROCESS_OOM_SCORE, score),
		    page_cell(ui, p, PROCESS_OOM_SCORE_ADJ, adj));
	if (p->command)
		row = page_text(c, row, "cmd", p->command, 4);
	return row;
}

/* Fills the family from the snapshot on screen; the cursor's index. */
static size_t collect_family(struct ui *ui, const struct process *p)
{
	const struct snapshot *s = ui->snapshot;
	struct summary *state = ui->page_state;
	const struct process *parent;
	size_t cursor = 0;

	state->count = 0;
	if (state->room < s->nprocesses + 1) {
		size_t room = s->nprocesses + s->nprocesses / 4 + 16;
		void *family =
			realloc(state->family, room * sizeof(*state->family));

		if (!family)
			return 0;
		state->family = family;
		state->room = room;
	}
	parent = snapshot_find_pid(s, p->ppid);
	if (parent)
		state->family[state->count++] = parent;
	for (size_t i = 0; i < s->nprocesses; i++)
		if (s->processes[i]->ppid == p->key.pid)
			state->family[state->count++] = s->processes[i];
	for (size_t i = 0; i < state->count; i++)
		if (process_key_equal(state->family[i]->key, state->cursor))
			cursor = i;
	return cursor;
}

static void draw_relative(const struct ui *ui, const struct canvas *c, int row,
			  const struct process *p, const struct process *other,
			  bool here)
{
	bool parent = other->key.pid == p->ppid;
	char cell[PAGE_CELL_SIZE];
	int col;

	col = draw_format(c, row, 0, STYLE_NORMAL, "%c %-7s %7d  ",
			  here ? '>' : ' ', parent ? "parent" : "child",
			  (int)other->key.pid);
	page_draw_cell(c, row, col, 6, page_cell(ui, other, PROCESS_PSS, cell));
	draw_name(c, row, col + 9, STYLE_NORMAL, 24, other->comm,
		  strlen(other->comm));
	if (here) {
		draw_restyle(c, row, 0, c->cols, STYLE_CURSOR);
		draw_park(c, row, 0);
	}
}

/* Returns the row below; *ret_cursor: that of the cursor, or -1. */
static int draw_family(struct ui *ui, const struct canvas *c, int row,
		       const struct process *p, int *ret_cursor)
{
	struct summary *state = ui->page_state;
	size_t cursor, first = 0, rows;

	*ret_cursor = -1;
	draw_heading(c, row++, "Family", "Enter opens");
	if (!state || !ui->snapshot || row >= c->rows)
		return row;
	rows = (size_t)(c->rows - row);
	cursor = collect_family(ui, p);
	if (cursor >= rows)
		first = cursor - rows + 1;
	for (size_t i = first; i < first + rows && i < state->count; i++) {
		if (i == cursor)
			*ret_cursor = row;
		draw_relative(ui, c, row++, p, state->family[i], i == cursor);
	}
	return row;
}

static void draw(struct ui *ui, const struct canvas *c,
		 const struct process *process)
{
	struct canvas first = page_first(c, TWO_COLUMNS), second;
	int rows = summary_memory_draw(ui, &first, process);
	int row, cursor, offset;
	struct summary *state = ui->page_state;

	second = page_second(c, TWO_COLUMNS, rows);
	offset = c->cols >= TWO_COLUMNS ? 0 : rows;
	row = draw_identity(ui, &second, process);
	row = offset + draw_family(ui, &second, row, process, &cursor);
	page_used(ui, row > rows ? row : rows);
	if (state && state->reveal && cursor >= 0)
		page_reveal(ui, offset + cursor);
	if (state)
		state->reveal = false;
}

static int rows_wanted(const struct ui *ui, int cols)
{
	(void)ui;
	(void)cols;
	return PAGE_TALL;
}

static bool act(struct ui *ui, const char *action)
{
	struct summary *state = ui->page_state;
	bool up = !strcmp(action, "up"), down = !strcmp(action, "down");
	bool open = !strcmp(action, "open");
	size_t cursor;

	if (!(up || down || open) || !state || !ui->last_seen || !ui->snapshot)
		return false;
	cursor = collect_family(ui, ui->last_seen);
	ui->dirty = true;
	if (open && state->count)
		details_open(ui, state->family[cursor]->key);
	else if (up && cursor)
		state->cursor = state->family[cursor - 1]->key;
	else if (down && cursor + 1 < state->count)
		state->cursor = state->family[cursor + 1]->key;
	else
		return open; /* the page scrolls on */
	if (!open)
		state->reveal = true;
	return true;
}

static void open_page(struct ui *ui)
{
	if (!ui->page_state)
		ui->page_state = calloc(1, sizeof(struct summary));
	page_ask_details(ui);
}

static void close_page(struct ui *ui)
{
	struct summary *state = ui->page_state;

	if (state)
		free(state->family);
	free(state);
}

static void status(struct ui *ui, char *buf, size_t size)
{
	char cost[FORMAT_SIZE], number[32];
	uint64_t ns = ui->last_seen ? ui->last_seen->smaps_cost_ns : UNKNOWN;

	if (ns == UNKNOWN)
		return;
	if (ns < NS_PER_S)
		snprintf(number, sizeof(number), "%.1f ms",
			 (double)ns / (double)NS_PER_MS);
	else
		snprintf(number, sizeof(number), "%s",
			 format_duration(cost, ns));
	snprintf(buf, size,
		 "PSS, USS, THP come from one smaps_rollup read: %s of CPU "
		 "time (r = read now)",
		 number);
}

const struct page page_summary = {
	.title = "Summary",
	.where = WHERE_DETAILS | WHERE_SUMMARY | WHERE_SCROLLS,
	.rows = rows_wanted,
	.open = open_page,
	.draw = draw,
	.act = act,
	.status = status,
	.close = close_page,
};
