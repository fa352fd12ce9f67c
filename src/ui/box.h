/* SPDX-License-Identifier: MIT
 *
 * Private to the panes that have a table of processes: rows of another entity
 * in a box above it, without a cursor.
 */
#ifndef UI_BOX_H
#define UI_BOX_H

#include "listing.h"

/* Title row, column titles and rows at the top of c, in at most `rows` rows;
 * active: only active rows.  Returns how many it took. */
int box_draw(struct ui *ui, const struct listing_spec *spec,
	     const struct canvas *c, int rows, bool active);

#endif
