/* SPDX-License-Identifier: MIT
 *
 * What a prober thread reads, as plain calls on buffers of its own.  Knows
 * files, nothing of threads.
 */
#ifndef COLLECT_PROBE_H
#define COLLECT_PROBE_H

#include <stdbool.h>

#include "memtop/source.h"
#include "prober.h"

struct probe;
struct reading;

/* names: ask libproc2 as well.  0 or -errno. */
int probe_new(const char *proc_root, const char *sys_root, bool names,
	      struct probe **ret);
void probe_free(struct probe *probe);

/* Reads what the task asks for and checks that it is still the same process.
 * Sets result->process (NULL when memory is short) and result->gone. */
void probe_task(struct probe *probe, const struct probe_task *task,
		struct probe_result *result);

/* REQUEST_MAPPINGS, REQUEST_DETAILS; NULL when memory is short. */
struct reply *probe_request(struct probe *probe, enum request_kind kind,
			    struct process_key key, struct reading *reading);

/* The answer to a request whose read does not come back. */
struct reply *probe_stuck_reply(enum request_kind kind, struct process_key key);

#endif
