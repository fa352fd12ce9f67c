/* SPDX-License-Identifier: MIT
 *
 * The terms of a filter against processes: run for every process of every
 * sample, so it allocates nothing.  Does not know how terms are written; see
 * filter_parse.c.
 */
#include "filter.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/format.h"
#include "model.h"

void filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	for (size_t i = 0; i < filter->count; i++)
		free(filter->terms[i].text);
	free(filter);
}

static bool same_bytes(const char *a, const char *b, size_t len, bool any_case)
{
	if (!any_case)
		return memcmp(a, b, len) == 0;
	for (size_t i = 0; i < len; i++)
		if (tolower((unsigned char)a[i]) !=
		    tolower((unsigned char)b[i]))
			return false;
	return true;
}

static bool match_bytes(const struct term *term, const char *bytes, size_t len)
{
	if (term->op == OP_EQUAL)
		return len == term->len &&
		       same_bytes(bytes, term->text, len, term->any_case);
	for (size_t at = 0; at + term->len <= len; at++)
		if (same_bytes(bytes + at, term->text, term->len,
			       term->any_case))
			return true;
	return false;
}

static bool match_text(const struct term *term, const struct entity *entity,
		       const struct field *field, const void *row)
{
	struct value value = field_get(entity, field, row);
	char number[FORMAT_SIZE];

	if (value.kind == KIND_TEXT && value.text.bytes != NULL)
		return match_bytes(term, value.text.bytes, value.text.len);
	if (!value.has_bound)
		return false;
	snprintf(number, sizeof(number), "%" PRIu64, value.bound);
	return match_bytes(term, number, strlen(number));
}

static bool match_number(const struct term *term, double number)
{
	switch (term->op) {
	case OP_ABOVE:
		return number > term->number;
	case OP_BELOW:
		return number < term->number;
	case OP_AT_LEAST:
		return number >= term->number;
	case OP_AT_MOST:
		return number <= term->number;
	default:
		return number == term->number;
	}
}

/* A bare word: in the command of a process, in any text of another row. */
static bool match_word(const struct term *term, const struct entity *entity,
		       const void *row)
{
	if (entity == &entities[ENTITY_PROCESS])
		return match_text(term, entity,
				  &process_fields[PROCESS_COMMAND], row) ||
		       match_text(term, entity, &process_fields[PROCESS_COMM],
				  row);
	for (size_t i = 0; i < entity->nfields; i++)
		if (field_is_text(&entity->fields[i]) &&
		    match_text(term, entity, &entity->fields[i], row))
			return true;
	return false;
}

static bool match_term(const struct term *term, const struct entity *entity,
		       const void *row)
{
	struct value value;

	if (term->field == NULL)
		return match_word(term, entity, row) != term->negated;
	if (term->text != NULL)
		return match_text(term, entity, term->field, row) !=
		       term->negated;
	value = field_get(entity, term->field, row);
	if (value.state != STATE_OK)
		return false;
	return match_number(term, value_number(&value)) != term->negated;
}

bool filter_match_row(const struct filter *filter, const void *row)
{
	if (filter == NULL)
		return true;
	for (size_t i = 0; i < filter->count; i++)
		if (!match_term(&filter->terms[i], filter->entity, row))
			return false;
	return true;
}

bool filter_match(const struct filter *filter, const struct process *process)
{
	assert(filter == NULL || filter->entity == &entities[ENTITY_PROCESS]);
	return filter_match_row(filter, process);
}
