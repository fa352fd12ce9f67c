/* SPDX-License-Identifier: MIT
 *
 * /proc/buddyinfo: how many free blocks there are of each size.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "buddyinfo.h"
#include "collect.h"
#include "memtop/kernel.h"
#include "scan.h"
#include "smallfile.h"

unsigned buddyinfo_huge_order(const struct tree *tree)
{
	uint64_t size = smallfile_number(
		tree->sys, "kernel/mm/transparent_hugepage/hpage_pmd_size");
	unsigned order = 0;

	if (size == UNKNOWN || size < tree->page_size)
		size = 2 * MIB;
	while (order < ORDERS - 1 && tree->page_size << order < size)
		order++;
	return order;
}

/* Node 0, zone   Normal  51327  57854  32969  17023   4638   2715   1411 */
static bool parse_line(const char *s, struct free_blocks *row)
{
	static const char zone[] = ", zone";
	const char *end;
	uint64_t node;

	if (strncmp(s, "Node ", 5) || !parse_u64(s + 5, &s, &node) ||
	    strncmp(s, zone, sizeof(zone) - 1))
		return false;
	s = scan_blanks(s + sizeof(zone) - 1);
	end = scan_word(s);
	snprintf(row->name, sizeof(row->name), "N%u %.*s", (unsigned)node,
		 (int)(end - s), s);
	s = scan_blanks(end);
	for (unsigned order = 0; order < ORDERS; order++) {
		if (!parse_u64(s, &s, &row->blocks[order]))
			return order > 0;
		s = scan_blanks(s);
	}
	return true;
}

uint64_t buddyinfo_large(const char *text, uint64_t page_size, unsigned order)
{
	uint64_t bytes = UNKNOWN;

	for (const char *s = text; *s; s = scan_line(s)) {
		struct free_blocks row;

		list_row_init(ENTITY_BLOCKS, &row);
		if (!parse_line(s, &row))
			continue;
		if (bytes == UNKNOWN)
			bytes = 0;
		for (unsigned i = order; i < ORDERS; i++)
			if (row.blocks[i] != UNKNOWN)
				bytes += (row.blocks[i] << i) * page_size;
	}
	return bytes;
}

static int fill(const struct tree *tree, const char *text, struct list **list)
{
	unsigned order = buddyinfo_huge_order(tree);

	for (const char *s = text; *s; s = scan_line(s)) {
		struct free_blocks *row = list_add(list);

		if (!row)
			return -ENOMEM;
		row->block = (*list)->block;
		if (parse_line(s, row))
			free_blocks_sum(row, tree->page_size, order);
		else
			list_drop(*list);
	}
	return 0;
}

static int buddyinfo_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t n = kernfile_read(tree->proc, "buddyinfo", tree->buf,
				  tree->size);
	struct list *list = collect_list(ENTITY_BLOCKS, n);
	int r = 0;

	if (!list)
		return -ENOMEM;
	if (n > 0)
		r = fill(tree, tree->buf, &list);
	if (n >= 0 && !list_count(list))
		list->block.state = STATE_ABSENT;
	snapshot_set_list(snapshot, list);
	return r;
}

/* clang-format off */
const struct collector collect_buddyinfo = {
	.name = "buddyinfo",
	.files = "/proc/buddyinfo",
	.lane = LANE_CHEAP,
	.period_ns = 10 * NS_PER_S,
	.cost_ns = 20 * NS_PER_US,
	.read = buddyinfo_read,
	.gives = GIVES(ENTITY_BLOCKS),
};
/* clang-format on */
