/* SPDX-License-Identifier: MIT
 *
 * How fast a level falls, and whether it falls at all: the robust slope of
 * Theil and Sen over the shortest time in which the fall exceeds eight times
 * the scatter around it.  Apart from the ring because it is arithmetic only.
 */
#include <stdlib.h>

#include <math.h>

#include "memtop/base.h"
#include "slope.h"
#include "window.h"

#define POINTS_MAX   SLOPE_POINTS
#define PAIRS_MAX    (POINTS_MAX * (POINTS_MAX - 1) / 2)
#define POINTS_LEAST 8
/* Of normal scatter, the standard deviation is so many median deviations. */
#define MAD_SCALE 1.48
/* Simulated: the time that remains is then known to about 10 %. */
#define SIGNAL_TO_NOISE 8
/* A fall that has ended is none: what the last third has of the slope. */
#define STILL_FALLING 0.5

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

/* Evenly spaced ones of the last `ns`.  false: they do not reach so far. */
static bool choose(const struct window *window, enum series series, uint64_t ns,
		   struct points *ret)
{
	uint64_t now_ns = window->now.monotonic_ns;

	ret->count = 0;
	if (window_covered_ns(window) + NS_PER_S / 2 < ns)
		return false;
	for (int i = POINTS_MAX - 1; i >= 0; i--) {
		uint64_t age = ns * (uint64_t)i / (POINTS_MAX - 1);
		const struct sample *sample =
			age < NS_PER_S / 2 ? &window->now
					   : window_before(window, age);
		double at;

		if (!sample || sample->value[series] == UNKNOWN)
			continue;
		at = -(double)(now_ns - sample->monotonic_ns) /
		     (double)NS_PER_S;
		if (ret->count && ret->at[ret->count - 1] >= at)
			continue;
		ret->at[ret->count] = at;
		ret->value[ret->count++] = (double)sample->value[series];
	}
	return ret->count >= POINTS_LEAST;
}

static double sen_slope(const struct points *p, size_t from)
{
	double slopes[PAIRS_MAX];
	size_t count = 0;

	for (size_t i = from; i < p->count; i++)
		for (size_t k = i + 1; k < p->count; k++)
			slopes[count++] = (p->value[k] - p->value[i]) /
					  (p->at[k] - p->at[i]);
	return count ? median(slopes, count) : NAN;
}

static double scatter(const struct points *p, double slope)
{
	double rest[POINTS_MAX], middle;

	for (size_t i = 0; i < p->count; i++)
		rest[i] = p->value[i] - slope * p->at[i];
	middle = median(rest, p->count);
	for (size_t i = 0; i < p->count; i++)
		rest[i] = fabs(p->value[i] - slope * p->at[i] - middle);
	return MAD_SCALE * median(rest, p->count);
}

double slope_steady(const struct points *points)
{
	double over, slope, last;

	if (points->count < 3)
		return NAN;
	over = points->at[points->count - 1] - points->at[0];
	slope = sen_slope(points, 0);
	if (slope == 0 ||
	    fabs(slope) * over < SIGNAL_TO_NOISE * scatter(points, slope))
		return NAN;
	last = sen_slope(points, points->count - (points->count + 2) / 3);
	return last / slope >= STILL_FALLING ? slope : NAN;
}

double window_fall(const struct window *window, enum series series,
		   uint64_t *ret_over_ns)
{
	static const unsigned seconds[] = { 10, 15, 30, 60, 120, 300 };

	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		struct points points;
		double slope;

		if (!choose(window, series, seconds[i] * NS_PER_S, &points))
			continue;
		slope = slope_steady(&points);
		if (isnan(slope))
			continue;
		*ret_over_ns = seconds[i] * NS_PER_S;
		return -slope;
	}
	return NAN;
}
