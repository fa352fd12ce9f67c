/* SPDX-License-Identifier: MIT
 *
 * Snapshots and a source that need no kernel: one busy web server in several
 * conditions, the same in every run, for tests of screens, exports and the
 * history.  Its figures are those of the screens' reference: they add up, so
 * a sum on a screen can be checked against the rows.
 *
 * Memory that can't be had ends the program: these are tests.
 */
#ifndef SCRIPTED_H
#define SCRIPTED_H

#include "memtop/snapshot.h"
#include "memtop/source.h"

enum scripted_case {
	SCRIPTED_THRASH,   /* 64 GB, swapping hard; java grows, nobody waits
			      for anything but memory */
	SCRIPTED_HEALTHY,  /* the same machine on a good day */
	SCRIPTED_NOBODY,   /* seen by alice: smaps of others are denied */
	SCRIPTED_STARTING, /* step 0: no rates, no smaps; step 1: rates and
			      the three largest; from step 2 on: complete */
	SCRIPTED_NO_SWAP,
	SCRIPTED_NO_PSI,
	SCRIPTED_CONTAINER, /* HEALTHY, seen from inside a container of 4 GB */
	SCRIPTED_INCIDENT,  /* THRASH with the events that led to it */
	SCRIPTED_HOSTILE,   /* a few processes with names that attack */
	SCRIPTED_CASE_COUNT
};

/* Sample number `step` of a case, one a second: step 0 is taken at 14:02:37
 * UTC on 2026-11-22.  The caller's; not sealed, so a test may change it. */
struct snapshot *scripted_snapshot(enum scripted_case which, unsigned step);

/* From now on nobody of it may be killed: oom_score_adj is -1000. */
void scripted_exempt(struct snapshot *snapshot);

/* Pids that tests name. */
enum {
	SCRIPTED_JAVA = 48213,
	SCRIPTED_PROMETHEUS = 2210,
	SCRIPTED_POSTGRES = 31877, /* the largest of them */
	SCRIPTED_CELERY = 52011,   /* the largest of them */
	SCRIPTED_VIM = 60114,	   /* alice's own */
};

/* What was asked of it. */
struct scripted_log {
	unsigned requests, cancelled;
	enum request_kind last_request;
	struct process_key last_key; /* of the request, or of the action */
	unsigned interests;
	struct interest interest; /* the last one */
	uint64_t period_ns;
	unsigned targets; /* opened and not yet closed */
	unsigned signals;
	int last_signal;
	unsigned adjusted;
	int last_adj;
	unsigned jobs; /* opened and not yet closed */
	unsigned started;
	enum job_kind last_job;
	uint64_t last_bytes;
};

/*
 * Pushes snapshots of one case into history, which outlives it: nothing at
 * first, step 0 with ops->start(), more with scripted_source_push().  Its
 * clock stands at the newest snapshot plus what scripted_source_advance()
 * added.  REQUEST_MAPPINGS and REQUEST_DETAILS are answered at once, for
 * processes of other users as the case says.
 */
struct source *scripted_source_new(struct history *history,
				   enum scripted_case which);

/* The next count snapshots; the clock moves with them. */
void scripted_source_push(struct source *source, unsigned count);

/* Time goes by and no sample comes. */
void scripted_source_advance(struct source *source, uint64_t ns);

/* From now on actions end with this error (-EPERM …); 0: they succeed.  A job
 * takes five seconds, and gets no more than 1 GiB. */
void scripted_source_refuse(struct source *source, int error);

/* From now on requests stay unanswered (true), as with a stuck read. */
void scripted_source_hold_replies(struct source *source, bool hold);

const struct scripted_log *scripted_source_log(const struct source *source);

#endif
