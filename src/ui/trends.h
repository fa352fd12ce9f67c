/* SPDX-License-Identifier: MIT
 *
 * The last ten minutes of four figures, for sparklines.  Made once per
 * sample; drawing only reads.
 */
#ifndef UI_TRENDS_H
#define UI_TRENDS_H

#include "ui.h"

enum trend {
	TREND_AVAILABLE,
	TREND_SWAP_IN,
	TREND_SWAP_OUT,
	TREND_PSI_FULL,
	TREND_COUNT
};

int trends_new(struct trends **ret);
void trends_free(struct trends *trends);
/* Up to the snapshot on screen. */
void trends_update(struct ui *ui);
/* The means of five seconds each, newest last; NAN where nothing is known. */
#define TREND_BUCKETS 120
const double *trend_buckets(const struct ui *ui, enum trend trend);
/* How many seconds one cell of a sparkline of that width stands for. */
unsigned trend_cell_seconds(int width);
void trend_draw(const struct ui *ui, const struct canvas *c, int row, int col,
		int width, enum trend trend);

#endif
