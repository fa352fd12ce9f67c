/* SPDX-License-Identifier: MIT
 *
 * Private to popups and pages: figures written in full, where a table would
 * round them.  Like format.h: into buf, which is returned.
 */
#ifndef UI_EXACT_H
#define UI_EXACT_H

#include "ui.h"

/* "32,715,571"; UNKNOWN is "n/a" */
char *exact_grouped(char buf[FORMAT_SIZE], uint64_t number);

#define EXACT_BYTES_SIZE 64
/* "31.2 GiB, 32,715,571 kB" */
char *exact_bytes(char buf[EXACT_BYTES_SIZE], uint64_t bytes);

/* part of whole in percent; NAN when either is not known or whole is 0 */
double percent_of(uint64_t part, uint64_t whole);

/* What a cell's mark means, in words: "not permitted", "not measured yet" …;
 * NULL for OK. */
const char *state_words(enum state state);

/* Total RAM of the snapshot on screen, UNKNOWN without one. */
uint64_t ui_ram_total(const struct ui *ui);

#endif
