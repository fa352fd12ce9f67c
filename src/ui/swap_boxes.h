/* SPDX-License-Identifier: MIT
 *
 * Private to the Swap pane: its boxes beside the devices and the processes.
 */
#ifndef UI_SWAP_BOXES_H
#define UI_SWAP_BOXES_H

#include "ui.h"

/* What flows, a line for each; rows with its title. */
#define SWAP_FLOW_ROWS 11
void swap_flows_draw(struct ui *ui, const struct canvas *c);

/* Why the verdict is what it is, where it is a bad one, and whom the used part
 * of swap belongs to. */
void swap_why_draw(struct ui *ui, const struct canvas *c);

/* The second of these in one line, without the processes; false: nothing is
 * swapped. */
bool swap_held_line(const struct ui *ui, const struct canvas *c, int row);

#endif
