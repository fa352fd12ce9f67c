/* SPDX-License-Identifier: MIT
 *
 * Rules about kills for memory that have happened: by the kernel, again and
 * again in one cgroup, by a program in user space.  They lead for a while and
 * are mentioned for longer.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memtop/field.h"
#include "words.h"

#define SECONDS(count) ((double)(count) * (double)NS_PER_S)

/* clang-format off */
static const struct leg kill_legs[] = {
	{ FACT_KILL_AGO, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  ANY, SECONDS(1800), SECONDS(300), FACT_NONE },
};

/* One kill is an accident; then it is the limit. */
static const struct leg again_legs[] = {
	{ FACT_KILLS_AGAIN, FAMILY_LEVEL, 1, COMPARE_AT_LEAST,
	  ANY, ANY, 3, FACT_NONE },
};

/* But for what systemd-oomd counts, nothing tells of it save who went, when,
 * and what runs here. */
static const struct leg user_legs[] = {
	{ FACT_USER_KILL_AGO, FAMILY_LEVEL, 1, COMPARE_AT_MOST,
	  SECONDS(1800), SECONDS(300), ANY, FACT_NONE },
};
/* clang-format on */

struct printable {
	char text[80];
};

static struct printable printable(const char *name, size_t cells)
{
	struct printable ret;

	text_printable(ret.text, sizeof(ret.text), name, strlen(name), cells);
	return ret;
}

/* "java[100] with 11.7G" */
static void write_change(const struct change *change, char *buf, size_t size)
{
	int len = snprintf(buf, size, "%s[%d]",
			   printable(change->name, 24).text, (int)change->pid);

	if (!isnan(change->bytes) && len > 0 && (size_t)len < size)
		snprintf(buf + len, size - (size_t)len, " with %s",
			 figure_of(change->bytes, UNIT_BYTES).text);
}

/* "probably java[100] with 11.7G", "all of web (5 processes)", "3 processes" */
static void write_whom(const struct kill_news *k, char *buf, size_t size)
{
	char name[144];

	if (strcmp(k->scope, "group") == 0 && *k->limit) {
		snprintf(buf, size, "all of %s (%" PRIu64 " process%s)",
			 printable(k->limit, 32).text, k->at_once,
			 k->at_once == 1 ? "" : "es");
		return;
	}
	if (!k->killed.is_there) {
		snprintf(buf, size, "%" PRIu64 " process%s", k->at_once,
			 k->at_once == 1 ? "" : "es");
		return;
	}
	write_change(&k->killed, name, sizeof(name));
	snprintf(buf, size, "%s%s%s",
		 strcmp(k->sure, "certain") == 0 ? "" : k->sure,
		 strcmp(k->sure, "certain") == 0 ? "" : " ", name);
}

/* " in web, which had reached its limit of 512M" */
static void write_where(const struct kill_news *k, char *buf, size_t size)
{
	*buf = '\0';
	if (strcmp(k->scope, "group") == 0 && *k->limit && !isnan(k->max))
		snprintf(buf, size, ", at its limit of %s",
			 figure_of(k->max, UNIT_BYTES).text);
	else if (*k->limit && !isnan(k->max))
		snprintf(buf, size, " in %s, which had reached its limit of %s",
			 printable(k->limit, 32).text,
			 figure_of(k->max, UNIT_BYTES).text);
	else if (*k->limit)
		snprintf(buf, size, " in %s", printable(k->limit, 32).text);
	else if (strcmp(k->scope, "global") == 0)
		snprintf(buf, size, ", as the machine had none left");
}

static void say_kill(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct kill_news *k = &judge->news.kills;
	uint64_t at_ns = k->killed.at.realtime_ns;
	char when[2][FORMAT_SIZE], ago[FORMAT_SIZE], whom[192], where[192];
	char more[48] = "", max[48] = "";

	(void)finding;
	format_when(when[0], at_ns, judge->now.realtime_ns, true);
	format_when(when[1], at_ns, judge->now.realtime_ns, false);
	words_ago(ago, passed(judge, k->killed.at));
	write_whom(k, whom, sizeof(whom));
	write_where(k, where, sizeof(where));
	if (k->new_kills > (k->killed.is_there ? 1 : k->at_once))
		snprintf(more, sizeof(more), ", %" PRIu64 " kills in all",
			 k->new_kills);
	words_text(ret, "%s (%s ago): the kernel killed %s%s%s", when[0], ago,
		   whom, where, more);
	if (*k->limit && !isnan(k->max))
		snprintf(max, sizeof(max), ", limit %s",
			 figure_of(k->max, UNIT_BYTES).text);
	words_brief(ret, "%s (%s ago): %s%s", when[1], ago, whom, max);
}

static void say_again(const struct verdict_judge *judge,
		      const struct finding *finding, struct words *ret)
{
	const struct kill_news *k = &judge->news.kills;
	struct printable name =
		printable(*k->limit ? k->limit : "a cgroup", 32);
	char ago[FORMAT_SIZE], when[FORMAT_SIZE], whom[192], max[48] = "";
	uint64_t first_ns = judge->now.boottime_ns;
	unsigned times = news_kills_again(judge, &first_ns);

	(void)finding;
	format_when(when,
		    judge->now.realtime_ns -
			    (judge->now.boottime_ns - first_ns),
		    judge->now.realtime_ns, false);
	words_ago(ago, passed(judge, k->killed.at));
	write_whom(k, whom, sizeof(whom));
	if (!isnan(k->max))
		snprintf(max, sizeof(max), " of %s",
			 figure_of(k->max, UNIT_BYTES).text);
	words_text(ret,
		   "%s ran into its limit%s %u times in 10 min, the last one "
		   "%s ago: the kernel killed %s",
		   name.text, max, times, ago, whom);
	words_brief(ret, "%s, %u kills since %s", name.text, times, when);
}

static void say_oomd(const struct kill_news *k, const char *ago,
		     struct words *ret)
{
	struct printable group = printable(k->by_oomd_group, 40);

	words_text(ret, "systemd-oomd killed %llu process%s of %s %s ago",
		   (unsigned long long)k->by_oomd, k->by_oomd > 1 ? "es" : "",
		   group.text, ago);
	words_brief(ret, "%s, by systemd-oomd %s ago",
		    printable(k->by_oomd_group, 16).text, ago);
}

static void say_user(const struct verdict_judge *judge,
		     const struct finding *finding, struct words *ret)
{
	const struct kill_news *k = &judge->news.kills;
	char ago[FORMAT_SIZE], whom[192];
	struct printable killer =
		printable(*k->killer ? k->killer : "a program", 24);

	(void)finding;
	words_ago(ago, passed(judge, k->by_user.at));
	if (k->by_oomd) {
		say_oomd(k, ago, ret);
		return;
	}
	write_change(&k->by_user, whom, sizeof(whom));
	words_text(ret,
		   "%s ended %s ago while memory was short; the kernel did not "
		   "kill it, %s may have",
		   whom, ago, killer.text);
	words_brief(ret, "%s gone %s ago, by %s?",
		    printable(k->by_user.name, 16).text, ago, killer.text);
}

#define KILLED .class = CLASS_FACT, .naming = NAME_LARGEST, .hides = "R34"
#define NEXT_AND_EVENTS                                             \
	.todo = "4 OOM shows who is next; 8 Events what led to it", \
	.todo_brief = "4 OOM: who is next; 8 Events: what led to it"

/* clang-format off */
static const struct rule rules[] = {
	{ .name = "R16-crash-loop", .title = "crash-looping on its limit",
	  .least = SEVERITY_CRIT, .most = SEVERITY_CRIT, LEGS(again_legs),
	  .say = say_again, .rank = 0, KILLED,
	  .todo = "6 Cgroups shows its limit (memory.max) and its processes; "
		  "8 Events what led to it",
	  .todo_brief = "6 Cgroups: its limit (memory.max); 8 Events: how" },
	{ .name = "R16-oom-kill", .title = "oom kill",
	  .least = SEVERITY_WARN, .most = SEVERITY_CRIT, LEGS(kill_legs),
	  .say = say_kill, .rank = 1, KILLED, NEXT_AND_EVENTS },
	{ .name = "R16-user-kill", .title = "killed in user space",
	  .least = SEVERITY_NOTE, .most = SEVERITY_WARN, LEGS(user_legs),
	  .say = say_user, .rank = 2, KILLED, NEXT_AND_EVENTS },
};
/* clang-format on */

const struct rule_set rules_kills = { rules, ARRAY_SIZE(rules) };
