/* SPDX-License-Identifier: MIT
 *
 * The verdict as it stands in the snapshot: the leading rule's line with its
 * beginning, its figures with their limits, the others below it.  Decides
 * nothing: what holds, and in which order, comes in.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "memtop/cgroup.h"
#include "memtop/field.h"
#include "memtop/trend.h"
#include "seal.h"

#define CALM_FROM_NS (600 * NS_PER_S)

/* What was said in the step before is not written anew: the history keeps
 * what changes. */
static const struct text *make_text(struct verdict_judge *judge, size_t slot,
				    const char *line)
{
	const struct text **last = &judge->last_texts[slot];

	if (!*line) {
		text_unref(*last);
		*last = NULL;
		return NULL;
	}
	if (!*last || strcmp(text_str(*last), line) != 0) {
		text_unref(*last);
		*last = text_new(line, strlen(line));
	}
	return text_ref(*last);
}

static void put_text(struct verdict_judge *judge, struct verdict *verdict,
		     const struct text **member, const char *line)
{
	size_t slot = 0;

	while (verdict_text(verdict, slot) != member)
		slot++;
	*member = make_text(judge, slot, line);
}

/* Inside a container what is said of the machine is about its host. */
static bool is_of_host(const struct verdict_judge *judge,
		       const struct finding *finding)
{
	return judge->container && !finding->state->group &&
	       !finding->rule->inner && finding->rule->class != CLASS_FACT &&
	       finding->rule->class != CLASS_CALM;
}

static void write_title(const struct verdict_judge *judge,
			const struct finding *finding, char *buf, size_t size)
{
	const struct rule *rule = finding->rule;
	const char *maybe = "";

	if (rule->inferred && __builtin_popcount(finding->state->families) == 2)
		maybe = "probably ";
	snprintf(buf, size, "%s%s%s",
		 is_of_host(judge, finding) ? "host: " : "", maybe,
		 rule->title);
	if (finding->severity >= SEVERITY_WARN)
		for (char *p = buf; *p; p++)
			*p = (char)toupper((unsigned char)*p);
}

/* " over since 14:03:10 (after 14m)", " over since 14:03" */
static void write_easing(const struct verdict_judge *judge,
			 const struct finding *finding, char *full, char *brief,
			 size_t size)
{
	const struct level *level = finding->level;
	uint64_t ago = sub_floor(judge->now.boottime_ns, level->held_ns);
	uint64_t lasted = sub_floor(level->held_ns, level->since.boottime_ns);
	const char *word = finding->over ? "over" : "easing";
	uint64_t now_ns = judge->now.realtime_ns,
		 at_ns = sub_floor(now_ns, ago);
	char when[2][FORMAT_SIZE], after[FORMAT_SIZE];

	format_duration(after, lasted);
	snprintf(full, size, " %s since %s (after %s%s)", word,
		 format_when(when[0], at_ns, now_ns, true),
		 level->at_least ? "at least " : "", after);
	snprintf(brief, size, " %s since %s", word,
		 format_when(when[1], at_ns, now_ns, false));
}

/* " for 14m (since 13:48:10)", " 14m (since 13:48)" */
static void write_since(const struct verdict_judge *judge,
			const struct finding *finding, char *full, char *brief,
			size_t size)
{
	const struct level *level = finding->level;
	uint64_t since_ns = level->since.realtime_ns;
	char lasts[FORMAT_SIZE], when[2][FORMAT_SIZE];
	uint64_t ns = passed(judge, level->since);

	*full = *brief = '\0';
	if (finding->rule->class == CLASS_FACT)
		return;
	if (finding->rule->class == CLASS_CALM && ns < CALM_FROM_NS)
		return;
	if (finding->easing) {
		write_easing(judge, finding, full, brief, size);
		return;
	}
	/* at the first look nobody knows */
	if (level->at_least && ns < NS_PER_S)
		return;
	format_duration(lasts, ns);
	if (level->at_least) {
		snprintf(full, size, " for at least %s", lasts);
		snprintf(brief, size, " at least %s", lasts);
	} else if (finding->rule->class == CLASS_CALM) {
		snprintf(full, size, " for %s", lasts);
		snprintf(brief, size, " %s", lasts);
	} else {
		snprintf(full, size, " for %s (since %s)", lasts,
			 format_when(when[0], since_ns, judge->now.realtime_ns,
				     true));
		snprintf(brief, size, " %s (since %s)", lasts,
			 format_when(when[1], since_ns, judge->now.realtime_ns,
				     false));
	}
}

/* " 14m (since 13:48)" */
static bool has_clock(const struct finding *finding, const char *brief)
{
	return !finding->easing && strstr(brief, "(since ");
}

/* Its condition is gone, and only the line stays for a while. */
static bool is_clearing(const struct verdict_judge *judge,
			const struct finding *finding)
{
	return finding->rule->peak && finding->state->peak > 0 &&
	       judge->now.boottime_ns > finding->level->held_ns;
}

/* "some task waited 41% of the time at its worst, now 0%": what it is now
 * alone would say that nothing is wrong. */
static void write_peak(const struct verdict_judge *judge,
		       const struct finding *finding, struct words *ret)
{
	const struct rule_state *state = finding->state;
	const struct rule *rule = finding->rule;
	uint32_t unit = fact_infos[rule->peak].unit;
	double now = rule->grouped
			     ? state->values[rule->peak - FACT_GROUP_FIRST]
			     : fact(judge, rule->peak);
	struct figure worst = figure_of(state->peak, unit);
	char name[64] = "", rest[FORMAT_SIZE + 8] = "";

	if (rule->grouped)
		text_printable(name, sizeof(name), state->name,
			       strlen(state->name), 32);
	if (!isnan(now))
		snprintf(rest, sizeof(rest), ", now %s",
			 figure_of(now, unit).text);
	words_text(ret, "%s%s%s%s%s at its worst%s", name, *name ? " " : "",
		   rule->eased[0], worst.text, rule->eased[1], rest);
	words_brief(ret, "%s%s%s at its worst%s", name, *name ? " " : "",
		    worst.text, rest);
}

void seal_words(const struct verdict_judge *judge,
		const struct finding *finding, struct words *ret)
{
	if (is_clearing(judge, finding))
		write_peak(judge, finding, ret);
	else
		finding->rule->say(judge, finding, ret);
}

static void write_line(const struct verdict_judge *judge,
		       const struct finding *finding, struct line *ret)
{
	char title[112], full[128], brief[128];
	struct words words = { .text = "" };

	seal_words(judge, finding, &words);
	write_title(judge, finding, title, sizeof(title));
	write_since(judge, finding, full, brief, sizeof(brief));
	snprintf(ret->full, sizeof(ret->full), "%s%s: %s", title, full,
		 words.text);
	snprintf(ret->brief, sizeof(ret->brief), "%s%s: %s", title, brief,
		 words.brief);
	/* where the narrow screen has no room: the beginning alone, none */
	if (text_cells(ret->brief) > BRIEF_CELLS && has_clock(finding, brief)) {
		format_when(full, finding->level->since.realtime_ns,
			    judge->now.realtime_ns, false);
		snprintf(ret->brief, sizeof(ret->brief), "%s since %s: %s",
			 title, full, words.brief);
	}
	if (text_cells(ret->brief) > BRIEF_CELLS)
		snprintf(ret->brief, sizeof(ret->brief), "%s: %s", title,
			 words.brief);
}

static double three_digits(double value)
{
	double scale;

	if (!isfinite(value) || value == 0)
		return value;
	scale = pow(10, 2 - floor(log10(fabs(value))));
	return round(value * scale) / scale;
}

static void put_evidence(const struct verdict_judge *judge,
			 const struct finding *finding, struct verdict *verdict)
{
	struct facts facts = judge->facts;
	const struct rule *rule = finding->rule;
	enum severity severity = finding->limits;
	size_t count = 0;

	if (finding->state->group)
		memcpy(&facts.value[FACT_GROUP_FIRST], finding->state->values,
		       sizeof(finding->state->values));
	for (size_t i = 0; i < rule->nlegs && count < VERDICT_EVIDENCE; i++) {
		const struct leg *leg = &rule->legs[i];
		double limit = leg_limit(leg, &facts, severity);
		const char *name = fact_infos[leg->fact].name;
		bool known = false;

		for (size_t k = 0; k < count; k++)
			known = known || verdict->evidence[k].name == name;
		if (known || (isnan(limit) && isnan(facts.value[leg->fact])))
			continue;
		verdict->evidence[count++] = (struct evidence){
			.name = name,
			.unit = fact_infos[leg->fact].unit,
			.comparison =
				isnan(limit) ? COMPARE_NONE : leg->comparison,
			.value = three_digits(facts.value[leg->fact]),
			.limit = three_digits(limit),
		};
	}
}

static void put_also(struct verdict_judge *judge,
		     const struct finding *findings, size_t count,
		     struct verdict *verdict)
{
	for (size_t i = 0, k = 1; i < VERDICT_ALSO; i++, k++) {
		struct also *also = &verdict->also[i];
		struct line line = { .full = "" };

		if (k < count && findings[k].severity > SEVERITY_OK) {
			write_line(judge, &findings[k], &line);
			also->rule = findings[k].rule->name;
			also->severity = findings[k].severity;
			also->at_least = findings[k].level->at_least;
			also->since_realtime_ns =
				findings[k].level->since.realtime_ns;
		}
		put_text(judge, verdict, &also->text, line.full);
	}
}

/* Where to turn to; first to `?`, when it has a setting worth trying. */
static void write_todo(const struct rule *rule, bool has_advice,
		       struct line *ret)
{
	const char *first = has_advice ? "? has a setting to try" : "";
	const char *then = has_advice && rule->todo ? "; " : "";
	const char *full = rule->todo ? rule->todo : "";
	const char *brief = rule->todo_brief ? rule->todo_brief : full;

	snprintf(ret->full, sizeof(ret->full), "%s%s%s", first, then, full);
	snprintf(ret->brief, sizeof(ret->brief), "%s%s%s", first, then, brief);
}

/* Whose end is near: in the cgroup that the line is about, in the one where
 * somebody was killed, or of all. */
static void choose_victims(struct verdict_judge *judge,
			   const struct finding *first)
{
	const struct text *path = NULL;
	const struct cgroup *group;
	struct oom_limit limit;
	double eta_ns = NAN;

	judge->victims = &judge->people.victims;
	if (first->rule->kills && first->state->group) {
		group = groups_find(judge, first->state);
		path = group ? group->path : NULL;
	} else if (finding_is_kill(first)) {
		group = news_kills_place(judge);
		path = group ? group->path : NULL;
	} else if (first->severity >= SEVERITY_WARN) {
		group = taker_limit(judge, &limit, &eta_ns);
		path = group ? group->path : NULL;
	}
	if (!path || !oom_limit_of(judge->snapshot, text_str(path), &limit))
		return;
	victims_of_limit(&judge->there, judge->snapshot, &limit);
	if (isnan(judge->there.eta_ns))
		judge->there.eta_ns = eta_ns;
	judge->victims = &judge->there;
}

static void choose_leaker(struct verdict_judge *judge,
			  const struct finding *first)
{
	const struct trend *trend;
	struct process_key key;

	judge->leaker.is_there = false;
	if (first->rule->naming != NAME_LEAKER)
		return;
	trend = rules_worst_trend(judge, "process");
	if (!trend)
		return;
	key = (struct process_key){ (pid_t)trend->pid, trend->start_ns };
	person_introduce(&judge->leaker, snapshot_find(judge->snapshot, key),
			 NAN);
}

void seal_verdict(struct verdict_judge *judge, const struct finding *findings,
		  size_t count, struct snapshot *snapshot)
{
	struct verdict *verdict = &snapshot->verdict;
	const struct finding *first = &findings[0];
	char advice[ADVICE_SIZE];
	struct line line;

	if (!count)
		return;
	choose_victims(judge, first);
	choose_leaker(judge, first);
	verdict->severity = first->severity;
	verdict->rule = first->rule->name;
	verdict->since_realtime_ns = first->level->since.realtime_ns;
	verdict->at_least = first->level->at_least;
	write_line(judge, first, &line);
	put_text(judge, verdict, &verdict->text, line.full);
	put_text(judge, verdict, &verdict->brief, line.brief);
	write_who(judge, first, &line);
	put_text(judge, verdict, &verdict->who, line.full);
	put_text(judge, verdict, &verdict->who_brief, line.brief);
	write_next(judge, first, &line);
	put_text(judge, verdict, &verdict->next, line.full);
	put_text(judge, verdict, &verdict->next_brief, line.brief);
	advice_write(judge, findings, count, advice, sizeof(advice));
	put_text(judge, verdict, &verdict->advice, advice);
	write_todo(first->rule, *advice, &line);
	put_text(judge, verdict, &verdict->todo, line.full);
	put_text(judge, verdict, &verdict->todo_brief, line.brief);
	put_evidence(judge, first, verdict);
	put_subjects(judge, first, verdict);
	for (size_t i = 0; i < VERDICT_SUBJECTS; i++)
		put_text(judge, verdict, &verdict->subjects[i].name,
			 subject_name(judge, first, verdict, i));
	put_also(judge, findings, count, verdict);
}
