/* SPDX-License-Identifier: MIT
 *
 * Small steps over the text of kernel files.  Separate because swaps, stat,
 * pressure and maps all need some of them; knows none of these files.
 */
#include "scan.h"

#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/kernfile.h"

const char *scan_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

const char *scan_word(const char *s)
{
	while (*s && *s != ' ' && *s != '\t' && *s != '\n')
		s++;
	return s;
}

const char *scan_line(const char *s)
{
	while (*s && *s != '\n')
		s++;
	return *s ? s + 1 : s;
}

bool scan_i64(const char *s, const char **end, int64_t *ret)
{
	bool negative = *s == '-';
	uint64_t value;

	if (!parse_u64(s + negative, end, &value) || value > INT64_MAX)
		return false;
	*ret = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

bool scan_decimal(const char *s, const char **end, double *ret)
{
	uint64_t whole;
	double scale = 1, value;

	if (!parse_u64(s, &s, &whole))
		return false;
	value = (double)whole;
	if (*s == '.') {
		for (s++; *s >= '0' && *s <= '9'; s++) {
			scale /= 10;
			value += scale * (*s - '0');
		}
	}
	*end = s;
	*ret = value;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

bool scan_hex(const char *s, const char **end, uint64_t *ret)
{
	uint64_t value = 0;
	const char *p;

	for (p = s; hex_digit(*p) >= 0; p++) {
		if (value >> 60)
			return false;
		value = value << 4 | (uint64_t)hex_digit(*p);
	}
	if (p == s)
		return false;
	*end = p;
	*ret = value;
	return true;
}

struct text *scan_unescape(const char *s, size_t len)
{
	char buf[4096];
	size_t i = 0, n = 0;

	while (i < len && n < sizeof(buf)) {
		const char *p = s + i;

		if (*p == '\\' && len - i > 3 && p[1] >= '0' && p[1] <= '3' &&
		    p[2] >= '0' && p[2] <= '7' && p[3] >= '0' && p[3] <= '7') {
			buf[n++] = (char)((p[1] - '0') << 6 |
					  (p[2] - '0') << 3 | (p[3] - '0'));
			i += 4;
		} else {
			buf[n++] = *p;
			i++;
		}
	}
	return text_new(buf, n);
}

const char *scan_zone(const char *s, char *name, size_t size)
{
	static const char zone[] = ", zone";
	const char *end;
	uint64_t node;

	if (strncmp(s, "Node ", 5) != 0 ||
	    !parse_u64(scan_blanks(s + 5), &s, &node) ||
	    strncmp(s, zone, sizeof(zone) - 1) != 0)
		return NULL;
	s = scan_blanks(s + sizeof(zone) - 1);
	end = s + strcspn(s, ", \t\n");
	snprintf(name, size, "N%u %.*s", (unsigned)node, (int)(end - s), s);
	return end > s ? end : NULL;
}
