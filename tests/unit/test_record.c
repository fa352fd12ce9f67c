/* SPDX-License-Identifier: MIT
 *
 * Writing recordings: what is in the file, what it may not become, and what
 * it survives.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
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
#include "recorded.h"

/* A recorder on an empty history. */
struct running {
	struct history *history;
	struct recorder *recorder;
	unsigned step;
};

static void running_begin(struct running *running,
			  const struct history_limits *limits,
			  const struct record_options *options)
{
	char why[256] = "";

	running->step = 0;
	assert_int_equal(history_new(limits, &running->history), 0);
	if (recorder_start(running->history, options, &running->recorder, why,
			   sizeof(why)) < 0)
		fail_msg("%s", why);
}

static void running_end(struct running *running)
{
	assert_int_equal(recorder_stop(running->recorder), 0);
	history_free(running->history);
}

static void push(struct running *running, enum scripted_case which)
{
	struct snapshot *snapshot = scripted_snapshot(which, running->step++);

	assert_int_equal(history_push(running->history, snapshot), 0);
}

static struct record_status status_of(struct running *running)
{
	struct record_status status;

	recorder_status(running->recorder, &status);
	return status;
}

/* Until the status has so many samples, or that error. */
static struct record_status wait_for(struct running *running, uint64_t samples,
				     int error)
{
	struct record_status status;

	for (int i = 0; i < 10000; i++) {
		status = status_of(running);
		if (status.error == error && status.samples >= samples)
			return status;
		usleep(1000);
	}
	fail_msg("%" PRIu64 " samples, error %d; not %" PRIu64 ", %d",
		 status.samples, status.error, samples, error);
	return status;
}

static const struct history_limits an_hour = { 3600 * NS_PER_S, 64 * MIB };

static void expect_sql(const char *path, const char *sql, const char *expected)
{
	char *found = recorded_sql(path, sql);

	if (!found || strcmp(found, expected) != 0)
		fail_msg("%s: %s, not %s", sql, found ? found : "an error",
			 expected);
	free(found);
}

static void expect_whole(const char *path)
{
	expect_sql(path, "PRAGMA integrity_check", "ok");
}

static void expect_samples(const char *path, uint64_t count)
{
	struct replayed replayed;
	struct history_span span;
	const struct snapshot *last;

	replayed_open(&replayed, path);
	history_span(replayed.history, &span);
	assert_int_equal(span.last_seq, count);
	assert_int_equal(history_at(replayed.history, 0, &last), 0);
	snapshot_unref(last);
	replayed_close(&replayed);
}

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
	expect_sql(recorded->path, "PRAGMA journal_mode", "delete");
	expect_whole(recorded->path);
}

static int try_start(const struct record_options *options, char why[256])
{
	struct history *history;
	struct recorder *recorder;
	int r;

	assert_int_equal(history_new(&an_hour, &history), 0);
	r = recorder_start(history, options, &recorder, why, 256);
	if (r == 0)
		recorder_stop(recorder);
	history_free(history);
	return r;
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
	assert_int_equal(try_start(&options, why), -EEXIST);
	assert_non_null(strstr(why, "exists already"));
	assert_non_null(strstr(why, recorded->path));
	options.append = true;
	assert_int_equal(try_start(&options, why), -EBADMSG);
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
	assert_int_equal(try_start(&options, why), -EEXIST);
	assert_int_not_equal(access(target, F_OK), 0);
}

static void test_no_place(void **state)
{
	const struct recorded *recorded = *state;
	struct record_options options = { .path = "/nonexistent/file" };
	char why[256];

	assert_int_equal(try_start(&options, why), -ENOENT);
	assert_string_equal(why,
			    "/nonexistent/file: No such file or directory");
	options.path = recorded->directory;
	assert_int_equal(try_start(&options, why), -EEXIST);
	options.append = true;
	assert_true(try_start(&options, why) < 0);
}

static void test_one_writer(void **state)
{
	const struct recorded *recorded = *state;
	struct record_options options = { .path = recorded->path };
	struct running running;
	char why[256];

	running_begin(&running, &an_hour, &options);
	push(&running, SCRIPTED_THRASH);
	wait_for(&running, 1, 0);
	options.append = true;
	assert_int_equal(try_start(&options, why), -EBUSY);
	assert_non_null(strstr(why, "another memtop"));
	push(&running, SCRIPTED_THRASH);
	wait_for(&running, 2, 0);
	running_end(&running);
	expect_whole(recorded->path);
}

static void test_append(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options append = { .append = true };

	/* where there is none yet, one begins */
	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, &append);
	recorded_write(recorded, SCRIPTED_NOBODY, 7, 4, &append);
	expect_sql(recorded->path, "SELECT count(*) FROM segments", "2");
	expect_sql(recorded->path, "SELECT group_concat(user) FROM segments",
		   "root,alice");
	expect_samples(recorded->path, 7);
	expect_whole(recorded->path);
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
	expect_samples(recorded->path, 6);
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
	assert_int_equal(try_start(&append, why), -EBADMSG);
}

/* ---- what is in it ------------------------------------------------------- */

static void test_no_cmdline(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options options = { .no_cmdline = true };

	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, &options);
	expect_sql(recorded->path,
		   "SELECT count(*) FROM texts WHERE text LIKE '%-Xmx%'", "0");
	expect_sql(recorded->path, "SELECT count(command) FROM processes", "0");
	unlink(recorded->path);
	recorded_write(recorded, SCRIPTED_THRASH, 0, 3, NULL);
	expect_sql(recorded->path,
		   "SELECT count(*) > 0 FROM texts WHERE text LIKE '%-Xmx%'",
		   "1");
}

static void test_texts_once(void **state)
{
	const struct recorded *recorded = *state;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 100, NULL);
	expect_sql(recorded->path,
		   "SELECT count(*) = count(DISTINCT text) FROM texts", "1");
}

static void test_questions(void **state)
{
	const struct recorded *recorded = *state;

	setenv("TZ", "UTC", 1);
	recorded_write(recorded, SCRIPTED_THRASH, 0, 20, NULL);
	expect_sql(recorded->path,
		   "SELECT pid, comm FROM top_pss WHERE "
		   "time = '2026-11-22 14:02:50' LIMIT 1",
		   "48213|java");
	expect_sql(recorded->path,
		   "SELECT pid FROM top_swap WHERE "
		   "time = '2026-11-22 14:02:50' LIMIT 1",
		   "48213");
	expect_sql(recorded->path,
		   "SELECT count(*) > 1 FROM pss_over_time WHERE pid = 48213",
		   "1");
	expect_sql(recorded->path, "SELECT count(*) FROM oom_kills", "0");
}

/* ---- what it survives ---------------------------------------------------- */

static void limit_files(rlim_t bytes)
{
	const struct rlimit limit = { bytes, RLIM_INFINITY };

	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* What is not in the file in the end is said. */
static void test_stopped_when_full(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options options = { .path = recorded->path };
	struct running running;

	running_begin(&running, &an_hour, &options);
	push(&running, SCRIPTED_THRASH);
	wait_for(&running, 1, 0);
	limit_files(4096);
	for (int i = 0; i < 3; i++)
		push(&running, SCRIPTED_THRASH);
	assert_int_equal(recorder_stop(running.recorder), 3);
	limit_files(RLIM_INFINITY);
	history_free(running.history);
	expect_samples(recorded->path, 1);
}

/* A file that may not grow stops nothing; what leaves the ring before it can
 * be written is counted. */
static void test_gaps(void **state)
{
	const struct recorded *recorded = *state;
	const struct history_limits two_seconds = { 2 * NS_PER_S, 64 * MIB };
	const struct record_options options = { .path = recorded->path };
	struct running running;
	struct record_status status;

	running_begin(&running, &two_seconds, &options);
	push(&running, SCRIPTED_THRASH);
	wait_for(&running, 1, 0);
	limit_files(4096);
	push(&running, SCRIPTED_THRASH);
	/* EFBIG, or what SQLite has left of it */
	while (!(status = status_of(&running)).error)
		usleep(1000);
	assert_true(status.error == -EFBIG || status.error == -EIO);
	assert_false(status.ended);
	/* as many as there is room for in the end */
	while (running.step < 22)
		push(&running, SCRIPTED_THRASH);
	limit_files(RLIM_INFINITY);
	status = wait_for(&running, 2, 0);
	while (status.samples + status.lost < running.step)
		status = wait_for(&running, status.samples, 0);
	assert_true(status.lost >= 17 && status.lost < 21);
	running_end(&running);
	expect_sql(recorded->path, "SELECT sum(lost) >= 17 FROM samples", "1");
	expect_samples(recorded->path, status.samples);
	expect_whole(recorded->path);
}

static void test_deleted(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options options = { .path = recorded->path };
	struct running running;
	struct record_status status;

	running_begin(&running, &an_hour, &options);
	push(&running, SCRIPTED_THRASH);
	wait_for(&running, 1, 0);
	unlink(recorded->path);
	push(&running, SCRIPTED_THRASH);
	status = wait_for(&running, 1, -ENOENT);
	assert_true(status.ended);
	assert_non_null(strstr(record_error_text(&status), "deleted"));
	running_end(&running);
	assert_false(is_there(recorded->path, ""));
}

static void fill(const char *directory, bool full)
{
	char name[128], block[4096] = { 1 };
	int fd;

	snprintf(name, sizeof(name), "%s/filler", directory);
	if (!full) {
		unlink(name);
		return;
	}
	fd = open(name, O_CREAT | O_WRONLY, 0600);
	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

/* The mount is nobody else's, and ends with this program. */
static bool mount_small(const char *directory)
{
	return unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", directory, "tmpfs", 0, "size=8m") == 0;
}

/* 8 MB that fill up and become free again.  What has to be written then would
 * not fit into the -wal file at once. */
static void test_full_disk(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options options = { .path = recorded->path };
	struct running running;
	struct record_status status;

	if (!mount_small(recorded->directory))
		skip();
	running_begin(&running, &an_hour, &options);
	push(&running, SCRIPTED_THRASH);
	wait_for(&running, 1, 0);
	fill(recorded->directory, true);
	while (status_of(&running).error == 0 && running.step < 500) {
		push(&running, SCRIPTED_THRASH);
		usleep(2000);
	}
	status = status_of(&running);
	assert_int_equal(status.error, -ENOSPC);
	assert_non_null(strstr(record_error_text(&status), "disk is full"));
	/* as many as there is room for in the end */
	while (running.step < 22)
		push(&running, SCRIPTED_THRASH);
	fill(recorded->directory, false);
	status = wait_for(&running, running.step, 0);
	assert_int_equal(status.lost, 0);
	running_end(&running);
	expect_samples(recorded->path, running.step);
	expect_whole(recorded->path);
	umount(recorded->directory);
}

static void test_max_size(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options options = { .max_bytes = MIB };
	struct stat st;

	recorded_write(recorded, SCRIPTED_THRASH, 0, 1500, &options);
	assert_int_equal(stat(recorded->path, &st), 0);
	if (st.st_size > (off_t)(MIB + MIB / 4))
		fail_msg("%lld bytes", (long long)st.st_size);
	expect_sql(recorded->path,
		   "SELECT min(sample) > 1, max(sample) "
		   "FROM samples",
		   "1|1500");
	expect_sql(recorded->path,
		   "SELECT (SELECT min(sample) FROM samples) = "
		   "(SELECT min(first_sample) FROM segments)",
		   "1");
	expect_whole(recorded->path);
}

/* ---- killed -------------------------------------------------------------- */

/* A hundred times in all. */
enum { KILLED = 60, KILLED_AT_BIRTH = 100 - KILLED };

/* Writes samples as fast as it can and says which are in the file. */
static void write_until_killed(const char *path, int said)
{
	const struct record_options options = { .path = path, .append = true };
	struct running running = { 0 };
	uint64_t told = 0;
	char why[256];

	if (history_new(&an_hour, &running.history) < 0 ||
	    recorder_start(running.history, &options, &running.recorder, why,
			   sizeof(why)) < 0)
		_exit(1);
	for (;;) {
		struct record_status status;

		if (history_push(running.history,
				 scripted_snapshot(SCRIPTED_THRASH,
						   running.step++)) < 0)
			_exit(1);
		do
			recorder_status(running.recorder, &status);
		while (status.samples < running.step);
		for (; told < status.samples; told++)
			if (write(said, "x", 1) != 1)
				_exit(1);
	}
}

static uint64_t count_said(int fd)
{
	char bytes[4096];
	uint64_t count = 0;
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) > 0)
		count += (uint64_t)got;
	return count;
}

/* Lets it say so many samples, and a moment more: how many it said. */
static uint64_t let_write(int fd, unsigned *seed)
{
	uint64_t count = 0, enough = 1 + (unsigned)rand_r(seed) % 6;
	char byte;

	while (count < enough && read(fd, &byte, 1) == 1)
		count++;
	usleep((useconds_t)(rand_r(seed) % 5000));
	return count;
}

/* Whatever it was doing: what was said to be in the file is there. */
static void test_killed(void **state)
{
	const struct recorded *recorded = *state;
	unsigned seed = 1;
	uint64_t said = 0;

	for (int i = 0; i < KILLED; i++) {
		struct replayed replayed;
		struct history_span span;
		int fds[2];
		pid_t pid;

		assert_int_equal(pipe(fds), 0);
		pid = fork();
		if (pid == 0) {
			close(fds[0]);
			write_until_killed(recorded->path, fds[1]);
		}
		close(fds[1]);
		said += let_write(fds[0], &seed);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		said += count_said(fds[0]);
		close(fds[0]);
		replayed_open(&replayed, recorded->path);
		history_span(replayed.history, &span);
		/* the one that was not said yet may be there too */
		if (span.last_seq < said || span.last_seq > said + 1)
			fail_msg("round %d: %" PRIu64 " samples of %" PRIu64, i,
				 span.last_seq, said);
		said = span.last_seq;
		replayed_close(&replayed);
	}
	assert_true(said >= KILLED);
	expect_samples(recorded->path, said);
	expect_whole(recorded->path);
}

/* While the file is being made: --append goes on with whatever is there. */
static void test_killed_at_birth(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options append = { .path = recorded->path,
					       .append = true };
	unsigned seed = 5;

	for (int i = 0; i < KILLED_AT_BIRTH; i++) {
		int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
		char why[256] = "";
		pid_t pid = fork();

		if (pid == 0)
			write_until_killed(recorded->path, nowhere);
		close(nowhere);
		usleep((useconds_t)(rand_r(&seed) % 20000));
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		if (try_start(&append, why) < 0)
			fail_msg("round %d: %s", i, why);
		expect_whole(recorded->path);
		unlink(recorded->path);
	}
}

#define TEST(name)                                            \
	cmocka_unit_test_setup_teardown(name, recorded_setup, \
					recorded_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_one_private_file),
		TEST(test_never_over_a_file),
		TEST(test_no_link_is_followed),
		TEST(test_no_place),
		TEST(test_one_writer),
		TEST(test_append),
		TEST(test_append_after_reboot),
		TEST(test_append_to_a_trap),
		TEST(test_no_cmdline),
		TEST(test_texts_once),
		TEST(test_questions),
		TEST(test_stopped_when_full),
		TEST(test_gaps),
		TEST(test_deleted),
		TEST(test_full_disk),
		TEST(test_max_size),
		TEST(test_killed),
		TEST(test_killed_at_birth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
