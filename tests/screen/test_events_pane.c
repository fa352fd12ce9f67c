/* SPDX-License-Identifier: MIT
 *
 * The Events pane and the keys that go from event to event: live, and the
 * same on a recording, whose events come from its own table.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/event.h"
#include "recorded.h"
#include "stage.h"

enum { ROWS = 24, COLS = 120, SAMPLES = 71 };

static void begin(struct stage *stage)
{
	stage_begin(stage, SCRIPTED_INCIDENT, SAMPLES, ROWS, COLS);
}

static void expect_shown(const struct stage *stage, const char *text)
{
	if (!stage_shows(stage, text))
		fail_msg("'%s' is not on the screen", text);
}

static void expect_hidden(const struct stage *stage, const char *text)
{
	if (stage_shows(stage, text))
		fail_msg("'%s' is on the screen", text);
}

/* From one to the one before, on any pane; past the first there is none. */
static void test_back_and_forth(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	stage_keys(&stage, "{");
	expect_shown(&stage, "14:03:43 ADJ celery[52011]");
	assert_int_equal(stage.ui.seq, 67);
	assert_true(stage.ui.paused);
	stage_keys(&stage, "{");
	expect_shown(&stage, "14:03:29 OOMKILL gunicorn[51877]");
	assert_int_equal(stage.ui.seq, 53);
	stage_keys(&stage, "{{{{");
	expect_shown(&stage, "14:02:45 GROW java[48213]");
	assert_int_equal(stage.ui.seq, 9);
	stage_keys(&stage, "{");
	assert_int_equal(stage.ui.seq, 1);
	stage_keys(&stage, "{");
	expect_shown(&stage, "no earlier event");
	assert_int_equal(stage.ui.seq, 1);
	stage_keys(&stage, "}}}");
	expect_shown(&stage, "14:03:08 THRASH (system)");
	assert_int_equal(stage.ui.seq, 32);
	stage_keys(&stage, "}}}}");
	expect_shown(&stage, "no later event");
	stage_end(&stage);
}

/* `i` leaves out what is less, in the pane and for the keys. */
static void test_severities(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	stage_keys(&stage, "8");
	expect_shown(&stage, "Events (all severities)");
	stage_keys(&stage, "i");
	expect_shown(&stage, "Events (WARN and CRIT)");
	expect_hidden(&stage, "throttled at memory.high");
	expect_shown(&stage, "its floor rises steadily");
	stage_keys(&stage, "i");
	expect_shown(&stage, "Events (CRIT)");
	expect_hidden(&stage, "its floor rises steadily");
	stage_keys(&stage, "{");
	assert_int_equal(stage.ui.seq, 53);
	stage_keys(&stage, "{");
	assert_int_equal(stage.ui.seq, 32);
	stage_keys(&stage, "{");
	expect_shown(&stage, "no earlier event");
	stage_keys(&stage, "i");
	expect_shown(&stage, "Events (all severities)");
	stage_end(&stage);
}

/* Enter: every pane shows the moment in which the selected one began. */
static void test_enter_goes_there(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	stage_keys(&stage, "8");
	expect_shown(&stage, "14:03:43 ADJ celery[52011]");
	stage_keys(&stage, "j");
	expect_shown(&stage, "14:03:29 OOMKILL gunicorn[51877]");
	expect_shown(&stage, "RSS 1.9G  swap 120M  adj 0");
	expect_shown(&stage, "came back 1.8G  scope cgroup  victim probably");
	expect_shown(&stage, "cgroup /system.slice/gunicorn.service");
	stage_keys(&stage, "<enter>");
	assert_int_equal(stage.ui.seq, 53);
	stage_keys(&stage, "2");
	expect_shown(&stage, "PAUSED 14:03:29");
	stage_end(&stage);
}

/* One more sample, and in it what began so long ago. */
static void push_event(struct stage *stage, const char *kind, unsigned ago_s,
		       bool goes_on)
{
	struct list *list = list_new(ENTITY_EVENT);
	const struct snapshot *last;
	struct snapshot *s = snapshot_new();
	struct event *event = list_add(&list);

	assert_int_equal(history_at(stage->ui.history, 0, &last), 0);
	s->realtime_ns = last->realtime_ns + NS_PER_S;
	s->monotonic_ns = last->monotonic_ns + NS_PER_S;
	s->boottime_ns = last->boottime_ns + NS_PER_S;
	event->begin_ns = event->end_ns = last->realtime_ns - ago_s * NS_PER_S;
	event->id = event->begin_ns / NS_PER_US;
	if (goes_on)
		event->end_ns = UNKNOWN;
	strcpy(event->kind, kind);
	strcpy(event->severity, "CRIT");
	list->block.state = event->block.state = STATE_OK;
	snapshot_set_list(s, list);
	assert_int_equal(history_push(stage->ui.history, s), 0);
	snapshot_unref(last);
}

/* One that was before all samples: where time can't go is said. */
static void test_enter_on_the_forgotten(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	push_event(&stage, "OOMKILL", 7200, false);
	stage_keys(&stage, "8G<enter>");
	expect_shown(&stage, "no samples are kept of 2026-11-22 12:03:47; "
			     "the oldest is of 2026-11-22 14:02:37");
	assert_false(stage.ui.paused);
	stage_end(&stage);
}

/* Of the day of the sample on screen the clock alone, of others the day. */
static void test_another_day(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	push_event(&stage, "OOMKILL", 15 * 3600, false);
	stage_keys(&stage, "8");
	expect_shown(&stage, "      TIMEv SEV  KIND");
	expect_shown(&stage, " 11-21 23:03  CRIT OOMKILL");
	expect_shown(&stage, "    14:03:29  CRIT OOMKILL gunicorn");
	stage_end(&stage);
	stage_begin(&stage, SCRIPTED_INCIDENT, SAMPLES, 40, COLS);
	push_event(&stage, "OOMKILL", 15 * 3600, false);
	stage_keys(&stage, "1");
	expect_shown(&stage, "11-21 23:03  OOMKILL");
	expect_shown(&stage, "   14:03:29  OOMKILL gunicorn");
	stage_end(&stage);
	/* two to a row, in hours and minutes */
	stage_begin(&stage, SCRIPTED_INCIDENT, SAMPLES, ROWS, 80);
	push_event(&stage, "PSI", 15 * 3600, true);
	stage_keys(&stage, "1");
	expect_shown(&stage, "11-21 23:03 PSI");
	expect_shown(&stage, "      14:03 OOMKILL");
	stage_end(&stage);
}

/* What happened is the last to give way, and whom it was about. */
static void test_narrow(void **state)
{
	struct stage stage;

	(void)state;
	stage_begin(&stage, SCRIPTED_INCIDENT, SAMPLES, 15, 60);
	stage_keys(&stage, "8");
	expect_shown(&stage, "OOMKILL gunicorn[51877]  killed by the kernel");
	push_event(&stage, "OOMKILL", 15 * 3600, false);
	stage_keys(&stage, "18");
	expect_shown(&stage, "OOMKILL gunicorn[51877]  killed by the");
	stage_end(&stage);
	stage_begin(&stage, SCRIPTED_INCIDENT, SAMPLES, 15, 50);
	stage_keys(&stage, "8");
	expect_shown(&stage, "14:03:29  gunicorn[51877]  killed by the");
	stage_end(&stage);
}

/* The tab counts what is WARN or CRIT until somebody looks. */
static void test_unseen(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	expect_shown(&stage, "8 Events*4");
	stage_keys(&stage, "8");
	stage_keys(&stage, "2");
	expect_hidden(&stage, "Events*");
	stage_end(&stage);
}

/* History of a process says what the growth test thinks of it, and why. */
static void test_why_a_leak(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	stage_keys(&stage, "2<enter>3");
	expect_shown(&stage, "leak confirmed: its floor rises steadily; floor "
			     "31.4G, +8.1G in 30m");
	stage_keys(&stage, "<esc>j<enter>3");
	expect_shown(&stage, "leak no: it levels off; floor 2.3G, +30M in 30m");
	stage_keys(&stage, "<esc>j<enter>3");
	expect_shown(&stage, "leak not known yet: the test takes ten minutes");
	stage_end(&stage);
	stage_begin(&stage, SCRIPTED_INCIDENT, 620, 24, COLS);
	stage_keys(&stage, "2jj<enter>3");
	expect_shown(&stage, "leak no: its lowest size has not risen");
	stage_end(&stage);
	/* with room for it, the figures beside what a leak has */
	stage_begin(&stage, SCRIPTED_INCIDENT, SAMPLES, 40, COLS);
	stage_keys(&stage, "2j<enter>3");
	expect_shown(&stage, "tau 0.91 (from 0.7)  largest step 34% (at most "
			     "35%)");
	expect_shown(&stage, "last third 38% (from 50%)");
	expect_shown(&stage, "floors  2.3G");
	stage_end(&stage);
	/* nobody has judged: nothing is said */
	stage_begin(&stage, SCRIPTED_THRASH, SAMPLES, ROWS, COLS);
	stage_keys(&stage, "2<enter>3");
	expect_shown(&stage, "window 1m10");
	expect_hidden(&stage, "leak ");
	stage_end(&stage);
}

/* ---- from a recording ---------------------------------------------------- */

static void open_recording(struct recorded *recorded, struct replayed *replayed)
{
	recorded_init(recorded);
	recorded_write(recorded, SCRIPTED_INCIDENT, 0, SAMPLES, NULL);
	replayed_open(replayed, recorded->path);
}

static bool same_text(const struct text *a, const struct text *b)
{
	return text_len(a) == text_len(b) &&
	       !memcmp(text_str(a), text_str(b), text_len(a));
}

/* All of them, each as it was last, without making a single sample. */
static void test_recorded_events(void **state)
{
	const struct list *live, *read;
	struct recorded recorded;
	struct replayed replayed;
	struct stage stage;

	(void)state;
	begin(&stage);
	open_recording(&recorded, &replayed);
	live = history_events(stage.history);
	read = history_events(replayed.history);
	assert_int_equal(list_count(live), 7);
	assert_int_equal(list_count(read), list_count(live));
	for (size_t i = 0; i < list_count(live); i++) {
		const struct event *a = list_row(live, i);
		const struct event *b = list_row(read, i);

		assert_int_equal(a->id, b->id);
		assert_string_equal(a->kind, b->kind);
		assert_string_equal(a->severity, b->severity);
		assert_int_equal(a->begin_ns, b->begin_ns);
		assert_int_equal(a->end_ns, b->end_ns);
		assert_int_equal(a->pid, b->pid);
		assert_int_equal(a->rss, b->rss);
		assert_int_equal(a->freed, b->freed);
		assert_string_equal(a->scope, b->scope);
		assert_true(same_text(a->who, b->who));
		assert_true(same_text(a->what, b->what));
		assert_true(same_text(a->cgroup, b->cgroup));
	}
	list_unref(live);
	list_unref(read);
	replayed_close(&replayed);
	recorded_done(&recorded);
	stage_end(&stage);
}

/* The rows of the pane are the live ones, below the row of the file. */
static void test_pane_of_a_recording(void **state)
{
	const struct ui_options options = {
		.term = { .null_device = true, .ascii = true },
		.query = { .active = NO_FIELD },
		.delay_ns = NS_PER_S,
		.first_seq = SAMPLES,
	};
	enum { EVENTS = 7, ROW_SIZE = COLS * 4 + 2 };
	static char live[ROWS][ROW_SIZE], row[ROW_SIZE];
	static struct ui ui;
	struct recorded recorded;
	struct replayed replayed;
	struct stage stage;
	int same = 0;

	(void)state;
	begin(&stage);
	stage_keys(&stage, "8");
	for (int i = 0; i < ROWS; i++)
		term_read_row(i, live[i], ROW_SIZE);
	stage_end(&stage);
	open_recording(&recorded, &replayed);
	assert_int_equal(
		ui_init(&ui, replayed.source, replayed.history, &options), 0);
	ui_key(&ui, ' ');
	ui_key(&ui, '8');
	ui_paint(&ui);
	for (int i = 0; i + 1 < ROWS; i++) {
		term_read_row(i + 1, row, ROW_SIZE);
		if (strstr(row, "14:0") == row + 1)
			same += strcmp(row, live[i]) == 0;
	}
	assert_int_equal(same, EVENTS);
	ui_key(&ui, '{');
	ui_key(&ui, '{');
	assert_int_equal(ui.seq, 53);
	ui_done(&ui);
	replayed_close(&replayed);
	recorded_done(&recorded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back_and_forth),
		cmocka_unit_test(test_severities),
		cmocka_unit_test(test_enter_goes_there),
		cmocka_unit_test(test_enter_on_the_forgotten),
		cmocka_unit_test(test_another_day),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_unseen),
		cmocka_unit_test(test_why_a_leak),
		cmocka_unit_test(test_recorded_events),
		cmocka_unit_test(test_pane_of_a_recording),
	};

	return cmocka_run_group_tests_name("events pane", tests, NULL, NULL);
}
