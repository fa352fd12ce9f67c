/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: what holds now, as the verdict hands it to the events:
 * every rule that is active, not only the one that leads.
 */
#ifndef JUDGE_MOODS_H
#define JUDGE_MOODS_H

#include "memtop/field.h"
#include "memtop/snapshot.h"

#define MOODS_MAX  48
#define MOOD_WORDS 96

/* Who takes what the machine loses, for rules that are about growth. */
struct taking {
	enum certainty certainty;
	pid_t pid; /* 0: no process */
	uint64_t start_ns;
	char name[160];		 /* "java[48213]", a cgroup, "(slab)"; "" */
	const struct text *path; /* of the cgroup; NULL */
	char words[56];		 /* "takes most"; "" */
	bool is_none;		 /* nothing grows: it is no event of growth */
};

/* One rule about one subject.  What it points to lasts for the step. */
struct mood {
	const char *rule;	 /* static: "R05-stall" */
	uint64_t group;		 /* hash of a cgroup's path; 0: the machine */
	const char *name;	 /* of the cgroup; untrusted; "" */
	const struct text *path; /* of the same; NULL */
	enum severity severity;
	uint64_t since_realtime_ns;
	char words[MOOD_WORDS]; /* what is the matter */
	/* the figure that it is judged by, and which way is worse */
	const char *figure; /* static; NULL: there is none */
	enum unit unit;
	bool least; /* the smaller, the worse */
	double value;
	struct taking taking;
};

struct events_judge;
struct verdict_judge;

/* verdict.c: those of the last step, the leading one first; facts and what is
 * calm are not among them. */
size_t verdict_judge_moods(const struct verdict_judge *judge,
			   const struct mood **ret);

/* Did a counter of the kernel begin anew in that step? */
bool verdict_judge_reset(const struct verdict_judge *judge);

/* events.c: what the next step is to tell of.  They have to last until it is
 * done. */
void events_judge_hear(struct events_judge *judge, const struct mood *moods,
		       size_t count, bool reset);

#endif
