/* SPDX-License-Identifier: MIT
 *
 * Shared by the files that check options.
 */
#ifndef OPTIONS_PRIVATE_H
#define OPTIONS_PRIVATE_H

#include "memtop/options.h"

/* What is wrong with an option, into error; -EINVAL. */
int option_fail(char *error, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* "unknown field 'x' (try one of pid, user, ...)": as many as there is room
 * for; fields are those of entity. */
int option_fail_unknown(char *error, size_t size, const char *what,
			const char *word, int len, enum option_values values,
			const struct entity *entity);
/* The place of that word among those; 0 or -EINVAL. */
int option_find_value(enum option_values values, const char *what,
		      const char *word, size_t *ret, char *error, size_t size);

#endif
