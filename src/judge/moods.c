/* SPDX-License-Identifier: MIT
 *
 * Rules on the line of time: one event for each rule and subject, from when it
 * becomes active until it no longer is, with its worst figure.  What comes back
 * within a minute goes on with the same event, and of one rule no more than one
 * event begins in five seconds.  Knows rules by their names only.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "events.h"
#include "memtop/text.h"

#define MERGE_NS (60 * NS_PER_S)
#define APART_NS (5 * NS_PER_S)
/* A worse figure alone is told no more often than that, */
#define RETELL_NS (10 * NS_PER_S)
/* and when it is worse by so much. */
#define WORSE 1.05

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
	{ "filling", EVENT_GROW },
	{ "slab", EVENT_GROW },	    { "unaccounted", EVENT_GROW },
	{ "available", EVENT_LOWMEM },
	{ "out-of-memory", EVENT_LOWMEM },
	{ "scatter", EVENT_FRAG },  { "compact", EVENT_FRAG },
	{ "huge", EVENT_HUGE },	    { "thp", EVENT_HUGE },
};
/* What grows has an event for each who does, by the list of trends. */
static const char *const by_trends[] = { "R17-", "R18-" };
/* clang-format on */

static enum event_kind kind_of(const struct mood *mood)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(mood->rule, words[i].word) &&
		    !(words[i].kind == EVENT_GROW && mood->taking.is_none))
			return words[i].kind;
	return mood->group ? EVENT_CGROUP : EVENT_RULE;
}

static bool is_told_elsewhere(const struct mood *mood)
{
	for (size_t i = 0; i < ARRAY_SIZE(by_trends); i++)
		if (!strncmp(mood->rule, by_trends[i], strlen(by_trends[i])))
			return true;
	return false;
}

/* ---- places -------------------------------------------------------------- */

static bool is_about(const struct mood_event *place, const struct mood *mood)
{
	return place->open != OPEN_MAX && place->group == mood->group &&
	       strcmp(place->rule, mood->rule) == 0;
}

static struct mood_event *find(struct events_judge *judge,
			       const struct mood *mood)
{
	for (size_t i = 0; i < MOODS_MAX; i++)
		if (is_about(&judge->moods[i], mood))
			return &judge->moods[i];
	return NULL;
}

/* Of a rule that has just begun with another subject there is no new one yet:
 * it will have its event, from its own beginning on, when it is still there. */
static bool is_too_soon(const struct events_judge *judge,
			const struct mood *mood)
{
	for (size_t i = 0; i < MOODS_MAX; i++) {
		const struct mood_event *place = &judge->moods[i];

		if (place->open != OPEN_MAX &&
		    strcmp(place->rule, mood->rule) == 0 &&
		    judge->now->boottime_ns < place->began_ns + APART_NS)
			return true;
	}
	return false;
}

/* A free one, or that of what was over first; NULL: all go on. */
static struct mood_event *find_place(struct events_judge *judge)
{
	struct mood_event *best = NULL;

	for (size_t i = 0; i < MOODS_MAX; i++) {
		struct mood_event *place = &judge->moods[i];

		if (place->open == OPEN_MAX)
			return place;
		if (place->left_ns && (!best || place->left_ns < best->left_ns))
			best = place;
	}
	if (best)
		events_close(judge, best->open);
	return best;
}

/* ---- telling ------------------------------------------------------------- */

static bool is_worse(const struct mood *mood, double than, double by)
{
	if (!mood->figure || isnan(mood->value))
		return false;
	if (isnan(than))
		return true;
	return mood->least ? mood->value < than / by : mood->value > than * by;
}

/* "memory_some_10s 41%" */
static void set_peak(struct event *event, struct mood_event *place)
{
	char figure[FORMAT_SIZE];

	place->told_peak = place->peak;
	if (place->figure && value_figure(figure, place->peak, place->unit))
		event_set_text(&event->peak, "%s %s", place->figure, figure);
}

static void set_what(struct event *event, const struct mood_event *place,
		     const struct mood *mood)
{
	event_set_text(&event->what, "%s%s%s", mood->words,
		       *place->taken ? "; " : "", place->taken);
}

/* Does it say more of who takes the memory than is told? */
static bool is_surer(const struct mood_event *place, const struct mood *mood)
{
	return mood->taking.certainty > place->certainty;
}

static void name_taker(struct events_judge *judge, struct event *event,
		       struct mood_event *place, const struct mood *mood)
{
	static const char *const sure[] = {
		[CERTAINTY_NONE] = "",
		[CERTAINTY_MAYBE] = "perhaps",
		[CERTAINTY_LIKELY] = "probably",
		[CERTAINTY_SURE] = "certain",
	};
	const struct taking *taking = &mood->taking;
	struct process_key key = { taking->pid, taking->start_ns };
	const struct process *process =
		taking->pid ? snapshot_find(judge->now, key) : NULL;

	place->certainty = taking->certainty;
	memcpy(place->taken, taking->words, sizeof(place->taken));
	strcpy(event->sure, sure[taking->certainty]);
	if (process) {
		event_set_process(event, process);
	} else if (*taking->name) {
		event_set_text(&event->who, "%s", taking->name);
		text_unref(event->cgroup);
		event->cgroup = text_ref(taking->path);
	}
}

static void begin(struct events_judge *judge, const struct mood *mood)
{
	struct mood_event *place = find_place(judge);
	struct event *event;

	if (!place)
		return;
	*place = (struct mood_event){
		.open = events_begin(judge, kind_of(mood), mood->severity),
		.rule = mood->rule,
		.group = mood->group,
		.began_ns = judge->now->boottime_ns,
		.told_ns = judge->now->boottime_ns,
		.figure = mood->figure,
		.unit = mood->unit,
		.peak = mood->value,
		.heard = true,
	};
	event = events_change(judge, place->open);
	if (mood->since_realtime_ns != UNKNOWN &&
	    mood->since_realtime_ns < event->begin_ns)
		event->begin_ns = mood->since_realtime_ns;
	event->end_ns = UNKNOWN;
	snprintf(event->rule, sizeof(event->rule), "%s", mood->rule);
	if (*mood->name)
		event_set_text(&event->who, "%s", mood->name);
	event->cgroup = text_ref(mood->path);
	name_taker(judge, event, place, mood);
	set_what(event, place, mood);
	set_peak(event, place);
}

/* It goes on: worse counts, and it may have paused. */
static void go_on(struct events_judge *judge, struct mood_event *place,
		  const struct mood *mood)
{
	const struct event *kept = &judge->open[place->open].event;
	uint64_t now_ns = judge->now->boottime_ns;
	bool is_graver = event_severity_find(kept->severity) < mood->severity;
	struct event *event;

	place->heard = true;
	if (is_worse(mood, place->peak, 1))
		place->peak = mood->value;
	if (!is_graver && !place->left_ns && !is_surer(place, mood) &&
	    !(now_ns >= place->told_ns + RETELL_NS &&
	      is_worse(mood, place->told_peak, WORSE)))
		return;
	event = events_change(judge, place->open);
	event->end_ns = UNKNOWN;
	place->left_ns = 0;
	place->told_ns = now_ns;
	set_peak(event, place);
	if (!is_graver && !is_surer(place, mood))
		return;
	if (is_surer(place, mood))
		name_taker(judge, event, place, mood);
	if (is_graver)
		event_set_severity(event, mood->severity);
	set_what(event, place, mood);
}

static void leave(struct events_judge *judge, struct mood_event *place)
{
	uint64_t now_ns = judge->now->boottime_ns;
	struct event *event;

	if (!place->left_ns) {
		event = events_change(judge, place->open);
		event->end_ns = judge->now->realtime_ns;
		set_peak(event, place);
		place->left_ns = now_ns;
	} else if (now_ns > place->left_ns + MERGE_NS) {
		events_close(judge, place->open);
	}
}

void moods_step(struct events_judge *judge)
{
	for (size_t i = 0; i < MOODS_MAX; i++)
		judge->moods[i].heard = false;
	for (size_t i = 0; i < judge->nheard; i++) {
		const struct mood *mood = &judge->heard[i];
		struct mood_event *place = find(judge, mood);

		if (place)
			go_on(judge, place, mood);
		else if (!is_told_elsewhere(mood) && !is_too_soon(judge, mood))
			begin(judge, mood);
	}
	for (size_t i = 0; i < MOODS_MAX; i++)
		if (judge->moods[i].open != OPEN_MAX && !judge->moods[i].heard)
			leave(judge, &judge->moods[i]);
}
