/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: the files that add rows to a list of ENTITY_SHARED; what
 * can't be read adds none.  0 or -ENOMEM.
 */
#ifndef COLLECT_SHARED_H
#define COLLECT_SHARED_H

#include "collect.h"
#include "memtop/ramfiles.h"

/* One more row, read when the list was; NULL: no memory. */
struct shared *shared_add(struct list **list, const char *name,
			  const char *kind);

/* The largest files in /dev/shm, and in each other tmpfs that holds enough to
 * matter.  That /dev/shm could be read makes the list OK. */
int shared_files(struct tree *tree, struct list **list);

/* memfds, and deleted files of a tmpfs, that somebody has open: each once.
 * Looks at the descriptors of all processes, in small steps. */
int shared_open(struct tree *tree, struct list **list);

#endif
