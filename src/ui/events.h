/* SPDX-License-Identifier: MIT
 *
 * Private to ui/: the Events pane and what others show of events.
 */
#ifndef UI_EVENTS_H
#define UI_EVENTS_H

#include "memtop/event.h"
#include "ui.h"

/* WARN and CRIT that began since the pane was last looked at. */
unsigned events_unseen(const struct ui *ui);

/* "13:15 [...K....T~~~] 14:02": the time that is kept, with marks. */
void events_line(struct ui *ui, const struct canvas *c, int row);

#endif
