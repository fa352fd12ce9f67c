/* SPDX-License-Identifier: MIT
 *
 * A listing as a tree: each row below its parent, siblings in the order that
 * sorting gave them.  Which rows are parents of which is read from names that
 * may come from anybody, so a circle of them is no trap.
 */
#include <stdlib.h>
#include <string.h>

#include "listing.h"

/* Deeper rows stand at this depth. */
#define DEPTH_MAX 63
#define NONE	  SIZE_MAX

/* One row by its place in the sorted order. */
struct node {
	uint64_t id;
	size_t at; /* in that order */
	size_t parent, child, sibling;
	bool circle;
};

static bool is_collapsed(const struct listing *listing, uint64_t id)
{
	for (size_t i = 0; i < listing->ncollapsed; i++)
		if (listing->collapsed[i] == id)
			return true;
	return false;
}

void listing_collapse(struct listing *listing, uint64_t id, bool collapse)
{
	uint64_t *list;

	if (collapse == is_collapsed(listing, id))
		return;
	if (collapse) {
		list = realloc(listing->collapsed,
			       (listing->ncollapsed + 1) * sizeof(*list));
		if (!list)
			return; /* it stays open: nothing is hidden */
		listing->collapsed = list;
		list[listing->ncollapsed++] = id;
		return;
	}
	for (size_t i = 0; i < listing->ncollapsed; i++)
		if (listing->collapsed[i] == id)
			listing->collapsed[i] =
				listing->collapsed[--listing->ncollapsed];
}

static int compare_id(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* Where the parent of a row stands in the sorted order; NONE: nowhere. */
static size_t find_parent(const struct listing *listing,
			  const struct node *index, size_t at)
{
	const struct node *found = NULL;
	struct node key;
	const char *bytes;
	size_t len;

	if (!listing->spec->parent(listing->rows[at].row, &bytes, &len))
		return NONE;
	key.id = listing_hash(bytes, len);
	found = bsearch(&key, index, listing->count, sizeof(*index),
			compare_id);
	return found && found->at != at ? found->at : NONE;
}

/* Parents, first children and next siblings of all; index is by id. */
static void link_nodes(const struct listing *listing, struct node *nodes,
		       struct node *index)
{
	size_t n = listing->count;

	for (size_t i = 0; i < n; i++) {
		nodes[i] = (struct node){ .id = listing->rows[i].id,
					  .at = i,
					  .parent = NONE,
					  .child = NONE,
					  .sibling = NONE };
		index[i] = nodes[i];
	}
	qsort(index, n, sizeof(*index), compare_id);
	/* from behind, so that the first in order comes first */
	for (size_t i = n; i-- > 0;) {
		size_t parent = find_parent(listing, index, i);

		nodes[i].parent = parent;
		if (parent == NONE)
			continue;
		nodes[i].sibling = nodes[parent].child;
		nodes[parent].child = i;
	}
}

struct walk {
	struct listing *listing;
	struct node *nodes;
	size_t count; /* rows placed in listing->spare */
};

static void place(struct walk *walk, size_t at, uint16_t depth, uint64_t rails)
{
	struct listing *listing = walk->listing;
	const struct node *node = &walk->nodes[at];
	struct listing_row *row = &listing->spare[walk->count++];

	*row = listing->rows[at];
	row->depth = depth;
	row->rails = rails;
	row->last = node->sibling == NONE;
	row->has_children = node->child != NONE;
	row->collapsed = row->has_children && is_collapsed(listing, row->id);
}

/* The rows below a root in their order, without a stack: the way back is in
 * the links. */
static void place_branch(struct walk *walk, size_t root)
{
	struct node *nodes = walk->nodes;
	unsigned depth = 0;
	uint64_t rails = 0;
	size_t at = root;

	for (;;) {
		bool closed;

		place(walk, at,
		      (uint16_t)(depth < DEPTH_MAX ? depth : DEPTH_MAX), rails);
		closed = walk->listing->spare[walk->count - 1].collapsed;
		if (nodes[at].child != NONE && !closed) {
			if (depth > 0 && depth < DEPTH_MAX &&
			    nodes[at].sibling != NONE)
				rails |= UINT64_C(1) << depth;
			at = nodes[at].child;
			depth++;
			continue;
		}
		while (at != root && nodes[at].sibling == NONE) {
			at = nodes[at].parent;
			depth--;
			if (depth < DEPTH_MAX)
				rails &= ~(UINT64_C(1) << depth);
		}
		if (at == root)
			return;
		at = nodes[at].sibling;
	}
}

/* Does the way up end at a root?  Else it runs in a circle. */
static bool is_rooted(const struct node *nodes, size_t at, size_t count)
{
	for (size_t step = 0; step <= count && at != NONE; step++)
		at = nodes[at].parent;
	return at == NONE;
}

static void cut_circles(struct node *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		nodes[i].circle = !is_rooted(nodes, i, count);
	for (size_t i = 0; i < count; i++)
		if (nodes[i].circle)
			nodes[i].parent = nodes[i].child = nodes[i].sibling =
				NONE;
}

void listing_arrange_tree(struct listing *listing)
{
	size_t n = listing->count;
	struct node *nodes = malloc(2 * (n + 1) * sizeof(*nodes));
	struct walk walk = { .listing = listing, .nodes = nodes };
	struct listing_row *rows = listing->rows;

	if (!nodes)
		return;
	link_nodes(listing, nodes, nodes + n);
	cut_circles(nodes, n);
	for (size_t i = 0; i < n; i++)
		if (nodes[i].parent == NONE)
			place_branch(&walk, i);
	free(nodes);
	listing->rows = listing->spare;
	listing->spare = rows;
	listing->count = walk.count;
}
