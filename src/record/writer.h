/* SPDX-License-Identifier: MIT
 *
 * Private to record/: one sample after the other into a file.  Knows neither
 * threads nor the history; a writer is used by one thread at a time.
 */
#ifndef RECORD_WRITER_H
#define RECORD_WRITER_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "memtop/record.h"
#include "row.h"
#include "schema.h"
#include "texts.h"

/* How a file is cut into pieces; tests make them small. */
struct writer_limits {
	uint64_t keyframe_ns;	  /* at least this far apart … */
	uint64_t keyframe_max_ns; /* … and at most this far */
	uint64_t segment_ns;
	uint64_t max_bytes; /* of the file; 0: no limit */
};
extern const struct writer_limits writer_default_limits;

struct writer {
	sqlite3 *db;
	int fd; /* holds the lock of the one writer */
	struct writer_limits limits;

	struct layout layouts[PART_COUNT];
	sqlite3_stmt *inserts[TABLE_COUNT];
	sqlite3_stmt *rename, *rename_user, *exit, *pages, *free_pages;
	struct texts texts;

	struct process *blank; /* a process of whom nothing is known */

	/* what the file holds up to now; NULL: begin a segment */
	const struct snapshot *before;
	int64_t *ids; /* of before's processes */
	int64_t next_sample, next_process, segment;
	uint64_t segment_began_ns, keyframe_began_ns; /* monotonic */
	int64_t keyframe;			      /* its sample */
	uint64_t keyframe_rows, rows; /* of the last one, and since */
	uint64_t segment_bytes;	      /* file size then, with its keyframe */
	uint64_t page_size;

	/* the sample that is being written */
	const struct snapshot *snapshot;
	bool is_keyframe;
};

/* Creates or continues options->path.  0 or -errno with why, as
 * recorder_start(). */
int writer_open(struct writer *writer, const struct record_options *options,
		char *why, size_t why_size);

/* One transaction; lost: samples missing before this one.  On failure the
 * file is as before and the next sample begins a new segment. */
int writer_sample(struct writer *writer, const struct snapshot *snapshot,
		  uint64_t lost);

/* Moves what is in the -wal file into the file itself. */
int writer_checkpoint(struct writer *writer);

/* Nobody can find the file any more. */
bool writer_is_deleted(const struct writer *writer);

/* As it is used: without free pages. */
uint64_t writer_bytes(struct writer *writer);

/* Leaves one plain file. */
void writer_close(struct writer *writer);

/* ---- parts of the writer ---- */

/* writer_file.c: the file with its lock, and the empty tables in it. */
int writer_file_open(struct writer *writer,
		     const struct record_options *options, char *why,
		     size_t why_size);

/* writer_system.c: everything but the processes; segment: one begins. */
int writer_system(struct writer *writer, uint64_t lost, bool segment);

/* writer_verdict.c */
int writer_verdict(struct writer *writer);

/* writer_lists.c: the lists. */
int writer_lists(struct writer *writer);

/* writer_process.c: births, changes, exits.  *ret_ids: the ids of the
 * sample's processes, the caller's. */
int writer_processes(struct writer *writer, int64_t **ret_ids);

/* writer_prune.c: drops the oldest segments while the file is too large. */
int writer_prune(struct writer *writer);

/* Inserts the row that is bound to a table's statement. */
int writer_insert(struct writer *writer, unsigned table);

/* Inserts one row of a part: place is the process or the index. */
int writer_part(struct writer *writer, enum part_id part, int64_t place,
		const void *row);

#endif
