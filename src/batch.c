/* SPDX-License-Identifier: MIT
 *
 * Prints samples as they come.  Waits on the history only, so a pipe that
 * takes nothing stops this file and never the sampling; what was lost
 * meanwhile is counted and said.
 */
#include "memtop/batch.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "memtop/base.h"
#include "memtop/kernfile.h"
#include "memtop/list.h"

/* A pass that takes longer than this is worth a word. */
#define PROGRESS_AFTER_NS NS_PER_S
/* --once waits no longer for a pass that gets nowhere: the coverage in its
 * sample says what is missing, a script that hangs says nothing. */
#define PATIENCE_NS (60 * NS_PER_S)

static volatile sig_atomic_t stop_signal;
static int stop_fd;

/* The signal may interrupt another thread, so poll() is told by the fd. */
static void on_signal(int signal)
{
	int saved = errno;
	uint64_t one = 1;

	stop_signal = signal;
	if (write(stop_fd, &one, sizeof(one)) < 0) {
		/* full: it is readable, which is all that is wanted */
	}
	errno = saved;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

static int catch_signals(struct sigaction before[])
{
	/* no SA_RESTART: a blocked write has to come back */
	struct sigaction action = { .sa_handler = on_signal };

	stop_signal = 0;
	stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (stop_fd < 0)
		return -errno;
	sigemptyset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &before[i]);
		/* nohup and background jobs ignore some for a reason */
		if (before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
	return 0;
}

static void release_signals(const struct sigaction before[])
{
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &before[i], NULL);
	close(stop_fd);
}

struct batch {
	struct source *source;
	struct history *history;
	const struct batch_options *options;
	int fd; /* of the subscription */
	uint64_t started_ns;
	uint64_t last_seq; /* looked at */
	uint64_t printed;
	uint64_t known;	    /* processes whose PSS was settled last time, … */
	uint64_t known_ns;  /* … and since when no other one has been */
	int progress_cells; /* on the terminal now */
};

static uint64_t count_known(const struct snapshot *snapshot)
{
	const struct coverage *c = &snapshot->coverage;

	return c->pss_known + c->pss_denied + c->pss_stuck;
}

static void show_progress(struct batch *batch, const struct snapshot *snapshot)
{
	FILE *messages = batch->options->messages;

	if (!batch->options->progress || snapshot->complete ||
	    sub_floor(batch->source->ops->now(batch->source),
		      batch->started_ns) < PROGRESS_AFTER_NS)
		return;
	batch->progress_cells =
		fprintf(messages, "\rPSS %" PRIu64 "/%" PRIu64,
			count_known(snapshot), snapshot->coverage.processes) -
		1;
	fflush(messages);
}

static void erase_progress(struct batch *batch)
{
	if (batch->progress_cells <= 0)
		return;
	fprintf(batch->options->messages, "\r%*s\r", batch->progress_cells, "");
	fflush(batch->options->messages);
	batch->progress_cells = 0;
}

/* Of a terminal; lines that go elsewhere are as long as they are. */
static int line_width(const struct batch_options *options)
{
	int fd = fileno(options->stream);
	const char *columns = getenv("COLUMNS"), *end;
	struct winsize size;
	uint64_t width;

	if (options->output.width || fd < 0 || !isatty(fd))
		return options->output.width;
	if (columns && parse_u64(columns, &end, &width) && !*end &&
	    width <= UINT16_MAX)
		return (int)width;
	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static int print_sample(struct batch *batch, const struct snapshot *snapshot)
{
	const struct batch_options *options = batch->options;
	struct output_options output = options->output;
	const struct list *events = NULL;
	int r = 0;

	erase_progress(batch);
	if (!options->format) {
		batch->printed++;
		return 0;
	}
	output.width = line_width(options);
	errno = 0;
	if (batch->printed && options->format->between &&
	    fputs(options->format->between, options->stream) == EOF)
		return errno ? -errno : -EIO;
	/* one sample alone has next to none */
	if (options->once)
		output.events = events = history_events(batch->history);
	r = options->format->sample(options->stream, &output, snapshot);
	list_unref(events);
	if (r == 0 && fflush(options->stream) == EOF)
		r = errno ? -errno : -EIO;
	if (r == 0)
		batch->printed++;
	return r;
}

static bool is_enough(const struct batch *batch)
{
	const struct batch_options *options = batch->options;

	if (options->once)
		return batch->printed > 0;
	return options->samples && batch->printed >= options->samples;
}

static bool has_stalled(struct batch *batch, const struct snapshot *snapshot)
{
	uint64_t known = count_known(snapshot);

	if (known > batch->known || !batch->known_ns) {
		batch->known = known;
		batch->known_ns = snapshot->monotonic_ns;
	}
	return snapshot->monotonic_ns - batch->known_ns > PATIENCE_NS;
}

/* --once wants rates, so two reads, and everything read. */
static bool is_wanted(struct batch *batch, const struct snapshot *snapshot)
{
	return !batch->options->once ||
	       (snapshot->interval_ns != UNKNOWN &&
		(snapshot->complete || has_stalled(batch, snapshot)));
}

static void tell_gap(struct batch *batch, uint64_t first)
{
	if (!batch->last_seq || first <= batch->last_seq + 1)
		return;
	fprintf(batch->options->messages,
		"memtop: samples lost because they were not read fast "
		"enough: %" PRIu64 "\n",
		first - batch->last_seq - 1);
	batch->last_seq = first - 1;
}

/* Prints what has come since the last time. */
static int print_new(struct batch *batch)
{
	struct history_span span;
	int r = 0;

	history_span(batch->history, &span);
	tell_gap(batch, span.first_seq);
	for (uint64_t seq = max_u64(batch->last_seq + 1, span.first_seq);
	     r == 0 && seq <= span.last_seq && !is_enough(batch); seq++) {
		const struct snapshot *snapshot;

		/* it may just have dropped out of the ring: a gap next time */
		if (history_at(batch->history, seq, &snapshot) < 0)
			continue;
		tell_gap(batch, seq);
		batch->last_seq = seq;
		if (is_wanted(batch, snapshot))
			r = print_sample(batch, snapshot);
		else
			show_progress(batch, snapshot);
		snapshot_unref(snapshot);
	}
	return r;
}

/* false: nobody will ever read what is printed. */
static bool wait_for_more(struct batch *batch)
{
	struct pollfd fds[] = {
		{ .fd = batch->fd, .events = POLLIN },
		{ .fd = stop_fd, .events = POLLIN },
		{ .fd = fileno(batch->options->stream), .events = 0 },
	};
	eventfd_t count;

	if (poll(fds, ARRAY_SIZE(fds), -1) <= 0)
		return true;
	if (fds[0].revents)
		eventfd_read(batch->fd, &count);
	return !(fds[2].revents & (POLLERR | POLLHUP));
}

/* What is there already.  Damage leaves gaps and is told at the end. */
static int print_recorded(struct batch *batch)
{
	const struct batch_options *options = batch->options;
	uint64_t damaged = 0;
	int r = 0;

	for (uint64_t seq = options->first_seq;
	     seq <= options->last_seq && r == 0 && !stop_signal &&
	     !is_enough(batch);
	     seq++) {
		const struct snapshot *snapshot;

		if (history_at(batch->history, seq, &snapshot) < 0) {
			damaged++;
			continue;
		}
		r = print_sample(batch, snapshot);
		snapshot_unref(snapshot);
	}
	if (damaged)
		fprintf(options->messages,
			"memtop: samples that could not be read: %" PRIu64 "\n",
			damaged);
	if (r == -EPIPE)
		return 0;
	return r == 0 && damaged && !batch->printed ? -EBADMSG : r;
}

static int run(struct batch *batch)
{
	const struct batch_options *options = batch->options;
	int r = 0;

	if (options->format && options->format->begin)
		r = options->format->begin(options->stream, &options->output);
	if (r == 0)
		r = batch->source->ops->start(batch->source);
	batch->started_ns = batch->source->ops->now(batch->source);
	if (r == 0 && options->last_seq)
		return print_recorded(batch);
	while (r == 0) {
		r = print_new(batch);
		if (r == 0 && options->watch)
			r = options->watch(options->watch_data);
		if (r < 0 || stop_signal || is_enough(batch))
			break;
		if (!wait_for_more(batch))
			r = -EPIPE;
	}
	erase_progress(batch);
	if (stop_signal)
		return options->once && !batch->printed ? -EINTR : 0;
	return r == -EPIPE ? 0 : r;
}

int batch_run(struct source *source, struct history *history,
	      const struct batch_options *options)
{
	struct sigaction before[ARRAY_SIZE(signals)];
	struct batch batch = {
		.source = source,
		.history = history,
		.options = options,
	};
	int r;

	batch.fd = history_subscribe(history);
	if (batch.fd < 0)
		return batch.fd;
	r = catch_signals(before);
	if (r == 0) {
		r = run(&batch);
		release_signals(before);
	}
	history_unsubscribe(history, batch.fd);
	return r;
}
