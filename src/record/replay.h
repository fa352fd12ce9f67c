/* SPDX-License-Identifier: MIT
 *
 * Private to record/: a recording as what lies behind a history.
 */
#ifndef RECORD_REPLAY_H
#define RECORD_REPLAY_H

#include "decoder.h"
#include "memtop/history.h"
#include "reader.h"

/* Snapshots that were made lately; a power of two. */
#define CACHE_SLOTS 4096
#define CACHE_BYTES (48 * MIB)

struct replay_store {
	struct reader reader;
	struct decoder decoder;
	struct cache_slot {
		const struct snapshot *snapshot; /* its seq tells which */
		size_t bytes;
	} cache[CACHE_SLOTS]; /* by seq */
	size_t cache_bytes;
	/* of the run of samples behind this keyframe none is readable from
	 * `from` on; keyframe is 1 more than its index, 0: none known */
	struct {
		size_t keyframe, from;
	} damage;
	size_t hand;		   /* where room is made next */
	const struct list *events; /* of the whole file */
	bool has_events;	   /* they have been looked for */
};

/* 0 or -errno with why, as replay_open(). */
int replay_store_new(const char *path, struct replay_store **ret, char *why,
		     size_t why_size);

/* The functions of a struct replay_store; close frees it. */
extern const struct history_store replay_store_functions;

#endif
