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

enum { NUMBER_SIZE = 24 };

struct group {
	const char *label;
	char number[NUMBER_SIZE]; /* label of a user without a name */
	size_t count;
	const struct process *first;
	struct sum *sum; /* NULL while it has one member */
	size_t row;
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
			    char number[NUMBER_SIZE])
{
	switch (by) {
	case GROUP_USER:
		if (process->user != NULL)
			return text_str(process->user);
		if (process->uid == UNKNOWN)
			return label_without(&process->identity);
		snprintf(number, NUMBER_SIZE, "%" PRIu64, process->uid);
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
static uint32_t hash(const char *s)
{
	uint32_t value = 2166136261;

	for (; *s != '\0'; s++)
		value = (value ^ (unsigned char)*s) * 16777619;
	return value;
}

/* Open addressing; 0 is an empty bucket, else the group's number plus 1. */
struct table {
	uint32_t *buckets;
	uint32_t mask;
	struct group *groups;
	size_t ngroups;
};

static struct group *table_group(struct table *table,
				 const struct process *process,
				 enum group_by by)
{
	char number[NUMBER_SIZE];
	const char *label = label_of(process, by, number);
	uint32_t at = hash(label) & table->mask;
	struct group *group;

	for (; table->buckets[at] != 0; at = (at + 1) & table->mask) {
		group = &table->groups[table->buckets[at] - 1];
		if (strcmp(group->label, label) == 0)
			return group;
	}
	group = &table->groups[table->ngroups];
	table->buckets[at] = (uint32_t)++table->ngroups;
	*group = (struct group){ .label = label, .first = process };
	if (label == number) {
		strcpy(group->number, number);
		group->label = group->number;
	}
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
		pool_reserve(&build->table_pool, size, sizeof(*ret->buckets));
	if (ret->groups == NULL || ret->buckets == NULL)
		return -ENOMEM;
	memset(ret->buckets, 0, size * sizeof(*ret->buckets));
	ret->mask = size - 1;
	ret->ngroups = 0;
	return 0;
}

/* item.row holds the number of the group until there are rows. */
static void assign_groups(struct build *build, struct table *table)
{
	for (size_t i = 0; i < build->nitems; i++) {
		struct group *group = table_group(
			table, build->items[i].process, build->query->group);

		group->count++;
		build->items[i].row = (size_t)(group - table->groups);
	}
}

static int sum_groups(struct build *build, struct table *table)
{
	struct sum *sums;
	size_t nsums = 0;

	for (size_t i = 0; i < table->ngroups; i++)
		nsums += table->groups[i].count > 1;
	sums = pool_reserve(&build->sum_pool, nsums, sizeof(*sums));
	if (sums == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < table->ngroups; i++)
		if (table->groups[i].count > 1) {
			table->groups[i].sum = sums++;
			sum_begin(table->groups[i].sum, build->query,
				  table->groups[i].first);
		}
	for (size_t i = 0; i < build->nitems; i++) {
		const struct item *item = &build->items[i];
		struct group *group = &table->groups[item->row];

		if (group->sum != NULL && item->process != group->first)
			sum_add(group->sum, build->query, item->process);
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
	row.largest = group->first;
	if (group->sum != NULL) {
		row.process = &group->sum->process;
		row.largest = group->sum->largest;
		row.key = row.largest->key;
		row.count = group->sum->count;
		row.denied = group->sum->denied;
	}
	return row;
}

int build_groups(struct build *build)
{
	struct table table;
	struct sort_key *keys;

	if (table_init(build, &table) < 0)
		return -ENOMEM;
	assign_groups(build, &table);
	if (sum_groups(build, &table) < 0)
		return -ENOMEM;

	keys = pool_reserve(&build->key_pool, table.ngroups, sizeof(*keys));
	build->rows = pool_reserve(&build->row_pool, table.ngroups,
				   sizeof(*build->rows));
	if (keys == NULL || build->rows == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < table.ngroups; i++) {
		struct row row = group_row(&table.groups[i]);

		keys[i] = sort_key_make(build, row.process, i);
		keys[i].pid = row.key.pid;
	}
	sort_keys(keys, table.ngroups, 0);
	build->nrows = table.ngroups;
	for (size_t i = 0; i < table.ngroups; i++) {
		struct group *group = &table.groups[keys[i].index];

		build->rows[i] = group_row(group);
		group->row = i;
	}
	for (size_t i = 0; i < build->nitems; i++)
		build->items[i].row = table.groups[build->items[i].row].row;
	return 0;
}
