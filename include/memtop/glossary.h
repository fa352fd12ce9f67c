/* SPDX-License-Identifier: MIT
 *
 * What each figure means and when to worry: one text for `?`, --explain and
 * the manual.  Knows names, not values.
 */
#ifndef MEMTOP_GLOSSARY_H
#define MEMTOP_GLOSSARY_H

#include <stddef.h>

struct glossary_entry {
	const char *name;  /* field name ("pss"), "memory.available",
			      "vmstat.pswpin", or an idea ("verdict") */
	const char *title; /* "PSS  Proportional Set Size" */
	const char *text;  /* what it is: two or three sentences */
	const char *normal;
	const char *bad_when;
	const char *do_;
	const char *misleads;
	const char *source; /* kernel file and key */
	/* any but title and text may be NULL: ask glossary_part() */
};

enum glossary_part {
	GLOSSARY_NORMAL,
	GLOSSARY_BAD_WHEN,
	GLOSSARY_DO,
	GLOSSARY_MISLEADS,
	GLOSSARY_SOURCE,
	GLOSSARY_PARTS
};

extern const struct glossary_entry glossary[];
extern const size_t glossary_count;

/* What the entry says, or else its family: never NULL for one of the table. */
const char *glossary_part(const struct glossary_entry *entry,
			  enum glossary_part part);
/* "Normal", "Bad when", … */
extern const char *const glossary_headings[GLOSSARY_PARTS];

/* By name, by title's first word, or by a field's alias; NULL: none. */
const struct glossary_entry *glossary_find(const char *name);

#endif
