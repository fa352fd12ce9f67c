/* SPDX-License-Identifier: MIT
 *
 * What earlyoom, nohang and systemd-oomd test, from what they were told on
 * their command line or in their files, else from their defaults.  systemd-oomd's
 * stalls are in killers_oomd.c.
 */
#include "killers.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "facts_private.h"
#include "judge.h"
#include "killers_private.h"
#include "memtop/list.h"
#include "words.h"

/* earlyoom: SIGTERM at 10 % of both; nohang: at 5 % and 10 % */
#define EARLYOOM_MEMORY 10
#define EARLYOOM_SWAP	10
#define NOHANG_MEMORY	5
#define NOHANG_SWAP	10
#define OOMD_USED	90
/* What a pattern adds to or takes from a score. */
#define PREFERENCE 300

double killers_setting(const struct snapshot *snapshot, const char *name,
		       double otherwise)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TUNABLE);
	const struct tunable *row = killers_row(list, name);
	char *end;
	double value;

	if (!row)
		return otherwise;
	value = strtod(row->value, &end);
	return end == row->value ? otherwise : value;
}

const struct tunable *killers_row(const struct list *list, const char *name)
{
	for (size_t i = 0; i < list_count(list); i++) {
		const struct tunable *row = list_row(list, i);

		if (strcmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

/* How much of the way from nothing used to the limit is gone: twice as much as
 * the limit left is half of it. */
static double way_of(double left, double limit)
{
	if (isnan(left) || isnan(limit))
		return NAN;
	return left <= limit ? 100 : 100 * limit / left;
}

static void set_way(struct killer *killer)
{
	double memory = way_of(killer->memory, killer->memory_limit);
	double swap = way_of(killer->swap, killer->swap_limit);

	/* both have to be short; not fmin(), which forgets the unknown */
	killer->way = isnan(memory) || isnan(swap) ? NAN : fmin(memory, swap);
}

/* ---- earlyoom's command line --------------------------------------------- */

/* The word behind a letter, "-m 5,2" or "-m5,2"; NULL: it was not given. */
static const char *option(const char *command, char letter)
{
	for (const char *s = command; (s = strchr(s, ' ')); s++) {
		if (s[1] != '-' || s[2] != letter)
			continue;
		return s[3] == ' ' ? s + 4 : s + 3;
	}
	return NULL;
}

/* The same of a long one, "--avoid X" or "--avoid=X", as a copy. */
static bool long_option(const char *command, const char *name, char *buf,
			size_t size)
{
	const char *s = strstr(command, name);
	size_t len;

	if (!s)
		return false;
	s += strlen(name);
	if (*s != ' ' && *s != '=')
		return false;
	len = strcspn(++s, " ");
	if (!len || len >= size)
		return false;
	memcpy(buf, s, len);
	buf[len] = '\0';
	return true;
}

static double number(const char *text, double otherwise)
{
	char *end;
	double value = text ? strtod(text, &end) : NAN;

	return text && end != text ? value : otherwise;
}

/* -m PERCENT, -M KIB: whichever is less, when both are given. */
static double limit_of(const char *command, char percent_letter,
		       char kib_letter, double otherwise, double total)
{
	double share = number(option(command, percent_letter), NAN);
	double kib = number(option(command, kib_letter), NAN);
	double least = fmin(share, percent(kib * (double)KIB, total));

	return isnan(least) ? otherwise : least;
}

/* ---- whom they would take ------------------------------------------------ */

struct taste {
	regex_t prefer, avoid;
	bool has_prefer, has_avoid;
};

static void taste_make(struct taste *taste, const char *command)
{
	char pattern[256];

	*taste = (struct taste){ .has_prefer = false };
	if (long_option(command, "--prefer", pattern, sizeof(pattern)))
		taste->has_prefer = regcomp(&taste->prefer, pattern,
					    REG_EXTENDED | REG_NOSUB) == 0;
	if (long_option(command, "--avoid", pattern, sizeof(pattern)))
		taste->has_avoid = regcomp(&taste->avoid, pattern,
					   REG_EXTENDED | REG_NOSUB) == 0;
}

static void taste_done(struct taste *taste)
{
	if (taste->has_prefer)
		regfree(&taste->prefer);
	if (taste->has_avoid)
		regfree(&taste->avoid);
}

static int64_t score_of(const struct taste *taste, const struct process *p)
{
	int64_t score = (int64_t)p->oom_score;

	if (taste->has_prefer &&
	    regexec(&taste->prefer, p->comm, 0, NULL, 0) == 0)
		score += PREFERENCE;
	if (taste->has_avoid &&
	    regexec(&taste->avoid, p->comm, 0, NULL, 0) == 0)
		score -= PREFERENCE;
	return score;
}

static bool may_take(const struct process *p)
{
	return !p->kernel && p->key.pid > 2 && p->oom.state == STATE_OK &&
	       p->oom_score != UNKNOWN && p->oom_score_adj > -1000 &&
	       p->state != 'Z';
}

/* The highest score of the kernel's, of equals the largest. */
static void pick_process(const struct snapshot *snapshot, const char *command,
			 char *buf, size_t size)
{
	const struct process *best = NULL;
	struct person person;
	struct taste taste;
	int64_t most = 0;

	*buf = '\0';
	taste_make(&taste, command);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];
		int64_t score;

		if (!may_take(p))
			continue;
		score = score_of(&taste, p);
		if (best &&
		    (score < most || (score == most && p->rss <= best->rss)))
			continue;
		best = p;
		most = score;
	}
	taste_done(&taste);
	person_introduce(&person, best, NAN);
	if (best)
		person_text(&person, buf, size);
}

/* ---- each of them -------------------------------------------------------- */

static const struct process *find(const struct snapshot *snapshot,
				  const char *comm)
{
	for (size_t i = 0; i < snapshot->nprocesses; i++)
		if (strcmp(snapshot->processes[i]->comm, comm) == 0)
			return snapshot->processes[i];
	return NULL;
}

static void step_earlyoom(struct killer *killer, const double *v,
			  const struct snapshot *snapshot)
{
	const struct process *p = find(snapshot, "earlyoom");
	const char *command;

	*killer = (struct killer){ .is_there = p, .way = NAN };
	if (!p)
		return;
	command = text_str(p->command);
	killer->memory = v[FACT_AVAILABLE_OF_ANON];
	killer->swap = v[FACT_SWAP_FREE_PERCENT];
	killer->memory_limit =
		limit_of(command, 'm', 'M', EARLYOOM_MEMORY, v[FACT_TOTAL]);
	killer->swap_limit =
		limit_of(command, 's', 'S', EARLYOOM_SWAP, v[FACT_SWAP_TOTAL]);
	set_way(killer);
	if (killer->way >= 50)
		pick_process(snapshot, command, killer->pick,
			     sizeof(killer->pick));
}

static void step_nohang(struct killer *killer, const double *v,
			const struct snapshot *snapshot)
{
	*killer = (struct killer){ .is_there = find(snapshot, "nohang"),
				   .way = NAN };
	if (!killer->is_there)
		return;
	killer->memory = v[FACT_AVAILABLE_PERCENT];
	killer->swap = v[FACT_SWAP_FREE_PERCENT];
	killer->memory_limit = killers_setting(
		snapshot, "nohang.soft_threshold_min_mem", NOHANG_MEMORY);
	killer->swap_limit = killers_setting(
		snapshot, "nohang.soft_threshold_min_swap", NOHANG_SWAP);
	set_way(killer);
	if (killer->way >= 50)
		pick_process(snapshot, "", killer->pick, sizeof(killer->pick));
}

/* Used more than so much, of both; without swap it never acts for want of
 * it, nor when no unit asked for it. */
static void step_oomd(struct killer *killer, const double *v,
		      const struct snapshot *snapshot)
{
	double limit =
		killers_setting(snapshot, "oomd.SwapUsedLimit", OOMD_USED);

	*killer = (struct killer){ .is_there = find(snapshot, "systemd-oomd"),
				   .way = NAN };
	if (!killer->is_there || !killers_asked(snapshot, "swap"))
		return;
	killer->memory = 100 - v[FACT_USED_PERCENT];
	killer->swap = 100 - v[FACT_SWAP_USED_PERCENT];
	killer->memory_limit = killer->swap_limit = 100 - limit;
	set_way(killer);
	if (killer->way >= 50)
		killers_pick_swap(snapshot, killer->pick, sizeof(killer->pick));
}

void killers_step(struct verdict_judge *judge, const struct snapshot *snapshot)
{
	struct killers *killers = &judge->killers;
	double *v = judge->facts.value;

	/* to look for them costs a pass: only when one of their kind runs */
	if (!judge->people.has_killer) {
		*killers = (struct killers){
			.earlyoom.way = NAN,
			.nohang.way = NAN,
			.oomd.way = NAN,
			.stall.way = NAN,
		};
		return;
	}
	step_earlyoom(&killers->earlyoom, v, snapshot);
	step_nohang(&killers->nohang, v, snapshot);
	step_oomd(&killers->oomd, v, snapshot);
	killers_stalls(killers, snapshot);
	v[FACT_EARLYOOM_WAY] = killers->earlyoom.way;
	v[FACT_NOHANG_WAY] = killers->nohang.way;
	v[FACT_OOMD_WAY] = killers->oomd.way;
	v[FACT_OOMD_STALL_WAY] = killers->stall.way;
}
