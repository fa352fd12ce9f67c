/* SPDX-License-Identifier: MIT
 *
 * The control groups that are known: a plain array, and a hash table of places
 * in it.  Knows no file.
 */
#include "cgroup_set.h"

#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"
#include "memtop/text.h"

/* FNV-1a */
static size_t hash(const char *s, size_t len)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

static void insert(struct cgroup_set *set, size_t place)
{
	const struct text *path = set->nodes[place]->row.path;
	size_t at = hash(text_str(path), text_len(path));

	while (set->slots[at & (set->nslots - 1)])
		at++;
	set->slots[at & (set->nslots - 1)] = (uint32_t)place + 1;
}

static void index_all(struct cgroup_set *set)
{
	if (set->nslots)
		memset(set->slots, 0, set->nslots * sizeof(*set->slots));
	for (size_t i = 0; i < set->count; i++)
		insert(set, i);
}

struct cgroup_node *cgroup_set_find(const struct cgroup_set *set,
				    const char *path, size_t len)
{
	size_t at = hash(path, len);
	uint32_t slot;

	if (!set->nslots)
		return NULL;
	while ((slot = set->slots[at++ & (set->nslots - 1)])) {
		struct cgroup_node *node = set->nodes[slot - 1];

		if (text_len(node->row.path) == len &&
		    !memcmp(text_str(node->row.path), path, len))
			return node;
	}
	return NULL;
}

/* Room for one more, with the table at most half full. */
static bool make_room(struct cgroup_set *set)
{
	size_t size = set->size ? set->size * 2 : 32;
	struct cgroup_node **nodes;
	uint32_t *slots;

	if (set->count < set->size)
		return true;
	nodes = realloc(set->nodes, size * sizeof(*nodes));
	if (!nodes)
		return false;
	set->nodes = nodes;
	slots = calloc(size * 2, sizeof(*slots));
	if (!slots)
		return false;
	free(set->slots);
	set->slots = slots;
	set->nslots = size * 2;
	set->size = size;
	index_all(set);
	return true;
}

static void node_free(struct cgroup_node *node)
{
	text_unref(node->row.path);
	text_unref(node->row.name);
	text_unref(node->row.limit_path);
	free(node->dir);
	free(node);
}

static bool node_name(struct cgroup_node *node, const char *path)
{
	char name[CGROUP_NAME_SIZE];

	cgroup_describe(path, name, node->row.kind);
	node->row.path = text_new(path, strlen(path));
	node->row.name = text_new(name, strlen(name));
	return node->row.path && node->row.name;
}

struct cgroup_node *cgroup_set_add(struct cgroup_set *set,
				   struct cgroup_node *parent, const char *path,
				   const char *dir)
{
	struct cgroup_node *node;

	if (!make_room(set))
		return NULL;
	node = calloc(1, sizeof(*node));
	if (!node)
		return NULL;
	list_row_init(ENTITY_CGROUP, &node->row);
	node->parent = parent;
	node->row.depth = parent ? parent->row.depth + 1 : 0;
	node->dir = strdup(dir);
	if (!node->dir || !node_name(node, path)) {
		node_free(node);
		return NULL;
	}
	set->nodes[set->count++] = node;
	insert(set, set->count - 1);
	return node;
}

static bool has_gone(const struct cgroup_node *node)
{
	for (; node; node = node->parent)
		if (node->gone)
			return true;
	return false;
}

bool cgroup_set_sweep(struct cgroup_set *set)
{
	size_t count = set->count;
	bool any = false;

	/* below one that is gone first: they still point at it */
	for (size_t i = 0; i < count; i++) {
		set->nodes[i]->gone = has_gone(set->nodes[i]);
		any |= set->nodes[i]->gone;
	}
	if (!any)
		return false;
	for (size_t i = 0; i < set->count;) {
		struct cgroup_node *node = set->nodes[i];

		if (!node->gone) {
			i++;
			continue;
		}
		node_free(node);
		set->nodes[i] = set->nodes[--set->count];
	}
	index_all(set);
	return true;
}

void cgroup_set_done(struct cgroup_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		node_free(set->nodes[i]);
	free(set->nodes);
	free(set->slots);
	*set = (struct cgroup_set){ 0 };
}
