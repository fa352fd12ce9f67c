/* SPDX-License-Identifier: MIT
 *
 * Life of a writer: its statements, its file, how it ends.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "db.h"
#include "memtop/base.h"
#include "writer.h"

static int prepare_insert(struct writer *writer, unsigned table)
{
	struct column columns[COLUMNS_MAX];
	size_t keys = table_key(table) >= KEY_PROCESS ? 2 : 1;
	size_t count = keys + table_columns(table, columns);
	sqlite3_str *sql = sqlite3_str_new(writer->db);
	char *text;
	int r;

	sqlite3_str_appendf(sql, "INSERT INTO %s VALUES(?", table_name(table));
	for (size_t i = 1; i < count; i++)
		sqlite3_str_appendall(sql, ", ?");
	sqlite3_str_appendall(sql, ")");
	text = sqlite3_str_finish(sql);
	r = text ? db_prepare(writer->db, text, &writer->inserts[table])
		 : -ENOMEM;
	sqlite3_free(text);
	return r;
}

static int prepare(struct writer *writer)
{
	const struct {
		const char *sql;
		sqlite3_stmt **ret;
	} others[] = {
		{ "UPDATE processes SET user = ?2, comm = ?3, command = ?4, "
		  "cgroup = ?5, unit = ?6 WHERE id = ?1",
		  &writer->rename },
		{ "UPDATE segments SET user = ?2 WHERE id = ?1",
		  &writer->rename_user },
		{ "UPDATE processes SET last_sample = ?2 WHERE id = ?1",
		  &writer->exit },
		{ "PRAGMA page_count", &writer->pages },
		{ "PRAGMA freelist_count", &writer->free_pages },
	};
	int r = 0;

	for (unsigned i = 0; i < TABLE_COUNT && r == 0; i++)
		r = prepare_insert(writer, i);
	for (size_t i = 0; i < ARRAY_SIZE(others) && r == 0; i++)
		r = db_prepare(writer->db, others[i].sql, others[i].ret);
	/* the dictionary inserts by itself */
	writer->texts.insert = writer->inserts[TABLE_TEXTS];
	writer->inserts[TABLE_TEXTS] = NULL;
	return r;
}

int writer_open(struct writer *writer, const struct record_options *options,
		char *why, size_t why_size)
{
	const struct entity *process = &entities[ENTITY_PROCESS];
	int64_t page_size = 0;
	int r;

	*writer = (struct writer){ .fd = -1, .limits = writer_default_limits };
	writer->limits.max_bytes = options->max_bytes;
	writer->blank = process_new();
	if (!writer->blank)
		return -ENOMEM;
	for (size_t i = 0; i < PART_COUNT; i++)
		layout_init(&writer->layouts[i], &parts[i]);
	if (options->no_cmdline)
		writer->layouts[PART_NAMES].left_out =
			&process->fields[PROCESS_COMMAND];
	r = writer_file_open(writer, options, why, why_size);
	if (r < 0) {
		writer_close(writer);
		return r;
	}
	r = prepare(writer);
	if (r == 0)
		r = db_number(writer->db, "PRAGMA page_size", &page_size);
	writer->page_size = (uint64_t)page_size;
	if (r < 0) {
		snprintf(why, why_size, "%s: %s", options->path, strerror(-r));
		writer_close(writer);
	}
	return r;
}

static uint64_t number(sqlite3_stmt *stmt)
{
	uint64_t value = 0;

	if (sqlite3_step(stmt) == SQLITE_ROW)
		value = (uint64_t)sqlite3_column_int64(stmt, 0);
	sqlite3_reset(stmt);
	return value;
}

uint64_t writer_bytes(struct writer *writer)
{
	return sub_floor(number(writer->pages), number(writer->free_pages)) *
	       writer->page_size;
}

int writer_checkpoint(struct writer *writer)
{
	/* passive: whoever reads the file meanwhile is left alone */
	return db_error(writer->db,
			sqlite3_wal_checkpoint_v2(writer->db, NULL,
						  SQLITE_CHECKPOINT_PASSIVE,
						  NULL, NULL));
}

bool writer_is_deleted(const struct writer *writer)
{
	struct stat st;

	return fstat(writer->fd, &st) == 0 && st.st_nlink == 0;
}

void writer_close(struct writer *writer)
{
	bool is_complete = writer->inserts[TABLE_SAMPLES] != NULL;

	for (size_t i = 0; i < TABLE_COUNT; i++)
		sqlite3_finalize(writer->inserts[i]);
	texts_done(&writer->texts);
	sqlite3_finalize(writer->rename);
	sqlite3_finalize(writer->rename_user);
	sqlite3_finalize(writer->exit);
	sqlite3_finalize(writer->pages);
	sqlite3_finalize(writer->free_pages);
	if (is_complete) {
		/* what fails here is left as after a crash: in the -wal file */
		sqlite3_wal_checkpoint_v2(writer->db, NULL,
					  SQLITE_CHECKPOINT_TRUNCATE, NULL,
					  NULL);
		db_run(writer->db, "PRAGMA journal_mode = DELETE");
	}
	sqlite3_close(writer->db);
	if (writer->fd >= 0)
		close(writer->fd);
	snapshot_unref(writer->before);
	process_unref(writer->blank);
	free(writer->ids);
	*writer = (struct writer){ .fd = -1 };
}
