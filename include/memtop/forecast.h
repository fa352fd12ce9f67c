/* SPDX-License-Identifier: MIT
 *
 * Whom the kernel would kill if memory ran out now: of the whole machine, or
 * of a cgroup that hits its limit.  The kernel's own order, from the figures of
 * one snapshot; mm/oom_kill.c, select_bad_process() and oom_evaluate_task().
 */
#ifndef MEMTOP_FORECAST_H
#define MEMTOP_FORECAST_H

#include "memtop/oom.h"

struct cgroup;

/* Where memory runs out. */
struct oom_domain {
	const char *cgroup; /* "/system.slice"; NULL: the whole machine */
	uint64_t total;	    /* pages: RAM + swap, or the limit and what swap
			       the cgroup may use */
};

/* As if one process had another oom_score_adj; pid 0: all as they are. */
struct oom_what_if {
	struct process_key key;
	int64_t adj;
};

struct oom_candidate {
	const struct process *process; /* borrowed from the snapshot */
	struct oom_parts parts;
	int64_t adj, points;
};

/* The first ones; those who die first lead. */
#define OOM_RANKING_MAX 20
struct oom_ranking {
	struct oom_candidate list[OOM_RANKING_MAX];
	size_t count;	/* of the list */
	size_t of;	/* that can be killed */
	size_t unknown; /* of them not ranked: their figures are not known */
	uint64_t pages; /* of all that were ranked */
	uint64_t most;	/* of the largest of them */
	uint64_t total; /* of the domain */
	bool is_cgroup; /* it is one */
	/* earlyoom and the like, which act before the kernel; NULL: none */
	const struct process *killer;
};

/* RAM and swap together; 0: not known. */
uint64_t oom_machine_pages(const struct snapshot *snapshot);
/* The whole machine. */
struct oom_domain oom_machine(const struct snapshot *snapshot);

/* what_if may be NULL.  0; -ENODATA: the domain's total is not known. */
int oom_ranking_make(const struct snapshot *snapshot,
		     const struct oom_domain *domain,
		     const struct oom_what_if *what_if,
		     struct oom_ranking *ret);

/* Is the process in that cgroup or below it?  Nobody knows of a process whose
 * cgroup has not been read: false. */
bool oom_in_cgroup(const struct process *process, const char *cgroup);

/* That the first of a ranking is the one. */
enum oom_sure { OOM_UNTOLD, OOM_SEVERAL, OOM_LIKELY, OOM_CERTAIN };

/* From this one sample; who has seen it change knows better. */
enum oom_sure oom_confidence(const struct snapshot *snapshot,
			     const struct oom_ranking *ranking);

/* What happens instead of a choice, by the settings; 2 of panic_on_oom is for
 * shortages of cgroups too. */
enum oom_instead { OOM_CHOOSES, OOM_PANICS, OOM_KILLS_ALLOCATING };
enum oom_instead oom_instead(const struct load *load, bool is_cgroup);

/* Pages by which the kernel's own count of a process may be off: in Linux 6.2
 * to 6.19 each processor holds some of it back.  UNKNOWN: so does the number
 * of processors. */
uint64_t oom_counter_error(const struct host *host);

/* How many of the first it may be as well, for all that is known: within a
 * hundredth of the total, or twice that error. */
#define OOM_RIVALS_MAX 3
size_t oom_rivals(const struct snapshot *snapshot,
		  const struct oom_ranking *ranking);

/* "java[48213] would most likely be killed", "one of a[1] or b[2] would be
 * killed"; or why nobody can tell.  Printable. */
void oom_say(const struct snapshot *snapshot, const struct oom_ranking *ranking,
	     enum oom_sure sure, char *buf, size_t size);

/* Who is the first soon, if all go on as they do, and in how long; NULL: nobody
 * within ten minutes. */
const struct oom_candidate *oom_overtaker(const struct snapshot *snapshot,
					  const struct oom_ranking *ranking,
					  double *ret_ns);

/* Bytes per second; of a process that is too young for a rate all it has,
 * over its life.  NAN: not known. */
double oom_growth(const struct process *process,
		  const struct snapshot *snapshot);

/* Has so much been taken that it matters who would die?  Half of RAM. */
bool oom_matters(const struct snapshot *snapshot);

/* It would give back less than half of what has to come back: more will die. */
bool oom_not_enough(const struct snapshot *snapshot,
		    const struct oom_domain *domain,
		    const struct process *victim);

/* Where a process stands. */
struct oom_place {
	int64_t adj, points;
	size_t rank; /* 1 dies first; 0: it is never killed */
	size_t of;   /* that can be killed, the process included */
	const struct process *first; /* who dies first; NULL: nobody known */
};

/*
 * Places of one process in that domain with each of these adjs; ret->adj is
 * taken from there.  0; -ENODATA: the total or a figure of its own is not
 * known.
 */
int oom_places(const struct snapshot *snapshot, const struct oom_domain *domain,
	       const struct process *process, struct oom_place *ret,
	       size_t count);

/*
 * The lowest adj with which the process would be the first to die in that
 * domain, and whom it changes places with, NULL where it is alone; false: it is
 * with none, or it is not among those that can be ranked.
 */
bool oom_switch_point(const struct snapshot *snapshot,
		      const struct oom_domain *domain,
		      const struct process *process, int64_t *ret_adj,
		      const struct process **ret_other);

/* A cgroup that has come near to a limit of its own. */
struct oom_limit {
	const struct cgroup *cgroup; /* borrowed from the snapshot, as is */
	struct oom_domain domain;    /* its path; total 0: not known */
};

/* Those that have taken at least half of their limit, the nearest first.
 * Returns how many. */
#define OOM_LIMITS_MAX 16
size_t oom_limits(const struct snapshot *snapshot,
		  struct oom_limit ret[OOM_LIMITS_MAX]);

/* The limit that a cgroup would hit first, its own or one above it; false: it
 * has none. */
bool oom_limit_of(const struct snapshot *snapshot, const char *cgroup,
		  struct oom_limit *ret);

/* Who dies with a victim because of memory.oom.group. */
struct oom_group {
	const struct cgroup *cgroup; /* borrowed from the snapshot */
	size_t processes;	     /* that can be killed */
	uint64_t frees; /* bytes that they have alone, RAM and swap; UNKNOWN */
};

/* false: it would die alone. */
bool oom_group_of(const struct snapshot *snapshot,
		  const struct oom_domain *domain,
		  const struct process *process, struct oom_group *ret);

#endif
