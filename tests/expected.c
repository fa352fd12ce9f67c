/* SPDX-License-Identifier: MIT
 *
 * See expected.h.
 */
#include "expected.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "../src/ui/ui.h"

#define EXPECTED "tests/screen/expected"

/* All rows, without the blanks at their ends; malloc'ed. */
char *expected_screen(int rows, int cols)
{
	size_t width = (size_t)cols * 4 + 2, len = 0;
	char *text = calloc((size_t)rows, width);

	assert_non_null(text);
	for (int row = 0; row < rows; row++) {
		term_read_row(row, text + len, (int)width);
		len += strlen(text + len);
		while (len && text[len - 1] == ' ')
			len--;
		text[len++] = '\n';
	}
	text[len] = '\0';
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		fail_msg("%s can not be written", path);
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	assert_non_null(text);
	if (!file)
		fail_msg("%s is missing; UPDATE=1 writes it", path);
	else if (fread(text, 1, 65535, file) == 0)
		fail_msg("%s is empty", path);
	if (file)
		fclose(file);
	return text;
}

/* The first line that differs, so that a person sees what changed. */
static void report(const char *name, const char *is, const char *should)
{
	int row = 1;

	for (;; row++) {
		size_t a = strcspn(is, "\n"), b = strcspn(should, "\n");

		if (a != b || memcmp(is, should, a) != 0)
			fail_msg("%s, row %d\n  is      |%.*s|\n  expected "
				 "|%.*s|",
				 name, row, (int)a, is, (int)b, should);
		if (!is[a] || !should[b])
			return;
		is += a + 1;
		should += b + 1;
	}
}

void expected_text(const char *is, const char *name)
{
	char path[256], *should;

	snprintf(path, sizeof(path), "%s/%s.txt", EXPECTED, name);
	if (getenv("UPDATE")) {
		write_file(path, is);
		return;
	}
	should = read_file(path);
	if (strcmp(is, should) != 0)
		report(name, is, should);
	free(should);
}
