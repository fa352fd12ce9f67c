/* SPDX-License-Identifier: MIT
 *
 * --once and --batch on the scripted source: which samples are printed, and
 * how it ends when a pipe closes, a disk is full or a signal comes.
 */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "memtop/batch.h"
#include "memtop/event.h"
#include "memtop/text.h"
#include "rendered.h"

/* The scripted source, with start() pushing as many samples as a test wants:
 * batch_run() owns the loop. */
static struct source_ops ops;
static unsigned pushes;
static enum view_id shown = VIEW_PROCESSES;
static struct history *stalled_history;

static int start(struct source *source)
{
	scripted_source_push(source, pushes);
	return 0;
}

static int start_fails(struct source *source)
{
	(void)source;
	return -EMFILE;
}

static int start_with_signal(struct source *source)
{
	scripted_source_push(source, pushes);
	return raise(SIGTERM);
}

static int start_after_event(struct source *source)
{
	struct snapshot *snapshot = scripted_snapshot(SCRIPTED_STARTING, 0);
	struct list *list = list_new(ENTITY_EVENT);
	struct event *event = list_add(&list);

	event->block.state = list->block.state = STATE_OK;
	event->id = event->begin_ns = event->end_ns = snapshot->realtime_ns;
	event->what = text_new("rain", 4);
	snapshot_set_list(snapshot, list);
	assert_int_equal(history_push(stalled_history, snapshot), 0);
	scripted_source_push(source, pushes);
	return 0;
}

struct result {
	int r;
	char *out, *messages;
	size_t out_size, messages_size;
};

static struct result run(enum scripted_case which, unsigned count,
			 struct batch_options options,
			 int (*how)(struct source *source))
{
	struct result result = { 0 };
	struct history *history;
	struct source *source;
	FILE *out = options.stream;

	pushes = count;
	assert_int_equal(history_new(&history_default_limits, &history), 0);
	stalled_history = history;
	source = scripted_source_new(history, which);
	ops = *source->ops;
	ops.start = how;
	source->ops = &ops;
	if (!out)
		options.stream = open_memstream(&result.out, &result.out_size);
	options.messages =
		open_memstream(&result.messages, &result.messages_size);
	options.output = rendered_options(shown);
	options.output.query.top = 1;
	result.r = batch_run(source, history, &options);
	if (!out)
		fclose(options.stream);
	fclose(options.messages);
	source->ops->close(source);
	history_free(history);
	return result;
}

static void done(struct result *result)
{
	free(result->out);
	free(result->messages);
}

static size_t count_lines(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void test_once_waits(void **state)
{
	struct batch_options options = { .format = &output_json, .once = true };
	struct result result = run(SCRIPTED_STARTING, 5, options, start);

	(void)state;
	assert_int_equal(result.r, 0);
	assert_int_equal(count_lines(result.out), 1);
	/* step 2 is the first complete one */
	assert_non_null(strstr(result.out, "T14:02:39.000"));
	assert_string_equal(result.messages, "");
	done(&result);
}

/* One sample has the events of that moment only; --once is asked for all. */
static void test_once_knows_all_events(void **state)
{
	struct batch_options options = { .format = &output_text };
	struct result result;

	(void)state;
	shown = VIEW_EVENTS;
	options.once = true;
	result = run(SCRIPTED_STARTING, 5, options, start_after_event);
	assert_int_equal(result.r, 0);
	assert_non_null(strstr(result.out, "rain\n"));
	done(&result);
	options.once = false;
	options.samples = 3;
	result = run(SCRIPTED_STARTING, 5, options, start_after_event);
	shown = VIEW_PROCESSES;
	assert_int_equal(result.r, 0);
	/* of the first sample */
	assert_non_null(strstr(result.out, "rain\n"));
	assert_null(strstr(strstr(result.out, "rain\n") + 1, "rain"));
	done(&result);
}

static void test_batch_counts(void **state)
{
	struct batch_options options = { .format = &output_json, .samples = 3 };
	struct result result = run(SCRIPTED_THRASH, 5, options, start);

	(void)state;
	assert_int_equal(result.r, 0);
	assert_int_equal(count_lines(result.out), 3);
	assert_non_null(strstr(result.out, "T14:02:37.000"));
	assert_non_null(strstr(result.out, "T14:02:39.000"));
	done(&result);
}

static void test_text_has_blank_lines_between(void **state)
{
	struct batch_options options = { .format = &output_text, .samples = 2 };
	struct result result = run(SCRIPTED_THRASH, 2, options, start);

	(void)state;
	assert_memory_equal(result.out, "CRIT  ", 6);
	assert_non_null(strstr(result.out, "\n\nCRIT  "));
	assert_int_not_equal(result.out[result.out_size - 2], '\n');
	done(&result);
}

static void test_csv_has_one_header(void **state)
{
	struct batch_options options = { .format = &output_csv, .samples = 2 };
	struct result result = run(SCRIPTED_THRASH, 2, options, start);

	(void)state;
	assert_int_equal(count_lines(result.out), 3);
	assert_memory_equal(result.out, "time,pid,", 9);
	done(&result);
}

/* A reader so slow that samples drop out of the ring meanwhile: each write
 * takes nine of them. */
static ssize_t write_slowly(void *cookie, const char *bytes, size_t len)
{
	(void)bytes;
	scripted_source_push(cookie, 9);
	return (ssize_t)len;
}

static void test_gap(void **state)
{
	struct history_limits small = { .duration_ns = 2 * NS_PER_S,
					.bytes = 32 * MIB };
	struct batch_options options = { .format = &output_csv, .samples = 2 };
	cookie_io_functions_t functions = { .write = write_slowly };
	struct history *history;
	struct source *source;
	char *messages;
	size_t size;

	(void)state;
	assert_int_equal(history_new(&small, &history), 0);
	source = scripted_source_new(history, SCRIPTED_THRASH);
	options.output = rendered_options(VIEW_PROCESSES);
	options.output.query.top = 1;
	options.stream = fopencookie(source, "w", functions);
	options.messages = open_memstream(&messages, &size);
	assert_int_equal(batch_run(source, history, &options), 0);
	fclose(options.messages);
	/* 1 is printed, then 2 to 10 come and 8 to 10 are kept */
	assert_string_equal(messages, "memtop: samples lost because they were "
				      "not read fast enough: 6\n");
	fclose(options.stream);
	free(messages);
	source->ops->close(source);
	history_free(history);
}

static void test_signal(void **state)
{
	struct batch_options options = { .format = &output_csv };
	struct result result =
		run(SCRIPTED_THRASH, 1, options, start_with_signal);
	struct sigaction after;

	(void)state;
	assert_int_equal(result.r, 0);
	assert_int_equal(count_lines(result.out), 2);
	done(&result);
	sigaction(SIGTERM, NULL, &after);
	assert_true(after.sa_handler == SIG_DFL);

	options.once = true;
	result = run(SCRIPTED_STARTING, 1, options, start_with_signal);
	assert_int_equal(result.r, -EINTR);
	done(&result);
}

static void test_closed_pipe(void **state)
{
	struct batch_options options = { .format = &output_json };
	struct result result;
	int fds[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	options.stream = fdopen(fds[1], "w");
	result = run(SCRIPTED_THRASH, 1, options, start);
	assert_int_equal(result.r, 0);
	fclose(options.stream);
	done(&result);

	/* noticed while waiting for a sample, too */
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	options.stream = fdopen(fds[1], "w");
	options.once = true;
	result = run(SCRIPTED_STARTING, 1, options, start);
	assert_int_equal(result.r, 0);
	fclose(options.stream);
	done(&result);
}

static void test_full_disk(void **state)
{
	struct batch_options options = { .format = &output_text };
	struct result result;

	(void)state;
	options.stream = fopen("/dev/full", "w");
	assert_non_null(options.stream);
	result = run(SCRIPTED_THRASH, 1, options, start);
	assert_int_equal(result.r, -ENOSPC);
	fclose(options.stream);
	done(&result);
}

static void test_start_fails(void **state)
{
	struct batch_options options = { .format = &output_json, .once = true };
	struct result result = run(SCRIPTED_THRASH, 0, options, start_fails);

	(void)state;
	assert_int_equal(result.r, -EMFILE);
	assert_int_equal(result.out_size, 0);
	done(&result);
}

/* All samples are there already; the clock moves a second a look. */
static int start_nothing(struct source *source)
{
	(void)source;
	return 0;
}

static uint64_t now_moving(struct source *source)
{
	static uint64_t now;

	(void)source;
	return now += NS_PER_S;
}

static void assert_messages(bool progress, const char *expected)
{
	struct batch_options options = { .format = &output_csv,
					 .once = true,
					 .progress = progress };
	struct history *history;
	struct source *source;
	char *messages;
	size_t size;

	assert_int_equal(history_new(&history_default_limits, &history), 0);
	source = scripted_source_new(history, SCRIPTED_STARTING);
	scripted_source_push(source, 3);
	ops = *source->ops;
	ops.start = start_nothing;
	ops.now = now_moving;
	source->ops = &ops;
	options.output = rendered_options(VIEW_PROCESSES);
	options.stream = fopen("/dev/null", "w");
	options.messages = open_memstream(&messages, &size);
	assert_int_equal(batch_run(source, history, &options), 0);
	fclose(options.messages);
	assert_string_equal(messages, expected);
	fclose(options.stream);
	free(messages);
	source->ops->close(source);
	history_free(history);
}

static void test_progress(void **state)
{
	(void)state;
	assert_messages(true, "\rPSS 0/312\rPSS 3/312\r         \r");
	/* standard error is no terminal */
	assert_messages(false, "");
}

/* A pass that never gets further than four processes. */
static int start_stalled(struct source *source)
{
	(void)source;
	for (uint64_t second = 0; second < pushes; second++) {
		struct snapshot *snapshot = snapshot_new();

		assert_non_null(snapshot);
		snapshot->monotonic_ns = (100 + second) * NS_PER_S;
		snapshot->realtime_ns = (second + 1) * NS_PER_S;
		if (second)
			snapshot->interval_ns = NS_PER_S;
		snapshot->coverage = (struct coverage){ .processes = 5 };
		snapshot->coverage.pss_known = min_u64(second, 4);
		assert_int_equal(history_push(stalled_history, snapshot), 0);
	}
	return 0;
}

static void test_once_gives_up(void **state)
{
	struct batch_options options = { .format = &output_json, .once = true };
	struct result result =
		run(SCRIPTED_STARTING, 70, options, start_stalled);

	(void)state;
	assert_int_equal(result.r, 0);
	assert_int_equal(count_lines(result.out), 1);
	/* a minute after the fourth process was known */
	assert_non_null(strstr(result.out, "\"1970-01-01T00:01:06.000"));
	done(&result);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once_waits),
		cmocka_unit_test(test_once_knows_all_events),
		cmocka_unit_test(test_batch_counts),
		cmocka_unit_test(test_text_has_blank_lines_between),
		cmocka_unit_test(test_csv_has_one_header),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_signal),
		cmocka_unit_test(test_closed_pipe),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_start_fails),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_once_gives_up),
	};

	setenv("TZ", "UTC", 1);
	alarm(60); /* a loop that never ends is a failure too */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
