/* SPDX-License-Identifier: MIT
 *
 * Files that are no recordings, damaged ones, and ones that somebody made to
 * do harm: each is refused in words, or what can be read of it is.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/list.h"
#include "recorded.h"
#include "rendered.h"

struct bytes {
	unsigned char *data;
	size_t size;
};

static struct bytes read_bytes(const char *path)
{
	struct bytes bytes = { 0 };
	FILE *file = fopen(path, "r");
	struct stat st;

	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	bytes.size = (size_t)st.st_size;
	bytes.data = malloc(bytes.size);
	assert_int_equal(fread(bytes.data, 1, bytes.size, file), bytes.size);
	fclose(file);
	return bytes;
}

static void write_bytes(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, size, file), size);
	fclose(file);
}

/* Opens it and makes JSON and a screen's text of every sample that can be
 * read.  Returns how many those are, or what it was refused with. */
static int look_at(const char *path, char why[256])
{
	struct output_options options = rendered_options(VIEW_PROCESSES);
	struct source *source;
	struct history *history;
	struct history_span span;
	int count = 0;
	int r = replay_open(path, &source, &history, why, 256);

	if (r < 0) {
		/* always in words, and of that file */
		assert_ptr_equal(strstr(why, path), why);
		assert_true(strlen(why) > strlen(path) + 2);
		return r;
	}
	history_span(history, &span);
	for (uint64_t seq = span.first_seq; seq <= span.last_seq; seq++) {
		const struct snapshot *snapshot;

		if (history_at(history, seq, &snapshot) < 0)
			continue;
		free(rendered_snapshot(&output_json, &options, snapshot));
		free(rendered_snapshot(&output_text, &options, snapshot));
		snapshot_unref(snapshot);
		count++;
	}
	source->ops->close(source);
	history_free(history);
	return count;
}

static void expect_refused(const char *path, int error, const char *word)
{
	char why[256];

	assert_int_equal(look_at(path, why), error);
	if (!strstr(why, word))
		fail_msg("%s: no '%s' in it", why, word);
}

/* ---- not a recording ----------------------------------------------------- */

static void test_something_else(void **state)
{
	const struct recorded *recorded = *state;
	const char *path = recorded->path;

	expect_refused(path, -ENOENT, "No such file");
	expect_refused(recorded->directory, -EISDIR, "directory");
	write_bytes(path, "", 0);
	expect_refused(path, -EBADMSG, "not a recording");
	write_bytes(path, "PID USER PSS\n", 13);
	expect_refused(path, -EBADMSG, "not a recording");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refused(path, -EBADMSG, "not a recording");
	unlink(path);
	free(recorded_sql(path, "CREATE TABLE samples(a); SELECT 1"));
	expect_refused(path, -EBADMSG, "not a recording");
}

static void test_newer(void **state)
{
	const struct recorded *recorded = *state;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 2, NULL);
	free(recorded_sql(recorded->path, "PRAGMA user_version = 99"));
	expect_refused(recorded->path, -EPROTO, "newer memtop");
}

static void test_no_samples(void **state)
{
	const struct recorded *recorded = *state;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 2, NULL);
	free(recorded_sql(recorded->path, "DELETE FROM samples; SELECT 1"));
	expect_refused(recorded->path, -ENODATA, "no sample");
}

/* As another version might write it: with a column more, and one less. */
static void test_other_columns(void **state)
{
	const struct recorded *recorded = *state;
	char why[256], *ran;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	ran = recorded_sql(recorded->path,
			   "ALTER TABLE memory ADD COLUMN quantum INTEGER; "
			   "ALTER TABLE process_smaps DROP COLUMN ksm; "
			   "SELECT 1");
	assert_string_equal(ran, "1");
	free(ran);
	assert_int_equal(look_at(recorded->path, why), 3);
}

static void expect_cpus(const struct recorded *recorded, uint64_t cpus)
{
	const struct snapshot *snapshot;
	struct replayed replayed;

	replayed_open(&replayed, recorded->path);
	assert_int_equal(history_at(replayed.history, 3, &snapshot), 0);
	assert_true(snapshot->host->cpus == cpus);
	assert_int_equal(snapshot->host->page_size, 4096);
	snapshot_unref(snapshot);
	replayed_close(&replayed);
}

/* A segment without a column is one in which that is not known. */
static void test_segment_columns(void **state)
{
	const struct recorded *recorded = *state;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	free(recorded_sql(recorded->path,
			  "UPDATE segments SET cpus = 12; SELECT 1"));
	expect_cpus(recorded, 12);
	free(recorded_sql(recorded->path,
			  "ALTER TABLE segments DROP COLUMN cpus; SELECT 1"));
	expect_cpus(recorded, UNKNOWN);
}

/* Runs a statement on the recording; it has to succeed. */
static void spoil(const struct recorded *recorded, const char *statement)
{
	char sql[256], *ran;

	snprintf(sql, sizeof(sql), "%s; SELECT 1", statement);
	ran = recorded_sql(recorded->path, sql);
	if (!ran || strcmp(ran, "1") != 0)
		fail_msg("%s: %s", statement, ran);
	free(ran);
}

/* As an older version wrote it, which did not know all files. */
static void test_fewer_tables(void **state)
{
	const struct recorded *recorded = *state;
	const struct snapshot *snapshot;
	struct replayed replayed;
	char why[256];

	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	free(recorded_sql(recorded->path,
			  "DROP TABLE pressure_io; DROP TABLE process_oom; "
			  "DROP TABLE lists; "
			  "SELECT 1"));
	assert_int_equal(look_at(recorded->path, why), 3);
	replayed_open(&replayed, recorded->path);
	assert_int_equal(history_at(replayed.history, 3, &snapshot), 0);
	assert_int_equal(snapshot->pressure.io_block.state, STATE_NOT_READ);
	assert_int_equal(snapshot->pressure.memory_block.state, STATE_OK);
	assert_int_equal(snapshot->processes[0]->oom.state, STATE_NOT_READ);
	snapshot_unref(snapshot);
	replayed_close(&replayed);
}

/* Of a list that it did know: what was not known of its rows never comes. */
static void test_fewer_parts(void **state)
{
	const struct recorded *recorded = *state;
	const struct snapshot *snapshot;
	struct replayed replayed;
	const struct list *list;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	spoil(recorded, "DROP TABLE cgroup_marks");
	replayed_open(&replayed, recorded->path);
	for (uint64_t seq = 1; seq <= 3; seq++) {
		assert_int_equal(history_at(replayed.history, seq, &snapshot),
				 0);
		list = snapshot_list(snapshot, ENTITY_CGROUP);
		assert_true(list_count(list) > 0);
		for (size_t i = 0; i < list_count(list); i++) {
			const struct cgroup *row = list_row(list, i);

			assert_int_equal(row->block.state, STATE_OK);
			assert_int_equal(row->marks.state, STATE_NOT_READ);
		}
		snapshot_unref(snapshot);
	}
	replayed_close(&replayed);
}

/* ---- made to do harm ----------------------------------------------------- */

static void test_foreign_schema(void **state)
{
	static const char *const traps[] = {
		/* read through our names */
		"ALTER TABLE samples RENAME TO s; "
		"CREATE VIEW samples AS SELECT * FROM s",
		"DROP TABLE texts; CREATE TABLE texts(id INTEGER PRIMARY KEY, "
		"text TEXT AS (printf('%1000000d', 1)))",
		"DROP TABLE texts; CREATE VIRTUAL TABLE texts USING fts5(text)",
		"CREATE INDEX trap ON samples(abs(sample))",
		"DROP TABLE texts; CREATE TABLE texts(id INTEGER PRIMARY KEY, "
		"text TEXT DEFAULT (load_extension('trap')))",
	};
	const struct recorded *recorded = *state;

	for (size_t i = 0; i < ARRAY_SIZE(traps); i++) {
		char sql[512], *ran;

		recorded_write(recorded, SCRIPTED_THRASH, 0, 2, NULL);
		snprintf(sql, sizeof(sql), "%s; SELECT 1", traps[i]);
		ran = recorded_sql(recorded->path, sql);
		if (!ran || strcmp(ran, "1") != 0)
			fail_msg("%s: %s", traps[i], ran);
		free(ran);
		expect_refused(recorded->path, -EBADMSG, "not a recording");
		unlink(recorded->path);
	}
}

/* What is not ours is there, and is left alone. */
static void test_foreign_objects(void **state)
{
	const struct recorded *recorded = *state;
	char why[256], *ran;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 2, NULL);
	ran = recorded_sql(recorded->path,
			   "CREATE TRIGGER t AFTER INSERT ON samples BEGIN "
			   "DELETE FROM texts; END; "
			   "CREATE TABLE other(a); "
			   "CREATE VIEW v AS SELECT * FROM other; SELECT 1");
	assert_string_equal(ran, "1");
	free(ran);
	assert_int_equal(look_at(recorded->path, why), 2);
}

static void test_hostile_rows(void **state)
{
	static const char *const rows[] = {
		"UPDATE lists SET rows = 9000000000000000000",
		"UPDATE lists SET rows = -1",
		"UPDATE samples SET monotonic_ns = -5",
		"UPDATE samples SET monotonic_ns = NULL",
		"UPDATE samples SET vmstat_state = 77",
		"UPDATE samples SET segment = 12345",
		"UPDATE samples SET keyframe = -1",
		"UPDATE process_identity SET read_state = 'x'",
		"UPDATE process_identity SET comm = 99999999",
		"UPDATE process_identity SET ppid = 99999999999",
		"UPDATE process_identity SET state = 'DDDD'",
		"UPDATE process_statm SET rss = -1",
		"UPDATE process_statm SET rss = 1e300",
		"UPDATE process_stat SET minor_fault_rate = 9e999",
		"UPDATE process_oom SET oom_score_adj = 9223372036854775807",
		"UPDATE process_oom SET oom_score_adj = -1001",
		"UPDATE process_statm SET read_age_ns = 9223372036854775807",
		"UPDATE process_statm SET process = process + 100000",
		"UPDATE processes SET pid = 0",
		"UPDATE processes SET start_time = -9",
		"UPDATE verdicts SET severity = 40",
		"UPDATE evidence SET place = -1 WHERE place = 0",
		"UPDATE evidence SET place = 9000000000 WHERE place = 0",
		"UPDATE evidence SET unit = 99, comparison = 99",
		"UPDATE subjects SET role = 99, certainty = -7",
		"UPDATE subjects SET pid = -5, start_time = -1",
		"UPDATE subjects SET name = zeroblob(70000)",
		"UPDATE also SET severity = 99, at_least = 7",
		"UPDATE also SET since_realtime_ns = -1",
		"UPDATE vmstat SET name = name + 100000",
		"UPDATE segments SET page_size = 3",
		"UPDATE texts SET text = zeroblob(70000)",
		"DELETE FROM texts",
		"DELETE FROM processes",
		"DELETE FROM memory",
	};
	const struct recorded *recorded = *state;
	struct bytes good;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	good = read_bytes(recorded->path);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char why[256];
		int found;

		write_bytes(recorded->path, good.data, good.size);
		spoil(recorded, rows[i]);
		found = look_at(recorded->path, why);
		if (found > 0)
			fail_msg("%s: %d samples", rows[i], found);
	}
	free(good.data);
}

/* What memtop could have written, but no machine has. */
static void test_enormous_rows(void **state)
{
	static const char *const rows[] = {
		"DELETE FROM vmstat",
		"UPDATE segments SET page_size = NULL",
		"UPDATE evidence SET value = 9e999, bound = 'x'",
		"UPDATE evidence SET name = zeroblob(70000)",
		"UPDATE also SET rule = zeroblob(70000), text = -1",
		"DELETE FROM evidence WHERE place = 0",
		"UPDATE vmstat SET value = 9223372036854775807, rate = 1e308",
		("UPDATE memory SET swap_total = 1, "
		 "swap_free = 9223372036854775807"),
		"UPDATE process_smaps SET pss = 9223372036854775807",
		"UPDATE process_stat SET major_fault_rate = 1e308",
		"UPDATE memory SET total = 9223372036854775807",
		"UPDATE process_statm SET rss = 9223372036854775807",
	};
	const struct recorded *recorded = *state;
	struct bytes good;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	good = read_bytes(recorded->path);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char why[256];

		write_bytes(recorded->path, good.data, good.size);
		spoil(recorded, rows[i]);
		assert_int_equal(look_at(recorded->path, why), 3);
	}
	free(good.data);
}

/* A damaged sample in a long run costs what it costs once. */
static void test_damaged_run(void **state)
{
	const struct series_query query = { .counter = "pswpin" };
	const struct recorded *recorded = *state;
	struct series_point points[50];
	const struct snapshot *snapshot;
	struct replayed replayed;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 50, NULL);
	free(recorded_sql(
		recorded->path,
		"UPDATE samples SET vmstat_state = 77 WHERE sample = 20; "
		"SELECT 1"));
	replayed_open(&replayed, recorded->path);
	for (uint64_t seq = 50; seq >= 20; seq--)
		assert_int_equal(history_at(replayed.history, seq, &snapshot),
				 -EBADMSG);
	assert_int_equal(history_at(replayed.history, 19, &snapshot), 0);
	snapshot_unref(snapshot);
	assert_int_equal(history_series(replayed.history, &query, points, 50),
			 19);
	replayed_close(&replayed);
}

/* Texts may say anything; they come out as text, and not without end. */
static void test_hostile_texts(void **state)
{
	static const char *const texts[] = {
		"UPDATE texts SET text = char(27) || '[2J' || char(10)",
		"UPDATE texts SET text = zeroblob(300000)",
		"UPDATE verdicts SET text = char(27) || ']0;x' || char(7), "
		"brief = printf('%100000d', 1)",
		"UPDATE segments SET host = char(27) || 'c', user = "
		"printf('%1000d', 1)",
	};
	const struct recorded *recorded = *state;
	struct bytes good;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 2, NULL);
	good = read_bytes(recorded->path);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct output_options options =
			rendered_options(VIEW_PROCESSES);
		struct replayed replayed;
		const struct snapshot *snapshot;
		char sql[256], *text;

		write_bytes(recorded->path, good.data, good.size);
		snprintf(sql, sizeof(sql), "%s; SELECT 1", texts[i]);
		free(recorded_sql(recorded->path, sql));
		replayed_open(&replayed, recorded->path);
		if (history_at(replayed.history, 1, &snapshot) == 0) {
			text = rendered_snapshot(&output_text, &options,
						 snapshot);
			assert_null(strchr(text, '\033'));
			free(text);
			snapshot_unref(snapshot);
		}
		replayed_close(&replayed);
	}
	free(good.data);
}

/* ---- damaged ------------------------------------------------------------- */

static void test_cut_short(void **state)
{
	const struct recorded *recorded = *state;
	struct bytes good;
	char why[256];
	int shown = 0;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 30, NULL);
	good = read_bytes(recorded->path);
	for (size_t size = 0; size < good.size;
	     size += good.size / 100 / 512 * 512 + 512) {
		write_bytes(recorded->path, good.data, size);
		shown += look_at(recorded->path, why) > 0;
	}
	/* what is in front of the damage is shown */
	assert_true(shown > 0);
	write_bytes(recorded->path, good.data, good.size - 2 * 4096);
	assert_in_range(look_at(recorded->path, why), 1, 29);
	write_bytes(recorded->path, good.data, good.size);
	assert_int_equal(look_at(recorded->path, why), 30);
	free(good.data);
}

static void test_bits_flipped(void **state)
{
	const struct recorded *recorded = *state;
	unsigned seed = 11;
	struct bytes good;
	char why[256];
	int shown = 0;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 5, NULL);
	good = read_bytes(recorded->path);
	for (int i = 0; i < 400; i++) {
		struct bytes bad = { malloc(good.size), good.size };

		memcpy(bad.data, good.data, good.size);
		for (int n = 0; n < 20; n++)
			bad.data[(size_t)rand_r(&seed) % bad.size] ^=
				(unsigned char)(1U << (rand_r(&seed) % 8));
		write_bytes(recorded->path, bad.data, bad.size);
		shown += look_at(recorded->path, why) > 0;
		free(bad.data);
	}
	assert_true(shown > 0);
	free(good.data);
}

/* Only the file itself, without its -wal, as somebody might copy it. */
static void test_bare_copy(void **state)
{
	const struct recorded *recorded = *state;
	struct replayed replayed;
	const char *note;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 5, NULL);
	replayed_open(&replayed, recorded->path);
	note = replayed.source->ops->recording(replayed.source)->note;
	assert_string_equal(note, "");
	replayed_close(&replayed);
	free(recorded_sql(recorded->path, "PRAGMA journal_mode = WAL"));
	replayed_open(&replayed, recorded->path);
	note = replayed.source->ops->recording(replayed.source)->note;
	assert_non_null(strstr(note, "may be missing"));
	replayed_close(&replayed);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, recorded_setup, recorded_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_something_else),  TEST(test_newer),
		TEST(test_no_samples),	    TEST(test_other_columns),
		TEST(test_segment_columns), TEST(test_foreign_schema),
		TEST(test_foreign_objects), TEST(test_fewer_tables),
		TEST(test_fewer_parts),	    TEST(test_enormous_rows),
		TEST(test_damaged_run),	    TEST(test_hostile_rows),
		TEST(test_hostile_texts),   TEST(test_cut_short),
		TEST(test_bits_flipped),    TEST(test_bare_copy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
