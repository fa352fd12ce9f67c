/* SPDX-License-Identifier: MIT
 *
 * The lines of the Mappings page: two reads are matched mapping by mapping,
 * summed by kind or file, and sorted, groups first and their members below
 * them.  Knows no screen.
 */
#include "mappings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const size_t column_offset[MAP_COLUMN_COUNT] = {
	[MAP_PSS]	 = offsetof(struct mapping, pss),
	[MAP_USS]	 = offsetof(struct mapping, uss),
	[MAP_RSS]	 = offsetof(struct mapping, rss),
	[MAP_SWAP]	 = offsetof(struct mapping, swap),
	[MAP_DIRTY]	 = offsetof(struct mapping, dirty),
	[MAP_REFERENCED] = offsetof(struct mapping, referenced),
	[MAP_THP]	 = offsetof(struct mapping, thp),
	[MAP_SIZE]	 = offsetof(struct mapping, size),
};

/* Paths the kernel makes up, by their beginning. */
static const struct {
	const char *prefix, *kind;
} made_up[] = {
	{ "[heap]",		"[heap]" },
	{ "[stack",		"[stack]" },
	{ "[v",			"[vdso] [vvar]" },
	{ "[anon:",		"anonymous, named" },
	{ "[anon_shmem:",	"shared anonymous" },
	{ "/dev/zero",		"shared anonymous" },
	{ "/memfd:",		"memfd" },
	{ "/SYSV",		"SysV shared memory" },
	{ "/dev/shm/",		"POSIX shared memory" },
	{ "/anon_hugepage",	"huge page pool" },
	{ "/dev/",		"devices" },
};
/* clang-format on */

/* A mapping of one of the two reads. */
struct part {
	const char *label;
	const struct mapping *mapping;
	bool before;
};

const char *map_kind(const struct mapping *mapping)
{
	const char *path = text_str(mapping->path);

	if (!*path)
		return mapping->perms[3] == 's' ? "shared anonymous"
						: "anonymous (mmap)";
	for (size_t i = 0; i < ARRAY_SIZE(made_up); i++)
		if (!strncmp(path, made_up[i].prefix,
			     strlen(made_up[i].prefix)))
			return made_up[i].kind;
	if (mapping->perms[2] == 'x' || strstr(path, ".so"))
		return "programs and libraries";
	return mapping->perms[3] == 's' ? "files, shared" : "files, private";
}

static const char *label_of(const struct mapping *mapping, enum map_group group)
{
	switch (group) {
	case MAP_BY_KIND:
		return map_kind(mapping);
	case MAP_BY_FILE:
		return text_len(mapping->path) ? text_str(mapping->path)
					       : map_kind(mapping);
	default:
		return "";
	}
}

/* FNV-1a */
static uint64_t hash_text(const char *s)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return hash;
}

static void sums_add(struct map_sums *sums, const struct mapping *mapping)
{
	for (int i = 0; i < MAP_COLUMN_COUNT; i++) {
		uint64_t value;

		memcpy(&value, (const char *)mapping + column_offset[i],
		       sizeof(value));
		if (!sums->count)
			sums->value[i] = value;
		else if (value == UNKNOWN || sums->value[i] == UNKNOWN)
			sums->value[i] = UNKNOWN;
		else
			sums->value[i] += value;
	}
	sums->count++;
}

static void collect(const struct reply *reply, enum map_group group,
		    bool before, struct part *parts)
{
	for (size_t i = 0; i < reply->nmappings; i++)
		parts[i] = (struct part){
			.label = label_of(&reply->mappings[i], group),
			.mapping = &reply->mappings[i],
			.before = before,
		};
}

/* By group, then address, the read before first. */
static int compare_parts(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int order = strcmp(x->label, y->label);

	if (order)
		return order;
	if (x->mapping->start != y->mapping->start)
		return x->mapping->start < y->mapping->start ? -1 : 1;
	return (int)y->before - (int)x->before;
}

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

/* What an item is sorted by; made once, so that comparing is cheap. */
struct order {
	double key, group_key;
	size_t index;
	const struct map_item *item;
};

static double sort_key(const struct map_item *item,
		       const struct map_query *query)
{
	double change;
	uint64_t value;

	if (query->difference)
		return map_change(item, query->sort, &change) ? change : -1;
	if (!item->now.count)
		return -1;
	value = item->now.value[query->sort];
	return value == UNKNOWN ? -1 : (double)value;
}

/* Groups by their key, members below their group. */
static int compare_order(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->group_key != y->group_key)
		return x->group_key > y->group_key ? -1 : 1;
	if (x->item->parent != y->item->parent)
		return x->item->parent < y->item->parent ? -1 : 1;
	if (x->item->group != y->item->group)
		return x->item->group ? -1 : 1;
	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	return x->index < y->index ? -1 : 1;
}

/* Without groups every item stands for itself. */
static int sort_items(struct map_list *list, const struct map_query *query,
		      struct map_item *sorted)
{
	struct order *orders = calloc(list->count + 1, sizeof(*orders));
	double group_key = 0;

	if (!orders)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		const struct map_item *item = &list->items[i];
		double key = sort_key(item, query);

		if (query->reverse)
			key = -key;
		if (item->group || query->group == MAP_SINGLE)
			group_key = key;
		orders[i] = (struct order){ key, group_key, i, item };
	}
	qsort(orders, list->count, sizeof(*orders), compare_order);
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = *orders[i].item;
	free(orders);
	return 0;
}

static void add_part(struct map_item *item, const struct part *part)
{
	sums_add(part->before ? &item->before : &item->now, part->mapping);
}

/* The parts of one group, sorted by address: its item, and its members'
 * where it is open. */
static void add_group(struct map_list *list, const struct part *parts,
		      size_t count, const struct map_query *query)
{
	size_t parent = list->count;
	struct map_item *item = NULL;

	if (query->group != MAP_SINGLE) {
		item = &list->items[list->count++];
		*item = (struct map_item){ .label = parts->label,
					   .group = true,
					   .parent = parent,
					   .id = hash_text(parts->label) };
		item->expanded = map_query_expanded(query, item->id);
		for (size_t i = 0; i < count; i++)
			add_part(item, &parts[i]);
		list->groups += item->now.count > 0;
		if (!item->expanded)
			return;
	}
	for (size_t i = 0; i < count; i++) {
		const struct mapping *mapping = parts[i].mapping;

		if (!i || mapping->start != parts[i - 1].mapping->start) {
			item = &list->items[list->count++];
			*item = (struct map_item){
				.parent = query->group == MAP_SINGLE
						  ? list->count
						  : parent,
				.id = mapping->start,
			};
		}
		item->mapping = mapping;
		add_part(item, &parts[i]);
	}
}

static int build(struct map_list *list, struct part *parts, size_t count,
		 const struct map_query *query)
{
	struct map_item *sorted;
	size_t first = 0;
	int error;

	/* Each part makes at most one member and one group. */
	list->items = calloc(count * 2 + 1, sizeof(*list->items));
	sorted = calloc(count * 2 + 1, sizeof(*sorted));
	if (!list->items || !sorted) {
		free(sorted);
		return -ENOMEM;
	}
	qsort(parts, count, sizeof(*parts), compare_parts);
	for (size_t i = 1; i <= count; i++)
		if (i == count || strcmp(parts[i].label, parts[first].label)) {
			add_group(list, parts + first, i - first, query);
			first = i;
		}
	error = sort_items(list, query, sorted);
	free(list->items);
	list->items = sorted;
	return error;
}

int map_list_build(const struct reply *now, const struct reply *before,
		   const struct map_query *query, struct map_list *ret)
{
	size_t count = now->nmappings + (before ? before->nmappings : 0);
	struct map_list list = { .mappings = now->nmappings };
	struct part *parts = calloc(count + 1, sizeof(*parts));
	int error;

	if (!parts)
		return -ENOMEM;
	collect(now, query->group, false, parts);
	if (before)
		collect(before, query->group, true, parts + now->nmappings);
	error = build(&list, parts, count, query);
	free(parts);
	if (error < 0) {
		map_list_done(&list);
		return error;
	}
	map_list_done(ret);
	*ret = list;
	return 0;
}

void map_list_done(struct map_list *list)
{
	free(list->items);
	*list = (struct map_list){ 0 };
}
