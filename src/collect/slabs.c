/* SPDX-License-Identifier: MIT
 *
 * /proc/slabinfo: the caches of the kernel's small objects.  Only root may
 * read it.  The kernel holds a lock for it that creating a cache needs as
 * well, and that may wait for memory: hence the expensive lane.
 *
 * Read here and not through libproc2, which hard-codes /proc, opens and sums
 * at each call and has no column for what can be reclaimed.
 */
#include "slabs.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collect.h"
#include "memtop/kernel.h"
#include "scan.h"
#include "smallfile.h"

#define SLABINFO_MAX (4 * MIB)
#define PERIOD_NS    (10 * NS_PER_S)
/* Growth is that over a minute. */
#define READS 7

/* A cache as it is remembered; the sizes of the reads, the newest first. */
struct past {
	char name[64];
	uint64_t reclaimable;
	uint64_t sizes[READS];
};

struct slabs {
	struct past *list;
	size_t count;
	uint64_t read_ns[READS]; /* 0: not yet */
};

void slabs_free(struct slabs *slabs)
{
	if (!slabs)
		return;
	free(slabs->list);
	free(slabs);
}

/*
 * kmalloc-1k  850944 850944  1024   32    8 : tunables    0    0    0 : slabdata  26592  26592      0
 *
 * name active_objs num_objs objsize objperslab pagesperslab … active_slabs
 * num_slabs.  0; -EINVAL when it is no such line; -ENOMEM.
 */
static int parse_line(const struct tree *tree, const char *line,
		      struct slab *ret)
{
	const char *end = scan_word(line), *s = end, *data;
	uint64_t n[5], slabs[2];

	for (size_t i = 0; i < ARRAY_SIZE(n); i++)
		if (!parse_u64(scan_blanks(s), &s, &n[i]))
			return -EINVAL;
	data = strstr(s, "slabdata");
	if (!data || data > scan_line(line))
		return -EINVAL;
	data += strlen("slabdata");
	for (size_t i = 0; i < ARRAY_SIZE(slabs); i++)
		if (!parse_u64(scan_blanks(data), &data, &slabs[i]))
			return -EINVAL;
	if (end == line || __builtin_mul_overflow(slabs[1], n[4], &ret->size) ||
	    __builtin_mul_overflow(ret->size, tree->page_size, &ret->size))
		return -EINVAL;
	ret->active = n[0];
	ret->objects = n[1];
	ret->object_size = n[2];
	ret->use_percent = n[1] ? 100.0 * (double)n[0] / (double)n[1] : NAN;
	ret->name = text_new(line, (size_t)(end - line));
	return ret->name ? 0 : -ENOMEM;
}

static uint64_t read_reclaimable(const struct tree *tree, const char *name)
{
	char path[96];

	/* it becomes part of a path */
	if (strchr(name, '/') || tree->sys < 0)
		return UNKNOWN;
	snprintf(path, sizeof(path), "kernel/slab/%s/reclaim_account", name);
	return smallfile_number(tree->sys, path);
}

static bool is_named(const struct past *past, const char *name)
{
	return !strncmp(past->name, name, sizeof(past->name) - 1);
}

/* One of a cache that is gone for as long as is remembered; NULL: none. */
static struct past *find_unused(struct slabs *slabs)
{
	for (size_t i = 0; i < slabs->count; i++) {
		struct past *past = &slabs->list[i];
		size_t k = 0;

		while (k < READS && past->sizes[k] == UNKNOWN)
			k++;
		if (k == READS)
			return past;
	}
	return NULL;
}

/* The record of that name: at that place, else anywhere, else new. */
static struct past *find_past(struct tree *tree, size_t place, const char *name)
{
	struct slabs *slabs = tree->slabs;
	struct past *list, *past;

	if (place < slabs->count && is_named(&slabs->list[place], name))
		return &slabs->list[place];
	for (size_t i = 0; i < slabs->count; i++)
		if (is_named(&slabs->list[i], name))
			return &slabs->list[i];
	past = find_unused(slabs);
	if (!past) {
		list = realloc(slabs->list, (slabs->count + 1) * sizeof(*list));
		if (!list)
			return NULL;
		slabs->list = list;
		past = &list[slabs->count++];
	}
	snprintf(past->name, sizeof(past->name), "%s", name);
	past->reclaimable = read_reclaimable(tree, name);
	for (size_t i = 0; i < READS; i++)
		past->sizes[i] = UNKNOWN;
	return past;
}

static double growth(const struct slabs *slabs, const struct past *past)
{
	for (size_t i = READS - 1; i > 0; i--) {
		double seconds =
			(double)(slabs->read_ns[0] - slabs->read_ns[i]) /
			(double)NS_PER_S;

		if (!slabs->read_ns[i] || past->sizes[i] == UNKNOWN)
			continue;
		return ((double)past->sizes[0] - (double)past->sizes[i]) /
		       seconds;
	}
	return NAN;
}

/* All that is remembered becomes one read older. */
static void grow_older(struct slabs *slabs, uint64_t now)
{
	memmove(slabs->read_ns + 1, slabs->read_ns,
		(READS - 1) * sizeof(slabs->read_ns[0]));
	slabs->read_ns[0] = now;
	for (size_t i = 0; i < slabs->count; i++) {
		struct past *past = &slabs->list[i];

		memmove(past->sizes + 1, past->sizes,
			(READS - 1) * sizeof(past->sizes[0]));
		past->sizes[0] = UNKNOWN;
	}
}

static int fill(struct tree *tree, const char *text, struct list **list)
{
	grow_older(tree->slabs, (*list)->block.read_ns);
	for (const char *s = text; *s; s = scan_line(s)) {
		struct slab *row;
		struct past *past;
		int r;

		/* slabinfo - version: 2.1 */
		if (*s == '#' || !strncmp(s, "slabinfo ", 9))
			continue;
		row = list_add(list);
		if (!row)
			return -ENOMEM;
		r = parse_line(tree, s, row);
		if (r == -ENOMEM)
			return r;
		if (r < 0) {
			list_drop(*list);
			continue;
		}
		row->block = (*list)->block;
		past = find_past(tree, (*list)->count - 1, text_str(row->name));
		if (!past)
			return -ENOMEM;
		past->sizes[0] = row->size;
		row->reclaimable = past->reclaimable;
		row->growth_rate = growth(tree->slabs, past);
	}
	return 0;
}

static int slabs_read(struct tree *tree, struct snapshot *snapshot)
{
	ssize_t n =
		growbuf_read(&tree->grow, tree->proc, "slabinfo", SLABINFO_MAX);
	struct list *list = collect_list(ENTITY_SLAB, n);
	int r = 0;

	if (list && !tree->slabs)
		tree->slabs = calloc(1, sizeof(*tree->slabs));
	if (!list || !tree->slabs) {
		list_unref(list);
		return -ENOMEM;
	}
	if (n > 0)
		r = fill(tree, tree->grow.data, &list);
	snapshot_set_list(snapshot, list);
	return r;
}

/* clang-format off */
const struct collector collect_slabs = {
	.name = "slabs",
	.files = "/proc/slabinfo /sys/kernel/slab",
	.lane = LANE_EXPENSIVE,
	.period_ns = PERIOD_NS,
	.cost_ns = 1500 * NS_PER_US,
	.read = slabs_read,
	.gives = GIVES(ENTITY_SLAB),
};
/* clang-format on */
