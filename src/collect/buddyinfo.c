/* SPDX-License-Identifier: MIT
 *
 * /proc/buddyinfo: how many free blocks there are of each size.
 */
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
static bool parse_line(const struct collect_lines *in, const char *s, void *to)
{
	struct free_blocks *row = to;

	s = scan_zone(s, row->name, sizeof(row->name));
	if (!s || !parse_u64(scan_blanks(s), &s, &row->blocks[0]))
		return false;
	for (unsigned order = 1; order < ORDERS; order++)
		if (!parse_u64(scan_blanks(s), &s, &row->blocks[order]))
			break;
	free_blocks_sum(row, in->page_size, in->order);
	return true;
}

uint64_t buddyinfo_large(const char *text, uint64_t page_size, unsigned order)
{
	const struct collect_lines in = { .page_size = page_size,
					  .order = order };
	uint64_t bytes = UNKNOWN;

	for (const char *s = text; *s; s = scan_line(s)) {
		struct free_blocks row;

		list_row_init(ENTITY_BLOCKS, &row);
		if (!parse_line(&in, s, &row))
			continue;
		if (bytes == UNKNOWN)
			bytes = 0;
		for (unsigned i = order; i < ORDERS; i++)
			if (row.blocks[i] != UNKNOWN)
				bytes += (row.blocks[i] << i) * page_size;
	}
	return bytes;
}

static int buddyinfo_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t n =
		kernfile_read(tree->proc, "buddyinfo", tree->buf, tree->size);
	const struct collect_lines lines = {
		.page_size = tree->page_size,
		.order = buddyinfo_huge_order(tree),
		.parse = parse_line,
	};

	return collect_put_lines(ENTITY_BLOCKS, n, tree->buf, &lines, snapshot);
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
