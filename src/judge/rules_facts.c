/* SPDX-License-Identifier: MIT
 *
 * Facts: things that happened and lead the line for a while, whatever the
 * figures say.  No evidence is weighed here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memtop/field.h"
#include "words.h"

#define KILL_CRIT_NS (300 * NS_PER_S)
#define KILL_WARN_NS (1800 * NS_PER_S)
#define MENTION_NS   (60 * NS_PER_S)
#define GAP_NS	     (15 * NS_PER_S)

static bool is_recent(const struct verdict_judge *judge,
		      const struct change *change, uint64_t ns)
{
	return change->is_there && passed(judge, change->at) < ns;
}

static void change_name(const struct change *change, char *buf, size_t size)
{
	char name[80];

	text_printable(name, sizeof(name), change->name, strlen(change->name),
		       24);
	snprintf(buf, size, "%s[%d]", name, (int)change->pid);
}

static bool test_kill(const struct verdict_judge *judge,
		      const struct snapshot *snapshot, enum severity *ret)
{
	const struct news *c = &judge->news;
	uint64_t ago = passed(judge, c->killed.at);

	(void)snapshot;
	if (!c->new_kills || ago >= KILL_WARN_NS)
		return false;
	*ret = ago < KILL_CRIT_NS ? SEVERITY_CRIT : SEVERITY_WARN;
	return true;
}

static void say_kill(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct news *c = &judge->news;
	char clock[FORMAT_SIZE], ago[FORMAT_SIZE], who[192] = "", name[96];

	(void)finding;
	format_clock(clock, c->killed.at.realtime_ns, false);
	format_duration(ago, passed(judge, c->killed.at));
	if (c->killed.is_there) {
		change_name(&c->killed, name, sizeof(name));
		snprintf(who, sizeof(who), ", %s%s with %s",
			 c->killed.is_certain ? "" : "probably ", name,
			 figure_of(c->killed.bytes, UNIT_BYTES).text);
	}
	words_text(ret,
		   "the kernel killed %" PRIu64
		   " process%s for memory at %s (%s ago)%s; %" PRIu64
		   " since boot",
		   c->new_kills, c->new_kills == 1 ? "" : "es", clock, ago, who,
		   c->kills);
	words_brief(ret, "%.5s (%s ago): %" PRIu64 " killed%s%s", clock, ago,
		    c->new_kills, c->killed.is_there ? ", " : "",
		    c->killed.is_there ? name : "");
}

static bool test_adj(const struct verdict_judge *judge,
		     const struct snapshot *snapshot, enum severity *ret)
{
	const struct change *c = &judge->news.adjusted;

	(void)snapshot;
	/* one more that may not be killed, where hardly any may */
	*ret = c->after == -1000 && fact(judge, FACT_KILLABLE_PERCENT) <= 10
		       ? SEVERITY_WARN
		       : SEVERITY_NOTE;
	return is_recent(judge, c, MENTION_NS);
}

static void say_adj(const struct verdict_judge *judge,
		    const struct finding *finding, struct words *ret)
{
	const struct change *c = &judge->news.adjusted;
	char name[96];

	(void)finding;
	change_name(c, name, sizeof(name));
	words_text(ret, "oom_score_adj of %s went from %d to %d", name,
		   c->before, c->after);
	words_brief(ret, "%s %d to %d", name, c->before, c->after);
}

static bool test_exit(const struct verdict_judge *judge,
		      const struct snapshot *snapshot, enum severity *ret)
{
	(void)snapshot;
	*ret = SEVERITY_NOTE;
	return is_recent(judge, &judge->news.ended, MENTION_NS);
}

static void say_exit(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct change *c = &judge->news.ended;
	struct figure size = figure_of(c->bytes, UNIT_BYTES);
	struct figure back = figure_of(c->more, UNIT_BYTES);
	bool little = !(c->more >= c->bytes * 0.3);
	char name[96];

	(void)finding;
	change_name(c, name, sizeof(name));
	if (little)
		words_text(ret,
			   "%s had %s and is gone, but little came back: it "
			   "was shared or cached",
			   name, size.text);
	else
		words_text(ret, "%s ended and gave back %s", name, back.text);
	words_brief(ret, "%s, %s", name, size.text);
}

static bool test_fork(const struct verdict_judge *judge,
		      const struct snapshot *snapshot, enum severity *ret)
{
	const struct change *c = &judge->news.forked;

	if (!is_recent(judge, c, MENTION_NS) ||
	    !snapshot_find_pid(snapshot, c->pid))
		return false;
	*ret = c->bytes > fact(judge, FACT_HEADROOM) * 0.8 ? SEVERITY_WARN
							   : SEVERITY_NOTE;
	return true;
}

static void say_fork(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct change *c = &judge->news.forked;
	struct figure size = figure_of(c->bytes, UNIT_BYTES);
	struct figure room = figure(judge, FACT_HEADROOM);
	char name[96];

	(void)finding;
	change_name(c, name, sizeof(name));
	words_text(ret,
		   "%s forked a copy of its %s; if both write, up to as much "
		   "more is needed, and there is room for %s",
		   name, size.text, room.text);
	words_brief(ret, "%s copied %s, room %s", name, size.text, room.text);
}

static bool test_jump(const struct verdict_judge *judge,
		      const struct snapshot *snapshot, enum severity *ret)
{
	(void)snapshot;
	*ret = SEVERITY_NOTE;
	return is_recent(judge, &judge->news.jumped, MENTION_NS);
}

static void say_jump(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct change *c = &judge->news.jumped;
	struct figure size = figure_of(fabs(c->bytes), UNIT_BYTES);
	const char *way = c->bytes > 0 ? "more" : "less";

	(void)finding;
	words_text(ret, "%s %s is in use than 5 s before", size.text, way);
	words_brief(ret, "%s %s in 5 s", size.text, way);
}

static bool test_gap(const struct verdict_judge *judge,
		     const struct snapshot *snapshot, enum severity *ret)
{
	(void)snapshot;
	*ret = SEVERITY_NOTE;
	return is_recent(judge, &judge->news.gap, GAP_NS);
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

static bool test_blind(const struct verdict_judge *judge,
		       const struct snapshot *snapshot, enum severity *ret)
{
	(void)snapshot;
	*ret = SEVERITY_NOTE;
	return isnan(fact(judge, FACT_AVAILABLE));
}

static void say_blind(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	(void)judge, (void)finding;
	words_text(ret, "/proc/meminfo is not readable here");
	words_brief(ret, "no /proc/meminfo");
}

/* While half of RAM is left nobody need know the order. */
static bool test_important(const struct verdict_judge *judge,
			   const struct snapshot *snapshot, enum severity *ret)
{
	(void)snapshot;
	*ret = fact(judge, FACT_AVAILABLE) <= fact(judge, FACT_LOW_LIMIT)
		       ? SEVERITY_WARN
		       : SEVERITY_NOTE;
	return judge->people.victims.important.is_there &&
	       fact(judge, FACT_HEADROOM_PERCENT) <= 50;
}

static void say_important(const struct verdict_judge *judge,
			  const struct finding *finding, struct words *ret)
{
	const struct victims *victims = &judge->people.victims;
	static const char *const ranks[] = { "", "first", "second", "third" };
	char name[96], rank[24];

	(void)finding;
	person_text(&victims->important, name, sizeof(name));
	if (victims->important_rank < ARRAY_SIZE(ranks))
		snprintf(rank, sizeof(rank), "%s",
			 ranks[victims->important_rank]);
	else
		snprintf(rank, sizeof(rank), "as number %u",
			 victims->important_rank);
	words_text(ret, "%s would be killed %s if memory ran out", name, rank);
	words_brief(ret, "%s dies %s", name, rank);
}

#define FACT	  .class = CLASS_FACT, .naming = NAME_LARGEST
#define SEE(pane) .todo = pane, .todo_brief = pane

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R16-oom-kill", .title = "oom kill", FACT,
	  .least = SEVERITY_WARN, .most = SEVERITY_CRIT, .test = test_kill,
	  .say = say_kill, .hides = "R34", .rank = 1,
	  SEE("4 OOM shows who is next; 8 Events what led to it") },
	{ .name = "R42-no-data", .title = "cannot tell", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, .test = test_blind,
	  .say = say_blind, .rank = 2 },
	{ .name = "R42-gap", .title = "gap", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, .test = test_gap,
	  .say = say_gap, .hides = "R35", .rank = 3 },
	{ .name = "R31-service-first", .title = "a service is near the kill",
	  FACT, .least = SEVERITY_NOTE, .most = SEVERITY_WARN,
	  .test = test_important, .say = say_important, .rank = 68,
	  SEE("4 OOM: o protects it, asks first") },
	{ .name = "R32-fork", .title = "large fork", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN, .test = test_fork,
	  .say = say_fork, .rank = 67,
	  SEE("2 Processes shows parent and child") },
	{ .name = "R34-exit", .title = "large exit", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, .test = test_exit,
	  .say = say_exit, .hides = "R35", .rank = 84 },
	{ .name = "R35-jump", .title = "memory use jumped", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_NOTE, .test = test_jump,
	  .say = say_jump, .rank = 85,
	  SEE("2 Processes by GROW/m shows who") },
	{ .name = "R33-adj", .title = "kill priority changed", FACT,
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN, .test = test_adj,
	  .say = say_adj, .rank = 86, SEE("4 OOM shows the order") },
};
/* clang-format on */

const struct rule_set rules_facts = { rules, ARRAY_SIZE(rules) };
