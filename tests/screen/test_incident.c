/* SPDX-License-Identifier: MIT
 *
 * Real incidents, recorded in virtual machines: does the first screen, at
 * 80x24 and without a key, say what is wrong, who it is, what dies next and
 * since when?  The samples are those of then, the judges those of now.
 *
 *   thrash     swap on a slow disk; one grows until those at work don't fit
 *   zram       the same with compressed swap
 *   crashloop  a service that is killed at its limit, and started again
 *   oom        no swap; one grows until the kernel acts
 */
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

#include "../../src/ui/ui.h"
#include "expected.h"
#include "incident.h"
#include "memtop/base.h"

enum { ROWS = 24, COLS = 80, WIDE_ROWS = 36, WIDE_COLS = 120 };

static struct incident incident;

static int close_incident(void **state)
{
	(void)state;
	incident_close(&incident);
	return 0;
}

/* ---- screens ------------------------------------------------------------- */

/* The whole screen at that sample, as it comes up; malloc'ed. */
static char *pane_at(struct history *history, uint64_t seq, int rows, int cols,
		     enum pane_id pane)
{
	struct ui_options options = {
		.term = { .null_device = true, .ascii = true },
		.pane = pane,
		.query = { .active = NO_FIELD },
		.delay_ns = NS_PER_S,
		.first_seq = seq,
	};
	static struct ui ui;
	char number[16], *text;

	assert_true(seq > 0);
	snprintf(number, sizeof(number), "%d", rows);
	setenv("LINES", number, 1);
	snprintf(number, sizeof(number), "%d", cols);
	setenv("COLUMNS", number, 1);
	assert_int_equal(
		ui_init(&ui, incident.replayed.source, history, &options), 0);
	ui_paint(&ui);
	text = expected_screen(rows, cols);
	ui_done(&ui);
	return text;
}

static char *screen_at(struct history *history, uint64_t seq, int rows,
		       int cols)
{
	return pane_at(history, seq, rows, cols, PANE_OVERVIEW);
}

struct line {
	char text[LIVE_ROW_SIZE];
};

static struct line row_of(const char *screen, int number)
{
	struct line row;

	while (number-- > 0)
		screen += strcspn(screen, "\n") + 1;
	snprintf(row.text, sizeof(row.text), "%.*s", (int)strcspn(screen, "\n"),
		 screen);
	return row;
}

/* The row that begins like that: " who ", " next ", " CRIT ". */
static struct line row_with(const char *screen, const char *label)
{
	for (int i = 0; i < ROWS; i++) {
		struct line row = row_of(screen, i);

		if (strncmp(row.text, label, strlen(label)) == 0)
			return row;
	}
	fail_msg("no row begins with \"%s\":\n%s", label, screen);
	return (struct line){ "" };
}

static void expect_in_row(const char *screen, const char *label,
			  const char *part)
{
	struct line row = row_with(screen, label);

	if (!strstr(row.text, part))
		fail_msg("\"%s\" lacks \"%s\"", row.text, part);
}

/* ---- what is wrong, who, what dies next ---------------------------------- */

struct moment {
	const char *kind, *name; /* of the screen that was seen live */
	const char *label;	 /* of the verdict */
	const char *what, *who, *next;
	bool wide; /* at 120x36 as well */
};

/* clang-format off */
static const struct moment moments[] = {
	{ "thrash", "calm", " OK ", "healthy", "largest: postgres[",
	  "no OOM risk now", false },
	{ "thrash", "called", " WARN ", "THRASHING", "reindex[",
	  "no OOM soon", true },
	{ "thrash", "late", " WARN ", "THRASHING", "reindex[",
	  "no OOM soon", false },
	{ "thrash", "easing", " WARN ", "at its worst, now 0", "reindex[",
	  "no OOM soon", true },
	{ "thrash", "after", " OK ", "healthy", "largest: postgres[",
	  "no OOM risk now", false },
	{ "zram", "called", " CRIT ", "THRASHING", "reindex[", "no OOM soon",
	  false },
	{ "zram", "late", " CRIT ", "THRASHING", "reindex[", "no OOM soon",
	  false },
	{ "crashloop", "near1", " WARN ", "MEMORY IS FILLING",
	  "invoice-worker[", "kills invoice-worker[", true },
	{ "crashloop", "killed1", " CRIT ", "OOM KILL: ", "invoice-worker[",
	  "room left 56M in invoice-worker.service", true },
	{ "crashloop", "near4", " CRIT ", "CRASH-LOOPING", "invoice-worker[",
	  "kills invoice-worker[", false },
	{ "crashloop", "after", " CRIT ",
	  "CRASH-LOOPING ON ITS LIMIT: invoice-worker.service",
	  "invoice-worker[", "room left 56M in invoice-worker.service", true },
	{ "oom", "growing", " WARN ", "MEMORY IS FILLING", "java[",
	  "java[", false },
	{ "oom", "forecast", " CRIT ", "OUT OF MEMORY NEAR", "java[", "java[",
	  true },
	{ "oom", "killed", " CRIT ", "OOM KILL: ", "java[", "postgres[",
	  true },
	{ "oom", "after", " CRIT ", "OOM KILL: ", "java[", "postgres[",
	  false },
};
/* clang-format on */

static int open_moment(void **state)
{
	const struct moment *moment = *state;

	incident_open(&incident, moment->kind);
	return 0;
}

static void expect_moment(const struct moment *moment, uint64_t seq, int rows,
			  int cols)
{
	char name[96], *screen;

	screen = screen_at(incident.judged, seq, rows, cols);
	expect_in_row(screen, moment->label, moment->what);
	expect_in_row(screen, " who ", moment->who);
	expect_in_row(screen, " next ", moment->next);
	snprintf(name, sizeof(name), "incident-%s-%s-%dx%d", moment->kind,
		 moment->name, cols, rows);
	expected_text(screen, name);
	free(screen);
}

static void test_moment(void **state)
{
	const struct moment *moment = *state;
	struct live_screen live;
	uint64_t seq;

	incident_live(&incident, moment->name, &live);
	seq = incident_seq(&incident, live.clock);
	expect_moment(moment, seq, ROWS, COLS);
	if (moment->wide)
		expect_moment(moment, seq, WIDE_ROWS, WIDE_COLS);
}

/* ---- a recording shows what was seen ------------------------------------- */

/* Row 0 has the tabs, and below it a replay names its file. */
enum { FILE_ROWS = 1, HEAD_FIRST = 1, HEAD_LAST = 6 };

static void test_live(void **state)
{
	const struct moment *moment = *state;
	struct live_screen live;
	char *screen;

	incident_live(&incident, moment->name, &live);
	screen = screen_at(incident.replayed.history,
			   incident_seq(&incident, live.clock), ROWS, COLS);
	for (int i = HEAD_FIRST; i <= HEAD_LAST; i++)
		assert_string_equal(row_of(screen, i + FILE_ROWS).text,
				    live.rows[i]);
	free(screen);
}

/* ---- since when ---------------------------------------------------------- */

struct beginning {
	const char *kind, *name, *mark;
	int early_s, late_s; /* of what was done, the line may begin */
};

/* What was done is not yet felt: memory has to fill first. */
static const struct beginning beginnings[] = {
	{ "thrash", "called", "onset", 0, 25 },
	{ "zram", "called", "onset", 0, 25 },
	{ "oom", "growing", "onset", 0, 10 },
	{ "oom", "killed", "killed", 2, 1 },
	{ "crashloop", "killed1", "killed", 2, 1 },
};

static int second_of(uint64_t realtime_ns)
{
	return (int)(realtime_ns / NS_PER_S % 86400);
}

static void expect_beginning(const struct beginning *b)
{
	const struct snapshot *s;
	struct live_screen live;
	char clock[FORMAT_SIZE], *screen;
	int since, mark = incident_time(&incident, b->mark, 0);
	uint64_t seq;

	incident_live(&incident, b->name, &live);
	seq = incident_seq(&incident, live.clock);
	assert_int_equal(history_at(incident.judged, seq, &s), 0);
	since = second_of(s->verdict.since_realtime_ns);
	if (since < mark - b->early_s || since > mark + b->late_s)
		fail_msg("%s %s: since %d s after the mark", b->kind, b->name,
			 since - mark);
	/* and it is on the screen, to the minute */
	format_clock(clock, s->verdict.since_realtime_ns, false);
	clock[5] = '\0';
	screen = screen_at(incident.judged, seq, ROWS, COLS);
	expect_in_row(screen,
		      s->verdict.severity == SEVERITY_CRIT ? " CRIT "
							   : " WARN ",
		      clock);
	free(screen);
	snapshot_unref(s);
}

static void test_since(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(beginnings); i++) {
		incident_open(&incident, beginnings[i].kind);
		expect_beginning(&beginnings[i]);
		incident_close(&incident);
	}
}

/* ---- who was said to die next is who died -------------------------------- */

/* The last sample before that. */
static uint64_t seq_before(uint64_t realtime_ns)
{
	struct history_span span;
	uint64_t found = 0;

	history_span(incident.judged, &span);
	for (uint64_t seq = span.first_seq; seq <= span.last_seq; seq++) {
		const struct snapshot *s;

		assert_int_equal(history_at(incident.judged, seq, &s), 0);
		if (s->realtime_ns < realtime_ns)
			found = seq;
		snapshot_unref(s);
	}
	return found;
}

/* Every kill of an incident; returns how many there were. */
static int expect_forecasts(const char *kind)
{
	struct event kill;
	int count = 0;

	incident_open(&incident, kind);
	for (; incident_kill(&incident, count, &kill); count++) {
		char name[96], *screen;

		snprintf(name, sizeof(name), "%s[%d]", kill.comm,
			 (int)kill.pid);
		screen = screen_at(incident.judged, seq_before(kill.begin_ns),
				   ROWS, COLS);
		expect_in_row(screen, " next ", name);
		free(screen);
	}
	incident_close(&incident);
	return count;
}

static void test_forecasts(void **state)
{
	(void)state;
	assert_int_equal(expect_forecasts("oom"), 1);
	assert_int_equal(expect_forecasts("crashloop"), 4);
}

/* ---- the manual's example ------------------------------------------------ */

/* Who held most swap in that minute? */
static void test_manual_answers(void **state)
{
	struct live_screen live;
	char sql[128], *text;

	(void)state;
	incident_open(&incident, "thrash");
	incident_live(&incident, "late", &live);
	live.clock[5] = '\0';
	snprintf(sql, sizeof(sql),
		 "SELECT * FROM top_swap WHERE time LIKE '%%%s%%' LIMIT 5",
		 live.clock);
	text = recorded_sql(incident.recorded.path, sql);
	assert_non_null(text);
	assert_non_null(strstr(text, "|reindex|root|"));
	free(text);
	incident_close(&incident);
}

/* The pane of the kill order is no surer than the line, and who is never
 * killed has no place in it. */
static void test_order(void **state)
{
	char *screen;

	(void)state;
	incident_open(&incident, "oom");
	screen = pane_at(incident.judged, incident_seq(&incident, "20:27:49"),
			 WIDE_ROWS, WIDE_COLS, PANE_OOM);
	assert_non_null(strstr(screen, "order: one of java[125] or "));
	assert_non_null(strstr(screen, "        -       1 root"));
	assert_non_null(strstr(screen, "       1     125 root"));
	free(screen);
	incident_close(&incident);
}

/* Memory fills: the pane of events names who takes it, on both sizes. */
static void test_filling(void **state)
{
	const int cols[] = { COLS, WIDE_COLS };
	char *screen;

	(void)state;
	incident_open(&incident, "oom");
	for (size_t i = 0; i < ARRAY_SIZE(cols); i++) {
		screen = pane_at(incident.judged,
				 incident_seq(&incident, "20:27:49"), WIDE_ROWS,
				 cols[i], PANE_EVENTS);
		assert_non_null(strstr(screen, " GROW    java[125] "));
		assert_non_null(strstr(screen, "full in ~20 s; takes"));
		free(screen);
	}
	incident_close(&incident);
}

/* Where the figures are one line none of them is cut off: how much of the time
 * all wait stands at its end. */
static void test_one_line(void **state)
{
	struct line line;
	char *screen;

	(void)state;
	incident_open(&incident, "thrash");
	for (int cols = 62; cols <= 90; cols++) {
		screen = pane_at(incident.judged,
				 incident_seq(&incident, "20:25:01"), ROWS,
				 cols, PANE_OOM);
		line = row_of(screen, 2);
		if (!strstr(line.text, "RAM") || !strstr(line.text, "full 4%"))
			fail_msg("%d cells: %s", cols, line.text);
		free(screen);
	}
	incident_close(&incident);
}

int main(void)
{
	struct CMUnitTest tests[2 * ARRAY_SIZE(moments) + 6];
	char names[2][ARRAY_SIZE(moments)][48];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		for (int k = 0; k < 2; k++) {
			snprintf(names[k][i], sizeof(names[k][i]), "%s-%s%s",
				 moments[i].kind, moments[i].name,
				 k ? "-as-seen" : "");
			tests[n++] = (struct CMUnitTest){
				.name = names[k][i],
				.test_func = k ? test_live : test_moment,
				.setup_func = open_moment,
				.teardown_func = close_incident,
				.initial_state = (void *)(uintptr_t)&moments[i],
			};
		}
	}
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_since);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_forecasts);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_filling);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_manual_answers);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_order);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_one_line);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
