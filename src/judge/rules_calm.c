/* SPDX-License-Identifier: MIT
 *
 * What is said when nothing is wrong, and why a small number is no trouble:
 * RAM that is used as cache, memory that sleeps in swap.
 */
#include <stdio.h>

#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "words.h"

/* clang-format off */
static const struct leg asleep_legs[] = {
	{ FACT_SWAP_USED_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_SWAP_IN_60, FAMILY_REFAULT, 2, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_REFAULT_ANON_60, FAMILY_REFAULT, 3, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_MEM_SOME_60, FAMILY_STALL, 4, COMPARE_AT_MOST,
	  1, ANY, ANY, FACT_NONE },
};

static const struct leg much_asleep_legs[] = {
	{ FACT_SWAP_USED_OF_RAM, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  30, ANY, ANY, FACT_NONE },
	{ FACT_SWAP_IN_60, FAMILY_REFAULT, 2, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_REFAULT_ANON_60, FAMILY_REFAULT, 3, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_MEM_SOME_60, FAMILY_STALL, 4, COMPARE_AT_MOST,
	  1, ANY, ANY, FACT_NONE },
};

/* The same where stalls are not counted: nobody has to free memory. */
static const struct leg asleep_unseen_legs[] = {
	{ FACT_NO_STALLS, FAMILY_NONE, 1, COMPARE_AT_LEAST,
	  1, ANY, ANY, FACT_NONE },
	{ FACT_SWAP_USED_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_SWAP_IN_60, FAMILY_REFAULT, 3, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_REFAULT_ANON_60, FAMILY_REFAULT, 4, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_ALLOCSTALL_60, FAMILY_RECLAIM, 5, COMPARE_AT_MOST,
	  0, ANY, ANY, FACT_NONE },
};

static const struct leg much_asleep_unseen_legs[] = {
	{ FACT_NO_STALLS, FAMILY_NONE, 1, COMPARE_AT_LEAST,
	  1, ANY, ANY, FACT_NONE },
	{ FACT_SWAP_USED_OF_RAM, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  30, ANY, ANY, FACT_NONE },
	{ FACT_SWAP_IN_60, FAMILY_REFAULT, 3, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_REFAULT_ANON_60, FAMILY_REFAULT, 4, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_ALLOCSTALL_60, FAMILY_RECLAIM, 5, COMPARE_AT_MOST,
	  0, ANY, ANY, FACT_NONE },
};

static const struct leg cached_legs[] = {
	{ FACT_FREE_PERCENT, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  20, ANY, ANY, FACT_NONE },
	{ FACT_MEM_SOME, FAMILY_STALL, 3, COMPARE_AT_MOST,
	  1, ANY, ANY, FACT_NONE },
	{ FACT_SCAN_DIRECT, FAMILY_RECLAIM, 4, COMPARE_AT_MOST,
	  0, ANY, ANY, FACT_NONE },
};

static const struct leg cached_unseen_legs[] = {
	{ FACT_NO_STALLS, FAMILY_NONE, 1, COMPARE_AT_LEAST,
	  1, ANY, ANY, FACT_NONE },
	{ FACT_FREE_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  5, ANY, ANY, FACT_NONE },
	{ FACT_AVAILABLE_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_LEAST,
	  20, ANY, ANY, FACT_NONE },
	{ FACT_SCAN_DIRECT, FAMILY_RECLAIM, 4, COMPARE_AT_MOST,
	  0, ANY, ANY, FACT_NONE },
};

/* In a container its limit is the machine. */
static const struct leg container_legs[] = {
	{ FACT_CONTAINER_LEFT, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  0, ANY, ANY, FACT_NONE },
};

/* More promised than there is: by design, unless the kernel is told to be
 * strict. */
static const struct leg promised_legs[] = {
	{ FACT_OVERCOMMIT, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  1, ANY, ANY, FACT_NONE },
	{ FACT_COMMIT_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  100, ANY, ANY, FACT_NONE },
	{ FACT_AVAILABLE, FAMILY_LEVEL, 3, COMPARE_AT_LEAST,
	  1, ANY, ANY, FACT_LOW_LIMIT },
};

static const struct leg healthy_legs[] = {
	{ FACT_AVAILABLE, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  0, ANY, ANY, FACT_NONE },
	{ FACT_MEM_SOME_60, FAMILY_STALL, 0, COMPARE_AT_MOST,
	  .5, ANY, ANY, FACT_NONE },
	{ FACT_ALLOCSTALL_60, FAMILY_RECLAIM, 0, COMPARE_AT_MOST,
	  0, ANY, ANY, FACT_NONE },
};
/* clang-format on */

/* What this kernel can not tell goes with every all-clear. */
static const char *unseen(const struct verdict_judge *judge)
{
	return fact(judge, FACT_NO_STALLS) > 0
		       ? " (no stall data on this kernel)"
		       : "";
}

struct note {
	char text[48];
};

/* MemAvailable has none of it: whoever compares wants to know. */
static struct note arc_note(const struct verdict_judge *judge)
{
	struct note ret = { "" };

	if (fact(judge, FACT_ARC) > 0)
		snprintf(ret.text, sizeof(ret.text), " (%.12s of it ZFS cache)",
			 figure(judge, FACT_ARC).text);
	return ret;
}

static void say_asleep(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	const struct person *p = &judge->people.swapped;
	struct figure used = figure(judge, FACT_SWAP_USED);
	struct figure available = figure(judge, FACT_AVAILABLE);
	char moving[64] = "", most[160] = "", name[96];

	(void)finding;
	if (fact(judge, FACT_SWAP_OUT) > 0)
		snprintf(moving, sizeof(moving), ", %s is moved out",
			 figure_pages(judge, FACT_SWAP_OUT).text);
	if (p->is_there && p->swap != UNKNOWN) {
		person_text(p, name, sizeof(name));
		snprintf(most, sizeof(most), "; most of %s, %s", name,
			 figure_of((double)p->swap, UNIT_BYTES).text);
	}
	words_text(ret,
		   "%s available; %s of idle memory is in swap%s and nothing "
		   "is read back, so nothing is slower%s%s",
		   available.text, used.text, moving, unseen(judge), most);
	words_brief(ret, "%s available, %s in swap asleep", available.text,
		    used.text);
}

static void say_cached(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	const struct memory *m = &judge->snapshot->memory;
	struct figure unused = figure_of((double)m->free, UNIT_BYTES);
	struct figure available = figure(judge, FACT_AVAILABLE);
	struct figure part = figure(judge, FACT_AVAILABLE_PERCENT);

	(void)finding;
	words_text(ret,
		   "only %s is unused, but %s (%s) can be handed out at once: "
		   "spare RAM serves as file cache%s%s",
		   unused.text, available.text, part.text, arc_note(judge).text,
		   unseen(judge));
	words_brief(ret, "%s available (%s), the rest is cache", available.text,
		    part.text);
}

static void say_promised(const struct verdict_judge *judge,
			 const struct finding *finding, struct words *ret)
{
	struct figure available = figure(judge, FACT_AVAILABLE);
	struct figure part = figure(judge, FACT_COMMIT_PERCENT);

	(void)finding;
	words_text(ret,
		   "%s available; %s of the commit limit is promised, which is "
		   "normal unless overcommit_memory is 2",
		   available.text, part.text);
	words_brief(ret, "%s available, %s promised: normal", available.text,
		    part.text);
}

/* "; 2 kills since boot": that is worth knowing, and no news. */
static void write_kills(const struct verdict_judge *judge, char *buf,
			size_t size)
{
	uint64_t kills = judge->news.kills.kills;

	*buf = '\0';
	if (kills)
		snprintf(buf, size, "; %s kill%s since boot",
			 figure_of((double)kills, UNIT_COUNT).text,
			 kills == 1 ? "" : "s");
}

static void say_healthy(const struct verdict_judge *judge,
			const struct finding *finding, struct words *ret)
{
	struct figure available = figure(judge, FACT_AVAILABLE);
	double some = fact(judge, FACT_MEM_SOME_60);
	const char *stalls = "nothing waits for memory";
	const char *swap = "";
	char kills[64];

	(void)finding;
	write_kills(judge, kills, sizeof(kills));
	if (isnan(some))
		stalls = "no sign of pressure (no stall data on this kernel)";
	else if (some >= 0.5)
		stalls = "hardly anything waits for memory";
	if (fact(judge, FACT_SWAP_TOTAL) == 0)
		swap = ", no swap";
	else if (fact(judge, FACT_SWAP_IN) == 0 &&
		 fact(judge, FACT_SWAP_OUT) == 0)
		swap = ", swap idle";
	words_text(ret, "%s of %s available%s, %s%s%s", available.text,
		   figure(judge, FACT_TOTAL).text, arc_note(judge).text, stalls,
		   swap, kills);
	words_brief(ret, "%s available, %s", available.text, stalls);
}

static void say_container(const struct verdict_judge *judge,
			  const struct finding *finding, struct words *ret)
{
	const struct cgroup *c = judge->container;
	uint64_t left = cgroup_available(c, &judge->snapshot->memory);
	struct figure available = figure_of((double)left, UNIT_BYTES);
	struct figure limit = figure_of((double)c->max, UNIT_BYTES);
	struct figure host = figure(judge, FACT_AVAILABLE);
	const char *waits = ", nothing in it waits for memory";

	(void)finding;
	if (c->pressure.state != STATE_OK)
		waits = "";
	else if (!(c->some.avg60 < 0.5))
		waits = ", hardly anything in it waits for memory";
	words_text(ret,
		   "%s of the container's limit of %s available%s; %s on the "
		   "host",
		   available.text, limit.text, waits, host.text);
	words_brief(ret, "%s of limit %s available, host %s", available.text,
		    limit.text, host.text);
}

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R01-container", .title = "healthy",
	  .class = CLASS_CALM, .least = SEVERITY_OK, .most = SEVERITY_OK,
	  LEGS(container_legs), .say = say_container, .rank = 95,
	  .naming = NAME_LARGEST },
	{ .name = "R08-swapped-asleep", .title = "much is in swap",
	  .class = CLASS_LEVEL, .least = SEVERITY_NOTE, .most = SEVERITY_NOTE,
	  .ease = .8, LEGS(much_asleep_legs), .say = say_asleep, .rank = 91,
	  .naming = NAME_SWAPPED },
	{ .name = "R08-swapped-asleep", .title = "much is in swap",
	  .class = CLASS_LEVEL, .least = SEVERITY_NOTE, .most = SEVERITY_NOTE,
	  .ease = .8, LEGS(much_asleep_unseen_legs), .say = say_asleep, .rank = 91,
	  .naming = NAME_SWAPPED },
	{ .name = "R08-swapped-asleep", .title = "healthy",
	  .class = CLASS_CALM, .least = SEVERITY_OK, .most = SEVERITY_OK,
	  .ease = .8, LEGS(asleep_legs), .say = say_asleep, .rank = 97,
	  .naming = NAME_LARGEST },
	{ .name = "R08-swapped-asleep", .title = "healthy",
	  .class = CLASS_CALM, .least = SEVERITY_OK, .most = SEVERITY_OK,
	  .ease = .8, LEGS(asleep_unseen_legs), .say = say_asleep, .rank = 97,
	  .naming = NAME_LARGEST },
	{ .name = "R02-cache-is-fine", .title = "healthy",
	  .class = CLASS_CALM, .least = SEVERITY_OK, .most = SEVERITY_OK,
	  .ease = .8, LEGS(cached_legs), .say = say_cached, .rank = 98,
	  .naming = NAME_LARGEST },
	{ .name = "R27-promised-is-fine", .title = "healthy",
	  .class = CLASS_CALM, .least = SEVERITY_OK, .most = SEVERITY_OK,
	  .ease = .95, LEGS(promised_legs), .say = say_promised, .rank = 99,
	  .naming = NAME_LARGEST },
	{ .name = "R02-cache-is-fine", .title = "healthy",
	  .class = CLASS_CALM, .least = SEVERITY_OK, .most = SEVERITY_OK,
	  .ease = .8, LEGS(cached_unseen_legs), .say = say_cached, .rank = 98,
	  .naming = NAME_LARGEST },
	{ .name = "R01-healthy", .title = "healthy",
	  .class = CLASS_CALM, .least = SEVERITY_OK, .most = SEVERITY_OK,
	  LEGS(healthy_legs), .say = say_healthy, .rank = 100,
	  .naming = NAME_LARGEST },
};
/* clang-format on */

const struct rule_set rules_calm = { rules, ARRAY_SIZE(rules) };
