/* SPDX-License-Identifier: MIT
 *
 * /proc/swaps: one line per swap device or file.  A machine without swap has
 * the heading alone, which is an answer: OK, and none.  Without the heading it
 * is no such file: a kernel without swap has none, and containers put an empty
 * one in its place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "scan.h"

/* The kernel writes blanks, tabs, newlines and backslashes of a path as \ooo.
 */
static struct text *unescape(const char *s, size_t len)
{
	char buf[4096];
	size_t i = 0, n = 0;

	while (i < len && n < sizeof(buf)) {
		const char *p = s + i;

		if (*p == '\\' && len - i > 3 && p[1] >= '0' && p[1] <= '3' &&
		    p[2] >= '0' && p[2] <= '7' && p[3] >= '0' && p[3] <= '7') {
			buf[n++] = (char)((p[1] - '0') << 6 |
					  (p[2] - '0') << 3 | (p[3] - '0'));
			i += 4;
		} else {
			buf[n++] = *p;
			i++;
		}
	}
	return text_new(buf, n);
}

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
	struct swap swap = { .block.state = STATE_OK };
	size_t len = (size_t)(s - type);

	if (len == 0 || len >= sizeof(swap.type))
		return -EINVAL;
	memcpy(swap.type, type, len);
	if (!strncmp(line, zram, sizeof(zram) - 1))
		strcpy(swap.type, "zram");
	if (!next_kib(&s, &swap.size) || !next_kib(&s, &swap.used) ||
	    !scan_i64(scan_blanks(s), &s, &swap.priority))
		return -EINVAL;
	swap.name = unescape(line, (size_t)(end - line));
	if (!swap.name)
		return -ENOMEM;
	*ret = swap;
	return 0;
}

static int fill(const char *text, uint64_t now, struct snapshot *snapshot)
{
	size_t lines = 0;
	const char *s;

	for (s = scan_line(text); *s; s = scan_line(s))
		lines++;
	if (!lines)
		return 0;
	snapshot->swaps = calloc(lines, sizeof(*snapshot->swaps));
	if (!snapshot->swaps)
		return -ENOMEM;
	for (s = scan_line(text); *s; s = scan_line(s)) {
		struct swap *swap = &snapshot->swaps[snapshot->nswaps];
		int r = parse_line(s, swap);

		if (r == -ENOMEM)
			return r;
		if (r < 0)
			continue;
		swap->block.read_ns = now;
		snapshot->nswaps++;
	}
	return 0;
}

static int swaps_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t r = kernfile_read(tree->proc, "swaps", tree->buf, tree->size);
	uint64_t now = tree_now();

	snapshot->swaps_block.read_ns = now;
	if (r == 0)
		r = -ENOENT;
	snapshot->swaps_block.state =
		r < 0 ? state_from_errno((int)r) : STATE_OK;
	return r < 0 ? 0 : fill(tree->buf, now, snapshot);
}

static int swaps_keep(const struct snapshot *before, struct snapshot *snapshot)
{
	size_t i;

	if (before->nswaps) {
		snapshot->swaps =
			calloc(before->nswaps, sizeof(*snapshot->swaps));
		if (!snapshot->swaps)
			return -ENOMEM;
	}
	for (i = 0; i < before->nswaps; i++) {
		snapshot->swaps[i] = before->swaps[i];
		text_ref(before->swaps[i].name);
	}
	snapshot->nswaps = before->nswaps;
	snapshot->swaps_block = before->swaps_block;
	return 0;
}

/* clang-format off */
const struct collector collect_swaps = {
	.name = "swaps",
	.files = "/proc/swaps",
	.lane = LANE_CHEAP,
	.cost_ns = 8 * NS_PER_US,
	.read = swaps_read,
	.keep = swaps_keep,
};
/* clang-format on */
