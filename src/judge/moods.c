/* SPDX-License-Identifier: MIT
 *
 * The verdict on the line of time: one event from when a rule begins to lead
 * until it no longer does.  Who comes back within a minute goes on with the
 * same event.  Knows rules by their names only.
 */
#include <stdio.h>
#include <string.h>

#include "events.h"

#define MERGE_NS (60 * NS_PER_S)

/* By how the name begins or what it holds; the first that fits. */
/* clang-format off */
static const struct {
	const char *word;
	enum event_kind kind;
} words[] = {
	{ "thrash", EVENT_THRASH },
	{ "cgroup", EVENT_CGROUP }, { "memcg", EVENT_CGROUP },
	{ "swap", EVENT_SWAP },	    { "zram", EVENT_SWAP },
	{ "stall", EVENT_PSI },	    { "reclaim", EVENT_PSI },
	{ "leak", EVENT_GROW },	    { "filling", EVENT_GROW },
	{ "slab", EVENT_GROW },	    { "unaccounted", EVENT_GROW },
	{ "available", EVENT_LOWMEM },
	{ "out-of-memory", EVENT_LOWMEM },
	{ "frag", EVENT_FRAG },	    { "compact", EVENT_FRAG },
	{ "huge", EVENT_HUGE },	    { "thp", EVENT_HUGE },
};
/* Told as events of their own. */
static const char *const facts[] = { "R16-", "R33-", "R34-", "R35-",
				     "R42-" };
/* clang-format on */

static enum event_kind kind_of(const char *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(rule, words[i].word))
			return words[i].kind;
	return EVENT_RULE;
}

static bool is_told_elsewhere(const char *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++)
		if (!strncmp(rule, facts[i], strlen(facts[i])))
			return true;
	return false;
}

static const struct text *words_of(const struct verdict *verdict)
{
	return verdict->brief ? verdict->brief : verdict->text;
}

static void begin(struct events_judge *judge, const struct verdict *verdict)
{
	size_t place =
		events_begin(judge, kind_of(verdict->rule), verdict->severity);
	struct event *event = events_change(judge, place);

	if (verdict->since_realtime_ns != UNKNOWN &&
	    verdict->since_realtime_ns < event->begin_ns)
		event->begin_ns = verdict->since_realtime_ns;
	event->end_ns = UNKNOWN;
	event_set_text(&event->what, "%s", text_str(words_of(verdict)));
	judge->mood = place;
	judge->mood_left_ns = 0;
	snprintf(judge->mood_rule, sizeof(judge->mood_rule), "%s",
		 verdict->rule);
}

static void end(struct events_judge *judge)
{
	struct event *event = events_change(judge, judge->mood);

	event->end_ns = judge->now->realtime_ns;
	judge->mood_left_ns = judge->now->boottime_ns;
}

/* The same rule leads as before: worse counts, and it may have paused. */
static void go_on(struct events_judge *judge, const struct verdict *verdict)
{
	const struct event *kept = &judge->open[judge->mood].event;
	struct event *event;

	if (event_severity_find(kept->severity) >= verdict->severity &&
	    !judge->mood_left_ns)
		return;
	event = events_change(judge, judge->mood);
	event->end_ns = UNKNOWN;
	judge->mood_left_ns = 0;
	if (event_severity_find(event->severity) >= verdict->severity)
		return;
	event_set_severity(event, verdict->severity);
	event_set_text(&event->what, "%s", text_str(words_of(verdict)));
}

void moods_step(struct events_judge *judge)
{
	const struct verdict *verdict = &judge->now->verdict;
	bool is_told = verdict->rule && words_of(verdict) &&
		       verdict->severity > SEVERITY_OK &&
		       !is_told_elsewhere(verdict->rule);

	if (judge->mood != OPEN_MAX && judge->mood_left_ns &&
	    judge->now->boottime_ns > judge->mood_left_ns + MERGE_NS)
		events_close(judge, judge->mood);
	if (is_told && judge->mood != OPEN_MAX &&
	    !strcmp(judge->mood_rule, verdict->rule)) {
		go_on(judge, verdict);
		return;
	}
	if (judge->mood != OPEN_MAX && !judge->mood_left_ns)
		end(judge);
	if (!is_told)
		return;
	if (judge->mood != OPEN_MAX)
		events_close(judge, judge->mood);
	begin(judge, verdict);
}
