/* SPDX-License-Identifier: MIT
 *
 * The face of --check: one line and an exit status, as monitoring plugins
 * give them.
 */
#ifndef MEMTOP_CHECK_H
#define MEMTOP_CHECK_H

#include <stdint.h>
#include <stdio.h>

#include "memtop/history.h"
#include "memtop/source.h"

enum check_status { CHECK_OK, CHECK_WARN, CHECK_CRIT, CHECK_UNKNOWN };

/*
 * Starts the source and looks at it for five seconds, or takes the sample
 * `seq` of a recording (0: it is live).  Prints the line.  SIGPIPE must be
 * ignored already.  0 or -errno; with the latter nothing may have been
 * printed and the status is CHECK_UNKNOWN.
 */
int check_run(struct source *source, struct history *history, uint64_t seq,
	      FILE *stream, enum check_status *ret);

/* The line of one that failed: a monitoring system shows this and no other
 * output.  0 or -errno: it did not arrive. */
int check_unknown(FILE *stream, const char *why);

#endif
