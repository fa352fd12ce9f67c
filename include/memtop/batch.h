/* SPDX-License-Identifier: MIT
 *
 * The face without a screen: --once and --batch on any source.  Main thread
 * only; knows neither where samples come from nor what they look like.
 */
#ifndef MEMTOP_BATCH_H
#define MEMTOP_BATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "memtop/history.h"
#include "memtop/output.h"
#include "memtop/source.h"

struct batch_options {
	const struct output_format *format; /* NULL: nothing is printed */
	struct output_options output;	    /* width 0: that of the terminal */
	bool once; /* one sample, with rates and everything read */
	/* Of a replay: which samples, instead of those to come; else 0. */
	uint64_t first_seq, last_seq;
	uint64_t samples; /* else as many; 0: until a signal or an error */
	FILE *stream;	  /* where to */
	FILE *messages;	  /* standard error: progress and gaps */
	bool progress;	  /* messages is a terminal */
	/* After every look at the history; a failure ends the run.  NULL. */
	int (*watch)(void *data);
	void *watch_data;
};

/*
 * Starts the source and prints what it pushes into history, until there is
 * enough, or SIGINT, SIGTERM or SIGHUP comes; their handlers are put back in
 * the end.  SIGPIPE must be ignored already.
 *
 * 0 also after a signal in batch mode and when the reader of a pipe has gone;
 * -EINTR: a signal came before --once had its sample; -errno of a failed
 * write, or of the source.
 */
int batch_run(struct source *source, struct history *history,
	      const struct batch_options *options);

#endif
