/* SPDX-License-Identifier: MIT
 *
 * Threads, tasks and watchdog of the expensive lane; see prober.h for the
 * design.  Knows no file format: what a task reads is in probe.c, and what
 * the screen has asked for in requests.c.
 */
#include "prober.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "budget.h"
#include "collect.h"
#include "mappings.h"
#include "memtop/base.h"
#include "memtop/clock.h"
#include "memtop/thread.h"
#include "probe.h"
#include "requests.h"

#define STUCK_AFTER_NS NS_PER_S
/* What a read may take besides: page tables are walked at 8 to 19 ms per GiB,
 * more on a machine in trouble. */
#define STUCK_PER_GIB_NS (100 * NS_PER_MS)

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

static bool is_stuck(const struct prober *prober, struct process_key key)
{
	for (size_t i = 0; i < prober->nstuck; i++)
		if (process_key_equal(prober->stuck[i]->key, key))
			return true;
	return false;
}

static void prober_free(struct prober *prober)
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

		if (request && is_stuck(prober, request->key)) {
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

/* Mutex held, or nobody else there yet. */
static int worker_start(struct prober *prober)
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

/* ---- for the sampler ----------------------------------------------------- */

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
		worker_start(prober);
	pthread_mutex_unlock(&prober->mutex);
}

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
		if (is_stuck(prober, tasks[i].key) ||
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
	r = worker_start(prober);
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
