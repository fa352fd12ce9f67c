/* SPDX-License-Identifier: MIT
 *
 * Private to the Limits page: its boxes.  Each draws from the top of its
 * canvas and returns the rows it took.
 */
#ifndef UI_PAGE_LIMITS_H
#define UI_PAGE_LIMITS_H

#include "memtop/cgroup.h"
#include "ui.h"

/* Limits of the process itself, against what it uses, and the command that
 * would set the one that is closest. */
int limits_own_draw(const struct ui *ui, const struct canvas *c,
		    const struct process *p);

/* The control groups it is in, from its own one up, with their limits, what
 * room they leave, and the command that would set one. */
int limits_cgroups_draw(const struct ui *ui, const struct canvas *c,
			const struct process *p);

/* Above what a group has by an eighth, or above its limit when that is near, in
 * whole MiB; UNKNOWN: its use is not known. */
uint64_t limits_sensible(const struct cgroup *cgroup);

/* Can it stand between single quotes in a command, and be seen as it is? */
bool limits_quotable(const char *s);

#endif
