/* SPDX-License-Identifier: MIT
 *
 * Rules about the caches of file names and inodes: that they are large is a
 * note, because the kernel drops them when it needs to; that this is slow, is
 * forbidden, or that they hold what does not exist is a warning.
 */
#include <stdio.h>

#include "memtop/field.h"
#include "words.h"

#define MILLION 1e6

/* clang-format off */
static const struct leg large_legs[] = {
	{ FACT_SLAB_FREEABLE_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  15, 30, ANY, FACT_NONE },
	{ FACT_DENTRIES, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  10 * MILLION, ANY, ANY, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 2, COMPARE_AT_LEAST,
	  ANY, 5, ANY, FACT_NONE },
};

static const struct leg slow_legs[] = {
	{ FACT_SLAB_FREEABLE_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 30, ANY, FACT_NONE },
	{ FACT_SLABS_SCANNED, FAMILY_RECLAIM, 2, COMPARE_AT_LEAST,
	  ANY, 1000, ANY, FACT_NONE },
	{ FACT_EFFICIENCY, FAMILY_RECLAIM, 3, COMPARE_AT_MOST,
	  ANY, 40, ANY, FACT_NONE },
};

/* Each look-up in vain leaves one behind. */
static const struct leg negative_legs[] = {
	{ FACT_NEGATIVE_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, 80, ANY, FACT_NONE },
	{ FACT_DENTRIES, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 5 * MILLION, ANY, FACT_NONE },
};

/* The kernel's documentation warns of out of memory. */
static const struct leg kept_legs[] = {
	{ FACT_VFS_PRESSURE, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  0, 0, ANY, FACT_NONE },
	{ FACT_SLAB_FREEABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 15, ANY, FACT_NONE },
	{ FACT_DENTRIES, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 10 * MILLION, ANY, FACT_NONE },
};
/* clang-format on */

/* "9.6G of RAM (15%), 12.0m names, 83% of them of files that do not exist" */
static void write_size(const struct verdict_judge *judge, char *buf,
		       size_t size)
{
	struct figure part = figure(judge, FACT_SLAB_FREEABLE_PERCENT);
	struct figure bytes =
		figure_of(fact(judge, FACT_SLAB_FREEABLE_PERCENT) / 100 *
				  fact(judge, FACT_TOTAL),
			  UNIT_BYTES);
	char names[48] = "", negative[72] = "";

	if (!isnan(fact(judge, FACT_DENTRIES)))
		snprintf(names, sizeof(names), ", %s names",
			 figure(judge, FACT_DENTRIES).text);
	if (!isnan(fact(judge, FACT_NEGATIVE_PERCENT)))
		snprintf(negative, sizeof(negative),
			 ", %s of them of files that do not exist",
			 figure(judge, FACT_NEGATIVE_PERCENT).text);
	snprintf(buf, size, "%s of RAM (%s)%s%s", bytes.text, part.text, names,
		 negative);
}

static void say(const struct verdict_judge *judge, struct words *ret,
		const char *what)
{
	struct figure part = figure(judge, FACT_SLAB_FREEABLE_PERCENT);
	struct figure names = figure(judge, FACT_DENTRIES);
	char holds[176];

	write_size(judge, holds, sizeof(holds));
	words_text(ret, "%s; %s", holds, what);
	words_brief(ret, "%s of RAM, %s names", part.text, names.text);
}

static void say_large(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	say(judge, ret,
	    finding->severity == SEVERITY_NOTE
		    ? "the kernel can drop them when needed"
		    : "dropping them is slow");
}

static void say_negative(const struct verdict_judge *judge,
			 const struct finding *finding, struct words *ret)
{
	(void)finding;
	say(judge, ret, "something looks for very many files in vain");
}

static void say_kept(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	(void)finding;
	say(judge, ret,
	    "vm.vfs_cache_pressure is 0: they are never dropped, and memory "
	    "may run out");
}

#define NAMES                                                  \
	.class = CLASS_SETUP, .naming = NAME_LARGEST,          \
	.todo = "7 Kernel shows which cache; find what looks " \
		"up very many files",                          \
	.todo_brief = "7 Kernel: which cache", .ease = .8

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R22-file-names", .title = "caches of file names are large",
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN, LEGS(large_legs),
	  .say = say_large, .rank = 75, NAMES },
	{ .name = "R22-file-names", .title = "caches of file names are large",
	  .least = SEVERITY_WARN, .most = SEVERITY_WARN, LEGS(slow_legs),
	  .say = say_large, .rank = 75, NAMES },
	{ .name = "R22-names-of-nothing",
	  .title = "caches hold names of nothing",
	  .least = SEVERITY_WARN, .most = SEVERITY_WARN, LEGS(negative_legs),
	  .say = say_negative, .rank = 75, NAMES },
	{ .name = "R22-never-dropped",
	  .title = "caches of file names are kept",
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN, LEGS(kept_legs),
	  .say = say_kept, .rank = 74, NAMES },
};
/* clang-format on */

const struct rule_set rules_names = { rules, ARRAY_SIZE(rules) };
