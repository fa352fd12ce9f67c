/* SPDX-License-Identifier: MIT
 *
 * The Mappings page as it looks: the list, who hands out the memory, and the
 * selected mapping in words.  Apart from the page because that only decides
 * what is listed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "memtop/text.h"
#include "page.h"
#include "page_mappings.h"

#define FOOT_ROWS	5  /* the selected mapping in words */
#define FOOT_FROM	12 /* rows of the page */
#define ALLOCATORS_FROM 24 /* rows of the page, for a line each */
#define ALLOCATORS_ROWS 6

static const char *const group_titles[MAP_GROUP_COUNT] = {
	[MAP_BY_KIND] = "kind",
	[MAP_BY_FILE] = "file",
	[MAP_SINGLE] = "none",
};

/* ---- the list ------------------------------------------------------------ */

static void draw_label(const struct ui *ui, const struct canvas *c, int row,
		       const struct map_item *item, int width)
{
	const struct mappings_page *page = ui->page_state;
	bool grouped = page->query.group != MAP_SINGLE;
	int col = 2;

	if (item->group) {
		col = draw_text(c, row, col, STYLE_NORMAL,
				item->expanded ? "[-] " : "[+] ");
		draw_name(c, row, col, STYLE_NORMAL, width - 4, item->label,
			  strlen(item->label));
		return;
	}
	if (grouped)
		col += 4;
	col = draw_format(c, row, col, STYLE_NORMAL, "%012" PRIx64,
			  item->mapping->start);
	/* the group has said it */
	if (!grouped ||
	    (page->query.group == MAP_BY_KIND && text_len(item->mapping->path)))
		draw_name(c, row, col + 1, STYLE_NORMAL, width + 2 - col - 1,
			  item->label, strlen(item->label));
}

static void draw_list(struct ui *ui, const struct canvas *c)
{
	struct mappings_page *page = ui->page_state;
	unsigned columns = mappings_columns(&page->query, c->cols);
	int width = mappings_name_cells(columns, c->cols);
	struct canvas list =
		canvas_part(c, 1, 0, c->rows > 1 ? c->rows - 1 : 0, -1);

	draw_fill(c, 0, STYLE_HEADING);
	draw_text(c, 0, 2, STYLE_HEADING, "MAPPING");
	mappings_draw_titles(page, c, 0, 2 + width, columns);
	scroll_fit(&page->scroll, page->list.count, (size_t)list.rows);
	scroll_show(&page->scroll, page->cursor);
	for (int row = 0; row < list.rows; row++) {
		size_t i = page->scroll.top + (size_t)row;
		struct map_item item;

		if (i >= page->list.count)
			break;
		map_list_item(&page->list, i, &item);
		draw_label(ui, &list, row, &item, width);
		mappings_draw_cells(ui, &list, row, 2 + width, columns, &item);
		if (i != page->cursor)
			continue;
		draw_text(&list, row, 0, STYLE_NORMAL, ">");
		draw_restyle(&list, row, 0, list.cols, STYLE_CURSOR);
		draw_park(&list, row, 0);
	}
}

/* ---- above and below ----------------------------------------------------- */

static void draw_top(const struct ui *ui, const struct canvas *c)
{
	const struct mappings_page *page = ui->page_state;
	const struct reply *now = ui->mappings_reply;
	unsigned tenths =
		(unsigned)min_u64(now->took_ns / (NS_PER_S / 10), UINT32_MAX);
	char right[80], clock[FORMAT_SIZE], count[FORMAT_SIZE],
		groups[FORMAT_SIZE];

	draw_format(c, 0, 0, STYLE_NORMAL,
		    "%s mappings%s%s%s   group %s   sort %s %s%s",
		    exact_grouped(count, page->list.mappings),
		    page->list.index.ngroups ? " in " : "",
		    page->list.index.ngroups
			    ? exact_grouped(groups, page->list.index.groups_now)
			    : "",
		    page->list.index.ngroups ? " groups" : "",
		    group_titles[page->query.group],
		    mappings_sort_titles[page->query.sort],
		    page->query.reverse ? "^" : "v",
		    page->query.difference ? "   DIFFERENCE of two reads" : "");
	format_clock(clock, now->realtime_ns, false);
	snprintf(right, sizeof(right), "read %s, took %u.%us%s", clock,
		 tenths / 10, tenths % 10,
		 ui->mappings_id ? ", reading again ..." : ", r = again");
	if (c->cols >= 100)
		draw_text(c, 0, c->cols - text_cells(right), STYLE_NORMAL,
			  right);
}

/* How much of words that end with an s is said of so many. */
static int plural(uint64_t count, const char *words)
{
	return (int)strlen(words) - (count == 1);
}

/* "glibc malloc (2 arenas)", "4 thread stacks (likely)" */
static int draw_allocator_brief(const struct canvas *c, int row, int col,
				const struct allocator *a)
{
	bool counted = a->unit && a->count, own = false;
	char count[FORMAT_SIZE];

	exact_grouped(count, a->count);
	if (counted)
		own = strstr(a->name, a->unit) != NULL;
	if (own)
		col = draw_format(c, row, col, STYLE_NORMAL, "%s ", count);
	col = draw_format(c, row, col, STYLE_NORMAL, "%.*s",
			  plural(own ? a->count : 2, a->name), a->name);
	if (counted && !own)
		col = draw_format(c, row, col, STYLE_NORMAL, " (%s %.*s)",
				  count, plural(a->count, a->unit), a->unit);
	return a->likely ? draw_text(c, row, col, STYLE_NORMAL, " (likely)")
			 : col;
}

/* All in one line. */
static void draw_allocators_brief(const struct canvas *c, int row,
				  const struct reply *reply)
{
	int col = draw_text(c, row, 0, STYLE_NORMAL, "Memory from ");

	for (size_t i = 0; i < reply->nallocators && col < c->cols; i++) {
		if (i)
			col = draw_text(c, row, col, STYLE_NORMAL, ", ");
		col = draw_allocator_brief(c, row, col, &reply->allocators[i]);
	}
}

static void draw_allocator(const struct ui *ui, const struct canvas *c, int row,
			   const struct allocator *a)
{
	char resident[FORMAT_SIZE], size[FORMAT_SIZE], count[FORMAT_SIZE];
	int col;

	draw_text(c, row, 0, STYLE_NORMAL, a->name);
	if (a->resident != UNKNOWN) {
		draw_right(c, row, 16, STYLE_NORMAL, 7,
			   format_bytes(resident, a->resident, ui->unit));
		draw_format(c, row, 24, STYLE_NORMAL, "of %s",
			    format_bytes(size, a->size, ui->unit));
	}
	if (a->unit)
		draw_format(c, row, 34, STYLE_NORMAL, "%s %.*s",
			    exact_grouped(count, a->count),
			    plural(a->count, a->unit), a->unit);
	col = draw_text(c, row, 60, STYLE_NORMAL, a->likely ? "likely: " : "");
	draw_name(c, row, col, STYLE_NORMAL, c->cols - col, a->basis,
		  strlen(a->basis));
}

static void draw_allocators(const struct ui *ui, const struct canvas *c)
{
	const struct reply *reply = ui->mappings_reply;

	draw_heading(c, 0, "Who hands out its memory",
		     "RAM and swap, of addresses");
	for (size_t i = 0; i < reply->nallocators && (int)i + 1 < c->rows; i++)
		draw_allocator(ui, c, (int)i + 1, &reply->allocators[i]);
}

static void draw_group_foot(const struct canvas *c, const struct map_item *item)
{
	char n[FORMAT_SIZE];
	int col;

	draw_heading(c, 0, "Selected group", "Enter opens");
	col = draw_format(c, 1, 0, STYLE_NORMAL,
			  "%s mappings: ", exact_grouped(n, item->now.count));
	draw_name(c, 1, col, STYLE_NORMAL, c->cols, item->label,
		  strlen(item->label));
}

/* Only what is there: most mappings have nothing of most. */
static int draw_part(const struct ui *ui, const struct canvas *c, int row,
		     int col, uint64_t bytes, const char *what)
{
	char text[FORMAT_SIZE];

	if (!bytes || bytes == UNKNOWN)
		return col;
	return draw_format(c, row, col, STYLE_NORMAL, ", %s %s",
			   format_bytes(text, bytes, ui->unit), what);
}

static void draw_foot(const struct ui *ui, const struct canvas *c,
		      const struct map_item *item)
{
	const struct mapping *m = item->mapping;
	char range[64], flags[256], size[FORMAT_SIZE];
	int col;

	if (!m) {
		draw_group_foot(c, item);
		return;
	}
	snprintf(range, sizeof(range), "%012" PRIx64 "-%012" PRIx64, m->start,
		 m->end);
	draw_heading(c, 0, range, "selected mapping");
	col = draw_format(c, 1, 0, STYLE_NORMAL, "%s  %s", m->perms,
			  format_bytes(size, m->size, ui->unit));
	col = draw_part(ui, c, 1, col, m->thp, "in huge pages");
	col = draw_part(ui, c, 1, col, m->shmem_thp, "shared in huge pages");
	col = draw_part(ui, c, 1, col, m->file_thp, "of files in huge pages");
	col = draw_part(ui, c, 1, col, m->swap, "swapped");
	col = draw_part(ui, c, 1, col, m->locked, "locked");
	col = draw_part(ui, c, 1, col, m->ksm, "merged");
	col = draw_part(ui, c, 1, col, m->lazy_free, "given back (lazy)");
	if (m->page_size != UNKNOWN && m->page_size > 64 * KIB)
		draw_part(ui, c, 1, col, m->page_size, "a page");
	if (text_len(m->path))
		page_text(c, 2, "path", m->path, 1);
	else
		draw_text(c, 2, 0, STYLE_NORMAL, item->label);
	mapping_flags_words(text_str(m->flags), false, flags, sizeof(flags));
	if (flags[0])
		draw_format(c, 3, 0, STYLE_NORMAL, "flags   %s", flags + 2);
	if (m->nodes)
		page_text(c, 4, "NUMA", m->nodes, 1);
}

void mappings_draw(struct ui *ui, const struct canvas *c)
{
	const struct mappings_page *page = ui->page_state;
	const struct reply *reply = ui->mappings_reply;
	int foot = c->rows >= FOOT_FROM ? FOOT_ROWS : 0, top = 1, box = 0;
	struct canvas part;
	struct map_item item;

	draw_top(ui, c);
	if (c->rows < 2)
		return;
	if (c->rows >= ALLOCATORS_FROM && reply->nallocators)
		box = 1 + (int)min_u64(reply->nallocators, ALLOCATORS_ROWS);
	else if (c->rows >= FOOT_FROM && reply->nallocators)
		draw_allocators_brief(c, top++, reply);
	part = canvas_part(c, top, 0, c->rows - top - foot - box, -1);
	draw_list(ui, &part);
	part = canvas_part(c, c->rows - foot - box, 0, box, -1);
	if (box)
		draw_allocators(ui, &part);
	part = canvas_part(c, c->rows - foot, 0, foot, -1);
	if (foot && page->cursor < page->list.count) {
		map_list_item(&page->list, page->cursor, &item);
		draw_foot(ui, &part, &item);
	}
}
