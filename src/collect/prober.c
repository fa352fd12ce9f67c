/* SPDX-License-Identifier: MIT
 *
 * The expensive lane as others see it: what the sampler offers and collects,
 * what the screen asks for; see prober.h for the design.  The threads are in
 * prober_worker.c.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/thread.h"
#include "prober_private.h"

void prober_free(struct prober *prober)
{
	for (size_t i = 0; i < prober->nresults; i++)
		process_unref(prober->results[i].process);
	requests_done(&prober->requests);
	free(prober->results);
	free(prober->handed);
	free(prober->tasks);
	free(prober->proc_root);
	free(prober->sys_root);
	pthread_cond_destroy(&prober->idle);
	pthread_cond_destroy(&prober->wake);
	pthread_mutex_destroy(&prober->mutex);
	free(prober);
}

/* ---- for the sampler ----------------------------------------------------- */

static int by_rank(const void *a, const void *b)
{
	const struct probe_task *x = a, *y = b;

	return x->rank < y->rank ? 1 : x->rank > y->rank ? -1 : 0;
}

/* Mutex held.  The sampler does not know what is being read at this moment:
 * asked for again, it would be read twice. */
static void take_tasks(struct prober *prober, const struct probe_task *tasks,
		       size_t ntasks)
{
	const struct worker *worker = prober->current;

	prober->ntasks = prober->next = 0;
	for (size_t i = 0; i < ntasks; i++) {
		if (prober_is_stuck(prober, tasks[i].key) ||
		    (worker && worker->busy &&
		     process_key_equal(worker->key, tasks[i].key)))
			continue;
		prober->tasks[prober->ntasks++] = tasks[i];
	}
	if (prober->ntasks > 1)
		qsort(prober->tasks, prober->ntasks, sizeof(*tasks), by_rank);
}

int prober_offer(struct prober *prober, const struct probe_task *tasks,
		 size_t ntasks)
{
	int r = 0;

	pthread_mutex_lock(&prober->mutex);
	if (ntasks > prober->tasks_size) {
		struct probe_task *bigger =
			realloc(prober->tasks, ntasks * sizeof(*bigger));
		if (bigger) {
			prober->tasks = bigger;
			prober->tasks_size = ntasks;
		} else {
			r = -ENOMEM;
		}
	}
	if (r == 0) {
		take_tasks(prober, tasks, ntasks);
		pthread_cond_signal(&prober->wake);
	}
	pthread_mutex_unlock(&prober->mutex);
	return r;
}

size_t prober_collect(struct prober *prober, struct probe_result **ret_results,
		      struct process_key ret_stuck[PROBER_STUCK_MAX],
		      size_t *ret_nstuck)
{
	struct probe_result *results;
	size_t n, size;

	pthread_mutex_lock(&prober->mutex);
	results = prober->results;
	n = prober->nresults;
	size = prober->results_size;
	prober->results = prober->handed;
	prober->results_size = prober->handed_size;
	prober->nresults = 0;
	prober->handed = results;
	prober->handed_size = size;
	for (size_t i = 0; i < prober->nstuck; i++)
		ret_stuck[i] = prober->stuck[i]->key;
	*ret_nstuck = prober->nstuck;
	pthread_mutex_unlock(&prober->mutex);
	*ret_results = results;
	return n;
}

void prober_drain(struct prober *prober, uint64_t until_ns)
{
	pthread_mutex_lock(&prober->mutex);
	while (tree_now() < until_ns && prober->current &&
	       (prober->next < prober->ntasks || prober->current->busy))
		thread_wait(&prober->idle, &prober->mutex, until_ns);
	pthread_mutex_unlock(&prober->mutex);
}

void prober_set_mood(struct prober *prober, bool careful, bool hurry)
{
	pthread_mutex_lock(&prober->mutex);
	budget_set_mood(&prober->budget, careful, hurry, tree_now());
	pthread_mutex_unlock(&prober->mutex);
}

uint64_t prober_cpu_ns(struct prober *prober)
{
	pthread_mutex_lock(&prober->mutex);
	uint64_t cpu_ns = prober->cpu_ns;
	pthread_mutex_unlock(&prober->mutex);
	return cpu_ns;
}

/* ---- for the screen ------------------------------------------------------ */

uint64_t prober_request(struct prober *prober, enum request_kind kind,
			struct process_key key, uint64_t rss)
{
	struct request *request = malloc(sizeof(*request));
	uint64_t id;

	if (!request)
		return 0;
	*request = (struct request){ .kind = kind, .key = key, .rss = rss };
	pthread_mutex_lock(&prober->mutex);
	id = requests_add(&prober->requests, request);
	pthread_cond_signal(&prober->wake);
	pthread_mutex_unlock(&prober->mutex);
	return id;
}

bool prober_progress(struct prober *prober, uint64_t id, struct progress *ret)
{
	pthread_mutex_lock(&prober->mutex);
	struct worker *worker = prober->current;
	bool reading = worker && worker->busy && worker->id == id;

	if (reading)
		*ret = (struct progress){
			.count = atomic_load(&worker->reading.count),
			.bytes = atomic_load(&worker->reading.bytes),
		};
	pthread_mutex_unlock(&prober->mutex);
	return reading;
}

void prober_cancel(struct prober *prober, uint64_t id)
{
	pthread_mutex_lock(&prober->mutex);
	struct worker *worker = prober->current;

	if (worker && worker->busy && worker->id == id)
		atomic_store(&worker->reading.cancelled, true);
	else
		requests_drop(&prober->requests, id);
	pthread_mutex_unlock(&prober->mutex);
}

int prober_reply_fd(const struct prober *prober)
{
	return prober->requests.fd;
}

struct reply *prober_take_reply(struct prober *prober)
{
	struct reply *reply;

	pthread_mutex_lock(&prober->mutex);
	reply = requests_reply(&prober->requests);
	pthread_mutex_unlock(&prober->mutex);
	return reply;
}

/* ---- life ---------------------------------------------------------------- */

int prober_new(const struct prober_config *config, struct prober **ret)
{
	struct prober *prober = calloc(1, sizeof(*prober));
	int r;

	if (!prober)
		return -ENOMEM;
	prober->config = *config;
	prober->budget = budget_new(config->budget_percent, tree_now());
	pthread_mutex_init(&prober->mutex, NULL);
	thread_cond_init(&prober->wake);
	thread_cond_init(&prober->idle);
	r = requests_init(&prober->requests);
	if (r < 0)
		goto fail;
	r = -ENOMEM;
	if ((config->proc_root &&
	     !(prober->proc_root = strdup(config->proc_root))) ||
	    (config->sys_root &&
	     !(prober->sys_root = strdup(config->sys_root))))
		goto fail;
	r = prober_start_worker(prober);
	if (r < 0)
		goto fail;
	*ret = prober;
	return 0;
fail:
	prober_free(prober);
	return r;
}

void prober_close(struct prober *prober)
{
	uint64_t until = tree_now() + 50 * NS_PER_MS;

	if (!prober)
		return;
	pthread_mutex_lock(&prober->mutex);
	prober->closing = true;
	pthread_cond_broadcast(&prober->wake);
	while (prober->workers && tree_now() < until)
		thread_wait(&prober->idle, &prober->mutex, until);
	bool alone = prober->workers == 0;

	prober->abandoned = !alone;
	pthread_mutex_unlock(&prober->mutex);
	if (alone)
		prober_free(prober);
}
