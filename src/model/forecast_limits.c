/* SPDX-License-Identifier: MIT
 *
 * The limits of control groups that may kill, and who dies together with a
 * victim; see forecast.h.  Apart from the order of kills, which need not know
 * what a cgroup is.
 */
#include "memtop/forecast.h"

#include <string.h>

#include "memtop/cgroup.h"

/* ---- limits -------------------------------------------------------------- */

/* Swap that counts towards the total of a group, in bytes: what its own limit
 * allows, whatever those above it say; mm/memcontrol.c, mem_cgroup_get_max().
 * UNKNOWN: not read yet. */
static uint64_t swap_part(const struct snapshot *snapshot,
			  const struct cgroup *row)
{
	uint64_t swap = snapshot->memory.swap_total;

	if (snapshot->load.swappiness == 0)
		return 0;
	if (row->v1.state == STATE_OK)
		return row->memsw_max == UNKNOWN || swap == UNKNOWN
			       ? swap
			       : min_u64(sub_floor(row->memsw_max, row->max),
					 swap);
	if (swap == 0)
		return 0;
	if (row->knobs.state != STATE_OK || swap == UNKNOWN)
		return UNKNOWN;
	/* without a file (swapaccount=0) there is no limit; UNKNOWN is larger
	 * than any */
	return min_u64(row->swap_max, swap);
}

static uint64_t pages_of(const struct snapshot *snapshot,
			 const struct cgroup *row)
{
	uint64_t page = snapshot->host != NULL ? snapshot->host->page_size : 0;
	uint64_t swap = swap_part(snapshot, row);

	if (page == 0 || page == UNKNOWN || swap == UNKNOWN)
		return 0;
	return row->max / page + swap / page;
}

/* A limit that can be hit, and half of it is taken.  Where kills are disabled
 * (v1), whoever hits it waits. */
static bool is_near(const struct snapshot *snapshot, const struct cgroup *row)
{
	uint64_t largest = min_u64(snapshot->memory.total, NO_LIMIT);

	return row->path != NULL && row->limit.state == STATE_OK &&
	       row->usage.state == STATE_OK && row->current != UNKNOWN &&
	       row->max < largest && row->oom_kill_disable != 1 &&
	       row->current >= row->max / 2;
}

/* A limit of 0 is as near as can be. */
static double share_of(const struct cgroup *row)
{
	return row->max != 0 ? (double)row->current / (double)row->max : 1;
}

size_t oom_limits(const struct snapshot *snapshot,
		  struct oom_limit ret[OOM_LIMITS_MAX])
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	size_t count = 0;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		size_t at = count;

		if (!is_near(snapshot, row))
			continue;
		while (at > 0 && share_of(row) > share_of(ret[at - 1].cgroup))
			at--;
		if (at == OOM_LIMITS_MAX)
			continue;
		if (count < OOM_LIMITS_MAX)
			count++;
		memmove(&ret[at + 1], &ret[at],
			(count - at - 1) * sizeof(ret[0]));
		ret[at] = (struct oom_limit){
			.cgroup = row,
			.domain = { .cgroup = text_str(row->path),
				    .total = pages_of(snapshot, row) },
		};
	}
	return count;
}

/* The row of the cgroup, or of the nearest above it that has one. */
static const struct cgroup *find_row(const struct list *list,
				     const char *cgroup)
{
	const struct cgroup *found = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		const char *path = text_str(row->path);
		size_t len = row->depth != 0 ? text_len(row->path) : 0;

		if (strncmp(cgroup, path, len) == 0 &&
		    (cgroup[len] == '/' || cgroup[len] == '\0') &&
		    (found == NULL || row->depth > found->depth))
			found = row;
	}
	return found;
}

bool oom_limit_of(const struct snapshot *snapshot, const char *cgroup,
		  struct oom_limit *ret)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	const struct cgroup *row = find_row(list, cgroup);

	if (row == NULL || row->limit_path == NULL)
		return false;
	row = list_find(list, text_str(row->limit_path));
	if (row == NULL)
		return false;
	*ret = (struct oom_limit){
		.cgroup = row,
		.domain = { .cgroup = text_str(row->path),
			    .total = pages_of(snapshot, row) },
	};
	return true;
}

/* ---- groups that die as one ---------------------------------------------- */

/* At the domain or below it, and not the root, which has no such file. */
static bool is_within(const struct cgroup *row, const struct oom_domain *domain)
{
	size_t len = domain->cgroup != NULL ? strlen(domain->cgroup) : 0;

	if (row->depth == 0)
		return false;
	if (len <= 1) /* the machine, or "/" */
		return true;
	return strncmp(text_str(row->path), domain->cgroup, len) == 0 &&
	       (text_str(row->path)[len] == '/' ||
		text_str(row->path)[len] == '\0');
}

/* The highest one with memory.oom.group on the way up from the process to the
 * domain; mm/memcontrol.c, mem_cgroup_get_oom_group(). */
static const struct cgroup *find_group(const struct snapshot *snapshot,
				       const struct oom_domain *domain,
				       const struct process *process)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	const struct cgroup *found = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (row->knobs.state == STATE_OK && row->oom_group == 1 &&
		    row->path != NULL && is_within(row, domain) &&
		    oom_in_cgroup(process, text_str(row->path)) &&
		    (found == NULL || row->depth < found->depth))
			found = row;
	}
	return found;
}

bool oom_group_of(const struct snapshot *snapshot,
		  const struct oom_domain *domain,
		  const struct process *process, struct oom_group *ret)
{
	const struct cgroup *row = find_group(snapshot, domain, process);

	if (row == NULL)
		return false;
	*ret = (struct oom_group){ .cgroup = row };
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];
		uint64_t ram = process_frees_ram(p);
		uint64_t swap = process_frees_swap(p);

		if (oom_exempt(p) || !oom_in_cgroup(p, text_str(row->path)))
			continue;
		ret->processes++;
		if (ram == UNKNOWN || swap == UNKNOWN || ret->frees == UNKNOWN)
			ret->frees = UNKNOWN;
		else
			ret->frees += ram + swap;
	}
	return true;
}
