/* SPDX-License-Identifier: MIT
 *
 * Rates and growth.  Separate, because lanes, tests and later the judges all
 * need the same answer to "how fast"; must not know what is measured.
 */
#include "memtop/rates.h"

#include <math.h>
#include <stdlib.h>

#include "memtop/base.h"

/* A slope below this moves nothing that an admin would see. */
#define GROWTH_LEAST (4096.0 / 60)

double rate_between(uint64_t before, uint64_t before_ns, uint64_t now,
		    uint64_t now_ns)
{
	if (before == UNKNOWN || now == UNKNOWN || now < before ||
	    now_ns <= before_ns)
		return NAN;
	return (double)(now - before) * NS_PER_S / (double)(now_ns - before_ns);
}

/* Readings of a process that rests are far apart: those older than the
 * window would hide that it has begun to grow.  But three stay, however slowly
 * is sampled. */
static size_t within_window(const struct growth *growth, uint64_t at_ns)
{
	const uint64_t window_ns = (GROWTH_POINTS - 1) * GROWTH_SPACING_NS;
	size_t n = growth->count;

	while (n > 3) {
		size_t slot =
			(growth->next + GROWTH_POINTS - n) % GROWTH_POINTS;

		if (growth->at_ns[slot] + window_ns >= at_ns)
			break;
		n--;
	}
	return n;
}

static size_t newest(const struct growth *growth)
{
	return (growth->next + GROWTH_POINTS - 1) % GROWTH_POINTS;
}

void growth_add(struct growth *growth, uint64_t at_ns, uint64_t bytes)
{
	if (bytes == UNKNOWN)
		return;
	if (growth->count &&
	    at_ns < growth->at_ns[newest(growth)] + GROWTH_SPACING_NS)
		return;
	growth->at_ns[growth->next] = at_ns;
	growth->bytes[growth->next] = bytes;
	growth->next = (growth->next + 1) % GROWTH_POINTS;
	if (growth->count < GROWTH_POINTS)
		growth->count++;
}

/* The readings of the window and the current one, relative to the oldest:
 * differences stay small enough for doubles to be exact. */
static size_t points(const struct growth *growth, size_t kept, uint64_t at_ns,
		     uint64_t bytes, double *x, double *y)
{
	size_t first = (growth->next + GROWTH_POINTS - kept) % GROWTH_POINTS;
	size_t n = 0;

	for (size_t i = 0; i < kept; i++) {
		size_t slot = (first + i) % GROWTH_POINTS;

		x[n] = (double)(growth->at_ns[slot] - growth->at_ns[first]) /
		       NS_PER_S;
		y[n] = (double)growth->bytes[slot] -
		       (double)growth->bytes[first];
		n++;
	}
	if (at_ns > growth->at_ns[newest(growth)]) {
		x[n] = (double)(at_ns - growth->at_ns[first]) / NS_PER_S;
		y[n] = (double)bytes - (double)growth->bytes[first];
		n++;
	}
	return n;
}

double growth_rate(const struct growth *growth, uint64_t at_ns, uint64_t bytes)
{
	double x[GROWTH_POINTS + 1], y[GROWTH_POINTS + 1];
	double mean_x = 0, mean_y = 0, sxx = 0, sxy = 0, rest = 0;
	size_t n;

	if (bytes == UNKNOWN || !growth->count)
		return NAN;
	n = points(growth, within_window(growth, at_ns), at_ns, bytes, x, y);
	if (n < 3 || x[n - 1] * NS_PER_S < GROWTH_MIN_NS)
		return NAN;
	for (size_t i = 0; i < n; i++) {
		mean_x += x[i] / (double)n;
		mean_y += y[i] / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		sxx += (x[i] - mean_x) * (x[i] - mean_x);
		sxy += (x[i] - mean_x) * (y[i] - mean_y);
	}
	if (sxx <= 0)
		return NAN;

	double slope = sxy / sxx;

	for (size_t i = 0; i < n; i++) {
		double miss = y[i] - mean_y - slope * (x[i] - mean_x);

		rest += miss * miss;
	}
	double error = sqrt(rest / (double)(n - 2) / sxx);

	if (fabs(slope) < 2 * error || fabs(slope) < GROWTH_LEAST)
		return 0;
	return slope;
}

/* What the ring would hold had it been there all the time. */
static struct growth *growth_of_rest(const struct growing *growing)
{
	struct growth *growth = calloc(1, sizeof(*growth));

	for (uint64_t i = GROWTH_POINTS; growth && i-- > 0;) {
		uint64_t ago = i * GROWTH_SPACING_NS;

		if (ago <= growing->to_ns - growing->from_ns)
			growth_add(growth, growing->to_ns - ago,
				   growing->bytes);
	}
	return growth;
}

/* A window of equal readings needs no ring any more. */
static void come_to_rest(struct growing *growing, uint64_t at_ns,
			 uint64_t bytes)
{
	const struct growth *growth = growing->growth;

	if (growth->count < GROWTH_POINTS)
		return;
	for (size_t i = 0; i < GROWTH_POINTS; i++)
		if (growth->bytes[i] != bytes)
			return;
	*growing = (struct growing){ .from_ns = growth->at_ns[growth->next],
				     .to_ns = at_ns,
				     .bytes = bytes };
	free((void *)growth);
}

double growing_rate(struct growing *growing, uint64_t at_ns, uint64_t bytes)
{
	double rate;

	if (bytes == UNKNOWN)
		return NAN;
	if (!growing->growth) {
		if (!growing->to_ns) {
			growing->from_ns = at_ns;
			growing->bytes = bytes;
		}
		if (bytes == growing->bytes) {
			growing->to_ns = at_ns;
			return at_ns - growing->from_ns < GROWTH_MIN_NS ? NAN
									: 0;
		}
		growing->growth = growth_of_rest(growing);
		if (!growing->growth)
			return NAN;
	}
	growth_add(growing->growth, at_ns, bytes);
	rate = growth_rate(growing->growth, at_ns, bytes);
	come_to_rest(growing, at_ns, bytes);
	return rate;
}

void growing_done(struct growing *growing)
{
	free(growing->growth);
	*growing = (struct growing){ 0 };
}
