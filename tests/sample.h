/* SPDX-License-Identifier: MIT
 *
 * Small snapshots for tests of the model: processes one by one, each figure
 * as the test wants it.  Memory that can't be had ends the program.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "memtop/field.h"
#include "memtop/snapshot.h"

/* A record whose blocks have all been read, at 1 s, and whose figures are
 * known: no memory, no faults, no user name; started at pid seconds. */
struct process *sample_process(pid_t pid, pid_t ppid, const char *comm);

/* Takes over the reference; pids must come in rising order. */
void sample_add(struct snapshot *snapshot, const struct process *process);

/* An empty one at that many seconds on all clocks. */
struct snapshot *sample_snapshot(uint64_t seconds);

struct text *sample_text(const char *s);

const struct field *sample_field(enum process_field field);
struct value sample_value(const struct process *process,
			  enum process_field field);

#endif
