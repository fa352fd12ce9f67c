/* SPDX-License-Identifier: MIT
 *
 * Messages on standard error.  They quote arguments and lines of files, which
 * may be anybody's: a terminal gets nothing that it would obey.
 */
#include "say.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "memtop/text.h"

void say(const char *format, ...)
{
	char message[2048], printable[sizeof(message)];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	text_printable(printable, sizeof(printable), message, strlen(message),
		       INT_MAX);
	fprintf(stderr, "memtop: %s\n", printable);
}
