/* SPDX-License-Identifier: MIT
 *
 * Recordings for tests: made from scripted samples in a directory of the
 * test's own, and opened again.  What can't be had ends the program.
 */
#ifndef RECORDED_H
#define RECORDED_H

#include "memtop/record.h"
#include "scripted.h"

/* A new directory below /tmp with room for one recording; removed with all in
 * it by recorded_done(). */
struct recorded {
	char directory[64];
	char path[96];
};
void recorded_init(struct recorded *recorded);
void recorded_done(struct recorded *recorded);

/* The same around a case of cmocka's, as its state. */
int recorded_setup(void **state);
int recorded_teardown(void **state);

/* Records count samples of a case, beginning with step. */
void recorded_write(const struct recorded *recorded, enum scripted_case which,
		    unsigned step, unsigned count,
		    const struct record_options *options);

/* Records these, which stay the caller's. */
void recorded_write_snapshots(const struct recorded *recorded,
			      const struct snapshot *const *snapshots,
			      size_t count,
			      const struct record_options *options);

/* The whole recording in a few words of the test's own SQL: the one text that
 * a query gives, malloc'ed; NULL: it failed or gave nothing.  The file may be
 * changed by it. */
char *recorded_sql(const char *path, const char *sql);

/* Opened for replay; fails the test when it can't be. */
struct replayed {
	struct source *source;
	struct history *history;
};
void replayed_open(struct replayed *replayed, const char *path);
void replayed_close(struct replayed *replayed);

/* Fails the test with the name of the first thing in which they differ. */
void recorded_same(const struct snapshot *expected,
		   const struct snapshot *found);

#endif
