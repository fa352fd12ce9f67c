/* SPDX-License-Identifier: MIT
 *
 * Private to history.c: one figure over time, out of the ring.
 */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include "ring.h"

/* With the lock: the times of the points, whose values are NAN for now, and
 * the tracks that have the values.  Returns how many points, at most max, and
 * the caller is a reader of the ring; 0 when there are none or memory is
 * short. */
size_t series_look_up(struct ring *ring, const struct series_query *query,
		      struct series_point *ret, size_t max,
		      struct sights *sights);

/* Without it: the values.  0 or -ENOMEM. */
int series_unpack(const struct series_query *query, const struct sights *sights,
		  struct series_point *points, size_t count);

#endif
