/* SPDX-License-Identifier: MIT
 *
 * Private to the Limits page: its boxes.  Each draws from the top of its
 * canvas and returns the rows it took.
 */
#ifndef UI_PAGE_LIMITS_H
#define UI_PAGE_LIMITS_H

#include "ui.h"

/* Limits of the process itself, against what it uses, and the command that
 * would set the one that is closest. */
int limits_own_draw(const struct ui *ui, const struct canvas *c,
		    const struct process *p);

/* The control groups it is in, from its own one up, with their limits, what
 * room they leave, and the command that would set one. */
int limits_cgroups_draw(const struct ui *ui, const struct canvas *c,
			const struct process *p);

#endif
