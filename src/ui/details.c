/* SPDX-License-Identifier: MIT
 *
 * The details of one process: opening, closing and changing pages, the record
 * that stays when the process exits, the replies the pages asked for, and the
 * title row.  Knows no page's content.
 */
#include "details.h"

#include <stdio.h>
#include <string.h>

#include "memtop/text.h"
#include "page.h"

/* clang-format off */
const struct page *const pages[PAGE_COUNT] = {
	[PAGE_SUMMARY]	= &page_summary,
	[PAGE_MAPPINGS]	= &page_mappings,
	[PAGE_HISTORY]	= &page_history,
	[PAGE_OOM]	= &page_oom,
	[PAGE_LIMITS]	= &page_limits,
};
/* clang-format on */

static void close_page(struct ui *ui)
{
	if (ui->details && pages[ui->page]->close)
		pages[ui->page]->close(ui);
	ui->page_state = NULL;
	ui->window.top = 0;
}

static void open_page(struct ui *ui)
{
	ui->dirty = true;
	if (pages[ui->page]->open)
		pages[ui->page]->open(ui);
}

void details_give_up(struct ui *ui)
{
	if (ui->mappings_id && ui->source->ops->cancel)
		ui->source->ops->cancel(ui->source, ui->mappings_id);
	ui->mappings_id = 0;
	ui->mappings_progress = (struct progress){ 0 };
}

void details_tick(struct ui *ui)
{
	const struct source_ops *ops = ui->source->ops;
	struct progress now = { 0 };

	if (!ui->mappings_id || !ops->progress ||
	    !ops->progress(ui->source, ui->mappings_id, &now) ||
	    now.count == ui->mappings_progress.count)
		return;
	ui->mappings_progress = now;
	ui->dirty = true;
}

static void forget_subject(struct ui *ui)
{
	details_give_up(ui);
	process_unref(ui->last_seen);
	ui->last_seen = NULL;
	ui->subject_gone = false;
	ui->subject_gone_ns = 0;
	reply_free(ui->details_reply);
	reply_free(ui->mappings_reply);
	reply_free(ui->mappings_before);
	ui->details_reply = NULL;
	ui->mappings_reply = NULL;
	ui->mappings_before = NULL;
	ui->details_id = 0;
}

void details_open(struct ui *ui, struct process_key key)
{
	close_page(ui);
	forget_subject(ui);
	ui->details = true;
	ui->subject = key;
	details_update(ui);
	open_page(ui);
}

void details_close(struct ui *ui)
{
	close_page(ui);
	forget_subject(ui);
	ui->details = false;
	ui->dirty = true;
}

void details_show(struct ui *ui, enum page_id page)
{
	if (!ui->details || page == ui->page || page >= PAGE_COUNT)
		return;
	close_page(ui);
	ui->page = page;
	open_page(ui);
}

/* An exited process stays in the list until its parent waits for it, without
 * memory: what was last seen of it says more. */
static bool is_left_over(const struct process *now, const struct process *seen)
{
	return now->statm.state == STATE_NOT_APPLICABLE && seen &&
	       seen->statm.state == STATE_OK;
}

void details_update(struct ui *ui)
{
	const struct process *now;

	if (!ui->details || !ui->snapshot)
		return;
	now = snapshot_find(ui->snapshot, ui->subject);
	if (now && is_left_over(now, ui->last_seen))
		now = NULL;
	if (now) {
		process_unref(ui->last_seen);
		ui->last_seen = process_ref(now);
		ui->subject_gone_ns = 0;
	} else if (!ui->subject_gone) {
		ui->subject_gone_ns = ui->snapshot->realtime_ns;
	}
	ui->subject_gone = !now;
}

/* What was read last is what the next is compared with; not where that could
 * not be read. */
static void keep_before(struct ui *ui)
{
	struct reply *last = ui->mappings_reply;

	ui->mappings_reply = NULL;
	if (!last || last->state != STATE_OK) {
		reply_free(last);
		return;
	}
	reply_free(ui->mappings_before);
	ui->mappings_before = last;
}

void details_reply(struct ui *ui, struct reply *reply)
{
	if (ui->details && reply->id == ui->mappings_id) {
		keep_before(ui);
		ui->mappings_reply = reply;
		ui->mappings_id = 0;
		ui->mappings_progress = (struct progress){ 0 };
	} else if (ui->details && reply->id == ui->details_id) {
		reply_free(ui->details_reply);
		ui->details_reply = reply;
		ui->details_id = 0;
	} else {
		reply_free(reply);
		return;
	}
	ui->dirty = true;
}

/* "[1 Summary] 2 Mappings  3 History  …", as wide as it has to be. */
static void tabs_text(const struct ui *ui, bool brief, char *buf, size_t size)
{
	size_t at = 0;

	for (int i = 0; i < PAGE_COUNT && at < size; i++) {
		bool open = i == (int)ui->page;
		int n;

		if (brief && !open)
			continue;
		n = snprintf(buf + at, size - at, "%c%d %s%c", open ? '[' : ' ',
			     i + 1, pages[i]->title, open ? ']' : ' ');
		if (n < 0)
			break;
		at += (size_t)n;
	}
}

static int draw_tabs(struct ui *ui, const struct canvas *c)
{
	char tabs[128];
	int cells;

	/* that it has exited needs the room more */
	tabs_text(ui, c->cols < (ui->subject_gone ? 92 : 60), tabs,
		  sizeof(tabs));
	if (c->cols >= 72)
		strncat(tabs, " Esc Back", sizeof(tabs) - strlen(tabs) - 1);
	cells = text_cells(tabs);
	if (cells > c->cols)
		return c->cols;
	draw_text(c, 0, c->cols - cells, STYLE_NORMAL, tabs);
	return c->cols - cells;
}

static int draw_gone(struct ui *ui, const struct canvas *c, int col)
{
	char clock[FORMAT_SIZE];

	if (ui->subject.start_ns > ui->snapshot->boottime_ns)
		return draw_text(c, 0, col, STYLE_STATE, "NOT STARTED YET");
	return draw_format(c, 0, col, STYLE_STATE, "EXITED %s",
			   format_clock(clock, ui->subject_gone_ns, false));
}

static void draw_title(struct ui *ui, const struct canvas *whole)
{
	const struct process *p = ui->last_seen;
	struct canvas c = canvas_part(whole, 0, 0, 1, draw_tabs(ui, whole) - 1);
	char age[FORMAT_SIZE];
	int col;

	col = draw_name(&c, 0, 0, STYLE_BOLD, 40, p->comm, strlen(p->comm));
	col = draw_format(&c, 0, col, STYLE_BOLD, "[%d]", (int)p->key.pid) + 2;
	if (ui->subject_gone && ui->snapshot)
		col = draw_gone(ui, &c, col) + 2;
	if (p->user)
		col = draw_name(&c, 0, col, STYLE_NORMAL, 16, text_str(p->user),
				text_len(p->user)) +
		      2;
	if (p->unit)
		col = draw_name(&c, 0, col, STYLE_NORMAL, 32, text_str(p->unit),
				text_len(p->unit)) +
		      2;
	if (ui->snapshot && ui->snapshot->boottime_ns >= p->key.start_ns)
		draw_format(&c, 0, col, STYLE_NORMAL, "started %s",
			    format_duration(age, ui->snapshot->boottime_ns -
							 p->key.start_ns));
}

static int last_top(const struct page_window *window)
{
	return window->rows > window->shown ? window->rows - window->shown : 0;
}

static void draw_page(struct ui *ui, const struct canvas *body)
{
	const struct page *page = pages[ui->page];
	struct page_window *window = &ui->window;
	int rows = page->rows ? page->rows(ui, body->cols) : body->rows, top;
	struct canvas c;

	window->shown = body->rows;
	window->rows = rows > body->rows ? rows : body->rows;
	/* what there is may have become less, or a row is to be revealed:
	 * then it is drawn again */
	for (int i = 0; i < 2; i++) {
		top = window->top;
		c = canvas_scrolled(body, rows, top);
		page->draw(ui, &c, ui->last_seen);
		if (window->top > last_top(window))
			window->top = last_top(window);
		if (window->top == top)
			break;
		for (int row = 0; row < body->rows; row++)
			draw_fill(body, row, STYLE_NORMAL);
	}
}

bool details_scroll(struct ui *ui, const char *action)
{
	struct page_window *window = &ui->window;
	const struct {
		const char *action;
		int by;
	} moves[] = {
		{ "up", -1 },
		{ "down", 1 },
		{ "page-up", -window->shown },
		{ "page-down", window->shown },
		{ "half-up", -window->shown / 2 },
		{ "half-down", window->shown / 2 },
		{ "first", -window->rows },
		{ "last", window->rows },
	};

	if (!(pages[ui->page]->where & WHERE_SCROLLS))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(moves); i++) {
		if (strcmp(action, moves[i].action) != 0)
			continue;
		window->top += moves[i].by;
		if (window->top > last_top(window))
			window->top = last_top(window);
		if (window->top < 0)
			window->top = 0;
		ui->dirty = true;
		return true;
	}
	return false;
}

void page_used(struct ui *ui, int rows)
{
	ui->window.rows = rows > ui->window.shown ? rows : ui->window.shown;
}

void page_reveal(struct ui *ui, int row)
{
	if (row >= ui->window.top + ui->window.shown)
		ui->window.top = row - ui->window.shown + 1;
	if (row < ui->window.top)
		ui->window.top = row;
}

void details_draw(struct ui *ui, const struct canvas *c)
{
	struct canvas body = canvas_part(c, 1, 0, -1, -1);

	if (!ui->last_seen) {
		draw_text(c, 0, 0, STYLE_NORMAL,
			  "This process is not in the sample on screen.");
		return;
	}
	draw_title(ui, c);
	draw_page(ui, &body);
}

void details_status(struct ui *ui, char *buf, size_t size)
{
	int below = ui->window.rows - ui->window.shown - ui->window.top, n = 0;

	if (size)
		buf[0] = '\0';
	if (below > 0)
		n = snprintf(buf, size, "%d more row%s (PgDn).  ", below,
			     below == 1 ? "" : "s");
	else if (ui->window.top)
		n = snprintf(buf, size, "End (PgUp).  ");
	if (n >= 0 && (size_t)n < size && pages[ui->page]->status)
		pages[ui->page]->status(ui, buf + n, size - (size_t)n);
}
