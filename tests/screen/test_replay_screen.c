/* SPDX-License-Identifier: MIT
 *
 * A recording on the screen: the same panes as live, its own keys, and
 * nothing that could act on this machine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "../../src/ui/replay.h"
#include "memtop/base.h"
#include "recorded.h"
#include "stage.h"

enum { ROWS = 30, COLS = 120, SAMPLES = 30, ROW_SIZE = COLS * 4 + 2 };

struct screen {
	char rows[ROWS][ROW_SIZE];
};

static void read_rows(struct screen *screen)
{
	for (int i = 0; i < ROWS; i++)
		term_read_row(i, screen->rows[i], ROW_SIZE);
}

/* A recording of samples of THRASH, shown from one of them on. */
struct player_stage {
	struct recorded recorded;
	struct replayed replayed;
	struct ui ui;
};

/* sql: what is done to the recording before; or NULL. */
static void begin_changed(struct player_stage *stage, uint64_t seq,
			  const char *sql)
{
	const struct ui_options options = {
		.term = { .null_device = true, .ascii = true },
		.pane = PANE_PROCESSES,
		.query = { .active = NO_FIELD },
		.delay_ns = NS_PER_S,
		.first_seq = seq,
	};

	setenv("TZ", "UTC", 1);
	setenv("LINES", "30", 1);
	setenv("COLUMNS", "120", 1);
	tzset();
	recorded_init(&stage->recorded);
	recorded_write(&stage->recorded, SCRIPTED_THRASH, 0, SAMPLES, NULL);
	if (sql)
		free(recorded_sql(stage->recorded.path, sql));
	replayed_open(&stage->replayed, stage->recorded.path);
	assert_int_equal(ui_init(&stage->ui, stage->replayed.source,
				 stage->replayed.history, &options),
			 0);
	ui_paint(&stage->ui);
}

static void begin(struct player_stage *stage, uint64_t seq)
{
	begin_changed(stage, seq, NULL);
}

static void end(struct player_stage *stage)
{
	ui_done(&stage->ui);
	replayed_close(&stage->replayed);
	recorded_done(&stage->recorded);
}

static void press(struct player_stage *stage, const char *keys)
{
	for (; *keys; keys++)
		ui_key(&stage->ui, *keys == '\r'     ? KEYCODE_ENTER
				   : *keys == '\033' ? KEYCODE_ESC
						     : *keys);
	ui_paint(&stage->ui);
}

static bool shows(const char *text)
{
	struct screen screen;

	read_rows(&screen);
	for (int i = 0; i < ROWS; i++)
		if (strstr(screen.rows[i], text))
			return true;
	return false;
}

static void expect_shown(const char *text)
{
	if (!shows(text))
		fail_msg("'%s' is not on the screen", text);
}

/* Row for row, but for the first one, the row that names the file, and what
 * that takes from the table. */
static void test_same_as_live(void **state)
{
	static const char *const panes_keys[] = { "1", "2", "3", "4", "5" };
	/* the first row that need not be the same, where boxes stand */
	static const int last[] = { 8, ROWS - 4, ROWS - 4, ROWS - 14,
				    ROWS - 4 };
	enum { FILE_ROW = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(panes_keys); i++) {
		struct screen live, replay;
		struct player_stage player;
		struct stage stage;

		stage_begin(&stage, SCRIPTED_THRASH, SAMPLES, ROWS, COLS);
		stage_keys(&stage, panes_keys[i]);
		stage_keys(&stage, "[[[[[");
		read_rows(&live);
		stage_end(&stage);

		begin(&player, SAMPLES - 5);
		press(&player, " ");
		press(&player, panes_keys[i]);
		read_rows(&replay);
		end(&player);
		/* boxes at the bottom do not move by the row of the file */
		for (int row = 1; row < last[i]; row++)
			assert_string_equal(replay.rows[row + FILE_ROW],
					    live.rows[row]);
	}
}

static void test_file_and_state(void **state)
{
	struct player_stage stage;

	(void)state;
	begin(&stage, 1);
	expect_shown("REPLAY 14:02:37 x1");
	expect_shown("file recording   14:02:37 .. 14:03:06   30 samples   "
		     "recorded on ");
	expect_shown("as root   actions are off");
	press(&stage, "xx");
	expect_shown("REPLAY 14:02:37 x4");
	press(&stage, "XXX");
	expect_shown("REPLAY 14:02:37 x0.5");
	press(&stage, " ");
	expect_shown("REPLAY 14:02:37 paused");
	press(&stage, "]]");
	expect_shown("REPLAY 14:02:39 paused");
	end(&stage);
}

static void test_plays_to_its_end(void **state)
{
	struct player_stage stage;

	(void)state;
	begin(&stage, 1);
	press(&stage, "xxxxxx"); /* half a second for 30 of them */
	for (int i = 0; i < 500 && stage.ui.play.on; i++) {
		usleep(10000);
		replay_tick(&stage.ui);
	}
	ui_paint(&stage.ui);
	assert_false(stage.ui.play.on);
	assert_int_equal(stage.ui.seq, SAMPLES);
	expect_shown("this is the end of the recording");
	end(&stage);
}

static void test_nothing_can_be_done(void **state)
{
	static const char *const keys[] = { "K", "o" };
	struct player_stage stage;

	(void)state;
	begin(&stage, 1);
	press(&stage, " ");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		press(&stage, keys[i]);
		expect_shown("a recording: actions are off");
		assert_null(stage.ui.popup);
	}
	assert_false(shows("K Kill"));
	press(&stage, ":rescan\r");
	expect_shown("a recording: there is nothing to read again");
	press(&stage, ":record x\r");
	expect_shown("recording is not possible here");
	press(&stage, ":speed 8\r");
	expect_shown("speed x8");
	press(&stage, ":speed 1000\r");
	expect_shown("speed: a number from 0.25 to 256");
	end(&stage);
}

/* What memtop could have written, but no machine has: every pane, page and
 * popup is drawn, and without a sequence of somebody's. */
static void test_enormous_figures(void **state)
{
	static const char *const changes[] = {
		"UPDATE memory SET total = 1",
		"UPDATE memory SET total = 9223372036854775807, "
		"available = 9223372036854775807",
		"UPDATE memory SET total = 0, swap_total = 0",
		"UPDATE vmstat SET value = 9223372036854775807, rate = 1e308",
		"UPDATE pressure_memory SET some_avg10 = 1e300, "
		"full_avg10 = -1e300",
		"UPDATE process_smaps SET pss = 9223372036854775807, uss = 0",
		"UPDATE process_status SET swap = 9223372036854775807, "
		"anon = 9223372036854775807, threads = 9223372036854775807",
		"UPDATE process_stat SET major_fault_rate = 1e308, "
		"minor_fault_rate = -1e308",
		"UPDATE process_identity SET growth_rate = 1e308",
		"UPDATE swaps SET size = 1, used = 9223372036854775807",
		"UPDATE samples SET boottime_ns = 0, realtime_ns = sample",
		"UPDATE processes SET start_time = 9223372036854775807, "
		"pid = 7",
		"UPDATE process_identity SET ppid = 48213",
		"UPDATE texts SET text = char(27) || '[2J' || char(155)",
		"UPDATE segments SET page_size = NULL, host = char(27) || 'c', "
		"user = char(7)",
		"UPDATE verdicts SET text = char(27) || ']0;x', severity = 3",
		"DELETE FROM vmstat",
	};
	static const char *const ways[] = {
		" ",	 "1",	   "3", "4", "5", "2t", "tb", "b?",    "\033h",
		"\033A", "\033\r", "2", "3", "4", "5",	"[",  "\033]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		struct player_stage stage;
		char sql[512];

		snprintf(sql, sizeof(sql), "%s; SELECT 1", changes[i]);
		begin_changed(&stage, SAMPLES - 1, sql);
		for (size_t k = 0; k < ARRAY_SIZE(ways); k++) {
			press(&stage, ways[k]);
			assert_false(shows("\033"));
		}
		end(&stage);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_as_live),
		cmocka_unit_test(test_enormous_figures),
		cmocka_unit_test(test_file_and_state),
		cmocka_unit_test(test_plays_to_its_end),
		cmocka_unit_test(test_nothing_can_be_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
