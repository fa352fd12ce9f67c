/* SPDX-License-Identifier: MIT
 *
 * Who reads from disks, rows of the list "readers": looked at only while file
 * pages that were dropped come back, and of few processes, those likely to
 * read and a turn of the others.  NOT_READ at all other times.
 */
#ifndef MEMTOP_READERS_H
#define MEMTOP_READERS_H

#include "memtop/list.h"
#include "memtop/snapshot.h"

/* The list has no more rows, and no more files are read for it at once. */
#define READERS_MAX 48

struct reader {
	struct block block; /* who: of the list of processes */
	uint64_t pid, start_ns;
	char comm[64]; /* untrusted bytes */

	/* /proc/PID/io, which only its user and root may read */
	struct block io;
	uint64_t read_bytes; /* from disks, ever; with those of its children
			      * that have ended */
	double rate;	     /* bytes a second between the last two reads */
	double share;	     /* percent of what was read from all disks then;
			      * NAN too when it got the bytes of a child */
};

static inline struct process_key reader_key(const struct reader *reader)
{
	return (struct process_key){ (pid_t)reader->pid, reader->start_ns };
}

#endif
