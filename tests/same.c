/* SPDX-License-Identifier: MIT
 *
 * See same.h.  Knows the structures only: pointers are compared by what they
 * point to, then all bytes at once.
 */
#include "same.h"

#include <string.h>

#include "memtop/field.h"
#include "memtop/list.h"

/* The bytes of a row between and behind those of its blocks. */
static void clear_padding(const struct entity *entity, void *row)
{
	const size_t end = offsetof(struct block, state) + sizeof(enum state);

	for (size_t i = 0; i < entity->nfields; i++)
		if (entity->fields[i].block != NO_BLOCK)
			memset((char *)row + entity->fields[i].block + end, 0,
			       sizeof(struct block) - end);
}

static void bare_process(const struct process *process, struct process *ret)
{
	memcpy(ret, process, sizeof(*ret));
	memset(ret, 0, offsetof(struct process, key)); /* the count */
	ret->user = ret->command = ret->cgroup = ret->unit = NULL;
	clear_padding(&entities[ENTITY_PROCESS], ret);
}

bool same_process(const struct process *a, const struct process *b)
{
	struct process bare_a, bare_b;

	bare_process(a, &bare_a);
	bare_process(b, &bare_b);
	return text_equal(a->user, b->user) &&
	       text_equal(a->command, b->command) &&
	       text_equal(a->cgroup, b->cgroup) &&
	       text_equal(a->unit, b->unit) &&
	       memcmp(&bare_a, &bare_b, sizeof(bare_a)) == 0;
}

static bool same_counters(const struct snapshot *a, const struct snapshot *b)
{
	if (a->vmstat_names != b->vmstat_names ||
	    (a->vmstat == NULL) != (b->vmstat == NULL))
		return false;
	return a->vmstat_names == NULL || a->vmstat == NULL ||
	       memcmp(a->vmstat, b->vmstat,
		      a->vmstat_names->count * sizeof(*a->vmstat)) == 0;
}

static void bare_snapshot(const struct snapshot *snapshot, struct snapshot *ret)
{
	memcpy(ret, snapshot, sizeof(*ret));
	memset(ret, 0, offsetof(struct snapshot, realtime_ns));
	memset(&ret->verdict, 0, sizeof(ret->verdict));
	ret->vmstat = NULL;
	memset(ret->lists, 0, sizeof(ret->lists));
	ret->processes = NULL;
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		if (!entities[i].repeated)
			clear_padding(&entities[i],
				      (char *)ret + entities[i].offset);
	ret->vmstat_block = (struct block){ 0 };
	ret->processes_block = (struct block){ 0 };
}

static bool same_block(struct block a, struct block b)
{
	return a.read_ns == b.read_ns && a.state == b.state;
}

static bool same_row(const struct entity *entity, const void *a, const void *b)
{
	_Alignas(max_align_t) char bare_a[ROW_SIZE_MAX], bare_b[ROW_SIZE_MAX];

	memcpy(bare_a, a, entity->row_size);
	memcpy(bare_b, b, entity->row_size);
	clear_padding(entity, bare_a);
	clear_padding(entity, bare_b);
	for (size_t i = 0; i < entity->nfields; i++) {
		const struct text **x, **y;

		if (entity->fields[i].kind != KIND_TEXT)
			continue;
		x = (void *)(bare_a + entity->fields[i].offset);
		y = (void *)(bare_b + entity->fields[i].offset);
		if (!text_equal(*x, *y))
			return false;
		*x = *y = NULL;
	}
	return memcmp(bare_a, bare_b, entity->row_size) == 0;
}

static bool same_list(const struct list *a, const struct list *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	if (a->entity != b->entity || a->count != b->count ||
	    !same_block(a->block, b->block))
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!same_row(&entities[a->entity], list_row(a, i),
			      list_row(b, i)))
			return false;
	return true;
}

bool same_snapshot(const struct snapshot *a, const struct snapshot *b)
{
	struct snapshot bare_a, bare_b;

	bare_snapshot(a, &bare_a);
	bare_snapshot(b, &bare_b);
	if (memcmp(&bare_a, &bare_b, sizeof(bare_a)) != 0 ||
	    !same_block(a->vmstat_block, b->vmstat_block) ||
	    !same_block(a->processes_block, b->processes_block) ||
	    !verdict_equal(&a->verdict, &b->verdict) || !same_counters(a, b))
		return false;
	for (size_t i = 0; i < LIST_COUNT; i++)
		if (!same_list(a->lists[i], b->lists[i]))
			return false;
	for (size_t i = 0; i < a->nprocesses; i++)
		if (!same_process(a->processes[i], b->processes[i]))
			return false;
	return true;
}
