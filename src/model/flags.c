/* SPDX-License-Identifier: MIT
 *
 * The letters behind a process, see flags.h, and why it has them.  Knows
 * neither where they are kept nor who shows them.
 */
#include "memtop/flags.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "memtop/forecast.h"
#include "memtop/format.h"
#include "memtop/swap.h"
#include "memtop/swap_users.h"
#include "memtop/trend.h"

#define GROWS_FOR_S 300
/* Of a limit, percent that is left. */
#define NEAR_LEFT     20
#define PROTECTED_ADJ (-900)

double growth_that_matters(const struct memory *memory)
{
	if (memory->total == UNKNOWN)
		return NAN;
	return fmax(64.0 * (double)MIB, 0.01 * (double)memory->total) /
	       GROWS_FOR_S;
}

static bool is_near(const struct cgroup *row)
{
	return row->path && row->room.state == STATE_OK &&
	       row->max == row->effective_limit &&
	       row->headroom <= row->max / 100 * NEAR_LEFT;
}

void flags_begin(const struct snapshot *snapshot, struct flags *ret)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	struct oom_domain machine = oom_machine(snapshot);
	struct oom_ranking ranking;

	*ret = (struct flags){ .snapshot = snapshot };
	if (oom_matters(snapshot) &&
	    oom_ranking_make(snapshot, &machine, NULL, &ranking) == 0 &&
	    ranking.count)
		ret->victim = ranking.list[0].process;
	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (ret->nnear < FLAGS_LIMITS && is_near(row))
			ret->near[ret->nnear++] = row->path;
	}
}

bool flags_same(const struct flags *a, const struct flags *b)
{
	if (a->snapshot->memory.total != b->snapshot->memory.total ||
	    snapshot_list(a->snapshot, ENTITY_TREND) !=
		    snapshot_list(b->snapshot, ENTITY_TREND) ||
	    a->nnear != b->nnear)
		return false;
	for (size_t i = 0; i < a->nnear; i++)
		if (!text_equal(a->near[i], b->near[i]))
			return false;
	return true;
}

static bool leaks(const struct snapshot *snapshot, const struct process *p)
{
	const struct trend *trend =
		trend_find(snapshot_list(snapshot, ENTITY_TREND), p->key);

	return trend && trend_sure(trend);
}

static bool grows(const struct snapshot *snapshot, const struct process *p)
{
	return p->growth_rate >= growth_that_matters(&snapshot->memory);
}

static bool is_protected(const struct process *p)
{
	return p->oom.state == STATE_OK && p->oom_score_adj <= PROTECTED_ADJ;
}

static bool is_limited(const struct flags *flags, const struct process *p)
{
	for (size_t i = 0; i < flags->nnear; i++)
		if (oom_in_cgroup(p, text_str(flags->near[i])))
			return true;
	return false;
}

/* The order in which they stand, and how grave each is. */
static const struct letter {
	char letter;
	int gravity;
} letters[] = { { 'G', 2 }, { 'W', 8 }, { 'O', 16 }, { 'L', 4 }, { 'P', 1 } };
static_assert(ARRAY_SIZE(letters) < FLAGS_SIZE, "room for all");

/* has: of each letter, in that order. */
static void put(const bool has[ARRAY_SIZE(letters)], char ret[FLAGS_SIZE])
{
	size_t n = 0;

	memset(ret, 0, FLAGS_SIZE);
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (has[i])
			ret[n++] = letters[i].letter;
}

void flags_of(const struct flags *flags, const struct process *process,
	      char ret[FLAGS_SIZE])
{
	const struct process *p = process, *victim = flags->victim;
	const bool has[] = {
		grows(flags->snapshot, p) || leaks(flags->snapshot, p),
		swap_waits(p),
		victim && process_key_equal(p->key, victim->key),
		is_limited(flags, p),
		is_protected(p),
	};

	put(has, ret);
}

void flags_of_sum(const struct snapshot *snapshot, struct process *sum)
{
	const bool has[] = {
		strchr(sum->flags, 'G') || grows(snapshot, sum),
		swap_waits(sum),
		strchr(sum->flags, 'O'),
		strchr(sum->flags, 'L'),
		is_protected(sum),
	};

	put(has, sum->flags);
}

void flags_add(char into[FLAGS_SIZE], const char *more)
{
	bool has[ARRAY_SIZE(letters)];

	if (!*more)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		has[i] = strchr(into, letters[i].letter) ||
			 strchr(more, letters[i].letter);
	put(has, into);
}

double flags_gravity(const char *of)
{
	int gravity = 0;

	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (strchr(of, letters[i].letter))
			gravity += letters[i].gravity;
	return gravity;
}

/* ---- why ----------------------------------------------------------------- */

static void why_it_grows(const struct snapshot *snapshot,
			 const struct process *p, char *buf, size_t size)
{
	const struct trend *trend =
		trend_find(snapshot_list(snapshot, ENTITY_TREND), p->key);
	char rate[FORMAT_SIZE];

	if (trend && trend_sure(trend) && trend->why)
		snprintf(buf, size, "%s", text_str(trend->why));
	else if (value_figure(rate, p->growth_rate, UNIT_BYTES_PER_MINUTE))
		snprintf(buf, size, "%s", rate);
}

static void why_it_waits(const struct process *p, char *buf, size_t size)
{
	char rate[FORMAT_SIZE], swap[FORMAT_SIZE];

	if (swap_waits(p))
		snprintf(buf, size, "%s major faults/s, %s in swap",
			 format_rate(rate, p->major_fault_rate),
			 format_bytes(swap, p->swap, FORMAT_AUTO));
}

/* How much is left, which is why it is said at all. */
static void why_it_is_next(const struct snapshot *snapshot, char *buf,
			   size_t size)
{
	uint64_t room = swap_headroom(snapshot);
	char left[FORMAT_SIZE];

	if (room != UNKNOWN)
		snprintf(buf, size, "killed next, room for %s",
			 format_bytes(left, room, FORMAT_AUTO));
}

/* The nearest of those it is in. */
static void why_it_is_limited(const struct snapshot *snapshot,
			      const struct process *p, char *buf, size_t size)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	const struct cgroup *found = NULL;
	char path[128], left[FORMAT_SIZE];

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);

		if (is_near(row) && oom_in_cgroup(p, text_str(row->path)) &&
		    (!found || row->headroom < found->headroom))
			found = row;
	}
	if (!found)
		return;
	text_printable(path, sizeof(path), text_str(found->path),
		       text_len(found->path), 30);
	snprintf(buf, size, "%s has %s left", path,
		 format_bytes(left, found->headroom, FORMAT_AUTO));
}

void flags_why(const struct snapshot *snapshot, const struct process *process,
	       char letter, char *buf, size_t size)
{
	*buf = '\0';
	switch (letter) {
	case 'G':
		why_it_grows(snapshot, process, buf, size);
		break;
	case 'W':
		why_it_waits(process, buf, size);
		break;
	case 'O':
		why_it_is_next(snapshot, buf, size);
		break;
	case 'L':
		why_it_is_limited(snapshot, process, buf, size);
		break;
	case 'P':
		snprintf(buf, size, "adj %" PRId64, process->oom_score_adj);
		break;
	}
}
