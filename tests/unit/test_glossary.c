/* SPDX-License-Identifier: MIT
 *
 * The glossary: every field of every entity has an entry, names are found
 * however they are written, and no entry is broken.
 */
#include <fnmatch.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "../../src/judge/facts.h"
#include "memtop/base.h"
#include "memtop/field.h"
#include "memtop/glossary.h"
#include "memtop/verdict.h"

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
		for (int part = 0; part < GLOSSARY_PARTS; part++) {
			const char *text =
				glossary_part(entry, (enum glossary_part)part);

			if (!text)
				fail_msg("%s says nothing of \"%s\"",
					 entry->name, glossary_headings[part]);
			check_text(entry, text);
		}
	}
}

/* --explain prints each alone: nothing stands before it that could be the
 * same. */
static void entries_stand_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < glossary_count; i++)
		if (strncmp(glossary[i].text, "The same", 8) == 0)
			fail_msg("%s: the same as what?", glossary[i].name);
}

/* Is it what the column of a process is called, in whatever case? */
static bool is_column(const char *word, size_t len)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];

	for (size_t f = 0; f < entity->nfields; f++) {
		const struct field *field = &entity->fields[f];
		const char *const names[] = { field->name, field->alias,
					      field->title };

		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			if (names[i] && strlen(names[i]) == len &&
			    strncasecmp(names[i], word, len) == 0)
				return true;
	}
	return false;
}

/* "2 Processes by MAJ/s": what one is sent to is there. */
static void columns_are_there(void **state)
{
	static const char before[] = "2 Processes by ";

	(void)state;
	for (size_t i = 0; i < glossary_count; i++) {
		const char *text = glossary_part(&glossary[i], GLOSSARY_DO);
		const char *word = text ? strstr(text, before) : NULL;

		if (!word)
			continue;
		word += strlen(before);
		if (!is_column(word, strcspn(word, " ,;:.)")))
			fail_msg("%s: no column \"%s\"", glossary[i].name,
				 word);
	}
}

/* As glossary.c has them. */
static const struct {
	const char *names, *normal, *bad_when, *do_, *misleads, *source;
} families[] = {
#include "../../src/model/glossary_families.inc"
#include "../../src/model/glossary_families_kernel.inc"
};

/* Each pattern is of some entry, and all words are of some entry. */
static void families_are_needed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const char *const parts[] = { families[i].normal,
					      families[i].bad_when,
					      families[i].do_,
					      families[i].misleads,
					      families[i].source };
		char names[512], *rest = names, *pattern;

		snprintf(names, sizeof(names), "%s", families[i].names);
		while ((pattern = strsep(&rest, " "))) {
			size_t k = 0;

			while (k < glossary_count &&
			       fnmatch(pattern, glossary[k].name, 0) != 0)
				k++;
			if (k == glossary_count)
				fail_msg("nobody is called %s", pattern);
		}
		for (int part = 0; part < GLOSSARY_PARTS; part++) {
			size_t k = 0;

			if (!parts[part])
				continue;
			while (k < glossary_count &&
			       glossary_part(&glossary[k],
					     (enum glossary_part)part) !=
				       parts[part] &&
			       strcmp(glossary_part(&glossary[k],
						    (enum glossary_part)part),
				      parts[part]) != 0)
				k++;
			if (k == glossary_count)
				fail_msg("nobody says \"%s\"", parts[part]);
		}
	}
}

/* All lines of a file of the captured kernels, by their first word. */
static void each_key(const char *file,
		     void (*check)(const char *tree, const char *key))
{
	static const char *const trees[] = { "linux-4.19", "linux-6.1",
					     "linux-6.18" };

	for (size_t i = 0; i < ARRAY_SIZE(trees); i++) {
		char path[96], line[256];
		FILE *stream;

		snprintf(path, sizeof(path), "tests/proc/%s/%s", trees[i],
			 file);
		stream = fopen(path, "r");
		assert_non_null(stream);
		while (fgets(line, sizeof(line), stream)) {
			line[strcspn(line, ": \n")] = '\0';
			check(trees[i], line);
		}
		fclose(stream);
	}
}

static bool is_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at += len)
		if ((at == text || at[-1] == ' ') &&
		    (!at[len] || strchr(" ,;+", at[len])))
			return true;
	return false;
}

/* What a line of /proc/meminfo is called here: an entry has it as its source.
 * Some are sums of others, and not shown by themselves. */
static void is_a_source(const char *tree, const char *key)
{
	static const char *const sums[] = { "Active",	    "Inactive",
					    "DirectMap4k",  "DirectMap2M",
					    "DirectMap1G",  "VmallocTotal",
					    "VmallocChunk", "NFS_Unstable",
					    "Bounce",	    "WritebackTmp" };

	for (size_t i = 0; i < ARRAY_SIZE(sums); i++)
		if (strcmp(key, sums[i]) == 0)
			return;
	for (size_t i = 0; i < glossary_count; i++)
		if (strstr(glossary[i].name, "memory.") == glossary[i].name &&
		    glossary[i].source && is_word(glossary[i].source, key))
			return;
	fail_msg("%s: no entry for %s of meminfo", tree, key);
}

static void every_line_of_meminfo_has_an_entry(void **state)
{
	(void)state;
	each_key("proc/meminfo", is_a_source);
}

/* R01 to R44, and whatever a rule of the table is called. */
static void every_rule_has_an_entry(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 44; i++) {
		const struct glossary_entry *entry;
		char id[8];

		snprintf(id, sizeof(id), "R%02u", i);
		entry = glossary_find(id);
		if (!entry || strcmp(entry->name, id) != 0)
			fail_msg("no entry for %s", id);
	}
	assert_null(glossary_find("R45"));
}

/* What `?` puts beside the limits of a rule. */
static void every_figure_of_a_rule_has_an_entry(void **state)
{
	(void)state;
	for (int i = FACT_NONE + 1; i < FACT_COUNT; i++) {
		const char *name = fact_infos[i].name;
		const struct glossary_entry *entry = glossary_find(name);

		if (!entry || strcmp(entry->name, name) != 0)
			fail_msg("no entry for %s", name);
	}
}

/* The letters of the flags, the lines of pressure, what events are counted in
 * groups, the words of verdicts and of units. */
static void every_word_has_an_entry(void **state)
{
	static const char *const pressures[] = {
		"pressure.memory.some",	 "pressure.memory.full",
		"pressure.io.some",	 "pressure.io.full",
		"cgroups.pressure.some", "cgroups.pressure.full",
	};
	static const char *const events[] = { "low",	  "high",
					      "max",	  "oom",
					      "oom_kill", "oom_group_kill" };
	static const char letters[] = "GWOLP";
	const struct glossary_entry *flags = glossary_find("flags");

	(void)state;
	for (const char *s = letters; *s; s++) {
		char word[4] = { *s, ' ', '\0' };

		if (!strstr(flags->text, word))
			fail_msg("flag %c is not explained", *s);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pressures); i++) {
		const struct glossary_entry *entry =
			glossary_find(pressures[i]);

		assert_non_null(entry);
		assert_string_equal(entry->name, pressures[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(events); i++) {
		char name[64];

		snprintf(name, sizeof(name), "cgroups.events.%s", events[i]);
		assert_non_null(glossary_find(name));
	}
	assert_non_null(glossary_find("verdict"));
	for (int s = SEVERITY_OK; s <= SEVERITY_CRIT; s++)
		assert_non_null(strstr(glossary_find("severity")->text,
				       severity_name((enum severity)s)));
	assert_non_null(glossary_find("values"));
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
		cmocka_unit_test(entries_stand_alone),
		cmocka_unit_test(columns_are_there),
		cmocka_unit_test(entries_are_whole),
		cmocka_unit_test(families_are_needed),
		cmocka_unit_test(every_line_of_meminfo_has_an_entry),
		cmocka_unit_test(every_rule_has_an_entry),
		cmocka_unit_test(every_figure_of_a_rule_has_an_entry),
		cmocka_unit_test(every_word_has_an_entry),
		cmocka_unit_test(entries_are_found),
	};

	return cmocka_run_group_tests_name("glossary", tests, NULL, NULL);
}
