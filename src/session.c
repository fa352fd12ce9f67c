/* SPDX-License-Identifier: MIT
 *
 * Builds what the options ask for and takes it down in the right order.
 */
#include "session.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/format.h"
#include "memtop/judges.h"
#include "say.h"

static int open_live(const struct options *options, struct session *session)
{
	struct live_config config = {
		.judge = { .step = judges_step },
		.period_ns = options->delay_ns,
		.budget_percent = options->budget_percent,
		.one_shot = options->mode == RUN_ONCE,
		.interactive = options->mode == RUN_SCREEN,
	};
	int r;

	session->judges = judges_new();
	if (!session->judges)
		return -ENOMEM;
	r = history_new(&options->history, &session->history);
	if (r < 0)
		return r;
	if (options->mode == RUN_ONCE || options->mode == RUN_CHECK)
		judges_waive(session->judges);
	config.judge.state = session->judges;
	config.history = session->history;
	return live_source_new(&config, &session->source);
}

/* The first sample not older than that. */
static uint64_t seq_from(struct history *history, uint64_t realtime_ns)
{
	const struct snapshot *snapshot;
	uint64_t seq = 1;

	/* a clock means the end of its second, and here its beginning */
	realtime_ns = sub_floor(realtime_ns, NS_PER_S - 1);
	history_find(history, realtime_ns, &seq);
	if (history_at(history, seq, &snapshot) == 0) {
		seq += snapshot->realtime_ns < realtime_ns;
		snapshot_unref(snapshot);
	}
	return seq;
}

static int open_replay(const struct options *options, struct session *session,
		       char *why, size_t why_size)
{
	struct history_span span;
	const char *note;
	uint64_t ns;
	int r = replay_open(options->replay_path, &session->source,
			    &session->history, why, why_size);

	if (r < 0)
		return r;
	note = session->source->ops->recording(session->source)->note;
	if (*note && options->mode != RUN_SCREEN)
		say("%s: %s", options->replay_path, note);
	history_span(session->history, &span);
	session->first_seq = span.first_seq;
	session->last_seq = span.last_seq;
	if (options->at &&
	    parse_moment(options->at, span.last_realtime_ns, &ns) == 0) {
		history_find(session->history, ns, &session->first_seq);
		session->last_seq = session->first_seq;
	} else if (options->mode == RUN_ONCE || options->mode == RUN_CHECK) {
		session->first_seq = session->last_seq;
	}
	if (options->from &&
	    parse_moment(options->from, span.last_realtime_ns, &ns) == 0)
		session->first_seq = seq_from(session->history, ns);
	if (options->to &&
	    parse_moment(options->to, span.last_realtime_ns, &ns) == 0)
		history_find(session->history, ns, &session->last_seq);
	return 0;
}

static int start_recorder(struct session *session, const char *path, char *why,
			  size_t why_size)
{
	snprintf(session->record_path, sizeof(session->record_path), "%s",
		 path);
	session->record.path = session->record_path;
	return recorder_start(session->history, &session->record,
			      &session->recorder, why, why_size);
}

const char *session_reason(int error)
{
	return error == -EAGAIN ? "no thread could be started: no more "
				  "processes are allowed (see ulimit -u and "
				  "pids.max)"
				: strerror(-error);
}

static void explain_failure(int error, char *why, size_t size)
{
	snprintf(why, size, "cannot %s: %s",
		 error == -EAGAIN ? "start" : "read /proc",
		 error == -ENODEV ? "it is not mounted"
				  : session_reason(error));
}

int session_open(const struct options *options, struct session *session,
		 char *why, size_t why_size)
{
	int r;

	if (options->replay_path)
		return open_replay(options, session, why, why_size);
	r = open_live(options, session);
	if (r < 0) {
		explain_failure(r, why, why_size);
		return r;
	}
	if (!options->record.path)
		return 0;
	session->record = options->record;
	session->alone = !options->format;
	return start_recorder(session, options->record.path, why, why_size);
}

int session_watch(void *data)
{
	struct session *session = data;
	struct record_status now;

	if (!session->recorder)
		return 0;
	recorder_status(session->recorder, &now);
	if (now.error && now.error != session->recorded.error)
		say("%s: %s", session->record_path, record_error_text(&now));
	if (!now.error && session->recorded.error)
		say("%s: goes on, %" PRIu64 " samples lost so far",
		    session->record_path, now.lost);
	session->recorded = now;
	return now.ended && session->alone ? now.error : 0;
}

bool session_record_status(void *data, char *buf, size_t size)
{
	struct session *session = data;
	char bytes[FORMAT_SIZE], lost[48] = "";
	struct record_status now;

	*buf = '\0';
	if (!session->recorder)
		return false;
	recorder_status(session->recorder, &now);
	if (now.lost)
		snprintf(lost, sizeof(lost), " %" PRIu64 " lost", now.lost);
	if (now.error)
		snprintf(buf, size, "rec: %s", record_error_text(&now));
	else
		snprintf(buf, size, "rec %s%s",
			 format_bytes(bytes, now.bytes, FORMAT_AUTO), lost);
	return now.error != 0;
}

static int end_recording(struct session *session)
{
	uint64_t unwritten = recorder_stop(session->recorder);

	session->recorder = NULL;
	if (unwritten == 0)
		return 0;
	say("%s: the last %" PRIu64 " samples could not be written",
	    session->record_path, unwritten);
	return -EIO;
}

void session_record(void *data, const char *path, char *said, size_t size)
{
	struct session *session = data;
	struct record_status now = { 0 };
	char how[128];

	if (session->recorder)
		recorder_status(session->recorder, &now);
	if (now.ended && *path) {
		recorder_stop(session->recorder);
		session->recorder = NULL;
	}
	if (!session->recorder && !*path) {
		snprintf(said, size, "record: which file?");
	} else if (!session->recorder) {
		if (start_recorder(session, path, said, size) == 0)
			snprintf(said, size, "recording to %s", path);
	} else {
		session_record_status(session, how, sizeof(how));
		snprintf(said, size, "%s: %s", session->record_path, how);
	}
}

/* A reader that hangs in the kernel still uses all of it: what its source
 * could not end is left to the end of the process. */
int session_close(struct session *session)
{
	bool is_closed = !session->source ||
			 session->source->ops->close(session->source);
	int r = end_recording(session);

	if (!is_closed)
		return r;
	history_free(session->history);
	judges_free(session->judges);
	return r;
}
