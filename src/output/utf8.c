/* SPDX-License-Identifier: MIT
 *
 * Untrusted bytes made valid UTF-8, for formats that must be.  What of it
 * would be obeyed rather than shown can be asked for; widths are not its
 * business.
 */
#include "export.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char replacement[] = "\xef\xbf\xbd";

/*
 * Length of the character at s, 0 when there is none: overlong forms,
 * surrogates and what lies beyond U+10FFFF are none (RFC 3629).
 */
static size_t utf8_length(const unsigned char *s, size_t len)
{
	unsigned char low = 0x80, high = 0xbf;
	size_t need;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		need = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		need = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		need = 4;
	else
		return 0;
	if (s[0] == 0xe0)
		low = 0xa0;
	else if (s[0] == 0xed)
		high = 0x9f;
	else if (s[0] == 0xf0)
		low = 0x90;
	else if (s[0] == 0xf4)
		high = 0x8f;
	if (len < need || s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < need; i++)
		if (s[i] < 0x80 || s[i] > 0xbf)
			return 0;
	return need;
}

size_t export_control(const char *bytes, unsigned *ret_code)
{
	const unsigned char *s = (const unsigned char *)bytes;
	size_t len = 1;
	unsigned code = s[0];
	bool obeyed = code < ' ' || code == 0x7f;

	if (code == 0xc2 || code == 0xd8) {
		len = 2;
		code = (code & 0x1fU) << 6 | (s[1] & 0x3fU);
		obeyed = code < 0xa0 || code == 0x061c;
	} else if (code == 0xe2) {
		len = 3;
		code = 0x2000U | (s[1] & 0x3fU) << 6 | (s[2] & 0x3fU);
		obeyed = code == 0x200e || code == 0x200f ||
			 (code >= 0x2028 && code <= 0x202e) ||
			 (code >= 0x2066 && code <= 0x2069);
	}
	if (!obeyed)
		return 0;
	*ret_code = code;
	return len;
}

int export_reserve(struct export_text *buf, size_t more)
{
	size_t size = (buf->len + more) * 2;
	char *bytes;

	if (buf->len + more <= buf->size)
		return 0;
	bytes = realloc(buf->bytes, size);
	if (!bytes)
		return -ENOMEM;
	buf->bytes = bytes;
	buf->size = size;
	return 0;
}

int export_utf8(struct export_text *buf, const char *src, size_t len)
{
	const size_t longest = sizeof(replacement) - 1;

	if (export_reserve(buf, len * longest + 1) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < len;) {
		size_t n = utf8_length((const unsigned char *)src + i, len - i);

		if (n) {
			memcpy(buf->bytes + buf->len, src + i, n);
			buf->len += n;
			i += n;
		} else {
			memcpy(buf->bytes + buf->len, replacement, longest);
			buf->len += longest;
			i++;
		}
	}
	buf->bytes[buf->len] = '\0';
	return 0;
}
