/* SPDX-License-Identifier: MIT
 *
 * Change over time: the difference of two distinct reads over the difference
 * of when they were made, and growth as a line through a minute of readings.
 * Pure arithmetic.
 */
#ifndef MEMTOP_RATES_H
#define MEMTOP_RATES_H

#include <stddef.h>
#include <stdint.h>

/* Per second; NAN when either value is UNKNOWN, the counter went back or no
 * time has passed. */
double rate_between(uint64_t before, uint64_t before_ns, uint64_t now,
		    uint64_t now_ns);

/* One reading every GROWTH_SPACING_NS, for as long as the window. */
#define GROWTH_POINTS	  13
#define GROWTH_SPACING_NS (UINT64_C(5) * 1000000000)
#define GROWTH_MIN_NS	  (UINT64_C(10) * 1000000000)

struct growth {
	uint64_t at_ns[GROWTH_POINTS];
	uint64_t bytes[GROWTH_POINTS];
	size_t count, next; /* a ring */
};

/* Takes a reading (UNKNOWN is ignored) and keeps it when the last kept one is
 * old enough. */
void growth_add(struct growth *growth, uint64_t at_ns, uint64_t bytes);

/*
 * Bytes per second: the least-squares slope through the kept readings and the
 * one at at_ns.  0 when the slope is within twice its standard error or below
 * a page a minute; NAN while the readings span less than GROWTH_MIN_NS.
 */
double growth_rate(const struct growth *growth, uint64_t at_ns, uint64_t bytes);

/* The growth of something that mostly rests: readings that are all the same
 * need no ring. */
struct growing {
	uint64_t from_ns, to_ns; /* the same all this time; to_ns 0: none yet */
	uint64_t bytes;
	struct growth *growth; /* once they differ */
};

/* Takes a reading (UNKNOWN is ignored) and gives the growth_rate() with it. */
double growing_rate(struct growing *growing, uint64_t at_ns, uint64_t bytes);
void growing_done(struct growing *growing);

#endif
