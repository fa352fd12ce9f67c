/* SPDX-License-Identifier: MIT
 *
 * Private to the Overview: its boxes.  Each draws what its canvas has room
 * for.
 */
#ifndef UI_OVERVIEW_BOXES_H
#define UI_OVERVIEW_BOXES_H

#include "ui.h"

/* Rows a box needs to show everything it has. */
#define BOX_RAM_ROWS	11
#define BOX_TRENDS_ROWS 5

void box_ram(const struct ui *ui, const struct canvas *c);
/* The same in lines of text, which take that many rows with their heading. */
int box_rest_rows(int cols);
void box_rest(const struct ui *ui, const struct canvas *c);
void box_trends(const struct ui *ui, const struct canvas *c);
void box_waiting(const struct ui *ui, const struct canvas *c);
void box_dying(const struct ui *ui, const struct canvas *c);
/* Rows for these two, from ui's snapshot. */
void boxes_refresh(struct ui *ui);
/* Rows with its heading to show all it has; 0: no group has a limit. */
int box_cgroups_rows(const struct ui *ui);
void box_cgroups(const struct ui *ui, const struct canvas *c);
/* The same; 0: nothing has happened.  pairs: two to a row where the canvas is
 * wide enough. */
int box_events_rows(const struct ui *ui);
void box_events(const struct ui *ui, const struct canvas *c, bool pairs);

#endif
