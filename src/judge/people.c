/* SPDX-License-Identifier: MIT
 *
 * One pass over the processes, not on every tick: the names that the verdict
 * puts beside its figures.  Victim and culprit are different people, and the
 * words for them are kept apart here already.
 */
#include "people.h"

#include <string.h>

#include "memtop/base.h"
#include "memtop/oom.h"

#define LOOK_CALM_NS	(10 * NS_PER_S)
#define LOOK_TROUBLE_NS (2 * NS_PER_S)
#define CROWDS_MAX	64
/* Whoever has led this long is sure to be first. */
#define LED_NS (30 * NS_PER_S)

/* Processes of one name that wait. */
struct crowd {
	const struct process *worst;
	double waits;
	unsigned count;
};

struct look {
	const struct snapshot *snapshot;
	const struct process *largest, *grower, *second, *swapped;
	const struct process *victims[VICTIMS];
	int64_t points[VICTIMS];
	double growth_sum, waits_sum;
	struct crowd crowds[CROWDS_MAX];
	size_t ncrowds;
};

static uint64_t size_of(const struct process *p)
{
	if (p->smaps.state == STATE_OK && p->pss != UNKNOWN)
		return p->pss;
	return p->statm.state == STATE_OK && p->rss != UNKNOWN ? p->rss : 0;
}

static void introduce(struct person *ret, const struct process *p, double share)
{
	*ret = (struct person){ 0 };
	if (!p)
		return;
	ret->is_there = true;
	memcpy(ret->name, p->comm, sizeof(ret->name));
	ret->name[sizeof(ret->name) - 1] = '\0';
	strncpy(ret->unit, text_str(p->unit), sizeof(ret->unit) - 1);
	ret->pid = p->key.pid;
	ret->start_ns = p->key.start_ns;
	ret->size = size_of(p);
	ret->is_pss = p->smaps.state == STATE_OK && p->pss != UNKNOWN;
	ret->swap = p->status.state == STATE_OK ? p->swap : UNKNOWN;
	ret->frees_ram = process_frees_ram(p);
	ret->frees_swap = process_frees_swap(p);
	ret->growth = p->growth_rate;
	ret->share = share;
	ret->count = 1;
}

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

/* Equal points: the youngest loses. */
static bool dies_before(int64_t points, const struct process *p,
			int64_t than_points, const struct process *than)
{
	if (!than || points != than_points)
		return !than || points > than_points;
	return p->key.start_ns > than->key.start_ns;
}

static void take_victim(struct look *look, struct people *people,
			const struct process *p)
{
	const struct snapshot *s = look->snapshot;
	struct oom_parts parts;
	int64_t points;

	if (p->kernel || p->state == 'Z')
		return;
	people->all++;
	if (p->oom.state != STATE_OK || oom_parts(s, p, &parts) < 0)
		return;
	people->known++;
	if (oom_exempt(p))
		return;
	people->killable += (double)parts.sum * (double)s->host->page_size;
	points = oom_points(&parts, p->oom_score_adj);
	for (size_t i = 0; i < VICTIMS; i++) {
		if (!dies_before(points, p, look->points[i], look->victims[i]))
			continue;
		for (size_t k = VICTIMS - 1; k > i; k--) {
			look->points[k] = look->points[k - 1];
			look->victims[k] = look->victims[k - 1];
		}
		look->points[i] = points;
		look->victims[i] = p;
		return;
	}
}

static void take_grower(struct look *look, const struct process *p)
{
	double rate = p->growth_rate;

	if (!(rate > 0))
		return;
	look->growth_sum += rate;
	if (!look->grower || rate > look->grower->growth_rate) {
		look->second = look->grower;
		look->grower = p;
	} else if (!look->second || rate > look->second->growth_rate) {
		look->second = p;
	}
}

static void take(struct look *look, struct people *people,
		 const struct process *p)
{
	if (p->kernel)
		return;
	if (!look->largest || size_of(p) > size_of(look->largest))
		look->largest = p;
	if (p->status.state == STATE_OK && p->swap != UNKNOWN && p->swap &&
	    (!look->swapped || p->swap > look->swapped->swap))
		look->swapped = p;
	take_grower(look, p);
	take_waiter(look, p);
	take_victim(look, people, p);
	if (strcmp(p->comm, "earlyoom") == 0)
		people->has_earlyoom = true;
	else if (strcmp(p->comm, "systemd-oomd") == 0)
		people->has_oomd = true;
}

static bool is_important(const char *comm)
{
	static const char *const names[] = {
		"sshd",		  "dbus-daemon",
		"dbus-broker",	  "containerd",
		"dockerd",	  "crio",
		"kubelet",	  "systemd-journal",
		"NetworkManager", "wpa_supplicant",
		"chronyd",	  "gnome-shell",
		"kwin_wayland",	  "Xorg",
		"systemd-logind", "systemd-udevd",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(comm, names[i]) == 0)
			return true;
	return false;
}

static bool is_same(const struct person *person, const struct process *p)
{
	return p && person->is_there && person->pid == p->key.pid &&
	       person->start_ns == p->key.start_ns;
}

/* What is said of the first victim depends on how far ahead it is, and for
 * how long. */
static enum sureness victim_sureness(const struct look *look,
				     const struct people *people,
				     uint64_t now_ns)
{
	struct oom_parts parts;
	double gap;

	if (!look->victims[0] ||
	    oom_parts(look->snapshot, look->victims[0], &parts) < 0 ||
	    people->known < people->all * 0.8)
		return UNSURE;
	if (!look->victims[1])
		return SURE;
	gap = 100.0 * (double)(look->points[0] - look->points[1]) /
	      (double)parts.total;
	if (gap < 1)
		return TIED;
	return gap >= 5 && now_ns >= people->victim_since_ns + LED_NS ? SURE
								      : LIKELY;
}

static void name_victims(struct people *people, const struct look *look)
{
	struct oom_parts parts;

	if (!is_same(&people->victims[0], look->victims[0]))
		people->victim_since_ns = look->snapshot->monotonic_ns;
	people->important.is_there = false;
	for (size_t i = 0; i < VICTIMS; i++) {
		double share = NAN;
		const struct process *p = look->victims[i];

		if (p && oom_parts(look->snapshot, p, &parts) == 0)
			share = 100.0 * (double)look->points[i] /
				(double)parts.total;
		introduce(&people->victims[i], p, share);
		if (p && !people->important.is_there && is_important(p->comm)) {
			people->important = people->victims[i];
			people->important_rank = (unsigned)i + 1;
		}
	}
	people->sureness =
		victim_sureness(look, people, look->snapshot->monotonic_ns);
}

static void name_waiter(struct people *people, const struct look *look)
{
	const struct crowd *worst = NULL;

	for (size_t i = 0; i < look->ncrowds; i++)
		if (!worst || look->crowds[i].waits > worst->waits)
			worst = &look->crowds[i];
	introduce(&people->waiter, worst ? worst->worst : NULL,
		  worst ? 100 * worst->waits / look->waits_sum : NAN);
	if (worst)
		people->waiter.count = worst->count;
}

void people_look(struct people *people, const struct snapshot *snapshot,
		 bool in_trouble)
{
	uint64_t every = in_trouble ? LOOK_TROUBLE_NS : LOOK_CALM_NS;
	struct look look = { .snapshot = snapshot };
	double sum, total = (double)snapshot->memory.total;

	if (people->looked_ns &&
	    snapshot->monotonic_ns < people->looked_ns + every)
		return;
	people->looked_ns = snapshot->monotonic_ns;
	people->killable = people->known = people->all = 0;
	people->has_earlyoom = people->has_oomd = false;
	for (size_t i = 0; i < snapshot->nprocesses; i++)
		take(&look, people, snapshot->processes[i]);
	sum = look.growth_sum;
	introduce(&people->largest, look.largest,
		  look.largest ? 100 * (double)size_of(look.largest) / total
			       : NAN);
	introduce(&people->grower, look.grower,
		  look.grower ? 100 * look.grower->growth_rate / sum : NAN);
	introduce(&people->second_grower, look.second,
		  look.second ? 100 * look.second->growth_rate / sum : NAN);
	introduce(&people->swapped, look.swapped, NAN);
	name_waiter(people, &look);
	name_victims(people, &look);
}
