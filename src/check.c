/* SPDX-License-Identifier: MIT
 *
 * --check: waits for five seconds of samples, then says the last verdict in
 * one line with the figures that monitoring keeps.  The judge knows that it
 * has no more time than that; nothing is judged here.
 */
#include "memtop/check.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>

#include "memtop/clock.h"
#include "memtop/text.h"

#define LOOK_NS (5 * NS_PER_S)
/* A plugin is mostly given ten seconds, and a source whose lane hangs takes one
 * to close: what is known by then has to do, and a machine that gave no sample
 * at all is unknown. */
#define PATIENCE_NS (8 * NS_PER_S)

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

/* What follows a bar is taken for figures. */
static void put_plain(FILE *stream, const char *text)
{
	for (; *text; text++)
		fputc(*text == '|' ? '/' : *text, stream);
}

static void put_words(FILE *stream, enum check_status status, const char *text)
{
	static const char *const names[] = {
		[CHECK_OK] = "OK",
		[CHECK_WARN] = "WARNING",
		[CHECK_CRIT] = "CRITICAL",
		[CHECK_UNKNOWN] = "UNKNOWN",
	};

	fprintf(stream, "MEMORY %s - ", names[status]);
	put_plain(stream, text);
}

/* Whoever is woken by it has no screen to look at. */
static void put_people(FILE *stream, const struct verdict *verdict)
{
	if (verdict->who) {
		fputs("; who: ", stream);
		put_plain(stream, text_str(verdict->who));
	}
	if (verdict->next) {
		fputs("; next: ", stream);
		put_plain(stream, text_str(verdict->next));
	}
}

static int finish(FILE *stream)
{
	fputc('\n', stream);
	if (fflush(stream) == EOF || ferror(stream))
		return errno ? -errno : -EIO;
	return 0;
}

int check_unknown(FILE *stream, const char *why)
{
	char printable[1024];

	errno = 0;
	text_printable(printable, sizeof(printable), why, strlen(why), INT_MAX);
	put_words(stream, CHECK_UNKNOWN, printable);
	return finish(stream);
}

static int print(FILE *stream, const struct snapshot *snapshot,
		 enum check_status *ret)
{
	enum check_status status = status_of(&snapshot->verdict);
	int r;

	errno = 0;
	put_words(stream, status, text_str(snapshot->verdict.text));
	if (status == CHECK_WARN || status == CHECK_CRIT)
		put_people(stream, &snapshot->verdict);
	put_figures(stream, snapshot);
	r = finish(stream);
	if (r == 0)
		*ret = status;
	return r;
}

/* The newest sample once they span five seconds, or the time is up. */
static int wait_for(struct history *history, int fd,
		    const struct snapshot **ret)
{
	uint64_t end_ns = clock_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	const struct snapshot *newest = NULL;
	uint64_t first_ns = 0, now_ns;

	while ((now_ns = clock_ns(CLOCK_MONOTONIC)) < end_ns &&
	       (!newest || newest->monotonic_ns < first_ns + LOOK_NS)) {
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		const struct snapshot *snapshot;
		struct history_span span;
		eventfd_t count;

		if (poll(&poll_fd, 1,
			 (int)((end_ns - now_ns) / NS_PER_MS) + 1) < 0) {
			snapshot_unref(newest);
			return errno == EINTR ? -EINTR : -errno;
		}
		if (poll_fd.revents)
			eventfd_read(fd, &count);
		history_span(history, &span);
		if (!span.last_seq ||
		    history_at(history, span.last_seq, &snapshot) < 0)
			continue;
		if (!newest)
			first_ns = snapshot->monotonic_ns;
		snapshot_unref(newest);
		newest = snapshot;
	}
	if (!newest)
		return -ETIMEDOUT;
	*ret = newest;
	return 0;
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
