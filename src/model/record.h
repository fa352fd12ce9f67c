/* SPDX-License-Identifier: MIT
 *
 * Samples as words, for the ring: a record for each process, one for each list
 * and one for all else (the system).  Which bytes are which word is in codec.h.
 */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include <stdatomic.h>

#include "memtop/list.h"
#include "pack.h"

struct codec;

/* Of one kind of record; shared by all that are alike. */
struct layout {
	atomic_uint refs;
	const struct codec *codec;
	size_t nwords;
	uint8_t *kinds;	 /* enum word */
	size_t ntexts;	 /* words that are texts … */
	uint32_t *texts; /* … and which */
	/* of the system: what the words stand for, and what belongs to no
	 * word because it hardly ever changes */
	const struct host *host;
	const struct counter_names *names;
	size_t ncounters;
	/* of a list */
	enum entity_id entity;
	size_t nrows;
	bool missing; /* there was none in the sample */
};

/* NULL: no memory.  The codec outlives them. */
struct layout *layout_new_process(const struct codec *codec);
struct layout *layout_new_system(const struct codec *codec,
				 const struct snapshot *snapshot);
/* list may be NULL: it stands for none. */
struct layout *layout_new_list(const struct codec *codec, enum entity_id entity,
			       const struct list *list);
struct layout *layout_ref(struct layout *layout);
void layout_unref(struct layout *layout);

/* Is it the layout of this snapshot's system? */
bool layout_fits(const struct layout *layout, const struct snapshot *snapshot);

/* Is it the layout of that list? */
bool layout_fits_list(const struct layout *layout, const struct list *list);

/* In words[layout->nwords] a text is its address, borrowed. */
void record_from_process(const struct layout *layout,
			 const struct process *process, uint64_t *words);
void record_from_system(const struct layout *layout,
			const struct snapshot *snapshot, uint64_t *words);
void record_from_list(const struct layout *layout, const struct list *list,
		      uint64_t *words);

/* A record on loan: process_copy() makes it one of its own. */
void record_to_process(const struct layout *layout, const uint64_t *words,
		       struct process *ret);

/* One of its own, but without lists, processes and seq; NULL: no memory. */
struct snapshot *record_to_snapshot(const struct layout *layout,
				    const uint64_t *words);

/* The part without counters, on loan, for reading single fields. */
void record_to_single(const struct layout *layout, const uint64_t *words,
		      struct snapshot *ret);

/* A list of its own; *ret NULL: there was none.  0 or -ENOMEM. */
int record_to_list(const struct layout *layout, const uint64_t *words,
		   const struct list **ret);

/* One row of a list, on loan; row has room for it. */
void record_to_row(const struct layout *layout, const uint64_t *words, size_t i,
		   void *row);

/* The word of a counter's rate; nwords when there is no such counter. */
size_t record_rate_word(const struct layout *layout, const char *counter);

static inline const struct text *record_text(uint64_t word)
{
	return (const struct text *)(uintptr_t)word;
}

#endif
