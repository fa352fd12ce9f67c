/* SPDX-License-Identifier: MIT
 *
 * The glossary: every field of every entity has an entry, names are found
 * however they are written, and no entry is broken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/field.h"
#include "memtop/glossary.h"

/* Names of process fields stand alone; all others have their entity's name
 * before them. */
static void full_name(char *buf, size_t size, const struct entity *entity,
		      const struct field *field)
{
	if (entity == &entities[ENTITY_PROCESS])
		snprintf(buf, size, "%s", field->name);
	else
		snprintf(buf, size, "%s.%s", entity->name, field->name);
}

static void every_field_has_an_entry(void **state)
{
	(void)state;
	for (int e = 0; e < ENTITY_COUNT; e++)
		for (size_t i = 0; i < entities[e].nfields; i++) {
			char name[96];

			full_name(name, sizeof(name), &entities[e],
				  &entities[e].fields[i]);
			if (!glossary_find(name))
				fail_msg("no entry for %s", name);
		}
}

/* What kernels of several versions count is shown by its name. */
static void every_counter_has_an_entry(void **state)
{
	static const char *const trees[] = { "linux-4.19", "linux-6.1",
					     "linux-6.18" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		char path[96], line[256], name[288];
		const struct glossary_entry *entry;
		FILE *file;

		snprintf(path, sizeof(path), "tests/proc/%s/proc/vmstat",
			 trees[i]);
		file = fopen(path, "r");
		assert_non_null(file);
		while (fgets(line, sizeof(line), file)) {
			line[strcspn(line, " \n")] = '\0';
			snprintf(name, sizeof(name), "vmstat.%s", line);
			entry = glossary_find(name);
			if (!entry || strcmp(entry->name, "vmstat") == 0)
				fail_msg("%s: no entry for %s", trees[i], line);
		}
		fclose(file);
	}
}

static void every_column_has_an_entry_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < PROCESS_FIELD_COUNT; i++) {
		const char *name = entities[ENTITY_PROCESS].fields[i].name;
		const struct glossary_entry *entry = glossary_find(name);

		assert_non_null(entry);
		assert_string_equal(entry->name, name);
	}
}

static void names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < glossary_count; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcasecmp(glossary[i].name, glossary[j].name))
				fail_msg("%s twice", glossary[i].name);
}

static void check_text(const struct glossary_entry *entry, const char *text)
{
	if (!text)
		return;
	for (const char *s = text; *s; s++)
		if (*s < ' ' || *s > '~')
			fail_msg("%s: not plain ASCII", entry->name);
	if (!*text || strstr(text, "  ") || text[strlen(text) - 1] == ' ')
		fail_msg("%s: blanks in \"%s\"", entry->name, text);
}

static void entries_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < glossary_count; i++) {
		const struct glossary_entry *entry = &glossary[i];

		assert_non_null(entry->title);
		assert_non_null(entry->text);
		assert_true(strlen(entry->title) < 60);
		if (entry->text[strlen(entry->text) - 1] != '.')
			fail_msg("%s: text is no sentence", entry->name);
		check_text(entry, entry->text);
		check_text(entry, entry->normal);
		check_text(entry, entry->bad_when);
		check_text(entry, entry->do_);
		check_text(entry, entry->misleads);
		check_text(entry, entry->source);
	}
}

static void found_by(const char *asked, const char *expected)
{
	const struct glossary_entry *entry = glossary_find(asked);

	if (!entry)
		fail_msg("nothing for %s", asked);
	assert_string_equal(entry->name, expected);
}

static void entries_are_found(void **state)
{
	(void)state;
	found_by("pss", "pss");
	found_by("PSS", "pss");
	found_by("majflt", "major_fault_rate"); /* alias of the field */
	found_by("adj", "oom_score_adj");
	found_by("GROW/m", "growth_rate"); /* the word on the screen */
	found_by("memory.available", "memory.available");
	found_by("avail", "memory.available");
	found_by("pressure.memory.some.avg10", "pressure.memory.some");
	found_by("vmstat.pswpin", "vmstat.pswpin");
	found_by("vmstat.nr_unheard_of", "vmstat");
	assert_null(glossary_find("nonsense"));
	assert_null(glossary_find(""));
	assert_null(glossary_find("."));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_has_an_entry),
		cmocka_unit_test(every_counter_has_an_entry),
		cmocka_unit_test(every_column_has_an_entry_of_its_own),
		cmocka_unit_test(names_are_unique),
		cmocka_unit_test(entries_are_whole),
		cmocka_unit_test(entries_are_found),
	};

	return cmocka_run_group_tests_name("glossary", tests, NULL, NULL);
}
