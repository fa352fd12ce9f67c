/* SPDX-License-Identifier: MIT
 *
 * Private to the Summary page: the box with its figures.
 */
#ifndef UI_SUMMARY_MEMORY_H
#define UI_SUMMARY_MEMORY_H

#include "ui.h"

/* Returns the rows it took. */
int summary_memory_draw(const struct ui *ui, const struct canvas *c,
			const struct process *p);

#endif
