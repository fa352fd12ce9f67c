/* SPDX-License-Identifier: MIT
 *
 * See same.h.  Knows the structures only: pointers are compared by what they
 * point to, then all bytes at once.
 */
#include "same.h"

#include <string.h>

#include "memtop/field.h"

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

static bool same_swap(const struct swap *a, const struct swap *b)
{
	struct swap bare_a = *a, bare_b = *b;

	bare_a.name = bare_b.name = NULL;
	clear_padding(&entities[ENTITY_SWAP], &bare_a);
	clear_padding(&entities[ENTITY_SWAP], &bare_b);
	return text_equal(a->name, b->name) &&
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
	ret->verdict.text = ret->verdict.brief = NULL;
	ret->vmstat = NULL;
	ret->swaps = NULL;
	ret->processes = NULL;
	for (size_t i = 0; i < ENTITY_COUNT; i++)
		if (!entities[i].repeated)
			clear_padding(&entities[i],
				      (char *)ret + entities[i].offset);
	ret->vmstat_block = (struct block){ 0 };
	ret->swaps_block = (struct block){ 0 };
	ret->processes_block = (struct block){ 0 };
}

static bool same_block(struct block a, struct block b)
{
	return a.read_ns == b.read_ns && a.state == b.state;
}

bool same_snapshot(const struct snapshot *a, const struct snapshot *b)
{
	struct snapshot bare_a, bare_b;

	bare_snapshot(a, &bare_a);
	bare_snapshot(b, &bare_b);
	if (memcmp(&bare_a, &bare_b, sizeof(bare_a)) != 0 ||
	    !same_block(a->vmstat_block, b->vmstat_block) ||
	    !same_block(a->swaps_block, b->swaps_block) ||
	    !same_block(a->processes_block, b->processes_block) ||
	    !text_equal(a->verdict.text, b->verdict.text) ||
	    !text_equal(a->verdict.brief, b->verdict.brief) ||
	    !same_counters(a, b))
		return false;
	for (size_t i = 0; i < a->nswaps; i++)
		if (!same_swap(&a->swaps[i], &b->swaps[i]))
			return false;
	for (size_t i = 0; i < a->nprocesses; i++)
		if (!same_process(a->processes[i], b->processes[i]))
			return false;
	return true;
}
