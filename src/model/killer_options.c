/* SPDX-License-Identifier: MIT
 *
 * What earlyoom was told on its command line.  Arguments come joined by
 * blanks: one with a blank in it ends early.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "killer_private.h"

double killer_option(const char *command, char letter)
{
	const char *word;
	double value;
	char *end;

	for (const char *s = command; (s = strchr(s, ' ')) != NULL; s++) {
		if (s[1] != '-' || s[2] != letter)
			continue;
		word = s[3] == ' ' ? s + 4 : s + 3;
		value = strtod(word, &end);
		return end == word ? NAN : value;
	}
	return NAN;
}

bool killer_long_option(const char *command, const char *name, char *buf,
			size_t size)
{
	const char *s = strstr(command, name);
	size_t len;

	if (s == NULL)
		return false;
	s += strlen(name);
	if (*s != ' ' && *s != '=')
		return false;
	len = strcspn(++s, " ");
	if (len == 0 || len >= size)
		return false;
	memcpy(buf, s, len);
	buf[len] = '\0';
	return true;
}
