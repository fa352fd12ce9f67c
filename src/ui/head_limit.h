/* SPDX-License-Identifier: MIT
 *
 * Private to the rows at the top: what the limit of a container makes of the
 * row RAM.
 */
#ifndef UI_HEAD_LIMIT_H
#define UI_HEAD_LIMIT_H

#include "figures.h"
#include "ui.h"

/* Draws the row RAM; false: there is no limit, so it is the machine's. */
bool head_limit(const struct ui *ui, const struct canvas *c, int row);

/* What can be handed out, of the container or else the machine: "1.6G" and
 * "3%". */
void head_available(const struct ui *ui, char avail[FIGURE_SIZE],
		    char share[FIGURE_SIZE]);

#endif
