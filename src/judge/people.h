/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: who is behind the figures: who grows, who waits, who is
 * largest, whom the kernel would kill.
 */
#ifndef JUDGE_PEOPLE_H
#define JUDGE_PEOPLE_H

#include "huge.h"
#include "memtop/killer.h"
#include "victims.h"

/* A grower explains it from this share of all growth on. */
#define SHARE_ONE 50
/* … and for sure from this one on. */
#define SHARE_SURE 70

/* Of what one process may have more than any other. */
enum most {
	MOST_LOCKED,
	MOST_TABLES,
	MOST_THREADS,
	MOST_SHARED, /* RAM that is shared with others, tmpfs and the like */
	MOST_HUGE,   /* transparent huge pages */
	MOST_DATA,   /* promised to it, touched or not */
	MOST_COUNT
};

struct people {
	uint64_t looked_ns; /* monotonic; 0: never */
	bool saw_all;	    /* everything had been read once by then */
	struct person largest, grower, second_grower, waiter, swapped;
	/* The largest that its cpuset keeps to NUMA nodes that are short, to
	 * which, and how much all of these grow: bytes a second. */
	struct person bound;
	char bound_nodes[NODES_SIZE];
	double bound_growth;
	/* The latest that explained it, with its growth of then; its size is
	 * that of now, or its last one. */
	struct person took;
	bool took_is_gone;
	uint64_t took_ns, took_realtime_ns; /* monotonic; when it last grew */
	struct {
		struct person who; /* nobody: nothing is known, or none has */
		double amount;	   /* bytes; a count of threads */
	} most[MOST_COUNT];
	/* Whose huge pages grow fastest; nobody: none are known to. */
	struct person huge_grower;
	uint64_t huge_gained, huge_span_ns;
	struct huge huge;
	struct victims victims;
	bool has_oomd, has_killer; /* systemd-oomd; any of its kind */
	struct process_key killers[KILLER_KINDS]; /* pid 0: none */
	bool has_kubelet, has_desktop;
};

/* Does it grow so much that it is worth a name? */
bool people_is_grower(const struct person *person,
		      const struct snapshot *snapshot);

/* Looks at all processes, when the last look is old enough: much is, unless
 * it is lively. */
void people_look(struct people *people, const struct snapshot *snapshot,
		 bool is_lively);

#endif
