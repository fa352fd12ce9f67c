/* SPDX-License-Identifier: MIT
 *
 * From the model to a statement.  The row follows the table of fields; what
 * is unknown is NULL, never 0.
 */
#include <math.h>
#include <string.h>

#include "db.h"
#include "memtop/text.h"
#include "row.h"
#include "texts.h"

void layout_init(struct layout *layout, const struct part *part)
{
	layout->part = part;
	layout->left_out = NULL;
	layout->nfields = part_fields(part, layout->fields);
}

static bool value_equal(const struct field *field, const void *row_a,
			const void *row_b)
{
	const void *a = (const char *)row_a + field->offset;
	const void *b = (const char *)row_b + field->offset;
	double x, y;

	switch (field->kind) {
	case KIND_U64:
	case KIND_I64:
		return memcmp(a, b, sizeof(uint64_t)) == 0;
	case KIND_PID:
		return *(const pid_t *)a == *(const pid_t *)b;
	case KIND_DOUBLE:
		x = *(const double *)a;
		y = *(const double *)b;
		return x == y || (isnan(x) && isnan(y));
	case KIND_TEXT:
		return text_equal(*(const struct text *const *)a,
				  *(const struct text *const *)b);
	case KIND_CHARS:
		return strcmp(a, b) == 0;
	case KIND_CHAR:
		return *(const char *)a == *(const char *)b;
	case KIND_BOOL:
		return *(const bool *)a == *(const bool *)b;
	}
	return false;
}

bool row_equal(const struct layout *layout, const void *a, const void *b)
{
	if (layout->part->has_block) {
		const struct block *x = part_block(layout->part, a);
		const struct block *y = part_block(layout->part, b);

		if (x->state != y->state || x->read_ns != y->read_ns)
			return false;
	}
	for (size_t i = 0; i < layout->nfields; i++)
		if (layout->fields[i] != layout->left_out &&
		    !value_equal(layout->fields[i], a, b))
			return false;
	return true;
}

static int bind_text(sqlite3_stmt *stmt, int at, struct texts *texts,
		     const char *bytes, size_t len)
{
	int64_t id;
	int r = texts_id(texts, bytes, len, &id);

	if (r == 0)
		sqlite3_bind_int64(stmt, at, id);
	return r;
}

static int bind_value(sqlite3_stmt *stmt, int at, const struct field *field,
		      const void *row, struct texts *texts)
{
	const void *value = (const char *)row + field->offset;
	const struct text *text;
	double number;

	sqlite3_bind_null(stmt, at);
	switch (field->kind) {
	case KIND_U64:
		db_bind_u64(stmt, at, *(const uint64_t *)value);
		break;
	case KIND_I64:
		sqlite3_bind_int64(stmt, at, *(const int64_t *)value);
		break;
	case KIND_PID:
		sqlite3_bind_int64(stmt, at, *(const pid_t *)value);
		break;
	case KIND_DOUBLE:
		number = *(const double *)value;
		if (isfinite(number))
			sqlite3_bind_double(stmt, at, number);
		break;
	case KIND_TEXT:
		text = *(const struct text *const *)value;
		if (text)
			return bind_text(stmt, at, texts, text_str(text),
					 text_len(text));
		break;
	case KIND_CHARS:
		if (*(const char *)value)
			return bind_text(stmt, at, texts, value, strlen(value));
		break;
	case KIND_CHAR:
		if (*(const char *)value)
			db_bind_bytes(stmt, at, value, 1);
		break;
	case KIND_BOOL:
		sqlite3_bind_int(stmt, at, *(const bool *)value);
		break;
	}
	return 0;
}

void row_bind_block(sqlite3_stmt *stmt, int at, const struct block *block,
		    uint64_t now_ns)
{
	sqlite3_bind_int(stmt, at, (int)block->state);
	/* mostly 0, which takes no room; may be negative: the expensive lane
	 * brings reads that are younger than the sample's clock */
	if (block->read_ns)
		sqlite3_bind_int64(stmt, at + 1,
				   (int64_t)(now_ns - block->read_ns));
	else
		sqlite3_bind_null(stmt, at + 1);
}

int row_bind(sqlite3_stmt *stmt, int at, const struct layout *layout,
	     const void *row, uint64_t now_ns, struct texts *texts)
{
	int r = 0;

	if (layout->part->has_block) {
		row_bind_block(stmt, at, part_block(layout->part, row), now_ns);
		at += 2;
	}
	for (size_t i = 0; i < layout->nfields && r == 0; i++, at++) {
		if (layout->fields[i] == layout->left_out)
			sqlite3_bind_null(stmt, at);
		else
			r = bind_value(stmt, at, layout->fields[i], row, texts);
	}
	return r;
}
