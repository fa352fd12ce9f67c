/* SPDX-License-Identifier: MIT
 *
 * Private to judge/: a copy of what is said about a process, which outlives
 * its snapshot.
 */
#ifndef JUDGE_PERSON_H
#define JUDGE_PERSON_H

#include "memtop/snapshot.h"

struct person {
	bool is_there, is_pss;
	char name[64], unit[64]; /* untrusted bytes */
	pid_t pid;
	uint64_t start_ns;
	uint64_t size; /* PSS, or RSS where that is not known */
	uint64_t swap;
	uint64_t frees_ram, frees_swap;
	double growth;	/* bytes per second; NAN */
	int adj;	/* 0 as well where it is not known */
	double share;	/* percent of all growth, waiting, RAM + swap */
	unsigned count; /* of processes with that name, for waiters */
};

/* process may be NULL: nobody. */
void person_introduce(struct person *ret, const struct process *process,
		      double share);
bool person_is(const struct person *person, const struct process *process);
uint64_t person_size(const struct process *process);

#endif
