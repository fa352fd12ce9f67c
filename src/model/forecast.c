/* SPDX-License-Identifier: MIT
 *
 * The kernel's choice, see forecast.h.  Scores of /proc are not used: they are
 * of the whole machine, and too coarse to tell the first from the second.
 */
#include "memtop/forecast.h"

#include <errno.h>
#include <string.h>

uint64_t oom_machine_pages(const struct snapshot *snapshot)
{
	const struct memory *memory = &snapshot->memory;
	uint64_t page = snapshot->host != NULL ? snapshot->host->page_size : 0;

	if (page == 0 || page == UNKNOWN || memory->total == UNKNOWN ||
	    memory->swap_total == UNKNOWN)
		return 0;
	return memory->total / page + memory->swap_total / page;
}

bool oom_in_cgroup(const struct process *process, const char *cgroup)
{
	const char *path = text_str(process->cgroup);
	size_t len = strlen(cgroup);

	if (strcmp(cgroup, "/") == 0)
		return process->cgroup != NULL;
	return strncmp(path, cgroup, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

static bool is_below(const struct process *process,
		     const struct process *other)
{
	const char *path = text_str(process->cgroup);
	const char *above = text_str(other->cgroup);
	size_t len = strlen(above);

	return process->cgroup != NULL && other->cgroup != NULL &&
	       strcmp(path, above) != 0 && oom_in_cgroup(process, above) &&
	       len > 0;
}

/*
 * The kernel walks all tasks and keeps the later one of equals.  The tasks of
 * the machine stand in the order of their creation; a cgroup's own come before
 * those of the cgroups in it.  In which order siblings were made can't be
 * seen: there the younger process is taken for the later one.
 */
static bool comes_later(const struct process *a, const struct process *b,
			bool by_tree)
{
	if (by_tree && is_below(a, b))
		return true;
	if (by_tree && is_below(b, a))
		return false;
	if (a->key.start_ns != b->key.start_ns)
		return a->key.start_ns > b->key.start_ns;
	return a->key.pid > b->key.pid;
}

static bool dies_before(const struct oom_candidate *a,
			const struct oom_candidate *b, bool by_tree)
{
	if (a->points != b->points)
		return a->points > b->points;
	return comes_later(a->process, b->process, by_tree);
}

static void insert(struct oom_ranking *ranking,
		   const struct oom_candidate *candidate, bool by_tree)
{
	size_t at = ranking->count;

	while (at > 0 &&
	       dies_before(candidate, &ranking->list[at - 1], by_tree))
		at--;
	if (at == OOM_RANKING_MAX)
		return;
	if (ranking->count < OOM_RANKING_MAX)
		ranking->count++;
	memmove(&ranking->list[at + 1], &ranking->list[at],
		(ranking->count - at - 1) * sizeof(ranking->list[0]));
	ranking->list[at] = *candidate;
}

/* Never chosen: exempt with the adj that it would have; and what the kernel
 * itself scores 0, a child that shares its parent's memory after vfork or one
 * that is reaped already. */
static bool can_die(const struct process *process, int64_t adj, bool is_asked)
{
	if (process->key.pid == 1 || process->kernel || process->state == 'Z')
		return false;
	if (adj <= -1000)
		return false;
	return is_asked || process->oom.state != STATE_OK ||
	       process->oom_score != 0 || process->oom_score_adj <= -1000;
}

int oom_ranking_make(const struct snapshot *snapshot,
		     const struct oom_domain *domain,
		     const struct oom_what_if *what_if,
		     struct oom_ranking *ret)
{
	if (domain->total == 0 || domain->total == UNKNOWN)
		return -ENODATA;
	*ret = (struct oom_ranking){ .total = domain->total };
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];
		bool is_asked = what_if != NULL &&
				process_key_equal(p->key, what_if->key);
		struct oom_candidate candidate = {
			.process = p,
			.adj = is_asked ? what_if->adj : p->oom_score_adj,
		};

		if (domain->cgroup != NULL && !oom_in_cgroup(p, domain->cgroup))
			continue;
		if (p->oom.state == STATE_OK &&
		    !can_die(p, candidate.adj, is_asked))
			continue;
		if (p->kernel || p->state == 'Z' || p->key.pid == 1)
			continue;
		ret->of++;
		if (p->oom.state != STATE_OK ||
		    oom_parts(snapshot, p, &candidate.parts) < 0) {
			ret->unknown++;
			continue;
		}
		candidate.parts.total = domain->total;
		candidate.points = oom_points(&candidate.parts, candidate.adj);
		insert(ret, &candidate, domain->cgroup != NULL);
	}
	return 0;
}

/* Kernels 6.2 to 6.19 score with counters that each processor may hold back;
 * how many there are is not known here, so a fixed share stands for it. */
const char *oom_confidence(const struct snapshot *snapshot,
			   const struct oom_ranking *ranking)
{
	const struct load *load = &snapshot->load;
	int64_t gap, total = (int64_t)ranking->total;

	if (ranking->count == 0 || ranking->unknown * 2 > ranking->of ||
	    (snapshot->host != NULL && snapshot->host->hidepid))
		return "cannot be told";
	if (load->oom_kill_allocating_task != UNKNOWN &&
	    load->oom_kill_allocating_task != 0)
		return "cannot be told";
	if (ranking->count == 1)
		return "would be killed";
	gap = ranking->list[0].points - ranking->list[1].points;
	if (gap >= total / 20)
		return "would be killed";
	return gap >= total / 100 ? "would most likely be killed"
				  : "is one of several";
}

/* Of the others. */
static const struct oom_candidate *first_other(const struct oom_ranking *ranking,
					       struct process_key key)
{
	for (size_t i = 0; i < ranking->count; i++)
		if (!process_key_equal(ranking->list[i].process->key, key))
			return &ranking->list[i];
	return NULL;
}

bool oom_switch_point(const struct snapshot *snapshot,
		      const struct oom_domain *domain,
		      const struct process *process, int64_t *ret_adj,
		      const struct process **ret_other)
{
	const int64_t step = (int64_t)(domain->total / 1000);
	struct oom_candidate own = { .process = process };
	const struct oom_candidate *other;
	struct oom_ranking ranking;

	if (step == 0 || oom_parts(snapshot, process, &own.parts) < 0 ||
	    oom_ranking_make(snapshot, domain, NULL, &ranking) < 0)
		return false;
	other = first_other(&ranking, process->key);
	if (other == NULL)
		return false;
	for (own.adj = -999; own.adj <= 1000; own.adj++) {
		own.points = (int64_t)own.parts.sum + own.adj * step;
		if (dies_before(&own, other, domain->cgroup != NULL)) {
			*ret_adj = own.adj;
			*ret_other = other->process;
			return true;
		}
	}
	return false;
}
