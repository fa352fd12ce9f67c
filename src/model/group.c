/* SPDX-License-Identifier: MIT
 *
 * Rows by user, command or cgroup: one row for all processes that have the
 * same label.
 */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "build.h"
#include "model.h"

struct group {
	const char *label;
	uint64_t hash; /* of the label */
	const struct item *first;
	struct sum *sum;      /* NULL while it has one member */
	uint32_t before;      /* the one of the build before */
	uint32_t count, kept; /* members, and those that it had then */
	uint32_t row;
};

/* clang-format off */
static const char *const names[] = {
	[GROUP_NONE] = "none",
	[GROUP_USER] = "user",
	[GROUP_COMMAND] = "command",
	[GROUP_CGROUP] = "cgroup",
};
/* clang-format on */
static_assert(ARRAY_SIZE(names) == GROUP_COUNT, "a name for every group_by");

const char *group_name(enum group_by group)
{
	return names[group];
}

/* What those are called together that have no label. */
static const char *label_without(const struct block *block)
{
	switch (block->state) {
	case STATE_PENDING:
		return "..";
	case STATE_DENIED:
	case STATE_STUCK:
		return "?";
	default:
		return "-";
	}
}

static const char *label_of(const struct process *process, enum group_by by,
			    char number[LABEL_NUMBER_SIZE])
{
	switch (by) {
	case GROUP_USER:
		if (process->user != NULL)
			return text_str(process->user);
		if (process->uid == UNKNOWN)
			return label_without(&process->identity);
		snprintf(number, LABEL_NUMBER_SIZE, "%" PRIu64, process->uid);
		return number;
	case GROUP_CGROUP:
		if (process->unit != NULL)
			return text_str(process->unit);
		if (process->cgroup != NULL)
			return text_str(process->cgroup);
		return label_without(&process->group);
	default:
		return process->comm[0] != '\0'
			       ? process->comm
			       : label_without(&process->identity);
	}
}

/* FNV-1a */
static uint64_t hash(const char *s)
{
	uint64_t value = UINT64_C(0xcbf29ce484222325);

	for (; *s != '\0'; s++)
		value = (value ^ (unsigned char)*s) * UINT64_C(0x100000001b3);
	return value;
}

/* Open addressing; 0 is an empty bucket, else the group's number plus 1. */
struct table {
	uint32_t *buckets;
	uint32_t mask;
	struct group *groups;
	char (*numbers)[LABEL_NUMBER_SIZE]; /* labels that are one; or NULL */
	size_t ngroups;
};

/* The bucket of that label, or the empty one where it belongs. */
static uint32_t find_bucket(const struct table *table, const char *label,
			    uint64_t hashed)
{
	uint32_t at = (uint32_t)hashed & table->mask;

	for (; table->buckets[at] != 0; at = (at + 1) & table->mask) {
		const struct group *group =
			&table->groups[table->buckets[at] - 1];

		if (group->hash == hashed && strcmp(group->label, label) == 0)
			break;
	}
	return at;
}

static struct group *add_group(struct table *table, uint32_t bucket,
			       const struct item *first)
{
	struct group *group = &table->groups[table->ngroups];

	table->buckets[bucket] = (uint32_t)++table->ngroups;
	*group = (struct group){ .first = first, .before = NO_PART };
	return group;
}

static void set_label(struct table *table, struct group *group,
		      const char *label, uint64_t hashed, bool is_number)
{
	group->label = label;
	group->hash = hashed;
	if (is_number)
		group->label =
			strcpy(table->numbers[group - table->groups], label);
}

static struct group *table_group(struct table *table, const struct item *item,
				 enum group_by by)
{
	char number[LABEL_NUMBER_SIZE];
	const char *label = label_of(item->process, by, number);
	uint64_t hashed = hash(label);
	uint32_t at = find_bucket(table, label, hashed);
	struct group *group;

	if (table->buckets[at] != 0)
		return &table->groups[table->buckets[at] - 1];
	group = add_group(table, at, item);
	set_label(table, group, label, hashed, label == number);
	return group;
}

/* The same for an item whose record was the first of that group before: its
 * label is where it was. */
static struct group *same_group(struct table *table, const struct item *item,
				const struct build *build, uint32_t was)
{
	const struct group *before = &build->groups[was];
	uint32_t at = find_bucket(table, before->label, before->hash);
	struct group *group;

	if (table->buckets[at] != 0)
		return &table->groups[table->buckets[at] - 1];
	group = add_group(table, at, item);
	set_label(table, group, before->label, before->hash,
		  build->numbers != NULL &&
			  before->label == build->numbers[was]);
	return group;
}

static int table_init(struct build *build, struct table *ret)
{
	uint32_t size = 16;

	while (size < build->nitems * 2)
		size *= 2;
	ret->groups = pool_reserve(&build->part_pool, build->nitems,
				   sizeof(*ret->groups));
	ret->buckets =
		pool_reserve(&build->desk->table, size, sizeof(*ret->buckets));
	ret->numbers = NULL;
	if (build->query.group == GROUP_USER)
		ret->numbers = pool_reserve(&build->number_pool, build->nitems,
					    sizeof(*ret->numbers));
	if (ret->groups == NULL || ret->buckets == NULL ||
	    (build->query.group == GROUP_USER && ret->numbers == NULL))
		return -ENOMEM;
	memset(ret->buckets, 0, size * sizeof(*ret->buckets));
	ret->mask = size - 1;
	ret->ngroups = 0;
	return 0;
}

/* The groups of before stand as far as their members do. */
static bool groups_last(const struct build *build)
{
	const struct build *before = build->before;

	return before != NULL && before->query.group == build->query.group &&
	       sort_keys_last(before, build);
}

/* places: where the groups of before are now. */
static struct group *find_group(struct build *build, struct table *table,
				struct item *item, uint32_t *places)
{
	const struct build *before = build->before;
	const struct item *was;
	struct group *group;

	if (places == NULL || item->before == NO_PART)
		return table_group(table, item, build->query.group);
	was = &before->items[item->before];
	if (places[was->group] != NO_PART) {
		group = &table->groups[places[was->group]];
	} else {
		group = before->groups[was->group].first == was
				? same_group(table, item, before, was->group)
				: table_group(table, item, build->query.group);
		places[was->group] = (uint32_t)(group - table->groups);
		if (group->before == NO_PART)
			group->before = was->group;
	}
	group->kept += group->before == was->group;
	return group;
}

static void assign_groups(struct build *build, struct table *table,
			  uint32_t *places)
{
	for (size_t i = 0; i < build->nitems; i++) {
		struct item *item = &build->items[i];
		struct group *group = find_group(build, table, item, places);

		group->count++;
		item->group = (uint32_t)(group - table->groups);
	}
}

/* Has it the members of before, and are their records the same? */
static bool is_same(const struct build *build, const struct group *group)
{
	const struct group *before;

	if (build->before == NULL || group->before == NO_PART)
		return false;
	before = &build->before->groups[group->before];
	return group->kept == group->count && before->count == group->count;
}

static int begin_sums(struct build *build, struct table *table)
{
	struct sum *sums;
	size_t nsums = 0;

	for (size_t i = 0; i < table->ngroups; i++)
		nsums += table->groups[i].count > 1;
	sums = pool_reserve(&build->sum_pool, nsums, sizeof(*sums));
	if (sums == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < table->ngroups; i++) {
		struct group *group = &table->groups[i];

		if (group->count == 1)
			continue;
		group->sum = sums++;
		if (is_same(build, group))
			*group->sum = *build->before->groups[group->before].sum;
		else
			sum_begin(group->sum, &build->query,
				  group->first->process);
	}
	return 0;
}

static int sum_groups(struct build *build, struct table *table)
{
	if (begin_sums(build, table) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < build->nitems; i++) {
		const struct item *item = &build->items[i];
		struct group *group = &table->groups[item->group];

		if (group->sum != NULL && item != group->first &&
		    !is_same(build, group))
			sum_add(group->sum, &build->query, item->process);
	}
	for (size_t i = 0; i < table->ngroups; i++)
		if (table->groups[i].sum != NULL)
			sum_finish(table->groups[i].sum, build->snapshot);
	return 0;
}

static struct row group_row(const struct group *group)
{
	struct row row = build_row(group->first);

	row.label = group->label;
	row.label_hash = group->hash;
	row.largest = group->first->process;
	if (group->sum != NULL) {
		row.process = &group->sum->process;
		row.largest = group->sum->largest;
		row.key = group->sum->largest_key;
		row.count = group->sum->count;
		row.denied = group->sum->denied;
	}
	return row;
}

static struct sort_key group_key(const struct build *build,
				 const struct group *group, size_t index)
{
	struct row row = group_row(group);
	struct sort_key key = sort_key_make(build, row.process, index);

	key.pid = row.key.pid;
	return key;
}

/*
 * Is its key of before as good now?  Not one whose text stands in the sum that
 * it was made of, because that memory is used again; nor one of a bound that is
 * another by now, because it hangs on what the machine has mapped.
 */
static bool keeps_key(const struct build *build, const struct group *group)
{
	enum value_kind kind = process_fields[build->query.sort].kind;
	const struct sum *before;

	if (!is_same(build, group))
		return false;
	if (group->sum == NULL)
		return true;
	before = build->before->groups[group->before].sum;
	return kind != KIND_CHARS && kind != KIND_CHAR &&
	       group->sum->process.pss_bound == before->process.pss_bound;
}

static int sort_groups(struct build *build, const struct table *table,
		       uint32_t *places)
{
	const struct build *before = build->before;
	struct sort_key *fresh = pool_reserve(&build->desk->fresh,
					      table->ngroups, sizeof(*fresh));
	size_t nfresh = 0;

	build->keys = pool_reserve(&build->key_pool, table->ngroups,
				   sizeof(*build->keys));
	if (fresh == NULL || build->keys == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < table->ngroups; i++) {
		const struct group *group = &table->groups[i];

		if (places != NULL && keeps_key(build, group))
			continue;
		fresh[nfresh++] = group_key(build, group, i);
		if (places != NULL && group->before != NO_PART)
			places[group->before] = NO_PART;
	}
	build->nkeys = sort_merge(places != NULL ? before->keys : NULL,
				  places != NULL ? before->nkeys : 0, places,
				  fresh, nfresh, build->keys);
	return 0;
}

/* One for each group of before; NULL: there is none, or no memory. */
static uint32_t *make_places(struct build *build)
{
	size_t count = build->before->nkeys;
	uint32_t *places =
		pool_reserve(&build->desk->places, count, sizeof(*places));

	if (places != NULL)
		memset(places, 0xff, count * sizeof(*places)); /* NO_PART */
	return places;
}

int build_groups(struct build *build)
{
	uint32_t *places = groups_last(build) ? make_places(build) : NULL;
	struct table table;

	if (table_init(build, &table) < 0)
		return -ENOMEM;
	assign_groups(build, &table, places);
	build->groups = table.groups;
	build->numbers = table.numbers;
	if (sum_groups(build, &table) < 0 ||
	    sort_groups(build, &table, places) < 0)
		return -ENOMEM;
	if (build_reserve_rows(build, table.ngroups) < 0)
		return -ENOMEM;
	build->nrows = table.ngroups;
	for (size_t i = 0; i < table.ngroups; i++) {
		struct group *group = &table.groups[build->keys[i].index];

		build->rows[i] = group_row(group);
		build->rows[i].has_none = build->keys[i].none;
		group->row = (uint32_t)i;
	}
	for (size_t i = 0; i < build->nitems; i++)
		build->items[i].row = table.groups[build->items[i].group].row;
	return 0;
}
