/* SPDX-License-Identifier: MIT
 *
 * Rules about settings and structure: strict overcommit, waits for huge
 * pages, writers that wait for the disk, one NUMA node short.
 */
#include "memtop/field.h"
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
/* clang-format on */

static void say_compact(const struct verdict_judge *judge,
			const struct finding *finding, struct words *ret)
{
	struct figure stalls = figure(judge, FACT_COMPACT_STALL);
	struct figure fail = figure(judge, FACT_COMPACT_FAIL_PERCENT);

	(void)finding;
	words_text(ret, "%s compaction stalls, %s of them in vain", stalls.text,
		   fail.text);
	words_brief(ret, "%s compaction stalls, %s in vain", stalls.text,
		    fail.text);
}

static void say_commit(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	const struct memory *m = &judge->snapshot->memory;
	struct figure part = figure(judge, FACT_COMMIT_PERCENT);
	struct figure limit = figure_of((double)m->commit_limit, UNIT_BYTES);

	(void)finding;
	words_text(ret, "%s of the allowed %s is promised (strict overcommit)",
		   part.text, limit.text);
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
		   "wait",
		   dirty.text, part.text);
	words_brief(ret, "%s dirty, %s of the limit", dirty.text, part.text);
}

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R27-commit-limit", .title = "allocations will fail",
	  .class = CLASS_LEVEL, .least = SEVERITY_WARN, .most = SEVERITY_CRIT,
	  .ease = .95, LEGS(commit_legs), .say = say_commit, .rank = 15,
	  .naming = NAME_LARGEST, .todo = "4 OOM shows what is promised",
	  .todo_brief = "4 OOM: what is promised" },
	{ .name = "R23-compaction", .title = "waits for huge pages",
	  .class = CLASS_RATE, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .5, LEGS(compact_legs), .say = say_compact, .rank = 65,
	  .naming = NAME_LARGEST,
	  .todo = "5 THP shows allocations and settings",
	  .todo_brief = "5 THP: allocations, settings" },
	{ .name = "R37-write-back", .title = "writers wait for the disk",
	  .class = CLASS_RATE, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .ease = .8, LEGS(dirty_legs), .say = say_dirty, .rank = 66,
	  .naming = NAME_LARGEST, .todo = "1 Overview shows what is dirty",
	  .todo_brief = "1 Overview: what is dirty" },
};
/* clang-format on */

const struct rule_set rules_setup = { rules, ARRAY_SIZE(rules) };
