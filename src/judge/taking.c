/* SPDX-License-Identifier: MIT
 *
 * Whom an event names when the memory of the whole machine grows: a process,
 * else a control group, else a part of RAM, else plainly nobody.  Apart from
 * taker.c, which knows processes and judges no event.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "judge.h"
#include "memtop/cgroup.h"
#include "memtop/flags.h"
#include "memtop/list.h"
#include "memtop/text.h"

#define KEEP_NS (10 * NS_PER_S)
/* Less is no rate. */
#define SPAN_LEAST_NS (5 * NS_PER_S)
/* What large kernel memory does now. */
#define SPAN_NS (30 * NS_PER_S)
/* As much of what the machine loses explains it. */
#define PART_TAKEN 0.5

/* ---- parts of RAM -------------------------------------------------------- */

void parts_step(struct parts *parts, const struct snapshot *snapshot, bool gap)
{
	unsigned last = (parts->count - 1) % PARTS_KEPT;

	if (gap)
		parts->count = 0;
	if (parts->count &&
	    snapshot->monotonic_ns < parts->at_ns[last] + KEEP_NS)
		return;
	last = parts->count % PARTS_KEPT;
	if (ledger_make(snapshot, &parts->kept[last]) < 0)
		return;
	parts->at_ns[last] = snapshot->monotonic_ns;
	parts->count++;
}

/* The youngest that is so old; else the oldest. */
static const struct ledger *ledger_before(const struct verdict_judge *judge,
					  uint64_t ns, double *ret_seconds)
{
	const struct parts *parts = &judge->parts;
	uint64_t now_ns = judge->snapshot->monotonic_ns, age_ns = 0;
	unsigned there = (unsigned)min_u64(parts->count, PARTS_KEPT), at = 0;

	for (unsigned back = 1; back <= there && age_ns < ns; back++) {
		at = (parts->count - back) % PARTS_KEPT;
		age_ns = now_ns - parts->at_ns[at];
	}
	if (age_ns < SPAN_LEAST_NS)
		return NULL;
	*ret_seconds = (double)age_ns / (double)NS_PER_S;
	return &parts->kept[at];
}

/* Bytes a second, below 0 when it was given back; NAN: not known. */
static double part_growth(const struct verdict_judge *judge,
			  enum ledger_part part, uint64_t ns)
{
	const struct ledger *was;
	struct ledger now;
	double seconds;

	was = ledger_before(judge, ns, &seconds);
	if (!was || ledger_make(judge->snapshot, &now) < 0)
		return NAN;
	return ((double)now.bytes[part] - (double)was->bytes[part]) / seconds;
}

/* Caches that can be dropped take nothing that others could not have: they are
 * no part of what is lost.  Memory of programs is theirs, see below. */
static const struct {
	enum ledger_part part;
	const char *name, *words;
} parts_told[] = {
	{ LEDGER_SHMEM, "(shared)", "mostly shared memory, tmpfs" },
	{ LEDGER_SLAB_FIXED, "(slab)", "mostly slabs of the kernel" },
	{ LEDGER_STACKS, "(stacks)", "mostly kernel stacks of threads" },
	{ LEDGER_PAGE_TABLES, "(page tables)", "mostly page tables" },
	{ LEDGER_VMALLOC, "(vmalloc)", "mostly vmalloc of the kernel" },
	{ LEDGER_PERCPU, "(percpu)", "mostly per-processor memory" },
	{ LEDGER_HUGETLB, "(huge pages)", "mostly huge page pools" },
	{ LEDGER_GPU, "(gpu)", "mostly graphics drivers" },
	{ LEDGER_BALLOON, "(balloon)", "mostly the hypervisor's balloon" },
	{ LEDGER_UNACCOUNTED, "(unaccounted)",
	  "mostly what no counter has: drivers" },
};

static bool take_part(const struct verdict_judge *judge, struct taking *ret)
{
	double least = fact(judge, FACT_FILL_RATE) * PART_TAKEN;
	uint64_t ns = judge->memory.fall_over_ns;

	for (size_t i = 0; i < ARRAY_SIZE(parts_told); i++) {
		if (!(part_growth(judge, parts_told[i].part, ns) >= least))
			continue;
		ret->certainty = CERTAINTY_LIKELY;
		strcpy(ret->name, parts_told[i].name);
		strcpy(ret->words, parts_told[i].words);
		return true;
	}
	return false;
}

/* ---- processes and control groups ---------------------------------------- */

static bool take_process(const struct verdict_judge *judge, struct taking *ret)
{
	enum certainty certainty;
	const struct person *p = taker_now(judge, &certainty);

	if (!p)
		return false;
	ret->certainty = certainty;
	ret->pid = p->pid;
	ret->start_ns = p->start_ns;
	snprintf(ret->name, sizeof(ret->name), "%s[%d]", p->name, (int)p->pid);
	strcpy(ret->words, certainty == CERTAINTY_SURE ? "takes most"
						       : "probably takes most");
	return true;
}

/* Bytes a second that it could not just drop; NAN: not known. */
static double group_growth(const struct cgroup *was, const struct cgroup *now)
{
	uint64_t ns;

	if (!was || was->stat.state != STATE_OK || now->anon == UNKNOWN ||
	    now->shmem == UNKNOWN || was->anon == UNKNOWN ||
	    was->shmem == UNKNOWN)
		return NAN;
	ns = sub_floor(now->stat.read_ns, was->stat.read_ns);
	if (ns < SPAN_LEAST_NS)
		return NAN;
	return ((double)(now->anon + now->shmem) -
		(double)(was->anon + was->shmem)) /
	       ((double)ns / (double)NS_PER_S);
}

/* What has less now than it would have grown by needs not be searched for in
 * the list of before. */
static bool can_have_grown(const struct cgroup *now, double rate)
{
	return now->anon != UNKNOWN && now->shmem != UNKNOWN &&
	       (double)(now->anon + now->shmem) >=
		       rate * (double)SPAN_LEAST_NS / (double)NS_PER_S;
}

/* The deepest one that explains it: those above have its growth in theirs. */
static bool take_group(const struct verdict_judge *judge, struct taking *ret)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_CGROUP);
	const struct list *before = judge->groups_before ? judge->groups_before
							 : judge->groups_next;
	double least = fact(judge, FACT_FILL_RATE) * PART_TAKEN;
	const struct cgroup *taker = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct cgroup *now = list_row(list, i);

		if (now->stat.state != STATE_OK || now->depth == 0 ||
		    (taker && now->depth <= taker->depth) ||
		    !can_have_grown(now, least))
			continue;
		if (group_growth(groups_find_before(before, now, i), now) >=
		    least)
			taker = now;
	}
	if (!taker)
		return false;
	ret->certainty = CERTAINTY_LIKELY;
	ret->path = taker->path;
	snprintf(ret->name, sizeof(ret->name), "%s",
		 text_str(cgroup_title(taker)));
	strcpy(ret->words, "probably takes most");
	return true;
}

/* ---- rules --------------------------------------------------------------- */

static void find_filling(const struct verdict_judge *judge, struct taking *ret)
{
	if (!take_process(judge, ret) && !take_group(judge, ret) &&
	    !take_part(judge, ret))
		strcpy(ret->words, "no single process or cgroup took it");
}

static bool keeps_growing(const struct verdict_judge *judge, enum fact leak)
{
	return fact(judge, leak) >= 1;
}

/* That it is large is no growth. */
static void find_slab(const struct verdict_judge *judge, struct taking *ret)
{
	double growth = part_growth(judge, LEDGER_SLAB_FIXED, SPAN_NS);

	strcpy(ret->name, "(slab)");
	ret->is_none =
		!keeps_growing(judge, FACT_SLAB_LEAK) &&
		!(growth >= growth_that_matters(&judge->snapshot->memory));
}

/* It is more than at its least, and may have been still more. */
static void find_unaccounted(const struct verdict_judge *judge,
			     struct taking *ret)
{
	double growth = part_growth(judge, LEDGER_UNACCOUNTED, SPAN_NS);

	strcpy(ret->name, "(unaccounted)");
	ret->is_none = !keeps_growing(judge, FACT_UNACCOUNTED_LEAK) &&
		       growth <= -growth_that_matters(&judge->snapshot->memory);
}

static const struct {
	const char *rule;
	void (*find)(const struct verdict_judge *judge, struct taking *ret);
} finders[] = {
	{ "R19-slab", find_slab },
	{ "R20-unaccounted", find_unaccounted },
	{ "R21-filling", find_filling },
};

void taking_find(const struct verdict_judge *judge,
		 const struct finding *finding, struct taking *ret)
{
	*ret = (struct taking){ .certainty = CERTAINTY_NONE };
	for (size_t i = 0; i < ARRAY_SIZE(finders); i++)
		if (strcmp(finders[i].rule, finding->rule->name) == 0)
			finders[i].find(judge, ret);
}
