/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: the mount namespaces other than our own, and a process
 * that leads into each, as far as permitted.
 */
#ifndef COLLECT_NAMESPACES_H
#define COLLECT_NAMESPACES_H

#include "collect.h"

/* A process that leads into one. */
struct mount_namespace {
	uint64_t number;
	pid_t pid;
};

struct namespaces {
	uint64_t due_ns; /* when all processes are looked at again */
	uint64_t own;	 /* number of ours; 0: unknown */
	size_t count, room;
	struct mount_namespace *list;
};

/* Of that tree, as they were found within the last minute; one whose process
 * has gone meanwhile is sought anew.  NULL: no memory. */
const struct namespaces *namespaces_get(struct tree *tree);
void namespaces_free(struct namespaces *namespaces);

#endif
