/* SPDX-License-Identifier: MIT
 *
 * Private to the files about settings worth trying: a row is one setting, the
 * evidence it needs on this machine, and how to take it back.
 */
#ifndef JUDGE_ADVICE_H
#define JUDGE_ADVICE_H

#include "words.h"

#define ADVICE_VALUE 64

/* What a row is looked at with. */
struct advising {
	const struct verdict_judge *judge;
	const struct finding *finding;
	/* for "{it}" in its texts: a unit, a device, a path, as a test finds
	 * it; it is printable */
	char it[96];
	pid_t pid;		/* for "{pid}" */
	char now[ADVICE_VALUE]; /* "{now}": as it is set; "" when not known */
	char to[ADVICE_VALUE];	/* "{to}": as it might be */
};

struct advice {
	const char *rules;   /* "R07 R09": one of these has to hold, … */
	enum severity least; /* … at least as bad, … */
	unsigned times;	     /* … not for the first time, … */
	unsigned lasting_s;  /* … nor only since a moment ago */
	/* as the tunables know it: without its value nothing is said, and
	 * nothing that it is set to already; NULL: a test fills now and to */
	const char *knob;
	const char *to;
	/* is there the evidence?  May change to, now, it and pid; NULL: the
	 * rule is enough */
	bool (*test)(struct advising *a);
	const char *because, *command, *back, *effect;
};

struct advice_set {
	const struct advice *rows;
	size_t count;
};
extern const struct advice_set advice_swap, advice_reclaim, advice_groups;
extern const struct advice_set advice_kill;

#define ADVICE_AT_ONCE "at once, until the next boot"

/* What "vm.swappiness" is set to now; NAN: not known, or it is no number. */
double advice_number(const struct advising *a, const char *name);

/* Whole numbers of bytes, or of what a setting counts in. */
void advice_set_to(struct advising *a, double value);
void advice_set_now(struct advising *a, double value);
/* Text that others made, for the command line of a person. */
void advice_set_it(struct advising *a, const char *text);

/* The process of a person, as it is in this snapshot; NULL: gone. */
const struct process *advice_process(const struct advising *a,
				     const struct person *person);
bool advice_is_database(const char *comm);

/* How often a rule has been that bad. */
static inline unsigned advice_times(const struct advising *a, unsigned number,
				    enum severity severity)
{
	return a->judge->standings[number].times[severity];
}

#endif
