/* SPDX-License-Identifier: MIT
 *
 * The second half of a push, and what goes when the limits say so.  All of it
 * is done with the lock held, so nothing here allocates but the list of ticks,
 * reads a sample or frees one.
 */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

struct ring *ring_new(const struct history_limits *limits)
{
	struct ring *ring = calloc(1, sizeof(*ring));

	if (ring == NULL)
		return NULL;
	ring->limits = *limits;
	ring->next_seq = 1;
	ring->codec = codec_new();
	if (ring->codec != NULL)
		ring->process_layout = layout_new_process(ring->codec);
	if (ring->process_layout != NULL)
		return ring;
	ring_free(ring);
	return NULL;
}

uint64_t ring_first_seq(const struct ring *ring)
{
	return ring->next_seq - ring->count;
}

struct tick *ring_tick(const struct ring *ring, size_t index)
{
	return &ring->ticks[(ring->first + index) % ring->capacity];
}

uint64_t ring_find(const struct ring *ring, uint64_t realtime_ns)
{
	size_t index;

	/* not a binary search: the wall clock may have been set back in
	 * between, and the last time it showed this is meant */
	for (index = ring->count - 1; index > 0; index--)
		if (ring_tick(ring, index)->realtime_ns <= realtime_ns)
			break;
	return ring_first_seq(ring) + index;
}

int ring_reserve(struct ring *ring)
{
	size_t capacity = ring->capacity != 0 ? ring->capacity * 3 / 2 : 64;
	struct tick *ticks;

	if (ring->count < ring->capacity)
		return 0;
	ticks = malloc(capacity * sizeof(*ticks));
	if (ticks == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < ring->count; i++)
		ticks[i] = *ring_tick(ring, i);
	free(ring->ticks);
	ring->ticks = ticks;
	ring->capacity = capacity;
	ring->first = 0;
	return 0;
}

/* A snapshot by itself; its texts are counted with the chunks. */
static size_t cost_of(const struct snapshot *snapshot)
{
	size_t bytes = sizeof(*snapshot) + 4 * BLOCK_COST;

	for (size_t i = 0; i < LIST_COUNT; i++)
		bytes += list_cost(snapshot->lists[i]);
	bytes += snapshot->nprocesses *
		 (sizeof(snapshot->processes[0]) +
		  sizeof(*snapshot->processes[0]) + BLOCK_COST);
	if (snapshot->vmstat_names != NULL && snapshot->vmstat != NULL)
		bytes += snapshot->vmstat_names->count *
			 sizeof(snapshot->vmstat[0]);
	return bytes;
}

size_t ring_bytes(const struct ring *ring)
{
	return sizeof(*ring) + sizeof(*ring->codec) + ring->bytes +
	       ring->newest_cost + ring->capacity * sizeof(ring->ticks[0]) +
	       ring->live_capacity * sizeof(ring->live[0]) + ring->draft_cost;
}

static size_t exits_cost(const struct exits *exits)
{
	return sizeof(*exits) + exits->count * sizeof(exits->tracks[0]) +
	       BLOCK_COST;
}

static void count_chunk(struct ring *ring, struct chunk *chunk)
{
	size_t cost = chunk_cost(chunk);

	ring->bytes += cost - chunk->counted;
	chunk->counted = cost;
}

/* What a reader may be looking at waits until none is left. */
static void keep_for_readers(struct ring *ring, struct debris *debris)
{
	struct chunk *chunk;
	struct exits *exits;

	if (ring->readers == 0)
		return;
	while ((chunk = debris->chunks) != NULL) {
		debris->chunks = chunk->next;
		chunk->next = ring->held.chunks;
		ring->held.chunks = chunk;
	}
	while ((exits = debris->exits) != NULL) {
		debris->exits = exits->next;
		exits->next = ring->held.exits;
		ring->held.exits = exits;
	}
}

struct debris ring_release(struct ring *ring)
{
	struct debris held = { .snapshot = NULL };

	if (--ring->readers == 0) {
		held = ring->held;
		ring->held = (struct debris){ .snapshot = NULL };
	}
	return held;
}

/* Where readers find the chunk from now on. */
static void publish_change(struct ring *ring, const struct change *change,
			   struct tick *tick, struct debris *debris)
{
	struct chunk *before = change->before, *chunk = change->chunk;

	count_chunk(ring, chunk);
	if (before == NULL || before == chunk)
		return;
	if (before->first_seq == chunk->first_seq) { /* a larger copy */
		ring->bytes -= before->counted;
		before->next = debris->chunks;
		debris->chunks = before;
		return;
	}
	chunk_leave_texts(before, chunk);
	count_chunk(ring, before);
	before->next = tick->replaced;
	tick->replaced = before;
}

static void swap_live(struct ring *ring)
{
	struct draft *draft = &ring->draft;
	struct track *live = ring->live;
	size_t capacity = ring->live_capacity;

	ring->live = draft->live;
	ring->live_capacity = draft->live_capacity;
	ring->nlive = draft->nlive;
	draft->live = live;
	draft->live_capacity = capacity;
	memcpy(ring->fixed, draft->fixed, sizeof(ring->fixed));
}

struct debris ring_publish(struct ring *ring, const struct snapshot *snapshot)
{
	struct draft *draft = &ring->draft;
	struct debris debris = { .snapshot = ring->newest };
	struct tick *tick = ring_tick(ring, ring->count++);

	*tick = (struct tick){ .realtime_ns = snapshot->realtime_ns,
			       .monotonic_ns = snapshot->monotonic_ns,
			       .exits = draft->exits };
	if (draft->exits != NULL)
		ring->bytes += exits_cost(draft->exits);
	for (size_t i = 0; i < draft->nchanges; i++)
		publish_change(ring, &draft->changes[i], tick, &debris);
	swap_live(ring);
	ring->next_seq++;
	ring->newest = snapshot;
	ring->newest_cost = cost_of(snapshot);
	ring->draft_cost = draft_cost(draft);
	keep_for_readers(ring, &debris);
	return debris;
}

static bool over_limits(const struct ring *ring)
{
	uint64_t kept_ns;

	if (ring->count < 2)
		return false;
	kept_ns = sub_floor(ring_tick(ring, ring->count - 1)->monotonic_ns,
			    ring_tick(ring, 0)->monotonic_ns);
	return ring_bytes(ring) > ring->limits.bytes ||
	       kept_ns > ring->limits.duration_ns;
}

/* With the oldest sample goes what ended before the next one. */
static struct debris drop_oldest(struct ring *ring)
{
	struct debris debris = { .snapshot = NULL };
	struct tick *tick;

	ring->first = (ring->first + 1) % ring->capacity;
	ring->count--;
	tick = ring_tick(ring, 0);
	debris.chunks = tick->replaced;
	debris.exits = tick->exits;
	tick->replaced = NULL;
	tick->exits = NULL;
	/* the chunk behind still points to it; nobody goes there, because
	 * that one begins no later than the oldest sample */
	for (const struct chunk *c = debris.chunks; c != NULL; c = c->next)
		ring->bytes -= c->counted;
	if (debris.exits == NULL)
		return debris;
	for (size_t i = 0; i < debris.exits->count; i++)
		ring->bytes -= debris.exits->tracks[i].chunk->counted;
	ring->bytes -= exits_cost(debris.exits);
	return debris;
}

bool ring_evict(struct ring *ring, struct debris *ret)
{
	if (!over_limits(ring))
		return false;
	*ret = drop_oldest(ring);
	keep_for_readers(ring, ret);
	return true;
}

static void exits_free(struct exits *exits)
{
	for (size_t i = 0; i < exits->count; i++)
		chunk_free(exits->tracks[i].chunk);
	free(exits);
}

void debris_free(struct debris *debris)
{
	struct chunk *chunk;
	struct exits *exits;

	snapshot_unref(debris->snapshot);
	while ((chunk = debris->chunks) != NULL) {
		debris->chunks = chunk->next;
		chunk_free(chunk);
	}
	while ((exits = debris->exits) != NULL) {
		debris->exits = exits->next;
		exits_free(exits);
	}
}

void ring_free(struct ring *ring)
{
	if (ring == NULL)
		return;
	while (ring->count > 1) {
		struct debris debris = drop_oldest(ring);

		debris_free(&debris);
	}
	for (size_t i = 0; i < ring->nlive; i++)
		chunk_free(ring->live[i].chunk);
	for (size_t i = 0; i < FIXED_TRACKS; i++)
		chunk_free(ring->fixed[i].chunk);
	snapshot_unref(ring->newest);
	layout_unref(ring->process_layout);
	codec_free(ring->codec);
	draft_done(&ring->draft);
	free(ring->live);
	free(ring->ticks);
	free(ring);
}
