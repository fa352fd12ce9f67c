/* SPDX-License-Identifier: MIT
 *
 * See incident.h.
 */
#include "incident.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/judges.h"
#include "memtop/list.h"

#define DAY_S 86400

static void forget_list(struct snapshot *snapshot, enum entity_id entity)
{
	list_unref(snapshot->lists[entity - ENTITY_LIST_FIRST]);
	snapshot->lists[entity - ENTITY_LIST_FIRST] = NULL;
}

/* Nothing is left of what was concluded when it was recorded.  The replay made
 * the sample for us: nobody else reads it. */
static struct snapshot *take_unjudged(struct history *history, uint64_t seq)
{
	const struct snapshot *sealed;
	struct snapshot *snapshot;

	assert_int_equal(history_at(history, seq, &sealed), 0);
	snapshot = (struct snapshot *)(uintptr_t)sealed;
	verdict_unref_texts(&snapshot->verdict);
	snapshot->verdict = (struct verdict){ 0 };
	forget_list(snapshot, ENTITY_TREND);
	forget_list(snapshot, ENTITY_EVENT);
	return snapshot;
}

static void judge_again(struct incident *incident)
{
	struct history_limits limits = { UINT64_MAX, SIZE_MAX };
	struct judges *judges = judges_new();
	struct replayed replayed;
	struct history_span span;

	replayed_open(&replayed, incident->recorded.path);
	assert_non_null(judges);
	assert_int_equal(history_new(&limits, &incident->judged), 0);
	history_span(replayed.history, &span);
	for (uint64_t seq = span.first_seq; seq <= span.last_seq; seq++) {
		struct snapshot *s = take_unjudged(replayed.history, seq);

		judges_step(judges, s);
		assert_int_equal(history_push(incident->judged, s), 0);
	}
	judges_free(judges);
	replayed_close(&replayed);
}

void incident_open(struct incident *incident, const char *kind)
{
	char command[256];

	setenv("TZ", "UTC", 1);
	tzset();
	incident->kind = kind;
	recorded_init(&incident->recorded);
	snprintf(command, sizeof(command),
		 "gzip -dc " INCIDENTS "/%s/recording.gz >%s", kind,
		 incident->recorded.path);
	assert_int_equal(system(command), 0);
	replayed_open(&incident->replayed, incident->recorded.path);
	judge_again(incident);
}

void incident_close(struct incident *incident)
{
	history_free(incident->judged);
	replayed_close(&incident->replayed);
	recorded_done(&incident->recorded);
}

/* "14:02:37" */
static int parse_clock(const char *text)
{
	int h, m, s;

	return sscanf(text, "%2d:%2d:%2d", &h, &m, &s) == 3
		       ? (h * 60 + m) * 60 + s
		       : -1;
}

static int second_of(uint64_t realtime_ns)
{
	return (int)(realtime_ns / NS_PER_S % DAY_S);
}

uint64_t incident_seq(const struct incident *incident, const char *clock)
{
	struct history_span span;
	uint64_t found = 0;

	history_span(incident->judged, &span);
	for (uint64_t seq = span.first_seq; seq <= span.last_seq; seq++) {
		const struct snapshot *s;

		assert_int_equal(history_at(incident->judged, seq, &s), 0);
		if (second_of(s->realtime_ns) == parse_clock(clock))
			found = seq;
		snapshot_unref(s);
	}
	return found;
}

static FILE *open_file(const struct incident *incident, const char *name)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), INCIDENTS "/%s/%s", incident->kind, name);
	file = fopen(path, "r");
	if (!file)
		fail_msg("%s is missing", path);
	return file;
}

void incident_live(const struct incident *incident, const char *name,
		   struct live_screen *ret)
{
	char path[64];
	const char *clock;
	FILE *file;

	*ret = (struct live_screen){ 0 };
	snprintf(path, sizeof(path), "live-%s.txt", name);
	file = open_file(incident, path);
	for (int i = 0; i < LIVE_ROWS; i++) {
		if (!fgets(ret->rows[i], LIVE_ROW_SIZE, file))
			break;
		ret->rows[i][strcspn(ret->rows[i], "\n")] = '\0';
	}
	fclose(file);
	clock = strrchr(ret->rows[0], ' ');
	assert_true(clock && parse_clock(clock + 1) >= 0);
	snprintf(ret->clock, sizeof(ret->clock), "%s", clock + 1);
}

int incident_time(const struct incident *incident, const char *what, int i)
{
	FILE *file = open_file(incident, "times");
	char clock[16], word[32];
	int found = -1;

	while (found < 0 && fscanf(file, "%15s %31s", clock, word) == 2)
		if (strcmp(word, what) == 0 && i-- == 0)
			found = parse_clock(clock);
	fclose(file);
	return found;
}

bool incident_kill(const struct incident *incident, int i, struct event *ret)
{
	const struct list *events = history_events(incident->judged);
	bool found = false;

	for (size_t k = 0; k < list_count(events) && !found; k++) {
		const struct event *event = list_row(events, k);

		if (strcmp(event->kind, "OOMKILL") != 0 || i-- > 0)
			continue;
		*ret = *event;
		/* the texts are the list's */
		ret->who = ret->what = ret->cgroup = NULL;
		found = true;
	}
	list_unref(events);
	return found;
}
