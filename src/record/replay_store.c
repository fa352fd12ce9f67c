/* SPDX-License-Identifier: MIT
 *
 * A recording behind the verbs of the history.  Reading begins at a keyframe,
 * so one step back could mean hundreds of samples: what was made on the way
 * is kept for a while, up to a bound.  Consecutive snapshots share what did
 * not change, so that is cheap.
 */
#include <errno.h>
#include <stdlib.h>

#include "memtop/base.h"
#include "replay.h"

static struct replay_store *store_of(void *store)
{
	return store;
}

/* ---- the cache ----------------------------------------------------------- */

static struct cache_slot *slot_of(struct replay_store *store, uint64_t seq)
{
	return &store->cache[seq % CACHE_SLOTS];
}

static void drop(struct replay_store *store, struct cache_slot *slot)
{
	store->cache_bytes -= slot->bytes;
	snapshot_unref(slot->snapshot);
	*slot = (struct cache_slot){ 0 };
}

/* The hand follows the newest at a distance: what it meets first is what was
 * put there longest ago. */
static void keep(struct replay_store *store, const struct snapshot *snapshot)
{
	struct cache_slot *slot = slot_of(store, snapshot->seq);
	const struct snapshot *before =
		slot_of(store, snapshot->seq - 1)->snapshot;

	drop(store, slot);
	slot->snapshot = snapshot_ref(snapshot);
	slot->bytes = snapshot_cost(snapshot, before);
	store->cache_bytes += slot->bytes;
	for (size_t i = 0; i < CACHE_SLOTS && store->cache_bytes > CACHE_BYTES;
	     i++) {
		store->hand = (store->hand + 1) % CACHE_SLOTS;
		if (&store->cache[store->hand] != slot)
			drop(store, &store->cache[store->hand]);
	}
}

/* ---- the verbs ----------------------------------------------------------- */

/* From where the decoder stands, or from the keyframe. */
static size_t first_to_make(const struct replay_store *store, size_t index)
{
	const struct decoder *decoder = &store->decoder;
	size_t keyframe = store->reader.moments[index].keyframe;

	if (decoder->last && decoder->index < index &&
	    decoder->index + 1 > keyframe)
		return decoder->index + 1;
	return keyframe;
}

/* Whoever goes through a damaged run should not begin at its keyframe for
 * each sample again. */
static bool is_damaged(const struct replay_store *store, size_t index)
{
	return store->damage.keyframe ==
		       store->reader.moments[index].keyframe + 1 &&
	       index >= store->damage.from;
}

static int store_at(void *data, uint64_t seq, const struct snapshot **ret)
{
	struct replay_store *store = store_of(data);
	const struct snapshot *snapshot = slot_of(store, seq)->snapshot;
	size_t index;
	int r = 0;

	if (seq == 0 || seq > store->reader.count)
		return -ENOENT;
	if (snapshot && snapshot->seq == seq) {
		*ret = snapshot_ref(snapshot);
		return 0;
	}
	index = seq - 1;
	if (is_damaged(store, index))
		return -EBADMSG;
	for (size_t i = first_to_make(store, index); i <= index; i++) {
		r = decoder_make(&store->decoder, i, &snapshot);
		if (r == -EBADMSG) {
			store->damage.keyframe =
				store->reader.moments[i].keyframe + 1;
			store->damage.from = i;
		}
		if (r < 0)
			return r;
		keep(store, snapshot);
		if (i == index)
			*ret = snapshot;
		else
			snapshot_unref(snapshot);
	}
	return 0;
}

static void store_span(void *data, struct history_span *ret)
{
	const struct reader *reader = &store_of(data)->reader;

	*ret = (struct history_span){
		.first_seq = 1,
		.last_seq = reader->count,
		.first_realtime_ns = reader->moments[0].realtime_ns,
		.last_realtime_ns =
			reader->moments[reader->count - 1].realtime_ns,
		.bytes = store_of(data)->cache_bytes,
	};
}

static int store_find(void *data, uint64_t realtime_ns, uint64_t *ret_seq)
{
	const struct reader *reader = &store_of(data)->reader;
	size_t index = reader->count - 1;

	/* the wall clock may have been set back in between, and the last time
	 * it showed this is meant */
	while (index > 0 && reader->moments[index].realtime_ns > realtime_ns)
		index--;
	*ret_seq = index + 1;
	return 0;
}

static double figure(const struct entity *entity, const struct field *field,
		     const void *row)
{
	struct value value = field_get(entity, field, row);

	/* a bound is no measurement: a line through it would lie */
	return value.state == STATE_OK ? value_number(&value) : NAN;
}

static double series_value(const struct series_query *query,
			   const struct snapshot *snapshot)
{
	const struct entity *entity = query->entity;
	const struct process *process;
	const struct counter *counter;

	if (!entity) {
		counter = snapshot_counter(snapshot, query->counter);
		return counter ? counter->rate : NAN;
	}
	if (!entity->repeated)
		return figure(entity, query->field,
			      (const char *)snapshot + entity->offset);
	if (entity != &entities[ENTITY_PROCESS])
		return NAN;
	process = snapshot_find(snapshot, query->key);
	return process ? figure(entity, query->field, process) : NAN;
}

static size_t store_series(void *data, const struct series_query *query,
			   struct series_point *ret, size_t max)
{
	uint64_t seq = query->from_seq, last = query->to_seq;
	size_t count = 0;

	if (last >= max)
		seq = max_u64(seq, last - max + 1);
	for (; seq <= last; seq++) {
		const struct snapshot *snapshot;

		/* what is damaged leaves a hole */
		if (store_at(data, seq, &snapshot) < 0)
			continue;
		ret[count++] = (struct series_point){
			.seq = seq,
			.realtime_ns = snapshot->realtime_ns,
			.monotonic_ns = snapshot->monotonic_ns,
			.value = series_value(query, snapshot),
		};
		snapshot_unref(snapshot);
	}
	return count;
}

static const struct list *store_events(void *data)
{
	struct replay_store *store = store_of(data);

	if (!store->has_events) {
		store->has_events = true;
		store->events = reader_events(&store->reader);
	}
	return list_ref(store->events);
}

static void store_close(void *data)
{
	struct replay_store *store = store_of(data);

	for (size_t i = 0; i < CACHE_SLOTS; i++)
		snapshot_unref(store->cache[i].snapshot);
	list_unref(store->events);
	decoder_done(&store->decoder);
	reader_close(&store->reader);
	free(store);
}

const struct history_store replay_store_functions = {
	.at = store_at,
	.span = store_span,
	.find = store_find,
	.series = store_series,
	.events = store_events,
	.close = store_close,
};

int replay_store_new(const char *path, struct replay_store **ret, char *why,
		     size_t why_size)
{
	struct replay_store *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return -ENOMEM;
	r = reader_open(&store->reader, path, why, why_size);
	if (r < 0) {
		free(store);
		return r;
	}
	decoder_init(&store->decoder, &store->reader);
	*ret = store;
	return 0;
}
