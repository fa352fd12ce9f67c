/* SPDX-License-Identifier: MIT
 *
 * The manual against the program's tables: every key and every field is in
 * man/memtop.1, and the manual names none that does not exist.  Options are
 * compared by tests/check-docs.sh, from outside.  Runs in the top folder.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/ui/ui.h"
#include "memtop/base.h"
#include "memtop/field.h"

#define WORDS_MAX 1024

struct words {
	char list[WORDS_MAX][40];
	size_t count;
};

/* keys: behind .It Ic; fields: behind .It Va in FIELD NAMES, and their
 * headers in Pq; variables: behind .Va or .It Va anywhere */
static struct words keys, fields, headers, variables;

static bool words_have(const struct words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (strcmp(words->list[i], word) == 0)
			return true;
	return false;
}

/* Adds a word as it is printed: without roff's escapes. */
static void words_add(struct words *words, const char *word)
{
	static const struct {
		const char *roff, *text;
	} escapes[] = { { "\\(ha", "^" },
			{ "\\(dq", "\"" },
			{ "\\e", "\\" },
			{ "\\-", "-" },
			{ "\\&", "" } };
	char *to;
	size_t left;

	assert_true(words->count < WORDS_MAX);
	to = words->list[words->count++];
	left = sizeof(words->list[0]) - 1;
	while (*word && left > 0) {
		size_t i = 0;

		while (i < ARRAY_SIZE(escapes) &&
		       strncmp(word, escapes[i].roff,
			       strlen(escapes[i].roff)) != 0)
			i++;
		if (i < ARRAY_SIZE(escapes)) {
			if (escapes[i].text[0]) {
				*to++ = escapes[i].text[0];
				left--;
			}
			word += strlen(escapes[i].roff);
		} else {
			*to++ = *word++;
			left--;
		}
	}
	*to = '\0';
}

/* One line of mdoc, like ".It Va swap_pss , swpss Pq SWPSS". */
static void read_line(char *line, bool in_fields)
{
	bool item = strncmp(line, ".It ", 4) == 0;
	struct words *words = NULL;
	char *save, *word;

	word = strtok_r(line + (item ? 4 : 1), " \n", &save);
	for (; word; word = strtok_r(NULL, " \n", &save)) {
		if (strcmp(word, ",") == 0)
			continue;
		if (item && strcmp(word, "Ic") == 0)
			words = &keys;
		else if (strcmp(word, "Va") == 0)
			words = &variables;
		else if (strcmp(word, "Pq") == 0)
			words = item && in_fields ? &headers : NULL;
		else if (words)
			words_add(words, word);
		else
			return;
		if (item && in_fields && words == &variables &&
		    strcmp(word, "Va") != 0)
			words_add(&fields, word);
	}
}

static int read_manual(void **state)
{
	FILE *file = fopen("man/memtop.1", "r");
	bool in_fields = false;
	char line[512];

	(void)state;
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file)) {
		if (strncmp(line, ".Sh ", 4) == 0)
			in_fields = strcmp(line, ".Sh FIELD NAMES\n") == 0;
		else if (line[0] == '.')
			read_line(line, in_fields);
	}
	return fclose(file);
}

static void expect(const struct words *words, const char *word,
		   const char *what)
{
	if (word && !words_have(words, word))
		fail_msg("the manual lacks the %s %s", what, word);
}

static void test_every_key_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < binding_count; i++)
		expect(&keys, bindings[i].key_name, "key");
}

static void test_every_key_of_the_manual_exists(void **state)
{
	(void)state;
	assert_true(keys.count > 0);
	for (size_t i = 0; i < keys.count; i++) {
		size_t j = 0;

		while (j < binding_count &&
		       strcmp(bindings[j].key_name, keys.list[i]) != 0)
			j++;
		if (j == binding_count)
			fail_msg("nothing is bound to %s", keys.list[i]);
	}
}

static void test_every_process_field_is_there(void **state)
{
	const struct entity *process = &entities[ENTITY_PROCESS];

	(void)state;
	for (size_t i = 0; i < process->nfields; i++) {
		expect(&fields, process->fields[i].name, "field");
		expect(&fields, process->fields[i].alias, "short name");
		expect(&headers, process->fields[i].title, "header");
	}
}

static void test_every_field_of_the_manual_exists(void **state)
{
	(void)state;
	assert_true(fields.count > 0);
	for (size_t i = 0; i < fields.count; i++)
		if (!field_find(&entities[ENTITY_PROCESS], fields.list[i]))
			fail_msg("there is no field %s", fields.list[i]);
}

/* "memory.some.avg10" is three keys in JSON, and three words here. */
static void test_every_exported_name_is_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < ENTITY_COUNT; i++) {
		if (entities[i].on_demand)
			continue;
		expect(&variables, entities[i].name, "object");
		for (size_t j = 0; j < entities[i].nfields; j++) {
			char name[64], *save, *part;

			snprintf(name, sizeof(name), "%s",
				 entities[i].fields[j].name);
			part = strtok_r(name, ".", &save);
			for (; part; part = strtok_r(NULL, ".", &save))
				expect(&variables, part, "exported name");
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_is_there),
		cmocka_unit_test(test_every_key_of_the_manual_exists),
		cmocka_unit_test(test_every_process_field_is_there),
		cmocka_unit_test(test_every_field_of_the_manual_exists),
		cmocka_unit_test(test_every_exported_name_is_there),
	};

	return cmocka_run_group_tests(tests, read_manual, NULL);
}
