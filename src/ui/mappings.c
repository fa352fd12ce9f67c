/* SPDX-License-Identifier: MIT
 *
 * The rows of the Mappings page from what two reads have: which groups are
 * open, and in which order all stand, groups first and their members below
 * them.  Knows no screen.
 */
#include "mappings.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/text.h"

bool map_query_expanded(const struct map_query *query, uint64_t id)
{
	for (size_t i = 0; i < query->nexpanded; i++)
		if (query->expanded[i] == id)
			return !query->expand_all;
	return query->expand_all;
}

void map_query_toggle(struct map_query *query, uint64_t id)
{
	for (size_t i = 0; i < query->nexpanded; i++)
		if (query->expanded[i] == id) {
			query->expanded[i] =
				query->expanded[--query->nexpanded];
			return;
		}
	/* The one that was changed longest ago makes room. */
	if (query->nexpanded == MAP_EXPANDED_MAX) {
		query->nexpanded--;
		memmove(query->expanded, query->expanded + 1,
			query->nexpanded * sizeof(query->expanded[0]));
	}
	query->expanded[query->nexpanded++] = id;
}

bool map_change(const struct map_item *item, enum map_column column,
		double *ret)
{
	uint64_t now = item->now.count ? item->now.value[column] : 0;
	uint64_t before = item->before.count ? item->before.value[column] : 0;

	if (now == UNKNOWN || before == UNKNOWN)
		return false;
	*ret = (double)now - (double)before;
	return true;
}

/* ---- order --------------------------------------------------------------- */

/* What is sorted; the key's order is that of unsigned numbers. */
struct entry {
	uint64_t key;
	uint32_t number;
};

/* The largest first, what is not known last. */
static uint64_t sort_key(const struct map_query *query, uint64_t now,
			 uint64_t before)
{
	double value = -1;
	uint64_t bits;

	if (query->difference && now != UNKNOWN && before != UNKNOWN)
		value = (double)now - (double)before;
	else if (!query->difference && now != UNKNOWN)
		value = (double)now;
	if (!query->reverse)
		value = -value;
	memcpy(&bits, &value, sizeof(bits));
	return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static uint64_t side(const struct mapping *mapping, enum map_column column)
{
	return mapping ? map_value(mapping, column) : 0;
}

static uint64_t pair_key(const struct map_pair *pair,
			 const struct map_query *query)
{
	uint64_t now = side(pair->now, query->sort);

	if (!pair->now && !query->difference)
		now = UNKNOWN;
	return sort_key(query, now, side(pair->before, query->sort));
}

static uint64_t group_key(const struct map_part *group,
			  const struct map_query *query)
{
	uint64_t now = group->now.count ? group->now.value[query->sort] : 0;
	uint64_t before =
		group->before.count ? group->before.value[query->sort] : 0;

	if (!group->now.count && !query->difference)
		now = UNKNOWN;
	return sort_key(query, now, before);
}

/* By one byte of the keys; stable.  false: it is the same in all. */
static bool sort_digit(const struct entry *from, struct entry *to, size_t count,
		       unsigned shift)
{
	size_t at[256] = { 0 }, sum = 0;

	for (size_t i = 0; i < count; i++)
		at[from[i].key >> shift & 255]++;
	if (at[from[0].key >> shift & 255] == count)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		size_t here = at[i];

		at[i] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[at[from[i].key >> shift & 255]++] = from[i];
	return true;
}

/* Smallest keys first; spare has the same room. */
static void sort_entries(struct entry *entries, struct entry *spare,
			 size_t count)
{
	struct entry *from = entries, *to = spare;

	for (unsigned shift = 0; count > 1 && shift < 64; shift += 8)
		if (sort_digit(from, to, count, shift)) {
			struct entry *swap = from;

			from = to;
			to = swap;
		}
	if (from != entries)
		memcpy(entries, from, count * sizeof(*entries));
}

/* ---- rows ---------------------------------------------------------------- */

struct work {
	struct entry *entries, *spare;
};

static void add_pairs(struct map_list *list, const struct map_query *query,
		      const uint32_t *members, size_t count,
		      const struct work *work)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t number = members ? members[i] : (uint32_t)i;

		work->entries[i] = (struct entry){
			pair_key(&list->index.pairs[number], query), number
		};
	}
	sort_entries(work->entries, work->spare, count);
	for (size_t i = 0; i < count; i++)
		list->rows[list->count++] =
			(struct map_row){ MAP_NONE, work->entries[i].number };
}

/* order[]: of the groups */
static void add_groups(struct map_list *list, const struct map_query *query,
		       const uint32_t *order, const struct work *work)
{
	for (size_t i = 0; i < list->index.ngroups; i++) {
		struct map_part *group = &list->index.groups[order[i]];

		list->rows[list->count++] =
			(struct map_row){ order[i], MAP_NONE };
		group->expanded = map_query_expanded(query, group->id);
		if (group->expanded)
			add_pairs(list, query,
				  list->index.members + group->first,
				  group->count, work);
	}
}

static int order_groups(const struct map_list *list,
			const struct map_query *query, const struct work *work,
			uint32_t **ret)
{
	size_t count = list->index.ngroups;
	uint32_t *order = calloc(count + 1, sizeof(*order));

	if (!order)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		work->entries[i] = (struct entry){
			group_key(&list->index.groups[i], query), (uint32_t)i
		};
	sort_entries(work->entries, work->spare, count);
	for (size_t i = 0; i < count; i++)
		order[i] = work->entries[i].number;
	*ret = order;
	return 0;
}

static int make_rows(struct map_list *list, const struct map_query *query)
{
	size_t most = list->index.npairs + list->index.ngroups + 1;
	struct work work = {
		.entries = malloc(most * sizeof(*work.entries)),
		.spare = malloc(most * sizeof(*work.spare)),
	};
	uint32_t *order = NULL;
	int r = -ENOMEM;

	free(list->rows);
	list->count = 0;
	list->rows = malloc(most * sizeof(*list->rows));
	if (!work.entries || !work.spare || !list->rows)
		goto out;
	if (query->group == MAP_SINGLE) {
		add_pairs(list, query, NULL, list->index.npairs, &work);
	} else {
		r = order_groups(list, query, &work, &order);
		if (r < 0)
			goto out;
		add_groups(list, query, order, &work);
	}
	r = 0;
out:
	free(order);
	free(work.entries);
	free(work.spare);
	return r;
}

int map_list_build(const struct reply *now, const struct reply *before,
		   bool same_replies, const struct map_query *query,
		   struct map_list *ret)
{
	bool keep = same_replies && ret->index.pairs &&
		    ret->index.group == query->group;
	int r = 0;

	if (!keep) {
		map_list_done(ret);
		r = map_index_make(now, before, query->group, &ret->index);
	}
	ret->mappings = now->nmappings;
	if (r == 0)
		r = make_rows(ret, query);
	if (r < 0)
		map_list_done(ret);
	return r;
}

void map_list_done(struct map_list *list)
{
	map_index_done(&list->index);
	free(list->rows);
	*list = (struct map_list){ 0 };
}

/* ---- one row ------------------------------------------------------------- */

static const struct mapping *mapping_of(const struct map_pair *pair)
{
	return pair->now ? pair->now : pair->before;
}

static void sums_of(const struct mapping *mapping, struct map_sums *ret)
{
	ret->count = mapping ? 1 : 0;
	for (int i = 0; mapping && i < MAP_COLUMN_COUNT; i++)
		ret->value[i] = map_value(mapping, (enum map_column)i);
}

void map_list_item(const struct map_list *list, size_t row,
		   struct map_item *ret)
{
	const struct map_row *at = &list->rows[row];
	const struct map_part *group;
	const struct map_pair *pair;

	*ret = (struct map_item){ .id = map_list_id(list, row) };
	if (at->pair == MAP_NONE) {
		group = &list->index.groups[at->group];
		ret->label = group->label;
		ret->now = group->now;
		ret->before = group->before;
		ret->group = true;
		ret->expanded = group->expanded;
		return;
	}
	pair = &list->index.pairs[at->pair];
	ret->mapping = mapping_of(pair);
	ret->label = mapping_label(ret->mapping);
	sums_of(pair->now, &ret->now);
	sums_of(pair->before, &ret->before);
}

uint64_t map_list_id(const struct map_list *list, size_t row)
{
	const struct map_row *at = &list->rows[row];

	return at->pair == MAP_NONE
		       ? list->index.groups[at->group].id
		       : mapping_of(&list->index.pairs[at->pair])->start;
}

/* ---- search -------------------------------------------------------------- */

/* What is looked for, and the last text it was looked for in: neighbours often
 * have the same. */
struct needle {
	const char *text;
	bool exact;   /* case matters: it has a capital letter */
	bool address; /* it could be part of one */
	const char *last;
	bool found;
};

static struct needle needle_make(const char *text)
{
	struct needle needle = { .text = text };

	needle.address = text[strspn(text, "0123456789abcdef")] == '\0';
	for (const char *s = text; *s; s++)
		needle.exact |= isupper((unsigned char)*s) != 0;
	return needle;
}

static bool in_text(struct needle *needle, const char *text)
{
	if (text == needle->last)
		return needle->found;
	needle->last = text;
	needle->found = needle->exact ? strstr(text, needle->text) != NULL
				      : strcasestr(text, needle->text) != NULL;
	return needle->found;
}

/* As the row shows it: members need not say again what their group says. */
static const char *shown_label(const struct map_list *list,
			       const struct mapping *mapping)
{
	switch (list->index.group) {
	case MAP_BY_KIND:
		return text_str(mapping->path);
	case MAP_BY_FILE:
		return "";
	default:
		return mapping_label(mapping);
	}
}

static bool row_matches(const struct map_list *list, size_t row,
			struct needle *needle)
{
	const struct map_row *at = &list->rows[row];
	const struct mapping *m;
	char address[24];

	if (at->pair == MAP_NONE)
		return in_text(needle, list->index.groups[at->group].label);
	m = mapping_of(&list->index.pairs[at->pair]);
	if (in_text(needle, shown_label(list, m)))
		return true;
	if (!needle->address)
		return false;
	snprintf(address, sizeof(address), "%012" PRIx64, m->start);
	return strstr(address, needle->text) != NULL;
}

ptrdiff_t map_list_find(const struct map_list *list, const char *text,
			ptrdiff_t from, int direction)
{
	struct needle needle = needle_make(text);
	ptrdiff_t n = (ptrdiff_t)list->count;

	for (ptrdiff_t i = 0; i < n; i++) {
		ptrdiff_t at = ((from + direction * i) % n + n) % n;

		if (row_matches(list, (size_t)at, &needle))
			return at;
	}
	return -1;
}

size_t map_list_matches(const struct map_list *list, const char *text,
			size_t at, size_t *ret_which)
{
	struct needle needle = needle_make(text);
	size_t count = 0;

	*ret_which = 0;
	for (size_t i = 0; i < list->count; i++) {
		if (!row_matches(list, i, &needle))
			continue;
		count++;
		if (i == at)
			*ret_which = count;
	}
	return count;
}
