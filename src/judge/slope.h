/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: the robust slope of a level, where there is one.
 */
#ifndef JUDGE_SLOPE_H
#define JUDGE_SLOPE_H

#include <stddef.h>

#define SLOPE_POINTS 24

struct points {
	double at[SLOPE_POINTS], value[SLOPE_POINTS]; /* seconds, bytes */
	size_t count;
};

/* Per second: the median of the slopes between all pairs (Theil and Sen).  NAN:
 * it does not stand out of the scatter around it, or its last third does not
 * go on like that. */
double slope_steady(const struct points *points);

#endif
