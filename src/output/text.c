/* SPDX-License-Identifier: MIT
 *
 * What a pane shows, as plain lines for a person: the verdict, the machine in
 * three lines, the table.  The same cells as on the screen, no curses, and
 * nothing a terminal would obey.
 */
#include "export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/cgroup.h"
#include "memtop/format.h"
#include "memtop/text.h"
#include "text_table.h"

static uint64_t known_sum(uint64_t a, uint64_t b)
{
	return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a + b;
}

static double percent_of(uint64_t part, uint64_t whole)
{
	if (part == UNKNOWN || whole == UNKNOWN || !whole)
		return NAN;
	return 100.0 * (double)part / (double)whole;
}

static void put_title(struct text_lines *lines, const struct snapshot *snapshot)
{
	char clock[FORMAT_SIZE];

	text_lines_add(lines, "memtop %s  %s  %s",
		       snapshot->host ? snapshot->host->name : "",
		       format_clock(clock, snapshot->realtime_ns, true),
		       snapshot->interval_ns == UNKNOWN ? "first sample" : "");
	text_lines_end(lines);
}

/* " who   java[48213]  31.2G PSS = 50% of RAM" */
static void put_row(struct text_lines *lines, const char *label,
		    const struct text *full, const struct text *brief)
{
	bool fits = !lines->width || !brief ||
		    text_cells(text_str(full)) + 6 <= lines->width;

	if (!full)
		return;
	text_lines_add(lines, "%-5s %s", label, text_str(fits ? full : brief));
	text_lines_end(lines);
}

/* Who it is and what dies next, when something is wrong. */
static void put_people(struct text_lines *lines, const struct verdict *verdict)
{
	if (verdict->severity < SEVERITY_WARN)
		return;
	put_row(lines, "who", verdict->who, verdict->who_brief);
	put_row(lines, "next", verdict->next, verdict->next_brief);
}

static void put_verdict(struct text_lines *lines,
			const struct snapshot *snapshot)
{
	const struct verdict *verdict = &snapshot->verdict;
	bool fits;

	if (!verdict->text)
		return;
	text_lines_add(lines, "%-5s ", severity_name(verdict->severity));
	fits = !lines->width || !verdict->brief ||
	       text_cells(text_str(verdict->text)) + (int)lines->len <=
		       lines->width;
	text_lines_add(lines, "%s",
		       text_str(fits ? verdict->text : verdict->brief));
	text_lines_end(lines);
	put_people(lines, verdict);
}

/* All of a line in G, so that they compare; but a tenth of a G is no unit for
 * what has only a few. */
static char *size_of(char buf[FORMAT_SIZE], uint64_t bytes, uint64_t whole)
{
	if (whole < 4 * GIB)
		return format_bytes(buf, bytes, FORMAT_AUTO);
	/* something is never shown as nothing */
	if (bytes > 0 && bytes < GIB / 20)
		return strcpy(buf, "<0.1G");
	return format_gib(buf, bytes);
}

static void put_memory(struct text_lines *lines, const struct memory *m)
{
	char total[FORMAT_SIZE], available[FORMAT_SIZE], share[FORMAT_SIZE];
	char anon[FORMAT_SIZE], shmem[FORMAT_SIZE], cache[FORMAT_SIZE];
	char slab[FORMAT_SIZE], free_[FORMAT_SIZE];
	uint64_t files = known_sum(m->cached, m->buffers);

	if (files != UNKNOWN && m->shmem != UNKNOWN)
		files = sub_floor(files, m->shmem);
	text_lines_add(
		lines,
		"RAM   %s  avail %s %s  anon %s shm %s file %s slab %s "
		"free %s",
		size_of(total, m->total, m->total),
		size_of(available, m->available, m->total),
		format_percent(share, percent_of(m->available, m->total)),
		size_of(anon, m->anon_pages, m->total),
		size_of(shmem, m->shmem, m->total),
		size_of(cache, files, m->total),
		size_of(slab, m->slab, m->total),
		size_of(free_, m->free, m->total));
	text_lines_end(lines);
}

/* Inside a container its limit is the machine; that stands below it. */
static void put_limit(struct text_lines *lines, const struct snapshot *snapshot)
{
	const struct cgroup *group = cgroup_container(snapshot);
	char limit[FORMAT_SIZE], available[FORMAT_SIZE], share[FORMAT_SIZE];
	uint64_t left;

	if (!group)
		return;
	left = cgroup_available(group, &snapshot->memory);
	if (left == UNKNOWN)
		snprintf(available, sizeof(available), "n/a");
	else
		format_bytes(available, left, FORMAT_AUTO);
	text_lines_add(lines, "LIMIT %s  avail %s %s  of %s",
		       format_bytes(limit, group->max, FORMAT_AUTO), available,
		       format_percent(share, percent_of(left, group->max)),
		       group->depth ? text_str(group->name) : "this container");
	text_lines_end(lines);
}

/* Bytes a second from a vmstat counter of pages. */
static const char *flow(char buf[FORMAT_SIZE], const struct snapshot *snapshot,
			const char *name)
{
	const struct counter *counter = snapshot_counter(snapshot, name);
	uint64_t page = snapshot->host ? snapshot->host->page_size : UNKNOWN;

	if (!counter || isnan(counter->rate) || page == UNKNOWN)
		return "..";
	format_bytes(buf, clamp_u64(counter->rate * (double)page), FORMAT_AUTO);
	if (strcmp(buf, "0") != 0)
		strcat(buf, "/s");
	return buf;
}

static void put_swap(struct text_lines *lines, const struct snapshot *snapshot)
{
	const struct memory *m = &snapshot->memory;
	char total[FORMAT_SIZE], free_[FORMAT_SIZE], share[FORMAT_SIZE];
	char in[FORMAT_SIZE], out[FORMAT_SIZE];

	if (m->swap_total == 0) {
		text_lines_add(lines, "SWAP  none: pressure goes straight to "
				      "page cache and OOM");
		text_lines_end(lines);
		return;
	}
	text_lines_add(
		lines, "SWAP  %s  free %s %s  in %s  out %s",
		size_of(total, m->swap_total, m->swap_total),
		size_of(free_, m->swap_free, m->swap_total),
		format_percent(share, percent_of(m->swap_free, m->swap_total)),
		flow(in, snapshot, "pswpin"), flow(out, snapshot, "pswpout"));
	text_lines_end(lines);
}

/* subset=pid, or a container: what is not there says nothing about the kernel
 * then. */
static bool system_is_hidden(const struct snapshot *snapshot)
{
	return snapshot->memory.block.state != STATE_OK;
}

static void put_pressure(struct text_lines *lines,
			 const struct snapshot *snapshot)
{
	const struct pressure *pressure = &snapshot->pressure;
	const struct pressure_line *some = &pressure->memory_some;
	const struct pressure_line *full = &pressure->memory_full;

	switch (pressure->memory_block.state) {
	case STATE_OK:
		text_lines_add(lines,
			       "PSI   some %.1f %.1f %.1f  full %.1f "
			       "%.1f %.1f  %% of time, last 10s 1m 5m",
			       some->avg10, some->avg60, some->avg300,
			       full->avg10, full->avg60, full->avg300);
		break;
	case STATE_ABSENT:
		text_lines_add(lines, system_is_hidden(snapshot)
					      ? "PSI   n/a"
					      : "PSI   off: boot with psi=1");
		break;
	default:
		text_lines_add(lines, "PSI   %s",
			       state_name(pressure->memory_block.state));
	}
	text_lines_end(lines);
}

/* Totals say how much of them is known. */
static void put_coverage(struct text_lines *lines, const struct coverage *c)
{
	char pss[FORMAT_SIZE];

	if (!c->pss_denied && !c->pss_pending && !c->pss_stuck && !c->hidden)
		return;
	text_lines_end(lines);
	text_lines_add(lines,
		       "PSS of %" PRIu64 " of %" PRIu64 " processes, "
		       "sum %s",
		       c->pss_known, c->processes,
		       format_bytes(pss, c->pss_bytes, FORMAT_AUTO));
	if (c->pss_denied)
		text_lines_add(lines,
			       "; %" PRIu64 " not permitted (?), "
			       "RSS as the upper bound (<)",
			       c->pss_denied);
	if (c->pss_pending)
		text_lines_add(lines, "; %" PRIu64 " not measured yet (..)",
			       c->pss_pending);
	if (c->pss_stuck)
		text_lines_add(lines, "; %" PRIu64 " do not answer (?)",
			       c->pss_stuck);
	if (c->hidden)
		text_lines_add(lines, "; parts of /proc are hidden (hidepid)");
	text_lines_end(lines);
}

static int text_sample(FILE *stream, const struct output_options *options,
		       const struct snapshot *snapshot)
{
	struct text_lines lines = { .stream = stream, .width = options->width };
	int r;

	errno = 0;
	put_verdict(&lines, snapshot);
	put_title(&lines, snapshot);
	put_limit(&lines, snapshot);
	put_memory(&lines, &snapshot->memory);
	put_swap(&lines, snapshot);
	put_pressure(&lines, snapshot);
	text_lines_end(&lines);
	r = text_lists(&lines, options, snapshot);
	if (r == 0 && options->view->ncolumns) {
		r = text_table(&lines, options, snapshot);
		if (r == 0)
			put_coverage(&lines, &snapshot->coverage);
	}
	if (r == 0)
		r = lines.error;
	free(lines.bytes);
	return r == 0 ? export_status(stream) : r;
}

const struct output_format output_text = {
	.name = "text",
	.between = "\n",
	.sample = text_sample,
};
