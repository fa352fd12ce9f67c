/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: whom the kernel would kill, and how sure that is after
 * having watched it for a while.
 */
#ifndef JUDGE_VICTIMS_H
#define JUDGE_VICTIMS_H

#include "memtop/forecast.h"
#include "person.h"

#define VICTIMS 3

/* What others depend on. */
enum service {
	SERVICE_NONE,
	SERVICE_OTHER,
	SERVICE_SSH,
	SERVICE_SHELL,
	SERVICE_DATABASE
};

struct victims {
	struct person list[VICTIMS]; /* in the kernel's order */
	enum oom_sure sure;	     /* that it is the first of them */
	size_t with;		     /* so many die with it (oom.group) */
	bool unread;	/* of those that may be killed nothing is known yet */
	char limit[64]; /* of this cgroup, untrusted; "": the machine's */
	double eta_ns;	/* until that is hit; NAN: not told */
	const struct cgroup *cgroup; /* of victims_of_limit(): borrowed */
	bool has_killer;
	struct person killer;	 /* which acts before the kernel */
	size_t rivals;		 /* how many of the list it may be as well */
	bool not_enough;	 /* one kill will not be */
	struct person important; /* a service that is near the kill … */
	unsigned important_rank; /* … in which place, … */
	enum service service;	 /* … and what it is */
	struct person overtaker; /* grows faster than the first, … */
	double overtakes_ns;	 /* … and would be the first then */
	double killable;	 /* bytes of all that may be killed; NAN */
	double most;		 /* of the largest of them; NAN */
	unsigned is_protected;	 /* so many are never killed */
	uint64_t since_ns;	 /* monotonic, that the first leads */
	bool changed;		 /* another one led before */
};

/* The machine, or in a container its limit.  Keeps since_ns from the look
 * before. */
void victims_look(struct victims *victims, const struct snapshot *snapshot);
/* Of one cgroup; nothing is kept. */
void victims_of_limit(struct victims *victims, const struct snapshot *snapshot,
		      const struct oom_limit *limit);

#endif
