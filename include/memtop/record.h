/* SPDX-License-Identifier: MIT
 *
 * Recordings: what the history holds goes to an SQLite file as it comes, and
 * such a file is a source and a history like the live ones.  The tables are
 * described in the manual.
 */
#ifndef MEMTOP_RECORD_H
#define MEMTOP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/history.h"
#include "memtop/source.h"

/* ---- writing ------------------------------------------------------------- */

struct record_options {
	const char *path;   /* copied */
	bool append;	    /* continue an existing recording */
	uint64_t max_bytes; /* the oldest goes beyond this; 0: no limit */
	bool no_cmdline;    /* command lines may hold secrets: leave them out */
};

struct recorder;

/*
 * Creates the file (mode 0600; never over an existing one) and a thread that
 * writes every sample of history: those it still has, then those that come.
 * Called and ended on the main thread; history outlives the recorder.
 *
 * 0, or with a sentence in why: -EEXIST the file is there and append was not
 * asked for; -EBUSY another one writes to it; -EBADMSG append to something
 * that is no recording of this version; -errno.
 */
int recorder_start(struct history *history,
		   const struct record_options *options, struct recorder **ret,
		   char *why, size_t why_size);

/* How it goes. */
struct record_status {
	uint64_t samples; /* written */
	uint64_t lost;	  /* that could not be written, for good */
	uint64_t bytes;	  /* of the file */
	int error;	  /* 0; -ENOSPC, …: nothing is written at present */
	bool ended;	  /* nothing ever will be (the file was deleted) */
};
void recorder_status(struct recorder *recorder, struct record_status *ret);

/* "the disk is full; goes on when there is room": what error means. */
const char *record_error_text(const struct record_status *status);

/* Writes what is left, leaves one plain file and frees.  Waits some seconds
 * for a slow disk, then leaves the file as after a crash: complete, with its
 * -wal beside it.  Returns how many samples it was not able to write in the
 * end; those that status calls lost are not among them.  NULL is fine. */
uint64_t recorder_stop(struct recorder *recorder);

/* ---- reading ------------------------------------------------------------- */

/*
 * Opens a recording, which may come from anybody: whatever is in it, it is
 * refused or shown, and never run.  On success the caller owns both; the
 * history goes last.  0, or with a sentence in why: -EBADMSG no recording, or
 * damaged beyond use; -EPROTO of a newer memtop; -ENODATA no sample in it;
 * -errno.
 */
int replay_open(const char *path, struct source **ret_source,
		struct history **ret_history, char *why, size_t why_size);

#endif
