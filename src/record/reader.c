/* SPDX-License-Identifier: MIT
 *
 * Opening a recording that may come from anybody: read only, with everything
 * off that a schema could run, and with bounds on memory and work.
 */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db.h"
#include "memtop/base.h"

/* All of SQLite's memory, whatever the schema holds. */
#define HEAP_BYTES (INT64_C(256) << 20)
/* A sample of half a million processes takes a tenth of it. */
#define STEPS_MAX  50000
#define STEP_CHUNK 1000
/* Of one text, many times what is recorded; and of a keyframe and the samples
 * up to the next one. */
#define TEXT_MAX    (UINT64_C(64) << 10)
#define TEXTS_MAX   (UINT64_C(256) << 20)
#define HEADER_SIZE 100

struct header {
	unsigned char bytes[HEADER_SIZE];
	uint64_t size;
};

static int say(char *why, size_t size, const char *path, const char *what,
	       int error)
{
	snprintf(why, size, "%s: %s", path, what ? what : strerror(-error));
	return error;
}

/* "53 51 4c 69 74 65 …": is it a database at all?  SQLite would say so too,
 * but not of a directory or a FIFO. */
static int read_header(const char *path, struct header *ret)
{
	static const char magic[] = "SQLite format 3";
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t len;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0) {
		close(fd);
		return -EIO;
	}
	len = S_ISREG(st.st_mode) ? pread(fd, ret->bytes, HEADER_SIZE, 0) : 0;
	close(fd);
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (len != HEADER_SIZE || memcmp(ret->bytes, magic, sizeof(magic)) != 0)
		return -EBADMSG;
	ret->size = (uint64_t)st.st_size;
	return 0;
}

/* ---- the connection ------------------------------------------------------ */

/* How a file is opened. */
enum manner {
	PLAIN,
	IMMUTABLE, /* neither a lock nor a -wal file; nothing is created
		    * beside the file */
	CUT,	   /* the same; pages that its header promises are missing */
};

static void set_limits(sqlite3 *db, enum manner manner)
{
	static const struct {
		int limit, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 1 << 20 },
		{ SQLITE_LIMIT_SQL_LENGTH, 1 << 16 },
		{ SQLITE_LIMIT_COLUMN, 2 * COLUMNS_MAX },
		{ SQLITE_LIMIT_EXPR_DEPTH, 32 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 1 },
		{ SQLITE_LIMIT_VDBE_OP, 1 << 14 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 8 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 64 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 8 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(limits); i++)
		sqlite3_limit(db, limits[i].limit, limits[i].value);
	/* SQLite refuses a file that was cut short unless the schema may be
	 * written; nothing can be, with a connection that only reads */
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, manner != CUT, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, manner == CUT,
			  NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, 1000);
}

static int on_progress(void *context)
{
	struct reader *reader = context;

	return reader->steps == 0 || --reader->steps == 0;
}

void reader_budget(struct reader *reader)
{
	reader->steps = STEPS_MAX;
}

void reader_text_budget(struct reader *reader)
{
	reader->text_room = TEXTS_MAX;
}

static int connect(struct reader *reader, const char *path, enum manner manner)
{
	static const char settings[] =
		"PRAGMA trusted_schema = OFF;"
		"PRAGMA cell_size_check = ON;"
		"PRAGMA mmap_size = 0;" /* a file cut short would be SIGBUS */
		"PRAGMA cache_size = -8000;"
		"PRAGMA temp_store = MEMORY;"
		"PRAGMA query_only = ON";
	sqlite3_str *name = sqlite3_str_new(NULL);
	char *uri;
	int rc, r;

	sqlite3_str_appendall(name, "file:");
	for (const char *p = path; *p; p++)
		sqlite3_str_appendf(name, "%%%02x", (unsigned char)*p);
	sqlite3_str_appendall(name,
			      manner == PLAIN ? "?mode=ro" : "?immutable=1");
	uri = sqlite3_str_finish(name);
	if (!uri)
		return -ENOMEM;
	rc = sqlite3_open_v2(uri, &reader->db,
			     SQLITE_OPEN_READONLY | SQLITE_OPEN_URI |
				     SQLITE_OPEN_NOMUTEX,
			     NULL);
	r = db_error(reader->db, rc);
	sqlite3_free(uri);
	if (r < 0)
		return r;
	set_limits(reader->db, manner);
	reader_text_budget(reader);
	reader_budget(reader);
	sqlite3_progress_handler(reader->db, STEP_CHUNK, on_progress, reader);
	return db_run(reader->db, settings);
}

static void disconnect(struct reader *reader)
{
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		sqlite3_finalize(reader->selects[i]);
		reader->selects[i] = NULL;
	}
	sqlite3_finalize(reader->all_events);
	reader->all_events = NULL;
	sqlite3_close(reader->db);
	reader->db = NULL;
}

/* "newer" when a later memtop made it. */
static int check_marks(struct reader *reader)
{
	int64_t id = 0, version = 0;
	int r = db_number(reader->db, "PRAGMA application_id", &id);

	if (r == 0)
		r = db_number(reader->db, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (id != RECORD_APPLICATION_ID || version < 1)
		return -EBADMSG;
	return version > RECORD_VERSION ? -EPROTO : 0;
}

static int try_open(struct reader *reader, const char *path, enum manner manner,
		    uint64_t bytes)
{
	int r = connect(reader, path, manner);

	if (r == 0)
		r = check_marks(reader);
	if (r == 0)
		r = reader_prepare(reader);
	if (r == 0)
		r = reader_find_moments(reader, bytes);
	if (r < 0)
		disconnect(reader);
	return r;
}

/* ---- opening ------------------------------------------------------------- */

static uint64_t wal_size(const char *path)
{
	char name[4096];
	struct stat st;

	if (snprintf(name, sizeof(name), "%s-wal", path) >= (int)sizeof(name) ||
	    stat(name, &st) < 0)
		return 0;
	return (uint64_t)st.st_size;
}

/* Shorter than it says itself: offset 16 has the size of a page, 28 how many
 * there are. */
static bool is_cut(const struct header *header)
{
	const unsigned char *b = header->bytes;
	uint64_t page_size = (uint64_t)b[16] << 8 | b[17];
	uint64_t pages = (uint64_t)b[28] << 24 | (uint64_t)b[29] << 16 |
			 (uint64_t)b[30] << 8 | b[31];

	return header->size < pages * (page_size == 1 ? 65536 : page_size);
}

static const char *refusal(int error, bool is_bare)
{
	switch (error) {
	case -EBADMSG:
		return "is not a recording, or too damaged to be read";
	case -EPROTO:
		return "was recorded by a newer memtop";
	case -ENODATA:
		return is_bare ? "has no sample: copied while in use, without "
				 "its -wal file"
			       : "has no sample that can be read";
	default:
		return NULL;
	}
}

int reader_open(struct reader *reader, const char *path, char *why,
		size_t why_size)
{
	static const char missing[] =
		"not closed, or copied while in use: the last seconds may be "
		"missing";
	static const char cut[] =
		"damaged: its end is missing, and samples with it";
	enum { WRITE_VERSION = 18, WAL = 2 };
	uint64_t wal = wal_size(path);
	struct header header = { .size = 0 };
	bool is_bare;
	int r = read_header(path, &header);

	memset(reader, 0, sizeof(*reader));
	for (size_t i = 0; i < PART_COUNT; i++)
		layout_init(&reader->layouts[i], &parts[i]);
	sqlite3_hard_heap_limit64(HEAP_BYTES);
	if (r == 0) {
		r = try_open(reader, path, wal ? PLAIN : IMMUTABLE,
			     header.size + wal);
		/* a -wal file in a directory where nothing may be created */
		if (wal && (r == -EROFS || r == -ENOENT || r == -EACCES ||
			    r == -EIO)) {
			wal = 0;
			r = try_open(reader, path, IMMUTABLE, header.size);
		}
		if (r == -EBADMSG && !wal && is_cut(&header)) {
			r = try_open(reader, path, CUT, header.size);
			snprintf(reader->note, sizeof(reader->note), "%s", cut);
		}
	}
	is_bare = !wal && header.bytes[WRITE_VERSION] == WAL;
	if (r < 0) {
		reader_close(reader);
		return say(why, why_size, path, refusal(r, is_bare), r);
	}
	if (!reader->note[0] && is_bare)
		snprintf(reader->note, sizeof(reader->note), "%s", missing);
	return 0;
}

void reader_close(struct reader *reader)
{
	disconnect(reader);
	for (size_t i = 0; i < TEXT_SLOTS; i++)
		text_unref(reader->texts[i].text);
	for (size_t i = 0; i < RULES_MAX; i++)
		free(reader->rules[i]);
	free(reader->moments);
	memset(reader, 0, sizeof(*reader));
}

/* ---- reading ------------------------------------------------------------- */

sqlite3_stmt *reader_select(struct reader *reader, unsigned table, int64_t key)
{
	sqlite3_stmt *stmt = reader->selects[table];

	sqlite3_reset(stmt);
	sqlite3_bind_int64(stmt, 1, key);
	return stmt;
}

int reader_step(struct reader *reader, sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : db_error(reader->db, rc);
}

static int take_text(struct reader *reader, sqlite3_stmt *stmt,
		     struct text **ret)
{
	const char *bytes = sqlite3_column_blob(stmt, 0);
	size_t len = (size_t)sqlite3_column_bytes(stmt, 0);

	if (len > TEXT_MAX || len > reader->text_room)
		return -EBADMSG;
	*ret = text_new(bytes ? bytes : "", len);
	if (!*ret)
		return -ENOMEM;
	reader->text_room -= len;
	return 0;
}

int reader_text(void *context, int64_t id, const struct text **ret)
{
	struct reader *reader = context;
	size_t slot = (size_t)((uint64_t)id % TEXT_SLOTS);
	struct text *text = NULL;
	sqlite3_stmt *stmt;
	int r;

	if (reader->texts[slot].text && reader->texts[slot].id == id) {
		*ret = text_ref(reader->texts[slot].text);
		return 0;
	}
	stmt = reader_select(reader, TABLE_TEXTS, id);
	r = reader_step(reader, stmt);
	r = r == 1 ? take_text(reader, stmt, &text) : r == 0 ? -EBADMSG : r;
	sqlite3_reset(stmt);
	if (r < 0)
		return r;
	text_unref(reader->texts[slot].text);
	reader->texts[slot].id = id;
	reader->texts[slot].text = text_ref(text);
	*ret = text;
	return 0;
}
