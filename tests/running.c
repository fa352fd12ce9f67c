/* SPDX-License-Identifier: MIT
 *
 * Recorders for tests.
 */
#include "running.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
/* after those it needs */
#include <cmocka.h>

void running_begin(struct running *running, const struct history_limits *limits,
		   const struct record_options *options)
{
	char why[256] = "";

	running->step = 0;
	assert_int_equal(history_new(limits, &running->history), 0);
	if (recorder_start(running->history, options, &running->recorder, why,
			   sizeof(why)) < 0)
		fail_msg("%s", why);
}

void running_end(struct running *running)
{
	assert_int_equal(recorder_stop(running->recorder), 0);
	history_free(running->history);
}

void running_push(struct running *running, enum scripted_case which)
{
	struct snapshot *snapshot = scripted_snapshot(which, running->step++);

	assert_int_equal(history_push(running->history, snapshot), 0);
}

struct record_status running_status(struct running *running)
{
	struct record_status status;

	recorder_status(running->recorder, &status);
	return status;
}

/* Until the status has so many samples, or that error. */
struct record_status running_wait(struct running *running, uint64_t samples,
				  int error)
{
	struct record_status status;

	for (int i = 0; i < 10000; i++) {
		status = running_status(running);
		if (status.error == error && status.samples >= samples)
			return status;
		usleep(1000);
	}
	fail_msg("%" PRIu64 " samples, error %d; not %" PRIu64 ", %d",
		 status.samples, status.error, samples, error);
	return status;
}

const struct history_limits running_an_hour = { 3600 * NS_PER_S, 64 * MIB };

void recorded_expect(const char *path, const char *sql, const char *expected)
{
	char *found = recorded_sql(path, sql);

	if (!found || strcmp(found, expected) != 0)
		fail_msg("%s: %s, not %s", sql, found ? found : "an error",
			 expected);
	free(found);
}

void recorded_whole(const char *path)
{
	recorded_expect(path, "PRAGMA integrity_check", "ok");
}

void recorded_samples(const char *path, uint64_t count)
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

int running_try(const struct record_options *options, char why[256])
{
	struct history *history;
	struct recorder *recorder;
	int r;

	assert_int_equal(history_new(&running_an_hour, &history), 0);
	r = recorder_start(history, options, &recorder, why, 256);
	if (r == 0)
		recorder_stop(recorder);
	history_free(history);
	return r;
}
