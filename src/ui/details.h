/* SPDX-License-Identifier: MIT
 *
 * The details of one process as the rest of ui/ sees them: a title row and
 * one of pages[] below it.
 */
#ifndef UI_DETAILS_H
#define UI_DETAILS_H

#include "ui.h"

/* Everything below the head. */
void details_draw(struct ui *ui, const struct canvas *c);

/* Text for the status line. */
void details_status(struct ui *ui, char *buf, size_t size);

/* After a new snapshot or a step in time: takes the subject's record from
 * ui->snapshot; one that is not there keeps the record of before and is gone.
 */
void details_update(struct ui *ui);

#endif
