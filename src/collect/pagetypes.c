/* SPDX-License-Identifier: MIT
 *
 * /proc/pagetypeinfo: free blocks of each size by what their surroundings are
 * for.  Root may read it, and the kernel walks all its free lists for it,
 * partly under the lock of the zone: so it is read only while somebody looks,
 * and seldom.
 */
#include <stdio.h>
#include <string.h>

#include "buddyinfo.h"
#include "collect.h"
#include "memtop/kernel.h"
#include "scan.h"

/* 0.1 MB for 64 nodes */
#define PAGETYPES_MAX (4 * MIB)

/*
 * Node    0, zone   Normal, type    Movable   2216   1100 …   >100000
 *
 * A list that is longer than the kernel likes to walk ends in a bound.
 */
static bool parse_line(const struct collect_lines *in, const char *s, void *to)
{
	static const char type[] = ", type";
	struct free_blocks *row = to;
	char zone[24];
	const char *end;

	s = scan_zone(s, zone, sizeof(zone));
	if (!s || strncmp(s, type, sizeof(type) - 1) != 0)
		return false;
	s = scan_blanks(s + sizeof(type) - 1);
	end = scan_word(s);
	snprintf(row->name, sizeof(row->name), "%s %.*s", zone, (int)(end - s),
		 s);
	for (unsigned order = 0; order < ORDERS; order++) {
		end = scan_blanks(end);
		end += *end == '>';
		if (!parse_u64(end, &end, &row->blocks[order]))
			break;
	}
	free_blocks_sum(row, in->page_size, in->order);
	return row->free > 0;
}

static int pagetypes_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t n = growbuf_read(&tree->grow, tree->proc, "pagetypeinfo",
				 PAGETYPES_MAX);
	const struct collect_lines lines = {
		.page_size = tree->page_size,
		.order = buddyinfo_huge_order(tree),
		.parse = parse_line,
	};

	return collect_put_lines(ENTITY_TYPE_BLOCKS, n, tree->grow.data, &lines,
				 snapshot);
}

/* clang-format off */
const struct collector collect_pagetypes = {
	.name = "pagetypes",
	.files = "/proc/pagetypeinfo",
	.lane = LANE_EXPENSIVE,
	.on_demand = true,
	.period_ns = 30 * NS_PER_S,
	.cost_ns = 10 * NS_PER_MS,
	.read = pagetypes_read,
	.gives = GIVES(ENTITY_TYPE_BLOCKS),
};
/* clang-format on */
