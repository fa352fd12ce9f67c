/* SPDX-License-Identifier: MIT
 *
 * Private to the History page: the window of time it shows, and drawing it.
 */
#ifndef UI_PAGE_HISTORY_H
#define UI_PAGE_HISTORY_H

#include "page.h"
#include "tracks.h"

#define HISTORY_CELLS_MAX 256

/* What is on screen. */
struct history_window {
	struct track_window span;
	uint64_t cursor_ns, mark_ns;
	bool pss_refused;
};

/* Cells of a graph on so many columns; 0: too narrow. */
size_t history_graph_cells(int cols);

/* The graphs and the time axis on `rows` rows and one; the row below. */
int history_draw_graphs(const struct tracks *tracks, const struct canvas *c,
			int row, int rows, const struct history_window *window);

/* What changed between the mark and the cursor. */
#define HISTORY_TABLE_ROWS 8 /* heading, header, a row per figure */
void history_draw_table(const struct tracks *tracks, const struct canvas *c,
			const struct history_window *window);

#endif
