/* SPDX-License-Identifier: MIT
 *
 * Pools of huge pages, by size and by node.  meminfo knows the default size
 * only.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "memtop/thp.h"
#include "numbered.h"
#include "smallfile.h"

#define SIZES_MAX 16
#define NODES_MAX 64

static uint64_t number(struct tree *tree, const char *directory,
		       const char *name)
{
	char path[192];

	snprintf(path, sizeof(path), "%s/%s_hugepages", directory, name);
	return smallfile_number(tree->sys, path);
}

/* What a pool as a whole and the part of a node have both. */
static int add_pool(struct tree *tree, const char *directory, uint64_t kib,
		    const char *name, struct list **list, struct hugetlb **ret)
{
	struct hugetlb *pool = list_add(list);

	if (!pool)
		return -ENOMEM;
	pool->name = text_new(name, strlen(name));
	if (!pool->name)
		return -ENOMEM;
	pool->size = kib * KIB;
	pool->total = number(tree, directory, "nr");
	pool->free = number(tree, directory, "free");
	pool->surplus = number(tree, directory, "surplus");
	pool->block.state = pool->total == UNKNOWN ? STATE_ABSENT : STATE_OK;
	pool->block.read_ns = tree_now();
	*ret = pool;
	return 0;
}

static int add_nodes(struct tree *tree, uint64_t kib, const uint64_t *nodes,
		     ssize_t nnodes, struct list **list)
{
	for (ssize_t i = 0; i < nnodes; i++) {
		char directory[128], name[64];
		struct hugetlb *pool;

		snprintf(directory, sizeof(directory),
			 "devices/system/node/node%ju/hugepages/"
			 "hugepages-%jukB",
			 (uintmax_t)nodes[i], (uintmax_t)kib);
		snprintf(name, sizeof(name), "%jukB node %ju", (uintmax_t)kib,
			 (uintmax_t)nodes[i]);
		if (add_pool(tree, directory, kib, name, list, &pool) < 0)
			return -ENOMEM;
		snprintf(pool->node, sizeof(pool->node), "%ju",
			 (uintmax_t)nodes[i]);
		if (pool->block.state != STATE_OK)
			list_drop(*list);
		else
			hugetlb_finish(pool);
	}
	return 0;
}

static int add_size(struct tree *tree, uint64_t kib, struct list **list)
{
	char directory[64], name[32];
	struct hugetlb *pool;

	snprintf(directory, sizeof(directory),
		 "kernel/mm/hugepages/hugepages-%jukB", (uintmax_t)kib);
	snprintf(name, sizeof(name), "%jukB", (uintmax_t)kib);
	if (add_pool(tree, directory, kib, name, list, &pool) < 0)
		return -ENOMEM;
	snprintf(pool->node, sizeof(pool->node), "all");
	pool->reserved = number(tree, directory, "resv");
	pool->overcommit = number(tree, directory, "nr_overcommit");
	hugetlb_finish(pool);
	return 0;
}

static int hugetlb_read(struct tree *tree, struct snapshot *snapshot)
{
	uint64_t sizes[SIZES_MAX], nodes[NODES_MAX];
	ssize_t n = numbered_list(tree->sys, "kernel/mm/hugepages",
				  "hugepages-", "kB", sizes, ARRAY_SIZE(sizes));
	ssize_t nnodes = numbered_list(tree->sys, "devices/system/node", "node",
				       "", nodes, ARRAY_SIZE(nodes));
	struct list *list = list_new(ENTITY_HUGETLB);
	int r = 0;

	if (!list)
		return -ENOMEM;
	list->block = (struct block){
		.read_ns = tree_now(),
		.state = n < 0 ? STATE_ABSENT : STATE_OK,
	};
	for (ssize_t i = 0; i < n && r == 0; i++) {
		r = add_size(tree, sizes[i], &list);
		if (r == 0)
			r = add_nodes(tree, sizes[i], nodes, nnodes, &list);
	}
	if (r < 0)
		list_unref(list);
	else
		snapshot_set_list(snapshot, list);
	return r;
}

/* clang-format off */
const struct collector collect_hugetlb = {
	.name = "hugetlb",
	.files = "/sys/kernel/mm/hugepages, /sys/devices/system/node",
	.lane = LANE_CHEAP,
	.period_ns = 5 * NS_PER_S,
	.cost_ns = 60 * NS_PER_US,
	.read = hugetlb_read,
	.gives = GIVES(ENTITY_HUGETLB),
};
/* clang-format on */
