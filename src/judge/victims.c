/* SPDX-License-Identifier: MIT
 *
 * Whom the kernel would kill, from the model's forecast.  What one sample can
 * not tell is added here: how long the first has led, who will have overtaken
 * him, and which service stands too near.
 */
#include "victims.h"

#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"

/* Whoever has led this long is sure to be first; whoever has just come to
 * lead may not stay. */
#define LED_NS	 (30 * NS_PER_S)
#define FRESH_NS (10 * NS_PER_S)
/* A service is too near among the first, or with so much of the points of the
 * first. */
#define NEAR_RANK    3
#define NEAR_PERCENT 80

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

static double share_of(const struct oom_ranking *ranking, size_t i)
{
	return 100.0 * (double)ranking->list[i].points / (double)ranking->total;
}

static void find_important(struct victims *victims,
			   const struct oom_ranking *ranking)
{
	victims->important.is_there = false;
	for (size_t i = 0; i < ranking->count; i++) {
		const struct process *p = ranking->list[i].process;
		bool is_near = i < NEAR_RANK ||
			       ranking->list[i].points * 100 >=
				       ranking->list[0].points * NEAR_PERCENT;

		if (!is_near || ranking->list[i].points <= 0)
			return;
		if (!is_important(p->comm))
			continue;
		person_introduce(&victims->important, p, share_of(ranking, i));
		victims->important_rank = (unsigned)i + 1;
		return;
	}
}

static void find_overtaker(struct victims *victims,
			   const struct oom_ranking *ranking,
			   uint64_t page_size)
{
	const struct oom_candidate *c =
		oom_overtaker(ranking, page_size, &victims->overtakes_ns);

	victims->overtaker.is_there = false;
	if (c)
		person_introduce(&victims->overtaker, c->process,
				 100.0 * (double)c->points /
					 (double)ranking->total);
}

/* Whom the one that acts before the kernel would take. */
static void find_choice(struct victims *victims,
			const struct snapshot *snapshot,
			const struct oom_ranking *ranking)
{
	struct oom_choice choice = { .process = NULL };

	*victims->choice = '\0';
	if (victims->has_killer)
		choice = oom_killer_choice(snapshot, ranking->killer);
	if (choice.process)
		snprintf(victims->choice, sizeof(victims->choice), "%s[%d]",
			 choice.process->comm, (int)choice.process->key.pid);
	else if (choice.cgroup)
		snprintf(victims->choice, sizeof(victims->choice), "%s",
			 text_str(choice.cgroup->name ? choice.cgroup->name
						      : choice.cgroup->path));
}

static void forget(struct victims *victims)
{
	*victims = (struct victims){ .killable = NAN };
}

static void take(struct victims *victims, const struct snapshot *snapshot,
		 const struct oom_domain *domain,
		 const struct oom_ranking *ranking)
{
	uint64_t page_size = snapshot->host->page_size;

	for (size_t i = 0; i < VICTIMS; i++) {
		bool there = i < ranking->count;

		person_introduce(&victims->list[i],
				 there ? ranking->list[i].process : NULL,
				 there ? share_of(ranking, i) : NAN);
	}
	victims->sure = oom_confidence(snapshot, ranking);
	victims->has_killer = ranking->killer && !ranking->is_cgroup;
	person_introduce(&victims->killer, ranking->killer, NAN);
	victims->rivals = oom_rivals(snapshot, ranking);
	victims->not_enough =
		ranking->count && oom_not_enough(snapshot, domain,
						 ranking->list[0].process);
	find_choice(victims, snapshot, ranking);
	find_important(victims, ranking);
	find_overtaker(victims, ranking, page_size);
	/* of those that cannot be judged nothing is concluded */
	victims->killable = NAN;
	if (!ranking->is_cgroup && snapshot->nprocesses &&
	    ranking->unknown * 20 <= ranking->of)
		victims->killable = (double)ranking->pages * (double)page_size;
}

static void set_limit(struct victims *victims, const struct oom_limit *limit)
{
	const struct cgroup *row = limit->cgroup;

	/* in a namespace of its own it has no name */
	strncpy(victims->limit,
		row->depth == 0 ? "this container"
				: text_str(row->name ? row->name : row->path),
		sizeof(victims->limit) - 1);
}

/* Nearer than the machine's: the limit of the container that memtop is in. */
static bool find_domain(const struct snapshot *snapshot, struct oom_limit *ret)
{
	const struct cgroup *row = cgroup_container(snapshot);

	*ret = (struct oom_limit){ .domain = oom_machine(snapshot) };
	return row && row->path &&
	       oom_limit_of(snapshot, text_str(row->path), ret);
}

void victims_look(struct victims *victims, const struct snapshot *snapshot)
{
	const struct person was = victims->list[0];
	const uint64_t now_ns = snapshot->monotonic_ns;
	uint64_t since_ns = victims->since_ns;
	bool changed = victims->changed;
	struct oom_ranking ranking;
	struct oom_limit limit;

	forget(victims);
	if (find_domain(snapshot, &limit))
		set_limit(victims, &limit);
	if (oom_ranking_make(snapshot, &limit.domain, NULL, &ranking) < 0)
		return;
	if (!ranking.count || !person_is(&was, ranking.list[0].process)) {
		changed = was.is_there;
		since_ns = now_ns;
	}
	take(victims, snapshot, &limit.domain, &ranking);
	victims->since_ns = since_ns;
	victims->changed = changed;
	if (victims->sure == OOM_CERTAIN && now_ns < since_ns + LED_NS)
		victims->sure = OOM_LIKELY;
	if (victims->sure > OOM_SEVERAL && changed &&
	    now_ns < since_ns + FRESH_NS)
		victims->sure = OOM_SEVERAL;
}

void victims_of_limit(struct victims *victims, const struct snapshot *snapshot,
		      const struct oom_limit *limit)
{
	struct oom_ranking ranking;

	forget(victims);
	set_limit(victims, limit);
	if (oom_ranking_make(snapshot, &limit->domain, NULL, &ranking) == 0)
		take(victims, snapshot, &limit->domain, &ranking);
}
