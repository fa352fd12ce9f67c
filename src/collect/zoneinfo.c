/* SPDX-License-Identifier: MIT
 *
 * /proc/zoneinfo: the zones that have pages, with their watermarks, and the
 * sum of what the lists of processors hold.  Its lines per node are passed
 * over: vmstat has the sums.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "memtop/kernel.h"
#include "scan.h"

/* 0.2 MB for 1000 CPUs */
#define ZONEINFO_MAX (16 * MIB)

struct zone_line {
	const char *key;
	size_t offset;
};
/* clang-format off */
static const struct zone_line zone_lines[] = {
	{ "min", offsetof(struct zone, min) },
	{ "low", offsetof(struct zone, low) },
	{ "high", offsetof(struct zone, high) },
	{ "boost", offsetof(struct zone, boost) },
	{ "promo", offsetof(struct zone, promo) },
	{ "present", offsetof(struct zone, present) },
	{ "managed", offsetof(struct zone, managed) },
	{ "cma", offsetof(struct zone, cma) },
};
/* clang-format on */

static bool starts(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

static uint64_t pages(const struct tree *tree, uint64_t number)
{
	return number > UINT64_MAX / tree->page_size - 1
		       ? UNKNOWN
		       : number * tree->page_size;
}

/*
 *         protection: (0, 2800, 21196, 21196, 21196)
 *
 * The largest: what the zone keeps from those who may go anywhere.
 */
static uint64_t parse_protection(const struct tree *tree, const char *s)
{
	uint64_t most = 0, number;

	for (; *s && *s != '\n'; s++)
		if (parse_u64(s, &s, &number)) {
			if (number > most)
				most = number;
			if (!*s || *s == '\n')
				break;
		}
	return pages(tree, most);
}

static void add_cpu_list(struct zone *zone, uint64_t bytes)
{
	if (zone->cpu_lists == UNKNOWN)
		zone->cpu_lists = bytes;
	else if (bytes != UNKNOWN)
		zone->cpu_lists += bytes;
}

/*
 *   pages free     51034
 *         boost    0
 *         min      5628
 *     cpu: 0
 *               count:    312
 *   node_unreclaimable:  0
 */
static void parse_line(const struct tree *tree, const char *s,
		       struct zone *zone, bool *in_pages)
{
	const char *end, *value;
	uint64_t number;

	s = scan_blanks(s);
	if (starts(s, "pages free")) {
		s = scan_blanks(s + strlen("pages free"));
		if (parse_u64(s, &s, &number))
			zone->free = pages(tree, number);
		*in_pages = true;
		return;
	}
	if (starts(s, "protection:")) {
		zone->protection = parse_protection(tree, s);
		*in_pages = false; /* high and low of each CPU follow */
		return;
	}
	if (starts(s, "count:")) {
		s = scan_blanks(s + strlen("count:"));
		if (parse_u64(s, &s, &number))
			add_cpu_list(zone, pages(tree, number));
		return;
	}
	if (starts(s, "node_unreclaimable:")) {
		s = scan_blanks(s + strlen("node_unreclaimable:"));
		if (parse_u64(s, &s, &number))
			zone->unreclaimable = number != 0;
		return;
	}
	end = scan_word(s);
	value = scan_blanks(end);
	if (!*in_pages || !parse_u64(value, &value, &number))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(zone_lines); i++)
		if (strlen(zone_lines[i].key) == (size_t)(end - s) &&
		    starts(s, zone_lines[i].key))
			*(uint64_t *)((char *)zone + zone_lines[i].offset) =
				pages(tree, number);
}

/* A zone without pages is of no use to anybody. */
static void finish(struct list *list, struct zone *zone)
{
	if (!zone)
		return;
	if (zone->present == 0 || zone->managed == 0) {
		list_drop(list);
		return;
	}
	snprintf(zone->state, sizeof(zone->state), "%s", zone_words(zone));
}

static int fill(const struct tree *tree, const char *text, struct list **list)
{
	struct zone *zone = NULL;
	bool in_pages = false;
	char name[sizeof(zone->name)];

	for (const char *s = text; *s; s = scan_line(s)) {
		if (!scan_zone(s, name, sizeof(name))) {
			if (zone)
				parse_line(tree, s, zone, &in_pages);
			continue;
		}
		finish(*list, zone);
		zone = list_add(list);
		if (!zone)
			return -ENOMEM;
		zone->block = (*list)->block;
		memcpy(zone->name, name, sizeof(name));
		in_pages = false;
	}
	finish(*list, zone);
	return 0;
}

static int zoneinfo_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t n =
		growbuf_read(&tree->grow, tree->proc, "zoneinfo", ZONEINFO_MAX);
	struct list *list = collect_list(ENTITY_ZONE, n);
	int r = 0;

	if (!list)
		return -ENOMEM;
	if (n > 0)
		r = fill(tree, tree->grow.data, &list);
	if (n >= 0 && !list_count(list))
		list->block.state = STATE_ABSENT;
	snapshot_set_list(snapshot, list);
	return r;
}

/* clang-format off */
const struct collector collect_zoneinfo = {
	.name = "zoneinfo",
	.files = "/proc/zoneinfo",
	.lane = LANE_CHEAP,
	.cost_ns = 60 * NS_PER_US,
	.period_ns = 2 * NS_PER_S,
	.read = zoneinfo_read,
	.gives = GIVES(ENTITY_ZONE),
};
/* clang-format on */
