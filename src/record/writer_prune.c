/* SPDX-License-Identifier: MIT
 *
 * --write-max: the oldest segments go, whole, so that what is left can always
 * be read from its beginning.  Their pages are used again, so the file stops
 * growing; it does not shrink.
 */
#include <errno.h>

#include "db.h"
#include "writer.h"

/* Everything of the segments before this one. */
static int drop_before(struct writer *writer, int64_t segment,
		       int64_t first_sample, int64_t first_process,
		       int64_t first_text)
{
	int r = db_run(writer->db, "BEGIN IMMEDIATE");

	for (unsigned i = 0; i < TABLE_COUNT && r == 0; i++) {
		const char *key = table_key(i) == KEY_ID ? "id" : "sample";
		int64_t end = i == TABLE_SEGMENTS    ? segment
			      : i == TABLE_PROCESSES ? first_process
			      : i == TABLE_TEXTS     ? first_text
						     : first_sample;
		char *sql = sqlite3_mprintf("DELETE FROM %s WHERE %s < %lld",
					    table_name(i), key, (long long)end);

		r = sql ? db_run(writer->db, sql) : -ENOMEM;
		sqlite3_free(sql);
	}
	if (r == 0)
		return db_run(writer->db, "COMMIT");
	if (!sqlite3_get_autocommit(writer->db))
		db_run(writer->db, "ROLLBACK");
	return r;
}

/* 1: one was dropped; 0: only the one that is being written is left. */
static int drop_oldest(struct writer *writer)
{
	static const char second[] =
		"SELECT id, first_sample, first_process, first_text "
		"FROM segments ORDER BY id LIMIT 1 OFFSET 1";
	int64_t starts[4];
	sqlite3_stmt *stmt;
	int rc, r = db_prepare(writer->db, second, &stmt);

	if (r < 0)
		return r;
	rc = sqlite3_step(stmt);
	for (int i = 0; i < 4; i++)
		starts[i] = sqlite3_column_int64(stmt, i);
	sqlite3_finalize(stmt);
	if (rc != SQLITE_ROW)
		return db_error(writer->db, rc);
	r = drop_before(writer, starts[0], starts[1], starts[2], starts[3]);
	return r < 0 ? r : 1;
}

int writer_prune(struct writer *writer)
{
	uint64_t max = writer->limits.max_bytes;
	int r = 1;

	/* room for the segment that has just begun */
	while (r == 1 && max && writer_bytes(writer) > max - max / 4)
		r = drop_oldest(writer);
	return r < 0 ? r : 0;
}
