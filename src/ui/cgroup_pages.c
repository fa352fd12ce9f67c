/* SPDX-License-Identifier: MIT
 *
 * The pages about one control group, made anew from the sample on screen for
 * each paint.  Knows no key.
 */
#include "cgroup_pages.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "memtop/event.h"
#include "memtop/text.h"
#include "page_limits.h"

static const struct field *field_of(uint8_t id)
{
	return &entities[ENTITY_CGROUP].fields[id];
}

static void heading(struct cgroup_page *page, const char *text)
{
	if (page->sheet.count)
		sheet_line(&page->sheet, "%s", "");
	sheet_wrap(&page->sheet, page->width, text, "");
}

/* "name      value  what it is"; spark: its course stands there instead. */
static void add(const struct ui *ui, struct cgroup_page *page,
		const struct cgroup *cgroup, uint8_t id, bool spark)
{
	const struct field *field = field_of(id);
	struct value value = field_get(&entities[ENTITY_CGROUP], field, cgroup);
	char cell[CGROUP_CELL_SIZE], line[256];

	/* what its version does not have */
	if (value.state == STATE_NOT_APPLICABLE)
		return;
	cgroup_cell(ui, cgroup, id, cell);
	if (field->left)
		snprintf(line, sizeof(line), "%-21s %s", field->name, cell);
	else
		snprintf(line, sizeof(line), "%-21s %9s  %s", field->name, cell,
			 spark ? "" : field->help);
	if (spark && page->nsparks < CGROUP_SPARKS) {
		page->sparks[page->nsparks].line = page->sheet.count;
		page->sparks[page->nsparks++].field = id;
	}
	sheet_wrap(&page->sheet, page->width, NULL, line);
}

static void add_all(const struct ui *ui, struct cgroup_page *page,
		    const struct cgroup *cgroup, const uint8_t *fields,
		    size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(ui, page, cgroup, fields[i], false);
}

/* ---- summary ------------------------------------------------------------- */

/* Is the process in the group or below it? */
static bool is_in(const struct process *process, const struct cgroup *cgroup)
{
	const char *path = text_str(cgroup->path);
	size_t len = text_len(cgroup->path);

	if (!process->cgroup)
		return false;
	if (len == 1)
		return true; /* the root */
	return strncmp(text_str(process->cgroup), path, len) == 0 &&
	       strchr("/", text_str(process->cgroup)[len]) != NULL;
}

static uint64_t weight(const struct process *process)
{
	uint64_t ram = process->pss != UNKNOWN ? process->pss : process->rss;

	return ram == UNKNOWN ? 0 : ram;
}

enum { LARGEST = 5 };

static size_t find_largest(const struct ui *ui, const struct cgroup *cgroup,
			   const struct process *ret[LARGEST])
{
	size_t n = 0;

	for (size_t i = 0; i < ui->snapshot->nprocesses; i++) {
		const struct process *p = ui->snapshot->processes[i];
		size_t at;

		if (p->kernel || !is_in(p, cgroup))
			continue;
		for (at = n; at > 0 && weight(ret[at - 1]) < weight(p); at--)
			if (at < LARGEST)
				ret[at] = ret[at - 1];
		if (at < LARGEST)
			ret[at] = p;
		n += n < LARGEST;
	}
	return n;
}

static void add_largest(const struct ui *ui, struct cgroup_page *page,
			const struct cgroup *cgroup)
{
	const struct process *largest[LARGEST];
	size_t n = find_largest(ui, cgroup, largest);
	char ram[FORMAT_SIZE], swap[FORMAT_SIZE], name[128];

	heading(page, "Largest");
	for (size_t i = 0; i < n; i++) {
		const struct process *p = largest[i];

		popup_process_title(name, sizeof(name), "", p);
		sheet_line(&page->sheet, "%-24s %6s%s  swap %s", name,
			   p->pss == UNKNOWN && p->rss == UNKNOWN
				   ? "?"
				   : format_bytes(ram, weight(p), FORMAT_AUTO),
			   p->pss == UNKNOWN ? " (RSS)" : "",
			   p->swap == UNKNOWN
				   ? "?"
				   : format_bytes(swap, p->swap, FORMAT_AUTO));
	}
	if (!n)
		sheet_line(&page->sheet, "no process is in it");
}

static void summary(const struct ui *ui, struct cgroup_page *page,
		    const struct cgroup *cgroup)
{
	static const uint8_t who[] = { CGROUP_PATH, CGROUP_KIND,
				       CGROUP_PROCESSES };
	static const uint8_t course[] = {
		CGROUP_CURRENT,
		CGROUP_SWAP,
		CGROUP_ANON,
		CGROUP_FILE,
		CGROUP_REFAULT_ANON_RATE,
		CGROUP_REFAULT_FILE_RATE,
	};
	static const uint8_t room[] = { CGROUP_PEAK,	 CGROUP_HIGH,
					CGROUP_MAX,	 CGROUP_MAX_PERCENT,
					CGROUP_HEADROOM, CGROUP_LIMIT_PATH };

	add_all(ui, page, cgroup, who, ARRAY_SIZE(who));
	heading(page, "Use");
	for (size_t i = 0; i < ARRAY_SIZE(course); i++)
		add(ui, page, cgroup, course[i], true);
	heading(page, "Room");
	add_all(ui, page, cgroup, room, ARRAY_SIZE(room));
	add_largest(ui, page, cgroup);
}

/* ---- memory.stat --------------------------------------------------------- */

static void memory(const struct ui *ui, struct cgroup_page *page,
		   const struct cgroup *cgroup)
{
	for (uint8_t id = CGROUP_ANON; id <= CGROUP_STEAL_RATE; id++)
		add(ui, page, cgroup, id, false);
	add(ui, page, cgroup, CGROUP_HARD, false);
}

/* ---- limits -------------------------------------------------------------- */

/* The group and those above it, nearest first. */
static void add_way(const struct ui *ui, struct cgroup_page *page,
		    const struct cgroup *cgroup)
{
	const struct list *list = snapshot_list(ui->snapshot, ENTITY_CGROUP);
	size_t len = text_len(cgroup->path);
	char path[4096];

	heading(page, "Way up");
	sheet_line(&page->sheet, "%-28s %8s %7s %7s %7s", "GROUP", "CURRENT",
		   "HIGH", "MAX", "EVENTS");
	if (len >= sizeof(path))
		return;
	memcpy(path, text_str(cgroup->path), len + 1);
	for (;;) {
		const struct cgroup *row = list_find(list, path);
		char *slash = strrchr(path, '/');
		char name[64], cells[4][CGROUP_CELL_SIZE];

		if (row) {
			text_printable(name, sizeof(name), text_str(row->name),
				       text_len(row->name), 28);
			sheet_line(
				&page->sheet, "%-28s %8s %7s %7s %7s", name,
				cgroup_cell(ui, row, CGROUP_CURRENT, cells[0]),
				cgroup_cell(ui, row, CGROUP_HIGH, cells[1]),
				cgroup_cell(ui, row, CGROUP_MAX, cells[2]),
				cgroup_cell(ui, row, CGROUP_EVENTS_MAX,
					    cells[3]));
		}
		if (!slash || !slash[1])
			return;
		slash[slash == path] = '\0'; /* of "/a" the slash stays */
	}
}

static void limits(const struct ui *ui, struct cgroup_page *page,
		   const struct cgroup *cgroup)
{
	static const uint8_t own[] = {
		CGROUP_MAX,	  CGROUP_HIGH,
		CGROUP_LOW,	  CGROUP_MIN,
		CGROUP_SWAP_MAX,  CGROUP_SWAP_HIGH,
		CGROUP_ZSWAP_MAX, CGROUP_OOM_GROUP,
		CGROUP_MEMSW_MAX, CGROUP_OOM_KILL_DISABLE,
	};
	const char *unit;
	bool user;
	char line[400];

	add_all(ui, page, cgroup, own, ARRAY_SIZE(own));
	add_way(ui, page, cgroup);
	heading(page, "To set");
	if (limits_sensible(cgroup) != UNKNOWN &&
	    limits_quotable(text_str(cgroup->path)) &&
	    cgroup_unit(text_str(cgroup->path), &unit, &user))
		snprintf(line, sizeof(line),
			 "systemctl%s set-property '%s' MemoryMax=%lluM",
			 user ? " --user" : "", unit,
			 (unsigned long long)limits_sensible(cgroup) / MIB);
	else
		snprintf(line, sizeof(line),
			 "whoever made this group sets its limits: write to "
			 "%s in its folder and they may be set back",
			 cgroup->v1.state == STATE_OK ? "memory.limit_in_bytes"
						      : "memory.max");
	sheet_wrap(&page->sheet, page->width, NULL, line);
	sheet_wrap(&page->sheet, page->width, NULL,
		   "A maximum below what it has makes the kernel reclaim at "
		   "once, and kill where that does not do. memtop sets none.");
}

/* ---- pressure ------------------------------------------------------------ */

static void pressure(const struct ui *ui, struct cgroup_page *page,
		     const struct cgroup *cgroup)
{
	if (cgroup->pressure.state != STATE_OK)
		sheet_line(&page->sheet, "Pressure of this group: %s.",
			   state_name(cgroup->pressure.state));
	for (uint8_t id = CGROUP_SOME_AVG10; id <= CGROUP_FULL_TOTAL; id++)
		add(ui, page, cgroup, id,
		    id == CGROUP_SOME_AVG10 || id == CGROUP_FULL_AVG10);
	heading(page, "Reclaim");
	add(ui, page, cgroup, CGROUP_SCAN_RATE, true);
	add(ui, page, cgroup, CGROUP_STEAL_RATE, true);
}

/* ---- events -------------------------------------------------------------- */

static void add_events(const struct ui *ui, struct cgroup_page *page,
		       const struct cgroup *cgroup)
{
	const struct list *list = history_events(ui->history);
	size_t shown = 0;

	for (size_t i = list_count(list); i-- > 0 && shown < 20;) {
		const struct event *event = list_row(list, i);
		char clock[FORMAT_SIZE], what[256], line[400];

		if (!text_equal(event->cgroup, cgroup->path))
			continue;
		text_printable(what, sizeof(what), text_str(event->what),
			       text_len(event->what), 200);
		snprintf(line, sizeof(line), "%s  %-4s %-8s %s",
			 format_clock(clock, event->begin_ns, false),
			 event->severity, event->kind, what);
		sheet_wrap(&page->sheet, page->width, NULL, line);
		shown++;
	}
	if (!shown)
		sheet_line(&page->sheet,
			   "nothing of this group since memtop looks");
	list_unref(list);
}

static void events(const struct ui *ui, struct cgroup_page *page,
		   const struct cgroup *cgroup)
{
	static const uint8_t v1[] = { CGROUP_FAILCNT, CGROUP_UNDER_OOM,
				      CGROUP_V1_OOM_KILL };

	heading(page, "In all");
	for (uint8_t id = CGROUP_EVENTS_LOW; id <= CGROUP_EVENTS_OOM_GROUP_KILL;
	     id++)
		add(ui, page, cgroup, id, false);
	add_all(ui, page, cgroup, v1, ARRAY_SIZE(v1));
	heading(page, "By itself");
	for (uint8_t id = CGROUP_LOCAL_LOW; id <= CGROUP_LOCAL_OOM_GROUP_KILL;
	     id++)
		add(ui, page, cgroup, id, false);
	heading(page, "Timeline");
	add_events(ui, page, cgroup);
}

const struct cgroup_page_of cgroup_pages[] = {
	{ "Summary", summary },	  { "Memory", memory }, { "Limits", limits },
	{ "Pressure", pressure }, { "Events", events }, { NULL, NULL },
};
static_assert(ARRAY_SIZE(cgroup_pages) == CGROUP_PAGES + 1, "and an end");
