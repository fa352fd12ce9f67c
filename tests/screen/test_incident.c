/* SPDX-License-Identifier: MIT
 *
 * A machine that began to thrash, recorded as it did, and the screens that
 * were seen then: a replay shows the same.
 *
 * tests/incident: a virtual machine with 128 MB of memory and a swap file of
 * 256 MB on a disk of 150 operations a second, in which 10 s after
 * `memtop -w FILE --pane processes --sort swap` two processes began to write
 * to 90 and 80 MB at random.  tmux wrote down the screens once in a while.
 * After 38 s the recorder was ended by SIGKILL, and sqlite3 made one file of
 * what it had left.  An early build made it: it has fewer tables than files
 * have now, which is to be no hindrance.
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
#include "memtop/base.h"
#include "recorded.h"

#define INCIDENT "tests/incident"

/* The screens are of 120x36, and their table begins in this row.  They are
 * older than the column FLAG, which is cut out of what is compared. */
enum { FLAG_CELLS = 5 };
enum {
	ROWS = 36,
	COLS = 120 + FLAG_CELLS,
	TABLE_ROW = 7,
	ROW_SIZE = COLS * 4 + 2
};
/* Who matters, and a row that says which file is shown. */
enum { LEADERS = 2, FILE_ROWS = 1 };

struct stage {
	struct recorded recorded;
	struct replayed replayed;
	struct ui ui;
};

static void begin(struct stage *stage)
{
	struct ui_options options = {
		.term = { .null_device = true, .ascii = true },
		.pane = PANE_PROCESSES,
		.query = { .active = NO_FIELD },
		.delay_ns = NS_PER_S,
		.first_seq = 1,
	};
	char command[256];

	setenv("TZ", "UTC", 1);
	setenv("LINES", "36", 1);
	setenv("COLUMNS", "125", 1);
	tzset();
	recorded_init(&stage->recorded);
	snprintf(command, sizeof(command),
		 "gzip -dc " INCIDENT "/recording.gz >%s",
		 stage->recorded.path);
	assert_int_equal(system(command), 0);
	replayed_open(&stage->replayed, stage->recorded.path);
	assert_int_equal(ui_init(&stage->ui, stage->replayed.source,
				 stage->replayed.history, &options),
			 0);
	ui_paint(&stage->ui);
}

static void end(struct stage *stage)
{
	ui_done(&stage->ui);
	replayed_close(&stage->replayed);
	recorded_done(&stage->recorded);
}

static void press(struct stage *stage, const char *keys)
{
	for (; *keys; keys++)
		ui_key(&stage->ui, *keys == '\r' ? KEYCODE_ENTER : *keys);
	ui_paint(&stage->ui);
}

/* A row as far as the arguments, which are cut where the table ends; without
 * the mark of the selected one. */
static const char *figures_of(char *row)
{
	row[strcspn(row, "\n")] = '\0';
	for (size_t len = strlen(row); len > 0 && row[len - 1] == ' '; len--)
		row[len - 1] = '\0';
	return *row == '>' ? row + 1 : row + (*row == ' ');
}

struct leaders {
	char rows[LEADERS][ROW_SIZE];
};

/* The table of a live screen is sorted anew every few seconds only. */
static void expect_one_of(const struct leaders *leaders, const char *expected)
{
	for (int i = 0; i < LEADERS; i++) {
		char row[ROW_SIZE];

		strcpy(row, leaders->rows[i]);
		if (strcmp(figures_of(row), expected) == 0)
			return;
	}
	fail_msg("not on top: %s", expected);
}

static void cut_flags(char row[ROW_SIZE])
{
	char header[ROW_SIZE];
	const char *at;

	term_read_row(TABLE_ROW + FILE_ROWS - 1, header, sizeof(header));
	at = strstr(header, " FLAG");
	assert_non_null(at);
	memmove(row + (at - header), row + (at - header) + FLAG_CELLS,
		strlen(row + (at - header) + FLAG_CELLS) + 1);
}

/* The screen of that clock. */
static void expect_live(const struct stage *stage, const char *clock)
{
	char path[64], row[ROW_SIZE];
	struct leaders leaders;
	FILE *file;

	(void)stage;
	for (int i = 0; i < LEADERS; i++) {
		term_read_row(TABLE_ROW + FILE_ROWS + i, leaders.rows[i],
			      ROW_SIZE);
		cut_flags(leaders.rows[i]);
	}
	snprintf(path, sizeof(path), INCIDENT "/live-%s.txt", clock);
	file = fopen(path, "r");
	assert_non_null(file);
	for (int i = 0; i < TABLE_ROW + LEADERS; i++) {
		assert_non_null(fgets(row, sizeof(row), file));
		if (i >= TABLE_ROW)
			expect_one_of(&leaders, figures_of(row));
	}
	fclose(file);
}

static bool shows(const char *text)
{
	char row[ROW_SIZE];

	for (int i = 0; i < ROWS; i++) {
		term_read_row(i, row, sizeof(row));
		if (strstr(row, text))
			return true;
	}
	return false;
}

static void test_leaders(void **state)
{
	struct stage stage;

	(void)state;
	begin(&stage);
	press(&stage, " :sort swap\r");
	press(&stage, ":12:38:57\r");
	assert_true(shows("REPLAY 12:38:57 paused"));
	assert_false(shows("backup"));
	/* the onset, step by step */
	for (int i = 0; i < 10 && !shows("REPLAY 12:39:04"); i++)
		press(&stage, "]");
	expect_live(&stage, "12.39.04");
	press(&stage, ":12:39:11\r");
	expect_live(&stage, "12.39.11");
	press(&stage, ":live\r");
	assert_true(shows("REPLAY 12:39:25"));
	expect_live(&stage, "12.39.25");
	end(&stage);
}

/* The lines of the manual: who held most swap at that second, that minute? */
static void test_manual_answers(void **state)
{
	static const char *const times[] = { "= '2026-11-22 12:39:25'",
					     "LIKE '2026-11-22 12:39%'" };
	struct recorded recorded;
	char command[256];

	(void)state;
	recorded_init(&recorded);
	snprintf(command, sizeof(command),
		 "gzip -dc " INCIDENT "/recording.gz >%s", recorded.path);
	assert_int_equal(system(command), 0);
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		char sql[128], *text;

		snprintf(sql, sizeof(sql),
			 "SELECT * FROM top_swap WHERE time %s LIMIT 5",
			 times[i]);
		text = recorded_sql(recorded.path, sql);
		assert_non_null(text);
		assert_non_null(strstr(text, "|reindex|root|"));
		free(text);
	}
	recorded_done(&recorded);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_leaders),
		cmocka_unit_test(test_manual_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
