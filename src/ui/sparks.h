/* SPDX-License-Identifier: MIT
 *
 * Sparklines of the last two minutes of counters, for panes that show many of
 * them.  Each is asked of the history when it is first drawn, and then for what
 * is new only, so that those nobody looks at cost nothing.
 */
#ifndef UI_SPARKS_H
#define UI_SPARKS_H

#include "ui.h"

/* Cells with their brackets. */
#define SPARK_CELLS 16

struct sparks;
/* NULL: no memory; then nothing is drawn. */
struct sparks *sparks_new(void);
void sparks_free(struct sparks *sparks);

/* The rates of these counters (NULL behind the last) added up. */
void spark_draw(struct ui *ui, const struct canvas *c, int row, int col,
		const char *const *counters);

/* A field of that row of a list, by its key. */
void spark_draw_row(struct ui *ui, const struct canvas *c, int row, int col,
		    enum entity_id entity, uint8_t field, const char *key);

#endif
