/* SPDX-License-Identifier: MIT
 *
 * --explain: the glossary on standard output, and what the rules of the
 * verdict compare.  Knows words, no values.
 */
#include "memtop/explain.h"

#include <errno.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/glossary.h"
#include "memtop/verdict.h"

static void print_entry(FILE *stream, const struct glossary_entry *entry)
{
	fprintf(stream, "%s (%s)\n  %s\n", entry->title, entry->name,
		entry->text);
	for (int i = 0; i < GLOSSARY_PARTS; i++)
		fprintf(stream, "  %-10s%s\n", glossary_headings[i],
			glossary_part(entry, (enum glossary_part)i));
}

static void print_limits(FILE *stream, const char *rule)
{
	char line[512];

	for (size_t i = 0;
	     verdict_rule_limits(rule, i, line, sizeof(line)) == 0; i++)
		fprintf(stream, "  %-10s%s\n", i ? "" : "Limits", line);
}

static void print_all(FILE *stream)
{
	for (size_t i = 0; i < glossary_count; i++) {
		print_entry(stream, &glossary[i]);
		print_limits(stream, glossary[i].name);
	}
}

static void list(FILE *stream)
{
	for (size_t i = 0; i < glossary_count; i++)
		fprintf(stream, "%-26s %s\n", glossary[i].name,
			glossary[i].title);
}

int explain_print(FILE *stream, const char *name)
{
	if (!name) {
		list(stream);
	} else if (strcmp(name, "all") == 0) {
		print_all(stream);
	} else {
		const struct glossary_entry *entry = glossary_find(name);

		if (!entry)
			return -ENOENT;
		print_entry(stream, entry);
		print_limits(stream, entry->name);
	}
	return fflush(stream) == 0 ? 0 : -errno;
}
