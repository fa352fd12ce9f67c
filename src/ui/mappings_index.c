/* SPDX-License-Identifier: MIT
 *
 * Two reads of a process's mappings beside each other, in groups with their
 * sums.  Both reads are by address, as the kernel lists them, so that one pass
 * matches them.  Knows no order and no screen.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "mappings.h"
#include "memtop/text.h"

/* clang-format off */
static const size_t column_offset[MAP_COLUMN_COUNT] = {
#define AT(member) offsetof(struct mapping, member)
	[MAP_PSS]	      = AT(pss),
	[MAP_USS]	      = AT(uss),
	[MAP_RSS]	      = AT(rss),
	[MAP_SWAP]	      = AT(swap),
	[MAP_DIRTY]	      = AT(dirty),
	[MAP_REFERENCED]      = AT(referenced),
	[MAP_THP]	      = AT(thp),
	[MAP_SIZE]	      = AT(size),
	[MAP_ANON_PAGES]	      = AT(anon),
	[MAP_LOCK]	      = AT(locked),
	[MAP_KSM]	      = AT(ksm),
	[MAP_LAZY_FREE]	      = AT(lazy_free),
	[MAP_SWAP_PSS]	      = AT(swap_pss),
	[MAP_SHMEM_THP]	      = AT(shmem_thp),
	[MAP_FILE_THP]	      = AT(file_thp),
	[MAP_PRIVATE_HUGETLB] = AT(private_hugetlb),
	[MAP_SHARED_HUGETLB]  = AT(shared_hugetlb),
};
/* clang-format on */

uint64_t map_value(const struct mapping *mapping, enum map_column column)
{
	uint64_t value;

	memcpy(&value, (const char *)mapping + column_offset[column],
	       sizeof(value));
	return value;
}

static void sums_add(struct map_sums *sums, const struct mapping *mapping)
{
	for (int i = 0; i < MAP_COLUMN_COUNT; i++) {
		uint64_t value = map_value(mapping, (enum map_column)i);

		if (!sums->count)
			sums->value[i] = value;
		else if (value == UNKNOWN || sums->value[i] == UNKNOWN)
			sums->value[i] = UNKNOWN;
		else
			sums->value[i] += value;
	}
	sums->count++;
}

/* FNV-1a */
static uint64_t hash_text(const char *s)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *s; s++)
		hash = (hash ^ (unsigned char)*s) * UINT64_C(1099511628211);
	return hash;
}

/* Of each read one; what is in only one has no other side. */
static void match(struct map_index *index, const struct reply *now,
		  const struct reply *before)
{
	size_t i = 0, j = 0, nbefore = before ? before->nmappings : 0;

	while (i < now->nmappings || j < nbefore) {
		struct map_pair *pair = &index->pairs[index->npairs++];
		const struct mapping *a =
			i < now->nmappings ? &now->mappings[i] : NULL;
		const struct mapping *b =
			j < nbefore ? &before->mappings[j] : NULL;

		*pair = (struct map_pair){ .group = MAP_NONE };
		if (a && (!b || a->start <= b->start)) {
			pair->now = a;
			i++;
		}
		if (b && (!a || b->start <= a->start)) {
			pair->before = b;
			j++;
		}
	}
}

/* Groups by label, found by a table with open addressing. */
struct table {
	uint32_t *slots; /* number of a group + 1 */
	size_t mask;
};

static int table_init(struct table *table, size_t count)
{
	size_t size = 64;

	while (size < count * 2)
		size *= 2;
	table->slots = calloc(size, sizeof(*table->slots));
	table->mask = size - 1;
	return table->slots ? 0 : -ENOMEM;
}

static int grow(struct map_index *index, size_t room)
{
	struct map_part *groups =
		realloc(index->groups, room * sizeof(*groups));

	if (!groups)
		return -ENOMEM;
	index->groups = groups;
	return 0;
}

/* MAP_NONE: memory is short. */
static uint32_t group_of(struct map_index *index, struct table *table,
			 const char *label)
{
	uint64_t id = hash_text(label);
	size_t at = (size_t)id & table->mask;
	struct map_part *group;

	for (; table->slots[at]; at = (at + 1) & table->mask) {
		group = &index->groups[table->slots[at] - 1];
		if (group->id == id && !strcmp(group->label, label))
			return table->slots[at] - 1;
	}
	/* room for 64, 128, 256 … */
	if (index->ngroups >= 64 && !(index->ngroups & (index->ngroups - 1)) &&
	    grow(index, index->ngroups * 2) < 0)
		return MAP_NONE;
	group = &index->groups[index->ngroups++];
	*group = (struct map_part){ .label = label, .id = id };
	table->slots[at] = (uint32_t)index->ngroups;
	return (uint32_t)index->ngroups - 1;
}

static const char *label_of(const struct mapping *mapping, enum map_group group)
{
	return group == MAP_BY_FILE
		       ? mapping_label(mapping)
		       : mapping_kind_name((enum mapping_kind)mapping->kind);
}

/* A mapping may have changed its kind or file: each read counts where it was,
 * and the pair belongs where it is now. */
static int sum(struct map_index *index, struct table *table)
{
	const char *last = NULL;
	uint32_t last_group = 0;

	for (size_t i = 0; i < index->npairs; i++) {
		struct map_pair *pair = &index->pairs[i];
		const struct mapping *sides[] = { pair->before, pair->now };

		for (size_t k = 0; k < ARRAY_SIZE(sides); k++) {
			const char *label;

			if (!sides[k])
				continue;
			label = label_of(sides[k], index->group);
			if (label != last)
				last_group = group_of(index, table, label);
			if (last_group == MAP_NONE)
				return -ENOMEM;
			last = label;
			pair->group = last_group;
			sums_add(k ? &index->groups[last_group].now
				   : &index->groups[last_group].before,
				 sides[k]);
		}
		index->groups[pair->group].count++;
	}
	return 0;
}

/* The pairs of each group behind each other, by address. */
static void gather(struct map_index *index)
{
	uint32_t first = 0;

	for (size_t i = 0; i < index->ngroups; i++) {
		index->groups[i].first = first;
		first += index->groups[i].count;
		index->groups[i].count = 0;
		index->groups_now += index->groups[i].now.count > 0;
	}
	for (size_t i = 0; i < index->npairs; i++) {
		struct map_part *group = &index->groups[index->pairs[i].group];

		index->members[group->first + group->count++] = (uint32_t)i;
	}
}

int map_index_make(const struct reply *now, const struct reply *before,
		   enum map_group group, struct map_index *ret)
{
	size_t count = now->nmappings + (before ? before->nmappings : 0);
	struct map_index index = { .group = group };
	struct table table = { 0 };
	bool grouped = group != MAP_SINGLE;
	int r = -ENOMEM;

	index.pairs = calloc(count + 1, sizeof(*index.pairs));
	if (!index.pairs)
		return -ENOMEM;
	match(&index, now, before);
	if (grouped) {
		index.members =
			calloc(index.npairs + 1, sizeof(*index.members));
		/* each side may be in a group of its own */
		if (!index.members || grow(&index, 64) < 0 ||
		    table_init(&table, count) < 0 || sum(&index, &table) < 0)
			goto out;
		gather(&index);
	}
	r = 0;
out:
	free(table.slots);
	if (r < 0)
		map_index_done(&index);
	else
		*ret = index;
	return r;
}

void map_index_done(struct map_index *index)
{
	free(index->pairs);
	free(index->groups);
	free(index->members);
	*index = (struct map_index){ 0 };
}
