/* SPDX-License-Identifier: MIT
 *
 * The file of a recording: created for us alone or continued, locked against
 * a second writer, with its tables in it.  What is continued must be exactly
 * a recording: a trigger in it would be run by our own inserts.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db.h"
#include "memtop/base.h"
#include "writer.h"

static int say(char *why, size_t size, const char *path, const char *what,
	       int error)
{
	snprintf(why, size, "%s: %s", path, what ? what : strerror(-error));
	return error;
}

/* ---- the file ------------------------------------------------------------ */

/* O_EXCL first: it also refuses a symbolic link that somebody put there. */
static int create_file(const struct record_options *options, int *ret_fd)
{
	int flags = O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
	int fd = open(options->path, flags, 0600);

	if (fd < 0 && errno == EEXIST && options->append)
		fd = open(options->path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	*ret_fd = fd;
	return 0;
}

/* flock() is apart from the locks that SQLite takes: closing the descriptor
 * would take SQLite's away, so it stays open as long as the database. */
static int lock_file(int fd, const struct record_options *options, char *why,
		     size_t size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return say(why, size, options->path, NULL, -errno);
	if (!S_ISREG(st.st_mode))
		return say(why, size, options->path, "is not a regular file",
			   -EBADMSG);
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	return say(why, size, options->path,
		   errno == EWOULDBLOCK ? "another memtop records to it" : NULL,
		   errno == EWOULDBLOCK ? -EBUSY : -errno);
}

/* SQLite opens by name: it must be the file that is locked. */
static bool is_same_file(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 &&
	       a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int open_database(struct writer *writer,
			 const struct record_options *options)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
	char *path = realpath(options->path, NULL);
	int rc, r;

	if (!path)
		return -errno;
	rc = sqlite3_open_v2(path, &writer->db, flags, NULL);
	r = db_error(writer->db, rc);
	if (r == 0 && !is_same_file(writer->fd, path))
		r = -ESTALE;
	free(path);
	return r;
}

/* ---- its tables ---------------------------------------------------------- */

static int create_table(sqlite3 *db, unsigned table)
{
	struct column columns[COLUMNS_MAX];
	size_t count = table_columns(table, columns);
	char *sql = schema_table_sql(table, columns, count);
	int r = sql ? db_run(db, sql) : -ENOMEM;

	sqlite3_free(sql);
	return r;
}

static int create_schema(sqlite3 *db)
{
	char marks[96];
	int r = db_run(db, "BEGIN IMMEDIATE");

	for (unsigned i = 0; i < TABLE_COUNT && r == 0; i++)
		r = create_table(db, i);
	for (size_t i = 0; i < schema_view_count && r == 0; i++)
		r = db_run(db, schema_views[i].sql);
	snprintf(marks, sizeof(marks),
		 "PRAGMA application_id = %d; PRAGMA user_version = %d",
		 RECORD_APPLICATION_ID, RECORD_VERSION);
	if (r == 0)
		r = db_run(db, marks);
	if (r == 0)
		r = db_run(db, "COMMIT");
	return r;
}

/* Is this stored text one of those that create_schema() makes? */
static bool is_ours(const char *name, const char *sql)
{
	for (size_t i = 0; i < schema_view_count; i++)
		if (strcmp(schema_views[i].name, name) == 0)
			return strcmp(schema_views[i].sql, sql) == 0;
	for (unsigned i = 0; i < TABLE_COUNT; i++) {
		struct column columns[COLUMNS_MAX];
		bool same;
		char *ours;

		if (strcmp(table_name(i), name) != 0)
			continue;
		ours = schema_table_sql(i, columns, table_columns(i, columns));
		same = ours && strcmp(ours, sql) == 0;
		sqlite3_free(ours);
		return same;
	}
	return false;
}

/* Without anything in it: just created, or by one who was killed then. */
static int is_empty(sqlite3 *db, bool *ret)
{
	int64_t objects = 0;
	int r = db_number(db, "SELECT count(*) FROM sqlite_schema", &objects);

	if (r == 0)
		*ret = objects == 0;
	return r;
}

/* Exactly our tables and views, and nothing else.  0 or -EBADMSG. */
static int check_schema(sqlite3 *db)
{
	sqlite3_stmt *stmt;
	size_t count = 0;
	int rc, r = db_prepare(db, "SELECT name, sql FROM sqlite_schema",
			       &stmt);

	if (r < 0)
		return r;
	while (r == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		const char *sql = (const char *)sqlite3_column_text(stmt, 1);

		count++;
		if (!name || !sql || !is_ours(name, sql))
			r = -EBADMSG;
	}
	if (r == 0)
		r = db_error(db, rc);
	sqlite3_finalize(stmt);
	return r == 0 && count != TABLE_COUNT + schema_view_count ? -EBADMSG
								  : r;
}

static int check_marks(sqlite3 *db)
{
	int64_t id, version;
	int r = db_number(db, "PRAGMA application_id", &id);

	if (r == 0)
		r = db_number(db, "PRAGMA user_version", &version);
	if (r == 0 &&
	    (id != RECORD_APPLICATION_ID || version != RECORD_VERSION))
		r = -EBADMSG;
	return r;
}

static int find_ends(struct writer *writer)
{
	static const char count[] = "SELECT coalesce(max(%s), 0) FROM %s";
	const struct {
		const char *column, *table;
		int64_t *last;
	} ends[] = {
		{ "id", "segments", &writer->segment },
		{ "sample", "samples", &writer->next_sample },
		{ "id", "processes", &writer->next_process },
		{ "id", "texts", &writer->texts.next_id },
	};
	int r = 0;

	for (size_t i = 0; i < ARRAY_SIZE(ends) && r == 0; i++) {
		char *sql =
			sqlite3_mprintf(count, ends[i].column, ends[i].table);

		r = sql ? db_number(writer->db, sql, ends[i].last) : -ENOMEM;
		sqlite3_free(sql);
	}
	writer->next_sample++;
	writer->next_process++;
	writer->texts.next_id++;
	return r;
}

/* ---- opening ------------------------------------------------------------- */

static const char settings[] =
	"PRAGMA trusted_schema = OFF;"
	"PRAGMA cell_size_check = ON;"
	"PRAGMA mmap_size = 0;" /* a file cut short would be SIGBUS */
	"PRAGMA cache_size = -2000;"
	"PRAGMA temp_store = MEMORY;"
	"PRAGMA journal_mode = WAL;"
	"PRAGMA synchronous = NORMAL;"
	"PRAGMA wal_autocheckpoint = 0"; /* by the clock instead */

static int set_up(struct writer *writer)
{
	bool is_new = false;
	int r;

	sqlite3_busy_timeout(writer->db, 200);
	sqlite3_extended_result_codes(writer->db, 1);
	sqlite3_db_config(writer->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* before anything is written to a file that may be no recording */
	r = is_empty(writer->db, &is_new);
	if (r == 0 && !is_new)
		r = check_marks(writer->db);
	if (r == 0 && !is_new)
		r = check_schema(writer->db);
	if (r == 0)
		r = db_run(writer->db, settings);
	if (r == 0 && is_new)
		r = create_schema(writer->db);
	/* a bare copy made from now on can say what it is */
	if (r == 0 && is_new)
		r = writer_checkpoint(writer);
	return r == 0 ? find_ends(writer) : r;
}

int writer_file_open(struct writer *writer,
		     const struct record_options *options, char *why,
		     size_t why_size)
{
	const char *path = options->path;
	int r = create_file(options, &writer->fd);

	if (r == -EEXIST)
		return say(why, why_size, path,
			   "exists already (--append continues a recording)",
			   r);
	if (r < 0)
		return say(why, why_size, path, NULL, r);
	r = lock_file(writer->fd, options, why, why_size);
	if (r < 0)
		return r;
	r = open_database(writer, options);
	if (r == 0)
		r = set_up(writer);
	if (r == -EBADMSG)
		return say(why, why_size, path,
			   "is not a recording of this version of memtop", r);
	return r < 0 ? say(why, why_size, path, NULL, r) : 0;
}
