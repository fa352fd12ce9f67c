/* SPDX-License-Identifier: MIT
 *
 * Rules about settings and structure: strict overcommit, waits for huge
 * pages, scattered memory, writers that wait for the disk, one NUMA node short,
 * deleted cgroups that hold memory, more promised than there is.
 */
#include <stdio.h>
#include <string.h>

#include "facts_private.h"
#include "memtop/field.h"
#include "memtop/kernel.h"
#include "memtop/kill.h"
#include "memtop/list.h"
#include "words.h"

/* clang-format off */
static const struct leg compact_legs[] = {
	{ FACT_COMPACT_STALL, FAMILY_RECLAIM, 1, COMPARE_AT_LEAST,
	  10, 100, ANY, FACT_NONE },
	{ FACT_COMPACT_FAIL_PERCENT, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  50, ANY, ANY, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 3, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
	{ FACT_ALLOCSTALL, FAMILY_RECLAIM, 4, COMPARE_AT_MOST,
	  ANY, 1, ANY, FACT_NONE },
};

static const struct leg commit_legs[] = {
	{ FACT_OVERCOMMIT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 2, 2, FACT_NONE },
	{ FACT_COMMIT_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 90, 97, FACT_NONE },
};

static const struct leg dirty_legs[] = {
	{ FACT_DIRTY_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  90, 90, ANY, FACT_NONE },
	{ FACT_IO_FULL, FAMILY_STALL, 2, COMPARE_AT_LEAST,
	  ANY, 20, ANY, FACT_NONE },
};

/* That no huge page is free is normal; that nobody can make one is not. */
static const struct leg scatter_legs[] = {
	{ FACT_SCATTER_HUGE, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  50, ANY, ANY, FACT_NONE },
	{ FACT_SCATTER_COSTLY, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 50, ANY, FACT_NONE },
	{ FACT_COMPACT_FAIL, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  1, 1, ANY, FACT_NONE },
};

/* Or it says so itself, even where nobody compacts: what may not wait. */
static const struct leg failure_legs[] = {
	{ FACT_SCATTER_COSTLY, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 50, ANY, FACT_NONE },
	{ FACT_PAGE_FAILURES, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
};

static const struct leg node_legs[] = {
	{ FACT_NODE_FREE, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  100, 100, ANY, FACT_NONE },
	{ FACT_NODE_OTHER, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  20, 20, ANY, FACT_NONE },
	{ FACT_NUMA_FOREIGN_PERCENT, FAMILY_RECLAIM, 3, COMPARE_AT_LEAST,
	  10, 10, ANY, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 4, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
};

/* Whom a cpuset keeps there does not ask elsewhere: nothing is foreign then. */
static const struct leg bound_legs[] = {
	{ FACT_NODE_FREE, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  100, 100, ANY, FACT_NONE },
	{ FACT_NODE_OTHER, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  20, 20, ANY, FACT_NONE },
	{ FACT_NODE_GROWTH, FAMILY_GROWTH, 3, COMPARE_AT_LEAST,
	  MIB, MIB, ANY, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 4, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
};

static const struct leg dying_legs[] = {
	{ FACT_DYING, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 1000, ANY, FACT_NONE },
	{ FACT_DYING_RISE, FAMILY_GROWTH, 2, COMPARE_AT_LEAST,
	  ANY, 100, ANY, FACT_NONE },
	{ FACT_DYING_KERNEL, FAMILY_GROWTH, 3, COMPARE_AT_LEAST,
	  ANY, 16 * (double)MIB, ANY, FACT_NONE },
};

static const struct leg promised_legs[] = {
	{ FACT_MIN_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 80, ANY, FACT_NONE },
};
/* clang-format on */

static void say_scatter(const struct verdict_judge *judge,
			const struct finding *finding, struct words *ret)
{
	const struct memory *m = &judge->snapshot->memory;
	struct figure free = figure_of((double)m->free, UNIT_BYTES);
	struct figure fails = figure(judge, FACT_COMPACT_FAIL);
	const char *block = finding->severity >= SEVERITY_WARN
				    ? "8 pages in a row"
				    : "a huge page";

	words_text(ret,
		   "no block of %s is free in a zone although %s is, and "
		   "compaction fails %s",
		   block, free.text, fails.text);
	words_brief(ret, "no %s free, compaction fails", block);
}

/* The latest of those that the figures count; NULL: none. */
static const struct page_failure *
last_failure(const struct verdict_judge *judge)
{
	const struct list *list =
		snapshot_list(judge->snapshot, ENTITY_PAGE_FAILURE);

	for (size_t i = list_count(list); i-- > 0;) {
		const struct page_failure *row = list_row(list, i);

		if (page_failure_is_scatter(row))
			return row;
	}
	return NULL;
}

static void say_failures(const struct verdict_judge *judge,
			 const struct finding *finding, struct words *ret)
{
	struct figure free =
		figure_of((double)judge->snapshot->memory.free, UNIT_BYTES);
	const struct page_failure *last = last_failure(judge);
	char name[64], who[160] = "";

	(void)finding;
	if (last) {
		text_printable(name, sizeof(name), last->comm,
			       strnlen(last->comm, sizeof(last->comm)), 16);
		snprintf(who, sizeof(who), ", the last one of %s for %s",
			 figure_of((double)last->size, UNIT_BYTES).text, name);
	}
	words_text(ret,
		   "the kernel's own allocations fail%s: no block of 8 pages "
		   "in a row is free in a zone although %s is",
		   who, free.text);
	words_brief(ret, "no 8 pages in a row free, allocations fail");
}

/* "NUMA node N0 is below its low mark while 8.0G (25%) are free on N1; java[7]
 * is bound to N0 by cpuset", and what comes of it. */
static void say_short(const struct verdict_judge *judge, const char *more,
		      struct words *ret)
{
	struct figure part = figure(judge, FACT_NODE_OTHER);
	const struct person *bound = &judge->people.bound;
	const struct node *node, *other;
	char name[96], who[160] = "";
	struct figure free;

	facts_nodes(judge->snapshot, &node, &other);
	/* while it eases */
	if (!node || !other || !(fact(judge, FACT_NODE_FREE) <= 100)) {
		words_text(ret, "a NUMA node was below its low mark");
		words_brief(ret, "a NUMA node was short");
		return;
	}
	if (bound->is_there) {
		person_text(bound, name, sizeof(name));
		snprintf(who, sizeof(who), "; %s is bound to N%s by cpuset",
			 name, judge->people.bound_nodes);
	}
	free = figure_of((double)other->free, UNIT_BYTES);
	words_text(ret,
		   "NUMA node %s is below its low mark while %s (%s) are free "
		   "on %s%s%s",
		   node->name, free.text, part.text, other->name, who, more);
	words_brief(ret, "node %s short, %s free on %s", node->name, free.text,
		    other->name);
}

static void say_node(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	struct figure foreign = figure(judge, FACT_NUMA_FOREIGN_PERCENT);
	char more[96];

	(void)finding;
	snprintf(more, sizeof(more),
		 "; %s of allocations go elsewhere than asked", foreign.text);
	say_short(judge, more, ret);
}

static void say_bound(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	struct figure growth = figure(judge, FACT_NODE_GROWTH);
	char more[96] = "";

	(void)finding;
	if (judge->people.bound.is_there) /* or nobody is any more */
		snprintf(more, sizeof(more),
			 "; what is bound to short nodes grows by %s",
			 growth.text);
	say_short(judge, more, ret);
}

static void say_dying(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	struct figure count = figure(judge, FACT_DYING);
	struct figure rise = figure(judge, FACT_DYING_RISE);
	struct figure kernel = figure(judge, FACT_DYING_KERNEL);

	(void)finding;
	words_text(ret,
		   "%s deleted cgroups still hold memory, %s more than half an "
		   "hour ago; kernel memory gained %s meanwhile",
		   count.text, rise.text, kernel.text);
	words_brief(ret, "%s deleted cgroups hold memory", count.text);
}

static void say_promised(const struct verdict_judge *judge,
			 const struct finding *finding, struct words *ret)
{
	struct figure part = figure(judge, FACT_MIN_PERCENT);

	(void)finding;
	words_text(ret,
		   "memory.min promises %s of RAM to cgroups: nothing of it "
		   "can be reclaimed, so others are killed",
		   part.text);
	words_brief(ret, "memory.min promises %s of RAM", part.text);
}

/* "; java[7] gained most huge pages, 1.2G in 45 s", and where no growth is
 * known "; java[7] has most huge pages". */
static void write_huge(const struct people *people, char *buf, size_t size)
{
	const struct person *most = &people->most[MOST_HUGE].who;
	char name[96], gained[FORMAT_SIZE], span[FORMAT_SIZE];

	*buf = '\0';
	if (people->huge_grower.is_there) {
		person_text(&people->huge_grower, name, sizeof(name));
		snprintf(buf, size, "; %s gained most huge pages, %s in %s",
			 name,
			 format_bytes(gained, people->huge_gained, FORMAT_AUTO),
			 format_duration(span, people->huge_span_ns));
	} else if (most->is_there) {
		person_text(most, name, sizeof(name));
		snprintf(buf, size, "; %s has most huge pages", name);
	}
}

static void say_compact(const struct verdict_judge *judge,
			const struct finding *finding, struct words *ret)
{
	struct figure stalls = figure(judge, FACT_COMPACT_STALL);
	struct figure fail = figure(judge, FACT_COMPACT_FAIL_PERCENT);
	char who[192];

	(void)finding;
	write_huge(&judge->people, who, sizeof(who));
	words_text(ret, "%s compaction stalls, %s of them in vain%s",
		   stalls.text, fail.text, who);
	words_brief(ret, "%s compaction stalls, %s in vain", stalls.text,
		    fail.text);
}

static void say_commit(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	const struct memory *m = &judge->snapshot->memory;
	struct figure part = figure(judge, FACT_COMMIT_PERCENT);
	struct figure limit = figure_of((double)m->commit_limit, UNIT_BYTES);

	const struct person *data = &judge->people.most[MOST_DATA].who;
	char name[96], who[160] = "";

	(void)finding;
	if (data->is_there) {
		person_text(data, name, sizeof(name));
		snprintf(who, sizeof(who), "; %s asked for most, %s", name,
			 figure_of(judge->people.most[MOST_DATA].amount,
				   UNIT_BYTES)
				 .text);
	}
	words_text(ret,
		   "%s of the allowed %s is promised (strict overcommit)%s",
		   part.text, limit.text, who);
	words_brief(ret, "%s of %s is promised", part.text, limit.text);
}

static void say_dirty(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	struct figure dirty = figure(judge, FACT_DIRTY);
	struct figure part = figure(judge, FACT_DIRTY_PERCENT);

	(void)finding;
	words_text(ret,
		   "%s is not yet on disk, %s of where writers are made to "
		   "wait%s",
		   dirty.text, part.text,
		   fact(judge, FACT_SHORT_NOW) >= SEVERITY_WARN
			   ? "; it must get there before its memory is free"
			   : "");
	words_brief(ret, "%s dirty, %s of the limit", dirty.text, part.text);
}

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R27-commit-limit", .title = "allocations will fail",
	  .class = CLASS_SETUP, .least = SEVERITY_WARN, .most = SEVERITY_CRIT,
	  .ease = .8, LEGS(commit_legs), .say = say_commit, .rank = 15,
	  .naming = NAME_LARGEST, .todo = "9 RAM shows what is promised",
	  .todo_brief = "9 RAM: what is promised" },
	{ .name = "R23-compaction", .title = "waits for huge pages",
	  .class = CLASS_SETUP, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(compact_legs), .say = say_compact, .rank = 65,
	  .naming = NAME_HUGE,
	  .todo = "5 THP shows allocations and settings",
	  .todo_brief = "5 THP: allocations, settings" },
	{ .name = "R37-write-back", .title = "writers wait for the disk",
	  .class = CLASS_SETUP, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .8, .up_s = { [SEVERITY_NOTE] = 10, [SEVERITY_WARN] = 10 }, LEGS(dirty_legs), .say = say_dirty, .rank = 66,
	  .naming = NAME_LARGEST, .todo = "6 Cgroups with the column DIRTY shows who writes",
	  .todo_brief = "6 Cgroups with the column DIRTY: who writes" },
	{ .name = "R24-scattered", .title = "free memory is scattered",
	  .class = CLASS_SETUP, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(scatter_legs), .say = say_scatter, .rank = 67,
	  .naming = NAME_LARGEST, .todo = "7 Kernel shows the free blocks",
	  .todo_brief = "7 Kernel: the free blocks" },
	{ .name = "R24-scattered", .title = "free memory is scattered",
	  .class = CLASS_SETUP, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(failure_legs), .say = say_failures, .rank = 67,
	  .naming = NAME_LARGEST,
	  .todo = "7 Kernel shows the free blocks; raise "
		  "vm.min_free_kbytes for what may not wait",
	  .todo_brief = "7 Kernel: the free blocks" },
	{ .name = "R40-node-short", .title = "a NUMA node is short",
	  .class = CLASS_SETUP, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(node_legs), .say = say_node, .rank = 64,
	  .naming = NAME_BOUND, .todo = "7 Kernel shows the nodes",
	  .todo_brief = "7 Kernel: the nodes" },
	{ .name = "R40-node-short", .title = "a NUMA node is short",
	  .class = CLASS_SETUP, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(bound_legs), .say = say_bound, .rank = 63,
	  .naming = NAME_BOUND,
	  .todo = "give it more nodes (cpuset.mems), or another one; 7 Kernel "
		  "shows the nodes",
	  .todo_brief = "more nodes: cpuset.mems; 7 Kernel" },
	{ .name = "R38-dying-cgroups", .title = "deleted cgroups pile up",
	  .class = CLASS_SETUP, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(dying_legs), .say = say_dying, .rank = 69,
	  .naming = NAME_LARGEST,
	  .todo = "6 Cgroups shows those that are there; find what makes and "
		  "deletes them",
	  .todo_brief = "6 Cgroups; find what makes them" },
	{ .name = "R41-promised", .title = "too much is promised",
	  .class = CLASS_SETUP, .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(promised_legs), .say = say_promised, .rank = 45,
	  .naming = NAME_LARGEST, .todo = "6 Cgroups shows what is promised",
	  .todo_brief = "6 Cgroups: what is promised" },
};
/* clang-format on */

const struct rule_set rules_setup = { rules, ARRAY_SIZE(rules) };
