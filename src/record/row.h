/* SPDX-License-Identifier: MIT
 *
 * Private to record/: one row of a part, from a struct of the model to a
 * statement and back.
 */
#ifndef RECORD_ROW_H
#define RECORD_ROW_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "schema.h"

struct texts;

/* A part with its columns looked up once. */
struct layout {
	const struct part *part;
	const struct field *fields[PART_FIELDS_MAX];
	size_t nfields;
	const struct field *left_out; /* is not written: NULL in the file */
};
void layout_init(struct layout *layout, const struct part *part);

/* Are all values of the part the same in both rows?  Times of reading too,
 * where the table has them. */
bool row_equal(const struct layout *layout, const void *a, const void *b);

/* Binds the columns of the part from parameter at on; now_ns (monotonic) is
 * the sample's.  0 or -errno. */
int row_bind(sqlite3_stmt *stmt, int at, const struct layout *layout,
	     const void *row, uint64_t now_ns, struct texts *texts);

/* How long before now_ns the block was read, as it is stored: NULL when it
 * never was. */
void row_bind_block(sqlite3_stmt *stmt, int at, const struct block *block,
		    uint64_t now_ns);

/* Finds the text with an id for a reader; a new reference.  0, -EBADMSG when
 * there is none, or -errno. */
typedef int row_find_text(void *context, int64_t id, const struct text **ret);

/*
 * The way back, from column at on.  Nothing in the row is believed: a value
 * that memtop can not have written is -EBADMSG, and the row is then only
 * fit to be freed.  Texts that the row held are released.
 */
int row_read(sqlite3_stmt *stmt, int at, const struct layout *layout, void *row,
	     uint64_t now_ns, row_find_text *find_text, void *context);
int row_read_block(sqlite3_stmt *stmt, int at, uint64_t now_ns,
		   struct block *ret);

/* An unsigned number, UNKNOWN for NULL.  -EBADMSG for any other value. */
int row_read_u64(sqlite3_stmt *stmt, int at, uint64_t *ret);

#endif
