/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: the extended attributes of the directory of a control
 * group.  Sampler thread only.
 */
#ifndef COLLECT_CGROUP_MARKS_H
#define COLLECT_CGROUP_MARKS_H

#include "cgroup_node.h"

/* Fills the marks of the node's row. */
void cgroup_marks_read(struct cgroup_reader *reader, struct cgroup_node *node);

#endif
