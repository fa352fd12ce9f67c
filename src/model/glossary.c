/* SPDX-License-Identifier: MIT
 *
 * The glossary: what each figure means and when to worry.
 */
#include "memtop/glossary.h"

#include <string.h>
#include <strings.h>

#include "memtop/base.h"

const struct glossary_entry glossary[] = {
	{ .name = "pss",
	  .title = "PSS  Proportional Set Size",
	  .text = "The RAM this process is answerable for." },
};
const size_t glossary_count = ARRAY_SIZE(glossary);

const struct glossary_entry *glossary_find(const char *name)
{
	for (size_t i = 0; i < glossary_count; i++)
		if (!strcasecmp(glossary[i].name, name))
			return &glossary[i];
	return NULL;
}
