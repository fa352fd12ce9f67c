/* SPDX-License-Identifier: MIT
 *
 * The table of settings: how each key is read and written.  Knows values, and
 * nothing of files.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "config_private.h"
#include "memtop/base.h"
#include "memtop/format.h"

#define PARSE(name)                                                        \
	static bool name(struct config *c, size_t view, const char *value, \
			 const char **why)
#define FORMAT(name)                                          \
	static bool name(const struct config *c, size_t view, \
			 char buf[CONFIG_VALUE_SIZE])

static bool parse_yes_no(const char *value, bool *ret, const char **why)
{
	static const char *const words[][2] = {
		{ "no", "yes" },
		{ "false", "true" },
		{ "off", "on" },
		{ "0", "1" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		for (size_t j = 0; j < 2; j++) {
			if (strcasecmp(value, words[i][j]) == 0) {
				*ret = j;
				return true;
			}
		}
	}
	*why = "is neither yes nor no";
	return false;
}

static bool format_yes_no(bool value, char buf[CONFIG_VALUE_SIZE])
{
	strcpy(buf, value ? "yes" : "no");
	return true;
}

PARSE(parse_delay)
{
	uint64_t ns;

	(void)view;
	if (parse_duration(value, &ns) < 0 || ns < 100 * NS_PER_MS ||
	    ns > 3600 * NS_PER_S) {
		*why = "is not a number of seconds from 0.1 to 3600";
		return false;
	}
	c->delay_ns = ns;
	c->has_delay = true;
	return true;
}

FORMAT(format_delay)
{
	uint64_t ms = c->delay_ns / NS_PER_MS;

	(void)view;
	if (ms % 1000)
		snprintf(buf, CONFIG_VALUE_SIZE, "%llu.%03llu",
			 (unsigned long long)(ms / 1000),
			 (unsigned long long)(ms % 1000));
	else
		snprintf(buf, CONFIG_VALUE_SIZE, "%llu",
			 (unsigned long long)(ms / 1000));
	return c->has_delay;
}

PARSE(parse_pane)
{
	const struct view *found = view_find(value);

	(void)view;
	if (!found) {
		*why = "is no pane";
		return false;
	}
	c->view = found;
	return true;
}

FORMAT(format_pane)
{
	(void)view;
	if (c->view)
		snprintf(buf, CONFIG_VALUE_SIZE, "%s", c->view->name);
	return c->view != NULL;
}

PARSE(parse_theme)
{
	(void)view;
	for (size_t i = 0; option_value(VALUES_THEMES, i); i++) {
		if (strcmp(option_value(VALUES_THEMES, i), value) == 0) {
			c->theme = (int)i;
			c->has_theme = true;
			return true;
		}
	}
	*why = "is no theme";
	return false;
}

FORMAT(format_theme)
{
	(void)view;
	if (c->has_theme)
		snprintf(buf, CONFIG_VALUE_SIZE, "%s",
			 option_value(VALUES_THEMES, (size_t)c->theme));
	return c->has_theme;
}

PARSE(parse_ascii)
{
	(void)view;
	c->has_ascii = parse_yes_no(value, &c->ascii, why);
	return c->has_ascii;
}

FORMAT(format_ascii)
{
	(void)view;
	return c->has_ascii && format_yes_no(c->ascii, buf);
}

static const char *const unit_names[] = {
	[FORMAT_AUTO] = "auto",
	[FORMAT_K] = "K",
	[FORMAT_M] = "M",
	[FORMAT_G] = "G",
};

PARSE(parse_unit)
{
	(void)view;
	for (size_t i = 0; i < ARRAY_SIZE(unit_names); i++) {
		if (strcasecmp(unit_names[i], value) == 0) {
			c->unit = (int)i;
			c->has_unit = true;
			return true;
		}
	}
	*why = "is none of auto, K, M, G";
	return false;
}

FORMAT(format_unit)
{
	(void)view;
	if (c->has_unit)
		strcpy(buf, unit_names[c->unit]);
	return c->has_unit;
}

PARSE(parse_sort)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];
	const struct field *field = field_find(entity, value);

	if (!field) {
		*why = "is no field";
		return false;
	}
	c->views[view].sort = (uint8_t)(field - entity->fields);
	c->views[view].has_sort = true;
	return true;
}

FORMAT(format_sort)
{
	const struct config_view *v = &c->views[view];

	snprintf(buf, CONFIG_VALUE_SIZE, "%s",
		 entities[ENTITY_PROCESS].fields[v->sort].name);
	return v->has_sort;
}

PARSE(parse_reverse)
{
	struct config_view *v = &c->views[view];

	v->has_reverse = parse_yes_no(value, &v->reverse, why);
	return v->has_reverse;
}

FORMAT(format_reverse)
{
	const struct config_view *v = &c->views[view];

	return v->has_reverse && format_yes_no(v->reverse, buf);
}

PARSE(parse_columns)
{
	struct config_view parsed = c->views[view];
	const char *bad;

	if (output_parse_columns(&entities[ENTITY_PROCESS], value,
				 parsed.columns, ARRAY_SIZE(parsed.columns),
				 &parsed.ncolumns, &bad) < 0) {
		*why = "has a word that is no field";
		return false;
	}
	c->views[view] = parsed;
	return true;
}

FORMAT(format_columns)
{
	const struct config_view *v = &c->views[view];
	size_t at = 0;

	for (size_t i = 0; i < v->ncolumns && at < CONFIG_VALUE_SIZE; i++)
		at += (size_t)snprintf(
			buf + at, CONFIG_VALUE_SIZE - at, "%s%s", i ? " " : "",
			entities[ENTITY_PROCESS].fields[v->columns[i]].name);
	return v->ncolumns > 0 && at < CONFIG_VALUE_SIZE;
}

/* clang-format off */
const struct setting settings[] = {
	{ .key = "delay",   .parse = parse_delay, .format = format_delay },
	{ .key = "pane",    .parse = parse_pane,  .format = format_pane },
	{ .key = "theme",   .parse = parse_theme, .format = format_theme },
	{ .key = "ascii",   .parse = parse_ascii, .format = format_ascii },
	{ .key = "unit",    .parse = parse_unit,  .format = format_unit },
	{ .key = "sort",    .per_view = true,
	  .parse = parse_sort, .format = format_sort },
	{ .key = "reverse", .per_view = true,
	  .parse = parse_reverse, .format = format_reverse },
	{ .key = "columns", .per_view = true,
	  .parse = parse_columns, .format = format_columns },
};
/* clang-format on */

const size_t setting_count = ARRAY_SIZE(settings);

const struct setting *setting_find(const char *section, const char *key,
				   size_t *ret_view)
{
	const struct view *view = *section ? view_find(section) : NULL;

	/* panes without a table of processes have no settings */
	if (*section && (!view || !view->ncolumns))
		return NULL;
	for (size_t i = 0; i < setting_count; i++) {
		if (settings[i].per_view == (view != NULL) &&
		    strcasecmp(settings[i].key, key) == 0) {
			*ret_view = view ? (size_t)(view - views) : 0;
			return &settings[i];
		}
	}
	return NULL;
}
