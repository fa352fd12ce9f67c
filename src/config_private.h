/* SPDX-License-Identifier: MIT
 *
 * Shared by the reading and the writing of the settings file.
 */
#ifndef CONFIG_PRIVATE_H
#define CONFIG_PRIVATE_H

#include <stdio.h>

#include "memtop/config.h"

enum { CONFIG_VALUE_SIZE = 1024 };

/* The places where tables are set: the processes of a pane (its enum view_id),
 * then lists (VIEW_COUNT + enum entity_id).  Each has a section of the file. */
enum { CONFIG_TABLES = VIEW_COUNT + ENTITY_COUNT };

/* Its name: that of the pane, or of the list; NULL: nothing can be set. */
const char *config_section(size_t table);
/* Which has that name, whatever the case; CONFIG_TABLES: none. */
size_t config_find_section(const char *name);

/* One key. */
struct setting {
	const char *key;
	bool per_table;
	/* false: why says what is wrong. */
	bool (*parse)(struct config *config, size_t table, const char *value,
		      const char **why);
	/* The value as text; false: not set. */
	bool (*format)(const struct config *config, size_t table,
		       char buf[CONFIG_VALUE_SIZE]);
};
extern const struct setting settings[];
extern const size_t setting_count;

/* The setting of that key in that section ("" outside of all), and the table
 * of the section; NULL: unknown. */
const struct setting *setting_find(const char *section, const char *key,
				   size_t *ret_table);

/* Writes before, the text of a file, with what is set in config. */
void config_rewrite(const char *before, const struct config *config, FILE *out);

#endif
