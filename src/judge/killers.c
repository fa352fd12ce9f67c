/* SPDX-License-Identifier: MIT
 *
 * How far earlyoom, nohang and systemd-oomd are from killing.  What they test
 * and whom they would choose is the model's (memtop/killer.h); here it is
 * counted how long a unit has stalled, which no sample tells, and names become
 * words.
 */
#include "killers.h"

#include <stdio.h>
#include <string.h>

#include "facts_private.h"
#include "judge.h"
#include "memtop/cgroup.h"
#include "memtop/list.h"
#include "words.h"

/* It acts on a unit that memory was reclaimed from not longer ago. */
#define RECLAIMED_NS (30 * NS_PER_S)
/* Where the limit is reached, and only the time has to pass. */
#define WAY_AT_LIMIT 80

static void put_group(const struct cgroup *row, char *buf, size_t size)
{
	const struct text *name = cgroup_title(row);

	text_printable(buf, size, text_str(name), text_len(name), 40);
}

static void put_choice(const struct killer_choice *choice, char *buf,
		       size_t size)
{
	struct person person;

	*buf = '\0';
	if (choice->cgroup)
		put_group(choice->cgroup, buf, size);
	if (!choice->process)
		return;
	person_introduce(&person, choice->process, NAN);
	person_text(&person, buf, size);
}

/* ---- RAM and swap -------------------------------------------------------- */

static const struct process *find(const struct verdict_judge *judge,
				  const struct snapshot *snapshot,
				  enum killer_kind kind)
{
	struct process_key key = judge->people.killers[kind];

	return key.pid ? snapshot_find(snapshot, key) : NULL;
}

static void step_test(const struct verdict_judge *judge,
		      const struct snapshot *snapshot, enum killer_kind kind,
		      struct killer *ret)
{
	const struct process *p = find(judge, snapshot, kind);
	struct killer_choice choice;

	*ret = (struct killer){ { NAN, NAN, NAN, NAN, NAN, NAN }, "" };
	if (!p)
		return;
	ret->test = killer_test(snapshot, p);
	if (!(ret->test.way >= KILLER_NEAR))
		return;
	choice = killer_choice(snapshot, p);
	put_choice(&choice, ret->pick, sizeof(ret->pick));
}

/* ---- stalls of units ----------------------------------------------------- */

static uint64_t hash_of(const char *path)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *path; path++)
		hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	return hash ? hash : 1;
}

/* NULL: all places are taken. */
static struct watched *find_watched(struct killers *killers, uint64_t group)
{
	struct watched *place = NULL;

	for (size_t i = 0; i < WATCHED_MAX; i++) {
		if (killers->watched[i].group == group)
			return &killers->watched[i];
		if (!place && !killers->watched[i].group)
			place = &killers->watched[i];
	}
	if (place)
		*place = (struct watched){ .group = group, .scan = UNKNOWN };
	return place;
}

static void watch(struct watched *watched, const struct cgroup *row,
		  double limit, uint64_t now_ns)
{
	bool is_above = row->full.avg10 > limit;

	if (row->stat_v2.state == STATE_OK && row->scan != UNKNOWN) {
		/* fewer: it was made anew */
		if (watched->scan != UNKNOWN && row->scan > watched->scan)
			watched->scanned_ns = now_ns;
		watched->scan = row->scan;
	}
	if (!is_above)
		watched->above_ns = 0;
	else if (!watched->above_ns)
		watched->above_ns = now_ns;
	watched->seen_ns = now_ns;
}

static double way_of(const struct watched *watched, double value, double limit,
		     uint64_t lasts_ns, uint64_t now_ns)
{
	double passed;

	if (!watched->scanned_ns || now_ns > watched->scanned_ns + RECLAIMED_NS)
		return 0;
	if (!watched->above_ns)
		return fmin(100 * value / limit, WAY_AT_LIMIT - 1);
	passed = (double)(now_ns - watched->above_ns) / (double)lasts_ns;
	return WAY_AT_LIMIT + (100 - WAY_AT_LIMIT) * fmin(passed, 1);
}

static void take_watched(struct killers *killers,
			 const struct snapshot *snapshot,
			 const struct cgroup *row, double limit,
			 uint64_t lasts_ns)
{
	struct watched *watched =
		find_watched(killers, hash_of(text_str(row->path)));
	uint64_t now_ns = snapshot->monotonic_ns;
	struct killer_choice choice = { NULL, NULL };
	double way;

	if (!watched)
		return;
	watch(watched, row, limit, now_ns);
	way = way_of(watched, row->full.avg10, limit, lasts_ns, now_ns);
	if (way <= killers->stall.way)
		return;
	killers->stall.way = way;
	killers->stall.value = row->full.avg10;
	killers->stall.limit = limit;
	killers->stall.lasts_ns = lasts_ns;
	killers->stall.left_ns =
		watched->above_ns
			? sub_floor(watched->above_ns + lasts_ns, now_ns)
			: UNKNOWN;
	put_group(row, killers->stall.group, sizeof(killers->stall.group));
	if (way >= KILLER_NEAR)
		choice.cgroup =
			killer_stall_choice(snapshot, text_str(row->path));
	put_choice(&choice, killers->stall.pick, sizeof(killers->stall.pick));
}

static void forget_gone(struct killers *killers, uint64_t now_ns)
{
	for (size_t i = 0; i < WATCHED_MAX; i++)
		if (killers->watched[i].seen_ns != now_ns)
			killers->watched[i] = (struct watched){ 0 };
}

static void step_stalls(struct killers *killers,
			const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_CGROUP);
	struct killer_stalls stalls;

	killer_stalls(snapshot, &stalls);
	for (size_t i = 0; stalls.count && i < list_count(list); i++) {
		const struct cgroup *row = list_row(list, i);
		double limit;

		/* most wait for nothing, and need no comparing of names */
		if (row->pressure.state != STATE_OK || !(row->full.avg10 > 0))
			continue;
		limit = killer_stalls_limit(&stalls, row);
		if (limit > 0)
			take_watched(killers, snapshot, row, limit,
				     stalls.lasts_ns);
	}
	forget_gone(killers, snapshot->monotonic_ns);
}

void killers_step(struct verdict_judge *judge, const struct snapshot *snapshot)
{
	struct killers *killers = &judge->killers;
	double *v = judge->facts.value;

	step_test(judge, snapshot, KILLER_EARLYOOM, &killers->earlyoom);
	step_test(judge, snapshot, KILLER_NOHANG, &killers->nohang);
	step_test(judge, snapshot, KILLER_SYSTEMD_OOMD, &killers->oomd);
	killers->stall.way = NAN;
	killers->stall.pick[0] = '\0';
	if (find(judge, snapshot, KILLER_SYSTEMD_OOMD))
		step_stalls(killers, snapshot);
	else
		memset(killers->watched, 0, sizeof(killers->watched));
	v[FACT_EARLYOOM_WAY] = killers->earlyoom.test.way;
	v[FACT_NOHANG_WAY] = killers->nohang.test.way;
	v[FACT_OOMD_WAY] = killers->oomd.test.way;
	v[FACT_OOMD_STALL_WAY] = killers->stall.way;
}

void killers_write_stall(const struct verdict_judge *judge, char *buf,
			 size_t size)
{
	const struct killers *k = &judge->killers;
	char lasts[FORMAT_SIZE], passed[FORMAT_SIZE], since[48] = "";

	*buf = '\0';
	if (!(k->stall.way > 0))
		return;
	if (k->stall.left_ns != UNKNOWN)
		snprintf(since, sizeof(since), " for %s",
			 words_ago(passed, sub_floor(k->stall.lasts_ns,
						     k->stall.left_ns)));
	snprintf(buf, size, "; systemd-oomd acts on %s at %s for %s, now %s%s",
		 k->stall.group, figure_of(k->stall.limit, UNIT_PERCENT).text,
		 format_duration(lasts, k->stall.lasts_ns),
		 figure_of(k->stall.value, UNIT_PERCENT).text, since);
}
