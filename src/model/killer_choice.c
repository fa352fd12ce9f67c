/* SPDX-License-Identifier: MIT
 *
 * Whom programs that kill would choose, as far as that can be seen from here:
 * of cgroups only the marks that systemd-oomd goes by are.
 */
#include <math.h>
#include <regex.h>
#include <string.h>

#include "killer_private.h"
#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/forecast.h"
#include "memtop/list.h"

/* What a pattern of earlyoom adds to or takes from a score. */
#define PREFERENCE 300
/* systemd-oomd: with less of swap than this percentage a group is not worth
 * a kill. */
#define SWAP_LEAST 5

/* ---- a process ----------------------------------------------------------- */

struct taste {
	regex_t prefer, avoid;
	bool has_prefer, has_avoid;
};

/* It is somebody's command line: counts and back references can make a short
 * pattern cost seconds, or all memory, and nobody needs them here. */
static bool is_tame(const char *pattern)
{
	return strpbrk(pattern, "{\\") == NULL;
}

static bool take_pattern(const char *command, const char *name, regex_t *ret)
{
	char pattern[256];

	return killer_long_option(command, name, pattern, sizeof(pattern)) &&
	       is_tame(pattern) &&
	       regcomp(ret, pattern, REG_EXTENDED | REG_NOSUB) == 0;
}

static void taste_init(struct taste *taste, const char *command)
{
	*taste = (struct taste){ .has_prefer = false };
	taste->has_prefer = take_pattern(command, "--prefer", &taste->prefer);
	taste->has_avoid = take_pattern(command, "--avoid", &taste->avoid);
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

/* The highest score of the kernel's, of equals the largest; never the first
 * two. */
static const struct process *by_score(const struct snapshot *snapshot,
				      const char *command)
{
	const struct process *best = NULL;
	struct taste taste;
	int64_t most = 0, score;

	taste_init(&taste, command);
	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];

		if (p->key.pid <= 2 || oom_exempt(p) ||
		    p->oom.state != STATE_OK || p->oom_score == UNKNOWN ||
		    p->rss == UNKNOWN)
			continue;
		/* patterns cost more than all else: not where one can't help */
		if (best != NULL && (int64_t)p->oom_score + PREFERENCE < most)
			continue;
		score = score_of(&taste, p);
		if (best != NULL &&
		    (score < most || (score == most && p->rss <= best->rss)))
			continue;
		best = p;
		most = score;
	}
	taste_done(&taste);
	return best;
}

/* ---- a cgroup ------------------------------------------------------------ */

static bool is_below(const char *path, const char *above)
{
	size_t len = strlen(above);

	if (strcmp(above, "/") == 0)
		return strcmp(path, "/") != 0;
	return strncmp(path, above, len) == 0 && path[len] == '/';
}

/* One with others below it is ended only if it asked for that. */
static bool can_end(const struct list *list, const struct cgroup *row)
{
	if (row->depth == 0)
		return false;
	if (row->knobs.state == STATE_OK && row->oom_group == 1)
		return true;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *other = list_row(list, i);

		if (other->depth > row->depth &&
		    is_below(text_str(other->path), text_str(row->path)))
			return false;
	}
	return true;
}

enum measure { BY_SIZE, BY_SWAP, BY_SWAP_OF_ALL, BY_SCAN };

/* What it goes by; NAN: never this one. */
static double weight(const struct snapshot *snapshot, enum measure measure,
		     const struct cgroup *row)
{
	double total = (double)snapshot->memory.swap_total;

	switch (measure) {
	case BY_SIZE:
		if (row->usage.state != STATE_OK || row->current == UNKNOWN)
			return NAN;
		return (double)row->current;
	case BY_SWAP:
	case BY_SWAP_OF_ALL:
		if (row->usage.state != STATE_OK || row->swap == UNKNOWN ||
		    snapshot->memory.swap_total == UNKNOWN ||
		    !((double)row->swap > total / 100 * SWAP_LEAST))
			return NAN;
		return (double)row->swap;
	case BY_SCAN:
		break;
	}
	return row->scan_rate > 0 ? row->scan_rate : NAN;
}

enum turn { FIRST, LAST, NEVER };

/*
 * What its marks ask of systemd-oomd.  systemd-oomd.service(8): those of root
 * always count; for want of swap nobody else's, and for a stall also those of
 * whoever owns the group that stalls, so that nobody evades what others set.
 */
static enum turn turn_of(const struct cgroup *row, enum measure measure,
			 uint64_t owner)
{
	if (measure == BY_SIZE || measure == BY_SWAP_OF_ALL ||
	    row->marks.state != STATE_OK || row->owner == UNKNOWN)
		return FIRST;
	if (row->owner != 0 && (measure == BY_SWAP || row->owner != owner))
		return FIRST;
	if (row->oomd_omit == 1)
		return NEVER;
	return row->oomd_avoid == 1 ? LAST : FIRST;
}

/* Of equals the larger. */
static bool is_more(double value, const struct cgroup *row, double most,
		    const struct cgroup *best)
{
	if (value != most)
		return value > most;
	return row->current != UNKNOWN &&
	       (best->current == UNKNOWN || row->current > best->current);
}

/* At or below a group; "/": anywhere. */
static const struct cgroup *by_group(const struct snapshot *snapshot,
				     enum measure measure, const char *above)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	const struct cgroup *best = NULL, *top = list_find(list, above);
	uint64_t owner = top != NULL && top->marks.state == STATE_OK
				 ? top->owner
				 : UNKNOWN;
	enum turn soonest = NEVER;
	double most = 0;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		double value = weight(snapshot, measure, row);
		enum turn turn = turn_of(row, measure, owner);

		if (row->path == NULL || isnan(value) || turn == NEVER ||
		    turn > soonest ||
		    (turn == soonest && !is_more(value, row, most, best)) ||
		    (strcmp(text_str(row->path), above) != 0 &&
		     !is_below(text_str(row->path), above)) ||
		    !can_end(list, row))
			continue;
		best = row;
		most = value;
		soonest = turn;
	}
	return best;
}

const struct cgroup *killer_swap_choice(const struct snapshot *snapshot)
{
	return by_group(snapshot, BY_SWAP, "/");
}

const struct cgroup *killer_swap_most(const struct snapshot *snapshot)
{
	return by_group(snapshot, BY_SWAP_OF_ALL, "/");
}

const struct cgroup *killer_stall_choice(const struct snapshot *snapshot,
					 const char *above)
{
	return by_group(snapshot, BY_SCAN, above);
}

/* Of those that are followed the one that is nearest to its limit; NULL:
 * nobody waits. */
static const struct cgroup *worst_stall(const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	const struct cgroup *worst = NULL;
	struct killer_stalls stalls;
	double most = 0;

	killer_stalls(snapshot, &stalls);
	for (size_t i = 0; stalls.count > 0 && i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		double way;

		if (row->pressure.state != STATE_OK || !(row->full.avg10 > 0))
			continue;
		way = row->full.avg10 / killer_stalls_limit(&stalls, row);
		if (!(way > most))
			continue;
		worst = row;
		most = way;
	}
	return worst;
}

static const struct cgroup *oomd_choice(const struct snapshot *snapshot,
					const struct process *killer)
{
	struct killer_test test = killer_test(snapshot, killer);
	const struct cgroup *stalls;

	if (test.way >= KILLER_NEAR || test.swap <= test.swap_limit)
		return killer_swap_choice(snapshot);
	if (!killer_oomd_known(snapshot))
		return killer_stall_choice(snapshot, "/");
	stalls = worst_stall(snapshot);
	return stalls != NULL
		       ? killer_stall_choice(snapshot, text_str(stalls->path))
		       : NULL;
}

struct killer_choice killer_choice(const struct snapshot *snapshot,
				   const struct process *killer)
{
	struct killer_choice choice = { .process = NULL };

	switch (killer_kind(killer)) {
	case KILLER_EARLYOOM:
		choice.process = by_score(snapshot, text_str(killer->command));
		break;
	case KILLER_NOHANG:
		choice.process = by_score(snapshot, "");
		break;
	case KILLER_SYSTEMD_OOMD:
		choice.cgroup = oomd_choice(snapshot, killer);
		break;
	case KILLER_OOMD:
		choice.cgroup = by_group(snapshot, BY_SIZE, "/");
		break;
	case KILLER_KINDS:
		break;
	}
	return choice;
}
