/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: all control groups that are known, found by path.  Each
 * keeps its place for as long as it lives, but for the last, which takes the
 * place of one that goes: so little changes in the lists made of them.
 */
#ifndef COLLECT_CGROUP_SET_H
#define COLLECT_CGROUP_SET_H

#include <stddef.h>
#include <stdint.h>

#include "cgroup_node.h"

struct cgroup_set {
	struct cgroup_node **nodes;
	size_t count, size;
	uint32_t *slots; /* of a hash table: 1 + place, 0: free */
	size_t nslots;	 /* a power of two, or none */
};

/* By the path as processes show it; NULL: there is none. */
struct cgroup_node *cgroup_set_find(const struct cgroup_set *set,
				    const char *path, size_t len);

/* One more, with that path and directory; NULL: no memory. */
struct cgroup_node *cgroup_set_add(struct cgroup_set *set,
				   struct cgroup_node *parent, const char *path,
				   const char *dir);

/* Forgets those that are gone, and whatever is below them.  true: some were. */
bool cgroup_set_sweep(struct cgroup_set *set);

void cgroup_set_done(struct cgroup_set *set);

#endif
