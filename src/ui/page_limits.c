/* SPDX-License-Identifier: MIT
 *
 * Details, page 5: the limits of the process against what it uses, and where
 * it may run and allocate.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "memtop/text.h"
#include "page.h"

#define TWO_COLUMNS 100 /* from that width on */

enum use { USE_FIELD, USE_DESCRIPTORS, USE_TASKS_OF_USER };

/* clang-format off */
static const struct {
	const char *name; /* in /proc/PID/limits */
	const char *title;
	enum use use;
	uint8_t field;
	bool bytes;
} limit_rows[] = {
	{ "Max address space", "address space",
	  USE_FIELD, PROCESS_VSIZE, true },
	{ "Max data size", "data", USE_FIELD, PROCESS_DATA, true },
	{ "Max locked memory", "locked memory",
	  USE_FIELD, PROCESS_LOCKED, true },
	{ "Max stack size", "stack", USE_FIELD, PROCESS_STACK, true },
	{ "Max open files", "open files", USE_DESCRIPTORS, 0, false },
	{ "Max processes", "processes (uid)", USE_TASKS_OF_USER, 0, false },
};
/* clang-format on */

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

static uint64_t used(const struct ui *ui, const struct process *p, size_t i)
{
	switch (limit_rows[i].use) {
	case USE_FIELD:
		return page_bytes(p, limit_rows[i].field);
	case USE_DESCRIPTORS:
		return ui->details_reply->descriptors;
	case USE_TASKS_OF_USER:
		return tasks_of_user(ui->snapshot, p->uid);
	}
	return UNKNOWN;
}

static const struct limit *find_limit(const struct reply *reply,
				      const char *name)
{
	for (size_t i = 0; i < reply->nlimits; i++)
		if (!strcmp(reply->limits[i].name, name))
			return &reply->limits[i];
	return NULL;
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

static void draw_limit(const struct ui *ui, const struct canvas *c, int row,
		       const struct process *p, size_t i)
{
	const struct limit *limit =
		find_limit(ui->details_reply, limit_rows[i].name);
	uint64_t now = used(ui, p, i);
	bool bytes = limit_rows[i].bytes;
	double percent;
	char text[FORMAT_SIZE];

	draw_text(c, row, 0, STYLE_NORMAL, limit_rows[i].title);
	draw_right(c, row, 15, STYLE_NORMAL, 7,
		   limit_text(text, now, bytes, "?"));
	if (!limit)
		return;
	percent = limit->soft == UNKNOWN ? NAN : percent_of(now, limit->soft);
	draw_right(c, row, 22, STYLE_NORMAL, 10,
		   limit_text(text, limit->soft, bytes, "unlimited"));
	draw_right(c, row, 38, STYLE_NORMAL, 10,
		   limit_text(text, limit->hard, bytes, "unlimited"));
	draw_right(c, row, 32, percent >= 90 ? STYLE_LIMIT : STYLE_NORMAL, 5,
		   format_percent(text, percent));
}

/* Returns the rows it took. */
static int draw_limits(const struct ui *ui, const struct canvas *c,
		       const struct process *p)
{
	const char *missing =
		page_reply_state(ui, ui->details_reply, ui->details_id);
	char text[FORMAT_SIZE];
	int row = 0;

	draw_heading(c, row++, "Its own limits (rlimit)", "");
	if (missing) {
		draw_format(c, row, 0, STYLE_NORMAL, "Limits: %s", missing);
		return row + 1;
	}
	draw_text(c, row++, 0, STYLE_HEADING,
		  "LIMIT              NOW      SOFT    %       HARD");
	for (size_t i = 0; i < ARRAY_SIZE(limit_rows); i++)
		draw_limit(ui, c, row++, p, i);
	draw_text(c, row, 0, STYLE_NORMAL, "mappings");
	draw_right(c, row, 15, STYLE_NORMAL, 7,
		   limit_text(text, ui->details_reply->maps, false, "?"));
	return row + 1;
}

static const char *or_unknown(const char *s)
{
	return *s ? s : "?";
}

static void draw_placement(const struct ui *ui, const struct canvas *c,
			   const struct process *p)
{
	const struct reply *reply = ui->details_reply;
	char allowed[PAGE_CELL_SIZE], ksm[PAGE_CELL_SIZE];
	int row = 0;

	draw_heading(c, row++, "Placement", "");
	if (reply && reply->state == STATE_OK) {
		draw_format(c, row++, 0, STYLE_NORMAL, "NUMA    %s",
			    or_unknown(reply->numa));
		draw_format(c, row++, 0, STYLE_NORMAL,
			    "cpuset  cpus %s  memory nodes %s",
			    or_unknown(reply->cpus_allowed),
			    or_unknown(reply->mems_allowed));
	}
	draw_format(c, row++, 0, STYLE_NORMAL,
		    "THP     allowed %s; merged by KSM %s",
		    page_cell(ui, p, PROCESS_THP_ENABLED, allowed),
		    page_cell(ui, p, PROCESS_KSM, ksm));
	if (reply && reply->exe)
		row = page_text(c, row, "exe", reply->exe, 3);
	if (p->cgroup)
		page_text(c, row, "cgroup", p->cgroup, 3);
}

static void draw(struct ui *ui, const struct canvas *c,
		 const struct process *process)
{
	struct canvas first = page_first(c, TWO_COLUMNS), second;
	int rows = draw_limits(ui, &first, process);

	second = page_second(c, TWO_COLUMNS, rows + 1);
	draw_placement(ui, &second, process);
}

static bool act(struct ui *ui, const char *action)
{
	if (strcmp(action, "rescan-row") != 0)
		return false;
	if (!ui->details_id && !ui->subject_gone)
		ui->details_id = ui->source->ops->request(
			ui->source, REQUEST_DETAILS, ui->subject);
	return true;
}

static void status(struct ui *ui, char *buf, size_t size)
{
	const struct reply *reply = ui->details_reply;
	char age[FORMAT_SIZE];

	if (!reply || reply->state != STATE_OK)
		return;
	snprintf(buf, size, "limits read %s ago (r = read again)",
		 format_duration(age, sub_floor(ui_now(ui), reply->read_ns)));
}

const struct page page_limits = {
	.title = "Limits",
	.where = WHERE_DETAILS,
	.open = page_ask_details,
	.draw = draw,
	.act = act,
	.status = status,
};
