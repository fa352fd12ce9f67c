/* SPDX-License-Identifier: MIT
 *
 * Sizes and durations as a person types them.  Written by hand rather than
 * with strtod(), which would read "1.5" or "1,5" as the locale likes.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "memtop/base.h"
#include "memtop/format.h"
#include "memtop/kernfile.h"

/* "2", "2.5": as whole and fraction, so that 2^63 bytes keep their bits */
struct decimal {
	uint64_t whole;
	double fraction; /* 0 to below 1 */
	bool has_point;
};

/* -EINVAL: not a number at s; -ERANGE: too large. */
static int decimal_parse(const char **s, struct decimal *ret)
{
	struct decimal decimal = { 0 };
	double weight = 0.1;

	if (!isdigit((unsigned char)**s))
		return -EINVAL;
	if (!parse_u64(*s, s, &decimal.whole))
		return -ERANGE;
	if (**s == '.') {
		decimal.has_point = true;
		if (!isdigit((unsigned char)*++*s))
			return -EINVAL;
		for (; isdigit((unsigned char)**s); ++*s, weight /= 10)
			decimal.fraction += (**s - '0') * weight;
	}
	*ret = decimal;
	return 0;
}

static int decimal_times(const struct decimal *decimal, uint64_t unit,
			 uint64_t *ret)
{
	uint64_t value;

	if (__builtin_mul_overflow(decimal->whole, unit, &value) ||
	    __builtin_add_overflow(
		    value, (uint64_t)(decimal->fraction * (double)unit + 0.5),
		    &value) ||
	    value == UNKNOWN)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_decimal(const char **s, double *ret)
{
	struct decimal decimal;
	int error = decimal_parse(s, &decimal);

	if (error == 0)
		*ret = (double)decimal.whole + decimal.fraction;
	return error;
}

int parse_size(const char *s, uint64_t *ret)
{
	static const char letters[] = "kmgtpe";
	struct decimal decimal;
	uint64_t unit = 1;
	const char *letter;
	int error = decimal_parse(&s, &decimal);

	if (error < 0)
		return error;
	letter =
		*s != '\0' ? strchr(letters, tolower((unsigned char)*s)) : NULL;
	if (letter != NULL) {
		unit <<= 10 * (letter - letters + 1);
		s++;
		if (strncasecmp(s, "ib", 2) == 0)
			s++;
	}
	if (*s == 'b' || *s == 'B')
		s++;
	/* half a byte is a typing error */
	if (*s != '\0' || (decimal.has_point && unit == 1))
		return -EINVAL;
	return decimal_times(&decimal, unit, ret);
}

int parse_duration(const char *s, uint64_t *ret)
{
	/* clang-format off */
	static const struct {
		char name[3];
		uint64_t ns;
	} units[] = { /* the longer name first where one begins another */
		{ "d", 86400 * NS_PER_S }, { "h", 3600 * NS_PER_S },
		{ "ms", NS_PER_MS }, { "m", 60 * NS_PER_S },
		{ "s", NS_PER_S },
	};
	/* clang-format on */
	uint64_t total = 0, before = UINT64_MAX;

	do {
		struct decimal decimal;
		uint64_t part, unit = 0;
		int error = decimal_parse(&s, &decimal);

		if (error < 0)
			return error;
		/* a bare number is seconds, and stands alone */
		if (*s == '\0' && before == UINT64_MAX)
			unit = NS_PER_S;
		for (size_t i = 0; i < ARRAY_SIZE(units) && unit == 0; i++) {
			size_t len = strlen(units[i].name);

			if (strncasecmp(s, units[i].name, len) == 0) {
				unit = units[i].ns;
				s += len;
			}
		}
		/* "1m1h" is no duration anybody means */
		if (unit == 0 || unit >= before)
			return -EINVAL;
		before = unit;
		error = decimal_times(&decimal, unit, &part);
		if (error < 0)
			return error;
		if (__builtin_add_overflow(total, part, &total))
			return -ERANGE;
	} while (*s != '\0');
	*ret = total;
	return 0;
}
