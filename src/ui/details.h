/* SPDX-License-Identifier: MIT
 *
 * The details of one process as the rest of ui/ sees them: a title row and
 * one of pages[] below it.  The core decides when; what happens to
 * ui->details, page, subject, last_seen, the replies and page_state is done
 * here only.
 */
#ifndef UI_DETAILS_H
#define UI_DETAILS_H

#include "ui.h"

/* Opens the details of that process on the page of last time, or moves open
 * details to another process. */
void details_open(struct ui *ui, struct process_key key);

/* Back to the pane: the page's state, the replies and the record go. */
void details_close(struct ui *ui);

/* Another page of the same process. */
void details_show(struct ui *ui, enum page_id page);

/* After a new snapshot or a step in time: takes the subject's record from
 * ui->snapshot; one that is not there keeps the record of before and is gone.
 */
void details_update(struct ui *ui);

/* A reply that came: kept when it is the one asked for, else freed. */
void details_reply(struct ui *ui, struct reply *reply);

/* While a reply is waited for: has it come further? */
void details_tick(struct ui *ui);

/* Nobody waits for the mappings any more. */
void details_give_up(struct ui *ui);

/* The action that scrolls the page; false: it is another, or the page doesn't
 * scroll. */
bool details_scroll(struct ui *ui, const char *action);

/* Everything below the head. */
void details_draw(struct ui *ui, const struct canvas *c);

/* Text for the status line. */
void details_status(struct ui *ui, char *buf, size_t size);

#endif
