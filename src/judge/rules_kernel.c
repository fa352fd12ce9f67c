/* SPDX-License-Identifier: MIT
 *
 * Rules about memory of the kernel itself that can not be dropped: objects in
 * slabs, and what no counter has.  Large alone is a note; that it keeps
 * growing, by the test of judge/leak.c, is a warning.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/field.h"
#include "memtop/kernel.h"
#include "memtop/list.h"
#include "memtop/trend.h"
#include "words.h"

/* clang-format off */

/* The kernel prints its slabs when they exceed all pages on its lists; on a
 * small machine that has just been started they do. */
static const struct leg slab_legs[] = {
	{ FACT_SLAB_FIXED_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  10, 25, 25, FACT_NONE },
	{ FACT_SLAB_LEAK, FAMILY_GROWTH, 2, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
	{ FACT_SLAB_FIXED, FAMILY_LEVEL, 3, COMPARE_AT_LEAST,
	  ANY, ANY, 1, FACT_LRU },
};

static const struct leg unaccounted_legs[] = {
	{ FACT_UNACCOUNTED_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  2, 5, ANY, FACT_NONE },
	{ FACT_UNACCOUNTED, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  256 * (double)MIB, 256 * (double)MIB, ANY, FACT_NONE },
	{ FACT_UNACCOUNTED_LEAK, FAMILY_GROWTH, 3, COMPARE_AT_LEAST,
	  ANY, 1, ANY, FACT_NONE },
};

/* What the names of caches are made for. */
static const struct meaning {
	const char *begins, *is;
} meanings[] = {
	{ "kmalloc", "no use of its own: a driver or module" },
	{ "task_struct", "threads" },
	{ "thread_stack", "threads" },
	{ "sock_inode_cache", "sockets" },
	{ "skbuff", "network buffers" },
	{ "TCP", "connections" },
	{ "kernfs_node", "cgroups and sysfs" },
	{ "filp", "open files" },
	{ "dentry", "file names" },
	{ "vm_area", "mappings" },
	{ "anon_vma", "mappings" },
	{ "nf_conntrack", "connections that are tracked" },
};
/* clang-format on */

static const char *meaning_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if (strncmp(name, meanings[i].begins,
			    strlen(meanings[i].begins)) == 0)
			return meanings[i].is;
	return NULL;
}

/* The cache that gains most; where none does, the largest. */
static const struct slab *find_cache(const struct verdict_judge *judge,
				     bool *ret_grows)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_SLAB);
	const struct slab *fastest = NULL, *largest = NULL;

	for (size_t i = 0; i < list_count(list); i++) {
		const struct slab *row = list_row(list, i);

		if (row->reclaimable == 1 || row->size == UNKNOWN)
			continue;
		if (row->growth_rate > 0 &&
		    (!fastest || row->growth_rate > fastest->growth_rate))
			fastest = row;
		if (!largest || row->size > largest->size)
			largest = row;
	}
	*ret_grows = fastest != NULL;
	return fastest ? fastest : largest;
}

/* ", mostly kernfs_node_cache (cgroups and sysfs), 3.1G"; "" for who may not
 * read the list. */
static void write_cache(const struct verdict_judge *judge, char *buf,
			size_t size)
{
	bool grows;
	const struct slab *slab = find_cache(judge, &grows);
	const char *meaning;
	char name[64];

	*buf = '\0';
	if (!slab)
		return;
	text_printable(name, sizeof(name), text_str(slab->name),
		       text_len(slab->name), 28);
	meaning = meaning_of(text_str(slab->name));
	snprintf(buf, size, "; %s is %s%s%s%s, %s",
		 grows ? "growing fastest" : "the largest cache", name,
		 meaning ? " (" : "", meaning ? meaning : "",
		 meaning ? ")" : "",
		 figure_of((double)slab->size, UNIT_BYTES).text);
}

static const struct trend *find_trend(const struct verdict_judge *judge,
				      const char *subject)
{
	const struct list *list = snapshot_list(judge->snapshot, ENTITY_TREND);

	for (size_t i = 0; i < list_count(list); i++) {
		const struct trend *trend = list_row(list, i);

		if (strcmp(trend->kind, "kernel") == 0 && trend_sure(trend) &&
		    strcmp(text_str(trend->subject), subject) == 0)
			return trend;
	}
	return NULL;
}

/* ", +1.2G in 30m"; "" when it does not keep growing. */
static void write_rise(const struct verdict_judge *judge, const char *subject,
		       char *buf, size_t size)
{
	const struct trend *trend = find_trend(judge, subject);
	char rise[FORMAT_SIZE], span[FORMAT_SIZE];

	*buf = '\0';
	if (!trend)
		return;
	format_bytes_signed(rise, trend->rise, FORMAT_AUTO);
	format_duration(span, trend->window_ns);
	snprintf(buf, size, ", %s in %s", rise, span);
}

static void say_slab(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	struct figure bytes = figure(judge, FACT_SLAB_FIXED);
	struct figure part = figure(judge, FACT_SLAB_FIXED_PERCENT);
	char rise[72], cache[160];

	(void)finding;
	write_rise(judge, "(slab)", rise, sizeof(rise));
	write_cache(judge, cache, sizeof(cache));
	words_text(
		ret,
		"%s of RAM (%s) is kernel objects that cannot be dropped%s%s",
		bytes.text, part.text, rise, cache);
	words_brief(ret, "%s of RAM (%s)%s", bytes.text, part.text, rise);
}

static void say_unaccounted(const struct verdict_judge *judge,
			    const struct finding *finding, struct words *ret)
{
	struct figure bytes = figure(judge, FACT_UNACCOUNTED);
	char rise[72];

	(void)finding;
	write_rise(judge, "(unaccounted)", rise, sizeof(rise));
	words_text(ret,
		   "%s more than at its least is outside every counter%s; it "
		   "may be a driver or module: graphics, network, ZFS, a "
		   "balloon",
		   bytes.text, rise);
	words_brief(ret, "%s more outside every counter", bytes.text);
}

/* clang-format off */
#define SETUP .class = CLASS_SETUP, .naming = NAME_LARGEST, .ease = .8
#define SEE(pane) .todo = pane, .todo_brief = pane

static const struct rule rules[] = {
	{ .name = "R19-slab", .title = "kernel objects are large",
	  .least = SEVERITY_NOTE, .most = SEVERITY_CRIT, LEGS(slab_legs),
	  .say = say_slab, .rank = 71, SETUP,
	  SEE("7 Kernel shows which cache") },
	{ .name = "R20-unaccounted", .title = "unaccounted memory grew",
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .up_s = { [SEVERITY_NOTE] = 60, [SEVERITY_WARN] = 60 },
	  LEGS(unaccounted_legs), .say = say_unaccounted, .rank = 72, SETUP,
	  SEE("1 Overview shows where RAM went") },
};
/* clang-format on */

const struct rule_set rules_kernel = { rules, ARRAY_SIZE(rules) };
