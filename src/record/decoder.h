/* SPDX-License-Identifier: MIT
 *
 * Private to record/: snapshots from rows, one after the other.
 */
#ifndef RECORD_DECODER_H
#define RECORD_DECODER_H

#include "memtop/flags.h"
#include "memtop/snapshot.h"
#include "reader.h"

/* A process between its birth and its exit. */
struct live {
	int64_t id; /* rising */
	struct process *process;
	bool own; /* of the sample being made: may be changed */
};

struct decoder {
	struct reader *reader;
	struct live *live;
	size_t nlive, room;
	int64_t *counter_ids; /* of the names of vmstat, rising */
	const struct host *host;
	int64_t segment; /* of host */

	const struct snapshot *last; /* NULL: begin at a keyframe */
	size_t index;		     /* of last */
	struct letters letters;	     /* which no file has: they follow */

	/* the sample being made */
	struct snapshot *snapshot;
	int64_t sample;
	bool is_keyframe;
};

void decoder_init(struct decoder *decoder, struct reader *reader);
void decoder_done(struct decoder *decoder);

/*
 * Makes the moment with that index: the one behind the last one made, or a
 * keyframe.  A new reference.  0 or -errno; after that only a keyframe can
 * be made.
 */
int decoder_make(struct decoder *decoder, size_t index,
		 const struct snapshot **ret);

/* What the file has no table for was not read. */
void decoder_no_part(enum part_id part, void *row);

/* decoder_process.c: applies births, changes and exits and fills the list. */
int decoder_processes(struct decoder *decoder);
void decoder_drop_processes(struct decoder *decoder);

/* decoder_system.c: everything else of a snapshot but its first row. */
int decoder_system(struct decoder *decoder);

/* decoder_verdict.c */
int decoder_verdict(struct decoder *decoder);

/* decoder_lists.c: swap devices and the like. */
int decoder_lists(struct decoder *decoder);

/* decoder_vmstat.c: the counters. */
int decoder_vmstat(struct decoder *decoder);

#endif
