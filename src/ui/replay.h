/* SPDX-License-Identifier: MIT
 *
 * Private to ui/: a recording on the screen, playing or standing still.
 */
#ifndef UI_REPLAY_H
#define UI_REPLAY_H

#include "ui.h"

/* Shows the first sample from seq on that can be read, and plays. */
void replay_begin(struct ui *ui, uint64_t seq);

/* Play or pause. */
void replay_toggle(struct ui *ui);

/* Shows what is due by now. */
void replay_tick(struct ui *ui);

/* "REPLAY 13:48:10 x4" */
void replay_state(const struct ui *ui, char *buf, size_t size);

/* The row that says what is played. */
void replay_draw(const struct ui *ui, const struct canvas *c);

#endif
