/* SPDX-License-Identifier: MIT
 *
 * Private to record/: SQLite's ways made memtop's.
 */
#ifndef RECORD_DB_H
#define RECORD_DB_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* -errno for what db's last call returned: -ENOSPC, -EIO, -ENOMEM, -EBUSY,
 * -EROFS, -EACCES; -EBADMSG when the file is damaged or no database. */
int db_error(sqlite3 *db, int rc);

/* Statements without results. */
int db_run(sqlite3 *db, const char *sql);
int db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret);
/* Steps a statement that returns nothing, and makes it ready again. */
int db_step(sqlite3_stmt *stmt);
/* The one number that a statement gives. */
int db_number(sqlite3 *db, const char *sql, int64_t *ret);

/* UNKNOWN, and what SQLite's integers can't hold, is NULL. */
void db_bind_u64(sqlite3_stmt *stmt, int at, uint64_t value);
/* "" and NULL are NULL. */
void db_bind_chars(sqlite3_stmt *stmt, int at, const char *text);
/* Bytes with a NUL inside are no SQL text: they go in as a blob. */
void db_bind_bytes(sqlite3_stmt *stmt, int at, const char *bytes, size_t len);

#endif
