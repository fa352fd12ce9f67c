/* SPDX-License-Identifier: MIT
 *
 * The box of the Limits page about the process itself: what the kernel lets it
 * have (rlimits, the number of mappings) beside what it has, and the command
 * that would change the one it is closest to.  memtop sets none: it says how.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "memtop/kernel.h"
#include "memtop/kernfile.h"
#include "memtop/text.h"
#include "page.h"
#include "page_limits.h"

enum use { USE_FIELD, USE_DESCRIPTORS, USE_TASKS_OF_USER, USE_MAPPINGS };

/* clang-format off */
static const struct own_limit {
	const char *name; /* in /proc/PID/limits; NULL: a setting of the kernel */
	const char *title;
	const char *option; /* of prlimit(1) */
	enum use use;
	uint8_t field;
	bool bytes;
} rows[] = {
	{ "Max address space", "address space", "as",
	  USE_FIELD, PROCESS_VSIZE, true },
	{ "Max data size", "data", "data", USE_FIELD, PROCESS_DATA, true },
	{ "Max locked memory", "locked memory", "memlock",
	  USE_FIELD, PROCESS_LOCKED, true },
	{ "Max stack size", "stack", "stack",
	  USE_FIELD, PROCESS_STACK, true },
	{ "Max resident set", "resident set", NULL,
	  USE_FIELD, PROCESS_RSS, true },
	{ "Max open files", "open files", "nofile",
	  USE_DESCRIPTORS, 0, false },
	{ "Max processes", "processes (uid)", "nproc",
	  USE_TASKS_OF_USER, 0, false },
	{ NULL, "mappings", NULL, USE_MAPPINGS, 0, false },
};
/* clang-format on */

struct figures {
	uint64_t used, soft, hard; /* UNKNOWN: not known, or no limit */
	bool known;		   /* the limits are */
	double percent;		   /* of the soft one */
};

/* Tasks, as the kernel counts them: every thread of every process. */
static uint64_t tasks_of_user(const struct snapshot *snapshot, uint64_t uid)
{
	uint64_t count = 0;

	for (size_t i = 0; snapshot && i < snapshot->nprocesses; i++) {
		const struct process *p = snapshot->processes[i];

		if (p->uid == uid && !p->kernel)
			count += p->threads == UNKNOWN ? 1 : p->threads;
	}
	return snapshot ? count : UNKNOWN;
}

static uint64_t used(const struct ui *ui, const struct process *p,
		     const struct own_limit *row)
{
	switch (row->use) {
	case USE_FIELD:
		return page_bytes(p, row->field);
	case USE_DESCRIPTORS:
		return ui->details_reply->descriptors;
	case USE_TASKS_OF_USER:
		return tasks_of_user(ui->snapshot, p->uid);
	case USE_MAPPINGS:
		return ui->details_reply->maps;
	}
	return UNKNOWN;
}

/* vm.max_map_count */
static uint64_t most_mappings(const struct ui *ui)
{
	const struct tunable *row = NULL;
	const char *end;
	uint64_t count;

	if (ui->snapshot)
		row = list_find(snapshot_list(ui->snapshot, ENTITY_TUNABLE),
				"vm.max_map_count");
	if (!row || row->block.state != STATE_OK ||
	    !parse_u64(row->value, &end, &count))
		return UNKNOWN;
	return count;
}

static const struct limit *find_limit(const struct reply *reply,
				      const char *name)
{
	for (size_t i = 0; i < reply->nlimits; i++)
		if (!strcmp(reply->limits[i].name, name))
			return &reply->limits[i];
	return NULL;
}

static struct figures figures_of(const struct ui *ui, const struct process *p,
				 const struct own_limit *row)
{
	struct figures f = { .used = used(ui, p, row), .percent = NAN };
	const struct limit *limit = NULL;

	f.soft = f.hard = UNKNOWN;
	if (row->name) {
		limit = find_limit(ui->details_reply, row->name);
		f.known = limit != NULL;
	} else {
		f.soft = f.hard = most_mappings(ui);
		f.known = f.soft != UNKNOWN;
	}
	if (limit) {
		f.soft = limit->soft;
		f.hard = limit->hard;
	}
	if (f.soft != UNKNOWN)
		f.percent = percent_of(f.used, f.soft);
	return f;
}

static char *limit_text(char buf[FORMAT_SIZE], uint64_t value, bool bytes,
			const char *unknown)
{
	if (value == UNKNOWN)
		snprintf(buf, FORMAT_SIZE, "%s", unknown);
	else if (bytes)
		format_bytes(buf, value, FORMAT_AUTO);
	else
		snprintf(buf, FORMAT_SIZE, "%" PRIu64, value);
	return buf;
}

static void draw_row(const struct canvas *c, int at,
		     const struct own_limit *row, const struct figures *f)
{
	char text[FORMAT_SIZE];

	draw_text(c, at, 0, STYLE_NORMAL, row->title);
	draw_right(c, at, 15, STYLE_NORMAL, 7,
		   limit_text(text, f->used, row->bytes, "?"));
	if (!f->known)
		return;
	draw_right(c, at, 22, STYLE_NORMAL, 10,
		   limit_text(text, f->soft, row->bytes, "unlimited"));
	draw_right(c, at, 32, f->percent >= 90 ? STYLE_LIMIT : STYLE_NORMAL, 5,
		   format_percent(text, f->percent));
	if (row->name)
		draw_right(c, at, 38, STYLE_NORMAL, 10,
			   limit_text(text, f->hard, row->bytes, "unlimited"));
	else
		draw_text(c, at, 38, STYLE_DIM, " sysctl");
}

/* Doubled, and not beyond the hard limit: what memtop would try. */
static void draw_command(const struct canvas *c, int at,
			 const struct process *p, const struct own_limit *row,
			 const struct figures *f)
{
	uint64_t more = f->soft > UINT64_MAX / 4 ? f->soft : f->soft * 2;
	char text[FORMAT_SIZE];

	if (!row->name) {
		draw_format(c, at, 0, STYLE_DIM,
			    "more:   sysctl vm.max_map_count=%" PRIu64, more);
		return;
	}
	if (f->hard == UNKNOWN || more <= f->hard)
		draw_format(c, at, 0, STYLE_DIM,
			    "more:   prlimit --pid %d --%s=%" PRIu64 ":",
			    (int)p->key.pid, row->option, more);
	else if (f->soft < f->hard)
		draw_format(c, at, 0, STYLE_DIM,
			    "more:   prlimit --pid %d --%s=%" PRIu64 ":",
			    (int)p->key.pid, row->option, f->hard);
	else
		draw_format(c, at, 0, STYLE_DIM,
			    "more:   as root, prlimit --pid %d --%s=%" PRIu64,
			    (int)p->key.pid, row->option, more);
	if (row->bytes)
		draw_format(c, at + 1, 0, STYLE_DIM, "        (bytes; now %s)",
			    format_bytes(text, f->soft, FORMAT_AUTO));
}

int limits_own_draw(const struct ui *ui, const struct canvas *c,
		    const struct process *p)
{
	const char *missing =
		page_reply_state(ui, ui->details_reply, ui->details_id);
	const struct own_limit *closest = NULL;
	struct figures most = { 0 };
	int at = 0;

	draw_heading(c, at++, "Its own limits (rlimit)", "");
	if (missing) {
		draw_format(c, at, 0, STYLE_NORMAL, "Limits: %s", missing);
		return at + 1;
	}
	draw_text(c, at++, 0, STYLE_HEADING,
		  "LIMIT              NOW      SOFT    %       HARD");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct figures f = figures_of(ui, p, &rows[i]);

		/* nothing keeps it from having more */
		if (rows[i].field == PROCESS_RSS && f.soft == UNKNOWN &&
		    rows[i].use == USE_FIELD)
			continue;
		draw_row(c, at++, &rows[i], &f);
		if ((rows[i].option || !rows[i].name) && !isnan(f.percent) &&
		    (!closest || f.percent > most.percent)) {
			closest = &rows[i];
			most = f;
		}
	}
	if (find_limit(ui->details_reply, "Max resident set") &&
	    find_limit(ui->details_reply, "Max resident set")->soft != UNKNOWN)
		draw_text(c, at++, 0, STYLE_DIM,
			  "Linux does not enforce the resident set.");
	if (closest) {
		draw_format(c, at++, 0, STYLE_NORMAL, "closest: %s",
			    closest->title);
		draw_command(c, at, p, closest, &most);
		at += 1 + closest->bytes;
	}
	return at;
}
