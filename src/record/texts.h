/* SPDX-License-Identifier: MIT
 *
 * Private to the writer: texts and their ids in the table texts, each once a
 * segment.
 */
#ifndef RECORD_TEXTS_H
#define RECORD_TEXTS_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

struct texts {
	struct texts_entry {
		struct text *text; /* NULL: free */
		int64_t id;
		uint64_t hash;
	} * table;
	size_t size, count;   /* size: a power of two, or 0 */
	int64_t next_id;      /* never used twice in a file */
	sqlite3_stmt *insert; /* of the writer: id, text */
};

/* The id of these bytes; a new text is inserted.  0 or -errno. */
int texts_id(struct texts *texts, const char *bytes, size_t len, int64_t *ret);

/* Forgets all texts: the next segment has its own. */
void texts_clear(struct texts *texts);
void texts_done(struct texts *texts);

#endif
