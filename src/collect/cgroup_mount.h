/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: where the control groups of the memory controller are.
 */
#ifndef COLLECT_CGROUP_MOUNT_H
#define COLLECT_CGROUP_MOUNT_H

#include <stdbool.h>

#include "collect.h"

struct cgroup_mount {
	bool v1;
	char *root; /* the group that is mounted, seen from our namespace */
	int fd;	    /* directory of the mount */
};

/* 0; -ENOENT: no hierarchy here has the memory controller; -errno. */
int cgroup_mount_open(struct tree *tree, struct cgroup_mount *ret);
void cgroup_mount_done(struct cgroup_mount *mount);

/* The path of memtop's own group in that hierarchy, as the kernel writes it;
 * NULL: not known. */
char *cgroup_mount_own(struct tree *tree, const struct cgroup_mount *mount);

/* The lines of mountinfo that could be it; v1 where one has the option
 * "memory".  Points into text.  false: none. */
struct cgroup_line {
	bool v1;
	const char *root, *point;
	size_t root_len, point_len;
};
bool cgroup_mount_find(const char *text, struct cgroup_line *ret);

#endif
