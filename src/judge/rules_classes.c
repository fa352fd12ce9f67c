/* SPDX-License-Identifier: MIT
 *
 * Rules about a class of memory that has become large: files in RAM, locked
 * pages, tables, huge pages nobody uses, broken RAM.
 */
#include <stdio.h>
#include <string.h>

#include "facts_private.h"
#include "memtop/field.h"
#include "memtop/list.h"
#include "memtop/ramfiles.h"
#include "words.h"

/* clang-format off */

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

/* ", java[1] has 31.2G of it", when that is a good part. */
static void write_most(const struct verdict_judge *judge, enum most which,
		       double of, char *buf, size_t size)
{
	double amount = judge->people.most[which].amount;
	char name[96];

	*buf = '\0';
	if (!judge->people.most[which].who.is_there || !(amount >= of / 10))
		return;
	person_text(&judge->people.most[which].who, name, sizeof(name));
	snprintf(buf, size, ", %s has %s of it", name,
		 figure_of(amount, UNIT_BYTES).text);
}

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

static void say_huge(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	(void)finding;
	say_class(judge, ret, FACT_HUGE_IDLE_PERCENT,
		  "is set aside as huge pages that nobody uses");
}

/* The tmpfs that holds most; NULL: none is known to hold anything. */
static const struct tmpfs *largest_mount(const struct snapshot *snapshot)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TMPFS);
	const struct tmpfs *most = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct tmpfs *row = list_row(list, i);

		if (row->used != UNKNOWN && strcmp(row->type, "tmpfs") == 0 &&
		    (!most || row->used > most->used))
			most = row;
	}
	return most && most->used ? most : NULL;
}

/* The mount that a file is in, of those that may be one below the other. */
static const struct tmpfs *mount_of(const struct snapshot *snapshot,
				    const char *file)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_TMPFS);
	const struct tmpfs *mount = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct tmpfs *row = list_row(list, i);
		size_t len = text_len(row->path);

		if (strncmp(file, text_str(row->path), len) == 0 &&
		    file[len] == '/' && (!mount || len > text_len(mount->path)))
			mount = row;
	}
	return mount;
}

/* In that mount, or anywhere where it is NULL; segments have no name that says
 * anything. */
static const struct shared *largest_file(const struct snapshot *snapshot,
					 const struct tmpfs *mount)
{
	const struct list *list = snapshot_list(snapshot, ENTITY_SHARED);
	const struct shared *most = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct shared *row = list_row(list, i);

		if (row->bytes == UNKNOWN || strcmp(row->kind, "sysv") == 0 ||
		    (mount && mount_of(snapshot, text_str(row->name)) != mount))
			continue;
		if (!most || row->bytes > most->bytes)
			most = row;
	}
	return most;
}

/* ", the largest is /dev/shm/x, 3.0G", when that is a good part; who keeps it
 * where it is one that has no name or is deleted. */
static void write_largest(const struct verdict_judge *judge,
			  const struct tmpfs *mount, double of, char *buf,
			  size_t size)
{
	const struct shared *file = largest_file(judge->snapshot, mount);
	char name[128], who[64], holder[96] = "";

	*buf = '\0';
	if (!file || !((double)file->bytes >= of / 10))
		return;
	text_printable(name, sizeof(name), text_str(file->name),
		       text_len(file->name), 36);
	if (file->holders == 1 && file->command && file->pid != UNKNOWN) {
		text_printable(who, sizeof(who), text_str(file->command),
			       text_len(file->command), 16);
		snprintf(holder, sizeof(holder), " of %s[%llu]", who,
			 (unsigned long long)file->pid);
	}
	snprintf(buf, size, ", the largest is %s%s, %s", name, holder,
		 figure_of((double)file->bytes, UNIT_BYTES).text);
}

/* "files in /dev/shm (tmpfs)"; databases share their buffers on purpose, which
 * no mount holds. */
static void write_where(const struct verdict_judge *judge, char *buf,
			size_t size)
{
	const struct tmpfs *mount = largest_mount(judge->snapshot);
	const struct person *who = &judge->people.most[MOST_SHARED].who;
	double bytes = (double)judge->snapshot->memory.shmem;
	char name[96], largest[256];

	if (mount && (double)mount->used >= bytes / 2) {
		text_printable(name, sizeof(name), text_str(mount->path),
			       text_len(mount->path), 32);
		write_largest(judge, mount, bytes, largest, sizeof(largest));
		snprintf(buf, size, "files in %s (tmpfs)%s", name, largest);
	} else if (who->is_there &&
		   judge->people.most[MOST_SHARED].amount >= bytes / 2) {
		person_text(who, name, sizeof(name));
		snprintf(buf, size, "shared memory that %s maps", name);
	} else {
		write_largest(judge, NULL, bytes, largest, sizeof(largest));
		snprintf(buf, size, "tmpfs files and shared memory%s", largest);
	}
}

static void say_shmem(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	char what[512], where[400];

	(void)finding;
	write_where(judge, where, sizeof(where));
	snprintf(what, sizeof(what), "is %s: %s", where,
		 fact(judge, FACT_SWAP_TOTAL) > 0
			 ? "deleting frees it, killing does not; swap can "
			   "take it"
			 : "deleting frees it, killing does not, and there is "
			   "no swap to take it");
	say_class(judge, ret, FACT_SHMEM_PERCENT, what);
}

static void say_mount(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	const struct tmpfs *mount = facts_fullest_mount(judge->snapshot);
	struct figure part = figure(judge, FACT_MOUNT_PERCENT);
	char name[96] = "a tmpfs", largest[256] = "";

	(void)finding;
	if (mount) {
		text_printable(name, sizeof(name), text_str(mount->path),
			       text_len(mount->path), 32);
		write_largest(judge, mount, (double)mount->used, largest,
			      sizeof(largest));
	}
	words_text(ret,
		   "%s, a file system in memory, is %s full%s: what writes to "
		   "it will fail, and only deleting makes room",
		   name, part.text, largest);
	words_brief(ret, "%s is %s full", name, part.text);
}

static void say_locked(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	double bytes = fact(judge, FACT_LOCKED_PERCENT) / 100 *
		       fact(judge, FACT_TOTAL);
	char what[192], who[144];

	(void)finding;
	write_most(judge, MOST_LOCKED, bytes, who, sizeof(who));
	snprintf(what, sizeof(what), "is locked and cannot be freed%s", who);
	say_class(judge, ret, FACT_LOCKED_PERCENT, what);
}

static void say_tables(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	double bytes = fact(judge, FACT_TABLES_PERCENT) / 100 *
		       fact(judge, FACT_TOTAL);
	char what[192], who[144];

	(void)finding;
	write_most(judge, MOST_TABLES, bytes, who, sizeof(who));
	snprintf(what, sizeof(what),
		 "is page tables%s; huge pages would shrink them", who);
	say_class(judge, ret, FACT_TABLES_PERCENT, what);
}

static void say_stacks(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	const struct person *who = &judge->people.most[MOST_THREADS].who;
	char what[192] = "is kernel stacks: there are very many threads";
	char name[96];

	(void)finding;
	if (who->is_there) {
		person_text(who, name, sizeof(name));
		snprintf(what, sizeof(what),
			 "is kernel stacks: there are very many threads, %s "
			 "has %.0f",
			 name, judge->people.most[MOST_THREADS].amount);
	}
	say_class(judge, ret, FACT_STACKS_PERCENT, what);
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
