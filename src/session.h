/* SPDX-License-Identifier: MIT
 *
 * What runs for as long as the program does: a source, the history it fills,
 * who judges, who records.  Main thread only.
 */
#ifndef MEMTOP_SESSION_H
#define MEMTOP_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "memtop/options.h"
#include "memtop/record.h"
#include "memtop/source.h"

struct judges;

struct session {
	struct history *history;
	struct judges *judges;
	struct source *source;
	struct recorder *recorder; /* NULL: nothing is recorded */
	char record_path[4096];
	struct record_options record;
	struct record_status recorded; /* as it was last told */
	/* of a replay: where the screen begins, what is printed; else 0 */
	uint64_t first_seq, last_seq;
	bool alone; /* recording is all that is done */
};

/* As the options say.  0, or -errno with a sentence in why; end it with
 * session_close() either way. */
int session_open(const struct options *options, struct session *session,
		 char *why, size_t why_size);

/* What a -errno means to whoever started memtop. */
const char *session_reason(int error);

/* Says on standard error what became of the recording since the last call.
 * -errno when there is nothing left to do; session is a struct session. */
int session_watch(void *session);

/* For the screen: how the recording goes, in a few words; true when nothing
 * can be written. */
bool session_record_status(void *session, char *buf, size_t size);

/* For the screen: begins a recording, or says how it goes when path is "". */
void session_record(void *session, const char *path, char *said, size_t size);

/* Says so, and returns -errno, when a recording lacks its end. */
int session_close(struct session *session);

#endif
