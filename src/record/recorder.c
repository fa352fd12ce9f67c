/* SPDX-License-Identifier: MIT
 *
 * The thread that writes: it follows the history by sequence number, so that
 * a slow or a full disk stops nobody but itself.  What has left the history
 * before it could be written is counted and said.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "memtop/base.h"
#include "memtop/clock.h"
#include "memtop/record.h"
#include "memtop/thread.h"
#include "writer.h"

/* SQLite needs more than the lanes. */
#define STACK_SIZE	    (512 * KIB)
#define CHECKPOINT_EVERY_NS (10 * NS_PER_S)
/* After a failure: the disk gets time to become better. */
#define RETRY_MS 2000
/* Samples that are written after one before the -wal file is emptied: each
 * takes a page of nearly every table there, so it is many times what they
 * need in the end. */
#define TIGHT_SAMPLES 2
/* How long the end of the program waits for a disk. */
#define STOP_WAIT_NS (5 * NS_PER_S)

struct recorder {
	pthread_mutex_t mutex;
	pthread_cond_t ended;
	bool stopping, running;
	struct record_status status;
	uint64_t settled_seq; /* up to here written, or counted as lost */

	/* the thread's own */
	struct writer writer;
	struct history *history;
	int samples_fd, stop_fd;
	uint64_t last_seq; /* written, or given up */
	uint64_t lost;	   /* since the last one that was written */
	uint64_t checkpoint_ns;
};

static bool is_stopping(struct recorder *recorder)
{
	bool stopping;

	pthread_mutex_lock(&recorder->mutex);
	stopping = recorder->stopping;
	pthread_mutex_unlock(&recorder->mutex);
	return stopping;
}

/* written: the sample last_seq. */
static void publish(struct recorder *recorder, int error, bool written)
{
	uint64_t bytes = writer_bytes(&recorder->writer);
	bool deleted = writer_is_deleted(&recorder->writer);

	pthread_mutex_lock(&recorder->mutex);
	recorder->status.samples += written;
	recorder->settled_seq = recorder->last_seq;
	recorder->status.bytes = bytes;
	recorder->status.error = deleted ? -ENOENT : error;
	recorder->status.ended = deleted;
	pthread_mutex_unlock(&recorder->mutex);
}

static void count_lost(struct recorder *recorder, uint64_t count)
{
	recorder->lost += count;
	pthread_mutex_lock(&recorder->mutex);
	recorder->status.lost += count;
	pthread_mutex_unlock(&recorder->mutex);
}

/* What has come since the last time; an error leaves the rest for later.
 * tight: room was short last time. */
static int write_new(struct recorder *recorder, bool tight)
{
	struct history_span span;
	unsigned count = 0;
	int r = 0;

	if (tight)
		writer_checkpoint(&recorder->writer);

	history_span(recorder->history, &span);
	while (r == 0 && recorder->last_seq < span.last_seq) {
		const struct snapshot *snapshot;
		uint64_t seq = recorder->last_seq + 1;

		history_span(recorder->history, &span);
		if (seq < span.first_seq) {
			count_lost(recorder, span.first_seq - seq);
			seq = span.first_seq;
			recorder->last_seq = seq - 1;
		}
		if (history_at(recorder->history, seq, &snapshot) < 0)
			continue; /* just gone: the span will tell */
		r = writer_sample(&recorder->writer, snapshot, recorder->lost);
		snapshot_unref(snapshot);
		if (r < 0)
			break;
		recorder->last_seq = seq;
		recorder->lost = 0;
		publish(recorder, 0, true);
		if (tight && ++count % TIGHT_SAMPLES == 0)
			writer_checkpoint(&recorder->writer);
	}
	return r;
}

static void checkpoint(struct recorder *recorder)
{
	if (clock_ns(CLOCK_MONOTONIC) < recorder->checkpoint_ns)
		return;
	recorder->checkpoint_ns =
		clock_ns(CLOCK_MONOTONIC) + CHECKPOINT_EVERY_NS;
	/* one that fails leaves all in the -wal file, until the next */
	writer_checkpoint(&recorder->writer);
}

static void wait_for_more(struct recorder *recorder, int error)
{
	struct pollfd fds[] = {
		{ .fd = recorder->stop_fd, .events = POLLIN },
		{ .fd = recorder->samples_fd, .events = POLLIN },
	};
	eventfd_t count;

	/* when it fails, not at every sample again */
	poll(fds, error ? 1 : 2, error ? RETRY_MS : -1);
	if (fds[1].revents)
		eventfd_read(recorder->samples_fd, &count);
}

static void *recorder_main(void *argument)
{
	struct recorder *recorder = argument;
	bool last, deleted = false;
	int r = 0;

	thread_name("recorder");
	do {
		/* asked before writing: what came until then is written */
		last = is_stopping(recorder);
		r = write_new(recorder, r < 0);
		deleted = writer_is_deleted(&recorder->writer);
		if (r < 0 || deleted)
			publish(recorder, r, false);
		checkpoint(recorder);
		if (!last && !deleted)
			wait_for_more(recorder, r);
	} while (!last && !deleted);

	writer_close(&recorder->writer);
	pthread_mutex_lock(&recorder->mutex);
	recorder->running = false;
	pthread_cond_signal(&recorder->ended);
	pthread_mutex_unlock(&recorder->mutex);
	return NULL;
}

const char *record_error_text(const struct record_status *status)
{
	if (status->ended)
		return "the file was deleted; the recording has ended";
	if (status->error == -ENOSPC)
		return "the disk is full; goes on when there is room";
	return status->error ? strerror(-status->error) : "";
}

void recorder_status(struct recorder *recorder, struct record_status *ret)
{
	pthread_mutex_lock(&recorder->mutex);
	*ret = recorder->status;
	pthread_mutex_unlock(&recorder->mutex);
}

/* ---- life ---------------------------------------------------------------- */

static void recorder_free(struct recorder *recorder)
{
	writer_close(&recorder->writer);
	if (recorder->samples_fd >= 0)
		history_unsubscribe(recorder->history, recorder->samples_fd);
	if (recorder->stop_fd >= 0)
		close(recorder->stop_fd);
	pthread_cond_destroy(&recorder->ended);
	pthread_mutex_destroy(&recorder->mutex);
	free(recorder);
}

int recorder_start(struct history *history,
		   const struct record_options *options, struct recorder **ret,
		   char *why, size_t why_size)
{
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int r;

	snprintf(why, why_size, "%s: %s", options->path, strerror(ENOMEM));
	if (!recorder)
		return -ENOMEM;
	pthread_mutex_init(&recorder->mutex, NULL);
	thread_cond_init(&recorder->ended);
	recorder->history = history;
	recorder->samples_fd = recorder->stop_fd = -1;
	r = writer_open(&recorder->writer, options, why, why_size);
	if (r < 0)
		goto out;
	recorder->stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	recorder->samples_fd = history_subscribe(history);
	r = recorder->stop_fd < 0 ? -errno : 0;
	if (r == 0 && recorder->samples_fd < 0)
		r = recorder->samples_fd;
	if (r == 0) {
		recorder->checkpoint_ns =
			clock_ns(CLOCK_MONOTONIC) + CHECKPOINT_EVERY_NS;
		/* a limit on file sizes (SIGXFSZ) comes back as EFBIG */
		recorder->running = true;
		r = thread_start(recorder_main, recorder, STACK_SIZE);
	}
	if (r < 0)
		snprintf(why, why_size, "%s: %s", options->path, strerror(-r));
out:
	if (r < 0)
		recorder_free(recorder);
	else
		*ret = recorder;
	return r;
}

uint64_t recorder_stop(struct recorder *recorder)
{
	struct history_span span;
	uint64_t until_ns = clock_ns(CLOCK_MONOTONIC) + STOP_WAIT_NS;
	uint64_t unwritten;
	bool ended;

	if (!recorder)
		return 0;
	history_span(recorder->history, &span);
	pthread_mutex_lock(&recorder->mutex);
	recorder->stopping = true;
	eventfd_write(recorder->stop_fd, 1);
	while (recorder->running && clock_ns(CLOCK_MONOTONIC) < until_ns)
		thread_wait(&recorder->ended, &recorder->mutex, until_ns);
	ended = !recorder->running;
	unwritten = sub_floor(span.last_seq, recorder->settled_seq);
	pthread_mutex_unlock(&recorder->mutex);
	/* one that hangs in the kernel keeps its memory; the process is about
	 * to end */
	if (ended)
		recorder_free(recorder);
	return unwritten;
}
