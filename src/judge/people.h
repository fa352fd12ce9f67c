/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: who is behind the figures: who grows, who waits, who is
 * largest, whom the kernel would kill.
 */
#ifndef JUDGE_PEOPLE_H
#define JUDGE_PEOPLE_H

#include "memtop/snapshot.h"

/* A copy of what is said about a process. */
struct person {
	bool is_there, is_pss;
	char name[64], unit[64]; /* untrusted bytes */
	pid_t pid;
	uint64_t start_ns;
	uint64_t size; /* PSS, or RSS where that is not known */
	uint64_t swap;
	uint64_t frees_ram, frees_swap;
	double growth;	/* bytes per second; NAN */
	double share;	/* percent of all growth, waiting, RAM + swap */
	unsigned count; /* of processes with that name, for waiters */
};

enum sureness { SURE, LIKELY, TIED, UNSURE };

#define VICTIMS 3

struct people {
	uint64_t looked_ns; /* monotonic; 0: never */
	struct person largest, grower, second_grower, waiter, swapped;
	struct person victims[VICTIMS]; /* in the kernel's order */
	enum sureness sureness;		/* that it is the first of them */
	uint64_t victim_since_ns;	/* monotonic */
	struct person important;	/* a service among the victims … */
	unsigned important_rank;	/* … and which */
	double killable;		/* bytes of all that may be killed */
	double known; /* processes that could be judged, … */
	double all;   /* … of so many */
	bool has_earlyoom, has_oomd;
};

/* Looks at all processes, when the last look is old enough. */
void people_look(struct people *people, const struct snapshot *snapshot,
		 bool in_trouble);

#endif
