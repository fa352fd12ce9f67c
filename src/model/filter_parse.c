/* SPDX-License-Identifier: MIT
 *
 * The filter language: "cg:celery swap>100M !bulk_" to terms.  Separate from
 * rows.c because prompts and options check an expression long before there
 * are rows.  Knows fields by the table only.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "memtop/format.h"
#include "model.h"

/* What is left to read; errors know where in the whole they are. */
struct scanner {
	const struct entity *entity;
	const char *start, *at;
	struct filter_error *error;
};

static int fail(const struct scanner *scanner, const char *at,
		const char *format, ...) __attribute__((format(printf, 3, 4)));

static int fail(const struct scanner *scanner, const char *at,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(scanner->error->what, sizeof(scanner->error->what), format,
		  args);
	va_end(args);
	scanner->error->at = (size_t)(at - scanner->start);
	return -EINVAL;
}

static bool is_end(char c)
{
	return c == '\0' || isspace((unsigned char)c);
}

/* One word, quotes removed: up to a blank outside of quotes. */
static int scan_word(struct scanner *scanner, char **ret, size_t *ret_len)
{
	char *word = malloc(strlen(scanner->at) + 1);
	const char *open = NULL;
	size_t len = 0;

	if (word == NULL)
		return -ENOMEM;
	for (; *scanner->at != '\0' && (open || !is_end(*scanner->at));
	     scanner->at++) {
		if (*scanner->at == '"')
			open = open == NULL ? scanner->at : NULL;
		else
			word[len++] = *scanner->at;
	}
	if (open != NULL) {
		free(word);
		return fail(scanner, open, "this quote is not closed");
	}
	word[len] = '\0';
	*ret = word;
	*ret_len = len;
	return 0;
}

/* The name in front of ":", "=", "<" or ">"; 0 when there is no such thing. */
static size_t name_length(const char *s)
{
	size_t len = 0;

	if (!isalpha((unsigned char)*s))
		return 0;
	while (isalnum((unsigned char)s[len]) || s[len] == '_')
		len++;
	return strchr(":=<>", s[len]) != NULL && s[len] != '\0' ? len : 0;
}

static int scan_field(struct scanner *scanner, size_t len, struct term *term)
{
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)len, scanner->at);
	term->field = field_find(scanner->entity, name);
	if (term->field == NULL)
		return fail(scanner, scanner->at, "there is no field \"%s\"",
			    name);
	scanner->at += len;
	return 0;
}

static void scan_operator(struct scanner *scanner, struct term *term)
{
	char c = *scanner->at++;
	bool or_equal = (c == '<' || c == '>') && *scanner->at == '=';

	if (or_equal)
		scanner->at++;
	switch (c) {
	case ':':
		term->op = OP_CONTAINS;
		break;
	case '=':
		term->op = OP_EQUAL;
		break;
	case '>':
		term->op = or_equal ? OP_AT_LEAST : OP_ABOVE;
		break;
	default:
		term->op = or_equal ? OP_AT_MOST : OP_BELOW;
		break;
	}
}

/* "2.5k": decimal, as counts and rates are shown */
static int parse_count(const char *s, double *ret)
{
	static const char letters[] = "kmg";
	const char *letter;
	double number;
	int error = parse_decimal(&s, &number);

	if (error < 0)
		return error;
	if (*s != '\0') {
		letter = strchr(letters, tolower((unsigned char)*s));
		if (letter == NULL || s[1] != '\0')
			return -EINVAL;
		for (const char *l = letters; l <= letter; l++)
			number *= 1000;
	}
	*ret = number;
	return 0;
}

static int parse_number(const struct field *field, const char *s, double *ret)
{
	bool negative = *s == '-';
	uint64_t whole = 0;
	double number = 0;
	int error;

	s += negative || *s == '+';
	switch (field->unit) {
	case UNIT_BYTES:
	case UNIT_BYTES_PER_SECOND:
	case UNIT_LIMIT:
	case UNIT_BYTES_PER_MINUTE:
		error = parse_size(s, &whole);
		number = (double)whole;
		break;
	case UNIT_NS:
	case UNIT_ETA:
		error = parse_duration(s, &whole);
		number = (double)whole;
		break;
	default:
		error = parse_count(s, &number);
		break;
	}
	if (error < 0)
		return error;
	if (field->unit == UNIT_BYTES_PER_MINUTE)
		number /= 60;
	*ret = negative ? -number : number;
	return 0;
}

static int check_operator(const struct scanner *scanner, const char *name,
			  const struct term *term)
{
	const char *known = term->field->name;

	if (term->field->unit == UNIT_START)
		return fail(scanner, name, "%s can not be filtered", known);
	if (field_is_text(term->field) && term->op > OP_EQUAL)
		return fail(scanner, name, "%s is a text: %s:TEXT", known,
			    known);
	if (!field_is_text(term->field) && term->op == OP_CONTAINS)
		return fail(scanner, name,
			    "%s is a number: use > < or =", known);
	return 0;
}

static int scan_value(struct scanner *scanner, struct term *term)
{
	const char *value = scanner->at;
	int error = scan_word(scanner, &term->text, &term->len);

	if (error < 0)
		return error;
	if (term->len == 0)
		return fail(scanner, value,
			    field_is_text(term->field)
				    ? "a text is missing here"
				    : "a number is missing here");
	if (field_is_text(term->field))
		return 0;
	if (parse_number(term->field, term->text, &term->number) < 0)
		return fail(scanner, value, "\"%.40s\" is no %s", term->text,
			    term->field->unit == UNIT_BYTES ||
					    term->field->unit ==
						    UNIT_BYTES_PER_SECOND ||
					    term->field->unit ==
						    UNIT_BYTES_PER_MINUTE
				    ? "size such as 100M"
				    : "number");
	free(term->text);
	term->text = NULL;
	return 0;
}

static bool has_upper_case(const char *s)
{
	for (; *s != '\0'; s++)
		if (isupper((unsigned char)*s))
			return true;
	return false;
}

static int scan_term(struct scanner *scanner, struct term *term)
{
	const char *start = scanner->at;
	size_t len;
	int error;

	term->negated = *scanner->at == '!';
	scanner->at += term->negated;
	len = name_length(scanner->at);
	if (len == 0) {
		error = scan_word(scanner, &term->text, &term->len);
		if (error == 0 && term->len == 0)
			error = fail(scanner, start, "a word is missing here");
	} else {
		const char *name = scanner->at;

		error = scan_field(scanner, len, term);
		if (error < 0)
			return error;
		scan_operator(scanner, term);
		error = check_operator(scanner, name, term);
		if (error == 0)
			error = scan_value(scanner, term);
	}
	if (error == 0 && term->text != NULL)
		term->any_case = !has_upper_case(term->text);
	return error;
}

static void skip_blanks(struct scanner *scanner)
{
	while (*scanner->at != '\0' && is_end(*scanner->at))
		scanner->at++;
}

int filter_parse(const char *expression, struct filter **ret,
		 struct filter_error *error)
{
	return filter_parse_for(&entities[ENTITY_PROCESS], expression, ret,
				error);
}

int filter_parse_for(const struct entity *entity, const char *expression,
		     struct filter **ret, struct filter_error *error)
{
	struct scanner scanner = { entity, expression, expression, error };
	struct filter *filter = NULL;
	int result = 0;

	for (skip_blanks(&scanner); *scanner.at != '\0' && result == 0;
	     skip_blanks(&scanner)) {
		size_t count = filter != NULL ? filter->count : 0;
		struct filter *more = realloc(
			filter,
			sizeof(*filter) + (count + 1) * sizeof(struct term));

		if (more == NULL) {
			result = -ENOMEM;
			break;
		}
		filter = more;
		filter->entity = entity;
		filter->count = count + 1;
		filter->terms[count] = (struct term){ 0 };
		result = scan_term(&scanner, &filter->terms[count]);
	}
	if (result < 0)
		filter_free(filter);
	else
		*ret = filter;
	return result;
}
