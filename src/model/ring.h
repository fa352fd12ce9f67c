/* SPDX-License-Identifier: MIT
 *
 * The ring behind history.h: what samples have in common is kept once.
 *
 * Each process has a track, and so has each list and all else (the system): a
 * chain of chunks (chunk.h), to which a sample adds only where something
 * changed.  So
 * memory is what changes cost, not what samples cost; one process over an
 * hour is read without looking at any other; and a past sample is the record
 * that stood then in each track that was there.  The newest sample is kept as
 * it came as well: it is what everybody looks at, and what the next one is
 * compared with.
 *
 * A push has two parts.  The draft is made without the lock: it writes where
 * no reader looks, and may fail.  What is published with the lock is short
 * and can't fail.  Readers note the tracks they need with the lock and unpack
 * them without it; meanwhile nothing that a track led to is freed.
 */
#ifndef MODEL_RING_H
#define MODEL_RING_H

#include "chunk.h"
#include "memtop/history.h"

/* Tracks that are always there: the system first, then the lists. */
#define FIXED_TRACKS (1 + LIST_COUNT)

struct track {
	struct process_key key; /* of a process */
	uint64_t born_seq;
	uint64_t last_seq;   /* of the last record */
	struct chunk *chunk; /* the newest */
	uint32_t used;	     /* of it, what readers may see */
};

/* Tracks that ended, as the sample shows them no longer. */
struct exits {
	struct exits *next; /* of those that wait to be freed */
	size_t count;
	struct track tracks[];
};

struct tick {
	uint64_t realtime_ns, monotonic_ns;
	struct exits *exits;	/* or NULL */
	struct chunk *replaced; /* chunks that a new one continues from here */
};

/* before: NULL, the same, a smaller copy, or the one that it continues. */
struct change {
	struct chunk *before, *chunk;
};

/* The next sample; the pusher's own. */
struct draft {
	struct track fixed[FIXED_TRACKS];
	struct track *live; /* by pid, as snapshot->processes */
	size_t nlive, live_capacity;
	struct change *changes;
	size_t nchanges, changes_capacity;
	const struct track **gone;
	size_t ngone, gone_capacity;
	struct exits *exits;
	/* for one record at a time */
	size_t words_capacity;
	uint64_t *raw, *before, *now;
	const struct text **missing;
	uint8_t *packed;
};

/* What goes with a push or an eviction, freed without the lock. */
struct debris {
	const struct snapshot *snapshot;
	struct chunk *chunks; /* by next */
	struct exits *exits;  /* by next */
};
void debris_free(struct debris *debris);

struct ring {
	struct history_limits limits;
	struct codec *codec;
	struct layout *process_layout;
	struct tick *ticks; /* a ring of capacity */
	size_t capacity, first, count;
	uint64_t next_seq;
	const struct snapshot *newest;
	size_t newest_cost;
	struct track fixed[FIXED_TRACKS];
	struct track *live;
	size_t nlive, live_capacity;
	size_t bytes; /* of chunks and exits */
	size_t readers;
	struct debris held; /* until there is no reader */
	struct draft draft;
	size_t draft_cost; /* as of the last push: the draft has no lock */
};

/* NULL: no memory. */
struct ring *ring_new(const struct history_limits *limits);
void ring_free(struct ring *ring);

/* With the lock: */

uint64_t ring_first_seq(const struct ring *ring);
/* index counts from the oldest */
struct tick *ring_tick(const struct ring *ring, size_t index);
/* As history_find(), of a ring that isn't empty. */
uint64_t ring_find(const struct ring *ring, uint64_t realtime_ns);
size_t ring_bytes(const struct ring *ring);

/* Room for one more sample.  0 or -ENOMEM. */
int ring_reserve(struct ring *ring);
/* Publishes the draft and takes over the snapshot. */
struct debris ring_publish(struct ring *ring, const struct snapshot *snapshot);
/* The oldest sample goes; false when the limits hold. */
bool ring_evict(struct ring *ring, struct debris *ret);

/* Without the lock, by one thread at a time: */

/* 0 or -ENOMEM, with nothing changed. */
int draft_make(struct ring *ring, const struct snapshot *snapshot);
void draft_done(struct draft *draft);
size_t draft_cost(const struct draft *draft);

/* ---- reading ---- */

/* A track as it was when it was looked up. */
struct sight {
	struct track track;
	uint64_t end_seq; /* the first sample without it */
};

struct sights {
	struct sight *list;
	size_t count, capacity;
};

/* With the lock.  The fixed tracks first, then the processes of that sample;
 * or one fixed track; or the tracks of one process, which may have been out of
 * sight for a while.  The chunk of a track that has not begun is NULL.  0, and the
 * caller is a reader until ring_release(); or -ENOMEM. */
int sights_sample(struct sights *sights, struct ring *ring, uint64_t seq);
int sights_fixed(struct sights *sights, struct ring *ring, size_t index);
int sights_process(struct sights *sights, struct ring *ring,
		   struct process_key key, uint64_t from);
/* With the lock: what is returned is freed without it. */
struct debris ring_release(struct ring *ring);

/* Without the lock, as a reader.  0 or -ENOMEM. */
int sights_unpack(const struct sights *sights, uint64_t seq,
		  const struct snapshot **ret);
/* From the newest chunk of a sight towards the oldest; false behind the one
 * that has `from`.  Begins with a pin of zeros. */
bool sight_next(const struct sight *sight, uint64_t from, struct pin *pin);

void sights_free(struct sights *sights);

#endif
