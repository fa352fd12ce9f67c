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

#include "exact.h"
#include "memtop/history.h"
#include "memtop/swap_users.h"
#include "memtop/text.h"
#include "page.h"

enum share { SHARE_NONE, SHARE_RAM, SHARE_ANON, SHARE_RSS, SHARE_OWN };

/* clang-format off */
struct figure {
	const char *label;
	uint8_t field;
	enum share share; /* what its percentage is of */
	const char *note;
};

static const struct figure memory_rows[] = {
	{ "PSS", PROCESS_PSS, SHARE_RAM,
	  "fair share, sums to real RAM" },
	{ "USS", PROCESS_USS, SHARE_RAM,
	  "its alone: freed when it exits" },
	{ "RSS", PROCESS_RSS, SHARE_RAM,
	  "all it maps; shared count full" },
	{ "  anon", PROCESS_ANON, SHARE_NONE, "heap, stacks, private pages" },
	{ "  file", PROCESS_FILE, SHARE_NONE, "mapped files, can be dropped" },
	{ "  shmem", PROCESS_SHMEM, SHARE_NONE, "tmpfs, SysV, shared anon" },
	{ "Swap", PROCESS_SWAP, SHARE_OWN, "of its own pages are on swap" },
	{ "SwapPss", PROCESS_SWAP_PSS, SHARE_NONE, "fair share of swap" },
	{ "THP", PROCESS_THP, SHARE_ANON, "of anon is in huge pages" },
	{ "Referenced", PROCESS_REFERENCED, SHARE_RSS,
	  "touched lately; rest looks cold" },
	{ "Dirty", PROCESS_PSS_DIRTY, SHARE_NONE,
	  "only swap or writing frees it" },
	{ "Locked", PROCESS_LOCKED, SHARE_NONE, "mlock: never swapped" },
	{ "Page tables", PROCESS_PAGE_TABLES, SHARE_NONE,
	  "kernel memory for its mappings" },
	{ "Virtual", PROCESS_VSIZE, SHARE_NONE, "address space, not memory" },
};

static const struct figure fault_rows[] = {
	{ "majflt/s", PROCESS_MAJOR_FAULT_RATE, SHARE_NONE,
	  "waits: swap-in or file read" },
	{ "minflt/s", PROCESS_MINOR_FAULT_RATE, SHARE_NONE,
	  "first touch or remap, no I/O" },
	{ "growth/min", PROCESS_GROWTH_RATE, SHARE_NONE,
	  "anon, shmem and swap together" },
	{ "waits", PROCESS_WAIT, SHARE_NONE,
	  "for memory, threads added up" },
};

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

#define NOTE_COLUMN 27
#define TWO_COLUMNS 76 /* from that width on */

struct summary {
	struct process_key cursor; /* on a relative, by identity */
	/* The parent, then the children, of the snapshot on screen. */
	const struct process **family;
	size_t count, room;
	bool reveal; /* the cursor moved: the page scrolls to it */
};

static double share_of(const struct ui *ui, const struct process *p,
		       enum share share, uint64_t part)
{
	switch (share) {
	case SHARE_RAM:
		return percent_of(part, ui_ram_total(ui));
	case SHARE_ANON:
		return percent_of(part, page_bytes(p, PROCESS_ANON));
	case SHARE_RSS:
		return percent_of(part, page_bytes(p, PROCESS_SMAPS_RSS));
	case SHARE_OWN:
		if (p->rss == UNKNOWN || part == UNKNOWN)
			return NAN;
		return percent_of(part, p->rss + part);
	case SHARE_NONE:
		break;
	}
	return NAN;
}

static void draw_figure(const struct ui *ui, const struct canvas *c, int row,
			const struct process *p, const struct figure *figure)
{
	double percent =
		share_of(ui, p, figure->share, page_bytes(p, figure->field));
	char cell[PAGE_CELL_SIZE], text[FORMAT_SIZE];

	draw_text(c, row, 0, STYLE_NORMAL, figure->label);
	page_draw_cell(c, row, 12, 8, page_cell(ui, p, figure->field, cell));
	if (!isnan(percent))
		draw_right(c, row, 20, STYLE_NORMAL, 5,
			   format_percent(text, percent));
	if (c->cols > NOTE_COLUMN + 20)
		draw_name(c, row, NOTE_COLUMN, STYLE_DIM, c->cols - NOTE_COLUMN,
			  figure->note, strlen(figure->note));
}

/* One row for each kind of GPU memory it has: "GPU vram  512M  amdgpu …".  It
 * is in none of the figures above.  Returns the row below. */
static int draw_gpus(const struct ui *ui, const struct canvas *c, int row)
{
	const struct reply *reply = ui->details_reply;
	char label[32], size[FORMAT_SIZE], note[80], total[FORMAT_SIZE];

	for (size_t i = 0; reply && i < reply->ngpus; i++) {
		const struct gpu_memory *gpu = &reply->gpus[i];
		bool resident = gpu->resident != UNKNOWN;

		snprintf(label, sizeof(label), "GPU %s", gpu->region);
		draw_name(c, row, 0, STYLE_NORMAL, 12, label, strlen(label));
		draw_right(c, row, 12, STYLE_NORMAL, 8,
			   format_bytes(size,
					resident ? gpu->resident : gpu->total,
					ui->unit));
		snprintf(note, sizeof(note), "%s %s%s%s", gpu->driver,
			 gpu->device, gpu->total != UNKNOWN ? ", of " : "",
			 gpu->total != UNKNOWN
				 ? format_bytes(total, gpu->total, ui->unit)
				 : "");
		if (c->cols > NOTE_COLUMN + 20)
			draw_name(c, row, NOTE_COLUMN, STYLE_DIM,
				  c->cols - NOTE_COLUMN, note, strlen(note));
		row++;
	}
	if (reply && reply->gpus_more)
		draw_format(c, row++, 0, STYLE_DIM,
			    "GPU: %zu clients of further regions",
			    reply->gpus_more);
	if (reply && !reply->ngpus && reply->gpu_state == STATE_DENIED) {
		draw_text(c, row, 0, STYLE_NORMAL, "GPU");
		draw_right(c, row, 12, STYLE_DIM, 8, "?");
		if (c->cols > NOTE_COLUMN + 20)
			draw_text(c, row, NOTE_COLUMN, STYLE_DIM,
				  "its descriptors may not be read");
		row++;
	}
	return row;
}

/* Since when it has hardly had a major fault, as far back as the ring goes and
 * five minutes tell; UNKNOWN: not known. */
static uint64_t quiet_ns(const struct ui *ui, const struct process *p)
{
	struct series_query query = {
		.entity = &entities[ENTITY_PROCESS],
		.field = &entities[ENTITY_PROCESS]
				  .fields[PROCESS_MAJOR_FAULT_RATE],
		.key = p->key,
		.to_seq = ui->snapshot->seq,
	};
	size_t max = SWAP_QUIET_NS / max_u64(ui->delay_ns, NS_PER_S / 10) + 2;
	struct series_point *points = calloc(max, sizeof(*points));
	uint64_t quiet = UNKNOWN;
	size_t count;

	if (!points)
		return UNKNOWN;
	count = history_series(ui->history, &query, points, max);
	for (size_t i = count; i-- > 0;) {
		if (!(points[i].value < SWAP_QUIET_FAULTS))
			break;
		quiet = sub_floor(points[count - 1].monotonic_ns,
				  points[i].monotonic_ns);
	}
	free(points);
	return quiet;
}

/* Mostly on swap: is it the slower for it?  Rule R36, which no line of the
 * machine would be right for.  Returns the row below. */
static int draw_sleep(const struct ui *ui, const struct canvas *c, int row,
		      const struct process *p)
{
	static const char *const words[] = {
		[SWAP_SLEEP_ASLEEP] = "not needed for",
		[SWAP_SLEEP_SHORT] = "not needed for only",
		[SWAP_SLEEP_BLOCKED] = "blocked (D), quiet for",
		[SWAP_SLEEP_READING] = "reads some of it back",
		[SWAP_SLEEP_SUFFERS] = "waits for it: slow",
	};
	uint64_t quiet = UNKNOWN;
	enum swap_sleep sleep;
	char lasts[FORMAT_SIZE] = "", size[FORMAT_SIZE], part[FORMAT_SIZE];

	/* before the ring is asked: can it be at all? */
	if (swap_sleep(p, 0) == SWAP_SLEEP_NONE || !ui->snapshot)
		return row;
	quiet = quiet_ns(ui, p);
	sleep = swap_sleep(p, quiet == UNKNOWN ? 0 : quiet);
	if (sleep != SWAP_SLEEP_READING && sleep != SWAP_SLEEP_SUFFERS)
		format_duration(lasts, quiet == UNKNOWN ? 0 : quiet);
	draw_format(c, row, 0,
		    sleep == SWAP_SLEEP_SUFFERS ? STYLE_BOLD : STYLE_NORMAL,
		    "Mostly on swap (%s, %s), %s %s",
		    format_bytes(size, p->swap, ui->unit),
		    format_percent(part, swap_share(p)), words[sleep], lasts);
	return row + 1;
}

/* Returns the rows it took. */
static int draw_memory(const struct ui *ui, const struct canvas *c,
		       const struct process *p)
{
	char age[FORMAT_SIZE], measured[64] = "";
	int row = 0;

	if (p->smaps.state == STATE_OK && ui->snapshot)
		snprintf(measured, sizeof(measured), "measured %s ago",
			 format_duration(age,
					 sub_floor(ui->snapshot->monotonic_ns,
						   p->smaps.read_ns)));
	else if (p->smaps.state != STATE_OK)
		snprintf(measured, sizeof(measured), "PSS %s",
			 state_words(p->smaps.state));
	draw_heading(c, row++, "Memory now", measured);
	for (size_t i = 0; i < ARRAY_SIZE(memory_rows); i++)
		draw_figure(ui, c, row++, p, &memory_rows[i]);
	row = draw_gpus(ui, c, row);
	draw_heading(c, row++, "Faults and growth", "");
	for (size_t i = 0; i < ARRAY_SIZE(fault_rows); i++)
		draw_figure(ui, c, row++, p, &fault_rows[i]);
	return draw_sleep(ui, c, row, p);
}

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
	int rows = draw_memory(ui, &first, process), row, cursor, offset;
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
