/* SPDX-License-Identifier: MIT
 *
 * One line at a time: gathered, made printable, cut to the width, written.
 * Being the only way to the stream, it is where untrusted names lose their
 * teeth.  Knows nothing of memory.
 */
#include "text_table.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "memtop/text.h"

/* Room for more bytes and a terminator. */
static bool reserve(struct text_lines *lines, size_t more)
{
	size_t size = (lines->len + more + 1) * 2;
	char *bytes;

	if (lines->len + more < lines->size)
		return true;
	bytes = realloc(lines->bytes, size);
	if (!bytes) {
		lines->error = -ENOMEM;
		return false;
	}
	lines->bytes = bytes;
	lines->size = size;
	return true;
}

void text_lines_add(struct text_lines *lines, const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len < 0 || !reserve(lines, (size_t)len))
		return;
	va_start(args, format);
	vsnprintf(lines->bytes + lines->len, (size_t)len + 1, format, args);
	va_end(args);
	lines->len += (size_t)len;
}

void text_lines_pad(struct text_lines *lines, int cells)
{
	if (cells > 0)
		text_lines_add(lines, "%*s", cells, "");
}

void text_lines_unpad(struct text_lines *lines, size_t max)
{
	while (max-- && lines->len && lines->bytes[lines->len - 1] == ' ')
		lines->len--;
}

void text_lines_end(struct text_lines *lines)
{
	int cells = lines->width > 0 ? lines->width : INT_MAX;
	size_t size;
	char *line;

	text_lines_unpad(lines, lines->len);
	/* a '?' takes the place of at least one byte, a '+' of a character */
	size = lines->len + 2;
	line = malloc(size);
	if (line) {
		text_printable(line, size, lines->len ? lines->bytes : "",
			       lines->len, cells);
		fprintf(lines->stream, "%s\n", line);
		free(line);
		if (!lines->error)
			lines->error = export_status(lines->stream);
	} else {
		lines->error = -ENOMEM;
	}
	lines->len = 0;
}
