/* SPDX-License-Identifier: MIT
 *
 * `?`: the glossary entry of the field under the cursor, `n` the next one.
 * The order of the headings never changes; what an entry lacks is left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "memtop/field.h"
#include "memtop/glossary.h"
#include "page_mappings.h"
#include "popup.h"
#include "tiles.h"

#define NAMES_MAX 128

struct explain {
	const char *names[NAMES_MAX];
	size_t count, at;
	char own[LISTING_COLUMNS_MAX + 1][64]; /* names made for a listing */
	struct sheet sheet;
};

/* What the head of every screen shows. */
static const char *const system_names[] = {
	"memory.available",	"memory.total",	     "memory.free",
	"memory.cached",	"memory.swap_total", "memory.swap_free",
	"vmstat.pswpin",	"vmstat.pswpout",    "pressure.memory.some",
	"pressure.memory.full", "vmstat.oom_kill",
};

static const char *const overview_names[] = {
	"memory.anon_pages",	   "memory.shmem",
	"memory.slab_reclaimable", "memory.slab_unreclaimable",
	"memory.hugetlb",	   "memory.page_tables",
	"memory.kernel_stack",
};

static const char *const swap_names[] = {
	"swaps.name",
	"swaps.type",
	"swaps.priority",
	"swaps.size",
	"swaps.used",
	"vmstat.workingset_refault_anon",
	"vmstat.workingset_refault_file",
	"vmstat.pgscan_kswapd",
	"vmstat.pgscan_direct",
	"vmstat.allocstall",
};

static const char *const oom_names[] = {
	"load.overcommit_memory",
	"load.panic_on_oom",
	"load.oom_kill_allocating_task",
	"memory.commit_limit",
	"memory.committed",
};

static const char *const thp_names[] = {
	"thp.enabled",
	"thp.defrag",
	"thp.shmem_enabled",
	"thp.khugepaged.max_ptes_none",
	"thp.use_zero_page",
	"memory.anon_huge",
	"vmstat.thp_fault_alloc",
	"vmstat.thp_fault_fallback",
	"vmstat.thp_split_page",
	"vmstat.compact_stall",
};

static const char *const summary_names[] = {
	"pss",
	"uss",
	"rss",
	"anon",
	"file",
	"shmem",
	"swap",
	"swap_pss",
	"thp",
	"referenced",
	"pss_dirty",
	"locked",
	"gpu_memory",
	"page_tables",
	"vsize",
	"major_fault_rate",
	"minor_fault_rate",
	"growth_rate",
	"cgroup",
	"oom_score",
	"oom_score_adj",
};

static const char *const mappings_names[] = {
	"mappings.path",
	"mappings.kind",
	"mappings.allocators",
	"mappings.pss",
	"mappings.uss",
	"mappings.rss",
	"mappings.swap",
	"mappings.swap_pss",
	"mappings.dirty",
	"mappings.referenced",
	"mappings.anon",
	"mappings.lazy_free",
	"mappings.thp",
	"mappings.shmem_thp",
	"mappings.file_thp",
	"mappings.thp_eligible",
	"mappings.locked",
	"mappings.ksm",
	"mappings.private_hugetlb",
	"mappings.shared_hugetlb",
	"mappings.size",
	"mappings.page_size",
	"mappings.perms",
	"mappings.flags",
	"mappings.nodes",
};

static const char *const history_names[] = {
	"pss", "swap", "major_fault_rate", "rss", "threads",
};

static const char *const oom_page_names[] = {
	"oom_score", "oom_score_adj", "rss", "swap", "page_tables", "uss",
};

static const char *const limits_names[] = {
	"vsize",	  "data",
	"locked",	  "stack",
	"threads",	  "thp_enabled",
	"open_files",	  "ksm",
	"mappings.limit", "cgroups.headroom",
};

struct names {
	const char *const *list;
	size_t count;
};
#define NAMES(list)                    \
	{                              \
		list, ARRAY_SIZE(list) \
	}

static const struct names pane_names[PANE_COUNT] = {
	[PANE_OVERVIEW] = NAMES(overview_names),
	[PANE_SWAP] = NAMES(swap_names),
	[PANE_OOM] = NAMES(oom_names),
	[PANE_THP] = NAMES(thp_names),
};

static const struct names page_names[PAGE_COUNT] = {
	[PAGE_SUMMARY] = NAMES(summary_names),
	[PAGE_MAPPINGS] = NAMES(mappings_names),
	[PAGE_HISTORY] = NAMES(history_names),
	[PAGE_OOM] = NAMES(oom_page_names),
	[PAGE_LIMITS] = NAMES(limits_names),
};

static void add_names(struct explain *explain, const struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (explain->count < NAMES_MAX)
			explain->names[explain->count++] = names->list[i];
}

static void begin_with(struct explain *explain, const char *name)
{
	for (size_t i = 0; i < explain->count; i++)
		if (!strcmp(explain->names[i], name))
			explain->at = i;
}

/* The selected row first, if it is explained by itself, then the columns. */
static void add_listing(struct explain *explain, const struct listing *listing)
{
	const void *row = listing_selected(listing);
	size_t n = 0, topic;

	if (row && listing->spec->topic &&
	    listing->spec->topic(row, explain->own[n],
				 sizeof(explain->own[n])) &&
	    glossary_find(explain->own[n])) {
		explain->names[explain->count++] = explain->own[n];
		n++;
	}
	topic = n;
	for (size_t i = 0; i < listing->ncolumns; i++, n++) {
		const struct field *field =
			listing_field_at(listing, listing->columns[i]);

		snprintf(explain->own[n], sizeof(explain->own[n]), "%s.%s",
			 listing->entity->name, field->name);
		if (i == listing->column && !topic)
			explain->at = explain->count;
		explain->names[explain->count++] = explain->own[n];
	}
}

/* What is on screen, the field under the cursor first. */
static void collect(struct explain *explain, struct ui *ui)
{
	static const struct names head = NAMES(system_names);
	const struct table *table = ui_table(ui);

	/* v leads there */
	explain->names[explain->count++] = "verdict";
	explain->at = 1;
	if (ui->details) {
		add_names(explain, &page_names[ui->page]);
		if (ui->page == PAGE_MAPPINGS)
			begin_with(explain, mappings_topic(ui));
	} else if (tiles_listing(ui)) {
		add_listing(explain, tiles_listing(ui));
	} else {
		for (size_t i = 0; i < table->ncolumns; i++) {
			uint8_t id = table->columns[i];

			if (i == table->column)
				explain->at = explain->count;
			explain->names[explain->count++] =
				entities[ENTITY_PROCESS].fields[id].name;
		}
		add_names(explain, &pane_names[ui->pane]);
	}
	add_names(explain, &head);
}

static void build(struct ui *ui, struct explain *explain, int width,
		  const struct glossary_entry *entry)
{
	struct sheet *sheet = &explain->sheet;
	char here[512];

	sheet_clear(sheet);
	sheet_wrap(sheet, width, NULL, entry->text);
	sheet_line(sheet, "%s", "");
	if (entry == glossary_find("verdict")) {
		explain_verdict(ui, sheet, width);
		return;
	}
	if (explain_here(ui, explain->names[explain->at], here, sizeof(here)))
		sheet_wrap(sheet, width, "Here", here);
	for (int i = 0; i < GLOSSARY_PARTS; i++)
		sheet_wrap(sheet, width, glossary_headings[i],
			   glossary_part(entry, (enum glossary_part)i));
}

static void explain_draw(struct ui *ui, const struct canvas *screen)
{
	struct explain *explain = ui->popup_state;
	const char *name = explain->names[explain->at];
	const struct glossary_entry *entry = glossary_find(name);

	if (!entry)
		return;
	build(ui, explain, popup_text_cells(screen, POPUP_WIDTH), entry);
	sheet_draw(
		&explain->sheet, screen, POPUP_WIDTH, entry->title,
		"j/k scroll   n next field   v verdict   ? help   Esc close");
}

static bool explain_key(struct ui *ui, int key)
{
	struct explain *explain = ui->popup_state;

	if (key == '?') {
		popup_help(ui, 0);
		return true;
	}
	if (key == 'v') {
		explain->at = 0;
		explain->sheet.scroll.top = 0;
		return true;
	}
	if (key == 'n' || key == 'N') {
		explain->at += key == 'n' ? 1 : explain->count - 1;
		explain->at %= explain->count;
		explain->sheet.scroll.top = 0;
		return true;
	}
	scroll_key(&explain->sheet.scroll, key);
	return !popup_closes(key);
}

static void explain_close(struct ui *ui)
{
	struct explain *explain = ui->popup_state;

	sheet_done(&explain->sheet);
	free(explain);
}

static const struct popup explain_popup = {
	.name = "explain",
	.draw = explain_draw,
	.key = explain_key,
	.close = explain_close,
};

void popup_explain(struct ui *ui, int arg)
{
	struct explain *explain = popup_memory(ui, sizeof(*explain));

	(void)arg;
	if (!explain)
		return;
	collect(explain, ui);
	ui_open_popup(ui, &explain_popup, explain);
}
