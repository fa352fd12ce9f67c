/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: on which NUMA nodes the memory of a process is.
 */
#ifndef COLLECT_NUMA_H
#define COLLECT_NUMA_H

#include <stddef.h>

#include "collect.h"
#include "mappings.h"

#define NUMA_NODES 1024 /* as many as the kernel can be built for */

/* "N0 16.3G N1 14.9G", or "" on a machine with one node, or when the file may
 * not be read.  A list that doesn't fit ends with '+'. */
void numa_read(struct tree *tree, const char *dir, char *buf, size_t size);

/* The same for each of the mappings, which are by address, as their nodes:
 * with the policy before, "interleave:0-1 N0=1.2G N1=1.2G".  reading may be
 * NULL.  0; -ECANCELED; -ENOMEM. */
int numa_mappings(struct tree *tree, const char *dir, struct reading *reading,
		  struct mapping *mappings, size_t count);

/* Adds one line of numa_maps to the sums (uint64_t[NUMA_NODES], bytes); 0. */
int numa_line(void *sums, const char *line);

#endif
