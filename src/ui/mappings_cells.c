/* SPDX-License-Identifier: MIT
 *
 * The columns of the Mappings page: which of them fit, and what stands in each
 * cell.  Knows rows, not where they are on the screen.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "exact.h"
#include "memtop/text.h"
#include "page.h"
#include "page_mappings.h"

#define NAME_CELLS_MIN 22

enum special { PLAIN, COUNT, SHARE, GROWTH, FLAGS };

/* clang-format off */
static const struct column {
	const char *title;
	int width;
	uint8_t column;	/* enum map_column */
	uint8_t special;
	uint8_t drop;	/* the lowest goes first when narrow; 0 stays */
} columns[] = {
	{ "N",	   5, 0,		    COUNT,  0 },
	{ "PSS",   6, MAP_PSS,		    PLAIN,  0 },
	{ "USS",   6, MAP_USS,		    PLAIN,  15 },
	{ "RSS",   5, MAP_RSS,		    PLAIN,  0 },
	{ "SWAP",  5, MAP_SWAP,		    PLAIN,  0 },
	{ "SWPSS", 5, MAP_SWAP_PSS,	    PLAIN,  4 },
	{ "DIRTY", 5, MAP_DIRTY,	    PLAIN,  14 },
	{ "REF%",  4, MAP_REFERENCED,	    SHARE,  12 },
	{ "ANON",  5, MAP_ANON_PAGES,		    PLAIN,  9 },
	{ "LAZY",  5, MAP_LAZY_FREE,	    PLAIN,  3 },
	{ "THP",   5, MAP_THP,		    PLAIN,  13 },
	{ "SHPMD", 5, MAP_SHMEM_THP,	    PLAIN,  6 },
	{ "FPMD",  5, MAP_FILE_THP,	    PLAIN,  5 },
	{ "LOCK",  5, MAP_LOCK,	    PLAIN,  8 },
	{ "KSM",   5, MAP_KSM,		    PLAIN,  7 },
	{ "HTLBP", 5, MAP_PRIVATE_HUGETLB,  PLAIN,  2 },
	{ "HTLBS", 5, MAP_SHARED_HUGETLB,   PLAIN,  1 },
	{ "SIZE",  6, MAP_SIZE,		    PLAIN,  11 },
	{ "GROW",  6, 0,		    GROWTH, 16 },
	{ "FLAGS", 9, 0,		    FLAGS,  10 },
};

const char *const mappings_sort_titles[MAP_COLUMN_COUNT] = {
	[MAP_PSS] = "PSS",	[MAP_USS] = "USS",
	[MAP_RSS] = "RSS",	[MAP_SWAP] = "SWAP",
	[MAP_DIRTY] = "DIRTY",	[MAP_REFERENCED] = "REF",
	[MAP_THP] = "THP",	[MAP_SIZE] = "SIZE",
	[MAP_ANON_PAGES] = "ANON",	[MAP_LOCK] = "LOCK",
	[MAP_KSM] = "KSM",	[MAP_LAZY_FREE] = "LAZY",
	[MAP_SWAP_PSS] = "SWPSS",
	[MAP_SHMEM_THP] = "SHPMD",
	[MAP_FILE_THP] = "FPMD",
	[MAP_PRIVATE_HUGETLB] = "HTLBP",
	[MAP_SHARED_HUGETLB] = "HTLBS",
};

const char *const mappings_topics[MAP_COLUMN_COUNT] = {
	[MAP_PSS] = "mappings.pss",
	[MAP_USS] = "mappings.uss",
	[MAP_RSS] = "mappings.rss",
	[MAP_SWAP] = "mappings.swap",
	[MAP_DIRTY] = "mappings.dirty",
	[MAP_REFERENCED] = "mappings.referenced",
	[MAP_THP] = "mappings.thp",
	[MAP_SIZE] = "mappings.size",
	[MAP_ANON_PAGES] = "mappings.anon",
	[MAP_LOCK] = "mappings.locked",
	[MAP_KSM] = "mappings.ksm",
	[MAP_LAZY_FREE] = "mappings.lazy_free",
	[MAP_SWAP_PSS] = "mappings.swap_pss",
	[MAP_SHMEM_THP] = "mappings.shmem_thp",
	[MAP_FILE_THP] = "mappings.file_thp",
	[MAP_PRIVATE_HUGETLB] = "mappings.private_hugetlb",
	[MAP_SHARED_HUGETLB] = "mappings.shared_hugetlb",
};
/* clang-format on */

static_assert(ARRAY_SIZE(columns) <= 32, "a bit each");

static bool is_sorted(const struct map_query *query, const struct column *c)
{
	return (c->special == PLAIN || c->special == SHARE) &&
	       c->column == query->sort;
}

unsigned mappings_columns(const struct map_query *query, int cols)
{
	int name = cols / 4 > NAME_CELLS_MIN ? cols / 4 : NAME_CELLS_MIN;
	unsigned shown = 0;

	for (unsigned drop = 0; drop <= 16; drop++) {
		shown = 0;
		for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
			if (!columns[i].drop || columns[i].drop > drop ||
			    is_sorted(query, &columns[i]))
				shown |= 1u << i;
		if (mappings_name_cells(shown, cols) >= name)
			break;
	}
	return shown;
}

int mappings_name_cells(unsigned shown, int cols)
{
	int left = cols - 2;

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++)
		if (shown & 1u << i)
			left -= 1 + columns[i].width;
	return left > 4 ? left : 4;
}

static void flags_cell(const struct map_item *item, char *buf, size_t size)
{
	const struct mapping *m = item->mapping;

	if (!m) {
		buf[0] = '\0';
		return;
	}
	snprintf(buf, size, "%s%s%s%s", m->perms,
		 mapping_has_flag(m, "hg") ? " hg" : "",
		 mapping_has_flag(m, "lo") ? " lo" : "",
		 mapping_has_flag(m, "ht") ? " ht" : "");
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

static void plain_cell(const struct ui *ui, const struct map_item *item,
		       enum map_column column, char *buf, size_t size)
{
	const struct mappings_page *page = ui->page_state;
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
		plain_cell(ui, item, column->column, buf, size);
		break;
	}
}

static int draw_cell(const struct canvas *c, int row, int col, enum style style,
		     const struct column *column, const char *text)
{
	if (column->special == FLAGS)
		draw_text(c, row, col + 1, style, text);
	else
		draw_right(c, row, col + 1, style, column->width, text);
	return col + 1 + column->width;
}

void mappings_draw_cells(const struct ui *ui, const struct canvas *c, int row,
			 int col, unsigned shown, const struct map_item *item)
{
	char buf[PAGE_CELL_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		if (!(shown & 1u << i))
			continue;
		cell_text(ui, item, &columns[i], buf, sizeof(buf));
		col = draw_cell(c, row, col, STYLE_NORMAL, &columns[i], buf);
	}
}

void mappings_draw_titles(const struct mappings_page *page,
			  const struct canvas *c, int row, int col,
			  unsigned shown)
{
	for (size_t i = 0; i < ARRAY_SIZE(columns); i++) {
		char title[16];

		if (!(shown & 1u << i))
			continue;
		snprintf(title, sizeof(title), "%s%s", columns[i].title,
			 !is_sorted(&page->query, &columns[i]) ? ""
			 : page->query.reverse		       ? "^"
							       : "v");
		col = draw_cell(c, row, col, STYLE_HEADING, &columns[i], title);
	}
}
