/* SPDX-License-Identifier: MIT
 *
 * The counters of /proc/vmstat as rows, for screens: whatever the kernel
 * counts is there, also what nobody here has heard of.  A snapshot holds them
 * in a cheaper form (struct counter), from which these are made.
 */
#ifndef MEMTOP_COUNTERS_H
#define MEMTOP_COUNTERS_H

#include "memtop/field.h"
#include "memtop/list.h"

struct counter_row {
	struct block block;
	char name[64];	/* as the kernel writes it */
	uint64_t value; /* since boot, or a number of pages now */
	double rate;	/* per second since the sample before; NAN.  Below 0
			 only for a number of pages now that fell */
};

#define COUNTER_FIELD_COUNT 3
extern const struct field counter_fields[COUNTER_FIELD_COUNT];

/* As rate_between(), but what the kernel calls so may fall as well where it is
 * no counter but a number of pages now. */
double counters_rate(const char *name, uint64_t before, uint64_t before_ns,
		     uint64_t now, uint64_t now_ns);

/* A list with one reference, in the kernel's order; NULL: no memory. */
const struct list *counters_list(const struct snapshot *snapshot);

#endif
