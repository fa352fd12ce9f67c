/* SPDX-License-Identifier: MIT
 *
 * Writing recordings: what is in the file, and what it may not become.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

#include "memtop/base.h"
#include "running.h"

static bool is_there(const char *path, const char *suffix)
{
	char name[128];

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	return access(name, F_OK) == 0;
}

/* ---- the file ------------------------------------------------------------ */

static void test_one_private_file(void **state)
{
	const struct recorded *recorded = *state;
	struct stat st;

	umask(0);
	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	assert_int_equal(stat(recorded->path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_false(is_there(recorded->path, "-wal"));
	assert_false(is_there(recorded->path, "-shm"));
	recorded_expect(recorded->path, "PRAGMA journal_mode", "delete");
	recorded_whole(recorded->path);
}

static void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void test_never_over_a_file(void **state)
{
	const struct recorded *recorded = *state;
	struct record_options options = { .path = recorded->path };
	char why[256], text[16] = "";
	FILE *file;

	write_text(recorded->path, "precious");
	assert_int_equal(running_try(&options, why), -EEXIST);
	assert_non_null(strstr(why, "exists already"));
	assert_non_null(strstr(why, recorded->path));
	options.append = true;
	assert_int_equal(running_try(&options, why), -EBADMSG);
	assert_non_null(strstr(why, "not a recording"));
	file = fopen(recorded->path, "r");
	assert_non_null(fgets(text, sizeof(text), file));
	fclose(file);
	assert_string_equal(text, "precious");
	assert_false(is_there(recorded->path, "-wal"));
}

static void test_no_link_is_followed(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options options = { .path = recorded->path };
	char why[256], target[128];

	snprintf(target, sizeof(target), "%s/target", recorded->directory);
	assert_int_equal(symlink(target, recorded->path), 0);
	assert_int_equal(running_try(&options, why), -EEXIST);
	assert_int_not_equal(access(target, F_OK), 0);
}

static void test_no_place(void **state)
{
	const struct recorded *recorded = *state;
	struct record_options options = { .path = "/nonexistent/file" };
	char why[256];

	assert_int_equal(running_try(&options, why), -ENOENT);
	assert_string_equal(why,
			    "/nonexistent/file: No such file or directory");
	options.path = recorded->directory;
	assert_int_equal(running_try(&options, why), -EEXIST);
	options.append = true;
	assert_true(running_try(&options, why) < 0);
}

static void test_one_writer(void **state)
{
	const struct recorded *recorded = *state;
	struct record_options options = { .path = recorded->path };
	struct running running;
	char why[256];

	running_begin(&running, &running_an_hour, &options);
	running_push(&running, SCRIPTED_THRASH);
	running_wait(&running, 1, 0);
	options.append = true;
	assert_int_equal(running_try(&options, why), -EBUSY);
	assert_non_null(strstr(why, "another memtop"));
	running_push(&running, SCRIPTED_THRASH);
	running_wait(&running, 2, 0);
	running_end(&running);
	recorded_whole(recorded->path);
}

static void test_append(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options append = { .append = true };

	/* where there is none yet, one begins */
	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, &append);
	recorded_write(recorded, SCRIPTED_NOBODY, 7, 4, &append);
	recorded_expect(recorded->path, "SELECT count(*) FROM segments", "2");
	recorded_expect(recorded->path,
			"SELECT group_concat(user) FROM segments",
			"root,alice");
	recorded_samples(recorded->path, 7);
	recorded_whole(recorded->path);
}

static void expect_boot(struct replayed *replayed, uint64_t seq,
			const char *boot_id)
{
	const struct snapshot *snapshot;

	assert_int_equal(history_at(replayed->history, seq, &snapshot), 0);
	assert_string_equal(snapshot->host->boot_id, boot_id);
	snapshot_unref(snapshot);
}

/* The clocks begin anew, and so does all else. */
static void test_append_after_reboot(void **state)
{
	static const char before[] = "11111111-2222-3333-4444-555555555555";
	const struct recorded *recorded = *state;
	const struct record_options append = { .append = true };
	struct snapshot *now = scripted_snapshot(SCRIPTED_THRASH, 0);
	struct replayed replayed;
	char sql[128];

	recorded_write(recorded, SCRIPTED_THRASH, 900, 3, NULL);
	snprintf(sql, sizeof(sql), "UPDATE segments SET boot_id = '%s'",
		 before);
	free(recorded_sql(recorded->path, sql));
	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, &append);
	replayed_open(&replayed, recorded->path);
	expect_boot(&replayed, 3, before);
	expect_boot(&replayed, 4, now->host->boot_id);
	expect_boot(&replayed, 1, before);
	replayed_close(&replayed);
	snapshot_unref(now);
	recorded_samples(recorded->path, 6);
}

/* A trigger would be run by our own inserts. */
static void test_append_to_a_trap(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options append = { .path = recorded->path,
					       .append = true };
	char why[256];

	recorded_write(recorded, SCRIPTED_THRASH, 0, 1, NULL);
	free(recorded_sql(recorded->path,
			  "CREATE TRIGGER trap AFTER INSERT ON samples BEGIN "
			  "DELETE FROM texts; END; SELECT 1"));
	assert_int_equal(running_try(&append, why), -EBADMSG);
}

/* ---- what is in it ------------------------------------------------------- */

static void test_no_cmdline(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options options = { .no_cmdline = true };

	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, &options);
	recorded_expect(recorded->path,
			"SELECT count(*) FROM texts WHERE text LIKE '%-Xmx%'",
			"0");
	recorded_expect(recorded->path, "SELECT count(command) FROM processes",
			"0");
	unlink(recorded->path);
	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	recorded_expect(
		recorded->path,
		"SELECT count(*) > 0 FROM texts WHERE text LIKE '%-Xmx%'", "1");
}

static void test_texts_once(void **state)
{
	const struct recorded *recorded = *state;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 100, NULL);
	recorded_expect(recorded->path,
			"SELECT count(*) = count(DISTINCT text) FROM texts",
			"1");
}

static void test_questions(void **state)
{
	const struct recorded *recorded = *state;

	setenv("TZ", "UTC", 1);
	recorded_write(recorded, SCRIPTED_THRASH, 0, 20, NULL);
	recorded_expect(recorded->path,
			"SELECT pid, comm FROM top_pss WHERE "
			"time = '2026-11-22 14:02:50' LIMIT 1",
			"48213|java");
	recorded_expect(recorded->path,
			"SELECT pid FROM top_swap WHERE "
			"time = '2026-11-22 14:02:50' LIMIT 1",
			"48213");
	recorded_expect(
		recorded->path,
		"SELECT count(*) > 1 FROM pss_over_time WHERE pid = 48213",
		"1");
	recorded_expect(recorded->path, "SELECT count(*) FROM oom_kills", "0");
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, recorded_setup, recorded_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_private_file),	TEST(test_never_over_a_file),
		TEST(test_no_link_is_followed), TEST(test_no_place),
		TEST(test_one_writer),		TEST(test_append),
		TEST(test_append_after_reboot), TEST(test_append_to_a_trap),
		TEST(test_no_cmdline),		TEST(test_texts_once),
		TEST(test_questions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
