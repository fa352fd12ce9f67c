/* SPDX-License-Identifier: MIT
 *
 * Private to the details pages: the descriptors that pages[] collects and
 * the few things that several pages draw alike.
 */
#ifndef UI_PAGE_H
#define UI_PAGE_H

#include "ui.h"

extern const struct page page_summary, page_mappings, page_history, page_oom,
	page_limits;

/* The left half, and the right one with a gap between them; below `wide`
 * columns the second comes under the rows of the first. */
struct canvas page_first(const struct canvas *c, int wide);
struct canvas page_second(const struct canvas *c, int wide, int rows);

/* The cell of a field of process, as in tables. */
#define PAGE_CELL_SIZE 64
char *page_cell(const struct ui *ui, const struct process *process,
		enum process_field field, char buf[PAGE_CELL_SIZE]);

/* Right-aligned in width cells, a mark of age or doubt behind them. */
void page_draw_cell(const struct canvas *c, int row, int col, int width,
		    const char *cell);

/* The figure itself; UNKNOWN where there is none. */
uint64_t page_bytes(const struct process *process, enum process_field field);

/* Untrusted text behind a label; wraps over at most `rows` rows.  Returns the
 * row below. */
int page_text(const struct canvas *c, int row, const char *label,
	      const struct text *text, int rows);

/* A page that wants all rows it can get (rows() gives PAGE_TALL) says while it
 * is drawn how many it has used. */
#define PAGE_TALL 300
void page_used(struct ui *ui, int rows);
/* Scrolls so that this row is to be seen. */
void page_reveal(struct ui *ui, int row);

/* Asks for REQUEST_DETAILS once. */
void page_ask_details(struct ui *ui);

/* What stands where a reply has no list: "reading …", "not permitted …". */
const char *page_reply_state(const struct ui *ui, const struct reply *reply,
			     uint64_t asked_id);

#endif
