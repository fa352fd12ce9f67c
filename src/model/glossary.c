/* SPDX-License-Identifier: MIT
 *
 * The glossary: looking entries up.  The entries themselves are kept in one
 * file per topic and make one table here.  Knows names, not values.
 */
#include "memtop/glossary.h"

#include <fnmatch.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "memtop/base.h"
#include "memtop/field.h"

/* clang-format off */
const struct glossary_entry glossary[] = {
#include "glossary_process.inc"
#include "glossary_memory.inc"
#include "glossary_system.inc"
#include "glossary_cgroup.inc"
#include "glossary_swap.inc"
#include "glossary_thp.inc"
#include "glossary_counters.inc"
#include "glossary_vmstat.inc"
#include "glossary_events.inc"
#include "glossary_trends.inc"
#include "glossary_kills.inc"
#include "glossary_readers.inc"
#include "glossary_kernel.inc"
#include "glossary_rules.inc"
#include "glossary_facts.inc"
};
/* clang-format on */
const size_t glossary_count = ARRAY_SIZE(glossary);

const char *const glossary_headings[GLOSSARY_PARTS] = {
	[GLOSSARY_NORMAL] = "Normal", [GLOSSARY_BAD_WHEN] = "Bad when",
	[GLOSSARY_DO] = "Do",	      [GLOSSARY_MISLEADS] = "Misleads",
	[GLOSSARY_SOURCE] = "Source",
};

/* Entries that are alike in all but what they are. */
struct family {
	const char *names; /* patterns, separated by spaces */
	const char *normal, *bad_when, *do_, *misleads, *source;
};

/* clang-format off */
static const struct family families[] = {
#include "glossary_families.inc"
#include "glossary_families_kernel.inc"
};
/* clang-format on */

static bool is_member(const struct family *family, const char *name)
{
	char pattern[64];
	size_t len;

	for (const char *s = family->names; *s; s += len + (s[len] == ' ')) {
		len = strcspn(s, " ");
		snprintf(pattern, sizeof(pattern), "%.*s", (int)len, s);
		if (fnmatch(pattern, name, 0) == 0)
			return true;
	}
	return false;
}

const char *glossary_part(const struct glossary_entry *entry,
			  enum glossary_part part)
{
	const char *const own[GLOSSARY_PARTS] = { entry->normal,
						  entry->bad_when, entry->do_,
						  entry->misleads,
						  entry->source };

	if (own[part])
		return own[part];
	for (size_t i = 0; i < ARRAY_SIZE(families); i++) {
		const struct family *f = &families[i];
		const char *const parts[GLOSSARY_PARTS] = {
			f->normal, f->bad_when, f->do_, f->misleads, f->source
		};

		if (parts[part] && is_member(f, entry->name))
			return parts[part];
	}
	return NULL;
}

static const struct glossary_entry *find_name(const char *name, size_t len)
{
	for (size_t i = 0; i < glossary_count; i++)
		if (!strncasecmp(glossary[i].name, name, len) &&
		    !glossary[i].name[len])
			return &glossary[i];
	return NULL;
}

static const struct glossary_entry *find_title(const char *word)
{
	size_t len = strlen(word);

	for (size_t i = 0; i < glossary_count; i++)
		if (!strncasecmp(glossary[i].title, word, len) &&
		    (glossary[i].title[len] == ' ' || !glossary[i].title[len]))
			return &glossary[i];
	return NULL;
}

/* "pressure.memory.some.avg10" is explained by "pressure.memory.some": the
 * longest part of a dotted name that has an entry. */
static const struct glossary_entry *find_parent(const char *name)
{
	const char *end = name + strlen(name);

	while ((end = memrchr(name, '.', (size_t)(end - name)))) {
		const struct glossary_entry *entry =
			find_name(name, (size_t)(end - name));

		if (entry)
			return entry;
	}
	return NULL;
}

/* "vmstat.allocstall_normal" is explained by "vmstat.allocstall". */
static const struct glossary_entry *find_family(const char *name)
{
	const char *dot = strchr(name, '.'), *end = name + strlen(name);

	while (dot && (end = memrchr(dot, '_', (size_t)(end - dot)))) {
		const struct glossary_entry *entry =
			find_name(name, (size_t)(end - name));

		if (entry)
			return entry;
	}
	return NULL;
}

/* "R07-swap-thrash" is explained by "R07". */
static const struct glossary_entry *find_rule(const char *name)
{
	size_t len = strcspn(name, "-");

	return name[len] && len == 3 ? find_name(name, len) : NULL;
}

const struct glossary_entry *glossary_find(const char *name)
{
	const struct glossary_entry *entry = find_name(name, strlen(name));
	const struct field *field;

	if (entry)
		return entry;
	field = field_find(&entities[ENTITY_PROCESS], name);
	if (field && (entry = find_name(field->name, strlen(field->name))))
		return entry;
	entry = find_rule(name);
	if (!entry)
		entry = find_title(name);
	if (!entry)
		entry = find_family(name);
	return entry ? entry : find_parent(name);
}
