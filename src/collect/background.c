/* SPDX-License-Identifier: MIT
 *
 * The collectors of the expensive lane that read system files, one after the
 * other on one thread.  Separate from the prober, which reads processes within
 * a budget: these come round at their periods.  Knows no file.
 */
#include "background.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>

#include "memtop/base.h"
#include "memtop/clock.h"
#include "memtop/thread.h"

/* None of them takes more than this part of a processor: on a machine with
 * many processes some come round less often than they would. */
#define SHARE 1000

struct background {
	pthread_mutex_t mutex;
	pthread_cond_t wake, ended;
	bool closing, running, abandoned;
	bool been_round;	/* all that are wanted, with a sample before */
	bool woken;		/* something has come since the round began */
	struct snapshot *found; /* what the collectors gave last */
	uint64_t wanted;	/* entities that somebody looks at: GIVES() */
	/* the sample that was sealed last, a reference; NULL at first */
	const struct snapshot *before;

	/* the thread's own */
	struct tree tree;
	uint64_t *due_ns;
};

static void background_free(struct background *background)
{
	snapshot_unref(background->found);
	snapshot_unref(background->before);
	tree_done(&background->tree);
	free(background->due_ns);
	pthread_cond_destroy(&background->wake);
	pthread_cond_destroy(&background->ended);
	pthread_mutex_destroy(&background->mutex);
	free(background);
}

/* Mutex held, but not while the collector reads. */
static void collect(struct background *background,
		    const struct collector *collector)
{
	const struct snapshot *before = snapshot_ref(background->before);
	struct snapshot *fresh;
	int r = -ENOMEM;

	pthread_mutex_unlock(&background->mutex);
	fresh = snapshot_new();
	background->tree.before = before;
	if (fresh)
		r = collector->read(&background->tree, fresh);
	background->tree.before = NULL;
	pthread_mutex_lock(&background->mutex);
	if (r == 0)
		collector_keep(collector, fresh, background->found);
	snapshot_unref(before);
	snapshot_unref(fresh);
}

static bool is_wanted(const struct background *background,
		      const struct collector *collector)
{
	return collector->lane == LANE_EXPENSIVE &&
	       (!collector->on_demand ||
		collector->gives & background->wanted) &&
	       (!collector->after_sample || background->before);
}

/* Returns when the next one is due. */
static uint64_t go_round(struct background *background)
{
	uint64_t next_ns = UINT64_MAX;

	for (size_t i = 0; i < collector_count && !background->closing; i++) {
		const struct collector *collector = collectors[i];

		if (!is_wanted(background, collector))
			continue;
		if (tree_now() >= background->due_ns[i]) {
			uint64_t began_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);

			collect(background, collector);
			background->due_ns[i] =
				tree_now() +
				max_u64(collector->period_ns,
					(clock_ns(CLOCK_THREAD_CPUTIME_ID) -
					 began_ns) *
						SHARE);
		}
		next_ns = min_u64(next_ns, background->due_ns[i]);
	}
	return next_ns;
}

static void *background_main(void *argument)
{
	struct background *background = argument;
	bool abandoned;

	thread_name("background");
	pthread_mutex_lock(&background->mutex);
	while (!background->closing) {
		uint64_t next_ns;

		background->woken = false;
		next_ns = go_round(background);
		if (background->woken)
			continue;
		background->been_round = background->before != NULL;
		pthread_cond_signal(&background->ended);
		if (!background->closing)
			thread_wait(
				&background->wake, &background->mutex,
				min_u64(next_ns, tree_now() + 60 * NS_PER_S));
	}
	background->running = false;
	abandoned = background->abandoned;
	pthread_cond_signal(&background->ended);
	pthread_mutex_unlock(&background->mutex);
	if (abandoned)
		background_free(background);
	return NULL;
}

/* Mutex held. */
static void wake(struct background *background)
{
	background->woken = true;
	pthread_cond_signal(&background->wake);
}

void background_await(struct background *background,
		      const struct snapshot *before, uint64_t until_ns,
		      struct snapshot *snapshot)
{
	const struct snapshot *old;

	snapshot_ref(before);
	pthread_mutex_lock(&background->mutex);
	old = background->before;
	background->before = before;
	if (!old && before)
		wake(background);
	while (!background->been_round && tree_now() < until_ns)
		thread_wait(&background->ended, &background->mutex, until_ns);
	for (size_t i = 0; i < collector_count; i++)
		if (collectors[i]->lane == LANE_EXPENSIVE)
			collector_keep(collectors[i], background->found,
				       snapshot);
	pthread_mutex_unlock(&background->mutex);
	snapshot_unref(old);
}

void background_take(struct background *background,
		     const struct snapshot *before, struct snapshot *snapshot)
{
	background_await(background, before, 0, snapshot);
}

void background_want(struct background *background, uint64_t wanted)
{
	pthread_mutex_lock(&background->mutex);
	if (wanted & ~background->wanted)
		wake(background);
	background->wanted = wanted;
	pthread_mutex_unlock(&background->mutex);
}

/* What nobody has asked for is not on its way. */
static int mark_unread(struct snapshot *found)
{
	if (!found)
		return -ENOMEM;
	for (size_t i = 0; i < collector_count; i++)
		for (enum entity_id e = ENTITY_LIST_FIRST; e < ENTITY_LIST_END;
		     e++) {
			struct list *list;

			if (!collectors[i]->on_demand ||
			    !(collectors[i]->gives & GIVES(e)))
				continue;
			list = list_new(e);
			if (!list)
				return -ENOMEM;
			list->block.state = STATE_NOT_READ;
			snapshot_set_list(found, list);
		}
	return 0;
}

int background_new(const char *proc_root, const char *sys_root,
		   uint64_t after_ns, uint64_t wanted, struct background **ret)
{
	struct background *background = calloc(1, sizeof(*background));
	int r;

	if (!background)
		return -ENOMEM;
	r = tree_open(proc_root, sys_root, &background->tree);
	if (r < 0) {
		free(background);
		return r;
	}
	pthread_mutex_init(&background->mutex, NULL);
	thread_cond_init(&background->wake);
	thread_cond_init(&background->ended);
	background->wanted = wanted;
	background->found = snapshot_new();
	background->due_ns = calloc(collector_count, sizeof(uint64_t));
	r = background->due_ns ? mark_unread(background->found) : -ENOMEM;
	if (r == 0) {
		for (size_t i = 0; i < collector_count; i++)
			background->due_ns[i] = tree_now() + after_ns;
		background->running = true;
		r = thread_start(background_main, background, THREAD_STACK);
	}
	if (r < 0) {
		background_free(background);
		return r;
	}
	*ret = background;
	return 0;
}

void background_close(struct background *background)
{
	uint64_t until = tree_now() + 50 * NS_PER_MS;
	bool alone;

	if (!background)
		return;
	pthread_mutex_lock(&background->mutex);
	background->closing = true;
	pthread_cond_signal(&background->wake);
	while (background->running && tree_now() < until)
		thread_wait(&background->ended, &background->mutex, until);
	alone = !background->running;
	background->abandoned = !alone;
	pthread_mutex_unlock(&background->mutex);
	if (alone)
		background_free(background);
}
