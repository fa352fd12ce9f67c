/* SPDX-License-Identifier: MIT
 *
 * The threads of the expensive lane, one at a time, and who watches them: a
 * read that does not come back leaves its thread behind.  Knows no file
 * format: what a task reads is in probe.c, and what the screen has asked for
 * in requests.c.
 */
#include <errno.h>
#include <stdlib.h>

#include "memtop/clock.h"
#include "memtop/thread.h"
#include "prober_private.h"

#define STUCK_AFTER_NS NS_PER_S
/* What a read may take besides: page tables are walked at 8 to 19 ms per GiB,
 * more on a machine in trouble. */
#define STUCK_PER_GIB_NS (100 * NS_PER_MS)

/* ---- results (mutex held) ------------------------------------------------ */

static void post_result(struct prober *prober, struct probe_result result)
{
	if (prober->nresults == prober->results_size) {
		size_t size =
			prober->results_size ? prober->results_size * 2 : 64;
		struct probe_result *bigger =
			realloc(prober->results, size * sizeof(*bigger));

		if (!bigger) { /* it will be asked for again */
			process_unref(result.process);
			return;
		}
		prober->results = bigger;
		prober->results_size = size;
	}
	prober->results[prober->nresults++] = result;
}

static void begin(struct worker *worker, struct process_key key, uint64_t rss)
{
	worker->busy = true;
	worker->key = key;
	worker->seen = 0;
	atomic_store(&worker->reading.count, 0);
	atomic_store(&worker->reading.bytes, 0);
	atomic_store(&worker->reading.steps, 0);
	atomic_store(&worker->reading.cancelled, false);
	worker->overdue_ns = tree_now() + STUCK_AFTER_NS;
	if (rss != UNKNOWN)
		worker->overdue_ns += rss / MIB * (STUCK_PER_GIB_NS / 1024);
}

bool prober_is_stuck(const struct prober *prober, struct process_key key)
{
	for (size_t i = 0; i < prober->nstuck; i++)
		if (process_key_equal(prober->stuck[i]->key, key))
			return true;
	return false;
}

/* ---- one thread ---------------------------------------------------------- */

static void run_request(struct worker *worker, struct request *request)
{
	struct prober *prober = worker->prober;
	struct reply *reply = NULL;
	struct probe_result result = { .names = true, .smaps = true };
	bool reading = request->kind == REQUEST_PROCESS;

	begin(worker, request->key, request->rss);
	worker->id = request->id;
	worker->kind = request->kind;
	pthread_mutex_unlock(&prober->mutex);
	if (reading) {
		struct probe_task task = { .key = request->key,
					   .names = true,
					   .smaps = true };

		probe_task(worker->probe, &task, &result);
	} else {
		reply = probe_request(worker->probe, request->kind,
				      request->key, &worker->reading);
	}
	pthread_mutex_lock(&prober->mutex);
	if (result.process) {
		post_result(prober, result);
	} else if (worker->abandoned) {
		reply_free(reply); /* it has been answered */
	} else if (reply) {
		reply->id = request->id;
		requests_answer(&prober->requests, reply);
	}
	free(request);
}

static void run_task(struct worker *worker)
{
	struct prober *prober = worker->prober;
	struct probe_task task = prober->tasks[prober->next++];
	struct probe_result result = { .names = task.names,
				       .smaps = task.smaps };

	begin(worker, task.key, task.rss);
	worker->id = 0;
	pthread_mutex_unlock(&prober->mutex);
	probe_task(worker->probe, &task, &result);
	pthread_mutex_lock(&prober->mutex);
	/* late is not wrong: on a machine in trouble most reads may be */
	if (result.process)
		post_result(prober, result);
}

static void account(struct worker *worker, uint64_t *last_cpu_ns)
{
	uint64_t cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	worker->busy = false;
	worker->prober->cpu_ns += cpu - *last_cpu_ns;
	budget_spend(&worker->prober->budget, cpu - *last_cpu_ns);
	*last_cpu_ns = cpu;
}

static void forget_stuck(struct prober *prober, struct worker *worker)
{
	for (size_t i = 0; i < prober->nstuck; i++) {
		if (prober->stuck[i] != worker)
			continue;
		prober->stuck[i] = prober->stuck[--prober->nstuck];
		return;
	}
}

static void *worker_main(void *argument)
{
	struct worker *worker = argument;
	struct prober *prober = worker->prober;
	uint64_t cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);

	thread_name("prober");
	pthread_mutex_lock(&prober->mutex);
	while (!prober->closing && !worker->abandoned) {
		struct request *request = requests_take(&prober->requests);
		uint64_t wait = 0;

		if (request && prober_is_stuck(prober, request->key)) {
			requests_refuse(&prober->requests, request->kind,
					request->id, request->key);
			free(request);
			continue;
		}
		if (request) {
			run_request(worker, request);
			account(worker, &cpu_ns);
			continue;
		}
		if (prober->next < prober->ntasks) {
			wait = budget_wait(&prober->budget, tree_now());
			if (!wait) {
				run_task(worker);
				account(worker, &cpu_ns);
				continue;
			}
		}
		if (wait) {
			thread_wait(&prober->wake, &prober->mutex,
				    tree_now() + wait);
		} else {
			pthread_cond_broadcast(&prober->idle);
			pthread_cond_wait(&prober->wake, &prober->mutex);
		}
	}
	forget_stuck(prober, worker);
	if (prober->current == worker)
		prober->current = NULL;
	probe_free(worker->probe);
	free(worker);
	prober->workers--;
	bool last = prober->abandoned && prober->workers == 0;

	pthread_cond_broadcast(&prober->idle);
	pthread_mutex_unlock(&prober->mutex);
	if (last)
		prober_free(prober);
	return NULL;
}

int prober_start_worker(struct prober *prober)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int r;

	if (!worker)
		return -ENOMEM;
	worker->prober = prober;
	r = probe_new(prober->proc_root, prober->sys_root, prober->config.names,
		      &worker->probe);
	if (r == 0) {
		prober->workers++;
		r = thread_start(worker_main, worker, THREAD_STACK);
		if (r < 0)
			prober->workers--;
	}
	if (r < 0) {
		probe_free(worker->probe);
		free(worker);
		return r;
	}
	prober->current = worker;
	return 0;
}

static void refuse_all(struct prober *prober)
{
	struct request *request;

	while ((request = requests_take(&prober->requests))) {
		requests_refuse(&prober->requests, request->kind, request->id,
				request->key);
		free(request);
	}
}

/* A long list is not stuck as long as it gets longer. */
static bool moves(struct worker *worker)
{
	uint64_t steps = atomic_load(&worker->reading.steps);

	if (steps == worker->seen)
		return false;
	worker->seen = steps;
	worker->overdue_ns = tree_now() + STUCK_AFTER_NS;
	return true;
}

void prober_watch(struct prober *prober)
{
	pthread_mutex_lock(&prober->mutex);
	struct worker *worker = prober->current;

	if (worker && worker->busy && prober->nstuck < PROBER_STUCK_MAX &&
	    tree_now() > worker->overdue_ns && !moves(worker)) {
		worker->abandoned = true;
		prober->stuck[prober->nstuck++] = worker;
		prober->current = NULL;
		if (worker->id)
			requests_refuse(&prober->requests, worker->kind,
					worker->id, worker->key);
	}
	/* with three stuck the lane itself is: nothing new is risked */
	if (prober->nstuck == PROBER_STUCK_MAX)
		refuse_all(prober);
	else if (!prober->current && !prober->closing)
		prober_start_worker(prober);
	pthread_mutex_unlock(&prober->mutex);
}
