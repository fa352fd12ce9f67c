/* SPDX-License-Identifier: MIT
 *
 * /sys/devices/system/node: memory by node, and how often it was given where
 * it was wanted.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "collect.h"
#include "memtop/kernel.h"
#include "scan.h"

#define NODES "devices/system/node"

/* clang-format off */
static const struct kv_key meminfo_keys[] = {
	{ "MemTotal", offsetof(struct node, total) },
	{ "MemFree", offsetof(struct node, free) },
	{ "AnonPages", offsetof(struct node, anon) },
	{ "FilePages", offsetof(struct node, file) },
	{ "Shmem", offsetof(struct node, shmem) },
	{ "Slab", offsetof(struct node, slab) },
	{ "SUnreclaim", offsetof(struct node, slab_unreclaimable) },
	{ "PageTables", offsetof(struct node, page_tables) },
	{ "KernelStack", offsetof(struct node, kernel_stack) },
	{ "AnonHugePages", offsetof(struct node, anon_huge) },
	{ "Dirty", offsetof(struct node, dirty) },
};
static const struct kv_key numastat_keys[] = {
	{ "numa_hit", offsetof(struct node, hit) },
	{ "numa_miss", offsetof(struct node, miss) },
	{ "numa_foreign", offsetof(struct node, foreign) },
	{ "local_node", offsetof(struct node, local) },
	{ "other_node", offsetof(struct node, other) },
};
/* clang-format on */

/* "Node 0 MemTotal:       21719244 kB": the same without "Node 0 ". */
static void strip_nodes(char *text)
{
	char *to = text;

	for (const char *s = text, *next; *s; s = next) {
		next = scan_line(s);
		if (!strncmp(s, "Node ", 5))
			s = scan_blanks(scan_word(s + 5));
		if (s > next)
			s = next;
		memmove(to, s, (size_t)(next - s));
		to += next - s;
	}
	*to = '\0';
}

/* Fills one block of a node from one of its files. */
static void read_file(struct tree *tree, unsigned number, const char *file,
		      const struct kv_key *keys, size_t nkeys,
		      struct node *node, struct block *block)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), NODES "/node%u/%s", number, file);
	n = kernfile_read(tree->sys, path, tree->buf, tree->size);
	*block = (struct block){
		.read_ns = tree_now(),
		.state = n < 0 ? state_from_errno((int)n) : STATE_OK,
	};
	if (n < 0)
		return;
	strip_nodes(tree->buf);
	if (!kv_fill(tree->buf, keys, nkeys, node))
		block->state = STATE_ABSENT;
}

static int read_node(struct tree *tree, unsigned number, struct list **list)
{
	struct node *node = list_add(list);

	if (!node)
		return -ENOMEM;
	snprintf(node->name, sizeof(node->name), "N%u", number);
	read_file(tree, number, "meminfo", meminfo_keys,
		  ARRAY_SIZE(meminfo_keys), node, &node->block);
	read_file(tree, number, "numastat", numastat_keys,
		  ARRAY_SIZE(numastat_keys), node, &node->numastat);
	return 0;
}

/* "0-1,4": each number that is named. */
static int read_online(struct tree *tree, const char *s, struct list **list)
{
	uint64_t first, last;
	int r = 0;

	while (r == 0 && parse_u64(s, &s, &first)) {
		last = first;
		if (*s == '-' && !parse_u64(s + 1, &s, &last))
			break;
		for (; r == 0 && first <= last && first < 1024; first++)
			r = read_node(tree, (unsigned)first, list);
		if (*s == ',')
			s++;
	}
	return r;
}

static int nodes_read(struct tree *tree, struct snapshot *snapshot)
{
	struct list *list = list_new(ENTITY_NODE);
	char online[256];
	ssize_t n;
	int r = 0;

	if (!list)
		return -ENOMEM;
	n = kernfile_read(tree->sys, NODES "/online", online, sizeof(online));
	list->block = (struct block){
		.read_ns = tree_now(),
		.state = n < 0 ? state_from_errno((int)n) : STATE_OK,
	};
	if (n > 0)
		r = read_online(tree, online, &list);
	snapshot_set_list(snapshot, list);
	return r;
}

/* clang-format off */
const struct collector collect_nodes = {
	.name = "nodes",
	.files = "/sys/devices/system/node/node*/{meminfo,numastat}",
	.lane = LANE_CHEAP,
	.period_ns = 10 * NS_PER_S,
	.cost_ns = 40 * NS_PER_US,
	.read = nodes_read,
	.gives = GIVES(ENTITY_NODE),
};
/* clang-format on */
