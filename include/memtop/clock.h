/* SPDX-License-Identifier: MIT
 *
 * What a clock of the kernel says.  For those who measure themselves: panes,
 * judges and outputs take the time from the sample.
 */
#ifndef MEMTOP_CLOCK_H
#define MEMTOP_CLOCK_H

#include <time.h>

#include "memtop/base.h"

static inline uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

#endif
