/* SPDX-License-Identifier: MIT
 *
 * Facts: things that happened and lead the line for a while, whatever the
 * figures say.  No evidence is weighed here.
 */
#include <stdio.h>
#include <string.h>

#include "memtop/field.h"
#include "memtop/forecast.h"
#include "words.h"

#define SECONDS(count) ((double)(count) * (double)NS_PER_S)

/* clang-format off */
/* One more that may not be killed, where hardly any may. */
static const struct leg adj_legs[] = {
	{ FACT_ADJ_AGO, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  SECONDS(60), SECONDS(60), ANY, FACT_NONE },
	{ FACT_ADJ_AFTER, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  ANY, -1000, ANY, FACT_NONE },
	{ FACT_KILLABLE_PERCENT, FAMILY_LEVEL, 3, COMPARE_AT_MOST,
	  ANY, 10, ANY, FACT_NONE },
};

static const struct leg exit_legs[] = {
	{ FACT_EXIT_AGO, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  SECONDS(60), ANY, ANY, FACT_NONE },
};

static const struct leg fork_legs[] = {
	{ FACT_FORK_AGO, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  SECONDS(60), SECONDS(3600), ANY, FACT_NONE },
	{ FACT_FORK_SIZE, FAMILY_LEVEL, 2, COMPARE_AT_LEAST,
	  ANY, 80, ANY, FACT_NONE },
};

static const struct leg jump_legs[] = {
	{ FACT_JUMP_AGO, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  SECONDS(60), ANY, ANY, FACT_NONE },
};

static const struct leg gap_legs[] = {
	{ FACT_GAP_AGO, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  SECONDS(15), ANY, ANY, FACT_NONE },
};

static const struct leg notice_legs[] = {
	{ FACT_NOTICE_AGO, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  SECONDS(15), ANY, ANY, FACT_NONE },
};

static const struct leg blind_legs[] = {
	{ FACT_BLIND, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  1, ANY, ANY, FACT_NONE },
};

/* While half of RAM is left nobody need know the order; a machine that is full
 * by design is no reason to fear it. */
static const struct leg service_legs[] = {
	{ FACT_SERVICE_NEAR, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  1, 1, ANY, FACT_NONE },
	{ FACT_HEADROOM_PERCENT, FAMILY_LEVEL, 2, COMPARE_AT_MOST,
	  50, 50, ANY, FACT_NONE },
	{ FACT_SHORT_NOW, FAMILY_LEVEL, 3, COMPARE_AT_LEAST,
	  ANY, 2, ANY, FACT_NONE },
};
/* clang-format on */

static void change_name(const struct change *change, char *buf, size_t size)
{
	char name[80];

	text_printable(name, sizeof(name), change->name, strlen(change->name),
		       24);
	snprintf(buf, size, "%s[%d]", name, (int)change->pid);
}

/* It leads for a while: when it was has to be said. */
static const char *when_of(const struct verdict_judge *judge,
			   const struct change *change, char buf[FORMAT_SIZE])
{
	return format_when(buf, change->at.realtime_ns, judge->now.realtime_ns,
			   true);
}

static const char *brief_when_of(const struct verdict_judge *judge,
				 const struct change *change,
				 char buf[FORMAT_SIZE])
{
	return format_when(buf, change->at.realtime_ns, judge->now.realtime_ns,
			   false);
}

/* " (now number 3 of 214)": where it stands in the order of kills. */
static void write_place(const struct verdict_judge *judge,
			const struct change *change, char *buf, size_t size)
{
	const struct process_key key = { change->pid, change->start_ns };
	const struct process *p = snapshot_find(judge->snapshot, key);
	const struct oom_domain domain = oom_machine(judge->snapshot);
	struct oom_place place = { .adj = change->after };

	*buf = '\0';
	if (!p || oom_places(judge->snapshot, &domain, p, &place, 1) < 0)
		return;
	if (place.rank)
		snprintf(buf, size, " (now number %zu of %zu)", place.rank,
			 place.of);
	else
		snprintf(buf, size, " (never killed now)");
}

static void say_adj(const struct verdict_judge *judge,
		    const struct finding *finding, struct words *ret)
{
	const struct change *c = &judge->news.adjusted;
	char name[96], place[48], clock[FORMAT_SIZE];

	change_name(c, name, sizeof(name));
	write_place(judge, c, place, sizeof(place));
	words_text(ret, "oom_score_adj of %s went from %d to %d at %s%s%s",
		   name, c->before, c->after, when_of(judge, c, clock), place,
		   finding->severity >= SEVERITY_WARN
			   ? ", where hardly any may be killed anyway"
			   : "");
	words_brief(ret, "%s %d to %d%s", name, c->before, c->after, place);
}

static void say_exit(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct change *c = &judge->news.ended;
	struct figure size = figure_of(c->bytes, UNIT_BYTES);
	struct figure back = figure_of(c->more, UNIT_BYTES);
	bool little = !(c->more >= c->bytes * 0.3);
	char name[96], clock[FORMAT_SIZE];

	(void)finding;
	change_name(c, name, sizeof(name));
	if (little)
		words_text(ret,
			   "%s had %s and is gone since %s, but little came "
			   "back: it was shared or cached",
			   name, size.text, when_of(judge, c, clock));
	else
		words_text(ret, "%s ended and gave back %s at %s", name,
			   back.text, when_of(judge, c, clock));
	words_brief(ret, "%s, %s, at %s", name, size.text,
		    brief_when_of(judge, c, clock));
}

static void say_fork(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct change *c = &judge->news.forked;
	struct figure size = figure_of(c->bytes, UNIT_BYTES);
	struct figure room = figure(judge, FACT_HEADROOM);
	char name[96], copied[64] = "", times[32] = "", clock[FORMAT_SIZE];

	(void)finding;
	change_name(c, name, sizeof(name));
	if (judge->news.copies > 1)
		snprintf(times, sizeof(times), " %u times, the last one",
			 judge->news.copies);
	if (judge->news.copied >= (double)MIB)
		snprintf(copied, sizeof(copied), "; so far %s is copied",
			 figure_of(judge->news.copied, UNIT_BYTES).text);
	words_text(ret,
		   "%s forked a copy of its %s%s at %s; if both write, up to "
		   "as much more is needed, and there is room for %s%s",
		   name, size.text, times, when_of(judge, c, clock), room.text,
		   copied);
	words_brief(ret, "%s copied %s, room %s", name, size.text, room.text);
}

static void say_jump(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct change *c = &judge->news.jumped;
	struct figure size = figure_of(fabs(c->bytes), UNIT_BYTES);
	const char *way = c->bytes > 0 ? "more" : "less";
	char name[96], who[112] = "", clock[FORMAT_SIZE];

	(void)finding;
	if (c->pid) {
		change_name(c, name, sizeof(name));
		snprintf(who, sizeof(who), ": %s", name);
	}
	words_text(ret, "%s %s in use at %s than 5 s before%s", size.text, way,
		   when_of(judge, c, clock),
		   *who ? who : ": no single process");
	words_brief(ret, "%s %s in 5 s at %s%s", size.text, way,
		    brief_when_of(judge, c, clock), who);
}

static void say_gap(const struct verdict_judge *judge,
		    const struct finding *finding, struct words *ret)
{
	static const char *const kinds[] = {
		[GAP_NONE] = "a gap",
		[GAP_FIRST] = "a gap",
		[GAP_LATE] = "no sample came for a while",
		[GAP_SUSPEND] = "the machine slept",
		[GAP_RESET] = "a counter of the kernel began anew",
		[GAP_RESTART] = "the machine was started anew",
		[GAP_MEMORY] = "RAM was added or taken away",
	};
	const char *kind = kinds[judge->news.gap_kind];

	(void)finding;
	words_text(ret, "%s; rates and stalls are measured anew, %s available",
		   kind, figure(judge, FACT_AVAILABLE).text);
	words_brief(ret, "%s", kind);
}

static void say_notice(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	const struct notices *n = &judge->notices;
	struct figure size = figure_of(fabs(n->last.bytes), UNIT_BYTES);
	const char *way = n->last.bytes > 0 ? "added" : "taken away";

	(void)finding;
	if (n->kind == NOTICE_DROPPED) {
		words_text(ret, "somebody dropped the caches: what is read "
				"again now proves nothing, stalls and rates "
				"are judged in 15 s");
		words_brief(ret, "caches were dropped by hand");
	} else if (n->kind == NOTICE_SWAP) {
		words_text(ret,
			   "%s of swap was %s: stalls and rates are judged in "
			   "15 s",
			   size.text, way);
		words_brief(ret, "%s of swap was %s", size.text, way);
	} else {
		words_text(ret, "%s was changed from %s to %s", n->last.name,
			   n->from, n->to);
		words_brief(ret, "%s: %s to %s", n->last.name, n->from, n->to);
	}
}

static void say_blind(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	(void)judge, (void)finding;
	words_text(ret, "/proc/meminfo is not readable here");
	words_brief(ret, "no /proc/meminfo");
}

static void say_important(const struct verdict_judge *judge,
			  const struct finding *finding, struct words *ret)
{
	const struct victims *victims = &judge->people.victims;
	static const char *const ranks[] = { "", "first", "second", "third" };
	/* what people expect of it, and is not so */
	static const char *const traps[] = {
		[SERVICE_NONE] = "",
		[SERVICE_OTHER] = ": protect it (OOMScoreAdjust=), or give it "
				  "memory.low",
		[SERVICE_SSH] = ": protect it (OOMScoreAdjust=); the sessions "
				"it starts are not protected with it",
		[SERVICE_SHELL] = ": it is your shell, which sshd's own "
				  "protection does not reach",
		[SERVICE_DATABASE] = ": the largest is the victim by design; "
				     "protect it only if others may die for "
				     "it",
	};
	char name[96], rank[24];

	(void)finding;
	if (!victims->important.is_there) { /* while it eases */
		words_text(ret, "not any more, it is gone or others would be "
				"killed before it");
		words_brief(ret, "not any more");
		return;
	}
	person_text(&victims->important, name, sizeof(name));
	if (victims->important_rank < ARRAY_SIZE(ranks))
		snprintf(rank, sizeof(rank), "%s",
			 ranks[victims->important_rank]);
	else
		snprintf(rank, sizeof(rank), "as number %u",
			 victims->important_rank);
	words_text(ret, "%s would be killed %s if memory ran out%s", name, rank,
		   traps[victims->service]);
	words_brief(ret, "%s dies %s", name, rank);
}

#define FACT	  .class = CLASS_FACT, .naming = NAME_LARGEST
#define SEE(pane) .todo = pane, .todo_brief = pane

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R42-no-data", .title = "cannot tell", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, LEGS(blind_legs),
	  .say = say_blind, .rank = 2 },
	{ .name = "R42-gap", .title = "gap", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, LEGS(gap_legs),
	  .say = say_gap, .hides = "R35", .rank = 3 },
	{ .name = "R42-by-hand", .title = "changed by hand", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, LEGS(notice_legs),
	  .say = say_notice, .hides = "R35", .rank = 4 },
	{ .name = "R31-service-first", .title = "a service is near the kill",
	  .class = CLASS_SETUP, .naming = NAME_LARGEST, .ease = .8,
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  LEGS(service_legs), .say = say_important, .rank = 68,
	  SEE("4 OOM: o protects it, asks first") },
	{ .name = "R32-fork", .title = "large fork", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN, LEGS(fork_legs),
	  .say = say_fork, .rank = 67,
	  SEE("2 Processes shows parent and child") },
	{ .name = "R34-exit", .title = "large exit", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, LEGS(exit_legs),
	  .say = say_exit, .hides = "R35", .rank = 84 },
	{ .name = "R35-jump", .title = "memory use jumped", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, LEGS(jump_legs),
	  .say = say_jump, .rank = 85,
	  SEE("2 Processes by GROW/m shows who") },
	{ .name = "R33-adj", .title = "kill priority changed", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN, LEGS(adj_legs),
	  .say = say_adj, .rank = 86, SEE("4 OOM shows the order") },
};
/* clang-format on */

const struct rule_set rules_facts = { rules, ARRAY_SIZE(rules) };
