/* SPDX-License-Identifier: MIT
 *
 * Private to output/: what the files that write JSON share.  Only those named
 * json_object.c, json_verdict.c and json_oom.c know json-c.
 */
#ifndef OUTPUT_JSON_WRITE_H
#define OUTPUT_JSON_WRITE_H

#include "export.h"

struct json_object;

/* ---- objects of json-c; NULL is its null --------------------------------- */

struct json_object *json_text(const char *bytes, size_t len);
struct json_object *json_double(double number);
void json_add_field(struct json_object *object, const struct entity *entity,
		    const struct field *field, const void *row);
/* All fields of its table; one named "some.avg10" goes to
 * {"some":{"avg10":…}}. */
struct json_object *json_row(const struct entity *entity, const void *row);

struct json_object *json_verdict(const struct verdict *verdict);
/* Of the control groups memtop is in: NULL where none has one. */
struct json_object *json_own_limit(const struct snapshot *snapshot);
struct json_object *json_oom(const struct snapshot *snapshot);

/* Writes and releases object; NULL: there was no memory for it.  0 or
 * -ENOMEM. */
int json_put_object(FILE *stream, struct json_object *object);
/* ,"key":value; NULL: null. */
int json_put_key(FILE *stream, const char *key, struct json_object *value);

/* A text with its quotes, escaped, to be freed; NULL: no memory. */
char *json_escaped(const char *bytes, size_t len);

/* ---- text, without objects ----------------------------------------------- */

/*
 * An object as it grows: {"a":1,"b":"x".  A failure is kept until it is put.
 */
struct json_flat {
	struct export_text text;
	int error;
};

void json_flat_begin(struct json_flat *flat);
void json_flat_u64(struct json_flat *flat, const char *key, uint64_t number);
void json_flat_i64(struct json_flat *flat, const char *key, int64_t number);
void json_flat_double(struct json_flat *flat, const char *key, double number);
void json_flat_text(struct json_flat *flat, const char *key, const char *bytes,
		    size_t len);
void json_flat_field(struct json_flat *flat, const struct entity *entity,
		     const struct field *field, const void *row);
/* Ends and writes it; it can begin again.  0 or -ENOMEM. */
int json_flat_put(struct json_flat *flat, FILE *stream);
void json_flat_done(struct json_flat *flat);

/* Has it a field that belongs into an object inside? */
bool json_is_flat(const struct entity *entity);

#endif
