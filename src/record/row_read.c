/* SPDX-License-Identifier: MIT
 *
 * From a statement to the model.  The file may come from anybody: every value
 * is checked for what memtop could have written, so that nothing behind this
 * file has to doubt a number.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/text.h"
#include "row.h"

/* oom_score_adj, with which is calculated; and what else has a sign: swap
 * priorities are far below. */
#define ADJ_MAX INT64_C(1000)
#define I64_MAX INT64_C(1000000)

int row_read_u64(sqlite3_stmt *stmt, int at, uint64_t *ret)
{
	int64_t value;

	switch (sqlite3_column_type(stmt, at)) {
	case SQLITE_NULL:
		*ret = UNKNOWN;
		return 0;
	case SQLITE_INTEGER:
		value = sqlite3_column_int64(stmt, at);
		if (value < 0)
			return -EBADMSG;
		*ret = (uint64_t)value;
		return 0;
	default:
		return -EBADMSG;
	}
}

int row_read_block(sqlite3_stmt *stmt, int at, uint64_t now_ns,
		   struct block *ret)
{
	uint64_t state;
	int64_t age;
	int r = row_read_u64(stmt, at, &state);

	if (r < 0 || state >= STATE_COUNT)
		return -EBADMSG;
	ret->state = (enum state)state;
	ret->read_ns = 0;
	if (sqlite3_column_type(stmt, at + 1) == SQLITE_NULL)
		return 0;
	age = sqlite3_column_int64(stmt, at + 1);
	if (age > (int64_t)now_ns || age < -(int64_t)(3600 * NS_PER_S))
		return -EBADMSG;
	ret->read_ns = now_ns - (uint64_t)age;
	return 0;
}

static int read_signed(sqlite3_stmt *stmt, int at, const struct field *field,
		       int64_t *ret)
{
	const struct field *adj =
		&entities[ENTITY_PROCESS].fields[PROCESS_OOM_SCORE_ADJ];
	int64_t max = field == adj ? ADJ_MAX : I64_MAX;
	int64_t value = sqlite3_column_int64(stmt, at);

	if (sqlite3_column_type(stmt, at) != SQLITE_INTEGER || value > max ||
	    value < -max)
		return -EBADMSG;
	*ret = value;
	return 0;
}

static int read_pid(sqlite3_stmt *stmt, int at, pid_t *ret)
{
	int64_t value = sqlite3_column_int64(stmt, at);

	if (sqlite3_column_type(stmt, at) != SQLITE_INTEGER || value < -1 ||
	    value > INT32_MAX)
		return -EBADMSG;
	*ret = (pid_t)value;
	return 0;
}

static int read_double(sqlite3_stmt *stmt, int at, double *ret)
{
	switch (sqlite3_column_type(stmt, at)) {
	case SQLITE_NULL:
		*ret = NAN;
		return 0;
	case SQLITE_INTEGER:
	case SQLITE_FLOAT:
		*ret = sqlite3_column_double(stmt, at);
		return isfinite(*ret) ? 0 : -EBADMSG;
	default:
		return -EBADMSG;
	}
}

static int read_text(sqlite3_stmt *stmt, int at, row_find_text *find_text,
		     void *context, const struct text **ret)
{
	*ret = NULL;
	if (sqlite3_column_type(stmt, at) == SQLITE_NULL)
		return 0;
	if (sqlite3_column_type(stmt, at) != SQLITE_INTEGER)
		return -EBADMSG;
	return find_text(context, sqlite3_column_int64(stmt, at), ret);
}

/* The room is that of the member: as long as the writer's struct. */
static int read_chars(sqlite3_stmt *stmt, int at, size_t room,
		      row_find_text *find_text, void *context, char *ret)
{
	const struct text *text;
	int r = read_text(stmt, at, find_text, context, &text);

	if (r < 0)
		return r;
	if (text_len(text) >= room || strlen(text_str(text)) != text_len(text))
		r = -EBADMSG;
	else
		strcpy(ret, text_str(text));
	text_unref(text);
	return r;
}

static int read_char(sqlite3_stmt *stmt, int at, char *ret)
{
	*ret = '\0';
	if (sqlite3_column_type(stmt, at) == SQLITE_NULL)
		return 0;
	if (sqlite3_column_bytes(stmt, at) != 1)
		return -EBADMSG;
	*ret = *(const char *)sqlite3_column_blob(stmt, at);
	return 0;
}

static int read_value(sqlite3_stmt *stmt, int at, const struct field *field,
		      void *row, row_find_text *find_text, void *context)
{
	void *value = (char *)row + field->offset;
	const struct text *text;
	int r;

	switch (field->kind) {
	case KIND_U64:
		return row_read_u64(stmt, at, value);
	case KIND_I64:
		return read_signed(stmt, at, field, value);
	case KIND_PID:
		return read_pid(stmt, at, value);
	case KIND_DOUBLE:
		return read_double(stmt, at, value);
	case KIND_TEXT:
		r = read_text(stmt, at, find_text, context, &text);
		if (r < 0)
			return r;
		text_unref(*(const struct text **)value);
		*(const struct text **)value = text;
		return 0;
	case KIND_CHARS:
		return read_chars(stmt, at, field->size, find_text, context,
				  value);
	case KIND_CHAR:
		return read_char(stmt, at, value);
	case KIND_BOOL:
		*(bool *)value = sqlite3_column_int(stmt, at) != 0;
		return 0;
	}
	return -EBADMSG;
}

int row_read(sqlite3_stmt *stmt, int at, const struct layout *layout, void *row,
	     uint64_t now_ns, row_find_text *find_text, void *context)
{
	int r = 0;

	if (layout->part->has_block) {
		r = row_read_block(stmt, at, now_ns,
				   part_block(layout->part, row));
		at += 2;
	}
	for (size_t i = 0; i < layout->nfields && r == 0; i++)
		r = read_value(stmt, at++, layout->fields[i], row, find_text,
			       context);
	return r;
}
