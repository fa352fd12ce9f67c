/* SPDX-License-Identifier: MIT
 *
 * Threads that help for a moment.  Knows nothing of the work.
 */
#include "share.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "memtop/base.h"
#include "memtop/thread.h"

#define HELPERS_MAX 3
/* Small, so that nobody waits long for the last ones. */
#define PART 64

struct share {
	void (*help)(void *context, struct share *share);
	void *context; /* the caller's, until share_end() returns */
	size_t count;
	atomic_size_t taken;

	pthread_mutex_t mutex;
	pthread_cond_t idle;
	unsigned working, holders;
	bool ended;
};

/* Mutex held; gives it back.  Whoever leaves last clears up. */
static void leave(struct share *share)
{
	bool last = --share->holders == 0;

	pthread_mutex_unlock(&share->mutex);
	if (!last)
		return;
	pthread_cond_destroy(&share->idle);
	pthread_mutex_destroy(&share->mutex);
	free(share);
}

static void *helper_main(void *argument)
{
	struct share *share = argument;

	thread_name("helper");
	pthread_mutex_lock(&share->mutex);
	if (!share->ended) {
		share->working++;
		pthread_mutex_unlock(&share->mutex);
		share->help(share->context, share);
		pthread_mutex_lock(&share->mutex);
		share->working--;
		pthread_cond_signal(&share->idle);
	}
	leave(share);
	return NULL;
}

static void start_helpers(struct share *share)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	for (long i = 1; i < processors && i <= HELPERS_MAX; i++) {
		pthread_mutex_lock(&share->mutex);
		share->holders++;
		pthread_mutex_unlock(&share->mutex);
		if (thread_start(helper_main, share, THREAD_STACK) == 0)
			continue;
		pthread_mutex_lock(&share->mutex);
		leave(share);
		return;
	}
}

struct share *share_begin(size_t count,
			  void (*help)(void *context, struct share *share),
			  void *context)
{
	struct share *share = calloc(1, sizeof(*share));

	if (!share)
		return NULL;
	share->help = help;
	share->context = context;
	share->count = count;
	share->holders = 1;
	atomic_init(&share->taken, 0);
	pthread_mutex_init(&share->mutex, NULL);
	pthread_cond_init(&share->idle, NULL);
	if (count > PART)
		start_helpers(share);
	return share;
}

bool share_take(struct share *share, size_t *ret_from, size_t *ret_to)
{
	size_t from = atomic_fetch_add_explicit(&share->taken, PART,
						memory_order_relaxed);

	if (from >= share->count)
		return false;
	*ret_from = from;
	*ret_to = from + min_u64(PART, share->count - from);
	return true;
}

void share_end(struct share *share)
{
	if (!share)
		return;
	pthread_mutex_lock(&share->mutex);
	share->ended = true;
	while (share->working)
		pthread_cond_wait(&share->idle, &share->mutex);
	leave(share);
}
