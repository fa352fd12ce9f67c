/* SPDX-License-Identifier: MIT
 *
 * Private to the THP pane: how transparent huge pages are set up, and what has
 * come of it.
 */
#ifndef UI_THP_KNOBS_H
#define UI_THP_KNOBS_H

#include "ui.h"

/* Knobs, and counters beside them. */
enum { THP_KNOBS_FEW = 4, THP_KNOBS_ALL = 7 };

/* A heading, titles and so many knobs; returns the rows they took. */
int thp_knobs_draw(struct ui *ui, const struct canvas *c, int most);

#endif
