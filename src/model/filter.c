/* SPDX-License-Identifier: MIT
 *
 * The terms of a filter against processes: run for every process of every
 * sample, so it allocates nothing.  Does not know how terms are written; see
 * filter_parse.c.
 */
#include "filter.h"

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

static struct value get(const struct field *field,
			const struct process *process)
{
	return field_get(&entities[ENTITY_PROCESS], field, process);
}

static bool match_text(const struct term *term, const struct field *field,
		       const struct process *process)
{
	struct value value = get(field, process);
	char number[FORMAT_SIZE];

	if (value.text.bytes != NULL)
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

static bool match_term(const struct term *term, const struct process *process)
{
	struct value value;
	bool matches;

	if (term->field == NULL) {
		matches = match_text(term, &process_fields[PROCESS_COMMAND],
				     process) ||
			  match_text(term, &process_fields[PROCESS_COMM],
				     process);
		return matches != term->negated;
	}
	if (term->text != NULL)
		return match_text(term, term->field, process) != term->negated;
	value = get(term->field, process);
	if (value.state != STATE_OK)
		return false;
	return match_number(term, value_number(&value)) != term->negated;
}

bool filter_match(const struct filter *filter, const struct process *process)
{
	if (filter == NULL)
		return true;
	for (size_t i = 0; i < filter->count; i++)
		if (!match_term(&filter->terms[i], process))
			return false;
	return true;
}
