/* SPDX-License-Identifier: MIT
 *
 * JSON for what comes by the thousand: keys and values are appended to one
 * buffer, which is written and used again, so that a row costs no allocation.
 * Texts that need more than quotes are left to json-c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json_write.h"
#include "memtop/format.h"

static void append(struct json_flat *flat, const char *bytes, size_t len)
{
	struct export_text *text = &flat->text;

	if (!flat->error)
		flat->error = export_reserve(text, len + 1);
	if (flat->error)
		return;
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
}

static void append_key(struct json_flat *flat, const char *key)
{
	if (flat->text.len > 1)
		append(flat, ",", 1);
	append(flat, "\"", 1);
	append(flat, key, strlen(key));
	append(flat, "\":", 2);
}

static void append_null(struct json_flat *flat)
{
	append(flat, "null", 4);
}

static void append_u64(struct json_flat *flat, uint64_t number)
{
	char digits[EXPORT_NUMBER_SIZE], *end = digits + sizeof(digits);
	char *start = export_digits(end, number);

	append(flat, start, (size_t)(end - start));
}

static void append_i64(struct json_flat *flat, int64_t number)
{
	if (number < 0)
		append(flat, "-", 1);
	append_u64(flat, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

static void append_double(struct json_flat *flat, double number)
{
	char buf[EXPORT_NUMBER_SIZE];

	export_double(buf, number);
	if (buf[0])
		append(flat, buf, strlen(buf));
	else
		append_null(flat);
}

/* Nothing in it that has to be escaped, or is no ASCII?  char may have a sign
 * or not. */
static bool is_plain(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)bytes[i] < ' ' ||
		    (unsigned char)bytes[i] >= 0x7f || bytes[i] == '"' ||
		    bytes[i] == '\\')
			return false;
	return true;
}

static void append_text(struct json_flat *flat, const char *bytes, size_t len)
{
	char *escaped;

	if (is_plain(bytes, len)) {
		append(flat, "\"", 1);
		append(flat, bytes, len);
		append(flat, "\"", 1);
		return;
	}
	escaped = json_escaped(bytes, len);
	if (escaped)
		append(flat, escaped, strlen(escaped));
	else
		flat->error = -ENOMEM;
	free(escaped);
}

static void append_value(struct json_flat *flat, const struct value *value)
{
	switch (value->kind) {
	case KIND_U64:
		append_u64(flat, value->u64);
		break;
	case KIND_I64:
	case KIND_PID:
		append_i64(flat, value->i64);
		break;
	case KIND_DOUBLE:
		append_double(flat, value->dbl);
		break;
	case KIND_BOOL:
		append(flat, value->boolean ? "true" : "false",
		       value->boolean ? 4 : 5);
		break;
	case KIND_TEXT:
	case KIND_CHARS:
	case KIND_CHAR:
		append_text(flat, value->text.bytes, value->text.len);
		break;
	}
}

void json_flat_begin(struct json_flat *flat)
{
	flat->text.len = 0;
	flat->error = 0;
	append(flat, "{", 1);
}

void json_flat_u64(struct json_flat *flat, const char *key, uint64_t number)
{
	append_key(flat, key);
	if (number == UNKNOWN)
		append_null(flat);
	else
		append_u64(flat, number);
}

void json_flat_i64(struct json_flat *flat, const char *key, int64_t number)
{
	append_key(flat, key);
	append_i64(flat, number);
}

void json_flat_double(struct json_flat *flat, const char *key, double number)
{
	append_key(flat, key);
	append_double(flat, number);
}

void json_flat_text(struct json_flat *flat, const char *key, const char *bytes,
		    size_t len)
{
	append_key(flat, key);
	append_text(flat, bytes, len);
}

void json_flat_field(struct json_flat *flat, const struct entity *entity,
		     const struct field *field, const void *row)
{
	struct value value = field_get(entity, field, row);
	char time[FORMAT_SIZE];

	append_key(flat, field->name);
	if (field->unit == UNIT_LIMIT && export_no_limit(&value)) {
		append_text(flat, "max", 3);
	} else if (value.state != STATE_OK) {
		append_null(flat);
	} else if (field->unit == UNIT_TIME) {
		format_rfc3339(time, value.u64);
		append_text(flat, time, strlen(time));
	} else {
		append_value(flat, &value);
	}
}

int json_flat_put(struct json_flat *flat, FILE *stream)
{
	append(flat, "}", 1);
	if (!flat->error)
		fwrite(flat->text.bytes, 1, flat->text.len, stream);
	return flat->error;
}

void json_flat_done(struct json_flat *flat)
{
	free(flat->text.bytes);
}

bool json_is_flat(const struct entity *entity)
{
	for (size_t i = 0; i < entity->nfields; i++)
		if (strchr(entity->fields[i].name, '.'))
			return false;
	return true;
}
