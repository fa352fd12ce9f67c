/* SPDX-License-Identifier: MIT
 *
 * Writing recordings: what the file survives.  Full disks, a program that is
 * killed, a file that goes away.
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
#include "running.h"

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

	running_begin(&running, &running_an_hour, &options);
	running_push(&running, SCRIPTED_THRASH);
	running_wait(&running, 1, 0);
	limit_files(4096);
	for (int i = 0; i < 3; i++)
		running_push(&running, SCRIPTED_THRASH);
	assert_int_equal(recorder_stop(running.recorder), 3);
	limit_files(RLIM_INFINITY);
	history_free(running.history);
	recorded_samples(recorded->path, 1);
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
	running_push(&running, SCRIPTED_THRASH);
	running_wait(&running, 1, 0);
	limit_files(4096);
	running_push(&running, SCRIPTED_THRASH);
	/* EFBIG, or what SQLite has left of it */
	while (!(status = running_status(&running)).error)
		usleep(1000);
	assert_true(status.error == -EFBIG || status.error == -EIO);
	assert_false(status.ended);
	/* as many as there is room for in the end */
	while (running.step < 22)
		running_push(&running, SCRIPTED_THRASH);
	limit_files(RLIM_INFINITY);
	status = running_wait(&running, 2, 0);
	while (status.samples + status.lost < running.step)
		status = running_wait(&running, status.samples, 0);
	assert_true(status.lost >= 17 && status.lost < 21);
	running_end(&running);
	recorded_expect(recorded->path, "SELECT sum(lost) >= 17 FROM samples",
			"1");
	recorded_samples(recorded->path, status.samples);
	recorded_whole(recorded->path);
}

static void test_deleted(void **state)
{
	const struct recorded *recorded = *state;
	const struct record_options options = { .path = recorded->path };
	struct running running;
	struct record_status status;

	running_begin(&running, &running_an_hour, &options);
	running_push(&running, SCRIPTED_THRASH);
	running_wait(&running, 1, 0);
	unlink(recorded->path);
	running_push(&running, SCRIPTED_THRASH);
	status = running_wait(&running, 1, -ENOENT);
	assert_true(status.ended);
	assert_non_null(strstr(record_error_text(&status), "deleted"));
	running_end(&running);
	assert_int_not_equal(access(recorded->path, F_OK), 0);
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
	running_begin(&running, &running_an_hour, &options);
	running_push(&running, SCRIPTED_THRASH);
	running_wait(&running, 1, 0);
	fill(recorded->directory, true);
	while (running_status(&running).error == 0 && running.step < 500) {
		running_push(&running, SCRIPTED_THRASH);
		usleep(2000);
	}
	status = running_status(&running);
	assert_int_equal(status.error, -ENOSPC);
	assert_non_null(strstr(record_error_text(&status), "disk is full"));
	/* as many as there is room for in the end */
	while (running.step < 22)
		running_push(&running, SCRIPTED_THRASH);
	fill(recorded->directory, false);
	status = running_wait(&running, running.step, 0);
	assert_int_equal(status.lost, 0);
	running_end(&running);
	recorded_samples(recorded->path, running.step);
	recorded_whole(recorded->path);
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
	recorded_expect(recorded->path,
			"SELECT min(sample) > 1, max(sample) "
			"FROM samples",
			"1|1500");
	recorded_expect(recorded->path,
			"SELECT (SELECT min(sample) FROM samples) = "
			"(SELECT min(first_sample) FROM segments)",
			"1");
	recorded_whole(recorded->path);
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

	if (history_new(&running_an_hour, &running.history) < 0 ||
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
	recorded_samples(recorded->path, said);
	recorded_whole(recorded->path);
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
		if (running_try(&append, why) < 0)
			fail_msg("round %d: %s", i, why);
		recorded_whole(recorded->path);
		unlink(recorded->path);
	}
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, recorded_setup, recorded_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_stopped_when_full), TEST(test_gaps),
		TEST(test_deleted),	      TEST(test_full_disk),
		TEST(test_max_size),	      TEST(test_killed),
		TEST(test_killed_at_birth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
