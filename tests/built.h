/* SPDX-License-Identifier: MIT
 *
 * Rows of small snapshots, for tests of their order.
 */
#ifndef BUILT_H
#define BUILT_H

#include "memtop/rows.h"

/* One more process of that size; pids must come in rising order. */
struct process *built_add(struct snapshot *snapshot, pid_t pid, pid_t ppid,
			  const char *comm, uint64_t pss);

/* The pids of the first rows, "3 1 2"; good until the next call. */
const char *built_pids(const struct rows *rows);

/* The same of a snapshot that is made into rows. */
const char *built(const struct snapshot *snapshot,
		  const struct rows_query *query, struct rows *rows);

#endif
