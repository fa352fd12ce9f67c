/* SPDX-License-Identifier: MIT
 *
 * Recorders for tests: one on a history that the test fills, and what the file
 * has then.  What goes wrong fails the test.
 */
#ifndef RUNNING_H
#define RUNNING_H

#include "recorded.h"

struct running {
	struct history *history;
	struct recorder *recorder;
	unsigned step;
};

extern const struct history_limits running_an_hour;

void running_begin(struct running *running, const struct history_limits *limits,
		   const struct record_options *options);
/* Everything must have been written. */
void running_end(struct running *running);
void running_push(struct running *running, enum scripted_case which);
struct record_status running_status(struct running *running);
/* Until the status has so many samples, or that error. */
struct record_status running_wait(struct running *running, uint64_t samples,
				  int error);
/* Starts and stops at once: 0, or -errno and a sentence. */
int running_try(const struct record_options *options, char why[256]);

/* The one text that a query gives. */
void recorded_expect(const char *path, const char *sql, const char *expected);
void recorded_whole(const char *path);
void recorded_samples(const char *path, uint64_t count);

#endif
