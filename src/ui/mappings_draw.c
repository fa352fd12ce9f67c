/* SPDX-License-Identifier: MIT
 *
 * The Mappings page as it looks: which columns fit, what stands in each cell,
 * the selected mapping in words.  Apart from the page because that only
 * decides what is listed.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "memtop/text.h"
#include "page.h"
#include "page_mappings.h"

#define NAME_CELLS_MIN 22
#define FOOT_ROWS      4 /* the selected mapping in words */

enum special { PLAIN, COUNT, SHARE, GROWTH, FLAGS };

/* clang-format off */
static const struct column {
	const char *title;
	int width;
	uint8_t column;	/* enum map_column */
	uint8_t special;
	uint8_t drop;	/* the lowest goes first when narrow; 0 stays */
} columns[] = {
	{ "N",	   5, 0,	      COUNT,  0 },
	{ "PSS",   6, MAP_PSS,	      PLAIN,  0 },
	{ "USS",   6, MAP_USS,	      PLAIN,  6 },
	{ "RSS",   5, MAP_RSS,	      PLAIN,  0 },
	{ "SWAP",  5, MAP_SWAP,	      PLAIN,  0 },
	{ "DIRTY", 5, MAP_DIRTY,      PLAIN,  5 },
	{ "REF%",  4, MAP_REFERENCED, SHARE,  3 },
	{ "THP",   5, MAP_THP,	      PLAIN,  4 },
	{ "SIZE",  6, MAP_SIZE,	      PLAIN,  2 },
	{ "GROW",  6, 0,	      GROWTH, 7 },
	{ "FLAGS", 9, 0,	      FLAGS,  1 },
};

const char *const mappings_sort_titles[MAP_COLUMN_COUNT] = {
	[MAP_PSS] = "PSS",	[MAP_USS] = "USS",
	[MAP_RSS] = "RSS",	[MAP_SWAP] = "SWAP",
	[MAP_DIRTY] = "DIRTY",	[MAP_REFERENCED] = "REF",
	[MAP_THP] = "THP",	[MAP_SIZE] = "SIZE",
};

static const char *const group_titles[MAP_GROUP_COUNT] = {
	[MAP_BY_KIND] = "kind",	[MAP_BY_FILE] = "file", [MAP_SINGLE] = "none",
};

/* VmFlags worth a word; the kernel's two letters. */
static const struct {
	const char *letters, *words;
} flag_words[] = {
	{ "hg", "huge pages advised" },
	{ "nh", "no huge pages" },
	{ "ht", "from a huge page pool" },
	{ "lo", "locked" },
	{ "mg", "may be merged (KSM)" },
	{ "dd", "not in core dumps" },
	{ "gd", "grows down" },
};
/* clang-format on */

/* The highest drop number whose columns do not fit; all up to it go. */
static unsigned dropped_up_to(int cols)
{
	unsigned drop;

	for (drop = 0; drop < 8; drop++) {
		int used = 2 + NAME_CELLS_MIN;

		for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
			if (!columns[i].drop || columns[i].drop > drop)
				used += 1 + columns[i].width;
		if (used <= cols)
			break;
	}
	return drop;
}

static bool is_shown(const struct column *column, unsigned drop)
{
	return !column->drop || column->drop > drop;
}

static int name_cells(int cols, unsigned drop)
{
	int left = cols - 2;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (is_shown(&columns[i], drop))
			left -= 1 + columns[i].width;
	return left > 4 ? left : 4;
}

static const struct map_item *selected(const struct mappings_page *page)
{
	return page->cursor < page->list.count ? &page->list.items[page->cursor]
					       : NULL;
}

static void flags_cell(const struct map_item *item, char *buf, size_t size)
{
	const char *flags;

	if (!item->mapping) {
		snprintf(buf, size, "%s", "");
		return;
	}
	flags = text_str(item->mapping->flags);
	snprintf(buf, size, "%s%s%s%s", item->mapping->perms,
		 strstr(flags, "hg") ? " hg" : "",
		 strstr(flags, "lo") ? " lo" : "",
		 strstr(flags, "ht") ? " ht" : "");
}

static void growth_cell(const struct ui *ui, const struct map_item *item,
			char *buf, size_t size)
{
	double pss, swap;
	char text[FORMAT_SIZE];

	if (!ui->mappings_before)
		snprintf(buf, size, "-");
	else if (!map_change(item, MAP_PSS, &pss) ||
		 !map_change(item, MAP_SWAP, &swap))
		snprintf(buf, size, "n/a");
	else
		snprintf(buf, size, "%s",
			 format_bytes_signed(text, pss + swap, ui->unit));
}

static void plain_cell(const struct ui *ui, const struct mappings_page *page,
		       const struct map_item *item, enum map_column column,
		       char *buf, size_t size)
{
	char text[FORMAT_SIZE];
	double change;

	if (page->query.difference && !map_change(item, column, &change))
		snprintf(buf, size, "n/a");
	else if (page->query.difference)
		snprintf(buf, size, "%s",
			 format_bytes_signed(text, change, ui->unit));
	else if (!item->now.count)
		snprintf(buf, size, "gone");
	else
		snprintf(buf, size, "%s",
			 format_bytes(text, item->now.value[column], ui->unit));
}

static void cell_text(const struct ui *ui, const struct map_item *item,
		      const struct column *column, char *buf, size_t size)
{
	const struct mappings_page *page = ui->page_state;
	char text[FORMAT_SIZE];

	switch ((enum special)column->special) {
	case COUNT:
		snprintf(buf, size, "%s", format_count(text, item->now.count));
		break;
	case SHARE:
		snprintf(buf, size, "%s",
			 format_percent(
				 text,
				 percent_of(item->now.value[MAP_REFERENCED],
					    item->now.value[MAP_RSS])));
		break;
	case GROWTH:
		growth_cell(ui, item, buf, size);
		break;
	case FLAGS:
		flags_cell(item, buf, size);
		break;
	case PLAIN:
		plain_cell(ui, page, item, column->column, buf, size);
		break;
	}
}

static void draw_label(const struct ui *ui, const struct canvas *c, int row,
		       const struct map_item *item, int width)
{
	const struct mappings_page *page = ui->page_state;
	bool grouped = page->query.group != MAP_SINGLE;
	const char *path;
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
	path = text_len(item->mapping->path) ? text_str(item->mapping->path)
					     : map_kind(item->mapping);
	if (!grouped || page->query.group == MAP_BY_KIND)
		draw_name(c, row, col + 1, STYLE_NORMAL, width + 2 - col - 1,
			  path, strlen(path));
}

static void draw_item(const struct ui *ui, const struct canvas *c, int row,
		      const struct map_item *item, unsigned drop)
{
	int width = name_cells(c->cols, drop), col = 2 + width;

	draw_label(ui, c, row, item, width);
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		char buf[PAGE_CELL_SIZE];

		if (!is_shown(&columns[i], drop))
			continue;
		cell_text(ui, item, &columns[i], buf, sizeof(buf));
		if (columns[i].special == FLAGS)
			draw_text(c, row, col + 1, STYLE_NORMAL, buf);
		else
			draw_right(c, row, col + 1, STYLE_NORMAL,
				   columns[i].width, buf);
		col += 1 + columns[i].width;
	}
}

static void draw_header(const struct mappings_page *page,
			const struct canvas *c, int row, unsigned drop)
{
	int col = 2 + name_cells(c->cols, drop);

	draw_fill(c, row, STYLE_HEADING);
	draw_text(c, row, 2, STYLE_HEADING, "MAPPING");
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		bool sorted = columns[i].column == page->query.sort &&
			      (columns[i].special == PLAIN ||
			       columns[i].special == SHARE);
		char title[16];

		if (!is_shown(&columns[i], drop))
			continue;
		snprintf(title, sizeof(title), "%s%s", columns[i].title,
			 !sorted	       ? ""
			 : page->query.reverse ? "^"
					       : "v");
		if (columns[i].special == FLAGS)
			draw_text(c, row, col + 1, STYLE_HEADING, title);
		else
			draw_right(c, row, col + 1, STYLE_HEADING,
				   columns[i].width, title);
		col += 1 + columns[i].width;
	}
}

static void draw_top(const struct ui *ui, const struct canvas *c)
{
	const struct mappings_page *page = ui->page_state;
	const struct reply *now = ui->mappings_reply;
	char n[FORMAT_SIZE], clock[FORMAT_SIZE], right[96];
	int cells;

	draw_format(c, 0, 0, STYLE_NORMAL,
		    "%s mappings in %zu groups   group %s   sort %s %c%s",
		    exact_grouped(n, page->list.mappings), page->list.groups,
		    group_titles[page->query.group],
		    mappings_sort_titles[page->query.sort],
		    page->query.reverse ? '^' : 'v',
		    page->query.difference ? "   DIFFERENCE of two reads" : "");
	format_clock(clock, now->realtime_ns, false);
	snprintf(right, sizeof(right), "read %s, took %.1fs%s", clock,
		 (double)now->took_ns / (double)NS_PER_S,
		 ui->mappings_id ? ", reading again ..." : ", r = again");
	cells = text_cells(right);
	if (c->cols >= 100)
		draw_text(c, 0, c->cols - cells, STYLE_NORMAL, right);
}

static void describe_flags(const char *flags, char *buf, size_t size)
{
	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(flag_words); i++)
		if (strstr(flags, flag_words[i].letters))
			snprintf(buf + strlen(buf), size - strlen(buf), ", %s",
				 flag_words[i].words);
}

static void draw_foot(const struct ui *ui, const struct canvas *c,
		      const struct map_item *item)
{
	const struct mapping *m = item->mapping;
	char range[64], flags[160], size[FORMAT_SIZE], thp[FORMAT_SIZE];
	char swap[FORMAT_SIZE], n[FORMAT_SIZE];
	int col;

	if (!m) {
		draw_heading(c, 0, "Selected group", "Enter opens");
		col = draw_format(c, 1, 0, STYLE_NORMAL, "%s mappings: ",
				  exact_grouped(n, item->now.count));
		draw_name(c, 1, col, STYLE_NORMAL, c->cols, item->label,
			  strlen(item->label));
		return;
	}
	snprintf(range, sizeof(range), "%012" PRIx64 "-%012" PRIx64, m->start,
		 m->end);
	draw_heading(c, 0, range, "selected mapping");
	describe_flags(text_str(m->flags), flags, sizeof(flags));
	draw_format(c, 1, 0, STYLE_NORMAL,
		    "%s  %s, %s in huge pages, %s "
		    "swapped%s",
		    m->perms, format_bytes(size, m->size, ui->unit),
		    format_bytes(thp, m->thp, ui->unit),
		    format_bytes(swap, m->swap, ui->unit), flags);
	if (text_len(m->path))
		page_text(c, 2, "path", m->path, 2);
	else
		draw_text(c, 2, 0, STYLE_NORMAL, map_kind(m));
}

static void draw_list(struct ui *ui, const struct canvas *c)
{
	struct mappings_page *page = ui->page_state;
	unsigned drop = dropped_up_to(c->cols);
	struct canvas list =
		canvas_part(c, 1, 0, c->rows > 1 ? c->rows - 1 : 0, -1);

	draw_header(page, c, 0, drop);
	scroll_fit(&page->scroll, page->list.count, (size_t)list.rows);
	scroll_show(&page->scroll, page->cursor);
	for (int row = 0; row < list.rows; row++) {
		size_t i = page->scroll.top + (size_t)row;

		if (i >= page->list.count)
			break;
		draw_item(ui, &list, row, &page->list.items[i], drop);
		if (i != page->cursor)
			continue;
		draw_text(&list, row, 0, STYLE_NORMAL, ">");
		draw_restyle(&list, row, 0, list.cols, STYLE_CURSOR);
		draw_park(&list, row, 0);
	}
}

void mappings_draw(struct ui *ui, const struct canvas *c)
{
	const struct mappings_page *page = ui->page_state;
	int foot = c->rows >= 12 ? FOOT_ROWS : 0;
	struct canvas list = canvas_part(c, 1, 0, c->rows - 1 - foot, -1);
	struct canvas below = canvas_part(c, c->rows - foot, 0, -1, -1);

	draw_top(ui, c);
	if (c->rows < 2)
		return;
	draw_list(ui, &list);
	if (foot && selected(page))
		draw_foot(ui, &below, selected(page));
}
