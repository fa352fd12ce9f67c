/* SPDX-License-Identifier: MIT
 *
 * A ceiling on CPU time: a bucket that fills at the allowed rate, holds two
 * seconds of it, and may go below zero by the one read that was not yet over.
 * Pure arithmetic; times are monotonic nanoseconds.
 */
#ifndef COLLECT_BUDGET_H
#define COLLECT_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct budget {
	double percent; /* of one core; <= 0: no ceiling */
	bool careful;	/* a quarter of it: the machine is in trouble */
	bool hurry;	/* 25 % while hurry_left_ns lasts: the first pass */
	uint64_t hurry_left_ns;
	double level_ns;    /* what may be spent at once */
	uint64_t filled_ns; /* when that was right */
};

struct budget budget_new(double percent, uint64_t now_ns);
void budget_set_mood(struct budget *budget, bool careful, bool hurry,
		     uint64_t now_ns);
/* Nanoseconds until the next read may begin; 0: now. */
uint64_t budget_wait(struct budget *budget, uint64_t now_ns);
void budget_spend(struct budget *budget, uint64_t cpu_ns);

#endif
