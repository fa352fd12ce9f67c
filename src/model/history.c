/* SPDX-License-Identifier: MIT
 *
 * The verbs of history.h, in front of the ring or of samples that lie
 * elsewhere; and the locks, so that neither of those needs to know of threads.
 *
 * One mutex covers the ring and the subscribers.  A sample is packed before
 * it is taken and unpacked after it is given back; nor is anything freed
 * while it is held.  Another keeps those who push in line.
 */
#include "memtop/history.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "memtop/event.h"
#include "ring.h"
#include "series.h"

struct history {
	const struct history_store *functions; /* NULL: the ring */
	void *store;
	struct ring *ring;
	pthread_mutex_t mutex, pushing;
	const struct list *events; /* replaced whole by who pushes */
	int *subscribers;
	size_t nsubscribers;
};

const struct history_limits history_default_limits = {
	.duration_ns = 3600 * NS_PER_S,
	.bytes = 0,
};

/* Whoever looks at memory should not be what takes it. */
static size_t default_bytes(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);

	if (pages <= 0 || size <= 0)
		return 32 * MIB;
	return min_u64(32 * MIB, (uint64_t)pages * (uint64_t)size / 100);
}

static int new_empty(struct history **ret)
{
	struct history *history = calloc(1, sizeof(*history));
	int error;

	if (history == NULL)
		return -ENOMEM;
	error = pthread_mutex_init(&history->mutex, NULL);
	if (error == 0) {
		error = pthread_mutex_init(&history->pushing, NULL);
		if (error != 0)
			pthread_mutex_destroy(&history->mutex);
	}
	if (error != 0) {
		free(history);
		return -error;
	}
	*ret = history;
	return 0;
}

int history_new(const struct history_limits *limits, struct history **ret)
{
	struct history_limits kept = *limits;
	struct history *history;
	int error = new_empty(&history);

	if (error < 0)
		return error;
	if (kept.bytes == 0)
		kept.bytes = default_bytes();
	history->ring = ring_new(&kept);
	if (history->ring == NULL) {
		history_free(history);
		return -ENOMEM;
	}
	*ret = history;
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

void history_free(struct history *history)
{
	if (history == NULL)
		return;
	for (size_t i = 0; i < history->nsubscribers; i++)
		close(history->subscribers[i]);
	if (history->functions != NULL)
		history->functions->close(history->store);
	ring_free(history->ring);
	list_unref(history->events);
	pthread_mutex_destroy(&history->pushing);
	pthread_mutex_destroy(&history->mutex);
	free(history->subscribers);
	free(history);
}

static void wake_subscribers(struct history *history)
{
	static const uint64_t one = 1;

	/* never blocks: the descriptors are non-blocking, and one that is
	 * full is readable, which is all that was wanted */
	for (size_t i = 0; i < history->nsubscribers; i++)
		(void)!write(history->subscribers[i], &one, sizeof(one));
}

/* One at a time, so that the lock is never held for long. */
static void evict(struct history *history)
{
	struct debris debris;
	bool more;

	do {
		pthread_mutex_lock(&history->mutex);
		more = ring_evict(history->ring, &debris);
		pthread_mutex_unlock(&history->mutex);
		if (more)
			debris_free(&debris);
	} while (more);
}

/* Memory that can't be had leaves the log as it was. */
static void log_events(struct history *history, const struct list *news)
{
	const struct list *before = history->events, *merged;

	if (list_count(news) == 0)
		return;
	merged = events_merge(before, news);
	if (merged == NULL)
		return;
	pthread_mutex_lock(&history->mutex);
	history->events = merged;
	pthread_mutex_unlock(&history->mutex);
	list_unref(before);
}

static int push(struct history *history, struct snapshot *snapshot)
{
	struct ring *ring = history->ring;
	struct debris debris;
	int error;

	pthread_mutex_lock(&history->mutex);
	error = ring_reserve(ring);
	pthread_mutex_unlock(&history->mutex);
	if (error == 0)
		error = draft_make(ring, snapshot);
	if (error < 0)
		return error;
	log_events(history, snapshot_list(snapshot, ENTITY_EVENT));
	snapshot->seq = ring->next_seq;
	pthread_mutex_lock(&history->mutex);
	debris = ring_publish(ring, snapshot);
	wake_subscribers(history);
	pthread_mutex_unlock(&history->mutex);
	debris_free(&debris);
	evict(history);
	return 0;
}

int history_push(struct history *history, struct snapshot *snapshot)
{
	int error = -EROFS;

	if (history->functions == NULL) {
		pthread_mutex_lock(&history->pushing);
		error = push(history, snapshot);
		pthread_mutex_unlock(&history->pushing);
	}
	if (error < 0)
		snapshot_unref(snapshot);
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

/* The last reader clears up what could not go while he read. */
static void end_reading(struct history *history)
{
	struct debris debris;

	pthread_mutex_lock(&history->mutex);
	debris = ring_release(history->ring);
	pthread_mutex_unlock(&history->mutex);
	debris_free(&debris);
}

/* The newest is there as it came; any other has to be unpacked. */
static int ring_at(struct history *history, uint64_t seq,
		   const struct snapshot **ret)
{
	struct ring *ring = history->ring;
	struct sights sights = { .list = NULL };
	int error = -ENOENT;

	pthread_mutex_lock(&history->mutex);
	if (ring->count == 0 || (seq != 0 && seq < ring_first_seq(ring)) ||
	    seq >= ring->next_seq) {
		pthread_mutex_unlock(&history->mutex);
		return -ENOENT;
	}
	if (seq == 0 || seq == ring->newest->seq) {
		*ret = snapshot_ref(ring->newest);
		pthread_mutex_unlock(&history->mutex);
		return 0;
	}
	error = sights_sample(&sights, ring, seq);
	pthread_mutex_unlock(&history->mutex);
	if (error == 0) {
		error = sights_unpack(&sights, seq, ret);
		end_reading(history);
	}
	sights_free(&sights);
	return error;
}

int history_at(struct history *history, uint64_t seq,
	       const struct snapshot **ret)
{
	return history->functions != NULL ? store_at(history, seq, ret)
					  : ring_at(history, seq, ret);
}

void history_span(struct history *history, struct history_span *ret)
{
	const struct ring *ring = history->ring;

	*ret = (struct history_span){ 0 };
	if (history->functions != NULL) {
		history->functions->span(history->store, ret);
		return;
	}
	pthread_mutex_lock(&history->mutex);
	if (ring->count > 0) {
		ret->first_seq = ring_first_seq(ring);
		ret->last_seq = ring->next_seq - 1;
		ret->first_realtime_ns = ring_tick(ring, 0)->realtime_ns;
		ret->last_realtime_ns =
			ring_tick(ring, ring->count - 1)->realtime_ns;
		ret->bytes = ring_bytes(ring);
	}
	pthread_mutex_unlock(&history->mutex);
}

int history_find(struct history *history, uint64_t realtime_ns,
		 uint64_t *ret_seq)
{
	const struct ring *ring = history->ring;
	int error = -ENOENT;

	if (history->functions != NULL)
		return history->functions->find(history->store, realtime_ns,
						ret_seq);
	pthread_mutex_lock(&history->mutex);
	if (ring->count > 0) {
		*ret_seq = ring_find(ring, realtime_ns);
		error = 0;
	}
	pthread_mutex_unlock(&history->mutex);
	return error;
}

static size_t store_series(struct history *history,
			   const struct series_query *query,
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
	return history->functions->series(history->store, &resolved, ret, max);
}

static size_t ring_series(struct history *history,
			  const struct series_query *query,
			  struct series_point *ret, size_t max)
{
	struct sights sights = { .list = NULL };
	size_t count;

	pthread_mutex_lock(&history->mutex);
	count = series_look_up(history->ring, query, ret, max, &sights);
	pthread_mutex_unlock(&history->mutex);
	if (count > 0) {
		if (series_unpack(query, &sights, ret, count) < 0)
			count = 0;
		end_reading(history);
	}
	sights_free(&sights);
	return count;
}

size_t history_series(struct history *history, const struct series_query *query,
		      struct series_point *ret, size_t max)
{
	return history->functions != NULL
		       ? store_series(history, query, ret, max)
		       : ring_series(history, query, ret, max);
}

double history_series_at(const struct series_point *points, size_t count,
			 uint64_t seq, size_t *at)
{
	while (*at < count && points[*at].seq < seq)
		(*at)++;
	return *at < count && points[*at].seq == seq ? points[*at].value : NAN;
}

const struct list *history_events(struct history *history)
{
	const struct list *events;

	if (history->functions != NULL)
		return history->functions->events != NULL
			       ? history->functions->events(history->store)
			       : NULL;
	pthread_mutex_lock(&history->mutex);
	events = list_ref(history->events);
	pthread_mutex_unlock(&history->mutex);
	return events;
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
