/* SPDX-License-Identifier: MIT
 *
 * Programs that kill before the kernel has to, and whom each would choose by
 * its own rules, as far as these can be seen from here: lists of names that
 * are preferred or avoided, and units that opted out, can't.
 */
#include <string.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/forecast.h"

/* systemd-oomd: kills for swap from so much of it in use on, and never a group
 * with less of it than that. */
#define SWAP_USED_PERCENT 90
#define SWAP_LEAST	  20 /* a twentieth */

enum killer { EARLYOOM, NOHANG, SYSTEMD_OOMD, OOMD, KILLERS };

static const char *const names[KILLERS] = {
	[EARLYOOM] = "earlyoom",
	[NOHANG] = "nohang",
	[SYSTEMD_OOMD] = "systemd-oomd",
	[OOMD] = "oomd",
};

static enum killer which(const struct process *process)
{
	enum killer i = 0;

	/* all are asked in each ranking: few begin like that */
	while (i < KILLERS && (process->comm[0] != names[i][0] ||
			       strcmp(process->comm, names[i]) != 0))
		i++;
	return i;
}

bool oom_is_killer(const struct process *process)
{
	return which(process) != KILLERS;
}

/* The highest oom_score, of equals the largest; never the first two. */
static const struct process *by_score(const struct snapshot *snapshot)
{
	const struct process *best = NULL;

	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];

		if (p->key.pid <= 2 || oom_exempt(p) ||
		    p->oom.state != STATE_OK || p->oom_score == UNKNOWN ||
		    p->rss == UNKNOWN)
			continue;
		if (best == NULL || p->oom_score > best->oom_score ||
		    (p->oom_score == best->oom_score && p->rss > best->rss))
			best = p;
	}
	return best;
}

/* It has no group below it, or dies as one. */
static bool is_unit(const struct list *list, const struct cgroup *row)
{
	const char *path = text_str(row->path);
	size_t len = text_len(row->path);

	if (row->depth == 0)
		return false;
	if (row->knobs.state == STATE_OK && row->oom_group == 1)
		return true;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *other = list_row(list, i);

		if (other->depth > row->depth &&
		    strncmp(text_str(other->path), path, len) == 0 &&
		    text_str(other->path)[len] == '/')
			return false;
	}
	return true;
}

/* What it goes by; below 0: never this one. */
static double weight(const struct snapshot *snapshot, enum killer killer,
		     const struct cgroup *row)
{
	const struct memory *m = &snapshot->memory;
	bool swap_is_short = m->swap_total != UNKNOWN && m->swap_total != 0 &&
			     m->swap_free != UNKNOWN &&
			     m->swap_free < m->swap_total / 100 *
						    (100 - SWAP_USED_PERCENT);

	if (row->usage.state != STATE_OK || row->current == UNKNOWN)
		return -1;
	if (killer == OOMD)
		return (double)row->current;
	if (swap_is_short)
		return row->swap == UNKNOWN ||
				       row->swap <= m->swap_total / SWAP_LEAST
			       ? -1
			       : (double)row->swap;
	return row->scan_rate > 0 ? row->scan_rate : -1;
}

static const struct cgroup *by_group(const struct snapshot *snapshot,
				     enum killer killer)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	const struct cgroup *best = NULL;
	double most = 0;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		double w = row->path != NULL ? weight(snapshot, killer, row)
					     : -1;

		if (w < 0 || (best != NULL && w <= most) ||
		    !is_unit(list, row))
			continue;
		best = row;
		most = w;
	}
	return best;
}

struct oom_choice oom_killer_choice(const struct snapshot *snapshot,
				    const struct process *killer)
{
	enum killer k = which(killer);

	switch (k) {
	case EARLYOOM:
	case NOHANG:
		return (struct oom_choice){ .process = by_score(snapshot) };
	case SYSTEMD_OOMD:
	case OOMD:
		return (struct oom_choice){ .cgroup = by_group(snapshot, k) };
	case KILLERS:
		break;
	}
	return (struct oom_choice){ .process = NULL };
}
