/* SPDX-License-Identifier: MIT
 *
 * What grows with its load; see loads.h.
 */
#include "loads.h"

#include <math.h>
#include <string.h>

#include "memtop/base.h"

/* Bins at either end of a window that are compared. */
#define ENDS 3
/* Less than a tenth more is no more. */
#define LEAST_RISE    0.1
#define IN_PROPORTION 0.5

/* clang-format off */
static const char *const words[LOAD_COUNT] = {
	[LOAD_THREADS] = "its threads rise alike",
	[LOAD_FILES] = "its open files rise alike",
	[LOAD_FAULTS] = "its page faults rise alike",
};
/* clang-format on */

const char *load_words(enum load_kind kind)
{
	return words[kind];
}

void loads_add(struct loads *loads, uint64_t threads, uint64_t files,
	       uint64_t faults)
{
	bool is_known = faults != UNKNOWN && loads->faults_ever &&
			faults >= loads->faults_ever;

	loads->threads[loads->next] =
		threads == UNKNOWN ? 0 : (uint16_t)min_u64(threads, UINT16_MAX);
	loads->files[loads->next] =
		files == UNKNOWN ? 0 : (uint32_t)min_u64(files, UINT32_MAX);
	loads->faults[loads->next] =
		is_known ? (float)(faults - loads->faults_ever) : NAN;
	loads->faults_ever = faults == UNKNOWN ? 0 : faults;
	loads->next = (uint8_t)((loads->next + 1) % LEAK_BINS);
	if (loads->count < LEAK_BINS)
		loads->count++;
}

static double value(const struct loads *loads, enum load_kind kind, unsigned i)
{
	unsigned at = (loads->next + i) % LEAK_BINS; /* oldest first */

	if (kind == LOAD_FAULTS)
		return (double)loads->faults[at];
	/* each has one thread at least, and a file: 0 was not known */
	if (kind == LOAD_FILES)
		return loads->files[at] ? (double)loads->files[at] : NAN;
	return loads->threads[at] ? loads->threads[at] : NAN;
}

/* Of the last bins against the first ones, as a part of these; NAN. */
static double rise_of(const struct loads *loads, enum load_kind kind)
{
	double first = 0, last = 0;

	for (unsigned i = 0; i < ENDS; i++) {
		first += value(loads, kind, i);
		last += value(loads, kind, LEAK_BINS - 1 - i);
	}
	return first > 0 ? last / first - 1 : NAN;
}

enum load_kind loads_rise(const struct loads *loads, double part)
{
	if (loads->count < LEAK_BINS)
		return LOAD_OTHER;
	for (int kind = LOAD_THREADS; kind < LOAD_COUNT; kind++) {
		double rise = rise_of(loads, (enum load_kind)kind);

		if (rise >= LEAST_RISE && rise >= part * IN_PROPORTION)
			return (enum load_kind)kind;
	}
	return LOAD_OTHER;
}
