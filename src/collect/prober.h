/* SPDX-License-Identifier: MIT
 *
 * The expensive lane: reads that take another process's lock or may not come
 * back (smaps_rollup, command lines, mappings), under a ceiling of CPU time.
 *
 * DESIGN.  One prober thread works at a time.  The sampler offers it a ranked
 * list of tasks each tick and collects what has come; requests of the screen
 * go before every task.  A read that does not come back in time is abandoned
 * with its thread: a fresh prober takes over, the old one owns its buffers and
 * ends by itself if it ever returns.  Nobody cancels or joins a thread.
 */
#ifndef COLLECT_PROBER_H
#define COLLECT_PROBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "memtop/snapshot.h"
#include "memtop/source.h"

#define PROBER_STUCK_MAX 3

struct prober;

struct probe_task {
	struct process_key key;
	uint64_t inode; /* of its directory; 0: not known */
	uint64_t rank;	/* higher goes first */
	uint64_t rss;	/* how long the read may take */
	bool names, smaps;
};

/* What one task gave: a record whose names and smaps blocks are filled as far
 * as asked; or `gone`.  The collector releases process. */
struct probe_result {
	struct process *process; /* has the task's key */
	bool names, smaps, gone;
};

struct prober_config {
	const char *proc_root, *sys_root; /* as tree_open() takes them */
	bool names;	       /* false: a tree that libproc2 can't read */
	double budget_percent; /* of one core; <= 0: no ceiling */
};

/* Starts the first thread.  0 or -errno. */
int prober_new(const struct prober_config *config, struct prober **ret);

/* Ends idle threads; memory that a stuck one still uses is left to it, and
 * freed by the last that comes back. */
void prober_close(struct prober *prober);

/* Replaces the list of tasks; any order, copied, without those that are being
 * read.  Sampler thread. */
int prober_offer(struct prober *prober, const struct probe_task *tasks,
		 size_t ntasks);

/*
 * Moves what has come to the caller: *ret_results is valid until the next
 * call.  At the same moment *ret_nstuck processes had a read that does not come
 * back; with all places taken the lane itself is stuck.  Sampler thread.
 */
size_t prober_collect(struct prober *prober, struct probe_result **ret_results,
		      struct process_key ret_stuck[PROBER_STUCK_MAX],
		      size_t *ret_nstuck);

/* Waits until everything offered has been read, or until_ns. */
void prober_drain(struct prober *prober, uint64_t until_ns);

/* Abandons a read that is overdue; once per tick.  Sampler thread. */
void prober_watch(struct prober *prober);

/* A quarter of the budget while `careful`; `hurry` allows 25 % of a core for
 * the first pass, for at most 5 s in all. */
void prober_set_mood(struct prober *prober, bool careful, bool hurry);

/* CPU time spent so far, by all its threads. */
uint64_t prober_cpu_ns(struct prober *prober);

/* Any thread: one-off requests, see source.h.  The id, 0 when memory is
 * short. */
uint64_t prober_request(struct prober *prober, enum request_kind kind,
			struct process_key key, uint64_t rss);
bool prober_progress(struct prober *prober, uint64_t id, struct progress *ret);
void prober_cancel(struct prober *prober, uint64_t id);
int prober_reply_fd(const struct prober *prober);
struct reply *prober_take_reply(struct prober *prober);

#endif
