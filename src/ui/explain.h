/* SPDX-License-Identifier: MIT
 *
 * Private to `?`: between the popup and the line about this very figure.
 */
#ifndef UI_EXPLAIN_H
#define UI_EXPLAIN_H

#include "memtop/format.h"
#include "ui.h"

/* "java: 31.2 GiB, 32,715,571 kB, 50% of RAM, measured 2s ago; RSS 31.4G, …"
 * for a name of the glossary and the record under the cursor; false when
 * there is nothing to say. */
bool explain_here(struct ui *ui, const char *name, char *buf, size_t size);

struct sheet;
/* The rule that leads, with its figures, below what the verdict is. */
void explain_verdict(const struct ui *ui, struct sheet *sheet, int width);
/* "61M", "412/s": a value or limit of its evidence (enum unit). */
void evidence_figure(char buf[FORMAT_SIZE], double value, uint32_t unit);

#endif
