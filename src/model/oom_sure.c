/* SPDX-License-Identifier: MIT
 *
 * How sure the first of a ranking is, in words, who overtakes it, and whether
 * killing it is enough; see forecast.h.  Apart from the order of kills, which
 * knows nothing of doubt.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/swap.h"
#include "memtop/text.h"

/* Nobody knows what is in ten minutes. */
#define OVERTAKES_NS (600.0 * (double)NS_PER_S)
/* With more room than this part of RAM nobody dies soon. */
#define ROOM_PERCENT 50
/* In a cgroup there is room again below this part of the limit. */
#define ROOM_AGAIN_PERCENT 90

/* Younger it may not have begun, older it has a rate. */
#define YOUNG_FROM_NS (3 * NS_PER_S)
#define YOUNG_TO_NS   (60 * NS_PER_S)
/* What has been read so long ago has not moved since: it had been read. */
#define RESTS_NS (3 * NS_PER_S)

/* "6.12.5-amd64": is it from 6.2 on, before 6.20? */
static bool counts_by_cpu(const char *kernel)
{
	unsigned major, minor;

	return sscanf(kernel, "%u.%u", &major, &minor) == 2 && major == 6 &&
	       minor >= 2 && minor <= 19;
}

uint64_t oom_counter_error(const struct host *host)
{
	if (host == NULL || !counts_by_cpu(host->kernel))
		return 0;
	if (host->cpus == UNKNOWN || host->cpus > 65536)
		return UNKNOWN;
	return 4 * max_u64(32, 2 * host->cpus) * host->cpus;
}

/* As near to the first as makes no difference. */
static bool is_rival(const struct snapshot *snapshot,
		     const struct oom_ranking *ranking, size_t i)
{
	uint64_t error = oom_counter_error(snapshot->host);
	int64_t gap = ranking->list[0].points - ranking->list[i].points;

	return gap < (int64_t)(ranking->total / 100) ||
	       (error != UNKNOWN && gap <= (int64_t)(2 * error));
}

/* Kernels 6.2 to 6.19 score with counters that each processor may hold back. */
static enum oom_sure by_distance(const struct snapshot *snapshot,
				 const struct oom_ranking *ranking)
{
	int64_t gap;

	if (ranking->count == 1)
		return OOM_CERTAIN;
	if (is_rival(snapshot, ranking, 1))
		return OOM_SEVERAL;
	gap = ranking->list[0].points - ranking->list[1].points;
	return gap >= (int64_t)(ranking->total / 20) &&
			       oom_counter_error(snapshot->host) != UNKNOWN
		       ? OOM_CERTAIN
		       : OOM_LIKELY;
}

static bool at_least(uint64_t knob, uint64_t than)
{
	return knob != UNKNOWN && knob >= than;
}

enum oom_instead oom_instead(const struct load *load, bool is_cgroup)
{
	if (at_least(load->panic_on_oom, is_cgroup ? 2 : 1))
		return OOM_PANICS;
	/* a shortage of a cgroup has its victim all the same */
	if (!is_cgroup && at_least(load->oom_kill_allocating_task, 1))
		return OOM_KILLS_ALLOCATING;
	return OOM_CHOOSES;
}

enum oom_sure oom_confidence(const struct snapshot *snapshot,
			     const struct oom_ranking *ranking)
{
	enum oom_sure sure;

	if (ranking->count == 0 || ranking->unknown * 2 > ranking->of ||
	    (snapshot->host != NULL && snapshot->host->hidepid) ||
	    oom_instead(&snapshot->load, ranking->is_cgroup) != OOM_CHOOSES)
		return OOM_UNTOLD;
	sure = by_distance(snapshot, ranking);
	/* whoever acts first may choose another */
	if (sure == OOM_CERTAIN && !ranking->is_cgroup && ranking->killer)
		return OOM_LIKELY;
	return sure;
}

/* ---- words --------------------------------------------------------------- */

static void name_of(const struct process *process, char *buf, size_t size)
{
	char comm[132]; /* 32 cells */

	text_printable(comm, sizeof(comm), process->comm, strlen(process->comm),
		       32);
	snprintf(buf, size, "%s[%d]", comm, (int)process->key.pid);
}

size_t oom_rivals(const struct snapshot *snapshot,
		  const struct oom_ranking *ranking)
{
	size_t count = ranking->count != 0;

	while (count < ranking->count && count < OOM_RIVALS_MAX &&
	       is_rival(snapshot, ranking, count))
		count++;
	return count;
}

/* "one of a[1], b[2] or c[3] would be killed" */
static void say_several(const struct snapshot *snapshot,
			const struct oom_ranking *ranking, char *buf,
			size_t size)
{
	size_t count = oom_rivals(snapshot, ranking), at;
	char name[160];

	/* who has only just come to lead has no rival by his points */
	if (count < 2)
		count = min_u64(ranking->count, 2);
	at = (size_t)snprintf(buf, size, "%s", count > 1 ? "one of " : "");
	for (size_t i = 0; i < count && at < size; i++) {
		name_of(ranking->list[i].process, name, sizeof(name));
		at += (size_t)snprintf(buf + at, size - at, "%s%s",
				       i == 0		? ""
				       : i + 1 == count ? " or "
							: ", ",
				       name);
	}
	if (at < size)
		snprintf(buf + at, size - at, " would be killed");
}

static void say_untold(const struct snapshot *snapshot,
		       const struct oom_ranking *ranking, char *buf,
		       size_t size)
{
	switch (oom_instead(&snapshot->load, ranking->is_cgroup)) {
	case OOM_PANICS:
		snprintf(buf, size, "the machine would panic (panic_on_oom)");
		return;
	case OOM_KILLS_ALLOCATING:
		snprintf(buf, size,
			 "whoever asks for memory then would be killed "
			 "(oom_kill_allocating_task)");
		return;
	case OOM_CHOOSES:
		break;
	}
	if (ranking->of == 0)
		snprintf(buf, size, "nothing that could be killed is known");
	else if (ranking->unknown * 2 > ranking->of)
		snprintf(buf, size,
			 "the victim cannot be predicted: the figures of %zu "
			 "of %zu are not known",
			 ranking->unknown, ranking->of);
	else
		snprintf(buf, size,
			 "the victim cannot be predicted: processes are "
			 "hidden");
}

void oom_say(const struct snapshot *snapshot, const struct oom_ranking *ranking,
	     enum oom_sure sure, char *buf, size_t size)
{
	char name[160];

	if (sure == OOM_UNTOLD || ranking->count == 0) {
		say_untold(snapshot, ranking, buf, size);
		return;
	}
	if (sure == OOM_SEVERAL) {
		say_several(snapshot, ranking, buf, size);
		return;
	}
	name_of(ranking->list[0].process, name, sizeof(name));
	snprintf(buf, size, "%s would %sbe killed", name,
		 sure == OOM_LIKELY ? "most likely " : "");
}

/* ---- what comes of it ---------------------------------------------------- */

/* It took all at once, and has stood still for as long as it is watched. */
static bool rests(const struct process *p, const struct snapshot *snapshot)
{
	return sub_floor(snapshot->monotonic_ns, p->status.read_ns) > RESTS_NS;
}

double oom_growth(const struct process *p, const struct snapshot *snapshot)
{
	uint64_t age_ns;

	if (!isnan(p->growth_rate) || p->key.start_ns == UNKNOWN ||
	    snapshot->boottime_ns < p->key.start_ns + YOUNG_FROM_NS ||
	    p->status.state != STATE_OK || p->anon == UNKNOWN ||
	    p->swap == UNKNOWN || rests(p, snapshot))
		return p->growth_rate;
	age_ns = snapshot->boottime_ns - p->key.start_ns;
	if (age_ns > YOUNG_TO_NS)
		return NAN;
	return (double)(p->anon + p->swap) / (double)age_ns * (double)NS_PER_S;
}

const struct oom_candidate *oom_overtaker(const struct snapshot *snapshot,
					  const struct oom_ranking *ranking,
					  double *ret_ns)
{
	const struct oom_candidate *first = &ranking->list[0], *found = NULL;
	double soonest = OVERTAKES_NS, growth, page_size;

	*ret_ns = soonest;
	if (ranking->count == 0)
		return NULL;
	/* without it there is no ranking */
	page_size = (double)snapshot->host->page_size;
	growth = oom_growth(first->process, snapshot);

	for (size_t i = 1; i < ranking->count; i++) {
		const struct oom_candidate *c = &ranking->list[i];
		double gap = (double)(first->points - c->points) * page_size;
		double faster = oom_growth(c->process, snapshot) -
				(growth > 0 ? growth : 0);
		double ns = gap / faster * (double)NS_PER_S;

		if (!(faster > 0) || ns >= soonest)
			continue;
		soonest = ns;
		found = c;
	}
	*ret_ns = soonest;
	return found;
}

bool oom_matters(const struct snapshot *snapshot)
{
	uint64_t total = snapshot->memory.total;
	uint64_t room = swap_headroom(snapshot);

	return total != UNKNOWN && room != UNKNOWN &&
	       room <= total / 100 * ROOM_PERCENT;
}

/* What would have to come back: up to a tenth of RAM, capped for large
 * machines; in a cgroup down to nine tenths of its limit. */
static uint64_t missing(const struct snapshot *snapshot,
			const struct oom_domain *domain)
{
	const struct memory *m = &snapshot->memory;
	const struct cgroup *row;

	if (domain->cgroup != NULL) {
		row = list_find(snapshot_list(snapshot, ENTITY_CGROUP),
				domain->cgroup);
		if (row == NULL || row->hard == UNKNOWN ||
		    row->max == UNKNOWN || row->max >= NO_LIMIT)
			return 0;
		return sub_floor(row->hard,
				 row->max / 100 * ROOM_AGAIN_PERCENT);
	}
	if (m->total == UNKNOWN || m->available == UNKNOWN)
		return 0;
	return sub_floor(min_u64(m->total / 10, 4 * GIB + m->total / 100),
			 m->available);
}

bool oom_not_enough(const struct snapshot *snapshot,
		    const struct oom_domain *domain,
		    const struct process *victim)
{
	uint64_t ram = process_frees_ram(victim);
	uint64_t swap = process_frees_swap(victim);
	struct oom_group group;
	uint64_t frees =
		ram == UNKNOWN || swap == UNKNOWN ? UNKNOWN : ram + swap;

	if (oom_group_of(snapshot, domain, victim, &group))
		frees = group.frees;
	return frees != UNKNOWN && frees < missing(snapshot, domain) / 2;
}
