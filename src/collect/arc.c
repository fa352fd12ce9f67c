/* SPDX-License-Identifier: MIT
 *
 * /proc/spl/kstat/zfs/arcstats: how much RAM the cache of ZFS takes, which is
 * in no counter of the kernel's own.  Only there with the module.
 */
#include <stddef.h>
#include <string.h>

#include "collect.h"
#include "scan.h"

/* clang-format off */
static const struct {
	const char *name;
	size_t offset;
} rows[] = {
	{ "size", offsetof(struct arc, size) },
	{ "c", offsetof(struct arc, target) },
	{ "c_min", offsetof(struct arc, min) },
	{ "c_max", offsetof(struct arc, max) },
};
/* clang-format on */

/*
 * 13 1 0x01 147 39984 4296834011 1132402984010
 * name                            type data
 * size                            4    4294967296
 */
static bool parse_row(const char *line, struct arc *arc)
{
	const char *end = scan_word(line);
	const char *type = scan_blanks(end);
	const char *data = scan_blanks(scan_word(type));
	uint64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strlen(rows[i].name) != (size_t)(end - line) ||
		    strncmp(line, rows[i].name, (size_t)(end - line)) != 0)
			continue;
		if (!parse_u64(data, &data, &value))
			return false;
		*(uint64_t *)((char *)arc + rows[i].offset) = value;
		return true;
	}
	return false;
}

static int arc_read(struct tree *tree, struct snapshot *snapshot)
{
	struct arc *arc = &snapshot->arc;
	ssize_t r = kernfile_read(tree->proc, "spl/kstat/zfs/arcstats",
				  tree->buf, tree->size);
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		*(uint64_t *)((char *)arc + rows[i].offset) = UNKNOWN;
	for (const char *s = tree->buf; r > 0 && *s; s = scan_line(s))
		if (parse_row(s, arc))
			found = true;
	if (found)
		arc->block.state = STATE_OK;
	else
		arc->block.state =
			r < 0 ? state_from_errno((int)r) : STATE_ABSENT;
	arc->block.read_ns = tree_now();
	return 0;
}

/* clang-format off */
const struct collector collect_arc = {
	.name = "arc",
	.files = "/proc/spl/kstat/zfs/arcstats",
	.lane = LANE_CHEAP,
	.period_ns = 5 * NS_PER_S,
	.cost_ns = 5 * NS_PER_US, /* without ZFS; 40 with it */
	.read = arc_read,
	.gives = GIVES(ENTITY_ARC),
};
/* clang-format on */
