/* SPDX-License-Identifier: MIT
 *
 * One pass over the processes, not on every tick: the names that the verdict
 * puts beside its figures.  Victim and culprit are different people, and the
 * words for them are kept apart here already.
 */
#include "people.h"

#include <string.h>

#include "cpusets.h"
#include "memtop/base.h"
#include "memtop/flags.h"

#define LOOK_CALM_NS   (10 * NS_PER_S)
#define LOOK_LIVELY_NS (2 * NS_PER_S)
#define CROWDS_MAX     64

/* Processes of one name that wait. */
struct crowd {
	const struct process *worst;
	double waits;
	unsigned count;
};

struct look {
	const struct snapshot *snapshot;
	const struct process *largest, *grower, *second, *swapped, *bound;
	uint64_t short_nodes; /* see cpusets.h */
	double bound_growth;
	const struct process *most[MOST_COUNT];
	uint64_t amounts[MOST_COUNT];
	const struct process *huge; /* see huge.h */
	uint64_t huge_gained, huge_span_ns;
	double growth_sum, growth_first, growth_second, waits_sum;
	struct crowd crowds[CROWDS_MAX];
	size_t ncrowds;
};

static void take_waiter(struct look *look, const struct process *p)
{
	double rate = p->major_fault_rate;
	struct crowd *crowd = NULL;

	if (p->stat.state != STATE_OK || !(rate >= 1))
		return;
	look->waits_sum += rate;
	for (size_t i = 0; i < look->ncrowds && !crowd; i++)
		if (strcmp(look->crowds[i].worst->comm, p->comm) == 0)
			crowd = &look->crowds[i];
	if (!crowd && look->ncrowds < CROWDS_MAX) {
		crowd = &look->crowds[look->ncrowds++];
		*crowd = (struct crowd){ .worst = p };
	}
	if (!crowd)
		return;
	if (rate > crowd->worst->major_fault_rate)
		crowd->worst = p;
	crowd->waits += rate;
	crowd->count++;
}

static void take_grower(struct look *look, const struct process *p)
{
	double rate = oom_growth(p, look->snapshot);

	if (!(rate > 0))
		return;
	look->growth_sum += rate;
	if (!look->grower || rate > look->growth_first) {
		look->second = look->grower;
		look->growth_second = look->growth_first;
		look->grower = p;
		look->growth_first = rate;
	} else if (!look->second || rate > look->growth_second) {
		look->second = p;
		look->growth_second = rate;
	}
}

static void take_bound(struct look *look, const struct process *p)
{
	double rate;

	if (!cpusets_keep(p, look->short_nodes))
		return;
	rate = oom_growth(p, look->snapshot);
	if (!isnan(rate))
		look->bound_growth += rate;
	if (!look->bound || person_size(p) > person_size(look->bound))
		look->bound = p;
}

static void take_most(struct look *look, const struct process *p)
{
	bool is_read = p->status.state == STATE_OK;
	const uint64_t amounts[] = {
		[MOST_LOCKED] = is_read ? p->locked : UNKNOWN,
		[MOST_TABLES] = is_read ? p->page_tables : UNKNOWN,
		[MOST_THREADS] = is_read ? p->threads : UNKNOWN,
		[MOST_SHARED] = is_read ? p->shmem : UNKNOWN,
		[MOST_HUGE] = p->smaps.state == STATE_OK ? p->thp : UNKNOWN,
		[MOST_DATA] = is_read ? p->data : UNKNOWN,
	};

	for (size_t i = 0; i < MOST_COUNT; i++) {
		if (amounts[i] == UNKNOWN || amounts[i] <= look->amounts[i])
			continue;
		look->most[i] = p;
		look->amounts[i] = amounts[i];
	}
}

static void take_huge(struct look *look, struct huge *huge,
		      const struct process *p)
{
	uint64_t span_ns;
	uint64_t gained = huge_growth(huge, look->snapshot, p, &span_ns);

	/* the faster one: gained / span_ns, without dividing */
	if (!gained ||
	    (look->huge && (double)gained * (double)look->huge_span_ns <=
				   (double)look->huge_gained * (double)span_ns))
		return;
	look->huge = p;
	look->huge_gained = gained;
	look->huge_span_ns = span_ns;
}

/* Somebody looks at a screen of this machine. */
static bool is_desktop(const char *comm)
{
	static const char *const names[] = {
		"gnome-shell", "kwin_wayland", "kwin_x11", "Xorg",
		"Xwayland",    "sway",	       "Hyprland", "plasmashell",
		"weston",      "cinnamon",     "xfwm4",
	};

	/* all processes are asked: few begin like that */
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (*comm == *names[i] && strcmp(comm, names[i]) == 0)
			return true;
	return false;
}

static void take(struct look *look, struct people *people,
		 const struct process *p)
{
	enum killer_kind kind;

	if (p->kernel)
		return;
	if (!look->largest || person_size(p) > person_size(look->largest))
		look->largest = p;
	if (p->status.state == STATE_OK && p->swap != UNKNOWN && p->swap &&
	    (!look->swapped || p->swap > look->swapped->swap))
		look->swapped = p;
	take_most(look, p);
	take_huge(look, &people->huge, p);
	take_bound(look, p);
	take_grower(look, p);
	take_waiter(look, p);
	people->has_desktop = people->has_desktop || is_desktop(p->comm);
	people->has_kubelet = people->has_kubelet ||
			      (*p->comm == 'k' && !strcmp(p->comm, "kubelet"));
	kind = killer_kind(p);
	if (kind == KILLER_KINDS)
		return;
	people->has_killer = true;
	people->has_oomd |= kind == KILLER_SYSTEMD_OOMD;
	people->killers[kind] = p->key;
}

static void name_waiter(struct people *people, const struct look *look)
{
	const struct crowd *worst = NULL;

	for (size_t i = 0; i < look->ncrowds; i++)
		if (!worst || look->crowds[i].waits > worst->waits)
			worst = &look->crowds[i];
	person_introduce(&people->waiter, worst ? worst->worst : NULL,
			 worst ? 100 * worst->waits / look->waits_sum : NAN);
	if (worst)
		people->waiter.count = worst->count;
}

static void name_grower(struct person *ret, const struct process *p,
			double growth, double sum)
{
	person_introduce(ret, p, p ? 100 * growth / sum : NAN);
	ret->growth = growth;
}

static void name_most(struct people *people, const struct look *look)
{
	for (size_t i = 0; i < MOST_COUNT; i++) {
		person_introduce(&people->most[i].who, look->most[i], NAN);
		people->most[i].amount = (double)look->amounts[i];
	}
}

bool people_is_grower(const struct person *person,
		      const struct snapshot *snapshot)
{
	return person->is_there &&
	       person->growth >= growth_that_matters(&snapshot->memory);
}

/* What took the memory is to blame for longer than it grows, and when it is
 * gone as well. */
static void remember_grower(struct people *people,
			    const struct snapshot *snapshot)
{
	const struct person was = people->took;
	const struct process *p;

	if (people_is_grower(&people->grower, snapshot) &&
	    people->grower.share >= SHARE_ONE) {
		people->took = people->grower;
		people->took_ns = snapshot->monotonic_ns;
		people->took_realtime_ns = snapshot->realtime_ns;
		people->took_is_gone = false;
		return;
	}
	if (!was.is_there || people->took_is_gone)
		return;
	p = snapshot_find(snapshot,
			  (struct process_key){ was.pid, was.start_ns });
	people->took_is_gone = !p;
	if (!p)
		return;
	person_introduce(&people->took, p, was.share);
	people->took.growth = was.growth;
}

/* The first sample has names and sizes only: what comes after it is news. */
static bool is_due(const struct people *people, const struct snapshot *snapshot,
		   bool is_lively)
{
	uint64_t every = is_lively ? LOOK_LIVELY_NS : LOOK_CALM_NS;

	return !people->looked_ns || people->victims.unread ||
	       (snapshot->complete && !people->saw_all) ||
	       snapshot->monotonic_ns >= people->looked_ns + every;
}

void people_look(struct people *people, const struct snapshot *snapshot,
		 bool is_lively)
{
	struct look look = { .snapshot = snapshot };
	double total = (double)snapshot->memory.total;

	if (!is_due(people, snapshot, is_lively))
		return;
	look.short_nodes = cpusets_short(snapshot);
	huge_look(&people->huge, snapshot);
	people->looked_ns = snapshot->monotonic_ns;
	people->saw_all = snapshot->complete;
	people->has_killer = people->has_oomd = false;
	people->has_kubelet = people->has_desktop = false;
	memset(people->killers, 0, sizeof(people->killers));
	for (size_t i = 0; i < snapshot->nprocesses; i++)
		take(&look, people, snapshot->processes[i]);
	person_introduce(
		&people->largest, look.largest,
		look.largest ? 100 * (double)person_size(look.largest) / total
			     : NAN);
	name_grower(&people->grower, look.grower, look.growth_first,
		    look.growth_sum);
	name_grower(&people->second_grower, look.second, look.growth_second,
		    look.growth_sum);
	remember_grower(people, snapshot);
	person_introduce(&people->swapped, look.swapped, NAN);
	person_introduce(&people->bound, look.bound, NAN);
	people->bound_growth = look.bound_growth;
	if (look.bound)
		memcpy(people->bound_nodes, look.bound->nodes, NODES_SIZE);
	name_most(people, &look);
	person_introduce(&people->huge_grower, look.huge, NAN);
	people->huge_gained = look.huge_gained;
	people->huge_span_ns = look.huge_span_ns;
	name_waiter(people, &look);
	victims_look(&people->victims, snapshot);
}
