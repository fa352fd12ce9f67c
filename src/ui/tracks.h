/* SPDX-License-Identifier: MIT
 *
 * Private to the History page: the figures of one process over the ring, kept
 * from paint to paint so that each sample is looked up once.
 */
#ifndef UI_TRACKS_H
#define UI_TRACKS_H

#include "memtop/history.h"

enum track_id {
	TRACK_PSS,
	TRACK_USS,
	TRACK_RSS,
	TRACK_SWAP,
	TRACK_MAJOR_FAULTS,
	TRACK_THREADS,
	TRACK_COUNT
};

struct moment {
	uint64_t seq, realtime_ns;
	double value[TRACK_COUNT]; /* NAN where unknown */
};

struct tracks {
	struct moment *list; /* oldest first */
	size_t count, room;
	uint64_t last_seq;
};

/* Takes what is new in the ring and drops what left it. */
void tracks_update(struct tracks *tracks, struct history *history,
		   struct process_key key);
void tracks_done(struct tracks *tracks);

/* The last moment not after that time; NULL when all are. */
const struct moment *tracks_at(const struct tracks *tracks,
			       uint64_t realtime_ns);

/* What a graph shows of a moment. */
typedef double track_value(const struct moment *moment);

/* A span of time in equal cells. */
struct track_window {
	uint64_t from_ns, to_ns; /* realtime */
	uint64_t hold_ns; /* so long at least a value stands without a sample */
	size_t cells;
};

/* The mean of value in each cell; NAN where nothing is known. */
void tracks_cells(const struct tracks *tracks, track_value *value,
		  const struct track_window *window, double *ret);

#endif
