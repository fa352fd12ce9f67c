/* SPDX-License-Identifier: MIT
 *
 * Private to the prober: what its threads and its callers share.
 */
#ifndef COLLECT_PROBER_PRIVATE_H
#define COLLECT_PROBER_PRIVATE_H

#include <pthread.h>

#include "budget.h"
#include "collect.h"
#include "mappings.h"
#include "probe.h"
#include "prober.h"
#include "requests.h"

/* One thread.  `busy` and what follows is written under the mutex, by the
 * thread itself, except `abandoned`. */
struct worker {
	struct prober *prober;
	struct probe *probe;
	bool abandoned;
	bool busy;
	struct process_key key; /* being read */
	uint64_t id;		/* of the request, 0 for a task */
	enum request_kind kind;
	uint64_t overdue_ns;
	struct reading reading; /* of a list; written without the mutex */
	uint64_t seen;		/* steps of reading at the last look */
};

struct prober {
	pthread_mutex_t mutex;
	pthread_cond_t wake; /* tasks, requests, mood, closing */
	pthread_cond_t idle; /* a worker has ended, or has nothing to do */
	struct prober_config config;
	char *proc_root, *sys_root;
	bool closing, abandoned; /* abandoned: the last worker frees it */
	size_t workers;		 /* threads that still use this memory */

	struct worker *current; /* NULL: none could be started, or 3 stuck */
	struct worker *stuck[PROBER_STUCK_MAX];
	size_t nstuck;

	struct probe_task *tasks; /* ranked, from `next` on */
	size_t ntasks, next, tasks_size;
	struct requests requests; /* and their replies */

	struct probe_result *results, *handed; /* swapped by collect */
	size_t nresults, results_size, handed_size;

	struct budget budget;
	uint64_t cpu_ns; /* spent so far */
};

/* Has a read of that process not come back?  Mutex held. */
bool prober_is_stuck(const struct prober *prober, struct process_key key);
/* A thread that becomes the current one.  Mutex held, or nobody else there yet;
 * 0 or -errno. */
int prober_start_worker(struct prober *prober);
/* By whoever leaves last. */
void prober_free(struct prober *prober);

#endif
