/* SPDX-License-Identifier: MIT
 *
 * The few definitions that every folder may use.  Knows nothing of memory,
 * processes or screens.
 */
#ifndef MEMTOP_BASE_H
#define MEMTOP_BASE_H

#include <stddef.h>
#include <stdint.h>

/* A value that nobody knows.  It is never shown, summed or exported as 0. */
#define UNKNOWN UINT64_MAX

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define NS_PER_US UINT64_C(1000)
#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S  UINT64_C(1000000000)

#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* a - b, but never below 0: counters of one file are not read at one instant */
static inline uint64_t sub_floor(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* A whole number of what was calculated, which may have left the range. */
static inline uint64_t clamp_u64(double number)
{
	const double beyond = 18446744073709551616.0; /* 2^64 */

	if (!(number > 0))
		return 0;
	/* UINT64_MAX is UNKNOWN */
	return number < beyond ? (uint64_t)number : UINT64_MAX - 1;
}

#endif
