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

#define PARSE(name)                                                         \
	static bool name(struct config *c, size_t table, const char *value, \
			 const char **why)
#define FORMAT(name)                                           \
	static bool name(const struct config *c, size_t table, \
			 char buf[CONFIG_VALUE_SIZE])

const char *config_section(size_t table)
{
	size_t entity = table - VIEW_COUNT;

	if (table < VIEW_COUNT)
		return views[table].ncolumns ? views[table].name : NULL;
	/* panes of lists have nothing else */
	for (size_t i = 0; i < VIEW_COUNT; i++)
		for (size_t k = 0; k < views[i].nlists; k++)
			if (!views[i].ncolumns &&
			    views[i].lists[k].entity == entity &&
			    entities[entity].repeated)
				return entities[entity].name;
	return NULL;
}

size_t config_find_section(const char *name)
{
	for (size_t i = 0; i < CONFIG_TABLES; i++) {
		const char *section = config_section(i);

		if (section && strcasecmp(section, name) == 0)
			return i;
	}
	return CONFIG_TABLES;
}

static const struct entity *entity_of(size_t table)
{
	return &entities[table < VIEW_COUNT ? ENTITY_PROCESS
					    : table - VIEW_COUNT];
}

static struct config_table *table_of(struct config *c, size_t table)
{
	return table < VIEW_COUNT ? &c->views[table]
				  : &c->lists[table - VIEW_COUNT];
}

static const struct config_table *saved_of(const struct config *c, size_t table)
{
	return table_of((struct config *)c, table);
}

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

	(void)table;
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

	(void)table;
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

	(void)table;
	if (!found) {
		*why = "is no pane";
		return false;
	}
	c->view = found;
	return true;
}

FORMAT(format_pane)
{
	(void)table;
	if (c->view)
		snprintf(buf, CONFIG_VALUE_SIZE, "%s", c->view->name);
	return c->view != NULL;
}

PARSE(parse_theme)
{
	(void)table;
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
	(void)table;
	if (c->has_theme)
		snprintf(buf, CONFIG_VALUE_SIZE, "%s",
			 option_value(VALUES_THEMES, (size_t)c->theme));
	return c->has_theme;
}

PARSE(parse_ascii)
{
	(void)table;
	c->has_ascii = parse_yes_no(value, &c->ascii, why);
	return c->has_ascii;
}

FORMAT(format_ascii)
{
	(void)table;
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
	(void)table;
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
	(void)table;
	if (c->has_unit)
		strcpy(buf, unit_names[c->unit]);
	return c->has_unit;
}

PARSE(parse_sort)
{
	const struct entity *entity = entity_of(table);
	const struct field *field = field_find(entity, value);
	struct config_table *t = table_of(c, table);

	if (!field) {
		*why = "is no field";
		return false;
	}
	t->sort = (uint8_t)(field - entity->fields);
	t->has_sort = true;
	return true;
}

FORMAT(format_sort)
{
	const struct config_table *t = saved_of(c, table);

	snprintf(buf, CONFIG_VALUE_SIZE, "%s",
		 entity_of(table)->fields[t->sort].name);
	return t->has_sort;
}

PARSE(parse_reverse)
{
	struct config_table *t = table_of(c, table);

	t->has_reverse = parse_yes_no(value, &t->reverse, why);
	return t->has_reverse;
}

FORMAT(format_reverse)
{
	const struct config_table *t = saved_of(c, table);

	return t->has_reverse && format_yes_no(t->reverse, buf);
}

PARSE(parse_columns)
{
	struct config_table *t = table_of(c, table), parsed = *t;
	const char *bad;

	if (output_parse_columns(entity_of(table), value, parsed.columns,
				 ARRAY_SIZE(parsed.columns), &parsed.ncolumns,
				 &bad) < 0) {
		*why = "has a word that is no field";
		return false;
	}
	*t = parsed;
	return true;
}

FORMAT(format_columns)
{
	const struct config_table *t = saved_of(c, table);
	const struct field *fields = entity_of(table)->fields;
	size_t at = 0;

	for (size_t i = 0; i < t->ncolumns && at < CONFIG_VALUE_SIZE; i++)
		at += (size_t)snprintf(buf + at, CONFIG_VALUE_SIZE - at, "%s%s",
				       i ? " " : "",
				       fields[t->columns[i]].name);
	return t->ncolumns > 0 && at < CONFIG_VALUE_SIZE;
}

/* clang-format off */
const struct setting settings[] = {
	{ .key = "delay",   .parse = parse_delay, .format = format_delay },
	{ .key = "pane",    .parse = parse_pane,  .format = format_pane },
	{ .key = "theme",   .parse = parse_theme, .format = format_theme },
	{ .key = "ascii",   .parse = parse_ascii, .format = format_ascii },
	{ .key = "unit",    .parse = parse_unit,  .format = format_unit },
	{ .key = "sort",    .per_table = true,
	  .parse = parse_sort, .format = format_sort },
	{ .key = "reverse", .per_table = true,
	  .parse = parse_reverse, .format = format_reverse },
	{ .key = "columns", .per_table = true,
	  .parse = parse_columns, .format = format_columns },
};
/* clang-format on */

const size_t setting_count = ARRAY_SIZE(settings);

const struct setting *setting_find(const char *section, const char *key,
				   size_t *ret_table)
{
	size_t table = *section ? config_find_section(section) : 0;

	if (table == CONFIG_TABLES)
		return NULL;
	for (size_t i = 0; i < setting_count; i++) {
		if (settings[i].per_table == (*section != '\0') &&
		    strcasecmp(settings[i].key, key) == 0) {
			*ret_table = table;
			return &settings[i];
		}
	}
	return NULL;
}
