/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: when the use of a control group is read again.  Sampler
 * thread only.
 */
#ifndef COLLECT_CGROUP_PACE_H
#define COLLECT_CGROUP_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "cgroup_node.h"

/* Bytes that the kernel has handed out since boot, as of this sample; UNKNOWN
 * where it doesn't say. */
uint64_t cgroup_pace_handed_out(const struct tree *tree,
				const struct snapshot *snapshot);

bool cgroup_pace_is_due(const struct cgroup_node *node, uint64_t now_ns,
			uint64_t handed_out);

/* It has been read: had its use moved? */
void cgroup_pace_set(struct cgroup_node *node, bool moved, uint64_t now_ns,
		     uint64_t period_ns, uint64_t handed_out);

#endif
