/* SPDX-License-Identifier: MIT
 *
 * Rules about a class of memory that has become large: kernel objects, files
 * in RAM, locked pages, tables, huge pages nobody uses, broken RAM.
 */
#include <stdio.h>

#include "memtop/field.h"
#include "words.h"

/* clang-format off */

/* The kernel prints its slabs when they exceed all pages on its lists; on a
 * small machine that has just been started they do. */
static const struct leg slab_legs[] = {
	{ FACT_SLAB_FIXED_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  10, 25, 25, FACT_NONE },
	{ FACT_SLAB_FIXED, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, ANY, 1, FACT_LRU },
};

static const struct leg unaccounted_legs[] = {
	{ FACT_UNACCOUNTED_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  2, 5, ANY, FACT_NONE },
	{ FACT_UNACCOUNTED, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  256 * (double)MIB, 256 * (double)MIB, ANY, FACT_NONE },
	{ FACT_FALL_PERCENT, FAMILY_GROWTH, 3, COMPARE_AT_LEAST,
	  ANY, .2, ANY, FACT_NONE },
};

static const struct leg huge_legs[] = {
	{ FACT_HUGE_IDLE, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  256 * (double)MIB, 256 * (double)MIB, ANY, FACT_NONE },
	{ FACT_HUGE_IDLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  2, 2, ANY, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_MOST,
	  ANY, 15, ANY, FACT_NONE },
};

static const struct leg shmem_legs[] = {
	{ FACT_SHMEM_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  10, 25, 40, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, ANY, 10, FACT_NONE },
};

static const struct leg mount_legs[] = {
	{ FACT_MOUNT_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 90, ANY, FACT_NONE },
};

static const struct leg locked_legs[] = {
	{ FACT_LOCKED_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  20, 40, 40, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, ANY, 10, FACT_NONE },
};

static const struct leg locked_short_legs[] = {
	{ FACT_LOCKED_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 20, ANY, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, 10, ANY, FACT_NONE },
};

static const struct leg table_legs[] = {
	{ FACT_TABLES_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  2, 5, ANY, FACT_NONE },
};

static const struct leg stack_legs[] = {
	{ FACT_STACKS_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  1, ANY, ANY, FACT_NONE },
	/* a small machine has its 1 % with the threads of any system */
	{ FACT_STACKS, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  32 * (double)MIB, ANY, ANY, FACT_NONE },
};

static const struct leg percpu_legs[] = {
	{ FACT_PERCPU_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  2, ANY, ANY, FACT_NONE },
};

static const struct leg corrupted_legs[] = {
	{ FACT_CORRUPTED, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
};
/* clang-format on */

/* "4.1G of RAM (7%)" of one class, and what follows from it. */
static void say_class(const struct verdict_judge *judge, struct words *ret,
		      enum fact share, const char *what)
{
	struct figure part = figure(judge, share);
	struct figure bytes = figure_of(
		fact(judge, share) / 100 * fact(judge, FACT_TOTAL), UNIT_BYTES);

	words_text(ret, "%s of RAM (%s) %s", bytes.text, part.text, what);
	words_brief(ret, "%s of RAM (%s)", bytes.text, part.text);
}

static void say_slab(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_class(judge, ret, FACT_SLAB_FIXED_PERCENT,
		  "is kernel objects that cannot be dropped");
}

static void say_unaccounted(const struct verdict_judge *judge,
			    const struct finding *finding, struct words *ret)
{
	struct figure bytes = figure(judge, FACT_UNACCOUNTED);

	(void)finding;
	words_text(ret,
		   "%s more than at its least is outside every counter; it may "
		   "be a driver or module: graphics, network, ZFS, a balloon",
		   bytes.text);
	words_brief(ret, "%s more outside every counter", bytes.text);
}

static void say_huge(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_class(judge, ret, FACT_HUGE_IDLE_PERCENT,
		  "is set aside as huge pages that nobody uses");
}

static void say_shmem(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_class(judge, ret, FACT_SHMEM_PERCENT,
		  "is tmpfs files and shared memory: deleting frees it, "
		  "killing may not");
}

static void say_mount(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	struct figure part = figure(judge, FACT_MOUNT_PERCENT);

	(void)finding;
	words_text(ret,
		   "a file system in memory is %s full: what writes to it will "
		   "fail, and only deleting makes room",
		   part.text);
	words_brief(ret, "a tmpfs is %s full", part.text);
}

static void say_locked(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_class(judge, ret, FACT_LOCKED_PERCENT,
		  "is locked and cannot be freed");
}

static void say_tables(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_class(judge, ret, FACT_TABLES_PERCENT,
		  "is page tables; huge pages would shrink them");
}

static void say_stacks(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_class(judge, ret, FACT_STACKS_PERCENT,
		  "is kernel stacks: there are very many threads");
}

static void say_percpu(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_class(judge, ret, FACT_PERCPU_PERCENT,
		  "is per-CPU data of the kernel; it grows with cgroups");
}

static void say_corrupted(const struct verdict_judge *judge,
			  const struct finding *finding, struct words *ret)
{
	struct figure bytes = figure(judge, FACT_CORRUPTED);

	(void)finding;
	words_text(ret,
		   "the kernel took %s of RAM out of use because it failed: "
		   "order a replacement",
		   bytes.text);
	words_brief(ret, "%s of RAM failed", bytes.text);
}

/* clang-format off */
#define SETUP .class = CLASS_SETUP, .naming = NAME_LARGEST, .ease = .8
#define SEE(pane) .todo = pane, .todo_brief = pane

static const struct rule rules[] = {
	{ .name = "R43-bad-ram", .title = "bad RAM", .least = SEVERITY_WARN,
	  .most = SEVERITY_WARN, LEGS(corrupted_legs), .say = say_corrupted,
	  .rank = 70, SETUP, SEE("the kernel's log (Hardware Error) names the module") },
	{ .name = "R19-slab", .title = "kernel objects are large",
	  .least = SEVERITY_NOTE, .most = SEVERITY_CRIT, LEGS(slab_legs),
	  .say = say_slab, .rank = 71, SETUP,
	  SEE("7 Kernel shows which cache") },
	{ .name = "R20-unaccounted", .title = "unaccounted memory grew",
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .up_s = { [SEVERITY_NOTE] = 60, [SEVERITY_WARN] = 60 },
	  LEGS(unaccounted_legs), .say = say_unaccounted, .rank = 72, SETUP,
	  SEE("1 Overview shows where RAM went") },
	{ .name = "R26-shmem", .title = "files in RAM",
	  .least = SEVERITY_NOTE, .most = SEVERITY_CRIT, LEGS(shmem_legs),
	  .say = say_shmem, .rank = 73, SETUP,
	  SEE("9 RAM shows the mounts") },
	{ .name = "R26-mount-full", .title = "files in RAM",
	  .least = SEVERITY_WARN, .most = SEVERITY_WARN, LEGS(mount_legs),
	  .say = say_mount, .rank = 73, SETUP, SEE("9 RAM shows the mounts") },
	{ .name = "R28-locked", .title = "locked memory",
	  .least = SEVERITY_NOTE, .most = SEVERITY_CRIT, LEGS(locked_legs),
	  .say = say_locked, .rank = 74, SETUP,
	  SEE("2 Processes with the column LOCK shows who") },
	{ .name = "R28-locked", .title = "locked memory",
	  .least = SEVERITY_WARN, .most = SEVERITY_WARN,
	  LEGS(locked_short_legs), .say = say_locked, .rank = 74, SETUP,
	  SEE("2 Processes with the column LOCK shows who") },
	{ .name = "R25-idle-huge-pages", .title = "idle huge pages",
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .up_s = { [SEVERITY_NOTE] = 600, [SEVERITY_WARN] = 600 },
	  LEGS(huge_legs), .say = say_huge, .rank = 76, SETUP,
	  SEE("5 THP shows the pools") },
	{ .name = "R39-page-tables", .title = "page tables are large",
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN, LEGS(table_legs),
	  .say = say_tables, .rank = 77, SETUP,
	  SEE("2 Processes with the column PT shows who") },
	{ .name = "R39-kernel-stacks", .title = "kernel stacks are large",
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, LEGS(stack_legs),
	  .say = say_stacks, .rank = 78, SETUP,
	  SEE("2 Processes with the column THR shows who") },
	{ .name = "R39-percpu", .title = "per-CPU data is large",
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, LEGS(percpu_legs),
	  .say = say_percpu, .rank = 79, SETUP,
	  SEE("6 Cgroups shows how many there are") },
};
/* clang-format on */

const struct rule_set rules_classes = { rules, ARRAY_SIZE(rules) };
