/* SPDX-License-Identifier: MIT
 *
 * Private to collect/: what is remembered of slab caches between two reads.
 */
#ifndef COLLECT_SLABS_H
#define COLLECT_SLABS_H

struct slabs;

void slabs_free(struct slabs *slabs);

#endif
