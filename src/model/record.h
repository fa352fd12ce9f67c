/* SPDX-License-Identifier: MIT
 *
 * Samples as lists of words, for the ring: one list for each process, and one
 * for all else (the system).  Which bytes are which word is in codec.h.
 */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include <stdatomic.h>

#include "memtop/snapshot.h"
#include "pack.h"

struct codec;

/* Of one kind of list; shared by all that are alike. */
struct layout {
	atomic_uint refs;
	const struct codec *codec;
	size_t nwords;
	uint8_t *kinds;	 /* enum word */
	size_t ntexts;	 /* words that are texts … */
	uint16_t *texts; /* … and which */
	/* of the system: what the words stand for, and what belongs to no
	 * word because it hardly ever changes */
	const struct host *host;
	const struct counter_names *names;
	size_t ncounters, nswaps;
};

/* NULL: no memory.  The codec outlives them. */
struct layout *layout_new_process(const struct codec *codec);
struct layout *layout_new_system(const struct codec *codec,
				 const struct snapshot *snapshot);
struct layout *layout_ref(struct layout *layout);
void layout_unref(struct layout *layout);

/* Is it the layout of this snapshot's system? */
bool layout_fits(const struct layout *layout, const struct snapshot *snapshot);

/* In words[layout->nwords] a text is its address, borrowed. */
void record_from_process(const struct layout *layout,
			 const struct process *process, uint64_t *words);
void record_from_system(const struct layout *layout,
			const struct snapshot *snapshot, uint64_t *words);

/* A record on loan: process_copy() makes it one of its own. */
void record_to_process(const struct layout *layout, const uint64_t *words,
		       struct process *ret);

/* One of its own, but without processes and seq; NULL: no memory. */
struct snapshot *record_to_snapshot(const struct layout *layout,
				    const uint64_t *words);

/* The part without counters and swaps, on loan, for reading single fields. */
void record_to_single(const struct layout *layout, const uint64_t *words,
		      struct snapshot *ret);

/* The word of a counter's rate; nwords when there is no such counter. */
size_t record_rate_word(const struct layout *layout, const char *counter);

static inline const struct text *record_text(uint64_t word)
{
	return (const struct text *)(uintptr_t)word;
}

#endif
