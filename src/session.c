/* SPDX-License-Identifier: MIT
 *
 * Builds what the options ask for and takes it down in the right order.
 */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memtop/verdict.h"

static int open_live(const struct options *options, struct session *session)
{
	struct live_config config = {
		.judge = { .step = verdict_judge_step },
		.period_ns = options->delay_ns,
		.budget_percent = options->budget_percent,
		.one_shot = options->mode == RUN_ONCE,
		.interactive = options->mode == RUN_SCREEN,
	};
	int r;

	session->judge = verdict_judge_new();
	if (!session->judge)
		return -ENOMEM;
	r = history_new(&options->history, &session->history);
	if (r < 0)
		return r;
	config.judge.state = session->judge;
	config.history = session->history;
	return live_source_new(&config, &session->source);
}

int session_open(const struct options *options, struct session *session,
		 char *why, size_t why_size)
{
	int r = open_live(options, session);

	if (r < 0) {
		snprintf(why, why_size, "cannot read /proc: %s", strerror(-r));
		return r;
	}
	if (!options->record.path)
		return 0;
	session->record_path = options->record.path;
	session->alone = !options->format;
	return recorder_start(session->history, &options->record,
			      &session->recorder, why, why_size);
}

int session_watch(void *data)
{
	struct session *session = data;
	struct record_status now;

	if (!session->recorder)
		return 0;
	recorder_status(session->recorder, &now);
	if (now.error && now.error != session->recorded.error)
		fprintf(stderr, "memtop: %s: %s\n", session->record_path,
			record_error_text(&now));
	if (!now.error && session->recorded.error)
		fprintf(stderr, "memtop: %s: goes on, %" PRIu64
				" samples lost so far\n",
			session->record_path, now.lost);
	session->recorded = now;
	return now.ended && session->alone ? now.error : 0;
}

/* A reader that hangs in the kernel still uses all of it: what its source
 * could not end is left to the end of the process. */
void session_close(struct session *session)
{
	if (session->source)
		session->source->ops->close(session->source);
	recorder_stop(session->recorder);
	history_free(session->history);
	verdict_judge_free(session->judge);
}
