/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: how busy a process was in each bin of a window: its
 * threads, its open files and its page faults.  What grows as these do grows
 * with its load, and is no leak.  Arithmetic only.
 */
#ifndef JUDGE_LOADS_H
#define JUDGE_LOADS_H

#include <stdint.h>

#include "leak.h"

enum load_kind {
	LOAD_OTHER,
	LOAD_THREADS,
	LOAD_FILES,
	LOAD_FAULTS,
	LOAD_COUNT
};

/* "its threads rise alike"; NULL for LOAD_OTHER. */
const char *load_words(enum load_kind kind);

struct loads {
	uint16_t threads[LEAK_BINS];
	uint32_t files[LEAK_BINS];
	float faults[LEAK_BINS]; /* minor ones in that bin; NAN */
	uint64_t faults_ever;	 /* when the last bin ended */
	uint8_t count, next;	 /* a ring */
};

/* A bin is whole.  threads, files and faults (ever) may be UNKNOWN. */
void loads_add(struct loads *loads, uint64_t threads, uint64_t files,
	       uint64_t faults);

/* What rose at least half as much as memory did, by that part of what it was
 * (1: twice as much as at the beginning). */
enum load_kind loads_rise(const struct loads *loads, double part);

#endif
