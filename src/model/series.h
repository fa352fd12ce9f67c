/* SPDX-License-Identifier: MIT
 *
 * Private to history.c: one figure over time.
 */
#ifndef MODEL_SERIES_H
#define MODEL_SERIES_H

#include "memtop/history.h"

/* As history_series(), with both ends of the query resolved and max > 0. */
size_t series_walk(struct history *history, const struct series_query *query,
		   struct series_point *ret, size_t max);

#endif
