/* SPDX-License-Identifier: MIT
 *
 * A program on a terminal of its own, and the stream of what it wrote.
 */
#ifndef BENCH_DRIVE_H
#define BENCH_DRIVE_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "probe.h"

#define MARKERS_MAX 4

/* A text that is waited for. */
struct marker {
	const char *name;
	regex_t expression;
	int64_t seen_ns; /* 0: not yet */
};

struct session {
	pid_t pid;
	int fd; /* -1: it has ended */
	int64_t started_ns, first_ns, last_ns;
	uint64_t bytes;
	FILE *raw; /* may be NULL */

	/* refreshes: output after a silence begins a new one */
	int64_t refresh_ns;
	struct series gaps;

	/* what was written so far, without escape sequences, as long as
	 * markers are still looked for */
	struct marker markers[MARKERS_MAX];
	size_t nmarkers;
	char *text;
	size_t text_len, text_size;
	int escape; /* state of the stripper */
};

/* "NAME=REGEX" becomes one more marker; false: bad, or too many. */
bool session_mark(struct session *session, const char *argument);

/* Starts argv[0] on a terminal of that size. */
void session_start(struct session *session, int rows, int cols, char *argv[]);

/* Takes what is written until that moment, or until something was written.
 * true: something was. */
bool session_take(struct session *session, int64_t until_ns, bool once);

void session_type(struct session *session, const char *keys, size_t len);

/* Types keys, waits, and ends it by signals when it doesn't end by itself.
 * Returns how long that took, -1 when signals were needed. */
int64_t session_quit(struct session *session, const char *keys);

/* Says on standard error how a program that ended by itself did. */
void session_report_end(struct session *session);

#endif
