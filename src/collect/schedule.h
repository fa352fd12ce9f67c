/* SPDX-License-Identifier: MIT
 *
 * What the expensive lane should read next: selected, then changed on screen,
 * then what the first pass has not come to, then small ones that have waited
 * too long, then other changes by their size, then the oldest.  Pure.
 */
#ifndef COLLECT_SCHEDULE_H
#define COLLECT_SCHEDULE_H

#include <stdbool.h>

#include "prober.h"
#include "tracked.h"

/* Fills *ret with rank and parts; false: nothing is due for this one. */
bool schedule_task(const struct tracked *tracked, const struct tick *tick,
		   struct probe_task *ret);

#endif
