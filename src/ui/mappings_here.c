/* SPDX-License-Identifier: MIT
 *
 * What `?` says of the mapping or group under the cursor: one counter, exact,
 * the flags in words, who hands out the memory.
 */
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "memtop/field.h"
#include "memtop/text.h"
#include "page_mappings.h"

#define NAME_CELLS 40

const char *mappings_topic(const struct ui *ui)
{
	const struct mappings_page *page = ui->page_state;

	return page ? mappings_topics[page->query.sort] : mappings_topics[0];
}

/* Returns the bytes it took. */
static size_t add(char *buf, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (!size)
		return 0;
	len = len < size ? len : size - 1;
	memcpy(buf, text, len);
	buf[len] = '\0';
	return len;
}

/* One counter of a mapping, or the sum over a group. */
static void add_counter(const struct map_item *item, const char *name,
			char *buf, size_t size)
{
	char exact[EXACT_BYTES_SIZE], share[FORMAT_SIZE], text[160];
	uint64_t value, rss = item->now.value[MAP_RSS];

	for (int i = 0; i < MAP_COLUMN_COUNT; i++) {
		if (strcmp(mappings_topics[i], name) != 0)
			continue;
		value = item->now.value[i];
		if (!item->now.count)
			snprintf(text, sizeof(text), "gone");
		else if (i == MAP_SIZE || i == MAP_RSS || value == UNKNOWN)
			snprintf(text, sizeof(text), "%s",
				 exact_bytes(exact, value));
		else
			snprintf(text, sizeof(text), "%s, %s of its RSS",
				 exact_bytes(exact, value),
				 format_percent(share, percent_of(value, rss)));
		add(buf, size, text);
		return;
	}
}

static void add_flags(const struct mapping *m, char *buf, size_t size)
{
	char words[512];
	size_t at;

	if (!m->flags) {
		add(buf, size, "this kernel does not tell them");
		return;
	}
	mapping_flags_words(text_str(m->flags), true, words, sizeof(words));
	at = add(buf, size, text_str(m->flags));
	add(buf + at, size - at, words);
}

/* What only a single mapping has. */
static void add_own(const struct mapping *m, const char *name, char *buf,
		    size_t size)
{
	char exact[EXACT_BYTES_SIZE];

	if (!strcmp(name, "flags"))
		add_flags(m, buf, size);
	else if (!strcmp(name, "perms"))
		add(buf, size, m->perms);
	else if (!strcmp(name, "page_size"))
		add(buf, size, exact_bytes(exact, m->page_size));
	else if (!strcmp(name, "thp_eligible"))
		add(buf, size,
		    m->thp_eligible == UNKNOWN ? "not known"
		    : m->thp_eligible	       ? "yes"
					       : "no");
	else if (!strcmp(name, "nodes"))
		add(buf, size,
		    m->nodes ? text_str(m->nodes)
			     : "one node only, or not readable");
	else if (!strcmp(name, "kind"))
		add(buf, size, mapping_kind_name((enum mapping_kind)m->kind));
}

static void add_allocators(const struct reply *reply, char *buf, size_t size)
{
	char line[160], basis[128];
	size_t at = 0;

	if (!reply->nallocators)
		add(buf, size, "none is recognized");
	for (size_t i = 0; i < reply->nallocators; i++) {
		const struct allocator *a = &reply->allocators[i];

		text_printable(basis, sizeof(basis), a->basis, strlen(a->basis),
			       NAME_CELLS);
		snprintf(line, sizeof(line), "%s%s%s (%s)", i ? "; " : "",
			 a->likely ? "likely " : "", a->name, basis);
		at += add(buf + at, size - at, line);
	}
}

void mappings_here(struct ui *ui, const char *name, char *buf, size_t size)
{
	struct mappings_page *page = ui->page_state;
	const char *field = strchr(name, '.');
	char label[NAME_CELLS * 4 + 1];
	struct map_item item;
	size_t at, len;

	buf[0] = '\0';
	if (!field || !page || !mappings_sync(ui) ||
	    page->cursor >= page->list.count)
		return;
	field++;
	if (!strcmp(field, "allocators")) {
		add_allocators(ui->mappings_reply, buf, size);
		return;
	}
	map_list_item(&page->list, page->cursor, &item);
	text_printable(label, sizeof(label), item.label, strlen(item.label),
		       NAME_CELLS);
	at = add(buf, size, label);
	at += add(buf + at, size - at, ": ");
	len = at;
	add_counter(&item, name, buf + at, size - at);
	if (item.mapping && !buf[at])
		add_own(item.mapping, field, buf + at, size - at);
	if (!buf[len] && strcmp(field, "path") != 0)
		buf[0] = '\0';
	else if (!buf[len])
		buf[len - 2] = '\0';
}
