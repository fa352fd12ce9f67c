/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: where shared memory without a process is found.  Each
 * adds rows to a list of ENTITY_SHARED; what can't be read adds none.  0 or
 * -ENOMEM.
 */
#ifndef COLLECT_SHARED_H
#define COLLECT_SHARED_H

#include "collect.h"
#include "memtop/ramfiles.h"

/* /proc/sysvipc/shm */
int shared_sysv(struct tree *tree, struct list **list);

/* The largest files below /dev/shm. */
int shared_files(struct tree *tree, struct list **list);

/* memfds, and deleted files of a tmpfs, that somebody has open: each once.
 * Looks at the descriptors of all processes, in small steps. */
int shared_open(struct tree *tree, struct list **list);

#endif
