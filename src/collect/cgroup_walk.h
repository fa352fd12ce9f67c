/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: which control groups there are.
 */
#ifndef COLLECT_CGROUP_WALK_H
#define COLLECT_CGROUP_WALK_H

#include "cgroup_mount.h"
#include "cgroup_set.h"

/*
 * Looks whether groups came or went directly below node, and takes those into
 * the set or marks them gone.  0 or -ENOMEM.  The set may grow.
 */
int cgroup_walk(struct cgroup_set *set, const struct cgroup_mount *mount,
		const struct cgroup_version *version, struct cgroup_node *node);

#endif
