/* SPDX-License-Identifier: MIT
 *
 * Private to the Swap pane: its box of devices.
 */
#ifndef UI_SWAP_DEVICES_H
#define UI_SWAP_DEVICES_H

#include "ui.h"

/* In at most `rows` rows at the top of c; returns how many it took. */
int swap_devices_draw(struct ui *ui, const struct canvas *c, int rows);

#endif
