/* SPDX-License-Identifier: MIT
 *
 * Private to record/: a recording that is read.  The file may come from
 * anybody; what is behind these functions believes nothing in it.
 */
#ifndef RECORD_READER_H
#define RECORD_READER_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/text.h"
#include "row.h"
#include "schema.h"

/* A sample that is there. */
struct moment {
	int64_t sample;	 /* its number in the file */
	size_t keyframe; /* index of the moment that reading begins at */
	uint64_t realtime_ns;
};

#define TEXT_SLOTS 1024
#define RULES_MAX  256

struct reader {
	sqlite3 *db;
	struct layout layouts[PART_COUNT];
	/* columns behind the sample, those of KEY_ID by id */
	sqlite3_stmt *selects[TABLE_COUNT];
	sqlite3_stmt *all_events; /* the newest first; NULL: no such table */
	bool absent[TABLE_COUNT]; /* an older memtop knew no such table */

	struct moment *moments; /* rising; index + 1 is seq */
	size_t count;
	char note[128]; /* what is missing, or "" */

	unsigned long steps; /* left for the sample that is being read */
	size_t text_room;    /* left for texts since the keyframe */
	struct {
		int64_t id;
		const struct text *text;
	} texts[TEXT_SLOTS];	/* lately found, by id */
	char *rules[RULES_MAX]; /* names in verdicts, for as long as this */
};

/* 0 or -errno with why, as replay_open(). */
int reader_open(struct reader *reader, const char *path, char *why,
		size_t why_size);
void reader_close(struct reader *reader);

/* A row_find_text with the reader as context. */
int reader_text(void *reader, int64_t id, const struct text **ret);

/* The select of a table, bound to key and ready; the caller resets it. */
sqlite3_stmt *reader_select(struct reader *reader, unsigned table, int64_t key);

/* One step: 1 a row, 0 the end, or -errno. */
int reader_step(struct reader *reader, sqlite3_stmt *stmt);

/* Work that one sample may take, in steps of SQLite's machine: a damaged tree
 * can be walked for ever. */
void reader_budget(struct reader *reader);

/* Room for the texts of a keyframe and what comes after it: rows of a damaged
 * tree can share their bytes, so the file's size bounds nothing. */
void reader_text_budget(struct reader *reader);

/* reader_schema.c: the tables are ours; prepares the selects. */
int reader_prepare(struct reader *reader);

/* reader_events.c: a list as of history_events(); NULL: none, or none that can
 * be read. */
struct list *reader_events(struct reader *reader);

/* reader_moments.c: which samples there are. */
int reader_find_moments(struct reader *reader, uint64_t file_bytes);

#endif
