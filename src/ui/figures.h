/* SPDX-License-Identifier: MIT
 *
 * Private to popups and pages: figures written in full, where a table would
 * round them.  Like format.h: into buf, which is returned.
 */
#ifndef UI_FIGURES_H
#define UI_FIGURES_H

#include "ui.h"

/* "32,715,571"; UNKNOWN is "n/a" */
char *figure_grouped(char buf[FORMAT_SIZE], uint64_t number);

#define FIGURE_EXACT_SIZE 64
/* "31.2 GiB, 32,715,571 kB" */
char *figure_exact_bytes(char buf[FIGURE_EXACT_SIZE], uint64_t bytes);

/* part of whole in percent; NAN when either is not known or whole is 0 */
double figure_percent(uint64_t part, uint64_t whole);

/* What a cell's mark means, in words: "not permitted", "not measured yet" …;
 * NULL for OK. */
const char *figure_state(enum state state);

/* Total RAM and swap of the snapshot on screen, UNKNOWN without one. */
uint64_t figure_ram(const struct ui *ui);
uint64_t figure_swap(const struct ui *ui);

#endif
