/* SPDX-License-Identifier: MIT
 *
 * A recording as a source: nothing is read, asked or changed on this machine.
 * Its clock is that of the screen, for messages and for playing; the samples
 * have their own.
 */
#include "replay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "memtop/base.h"
#include "memtop/clock.h"
#include "memtop/record.h"

struct replay {
	struct source source; /* first: the two convert by a cast */
	struct recording recording;
	char *path;
	char note[128];
};

static int replay_start(struct source *source)
{
	(void)source;
	return 0;
}

static uint64_t replay_now(struct source *source)
{
	(void)source;
	return clock_ns(CLOCK_MONOTONIC);
}

static void replay_set_period(struct source *source, uint64_t period_ns)
{
	(void)source, (void)period_ns;
}

static void replay_set_interest(struct source *source,
				const struct interest *interest)
{
	(void)source, (void)interest;
}

static uint64_t replay_request(struct source *source, enum request_kind kind,
			       struct process_key key)
{
	(void)source, (void)kind, (void)key;
	return 0;
}

static int replay_reply_fd(struct source *source)
{
	(void)source;
	return -1;
}

static struct reply *replay_take_reply(struct source *source)
{
	(void)source;
	return NULL;
}

static int replay_target_open(struct source *source, struct process_key key,
			      struct target **ret)
{
	(void)source, (void)key, (void)ret;
	return -EOPNOTSUPP;
}

static int replay_job_open(struct source *source, enum job_kind kind,
			   const char *path, struct job **ret)
{
	(void)source, (void)kind, (void)path, (void)ret;
	return -EOPNOTSUPP;
}

static const struct recording *replay_recording(struct source *source)
{
	return &((struct replay *)source)->recording;
}

static bool replay_close(struct source *source)
{
	struct replay *replay = (struct replay *)source;

	if (!replay)
		return true;
	free(replay->path);
	free(replay);
	return true;
}

/* Without a target or a job there is nothing to do with one. */
static const struct source_ops replay_ops = {
	.name = "replay",
	.start = replay_start,
	.now = replay_now,
	.set_period = replay_set_period,
	.set_interest = replay_set_interest,
	.request = replay_request,
	.reply_fd = replay_reply_fd,
	.take_reply = replay_take_reply,
	.target_open = replay_target_open,
	.job_open = replay_job_open,
	.recording = replay_recording,
	.close = replay_close,
};

static int source_new(const struct replay_store *store, const char *path,
		      struct source **ret)
{
	const struct reader *reader = &store->reader;
	struct replay *replay = calloc(1, sizeof(*replay));

	if (!replay)
		return -ENOMEM;
	replay->source.ops = &replay_ops;
	replay->path = strdup(path);
	if (!replay->path) {
		free(replay);
		return -ENOMEM;
	}
	strcpy(replay->note, reader->note);
	replay->recording = (struct recording){
		.path = replay->path,
		.samples = reader->count,
		.first_realtime_ns = reader->moments[0].realtime_ns,
		.last_realtime_ns =
			reader->moments[reader->count - 1].realtime_ns,
		.note = replay->note,
	};
	*ret = &replay->source;
	return 0;
}

int replay_open(const char *path, struct source **ret_source,
		struct history **ret_history, char *why, size_t why_size)
{
	struct replay_store *store;
	struct source *source;
	int r;

	snprintf(why, why_size, "%s: %s", path, strerror(ENOMEM));
	r = replay_store_new(path, &store, why, why_size);
	if (r < 0)
		return r;
	r = source_new(store, path, &source);
	if (r < 0) {
		replay_store_functions.close(store);
		return r;
	}
	/* takes the store, even when it fails */
	r = history_new_on(&replay_store_functions, store, ret_history);
	if (r < 0)
		replay_close(source);
	else
		*ret_source = source;
	return r;
}
