/* SPDX-License-Identifier: MIT
 *
 * Values and rows as objects of json-c, which knows how texts are escaped.
 * Separate from json_flat.c, which prints what there is by the thousand without
 * making an object of it.
 */
#include "json_write.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/format.h"

static const int json_flags =
	JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;

/*
 * json-c escapes the control characters below blank.  The others are legal in
 * JSON as they are, but a terminal would obey them.
 */
static void put_escaped(FILE *stream, const char *json)
{
	const char *start = json;
	unsigned code;

	for (const char *p = json; *p;) {
		size_t n = export_control(p, &code);

		if (n) {
			fwrite(start, 1, (size_t)(p - start), stream);
			fprintf(stream, "\\u%04x", code);
			start = p + n;
		}
		p += n ? n : 1;
	}
	fputs(start, stream);
}

/* Writes and releases object; NULL: there was no memory for it. */
int json_put_object(FILE *stream, struct json_object *object)
{
	const char *json =
		object ? json_object_to_json_string_ext(object, json_flags)
		       : NULL;
	int r = json ? 0 : -ENOMEM;

	if (json)
		put_escaped(stream, json);
	json_object_put(object);
	return r;
}

struct json_object *json_text(const char *bytes, size_t len)
{
	struct export_text text = { 0 };
	struct json_object *object;

	if (export_utf8(&text, bytes, len) < 0)
		return NULL;
	object = json_object_new_string_len(text.bytes, (int)text.len);
	free(text.bytes);
	return object;
}

char *json_escaped(const char *bytes, size_t len)
{
	struct json_object *object = json_text(bytes, len);
	char *text = NULL;
	size_t size;
	FILE *stream = object ? open_memstream(&text, &size) : NULL;

	if (!stream) {
		json_object_put(object);
		return NULL;
	}
	if (json_put_object(stream, object) < 0 || fclose(stream) == EOF) {
		free(text);
		return NULL;
	}
	return text;
}

struct json_object *json_double(double number)
{
	char buf[EXPORT_NUMBER_SIZE];

	return isfinite(number) ? json_object_new_double_s(
					  number, export_double(buf, number))
				: NULL;
}

/* NULL is json-c's null. */
static struct json_object *json_value(const struct value *value)
{
	if (value->state != STATE_OK)
		return NULL;
	switch (value->kind) {
	case KIND_U64:
		return json_object_new_uint64(value->u64);
	case KIND_I64:
	case KIND_PID:
		return json_object_new_int64(value->i64);
	case KIND_DOUBLE:
		return json_double(value->dbl);
	case KIND_BOOL:
		return json_object_new_boolean(value->boolean);
	case KIND_TEXT:
	case KIND_CHARS:
	case KIND_CHAR:
		return json_text(value->text.bytes, value->text.len);
	}
	return NULL;
}

static struct json_object *json_time(uint64_t realtime_ns)
{
	char time[FORMAT_SIZE];

	return json_object_new_string(format_rfc3339(time, realtime_ns));
}

/* "some.avg10" goes to {"some":{"avg10":…}}. */
static void add_path(struct json_object *object, const char *path,
		     struct json_object *value)
{
	const char *dot;

	while ((dot = strchr(path, '.'))) {
		struct json_object *inner;
		char key[32];
		size_t len = min_u64((size_t)(dot - path), sizeof(key) - 1);

		memcpy(key, path, len);
		key[len] = '\0';
		if (!json_object_object_get_ex(object, key, &inner)) {
			inner = json_object_new_object();
			json_object_object_add(object, key, inner);
		}
		if (!inner) {
			json_object_put(value);
			return;
		}
		object = inner;
		path = dot + 1;
	}
	/* path is part of a field table: json-c need not copy it */
	json_object_object_add_ex(object, path, value,
				  JSON_C_OBJECT_KEY_IS_CONSTANT);
}

void json_add_field(struct json_object *object, const struct entity *entity,
		    const struct field *field, const void *row)
{
	struct value value = field_get(entity, field, row);
	struct json_object *json;

	if (field->unit == UNIT_TIME && value.state == STATE_OK)
		json = json_time(value.u64);
	else if (field->unit == UNIT_LIMIT && export_no_limit(&value))
		json = json_object_new_string("max");
	else
		json = json_value(&value);
	add_path(object, field->name, json);
}

struct json_object *json_row(const struct entity *entity, const void *row)
{
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; object && i < entity->nfields; i++)
		json_add_field(object, entity, &entity->fields[i], row);
	return object;
}

int json_put_key(FILE *stream, const char *key, struct json_object *value)
{
	fprintf(stream, ",\"%s\":", key);
	if (value)
		return json_put_object(stream, value);
	fputs("null", stream);
	return 0;
}
