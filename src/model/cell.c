/* SPDX-License-Identifier: MIT
 *
 * A value as the text of a table cell, and the order of values.  Separate
 * from field.c because only faces for people need it: exports take the value
 * itself.
 */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memtop/format.h"
#include "model.h"

enum { OLD_S = 5, VERY_OLD_S = 60 };

/* clang-format off */
static const char *const state_cells[] = {
	[STATE_PENDING] = "..",
	[STATE_OK] = "",
	[STATE_DENIED] = "?",
	[STATE_ABSENT] = "n/a",
	[STATE_NOT_APPLICABLE] = "-",
	[STATE_NOT_READ] = "-",
	[STATE_STUCK] = "?",
};
/* clang-format on */
static_assert(ARRAY_SIZE(state_cells) == STATE_COUNT, "a cell for every state");

static char *write_u64(char buf[FORMAT_SIZE], const struct field *field,
		       uint64_t number, const struct cell_context *context,
		       int unit)
{
	switch (field->unit) {
	case UNIT_LIMIT:
		if (number == NO_LIMIT)
			return strcpy(buf, "max");
		return format_bytes(buf, number, unit);
	case UNIT_BYTES:
		return format_bytes(buf, number, unit);
	case UNIT_COUNT:
		return format_count(buf, number);
	case UNIT_COUNT_PER_SECOND:
		return format_rate(buf, (double)number);
	case UNIT_PERCENT:
		return format_percent(buf, (double)number);
	case UNIT_NS:
		return format_duration(buf, number);
	case UNIT_ETA:
		return strcpy(buf, format_eta_brief((double)number));
	case UNIT_MICROSECONDS:
		return format_duration(
			buf, min_u64(number, UINT64_MAX / 2 / NS_PER_US) *
				     NS_PER_US);
	case UNIT_START: /* ages tick in whole seconds */
		number = sub_floor(context->boottime_ns, number);
		return format_duration(buf, number / NS_PER_S * NS_PER_S);
	case UNIT_YES_NO:
		return strcpy(buf, number != 0 ? "yes" : "no");
	case UNIT_TIME:
		return format_when(buf, number, context->realtime_ns, true);
	case UNIT_NONE:
	case UNIT_BYTES_PER_SECOND:
	case UNIT_BYTES_PER_MINUTE:
		break;
	}
	snprintf(buf, FORMAT_SIZE, "%" PRIu64, number);
	return buf;
}

static char *write_double(char buf[FORMAT_SIZE], const struct field *field,
			  double number, int unit)
{
	switch (field->unit) {
	case UNIT_BYTES_PER_SECOND:
		return format_bytes(buf, (uint64_t)fmax(number, 0), unit);
	case UNIT_BYTES_PER_MINUTE:
		return format_bytes_signed(buf, number * 60, unit);
	case UNIT_COUNT_PER_SECOND:
		return format_rate(buf, number);
	case UNIT_PERCENT:
		return format_percent(buf, number);
	default:
		snprintf(buf, FORMAT_SIZE, "%.2f", number);
		return buf;
	}
}

static char *write_number(char buf[FORMAT_SIZE], const struct field *field,
			  const struct value *value,
			  const struct cell_context *context, int unit)
{
	switch (value->kind) {
	case KIND_U64:
		return write_u64(buf, field, value->u64, context, unit);
	case KIND_DOUBLE:
		return write_double(buf, field, value->dbl, unit);
	case KIND_BOOL:
		return strcpy(buf, value->boolean ? "yes" : "no");
	default:
		snprintf(buf, FORMAT_SIZE, "%" PRId64, value->i64);
		return buf;
	}
}

/* A bound says more than any mark, where the figure exists. */
static bool shows_bound(const struct value *value)
{
	return value->has_bound &&
	       (value->partial || value->state == STATE_PENDING ||
		value->state == STATE_DENIED || value->state == STATE_STUCK);
}

static char age_mark(const struct value *value,
		     const struct cell_context *context)
{
	uint64_t age = sub_floor(context->now_ns, value->read_ns);

	if (value->state == STATE_DENIED || value->state == STATE_STUCK)
		return value->has_bound ? '?' : ' ';
	if (value->state != STATE_OK || context->now_ns == UNKNOWN)
		return ' ';
	if (age > VERY_OLD_S * NS_PER_S)
		return '"';
	return age > OLD_S * NS_PER_S ? '\'' : ' ';
}

static int text_cell(char *buf, size_t size, const struct value *value,
		     int max_cells)
{
	char number[FORMAT_SIZE];
	const char *s = number;

	if (value->state == STATE_OK ||
	    (value->has_bound && value->text.bytes != NULL))
		return text_printable(buf, size, value->text.bytes,
				      value->text.len, max_cells);
	if (value->has_bound)
		snprintf(number, sizeof(number), "%" PRIu64, value->bound);
	else
		s = state_cells[value->state];
	return text_printable(buf, size, s, strlen(s), max_cells);
}

static void number_cell(char *buf, size_t size, const struct field *field,
			const struct value *value,
			const struct cell_context *context, int unit)
{
	char number[FORMAT_SIZE] = "";
	const char *prefix = "", *s = number;
	char mark[2] = "";

	if (value->state == STATE_OK) {
		write_number(number, field, value, context, unit);
	} else if (shows_bound(value)) {
		prefix = "<";
		write_u64(number, field, value->bound, context, unit);
	} else {
		s = state_cells[value->state];
	}
	if (field->mark)
		mark[0] = age_mark(value, context);
	snprintf(buf, size, "%s%s%s", prefix, s, mark);
}

int value_cell(char *buf, size_t size, const struct field *field,
	       const struct value *value, const struct cell_context *context)
{
	if (value->kind == KIND_TEXT)
		return text_cell(buf, size, value, context->max_cells);
	number_cell(buf, size, field, value, context, context->unit);
	/* the '<' may stand in the blank before the column */
	if ((int)strlen(buf) > context->max_cells + (buf[0] == '<') &&
	    context->unit != FORMAT_AUTO)
		number_cell(buf, size, field, value, context, FORMAT_AUTO);
	return (int)strlen(buf);
}

/* Negative when a goes first; texts alphabetically. */
static int compare_texts(const struct value *a, const struct value *b)
{
	size_t len = a->text.len < b->text.len ? a->text.len : b->text.len;
	int order = memcmp(a->text.bytes, b->text.bytes, len);

	if (order != 0)
		return order;
	return (a->text.len > b->text.len) - (a->text.len < b->text.len);
}

int value_compare(const struct value *a, const struct value *b, bool reverse)
{
	double x, y;
	int order;

	if (a->kind == KIND_TEXT && b->kind == KIND_TEXT) {
		if (a->text.bytes == NULL || b->text.bytes == NULL)
			return (a->text.bytes == NULL) -
			       (b->text.bytes == NULL);
		order = compare_texts(a, b);
		return reverse ? -order : order;
	}
	x = value_number(a);
	y = value_number(b);
	if (isnan(x) || isnan(y))
		return (isnan(x) != 0) - (isnan(y) != 0);
	order = (x < y) - (x > y);
	return reverse ? -order : order;
}

bool value_figure(char *buf, double value, enum unit unit)
{
	uint64_t floor = clamp_u64(value);
	const char *per = "";

	*buf = '\0';
	if (isnan(value))
		return false;
	switch (unit) {
	case UNIT_BYTES:
		format_bytes(buf, floor, FORMAT_AUTO);
		break;
	case UNIT_BYTES_PER_MINUTE:
		format_bytes(buf, clamp_u64(value * 60), FORMAT_AUTO);
		per = "/min";
		break;
	case UNIT_PERCENT:
		format_percent(buf, value);
		break;
	case UNIT_NS:
	case UNIT_ETA:
		format_duration(buf, floor);
		break;
	case UNIT_COUNT_PER_SECOND:
		format_rate(buf, value);
		per = "/s";
		break;
	case UNIT_NONE: /* an oom_score_adj */
		snprintf(buf, FORMAT_SIZE, "%.0f",
			 fmax(fmin(value, 1e18), -1e18));
		break;
	default:
		format_count(buf, floor);
	}
	snprintf(buf + strlen(buf), FORMAT_SIZE - strlen(buf), "%s", per);
	return true;
}
