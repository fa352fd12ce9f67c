/* SPDX-License-Identifier: MIT
 *
 * Rows as a family tree, siblings by the total of what hangs below them.
 * A snapshot is not taken in one instant, so parents may be missing, younger
 * than their children (a reused pid) or, in a crafted recording, each other's
 * children; no such thing may hang the program or hide a process.
 */
#include <errno.h>
#include <string.h>

#include "build.h"
#include "model.h"

#define NO_NODE UINT32_MAX

/* Of one item, same index. */
struct node {
	uint32_t parent, waiting;  /* children whose total is not there yet */
	uint32_t nchildren, first; /* child in the sorted keys */
	uint32_t position;	   /* of itself in them */
	uint32_t walk;		   /* in which search for cycles it was met */
	bool collapsed;
	struct sum *sum; /* NULL without children */
};

struct tree {
	struct build *build;
	struct node *nodes;
	struct sort_key *keys;
};

/* The nearest ancestor that is shown. */
static uint32_t find_parent(const struct build *build,
			    const struct process *process)
{
	enum { GENERATIONS_MAX = 1000 };

	for (int i = 0; i < GENERATIONS_MAX && process->ppid > 0; i++) {
		struct item *item = build_find(build, process->ppid);
		const struct process *parent =
			item != NULL ? item->process
				     : snapshot_find_pid(build->snapshot,
							 process->ppid);

		/* one that started later only has the parent's old pid */
		if (parent == NULL ||
		    (parent->key.start_ns > process->key.start_ns &&
		     parent->key.start_ns != UNKNOWN))
			break;
		if (item != NULL)
			return (uint32_t)(item - build->items);
		process = parent;
	}
	return NO_NODE;
}

/* Makes a root of whoever closes a circle. */
static void cut_cycles(struct node *nodes, size_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t at = i;

		while (nodes[at].walk == 0) {
			nodes[at].walk = i + 1;
			if (nodes[at].parent == NO_NODE)
				break;
			if (nodes[nodes[at].parent].walk == i + 1)
				nodes[at].parent = NO_NODE;
			else
				at = nodes[at].parent;
		}
	}
}

static int link_nodes(struct tree *tree)
{
	struct build *build = tree->build;
	struct node *nodes =
		pool_reserve(&build->part_pool, build->nitems, sizeof(*nodes));

	if (nodes == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < build->nitems; i++)
		nodes[i] = (struct node){
			.parent = find_parent(build, build->items[i].process),
		};
	cut_cycles(nodes, build->nitems);
	for (size_t i = 0; i < build->nitems; i++)
		if (nodes[i].parent != NO_NODE) {
			nodes[nodes[i].parent].nchildren++;
			nodes[nodes[i].parent].waiting++;
		}
	tree->nodes = nodes;
	return 0;
}

static void mark_collapsed(struct tree *tree)
{
	const struct rows_query *query = &tree->build->query;

	for (size_t i = 0; i < query->ncollapsed; i++) {
		struct item *item =
			build_find(tree->build, query->collapsed[i].pid);
		struct node *node;

		if (item == NULL ||
		    !process_key_equal(item_key(item), query->collapsed[i]))
			continue;
		node = &tree->nodes[item - tree->build->items];
		node->collapsed = node->nchildren > 0;
	}
}

/* The totals of a subtree go by the name of its root. */
static void keep_identity(struct process *total, const struct process *root)
{
	total->key = root->key;
	total->ppid = root->ppid;
	total->uid = root->uid;
	total->state = root->state;
	total->kernel = root->kernel;
	memcpy(total->comm, root->comm, sizeof(total->comm));
	total->user = root->user;
	total->command = root->command;
	total->cgroup = root->cgroup;
	total->unit = root->unit;
	total->identity = root->identity;
	total->names = root->names;
	total->group = root->group;
}

/* Hands the total of a finished node up, and goes on with its parent when it
 * was the last child that one waited for. */
static void hand_up(struct tree *tree, uint32_t at)
{
	struct build *build = tree->build;

	for (;;) {
		struct node *node = &tree->nodes[at], *parent;

		if (node->sum != NULL) {
			sum_finish(node->sum, build->snapshot);
			keep_identity(&node->sum->process,
				      build->items[at].process);
		}
		if (node->parent == NO_NODE)
			return;
		parent = &tree->nodes[node->parent];
		if (node->sum != NULL)
			sum_merge(parent->sum, node->sum);
		else
			sum_add(parent->sum, &build->query,
				build->items[at].process);
		if (--parent->waiting > 0)
			return;
		at = node->parent;
	}
}

static int sum_subtrees(struct tree *tree)
{
	struct build *build = tree->build;
	struct sum *sums;
	size_t nsums = 0;

	for (size_t i = 0; i < build->nitems; i++)
		nsums += tree->nodes[i].nchildren > 0;
	sums = pool_reserve(&build->sum_pool, nsums, sizeof(*sums));
	if (sums == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < build->nitems; i++)
		if (tree->nodes[i].nchildren > 0) {
			tree->nodes[i].sum = sums++;
			sum_begin(tree->nodes[i].sum, &build->query,
				  build->items[i].process);
		}
	for (uint32_t i = 0; i < build->nitems; i++)
		if (tree->nodes[i].nchildren == 0)
			hand_up(tree, i);
	return 0;
}

static const struct process *subtree_of(const struct tree *tree, size_t i)
{
	const struct node *node = &tree->nodes[i];

	return node->sum != NULL ? &node->sum->process
				 : tree->build->items[i].process;
}

/* Children of one parent stand together, in their order. */
static int sort_nodes(struct tree *tree)
{
	struct build *build = tree->build;
	struct sort_key *keys =
		pool_reserve(&build->key_pool, build->nitems, sizeof(*keys));

	if (keys == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < build->nitems; i++) {
		keys[i] = sort_key_make(build, subtree_of(tree, i), i);
		/* NO_NODE becomes 0: roots are the first */
		keys[i].parent = tree->nodes[i].parent + 1;
	}
	sort_keys(keys, build->nitems, 0);
	for (uint32_t i = 0; i < build->nitems; i++) {
		uint32_t parent = keys[i].parent;

		tree->nodes[keys[i].index].position = i;
		if (parent > 0 && (i == 0 || keys[i - 1].parent != parent))
			tree->nodes[parent - 1].first = i;
	}
	tree->keys = keys;
	return 0;
}

static bool is_last(const struct tree *tree, uint32_t at)
{
	uint32_t next = tree->nodes[at].position + 1;

	return next == tree->build->nitems ||
	       tree->keys[next].parent != tree->keys[next - 1].parent;
}

static void emit(struct tree *tree, uint32_t at)
{
	struct build *build = tree->build;
	const struct node *node = &tree->nodes[at];
	struct row *row = &build->rows[build->nrows];

	*row = build_row(&build->items[at]);
	row->subtree = subtree_of(tree, at);
	row->last = is_last(tree, at);
	row->has_children = node->nchildren > 0;
	row->collapsed = node->collapsed;
	if (node->collapsed) {
		row->process = row->subtree;
		row->count = node->sum->count;
		row->denied = node->sum->denied;
	}
	if (node->parent != NO_NODE) {
		const struct row *above =
			&build->rows[build->items[node->parent].row];

		row->depth = above->depth;
		if (row->depth < UINT16_MAX)
			row->depth++;
		row->rails = above->rails;
		if (!above->last && above->depth > 0 && above->depth < 64)
			row->rails |= UINT64_C(1) << above->depth;
	}
	build->items[at].row = (uint32_t)build->nrows++;
}

/* Depth first, without a stack: a chain of forks may be thousands deep. */
static void walk(struct tree *tree)
{
	uint32_t at = tree->keys[0].index;

	for (;;) {
		const struct node *node = &tree->nodes[at];

		emit(tree, at);
		if (node->nchildren > 0 && !node->collapsed) {
			at = tree->keys[node->first].index;
			continue;
		}
		while (is_last(tree, at)) {
			if (tree->nodes[at].parent == NO_NODE)
				return;
			at = tree->nodes[at].parent;
		}
		at = tree->keys[tree->nodes[at].position + 1].index;
	}
}

/* What is inside a collapsed branch is found at the branch. */
static void place_hidden(struct tree *tree)
{
	struct item *items = tree->build->items;

	for (size_t i = 0; i < tree->build->nitems; i++) {
		uint32_t shown = (uint32_t)i, at = (uint32_t)i;

		while (items[shown].row == NO_ROW)
			shown = tree->nodes[shown].parent;
		for (; at != shown; at = tree->nodes[at].parent)
			items[at].row = items[shown].row;
	}
}

int build_tree(struct build *build)
{
	struct tree tree = { .build = build };

	build->nrows = 0;
	if (link_nodes(&tree) < 0)
		return -ENOMEM;
	mark_collapsed(&tree);
	if (sum_subtrees(&tree) < 0 || sort_nodes(&tree) < 0 ||
	    build_reserve_rows(build, build->nitems) < 0)
		return -ENOMEM;
	if (build->nitems == 0)
		return 0;
	walk(&tree);
	place_hidden(&tree);
	return 0;
}
