/* SPDX-License-Identifier: MIT
 *
 * What a control group can still get.  A group at its limit is nothing by
 * itself: its cache is dropped and it goes on.  What counts is what can not be
 * dropped, against the tightest of all limits above it.  Arithmetic only.
 */
#include "memtop/cgroup.h"

#include <math.h>

static uint64_t known(uint64_t value)
{
	return value == UNKNOWN ? 0 : value;
}

/*
 * Kernel memory that stays.  Before Linux 5.18 there is no sum of it, only its
 * parts; v1 does not say how much of it could be dropped.
 */
static uint64_t hard_kernel(const struct cgroup *row)
{
	if (row->kernel != UNKNOWN)
		return sub_floor(row->kernel, known(row->slab_reclaimable)) +
		       known(row->sock);
	return known(row->slab_unreclaimable) + known(row->kernel_stack) +
	       known(row->page_tables) + known(row->percpu) + known(row->sock);
}

/* What is on neither list of file pages is locked. */
static uint64_t locked_file(const struct cgroup *row)
{
	uint64_t files = sub_floor(row->file, known(row->shmem));
	uint64_t locked = known(row->unevictable);

	if (row->active_file == UNKNOWN || row->inactive_file == UNKNOWN)
		return 0;
	files = sub_floor(files, row->active_file + row->inactive_file);
	return min_u64(files, locked);
}

/* Swap the row may still use by its own limit, and so must those above. */
static uint64_t swap_open(const struct cgroup *row)
{
	if (row->swap_max != UNKNOWN && row->swap_max != NO_LIMIT)
		return sub_floor(row->swap_max, known(row->swap));
	if (row->memsw_max != UNKNOWN && row->memsw_max != NO_LIMIT)
		return sub_floor(row->memsw_max, known(row->memsw));
	return UNKNOWN;
}

/* UNKNOWN: its memory.stat is not known. */
static uint64_t hard_part(const struct cgroup *row, uint64_t swap)
{
	uint64_t locked, movable;

	if (row->stat.state != STATE_OK || row->anon == UNKNOWN ||
	    row->file == UNKNOWN)
		return UNKNOWN;
	locked = locked_file(row);
	movable = row->anon + known(row->shmem);
	/* locked pages that are not files do not go to swap either */
	movable =
		sub_floor(movable, sub_floor(known(row->unevictable), locked));
	return row->anon + known(row->shmem) + hard_kernel(row) + locked -
	       min_u64(swap, movable);
}

static void set_share(struct cgroup *row)
{
	row->max_percent = NAN;
	row->share = (struct block){ .read_ns = row->usage.read_ns,
				     .state = STATE_NOT_APPLICABLE };
	if (row->max >= NO_LIMIT || row->max == 0 || row->current == UNKNOWN)
		return; /* UNKNOWN is larger than any */
	row->share.state = STATE_OK;
	row->max_percent = 100.0 * (double)row->current / (double)row->max;
}

/* Takes the limit of way[at] when it is the tightest so far. */
static void try_limit(struct cgroup *const *way, size_t at, uint64_t hard,
		      uint64_t total)
{
	struct cgroup *row = way[0];
	const struct cgroup *limiting = way[at];
	uint64_t room;

	if (hard == UNKNOWN || limiting->max == UNKNOWN ||
	    limiting->max >= min_u64(total, NO_LIMIT))
		return;
	room = sub_floor(limiting->max, hard);
	if (room >= row->headroom) /* UNKNOWN is larger than any */
		return;
	row->headroom = room;
	row->effective_limit = limiting->max;
	text_ref(limiting->path);
	text_unref(row->limit_path);
	row->limit_path = limiting->path;
}

void cgroup_room(struct cgroup *const *way, size_t count,
		 const struct memory *memory)
{
	struct cgroup *row = way[0];
	uint64_t swap = known(memory->swap_free);
	uint64_t hard = UNKNOWN;

	row->headroom = row->effective_limit = UNKNOWN;
	text_unref(row->limit_path);
	row->limit_path = NULL;
	set_share(row);
	/* from the root down: the swap open to a group is what all above it
	 * leave open */
	for (size_t i = count; i-- > 0;) {
		swap = min_u64(swap, swap_open(way[i]));
		hard = hard_part(way[i], swap);
		try_limit(way, i, hard, memory->total);
	}
	row->hard = hard;
	row->room = (struct block){ .read_ns = row->stat.read_ns,
				    .state = STATE_NOT_APPLICABLE };
	/* until somebody has seen it grow */
	row->pace = row->room;
	if (row->limit_path)
		row->room.state = STATE_OK;
}

/* What is left of its limit, from 0 to 1; NAN: it has none. */
static double room_left(const struct cgroup *row, uint64_t total)
{
	if (row->limit.state != STATE_OK || row->room.state != STATE_OK ||
	    row->max == 0 || row->max >= min_u64(total, NO_LIMIT))
		return NAN;
	return (double)row->headroom / (double)row->max;
}

size_t cgroup_closest(const struct snapshot *snapshot,
		      const struct cgroup **ret, size_t max)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	uint64_t total = snapshot->memory.total;
	size_t count = 0;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		double left = room_left(row, total);
		size_t at = count;

		if (isnan(left))
			continue;
		while (at > 0 && left < room_left(ret[at - 1], total))
			at--;
		if (at == max)
			continue;
		count += count < max;
		for (size_t j = count - 1; j > at; j--)
			ret[j] = ret[j - 1];
		ret[at] = row;
	}
	return count;
}

const struct cgroup *cgroup_applying(const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	uint64_t smallest = min_u64(snapshot->memory.total, NO_LIMIT);
	const struct cgroup *found = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (row->own != 1 || row->limit.state != STATE_OK ||
		    row->max >= smallest)
			continue;
		smallest = row->max;
		found = row;
	}
	return found;
}

const struct cgroup *cgroup_container(const struct snapshot *snapshot)
{
	if (!snapshot->host || !snapshot->host->container)
		return NULL;
	return cgroup_applying(snapshot);
}

uint64_t cgroup_available(const struct cgroup *cgroup,
			  const struct memory *memory)
{
	uint64_t left;

	if (cgroup->current == UNKNOWN)
		return UNKNOWN;
	left = sub_floor(cgroup->max, cgroup->current) +
	       known(cgroup->active_file) + known(cgroup->inactive_file) +
	       known(cgroup->slab_reclaimable);
	/* UNKNOWN is larger than any */
	return min_u64(min_u64(left, cgroup->max), memory->available);
}
