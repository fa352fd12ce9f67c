/* SPDX-License-Identifier: MIT
 *
 * --explain: the glossary on standard output, and what the rules of the
 * verdict compare.  Knows words, no values.
 */
#include "memtop/explain.h"

#include <errno.h>

#include "memtop/base.h"
#include "memtop/glossary.h"
#include "memtop/verdict.h"

static void print_entry(FILE *stream, const struct glossary_entry *entry)
{
	const struct {
		const char *heading, *text;
	} parts[] = {
		{ "Normal", entry->normal }, { "Bad when", entry->bad_when },
		{ "Do", entry->do_ },	     { "Misleads", entry->misleads },
		{ "Source", entry->source },
	};

	fprintf(stream, "%s (%s)\n  %s\n", entry->title, entry->name,
		entry->text);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i].text)
			fprintf(stream, "  %-10s%s\n", parts[i].heading,
				parts[i].text);
}

static void print_limits(FILE *stream, const char *rule)
{
	char line[512];

	for (size_t i = 0;
	     verdict_rule_limits(rule, i, line, sizeof(line)) == 0; i++)
		fprintf(stream, "  %-10s%s\n", i ? "" : "Limits", line);
}

int explain_print(FILE *stream, const char *name)
{
	if (name) {
		const struct glossary_entry *entry = glossary_find(name);

		if (!entry)
			return -ENOENT;
		print_entry(stream, entry);
		print_limits(stream, entry->name);
	} else {
		for (size_t i = 0; i < glossary_count; i++)
			fprintf(stream, "%-26s %s\n", glossary[i].name,
				glossary[i].title);
	}
	return fflush(stream) == 0 ? 0 : -errno;
}
