/* SPDX-License-Identifier: MIT
 *
 * --explain: the glossary on standard output.  Knows words, no values.
 */
#include "memtop/explain.h"

#include <errno.h>

#include "memtop/base.h"
#include "memtop/glossary.h"

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

int explain_print(FILE *stream, const char *name)
{
	if (name) {
		const struct glossary_entry *entry = glossary_find(name);

		if (!entry)
			return -ENOENT;
		print_entry(stream, entry);
	} else {
		for (size_t i = 0; i < glossary_count; i++)
			fprintf(stream, "%-26s %s\n", glossary[i].name,
				glossary[i].title);
	}
	return fflush(stream) == 0 ? 0 : -errno;
}
