/* SPDX-License-Identifier: MIT
 *
 * A bounded ring of snapshots: the contract between whoever samples and
 * whoever shows.  One mutex inside, held for at most two milliseconds and
 * never while anybody reads a kernel file, draws or writes; so a terminal
 * that is stopped never stops the sampling.  Whoever falls behind sees the
 * sequence numbers jump and can say so.
 *
 * Every function may be called on any thread.
 */
#ifndef MEMTOP_HISTORY_H
#define MEMTOP_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "memtop/field.h"
#include "memtop/list.h"
#include "memtop/snapshot.h"

struct history;

struct history_limits {
	uint64_t duration_ns; /* keep at most this long … */
	size_t bytes;	      /* … and at most this much; whichever is less;
			       * 0: 32 MiB, but no more than 1 % of RAM */
};

/* One hour, and no size of its own. */
extern const struct history_limits history_default_limits;

/* 0 or -ENOMEM, -errno. */
int history_new(const struct history_limits *limits, struct history **ret);
void history_free(struct history *history);

/*
 * Takes the caller's reference, gives the snapshot its sequence number and
 * wakes the subscribers.  The oldest go until the limits hold; the newest
 * always stays.  0, or -ENOMEM (then the snapshot is released and lost).
 */
int history_push(struct history *history, struct snapshot *snapshot);

/*
 * A full snapshot; the caller releases it with snapshot_unref().
 * seq 0 means the newest.  -ENOENT: not yet, or no longer, kept.
 */
int history_at(struct history *history, uint64_t seq,
	       const struct snapshot **ret);

struct history_span {
	uint64_t first_seq, last_seq; /* 0 0 when empty */
	uint64_t first_realtime_ns, last_realtime_ns;
	size_t bytes; /* what the ring holds now */
};
void history_span(struct history *history, struct history_span *ret);

/* The last snapshot not newer than realtime_ns; the oldest one when all are
 * newer; -ENOENT when the ring is empty. */
int history_find(struct history *history, uint64_t realtime_ns,
		 uint64_t *ret_seq);

/* One figure over time. */
struct series_query {
	const struct entity *entity; /* single, or ENTITY_PROCESS with key, or a
					list with row; or NULL with counter */
	const struct field *field;
	struct process_key key;
	const char *row;     /* the key of that row, see list.h */
	const char *counter; /* a vmstat counter, as its rate per second */
	uint64_t from_seq, to_seq; /* inclusive; 0: from the oldest, to the
				      newest */
};

struct series_point {
	uint64_t seq, realtime_ns, monotonic_ns;
	double value; /* NAN where unknown */
};

/* Fills at most max points, the newest ones, oldest first; returns how many.
 */
size_t history_series(struct history *history, const struct series_query *query,
		      struct series_point *ret, size_t max);

/*
 * The value at seq, for series that stand beside each other: a sample may leave
 * the ring between two questions.  *at, 0 at first, walks along the points while
 * seq rises.  NAN: there is no such point.
 */
double history_series_at(const struct series_point *points, size_t count,
			 uint64_t seq, size_t *at);

/*
 * What happened, oldest first, as it stands now: a list of ENTITY_EVENT with
 * one row for each (event.h).  It outlives the samples and holds at most
 * HISTORY_EVENTS.  A new reference; NULL: nothing yet.
 */
#define HISTORY_EVENTS 1000
const struct list *history_events(struct history *history);

/*
 * A history whose samples lie elsewhere (a recording): the verbs are the
 * same, so that every face works on it.  push is refused with -EROFS.
 * The functions have the contracts above; seq 0 has been resolved before.
 */
struct history_store {
	int (*at)(void *store, uint64_t seq, const struct snapshot **ret);
	void (*span)(void *store, struct history_span *ret);
	int (*find)(void *store, uint64_t realtime_ns, uint64_t *ret_seq);
	size_t (*series)(void *store, const struct series_query *query,
			 struct series_point *ret, size_t max);
	const struct list *(*events)(void *store); /* may be NULL: none */
	void (*close)(void *store);
};
/* Owns store from then on, on failure too.  0 or -ENOMEM, -errno. */
int history_new_on(const struct history_store *functions, void *store,
		   struct history **ret);

/* An eventfd of the caller's own that becomes readable after each push; he
 * reads it empty and closes it with history_unsubscribe().  -errno. */
int history_subscribe(struct history *history);
void history_unsubscribe(struct history *history, int fd);

#endif
