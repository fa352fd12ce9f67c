/* SPDX-License-Identifier: MIT
 *
 * Is the schema of a file one that memtop writes?  Only tables whose stored
 * text has our form are read, an index that somebody added refuses the file,
 * and SQLite is told to let no statement touch anything else: no view,
 * trigger or function of a foreign file is ever run.
 */
#include <errno.h>
#include <string.h>

#include "db.h"
#include "memtop/base.h"
#include "reader.h"

/* What was found of one table. */
struct found {
	bool is_there;
	struct column columns[COLUMNS_MAX];
	size_t count;
};

static unsigned find_table(const char *name)
{
	unsigned table = 0;

	while (table < TABLE_COUNT && strcmp(table_name(table), name) != 0)
		table++;
	return table;
}

/* One line of sqlite_schema. */
static int take_object(sqlite3_stmt *stmt, struct found *found)
{
	const char *type = (const char *)sqlite3_column_text(stmt, 0);
	const char *name = (const char *)sqlite3_column_text(stmt, 1);
	const char *of = (const char *)sqlite3_column_text(stmt, 2);
	const char *sql = (const char *)sqlite3_column_text(stmt, 3);
	unsigned table;

	if (!type || !name || !of)
		return -EBADMSG;
	table = find_table(of);
	if (table == TABLE_COUNT || strcmp(type, "trigger") == 0)
		return 0; /* never touched */
	if (strcmp(type, "table") != 0 || strcmp(name, of) != 0 || !sql ||
	    found[table].is_there)
		return -EBADMSG;
	found[table].is_there = true;
	return schema_parse(table, sql, found[table].columns,
			    &found[table].count);
}

/* An older memtop knew fewer files, and no lists; who was there it always
 * knew. */
static bool may_be_missing(unsigned table)
{
	switch (table) {
	case TABLE_LISTS:
	case TABLE_EVIDENCE:
	case TABLE_SUBJECTS:
	case TABLE_ALSO:
		return true;
	default:
		return table < PART_COUNT && table != PART_IDENTITY;
	}
}

static int read_schema(struct reader *reader, struct found *found)
{
	sqlite3_stmt *stmt;
	int r = db_prepare(reader->db,
			   "SELECT type, name, tbl_name, sql "
			   "FROM sqlite_schema",
			   &stmt);

	if (r < 0)
		return r;
	while ((r = reader_step(reader, stmt)) == 1) {
		r = take_object(stmt, found);
		if (r < 0)
			break;
	}
	sqlite3_finalize(stmt);
	for (size_t i = 0; i < TABLE_COUNT && r == 0; i++)
		if (may_be_missing(i))
			reader->absent[i] = !found[i].is_there;
		else if (!found[i].is_there)
			r = -EBADMSG;
	return r;
}

static bool has_column(const struct found *found, const char *name)
{
	for (size_t i = 0; i < found->count; i++)
		if (strcmp(found->columns[i].name, name) == 0)
			return true;
	return false;
}

/* Of a table that the file has not. */
static int prepare_nothing(struct reader *reader, unsigned table)
{
	return db_prepare(reader->db, "SELECT NULL WHERE ?1 IS NULL",
			  &reader->selects[table]);
}

/* A column that the file has not, because another version wrote it, reads as
 * NULL: not known. */
static int prepare(struct reader *reader, unsigned table,
		   const struct found *found, const char *which,
		   sqlite3_stmt **ret)
{
	static const char *const places[] = {
		[KEY_ID] = "NULL",	   [KEY_SAMPLE] = "NULL",
		[KEY_PROCESS] = "process", [KEY_PLACE] = "place",
		[KEY_NAME] = "name",
	};
	enum table_key key = table_key(table);
	struct column columns[COLUMNS_MAX];
	size_t count = table_columns(table, columns);
	sqlite3_str *sql = sqlite3_str_new(reader->db);
	char *text;
	int r;

	sqlite3_str_appendall(sql, "SELECT ");
	if (key >= KEY_PROCESS)
		sqlite3_str_appendf(sql, "%s, ", places[key]);
	for (size_t i = 0; i < count; i++)
		sqlite3_str_appendf(sql, "%s%s", i ? ", " : "",
				    has_column(found, columns[i].name)
					    ? columns[i].name
					    : "NULL");
	sqlite3_str_appendf(sql, " FROM %s %s", table_name(table), which);
	text = sqlite3_str_finish(sql);
	r = text ? db_prepare(reader->db, text, ret) : -ENOMEM;
	sqlite3_free(text);
	return r;
}

static int prepare_all(struct reader *reader, const struct found *found)
{
	int r = 0;

	for (unsigned i = 0; i < TABLE_COUNT && r == 0; i++)
		if (found[i].is_there)
			r = prepare(reader, i, &found[i],
				    table_key(i) == KEY_ID
					    ? "WHERE id = ?1"
					    : "WHERE sample = ?1",
				    &reader->selects[i]);
		else
			r = prepare_nothing(reader, i);
	if (r == 0 && found[PART_EVENTS].is_there)
		r = prepare(reader, PART_EVENTS, &found[PART_EVENTS],
			    "ORDER BY sample DESC, place DESC",
			    &reader->all_events);
	return r;
}

/* object: the table of a column; source: the view or trigger that asks. */
static int authorize(void *context, int action, const char *object,
		     const char *column, const char *database,
		     const char *source)
{
	(void)context, (void)column, (void)database;
	if (source)
		return SQLITE_DENY;
	if (action == SQLITE_SELECT)
		return SQLITE_OK;
	return action == SQLITE_READ && find_table(object) < TABLE_COUNT
		       ? SQLITE_OK
		       : SQLITE_DENY;
}

int reader_prepare(struct reader *reader)
{
	/* large, but needed once */
	struct found *found = sqlite3_malloc(TABLE_COUNT * sizeof(*found));
	int r;

	if (!found)
		return -ENOMEM;
	memset(found, 0, TABLE_COUNT * sizeof(*found));
	r = read_schema(reader, found);
	if (r == 0)
		sqlite3_set_authorizer(reader->db, authorize, NULL);
	if (r == 0)
		r = prepare_all(reader, found);
	sqlite3_free(found);
	return r;
}
