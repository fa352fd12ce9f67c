/* SPDX-License-Identifier: MIT
 *
 * /proc/swaps: one line per swap device or file; and what the block devices
 * among them do.  A machine without swap has
 * the heading alone, which is an answer: OK, and none.  Without the heading it
 * is no such file: a kernel without swap has none, and containers put an empty
 * one in its place.
 */
#include <errno.h>
#include <string.h>

#include "blockstat.h"
#include "collect.h"
#include "memtop/swap.h"
#include "scan.h"

static bool next_kib(const char **s, uint64_t *ret)
{
	uint64_t kib;

	*s = scan_blanks(*s);
	if (!parse_u64(*s, s, &kib) || kib > UINT64_MAX / KIB)
		return false;
	*ret = kib * KIB;
	return true;
}

/*
 * /dev/dm-1                               partition	16777212	6890496		-2
 *
 * 0; -EINVAL when it is no such line; -ENOMEM.
 */
static int parse_line(const char *line, struct swap *ret)
{
	static const char zram[] = "/dev/zram";
	const char *end = scan_word(line), *type = scan_blanks(end);
	const char *s = scan_word(type);
	struct swap swap = *ret;
	size_t len = (size_t)(s - type);

	if (len == 0 || len >= sizeof(swap.type))
		return -EINVAL;
	memcpy(swap.type, type, len);
	swap.type[len] = '\0';
	if (!strncmp(line, zram, sizeof(zram) - 1))
		strcpy(swap.type, "zram");
	if (!next_kib(&s, &swap.size) || !next_kib(&s, &swap.used) ||
	    !scan_i64(scan_blanks(s), &s, &swap.priority))
		return -EINVAL;
	swap.name = scan_unescape(line, (size_t)(end - line));
	if (!swap.name)
		return -ENOMEM;
	*ret = swap;
	return 0;
}

static int fill(struct tree *tree, const char *text, struct list **list)
{
	for (const char *s = scan_line(text); *s; s = scan_line(s)) {
		struct swap *row = list_add(list);
		int r = row ? parse_line(s, row) : -ENOMEM;

		if (row && r < 0)
			list_drop(*list);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			continue;
		row->block = (*list)->block;
		blockstat_read(tree, row);
	}
	return 0;
}

static int swaps_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t n = kernfile_read(tree->proc, "swaps", tree->buf, tree->size);
	const struct list *before = tree_before(tree, ENTITY_SWAP);
	struct list *list = collect_list(ENTITY_SWAP, n == 0 ? -ENOENT : n);
	int r = 0;

	if (!list)
		return -ENOMEM;
	if (n > 0)
		r = fill(tree, tree->buf, &list);
	list_rates(list, before);
	swap_await(list, before);
	snapshot_set_list(snapshot, list);
	return r;
}

/* clang-format off */
const struct collector collect_swaps = {
	.name = "swaps",
	.files = "/proc/swaps, /sys/class/block",
	.lane = LANE_CHEAP,
	.cost_ns = 20 * NS_PER_US,
	.read = swaps_read,
	.gives = GIVES(ENTITY_SWAP),
};
/* clang-format on */
