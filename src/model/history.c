/* SPDX-License-Identifier: MIT
 *
 * The ring: a queue of references to snapshots, oldest first, that forgets
 * its oldest when it holds too much.
 *
 * The one mutex covers the queue and the subscribers, never a snapshot: those
 * are immutable, and a reader takes a reference and reads without the lock.
 * Whatever may be long (freeing what was evicted, costing what is new,
 * walking a series) happens outside of it.
 */
#include "memtop/history.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "series.h"

struct slot {
	struct snapshot *snapshot;
	uint64_t realtime_ns; /* found without touching the snapshot */
};

struct history {
	const struct history_store *functions; /* NULL: the ring below */
	void *store;
	pthread_mutex_t mutex;
	struct history_limits limits;
	struct slot *slots; /* a ring of capacity */
	size_t capacity, first, count;
	uint64_t next_seq;
	size_t bytes;
	int *subscribers;
	size_t nsubscribers;
};

const struct history_limits history_default_limits = {
	.duration_ns = 3600 * NS_PER_S,
	.bytes = 32 * MIB,
};

static int new_empty(struct history **ret)
{
	struct history *history = calloc(1, sizeof(*history));
	int error;

	if (history == NULL)
		return -ENOMEM;
	error = pthread_mutex_init(&history->mutex, NULL);
	if (error != 0) {
		free(history);
		return -error;
	}
	*ret = history;
	return 0;
}

int history_new(const struct history_limits *limits, struct history **ret)
{
	int error = new_empty(ret);

	if (error < 0)
		return error;
	(*ret)->limits = *limits;
	(*ret)->next_seq = 1;
	return 0;
}

int history_new_on(const struct history_store *functions, void *store,
		   struct history **ret)
{
	int error = new_empty(ret);

	if (error < 0) {
		functions->close(store);
		return error;
	}
	(*ret)->functions = functions;
	(*ret)->store = store;
	return 0;
}

/* index counts from the oldest */
static struct slot *slot_at(struct history *history, size_t index)
{
	return &history->slots[(history->first + index) % history->capacity];
}

void history_free(struct history *history)
{
	if (history == NULL)
		return;
	for (size_t i = 0; i < history->count; i++)
		snapshot_unref(slot_at(history, i)->snapshot);
	for (size_t i = 0; i < history->nsubscribers; i++)
		close(history->subscribers[i]);
	if (history->functions != NULL)
		history->functions->close(history->store);
	pthread_mutex_destroy(&history->mutex);
	free(history->subscribers);
	free(history->slots);
	free(history);
}

static uint64_t first_seq(const struct history *history)
{
	return history->next_seq - history->count;
}

static int reserve_slot(struct history *history)
{
	size_t capacity = history->capacity != 0 ? history->capacity * 2 : 64;
	struct slot *slots;

	if (history->count < history->capacity)
		return 0;
	slots = malloc(capacity * sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < history->count; i++)
		slots[i] = *slot_at(history, i);
	free(history->slots);
	history->slots = slots;
	history->capacity = capacity;
	history->first = 0;
	return 0;
}

static const struct snapshot *newest(struct history *history)
{
	return history->count > 0
		       ? slot_at(history, history->count - 1)->snapshot
		       : NULL;
}

static bool over_limits(struct history *history)
{
	uint64_t kept_ns;

	if (history->count < 2)
		return false;
	kept_ns = sub_floor(newest(history)->monotonic_ns,
			    slot_at(history, 0)->snapshot->monotonic_ns);
	return history->bytes > history->limits.bytes ||
	       kept_ns > history->limits.duration_ns;
}

/* Takes the oldest out; NULL when the limits hold. */
static struct snapshot *evict(struct history *history)
{
	struct snapshot *oldest;

	if (!over_limits(history))
		return NULL;
	oldest = slot_at(history, 0)->snapshot;
	/* what the next one shares with it stays */
	history->bytes -= snapshot_cost(oldest, slot_at(history, 1)->snapshot);
	history->first = (history->first + 1) % history->capacity;
	history->count--;
	return oldest;
}

/* One at a time, so that the lock is never held for long. */
static void evict_all(struct history *history)
{
	struct snapshot *evicted;

	do {
		pthread_mutex_lock(&history->mutex);
		evicted = evict(history);
		pthread_mutex_unlock(&history->mutex);
		snapshot_unref(evicted);
	} while (evicted != NULL);
}

static void wake_subscribers(struct history *history)
{
	static const uint64_t one = 1;

	/* never blocks: the descriptors are non-blocking, and one that is
	 * full is readable, which is all that was wanted */
	for (size_t i = 0; i < history->nsubscribers; i++)
		(void)!write(history->subscribers[i], &one, sizeof(one));
}

/*
 * Returns with the mutex held and *ret_cost true of the newest snapshot, the
 * cost having been reckoned without the mutex.  Goes round once more when
 * another thread pushed meanwhile: the sum of all costs must stay exact.
 */
static void lock_with_cost(struct history *history,
			   const struct snapshot *snapshot, size_t *ret_cost)
{
	const struct snapshot *before = NULL;

	pthread_mutex_lock(&history->mutex);
	do {
		snapshot_unref(before);
		before = snapshot_ref(newest(history));
		pthread_mutex_unlock(&history->mutex);
		*ret_cost = snapshot_cost(snapshot, before);
		pthread_mutex_lock(&history->mutex);
	} while (newest(history) != before);
	/* the ring holds it as well: this frees nothing */
	snapshot_unref(before);
}

int history_push(struct history *history, struct snapshot *snapshot)
{
	size_t cost;
	int error;

	if (history->functions != NULL) {
		snapshot_unref(snapshot);
		return -EROFS;
	}
	lock_with_cost(history, snapshot, &cost);
	error = reserve_slot(history);
	if (error == 0) {
		snapshot->seq = history->next_seq++;
		history->bytes += cost;
		*slot_at(history, history->count++) = (struct slot){
			.snapshot = snapshot,
			.realtime_ns = snapshot->realtime_ns,
		};
		wake_subscribers(history);
	}
	pthread_mutex_unlock(&history->mutex);

	if (error < 0)
		snapshot_unref(snapshot);
	else
		evict_all(history);
	return error;
}

static int store_at(struct history *history, uint64_t seq,
		    const struct snapshot **ret)
{
	struct history_span span;

	if (seq == 0) {
		history_span(history, &span);
		seq = span.last_seq;
	}
	return seq != 0 ? history->functions->at(history->store, seq, ret)
			: -ENOENT;
}

int history_at(struct history *history, uint64_t seq,
	       const struct snapshot **ret)
{
	int error = -ENOENT;

	if (history->functions != NULL)
		return store_at(history, seq, ret);
	pthread_mutex_lock(&history->mutex);
	if (seq == 0)
		seq = history->next_seq - 1;
	if (history->count > 0 && seq >= first_seq(history) &&
	    seq < history->next_seq) {
		*ret = snapshot_ref(
			slot_at(history, seq - first_seq(history))->snapshot);
		error = 0;
	}
	pthread_mutex_unlock(&history->mutex);
	return error;
}

void history_span(struct history *history, struct history_span *ret)
{
	*ret = (struct history_span){ 0 };
	if (history->functions != NULL) {
		history->functions->span(history->store, ret);
		return;
	}
	pthread_mutex_lock(&history->mutex);
	if (history->count > 0) {
		ret->first_seq = first_seq(history);
		ret->last_seq = history->next_seq - 1;
		ret->first_realtime_ns = slot_at(history, 0)->realtime_ns;
		ret->last_realtime_ns =
			slot_at(history, history->count - 1)->realtime_ns;
		ret->bytes = history->bytes;
	}
	pthread_mutex_unlock(&history->mutex);
}

int history_find(struct history *history, uint64_t realtime_ns,
		 uint64_t *ret_seq)
{
	size_t index;
	int error = -ENOENT;

	if (history->functions != NULL)
		return history->functions->find(history->store, realtime_ns,
						ret_seq);
	pthread_mutex_lock(&history->mutex);
	if (history->count > 0) {
		/* not a binary search: the wall clock may have been set back
		 * in between, and the last time it showed this is meant */
		for (index = history->count - 1; index > 0; index--)
			if (slot_at(history, index)->realtime_ns <= realtime_ns)
				break;
		*ret_seq = first_seq(history) + index;
		error = 0;
	}
	pthread_mutex_unlock(&history->mutex);
	return error;
}

size_t history_series(struct history *history, const struct series_query *query,
		      struct series_point *ret, size_t max)
{
	struct series_query resolved = *query;
	struct history_span span;

	history_span(history, &span);
	if (span.last_seq == 0 || max == 0)
		return 0;
	resolved.from_seq = max_u64(query->from_seq, span.first_seq);
	if (query->to_seq == 0 || query->to_seq > span.last_seq)
		resolved.to_seq = span.last_seq;
	if (resolved.from_seq > resolved.to_seq)
		return 0;
	if (history->functions != NULL)
		return history->functions->series(history->store, &resolved,
						  ret, max);
	return series_walk(history, &resolved, ret, max);
}

int history_subscribe(struct history *history)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	int *subscribers;

	if (fd < 0)
		return -errno;
	pthread_mutex_lock(&history->mutex);
	subscribers = realloc(history->subscribers,
			      (history->nsubscribers + 1) * sizeof(int));
	if (subscribers != NULL) {
		subscribers[history->nsubscribers++] = fd;
		history->subscribers = subscribers;
	}
	pthread_mutex_unlock(&history->mutex);
	if (subscribers != NULL)
		return fd;
	close(fd);
	return -ENOMEM;
}

void history_unsubscribe(struct history *history, int fd)
{
	pthread_mutex_lock(&history->mutex);
	for (size_t i = 0; i < history->nsubscribers; i++)
		if (history->subscribers[i] == fd) {
			history->subscribers[i] =
				history->subscribers[--history->nsubscribers];
			close(fd);
			break;
		}
	pthread_mutex_unlock(&history->mutex);
}
