/* SPDX-License-Identifier: MIT
 *
 * Private to the frame: what stands above and below a pane.
 */
#ifndef UI_HEAD_H
#define UI_HEAD_H

#include "ui.h"

enum head_mode { HEAD_FULL, HEAD_LINE, HEAD_OFF };

/* frame.c: what was chosen, or what suits that many rows */
enum head_mode head_wanted(const struct ui *ui, int rows);

/* head.c: tabs, and the rows RAM, SWAP, PSI */
void head_tabs(struct ui *ui, const struct canvas *c);
/* Rows that the figures take at this width. */
int head_rows(const struct canvas *screen, enum head_mode mode);
void head_figures(struct ui *ui, const struct canvas *c, enum head_mode mode);

/* verdict.c */
int verdict_rows(const struct ui *ui, int cols, int most);
void verdict_draw(const struct ui *ui, const struct canvas *c);
/* who, next, do and also, on the overview: as many as a screen of that height
 * has room for. */
int verdict_note_rows(const struct ui *ui, int screen_rows);
void verdict_draw_notes(const struct ui *ui, const struct canvas *c);

/* footer.c */
void footer_status(struct ui *ui, const struct canvas *c);
/* "PSS 312/312, oldest 9s" */
void coverage_text(const struct ui *ui, int room, char *buf, size_t size);
/* The selected row in words; pane_processes.c */
void selected_text(struct ui *ui, char *buf, size_t size);
/* Which rows the filters of all kinds leave: "swap>1G, user alice"; false:
 * all. */
bool filter_words(const struct ui *ui, const struct table *table, char *buf,
		  size_t size);

/* keybar.c */
void footer_keys(struct ui *ui, const struct canvas *c);

/* tiny.c: the whole screen when there is no room for panes */
void tiny_draw(struct ui *ui, const struct canvas *c);

#endif
