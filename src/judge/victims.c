/* SPDX-License-Identifier: MIT
 *
 * Whom the kernel would kill, from the model's forecast.  What one sample can
 * not tell is added here: how long the first has led, who will have overtaken
 * him, and which service stands too near.
 */
#include "victims.h"

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

/* All that begin with a name that ends in '*'.  comm has 15 bytes at most. */
static bool is_one_of(const char *comm, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strcspn(names[i], "*");

		if (strncmp(comm, names[i], len) == 0 &&
		    (names[i][len] == '*' || comm[len] == '\0'))
			return true;
	}
	return false;
}

/* "bash", and "-bash" where somebody logged in. */
static bool is_shell(const char *comm)
{
	static const char *const names[] = { "bash", "zsh",  "fish", "ksh",
					     "dash", "tcsh", "mksh", "sh" };

	return is_one_of(comm + (*comm == '-'), names, ARRAY_SIZE(names));
}

/* What others depend on: a way into the machine, what starts and connects the
 * rest, what is on the screen, databases. */
static enum service service_of(const struct snapshot *snapshot,
			       const struct process *p)
{
	static const char *const others[] = {
		"systemd",     "systemd-*",	 "(sd-pam)",	   "init",
		"dbus-*",      "containerd",	 "dockerd",	   "crio",
		"kubelet",     "NetworkManager", "wpa_supplicant", "chronyd",
		"gnome-shell", "kwin_*",	 "Xorg",	   "Xwayland",
		"sway",	       "Hyprland",	 "weston",	   "mutter*",
		"gdm*",	       "sddm*",		 "lightdm*",
	};
	static const char *const databases[] = { "mysqld", "mariadbd" };
	const struct process *parent;

	if (strcmp(p->comm, "sshd") == 0)
		return SERVICE_SSH;
	if (is_one_of(p->comm, others, ARRAY_SIZE(others)))
		return SERVICE_OTHER;
	if (is_one_of(p->comm, databases, ARRAY_SIZE(databases)))
		return SERVICE_DATABASE;
	if (strcmp(p->comm, "postgres") == 0) {
		/* its workers may die: it starts them anew */
		parent = snapshot_find_pid(snapshot, p->ppid);
		return parent && strcmp(parent->comm, p->comm) == 0
			       ? SERVICE_NONE
			       : SERVICE_DATABASE;
	}
	if (is_shell(p->comm) && snapshot->host && p->uid != UNKNOWN &&
	    p->uid == snapshot->host->uid)
		return SERVICE_SHELL;
	return SERVICE_NONE;
}

static double share_of(const struct oom_ranking *ranking, size_t i)
{
	return 100.0 * (double)ranking->list[i].points / (double)ranking->total;
}

static void find_important(struct victims *victims,
			   const struct snapshot *snapshot,
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
		victims->service = service_of(snapshot, p);
		if (victims->service == SERVICE_NONE)
			continue;
		person_introduce(&victims->important, p, share_of(ranking, i));
		victims->important_rank = (unsigned)i + 1;
		return;
	}
}

static void find_overtaker(struct victims *victims,
			   const struct snapshot *snapshot,
			   const struct oom_ranking *ranking)
{
	const struct oom_candidate *c =
		oom_overtaker(snapshot, ranking, &victims->overtakes_ns);

	victims->overtaker.is_there = false;
	if (c)
		person_introduce(&victims->overtaker, c->process,
				 100.0 * (double)c->points /
					 (double)ranking->total);
}

static void forget(struct victims *victims)
{
	*victims =
		(struct victims){ .killable = NAN, .most = NAN, .eta_ns = NAN };
}

/* Of user space, and never killed there. */
static unsigned count_protected(const struct snapshot *snapshot,
				const struct oom_domain *domain)
{
	unsigned count = 0;

	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];

		count += !p->kernel && p->oom.state == STATE_OK &&
			 p->oom_score_adj == -1000 &&
			 (!domain->cgroup || oom_in_cgroup(p, domain->cgroup));
	}
	return count;
}

/* Of those that cannot be judged nothing is concluded, nor of a cgroup that
 * nobody is known to be in. */
static void take_killable(struct victims *victims,
			  const struct snapshot *snapshot,
			  const struct oom_domain *domain,
			  const struct oom_ranking *ranking)
{
	unsigned is_protected = count_protected(snapshot, domain);
	uint64_t page_size = snapshot->host->page_size;

	if (!snapshot->nprocesses || ranking->unknown * 20 > ranking->of ||
	    (ranking->is_cgroup && !ranking->of && !is_protected))
		return;
	victims->killable = (double)ranking->pages * (double)page_size;
	victims->most = (double)ranking->most * (double)page_size;
	victims->is_protected = is_protected;
}

static void take(struct victims *victims, const struct snapshot *snapshot,
		 const struct oom_domain *domain,
		 const struct oom_ranking *ranking)
{
	struct oom_group group;

	for (size_t i = 0; i < VICTIMS; i++) {
		bool there = i < ranking->count;

		person_introduce(&victims->list[i],
				 there ? ranking->list[i].process : NULL,
				 there ? share_of(ranking, i) : NAN);
	}
	if (ranking->count &&
	    oom_group_of(snapshot, domain, ranking->list[0].process, &group) &&
	    group.processes)
		victims->with = group.processes - 1;
	victims->unread = !ranking->count && ranking->unknown;
	victims->sure = oom_confidence(snapshot, ranking);
	victims->has_killer = ranking->killer && !ranking->is_cgroup;
	person_introduce(&victims->killer, ranking->killer, NAN);
	victims->rivals = oom_rivals(snapshot, ranking);
	victims->not_enough =
		ranking->count &&
		oom_not_enough(snapshot, domain, ranking->list[0].process);
	find_important(victims, snapshot, ranking);
	find_overtaker(victims, snapshot, ranking);
	take_killable(victims, snapshot, domain, ranking);
}

static void set_limit(struct victims *victims, const struct oom_limit *limit)
{
	const struct cgroup *row = limit->cgroup;

	/* in a namespace of its own it has no name */
	strncpy(victims->limit,
		row->depth == 0 ? "this container"
				: text_str(cgroup_title(row)),
		sizeof(victims->limit) - 1);
	if (row->pace.state == STATE_OK && row->eta_ns != UNKNOWN)
		victims->eta_ns = (double)row->eta_ns;
}

/* Nearer than the machine's: the limit of the container that memtop is in. */
static bool find_domain(const struct snapshot *snapshot, struct oom_limit *ret)
{
	const struct cgroup *row = cgroup_container(snapshot);

	*ret = (struct oom_limit){ .domain = oom_machine(snapshot) };
	return row && row->path &&
	       oom_limit_of(snapshot, text_str(row->path), ret);
}

static bool is_alive(const struct snapshot *snapshot,
		     const struct person *person)
{
	struct process_key key = { person->pid, person->start_ns };

	return snapshot_find(snapshot, key);
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
		/* nobody doubts the new one when the old one has died */
		changed = was.is_there && is_alive(snapshot, &was);
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
	victims->cgroup = limit->cgroup;
	if (oom_ranking_make(snapshot, &limit->domain, NULL, &ranking) == 0)
		take(victims, snapshot, &limit->domain, &ranking);
}
