/* SPDX-License-Identifier: MIT
 *
 * What the used part of swap belongs to, see swap_held.h.  The kernel counts
 * swapped pages by process and by System V segment only.  What tmpfs files and
 * memfds have there is what they hold beyond the shared memory in RAM.
 */
#include "memtop/swap_held.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "memtop/ramfiles.h"
#include "model.h"

/* The fair share stands for what a process has on swap when it was read no
 * earlier than this before the sum that the kernel keeps. */
#define FRESH_NS (5 * NS_PER_S)

/* clang-format off */
static const struct {
	const char *name, *title;
} parts[] = {
	[SWAP_HELD_PROCESSES] = { "processes", "Processes" },
	[SWAP_HELD_SYSV] = { "sysv", "SysV segments" },
	[SWAP_HELD_TMPFS] = { "tmpfs", "tmpfs, memfds: at least" },
	[SWAP_HELD_CACHED] = { "cached", "in RAM as well: at most" },
	[SWAP_HELD_OTHER] = { "other", "other, named nowhere" },
};
/* clang-format on */
static_assert(ARRAY_SIZE(parts) == SWAP_HELD_COUNT, "a row for each");

/* VmSwap counts pages that several map in each of them. */
static uint64_t of_process(const struct process *process)
{
	if (process->status.state != STATE_OK || process->swap == UNKNOWN)
		return UNKNOWN;
	if (process->smaps.state == STATE_OK && process->swap_pss != UNKNOWN &&
	    process->smaps.read_ns + FRESH_NS >= process->status.read_ns)
		return min_u64(process->swap_pss, process->swap);
	return process->swap;
}

/* UNKNOWN: of none. */
static uint64_t of_processes(const struct snapshot *snapshot)
{
	uint64_t bytes = UNKNOWN;

	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		uint64_t own = of_process(snapshot->processes[i]);

		if (own != UNKNOWN)
			bytes = bytes == UNKNOWN ? own : bytes + own;
	}
	return bytes;
}

/* Shared memory by name: what is on swap of System V segments, and what
 * segments and memfds hold in RAM and on swap.  false: it was not read. */
static bool segments(const struct snapshot *snapshot, uint64_t *ret_swap,
		     uint64_t *ret_bytes)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_SHARED);
	uint64_t swap = 0, bytes = 0;

	if (list_state(list) != STATE_OK)
		return false;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct shared *row = list_row(list, i);
		bool sysv = strcmp(row->kind, "sysv") == 0;

		if (sysv && row->swap != UNKNOWN)
			swap += row->swap;
		if ((sysv || strcmp(row->kind, "memfd") == 0) &&
		    row->bytes != UNKNOWN)
			bytes += row->bytes;
	}
	*ret_swap = swap;
	*ret_bytes = bytes;
	return true;
}

static bool mounts(const struct snapshot *snapshot, uint64_t *ret)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TMPFS);
	uint64_t bytes = 0;

	if (list_state(list) != STATE_OK)
		return false;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct tmpfs *row = list_row(list, i);

		if ((strcmp(row->type, "tmpfs") == 0 ||
		     strcmp(row->type, "devtmpfs") == 0) &&
		    row->used != UNKNOWN)
			bytes += row->used;
	}
	*ret = bytes;
	return true;
}

/* Moves at most `wanted` of what is left into a part. */
static void take(struct swap_held *held, enum swap_held_part part,
		 uint64_t wanted, uint64_t *left)
{
	uint64_t bytes = min_u64(wanted, *left);

	held->bytes[part] = bytes;
	*left -= bytes;
}

int swap_held_make(const struct snapshot *snapshot, struct swap_held *ret)
{
	const struct memory *m = &snapshot->memory;
	uint64_t left, own = of_processes(snapshot), sysv, bytes, files;
	bool named;

	if (m->swap_total == UNKNOWN || m->swap_free == UNKNOWN)
		return -ENODATA;
	*ret = (struct swap_held){
		.used = sub_floor(m->swap_total, m->swap_free),
		.bytes = { [SWAP_HELD_PROCESSES] = UNKNOWN,
			   [SWAP_HELD_SYSV] = UNKNOWN,
			   [SWAP_HELD_TMPFS] = UNKNOWN,
			   [SWAP_HELD_CACHED] = UNKNOWN },
	};
	left = ret->used;
	if (own != UNKNOWN)
		take(ret, SWAP_HELD_PROCESSES, own, &left);
	named = segments(snapshot, &sysv, &bytes);
	if (named)
		take(ret, SWAP_HELD_SYSV, sysv, &left);
	/* what those hold that are known, but for what is in RAM */
	if (named && m->shmem != UNKNOWN && mounts(snapshot, &files))
		take(ret, SWAP_HELD_TMPFS,
		     sub_floor(files + bytes, m->shmem + sysv), &left);
	if (m->swap_cached != UNKNOWN)
		take(ret, SWAP_HELD_CACHED, m->swap_cached, &left);
	ret->bytes[SWAP_HELD_OTHER] = left;
	return 0;
}

/* clang-format off */
#define OWN(member) MEMBER(swap_held_row, member), \
	.block = offsetof(struct swap_held_row, block), .bound = NO_FIELD
const struct field swap_held_fields[4] = {
	{ .name = "name", .help = "name of the part", .kind = KIND_CHARS,
	  OWN(name) },
	{ .name = "title", .title = "HELD BY", .width = 24, .left = true,
	  .help = "what the swapped pages belong to", .kind = KIND_CHARS,
	  OWN(title) },
	{ .name = "bytes", .title = "SWAP", .width = 5, .unit = UNIT_BYTES,
	  .help = "size of the part", .kind = KIND_U64,
	  .aggregate = AGGREGATE_SUM, OWN(bytes) },
	{ .name = "share", .title = "%USED", .width = 5, .unit = UNIT_PERCENT,
	  .help = "part of all used swap", .kind = KIND_DOUBLE, OWN(share) },
};
/* clang-format on */

static int add_row(const struct swap_held *held, size_t part,
		   struct list **list)
{
	struct swap_held_row *row = list_add(list);

	if (!row)
		return -ENOMEM;
	row->block = (*list)->block;
	row->bytes = held->bytes[part];
	if (row->bytes != UNKNOWN)
		row->share = 100.0 * (double)row->bytes / (double)held->used;
	strcpy(row->name, parts[part].name);
	strcpy(row->title, parts[part].title);
	return 0;
}

const struct list *swap_held_list(const struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_SWAP_HELD);
	struct swap_held held;
	int r = 0;

	if (!list)
		return NULL;
	list->block = snapshot->memory.block;
	if (swap_held_make(snapshot, &held) < 0 || held.used == 0)
		return list;
	for (size_t i = 0; i < SWAP_HELD_COUNT && r == 0; i++)
		r = add_row(&held, i, &list);
	if (r == 0)
		return list;
	list_unref(list);
	return NULL;
}
