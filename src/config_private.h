/* SPDX-License-Identifier: MIT
 *
 * Shared by the reading and the writing of the settings file.
 */
#ifndef CONFIG_PRIVATE_H
#define CONFIG_PRIVATE_H

#include <stdio.h>

#include "memtop/config.h"

enum { CONFIG_VALUE_SIZE = 1024 };

/* One key.  Keys of panes stand in a section with the pane's name. */
struct setting {
	const char *key;
	bool per_view;
	/* false: why says what is wrong.  view is an enum view_id. */
	bool (*parse)(struct config *config, size_t view, const char *value,
		      const char **why);
	/* The value as text; false: not set. */
	bool (*format)(const struct config *config, size_t view,
		       char buf[CONFIG_VALUE_SIZE]);
};
extern const struct setting settings[];
extern const size_t setting_count;

/* The setting of that key in that section ("" outside of all), and the view
 * of the section; NULL: unknown. */
const struct setting *setting_find(const char *section, const char *key,
				   size_t *ret_view);

/* Writes before, the text of a file, with what is set in config. */
void config_rewrite(const char *before, const struct config *config, FILE *out);

#endif
