/* SPDX-License-Identifier: MIT
 *
 * The arithmetic of the kernel's OOM killer for the whole machine, from the
 * figures of a snapshot: what a score consists of, and what it would be with
 * another oom_score_adj.  Who is first: forecast.h.  Linux 5.9 and later; see
 * mm/oom_kill.c, oom_badness(), and fs/proc/base.c, proc_oom_score().
 */
#ifndef MEMTOP_OOM_H
#define MEMTOP_OOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/snapshot.h"

/* All in pages. */
struct oom_parts {
	uint64_t rss, swap, page_tables;
	uint64_t sum;	/* of the three */
	uint64_t total; /* RAM + swap of the machine */
};

/* 0; -ENODATA when a figure is not known. */
int oom_parts(const struct snapshot *snapshot, const struct process *process,
	      struct oom_parts *ret);

/* Pages and bias together, in pages; may be negative. */
int64_t oom_points(const struct oom_parts *parts, int64_t adj);

/* The points as the kernel compares them; scores are thousandths of the
 * machine.  INT64_MIN when they are not known. */
int64_t oom_tie(const struct snapshot *snapshot, const struct process *process);

/* What /proc/PID/oom_score would say: 0 to 2000, 666 for nothing. */
int64_t oom_score(const struct oom_parts *parts, int64_t adj);

/* The killer never chooses it: the first process, kernel threads, zombies,
 * an adj of -1000. */
bool oom_exempt(const struct process *process);

#endif
