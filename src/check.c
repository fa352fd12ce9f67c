/* SPDX-License-Identifier: MIT
 *
 * --check: waits for five seconds of samples, then says the last verdict in
 * one line with the figures that monitoring keeps.  The judge knows that it
 * has no more time than that; nothing is judged here.
 */
#include "memtop/check.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>

#include "memtop/clock.h"

#define LOOK_NS (5 * NS_PER_S)
/* A machine that gives no five seconds of samples in this time is unknown. */
#define PATIENCE_NS (60 * NS_PER_S)

static enum check_status status_of(const struct verdict *verdict)
{
	if (!verdict->text || !verdict->rule ||
	    strcmp(verdict->rule, "R42-no-data") == 0)
		return CHECK_UNKNOWN;
	switch (verdict->severity) {
	case SEVERITY_WARN:
		return CHECK_WARN;
	case SEVERITY_CRIT:
		return CHECK_CRIT;
	case SEVERITY_OK:
	case SEVERITY_NOTE:
		break;
	}
	return CHECK_OK;
}

/* "label=value[unit]" behind the bar, for graphs. */
static void put_figures(FILE *stream, const struct snapshot *snapshot)
{
	const struct memory *m = &snapshot->memory;
	const struct pressure *p = &snapshot->pressure;

	fputs(" |", stream);
	if (m->available != UNKNOWN)
		fprintf(stream, " available=%lluB",
			(unsigned long long)m->available);
	if (m->total != UNKNOWN)
		fprintf(stream, " total=%lluB", (unsigned long long)m->total);
	if (m->swap_free != UNKNOWN)
		fprintf(stream, " swap_free=%lluB",
			(unsigned long long)m->swap_free);
	if (p->memory_block.state == STATE_OK)
		fprintf(stream, " some=%.2f%% full=%.2f%%",
			p->memory_some.avg10, p->memory_full.avg10);
}

static int print(FILE *stream, const struct snapshot *snapshot,
		 enum check_status *ret)
{
	static const char *const names[] = {
		[CHECK_OK] = "OK",
		[CHECK_WARN] = "WARNING",
		[CHECK_CRIT] = "CRITICAL",
		[CHECK_UNKNOWN] = "UNKNOWN",
	};
	const char *text = text_str(snapshot->verdict.text);
	enum check_status status = status_of(&snapshot->verdict);

	errno = 0;
	fprintf(stream, "MEMORY %s - ", names[status]);
	/* what follows a bar is taken for figures */
	for (; *text; text++)
		fputc(*text == '|' ? '/' : *text, stream);
	put_figures(stream, snapshot);
	fputc('\n', stream);
	if (fflush(stream) == EOF || ferror(stream))
		return errno ? -errno : -EIO;
	*ret = status;
	return 0;
}

/* The newest sample once they span five seconds. */
static int wait_for(struct history *history, int fd,
		    const struct snapshot **ret)
{
	uint64_t end_ns = clock_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	uint64_t first_ns = 0;

	while (clock_ns(CLOCK_MONOTONIC) < end_ns) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		const struct snapshot *snapshot;
		struct history_span span;
		eventfd_t count;

		if (poll(&poll_fd, 1, 1000) < 0)
			return errno == EINTR ? -EINTR : -errno;
		if (poll_fd.revents)
			eventfd_read(fd, &count);
		history_span(history, &span);
		if (!span.last_seq ||
		    history_at(history, span.last_seq, &snapshot) < 0)
			continue;
		if (!first_ns)
			first_ns = snapshot->monotonic_ns;
		if (snapshot->monotonic_ns >= first_ns + LOOK_NS) {
			*ret = snapshot;
			return 0;
		}
		snapshot_unref(snapshot);
	}
	return -ETIMEDOUT;
}

int check_run(struct source *source, struct history *history, uint64_t seq,
	      FILE *stream, enum check_status *ret)
{
	const struct snapshot *snapshot;
	int fd = history_subscribe(history), r;

	if (fd < 0)
		return fd;
	r = source->ops->start(source);
	if (r == 0 && seq)
		r = history_at(history, seq, &snapshot);
	else if (r == 0)
		r = wait_for(history, fd, &snapshot);
	history_unsubscribe(history, fd);
	if (r < 0)
		return r;
	r = print(stream, snapshot, ret);
	snapshot_unref(snapshot);
	return r;
}
