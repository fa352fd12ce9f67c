/* SPDX-License-Identifier: MIT
 *
 * What the formats share: the list of columns, and figures as machines read
 * them.  Knows no format.
 */
#include "export.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "memtop/cgroup.h"

size_t export_columns(const struct output_options *options, const uint8_t **ret)
{
	if (options->columns) {
		*ret = options->columns;
		return options->ncolumns;
	}
	*ret = options->view->columns;
	return options->view->ncolumns;
}

bool export_no_limit(const struct value *value)
{
	return value->state == STATE_OK && value->u64 == NO_LIMIT;
}

char *export_digits(char *end, uint64_t number)
{
	do {
		*--end = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	return end;
}

/* 12.345, which ends before end. */
static char *export_fraction(char *end, uint64_t milli)
{
	for (int i = 0; i < 3; i++, milli /= 10)
		*--end = (char)('0' + milli % 10);
	*--end = '.';
	return export_digits(end, milli);
}

char *export_double(char buf[EXPORT_NUMBER_SIZE], double number)
{
	char digits[EXPORT_NUMBER_SIZE], *start, *end;
	double size = fabs(number);
	uint64_t milli;

	if (!isfinite(number)) {
		buf[0] = '\0';
		return buf;
	}
	/* %f would follow the locale's decimal comma; beyond 2^53 a double
	 * has no fraction anyway */
	if (size >= 9e15) {
		snprintf(buf, EXPORT_NUMBER_SIZE, "%.15e", number);
		for (char *c = buf; *c; c++)
			if (*c == ',')
				*c = '.';
		return buf;
	}
	milli = (uint64_t)llround(size * 1000);
	end = digits + sizeof(digits);
	start = export_fraction(end, milli);
	if (number < 0 && milli)
		*--start = '-';
	while (end[-1] == '0')
		end--;
	end -= end[-1] == '.';
	memcpy(buf, start, (size_t)(end - start));
	buf[end - start] = '\0';
	return buf;
}

char *export_number(char buf[EXPORT_NUMBER_SIZE], const struct value *value)
{
	buf[0] = '\0';
	if (value->state != STATE_OK)
		return buf;
	switch (value->kind) {
	case KIND_I64:
	case KIND_PID:
		snprintf(buf, EXPORT_NUMBER_SIZE, "%" PRId64, value->i64);
		break;
	case KIND_U64:
		snprintf(buf, EXPORT_NUMBER_SIZE, "%" PRIu64, value->u64);
		break;
	case KIND_DOUBLE:
		export_double(buf, value->dbl);
		break;
	case KIND_BOOL:
		strcpy(buf, value->boolean ? "true" : "false");
		break;
	case KIND_TEXT:
	case KIND_CHARS:
	case KIND_CHAR:
		break;
	}
	return buf;
}

int export_status(FILE *stream)
{
	if (!ferror(stream))
		return 0;
	return errno ? -errno : -EIO;
}

int output_parse_columns(const struct entity *entity, const char *list,
			 uint8_t *ret, size_t max, size_t *ret_count,
			 const char **ret_bad)
{
	static const char separators[] = ", \t";
	const char *word = list + strspn(list, separators);
	size_t count = 0;

	while (*word) {
		size_t len = strcspn(word, separators);
		const struct field *field = NULL;
		char name[64];

		if (len < sizeof(name)) {
			memcpy(name, word, len);
			name[len] = '\0';
			field = field_find(entity, name);
		}
		if (!field || count == max) {
			*ret_bad = word;
			return field ? -E2BIG : -EINVAL;
		}
		ret[count++] = (uint8_t)(field - entity->fields);
		word += len;
		word += strspn(word, separators);
	}
	if (!count) {
		*ret_bad = list;
		return -EINVAL;
	}
	*ret_count = count;
	return 0;
}
