/* SPDX-License-Identifier: MIT
 *
 * The kernel's choice, see forecast.h.  Scores of /proc are not used: they are
 * of the whole machine, and too coarse to tell the first from the second.
 */
#include "memtop/forecast.h"

#include <errno.h>
#include <string.h>

#include "memtop/killer.h"

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

static bool is_below(const struct process *process, const struct process *other)
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

/* Before 5.9 the score of whoever uses nothing is 0, since then it is 666: one
 * between them gives the older kernel away. */
static bool scores_little_as_0(const struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];

		if (p->oom.state == STATE_OK && p->oom_score_adj >= 0 &&
		    p->oom_score > 0 && p->oom_score < 666)
			return true;
	}
	return false;
}

/* Never chosen: exempt with the adj that it would have; and what the kernel
 * itself scores 0 (where that is not just little), a child that shares its
 * parent's memory after vfork or one that is reaped already. */
static bool can_die(const struct process *process, int64_t adj, bool any_score)
{
	if (process->key.pid == 1 || process->kernel || process->state == 'Z')
		return false;
	if (process->oom.state != STATE_OK)
		return true;
	if (adj <= -1000)
		return false;
	return any_score || process->oom_score != 0;
}

/* What the kernel compares of a process, with ->adj; false: not known. */
static bool fill_candidate(const struct snapshot *snapshot, uint64_t total,
			   struct oom_candidate *candidate)
{
	if (candidate->process->oom.state != STATE_OK ||
	    oom_parts(snapshot, candidate->process, &candidate->parts) < 0)
		return false;
	candidate->parts.total = total;
	candidate->points = oom_points(&candidate->parts, candidate->adj);
	return true;
}

int oom_ranking_make(const struct snapshot *snapshot,
		     const struct oom_domain *domain,
		     const struct oom_what_if *what_if, struct oom_ranking *ret)
{
	bool is_0_little;

	if (domain->total == 0 || domain->total == UNKNOWN)
		return -ENODATA;
	*ret = (struct oom_ranking){
		.total = domain->total,
		.is_cgroup = domain->cgroup != NULL,
	};
	is_0_little = scores_little_as_0(snapshot);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];
		bool is_asked = what_if != NULL &&
				process_key_equal(p->key, what_if->key);
		struct oom_candidate candidate = {
			.process = p,
			.adj = is_asked ? what_if->adj : p->oom_score_adj,
		};

		if (ret->killer == NULL && killer_is(p))
			ret->killer = p;
		if (domain->cgroup != NULL && !oom_in_cgroup(p, domain->cgroup))
			continue;
		if (!can_die(p, candidate.adj, is_asked || is_0_little))
			continue;
		ret->of++;
		if (!fill_candidate(snapshot, domain->total, &candidate)) {
			ret->unknown++;
			continue;
		}
		ret->pages += candidate.parts.sum;
		ret->most = max_u64(ret->most, candidate.parts.sum);
		insert(ret, &candidate, domain->cgroup != NULL);
	}
	return 0;
}

struct oom_domain oom_machine(const struct snapshot *snapshot)
{
	return (struct oom_domain){ .total = oom_machine_pages(snapshot) };
}

/* ---- one process among the others ---------------------------------------- */

/* Its adj of now, in that domain; false: it can't be ranked. */
static bool own_candidate(const struct snapshot *snapshot,
			  const struct oom_domain *domain,
			  const struct process *process,
			  struct oom_candidate *ret)
{
	*ret = (struct oom_candidate){
		.process = process,
		.adj = process->oom_score_adj,
	};
	return domain->total != 0 && domain->total != UNKNOWN &&
	       fill_candidate(snapshot, domain->total, ret);
}

/* One more of the others: what that makes of the places. */
static void count_other(const struct oom_candidate *own,
			const struct oom_candidate *other, bool by_tree,
			struct oom_place *places, size_t count)
{
	struct oom_candidate as_asked = *own;

	for (size_t i = 0; i < count; i++) {
		as_asked.points = places[i].points;
		if (places[i].rank != 0 &&
		    dies_before(other, &as_asked, by_tree))
			places[i].rank++;
	}
}

static void begin_places(const struct oom_candidate *own,
			 struct oom_place *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t adj = places[i].adj;

		places[i] = (struct oom_place){
			.adj = adj,
			.points = oom_points(&own->parts, adj),
			.rank = can_die(own->process, adj, true) ? 1 : 0,
		};
	}
}

int oom_places(const struct snapshot *snapshot, const struct oom_domain *domain,
	       const struct process *process, struct oom_place *ret,
	       size_t count)
{
	const bool by_tree = domain->cgroup != NULL;
	const bool is_0_little = scores_little_as_0(snapshot);
	struct oom_candidate own, first = { .process = NULL };
	size_t others = 0;

	if (!own_candidate(snapshot, domain, process, &own))
		return -ENODATA;
	begin_places(&own, ret, count);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];
		struct oom_candidate other = { p, .adj = p->oom_score_adj };

		if (process_key_equal(p->key, process->key) ||
		    (by_tree && !oom_in_cgroup(p, domain->cgroup)) ||
		    !can_die(p, p->oom_score_adj, is_0_little))
			continue;
		others++;
		if (!fill_candidate(snapshot, domain->total, &other))
			continue;
		if (first.process == NULL ||
		    dies_before(&other, &first, by_tree))
			first = other;
		count_other(&own, &other, by_tree, ret, count);
	}
	for (size_t i = 0; i < count; i++) {
		ret[i].of = others + (ret[i].rank != 0);
		ret[i].first = ret[i].rank == 1 ? process : first.process;
	}
	return 0;
}

bool oom_switch_point(const struct snapshot *snapshot,
		      const struct oom_domain *domain,
		      const struct process *process, int64_t *ret_adj,
		      const struct process **ret_other)
{
	/* as if it were never killed: then the first is of the others */
	struct oom_place place = { .adj = -1000 };
	struct oom_candidate own, other = { .process = NULL };

	if (!can_die(process, 0, true) ||
	    !own_candidate(snapshot, domain, process, &own) ||
	    oom_places(snapshot, domain, process, &place, 1) < 0)
		return false;
	if (place.of == 0) {
		*ret_adj = -999;
		*ret_other = NULL;
		return true;
	}
	if (place.first == NULL ||
	    !own_candidate(snapshot, domain, place.first, &other))
		return false;
	for (own.adj = -999; own.adj <= 1000; own.adj++) {
		own.points = oom_points(&own.parts, own.adj);
		if (dies_before(&own, &other, domain->cgroup != NULL)) {
			*ret_adj = own.adj;
			*ret_other = other.process;
			return true;
		}
	}
	return false;
}
