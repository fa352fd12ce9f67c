/* SPDX-License-Identifier: MIT
 *
 * SQLite's result codes and values in the words of the rest of memtop.  Knows
 * no table.
 */
#include "db.h"

#include <errno.h>
#include <string.h>

#include "memtop/base.h"

/* What the operating system said, where SQLite kept it. */
static int system_error(sqlite3 *db, int otherwise)
{
	int error = sqlite3_system_errno(db);

	return error > 0 ? -error : otherwise;
}

int db_error(sqlite3 *db, int rc)
{
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CANTOPEN:
		return system_error(db, -ENOENT);
	case SQLITE_IOERR:
		if (rc == SQLITE_IOERR_SHORT_READ)
			return -EBADMSG;
		return rc == SQLITE_IOERR_NOMEM ? -ENOMEM
						: system_error(db, -EIO);
	default: /* CORRUPT, NOTADB, TOOBIG, INTERRUPT, ERROR … */
		return -EBADMSG;
	}
}

int db_run(sqlite3 *db, const char *sql)
{
	return db_error(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret)
{
	return db_error(db, sqlite3_prepare_v3(db, sql, -1,
					       SQLITE_PREPARE_PERSISTENT, ret,
					       NULL));
}

int db_step(sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);
	int r = db_error(sqlite3_db_handle(stmt), rc);

	sqlite3_reset(stmt);
	return r;
}

int db_number(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *stmt;
	int rc, r = db_prepare(db, sql, &stmt);

	if (r < 0)
		return r;
	rc = sqlite3_step(stmt);
	r = rc == SQLITE_DONE ? -ENODATA : db_error(db, rc);
	if (r == 0)
		*ret = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return r;
}

void db_bind_u64(sqlite3_stmt *stmt, int at, uint64_t value)
{
	if (value > INT64_MAX)
		sqlite3_bind_null(stmt, at);
	else
		sqlite3_bind_int64(stmt, at, (int64_t)value);
}

void db_bind_chars(sqlite3_stmt *stmt, int at, const char *text)
{
	if (text && *text)
		sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
	else
		sqlite3_bind_null(stmt, at);
}

void db_bind_bytes(sqlite3_stmt *stmt, int at, const char *bytes, size_t len)
{
	if (memchr(bytes, '\0', len))
		sqlite3_bind_blob64(stmt, at, bytes, len, SQLITE_STATIC);
	else
		sqlite3_bind_text64(stmt, at, bytes, len, SQLITE_STATIC,
				    SQLITE_UTF8);
}
