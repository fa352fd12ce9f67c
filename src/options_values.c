/* SPDX-License-Identifier: MIT
 *
 * The words that options take: of each kind all there are, for the check of an
 * option, for what is said of a wrong one, and for completions.
 */
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "options_private.h"
#include "ui/term.h"

static const char *const theme_names[] = {
	[THEME_AUTO] = "auto",
	[THEME_MONO] = "mono",
};
static_assert(ARRAY_SIZE(theme_names) == THEME_COUNT, "a name for each theme");

static const char *const shell_names[] = {
	[SHELL_BASH] = "bash",
	[SHELL_ZSH] = "zsh",
	[SHELL_FISH] = "fish",
};
static_assert(ARRAY_SIZE(shell_names) == SHELL_COUNT, "a name for each shell");

static const char *value_name(enum option_values values,
			      const struct entity *entity, size_t i)
{
	switch (values) {
	case VALUES_FIELDS:
		return i < entity->nfields ? entity->fields[i].name : NULL;
	case VALUES_VIEWS:
		return i < VIEW_COUNT ? views[i].name : NULL;
	case VALUES_GROUPS:
		return i < GROUP_COUNT ? group_name((enum group_by)i) : NULL;
	case VALUES_THEMES:
		return i < THEME_COUNT ? theme_names[i] : NULL;
	case VALUES_SHELLS:
		return i < SHELL_COUNT ? shell_names[i] : NULL;
	case VALUES_NONE:
	case VALUES_FILES:
	case VALUES_USERS:
		break;
	}
	return NULL;
}

const char *option_value(enum option_values values, size_t i)
{
	return value_name(values, &entities[ENTITY_PROCESS], i);
}

int option_fail(char *error, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, size, format, args);
	va_end(args);
	return -EINVAL;
}

int option_fail_unknown(char *error, size_t size, const char *what,
			const char *word, int len, enum option_values values,
			const struct entity *entity)
{
	static const char last[] = ", ...)";
	size_t at;

	option_fail(error, size, "unknown %s '%.*s' (try one of ", what, len,
		    word);
	at = strlen(error);
	for (size_t i = 0;; i++) {
		const char *name = value_name(values, entity, i);

		if (!name)
			break;
		if (at + strlen(name) + sizeof(", ") + sizeof(last) > size) {
			snprintf(error + at, size - at, "%s", last);
			return -EINVAL;
		}
		at += (size_t)snprintf(error + at, size - at, "%s%s",
				       i ? ", " : "", name);
	}
	snprintf(error + at, size - at, ")");
	return -EINVAL;
}

int option_find_value(enum option_values values, const char *what,
		      const char *word, size_t *ret, char *error, size_t size)
{
	for (size_t i = 0; option_value(values, i); i++) {
		if (strcmp(option_value(values, i), word) == 0) {
			*ret = i;
			return 0;
		}
	}
	return option_fail_unknown(error, size, what, word, (int)strlen(word),
				   values, NULL);
}
