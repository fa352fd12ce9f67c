/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: shared memory that only descriptors keep, which adds
 * rows to a list of ENTITY_SHARED; what can't be read adds none.  0 or -ENOMEM.
 */
#ifndef COLLECT_SHARED_H
#define COLLECT_SHARED_H

#include "collect.h"
#include "memtop/ramfiles.h"

/* memfds, and deleted files of a tmpfs, that somebody has open: each once.
 * Looks at the descriptors of all processes, in small steps. */
int shared_open(struct tree *tree, struct list **list);

#endif
