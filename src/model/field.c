/* SPDX-License-Identifier: MIT
 *
 * Reading one value of one row as its field says: the only place that knows
 * how states, bounds and missing values go together, so that every face
 * tells the same truth.  Does not write for people; see cell.c.
 */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "model.h"

const struct field *field_find(const struct entity *entity, const char *name)
{
	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];

		if (strcasecmp(field->name, name) == 0 ||
		    (field->alias != NULL &&
		     strcasecmp(field->alias, name) == 0))
			return field;
	}
	return NULL;
}

void field_reset(const struct entity *entity, void *row)
{
	for (size_t i = 0; i < entity->nfields; i++) {
		const struct field *field = &entity->fields[i];
		void *at = (char *)row + field->offset;

		if (field->kind == KIND_U64)
			*(uint64_t *)at = UNKNOWN;
		else if (field->kind == KIND_DOUBLE)
			*(double *)at = NAN;
		if (field->block != NO_BLOCK)
			*(struct block *)((char *)row + field->block) =
				(struct block){ .state = STATE_PENDING };
	}
}

static bool get_text(const struct field *field, const void *at,
		     struct value *value)
{
	value->kind = KIND_TEXT;
	if (field->kind == KIND_TEXT) {
		const struct text *text = *(const struct text *const *)at;

		if (text == NULL)
			return false;
		value->text.bytes = text_str(text);
		value->text.len = text_len(text);
	} else {
		value->text.bytes = at;
		value->text.len = field->kind == KIND_CHAR
					  ? *(const char *)at != '\0'
					  : strlen(at);
	}
	return value->text.len > 0 || field->kind == KIND_TEXT || field->blank;
}

/* The bare figure; false when it is missing. */
static bool get_figure(const struct field *field, const void *row,
		       struct value *value)
{
	const void *at = (const char *)row + field->offset;
	pid_t pid;

	value->kind = field->kind;
	switch (field->kind) {
	case KIND_U64:
		value->u64 = *(const uint64_t *)at;
		return value->u64 != UNKNOWN;
	case KIND_I64:
		value->i64 = *(const int64_t *)at;
		return true;
	case KIND_PID: /* negative: a group has none */
		pid = *(const pid_t *)at;
		value->kind = KIND_I64;
		value->i64 = pid;
		return pid >= 0;
	case KIND_DOUBLE:
		value->dbl = *(const double *)at;
		return !isnan(value->dbl);
	case KIND_BOOL:
		value->boolean = *(const bool *)at;
		return true;
	case KIND_TEXT:
	case KIND_CHARS:
	case KIND_CHAR:
		break;
	}
	return get_text(field, at, value);
}

/* What to say of a figure that its read did not bring. */
static enum state state_when_missing(const struct field *field)
{
	if (field->unit == UNIT_COUNT_PER_SECOND ||
	    field->unit == UNIT_BYTES_PER_SECOND ||
	    field->unit == UNIT_BYTES_PER_MINUTE || field->counter != 0)
		return STATE_PENDING; /* a rate needs two reads */
	if (field->block == NO_BLOCK || field->unit == UNIT_START)
		return STATE_NOT_APPLICABLE; /* groups: no pid, no start */
	switch (field->kind) {
	case KIND_TEXT:
	case KIND_CHARS:
	case KIND_CHAR:
	case KIND_PID:
		return STATE_NOT_APPLICABLE;
	default:
		return STATE_ABSENT;
	}
}

static struct value get_plain(const struct field *field, const void *row)
{
	struct value value = { .state = STATE_OK };
	bool has_figure;

	if (field->block != NO_BLOCK) {
		const struct block *block =
			(const void *)((const char *)row + field->block);

		value.state = block->state;
		value.read_ns = block->read_ns;
	}
	has_figure = get_figure(field, row, &value);
	if (value.state == STATE_OK && !has_figure)
		value.state = state_when_missing(field);
	if (value.state != STATE_OK) {
		value.text.bytes = NULL;
		value.text.len = 0;
	}
	return value;
}

/* A name that is not known: the uid for the user, comm for the command. */
static void add_stand_in(const struct value *other, struct value *value)
{
	if (other->state != STATE_OK)
		return;
	value->has_bound = true;
	if (other->kind == KIND_TEXT)
		value->text = other->text;
	else
		value->bound = other->u64;
}

static void add_bound(const struct entity *entity, const struct field *field,
		      const void *row, struct value *value)
{
	const struct field *bound;
	struct value other;

	do {
		bound = &entity->fields[field->bound];
		other = get_plain(bound, row);
		field = bound;
	} while (other.state != STATE_OK && bound->bound != NO_FIELD);
	if (other.state != STATE_OK)
		return;
	value->has_bound = true;
	value->bound = other.u64;
	/* the computed bound, not the plain one at the end of the chain */
	value->partial = bound->bound != NO_FIELD;
}

struct value field_get(const struct entity *entity, const struct field *field,
		       const void *row)
{
	struct value value = get_plain(field, row);
	struct value other;

	if (value.state == STATE_OK || field->bound == NO_FIELD)
		return value;
	if (field->kind == KIND_TEXT) {
		other = get_plain(&entity->fields[field->bound], row);
		add_stand_in(&other, &value);
	} else if (value.state != STATE_NOT_APPLICABLE) {
		add_bound(entity, field, row, &value);
	}
	return value;
}

double value_number(const struct value *value)
{
	if (value->state != STATE_OK)
		return value->has_bound && value->kind == KIND_U64
			       ? (double)value->bound
			       : NAN;
	switch (value->kind) {
	case KIND_U64:
		return (double)value->u64;
	case KIND_I64:
		return (double)value->i64;
	case KIND_DOUBLE:
		return value->dbl;
	case KIND_BOOL:
		return value->boolean;
	default:
		return NAN;
	}
}
