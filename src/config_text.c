/* SPDX-License-Identifier: MIT
 *
 * The text of a settings file made to say what is set: known lines are
 * rewritten where they stand, all else stays byte for byte.  Kept apart from
 * the reading, which trusts inih; here every line matters, comments too.
 * Touches no file.
 */
#include <stdio.h>
#include <string.h>

#include "config_private.h"

enum { WRAP_AT = 72, SECTION_SIZE = 64 };

/* A line, or a key with the indented lines that go on with its value. */
struct entry {
	const char *text;
	size_t len;
	char section[SECTION_SIZE];    /* it stands in */
	const struct setting *setting; /* NULL: not ours */
	size_t table;
	bool anchors; /* a section's new keys may follow it */
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t line_length(const char *text)
{
	const char *end = strchr(text, '\n');

	return end ? (size_t)(end - text) + 1 : strlen(text);
}

/* Copies the trimmed text between start and end. */
static void copy_word(char *buf, size_t size, const char *start,
		      const char *end)
{
	while (start < end && is_blank(*start))
		start++;
	while (end > start &&
	       (is_blank(end[-1]) || end[-1] == '\n' || end[-1] == '\r'))
		end--;
	snprintf(buf, size, "%.*s", (int)(end - start), start);
}

static void read_section(const char *line, size_t len, char *section)
{
	const char *close = memchr(line, ']', len);
	size_t table;

	if (!close)
		return;
	copy_word(section, SECTION_SIZE, line + 1, close);
	table = config_find_section(section); /* which ignores case */
	if (table < CONFIG_TABLES)
		snprintf(section, SECTION_SIZE, "%s", config_section(table));
}

/* The next entry of text; section is the one before it and then its own. */
static void read_entry(const char *text, char *section, struct entry *ret)
{
	size_t len = line_length(text);
	const char *equals;
	char key[64];

	*ret = (struct entry){ .text = text, .len = len };
	if (*text == '[') {
		read_section(text, len, section);
		ret->anchors = true;
	}
	snprintf(ret->section, sizeof(ret->section), "%s", section);
	if (strchr("[;#\r\n", *text) || is_blank(*text))
		return;
	ret->anchors = true;
	while (is_blank(text[ret->len]))
		ret->len += line_length(text + ret->len);
	equals = memchr(text, '=', len);
	if (!equals)
		equals = memchr(text, ':', len);
	if (!equals)
		return;
	copy_word(key, sizeof(key), text, equals);
	ret->setting = setting_find(section, key, &ret->table);
}

/* "key = value", long values wrapped into indented lines: readers of INI files
 * have short buffers. */
static void put_setting(FILE *out, const char *key, const char *value)
{
	int column = fprintf(out, "%s =", key);

	while (*value) {
		int len = (int)strcspn(value, " ");

		if (column + 1 + len > WRAP_AT) {
			fputs("\n\t", out);
			column = 8;
		} else {
			fputc(' ', out);
			column++;
		}
		column += fprintf(out, "%.*s", len, value);
		value += len;
		value += strspn(value, " ");
	}
}

/* Where the comment behind a value begins, or the line ends: as inih has it,
 * a ';' after a blank.  Its blanks are its own. */
static const char *comment_of(const char *line, size_t len)
{
	for (size_t i = 1; i < len; i++) {
		if (line[i] != ';' || !is_blank(line[i - 1]))
			continue;
		while (i > 1 && is_blank(line[i - 1]))
			i--;
		return line + i;
	}
	return line + len;
}

/* A known key: as it is while its value is still the same. */
static void put_known(FILE *out, const struct entry *entry,
		      const struct config *config)
{
	char value[CONFIG_VALUE_SIZE], before[CONFIG_VALUE_SIZE];
	size_t len = line_length(entry->text);
	const char *comment = comment_of(entry->text, len);
	const char *start = strpbrk(entry->text, "=:") + 1;

	copy_word(before, sizeof(before), start, comment);
	if (!entry->setting->format(config, entry->table, value) ||
	    (entry->len == len && strcmp(value, before) == 0)) {
		fwrite(entry->text, 1, entry->len, out);
		return;
	}
	put_setting(out, entry->setting->key, value);
	if (comment == entry->text + len)
		fputc('\n', out);
	else
		fwrite(comment, 1, (size_t)(entry->text + len - comment), out);
}

struct writer {
	FILE *out;
	const struct config *config;
	const char *text; /* the file as it was */
};

static bool text_has(const char *text, const char *wanted,
		     const struct setting *setting)
{
	char section[SECTION_SIZE] = "";
	struct entry entry;

	for (; *text; text += entry.len) {
		read_entry(text, section, &entry);
		if (entry.setting == setting &&
		    strcmp(entry.section, wanted) == 0)
			return true;
	}
	return false;
}

/* The settings of a section that its text has not yet; with a heading when the
 * whole section is new. */
static void put_missing(const struct writer *writer, const char *section,
			bool heading)
{
	size_t table = *section ? config_find_section(section) : 0;
	char value[CONFIG_VALUE_SIZE];

	for (size_t i = 0; i < setting_count; i++) {
		if (settings[i].per_table != (*section != '\0') ||
		    !settings[i].format(writer->config, table, value) ||
		    text_has(writer->text, section, &settings[i]))
			continue;
		if (heading)
			fprintf(writer->out, "\n[%s]\n", section);
		heading = false;
		put_setting(writer->out, settings[i].key, value);
		fputc('\n', writer->out);
	}
}

/* Is there nothing further on that the section's new keys should follow? */
static bool is_last_anchor(const struct entry *entry)
{
	const char *text = entry->text + entry->len;
	char section[SECTION_SIZE];
	struct entry next;

	snprintf(section, sizeof(section), "%s", entry->section);
	for (; *text; text += next.len) {
		read_entry(text, section, &next);
		if (next.anchors && strcmp(next.section, entry->section) == 0)
			return false;
	}
	return true;
}

static bool has_section(const char *text, const char *wanted)
{
	char section[SECTION_SIZE] = "";
	struct entry entry;

	for (; *text; text += entry.len) {
		read_entry(text, section, &entry);
		if (entry.anchors && strcmp(entry.section, wanted) == 0)
			return true;
	}
	return false;
}

void config_rewrite(const char *before, const struct config *config, FILE *out)
{
	const struct writer writer = { out, config, before };
	char section[SECTION_SIZE] = "";
	const char *text = before;
	struct entry entry;

	/* keys outside of sections have to come before the first of them;
	 * the comment that opens the file stays on top */
	if (!has_section(text, "")) {
		while (*text == '#' || *text == ';') {
			fwrite(text, 1, line_length(text), out);
			text += line_length(text);
		}
		put_missing(&writer, "", false);
	}
	for (; *text; text += entry.len) {
		read_entry(text, section, &entry);
		if (entry.setting)
			put_known(out, &entry, config);
		else
			fwrite(entry.text, 1, entry.len, out);
		if (entry.text[entry.len - 1] != '\n')
			fputc('\n', out);
		if (entry.anchors && is_last_anchor(&entry) &&
		    (!*section || config_find_section(section) < CONFIG_TABLES))
			put_missing(&writer, section, false);
	}
	for (size_t i = 0; i < CONFIG_TABLES; i++) {
		const char *name = config_section(i);

		if (name && !has_section(before, name))
			put_missing(&writer, name, true);
	}
}
