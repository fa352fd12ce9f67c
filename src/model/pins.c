/* SPDX-License-Identifier: MIT
 *
 * Looking back into the ring: which chunks are needed, which is all that is
 * done with the lock held, and a whole sample made of them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ring.h"

static int reserve(struct pins *pins, size_t capacity)
{
	struct pin *list;

	if (capacity <= pins->capacity)
		return 0;
	list = realloc(pins->list, capacity * sizeof(*list));
	if (list == NULL)
		return -ENOMEM;
	pins->list = list;
	pins->capacity = capacity;
	return 0;
}

static int add_pin(struct pins *pins, struct chunk *chunk, uint32_t used,
		   uint64_t end_seq)
{
	if (pins->count == pins->capacity &&
	    reserve(pins, 2 * pins->capacity + 64) < 0)
		return -ENOMEM;
	pins->list[pins->count++] = (struct pin){ .chunk = chunk_ref(chunk),
						  .used = used,
						  .end_seq = end_seq };
	return 0;
}

/* The chunks of a track that ends after `from`, and before end_seq. */
static int add_track(struct pins *pins, const struct track *track,
		     uint64_t end_seq, uint64_t from, uint64_t to)
{
	struct chunk *chunk = track->chunk;
	uint32_t used = track->used;
	int error = 0;

	if (track->born_seq > to)
		return 0;
	for (;;) {
		if (chunk->first_seq <= to)
			error = add_pin(pins, chunk, used, end_seq);
		if (error < 0 || chunk->first_seq <= from ||
		    chunk->first_seq == track->born_seq)
			return error;
		end_seq = chunk->first_seq;
		chunk = chunk->older;
		used = chunk->used;
	}
}

/* As above, of every track that ended after `from`, or of those of key. */
static int add_exits(struct pins *pins, const struct ring *ring,
		     const struct process_key *key, uint64_t from, uint64_t to)
{
	const uint64_t first = ring_first_seq(ring);
	int error = 0;

	for (size_t i = ring->count - 1; i > from - first && error == 0; i--) {
		const struct exits *exits = ring_tick(ring, i)->exits;

		for (size_t j = 0; exits != NULL && j < exits->count; j++)
			if (key == NULL ||
			    process_key_equal(exits->tracks[j].key, *key))
				error = add_track(pins, &exits->tracks[j],
						  first + i, from, to);
	}
	return error;
}

int pins_sample(struct pins *pins, const struct ring *ring, uint64_t seq)
{
	int error = reserve(pins, 1 + ring->nlive);

	if (error == 0)
		error = add_track(pins, &ring->system, UINT64_MAX, seq, seq);
	for (size_t i = 0; i < ring->nlive && error == 0; i++)
		error = add_track(pins, &ring->live[i], UINT64_MAX, seq, seq);
	return error < 0 ? error : add_exits(pins, ring, NULL, seq, seq);
}

int pins_system(struct pins *pins, const struct ring *ring, uint64_t from,
		uint64_t to)
{
	return add_track(pins, &ring->system, UINT64_MAX, from, to);
}

static const struct track *find_live(const struct ring *ring, pid_t pid)
{
	size_t low = 0, high = ring->nlive;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ring->live[middle].key.pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ring->nlive ? &ring->live[low] : NULL;
}

int pins_process(struct pins *pins, const struct ring *ring,
		 struct process_key key, uint64_t from, uint64_t to)
{
	const struct track *track = find_live(ring, key.pid);
	int error = 0;

	if (track != NULL && process_key_equal(track->key, key))
		error = add_track(pins, track, UINT64_MAX, from, to);
	/* it may have been out of sight for a while */
	return error < 0 ? error : add_exits(pins, ring, &key, from, to);
}

void pins_free(struct pins *pins)
{
	for (size_t i = 0; i < pins->count; i++)
		chunk_unref(pins->list[i].chunk);
	free(pins->list);
}

static int by_pid(const void *a, const void *b)
{
	const struct process *const *x = a, *const *y = b;

	return ((*x)->key.pid > (*y)->key.pid) -
	       ((*x)->key.pid < (*y)->key.pid);
}

static int unpack_processes(const struct pins *pins, uint64_t seq,
			    uint64_t *words, struct snapshot *snapshot)
{
	struct process process;

	if (pins->count == 1)
		return 0;
	snapshot->processes =
		malloc((pins->count - 1) * sizeof(snapshot->processes[0]));
	if (snapshot->processes == NULL)
		return -ENOMEM;
	for (size_t i = 1; i < pins->count; i++) {
		const struct pin *pin = &pins->list[i];
		struct process *copy;

		chunk_read(pin, seq, words);
		record_to_process(pin->chunk->layout, words, &process);
		copy = process_copy(&process);
		if (copy == NULL)
			return -ENOMEM;
		snapshot->processes[snapshot->nprocesses++] = copy;
	}
	qsort(snapshot->processes, snapshot->nprocesses,
	      sizeof(snapshot->processes[0]), by_pid);
	return 0;
}

int pins_unpack(const struct pins *pins, uint64_t seq,
		const struct snapshot **ret)
{
	const struct pin *system = &pins->list[0];
	size_t nwords = system->chunk->layout->nwords;
	struct snapshot *snapshot = NULL;
	uint64_t *words;
	int error = -ENOMEM;

	if (pins->count > 1 && pins->list[1].chunk->layout->nwords > nwords)
		nwords = pins->list[1].chunk->layout->nwords;
	words = malloc(nwords * sizeof(*words));
	if (words != NULL) {
		chunk_read(system, seq, words);
		snapshot = record_to_snapshot(system->chunk->layout, words);
	}
	if (snapshot != NULL) {
		snapshot->seq = seq;
		error = unpack_processes(pins, seq, words, snapshot);
	}
	free(words);
	if (error == 0)
		*ret = snapshot;
	else
		snapshot_unref(snapshot);
	return error;
}
