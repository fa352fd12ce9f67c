/* SPDX-License-Identifier: MIT
 *
 * Looking back into the ring: noting the tracks that are needed, which is all
 * that is done with the lock held, and making a whole sample of them.
 */
#include <errno.h>
#include <stdlib.h>

#include "ring.h"

static int reserve(struct sights *sights, size_t capacity)
{
	struct sight *list;

	if (capacity <= sights->capacity)
		return 0;
	list = realloc(sights->list, capacity * sizeof(*list));
	if (list == NULL)
		return -ENOMEM;
	sights->list = list;
	sights->capacity = capacity;
	return 0;
}

static int add(struct sights *sights, const struct track *track,
	       uint64_t end_seq)
{
	if (sights->count == sights->capacity &&
	    reserve(sights, 2 * sights->capacity + 4) < 0)
		return -ENOMEM;
	sights->list[sights->count++] =
		(struct sight){ .track = *track, .end_seq = end_seq };
	return 0;
}

/* Of the tracks that ended after `from` those that had begun by `to`; with a
 * key only its own. */
static int add_exits(struct sights *sights, const struct ring *ring,
		     const struct process_key *key, uint64_t from, uint64_t to)
{
	const uint64_t first = ring_first_seq(ring);
	int error = 0;

	for (size_t i = from - first + 1; i < ring->count; i++) {
		const struct exits *exits = ring_tick(ring, i)->exits;

		for (size_t j = 0; exits != NULL && j < exits->count; j++) {
			const struct track *track = &exits->tracks[j];

			if (track->born_seq > to ||
			    (key != NULL &&
			     !process_key_equal(track->key, *key)))
				continue;
			error = add(sights, track, first + i);
			if (error < 0)
				return error;
		}
	}
	return 0;
}

static int begin_reading(struct ring *ring, int error)
{
	if (error == 0)
		ring->readers++;
	return error;
}

int sights_sample(struct sights *sights, struct ring *ring, uint64_t seq)
{
	int error = reserve(sights, 1 + ring->nlive);

	if (error == 0)
		error = add(sights, &ring->system, UINT64_MAX);
	for (size_t i = 0; i < ring->nlive && error == 0; i++)
		if (ring->live[i].born_seq <= seq)
			error = add(sights, &ring->live[i], UINT64_MAX);
	if (error == 0)
		error = add_exits(sights, ring, NULL, seq, seq);
	return begin_reading(ring, error);
}

int sights_system(struct sights *sights, struct ring *ring)
{
	return begin_reading(ring, add(sights, &ring->system, UINT64_MAX));
}

static const struct track *find_live(const struct ring *ring,
				     struct process_key key)
{
	size_t low = 0, high = ring->nlive;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (ring->live[middle].key.pid < key.pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low < ring->nlive && process_key_equal(ring->live[low].key, key)
		       ? &ring->live[low]
		       : NULL;
}

int sights_process(struct sights *sights, struct ring *ring,
		   struct process_key key, uint64_t from)
{
	const struct track *track = find_live(ring, key);
	int error = 0;

	if (track != NULL)
		error = add(sights, track, UINT64_MAX);
	if (error == 0)
		error = add_exits(sights, ring, &key, from, UINT64_MAX);
	return begin_reading(ring, error);
}

void sights_free(struct sights *sights)
{
	free(sights->list);
}

bool sight_next(const struct sight *sight, uint64_t from, struct pin *pin)
{
	const struct chunk *chunk = pin->chunk;

	if (chunk == NULL) {
		*pin = (struct pin){ .chunk = sight->track.chunk,
				     .used = sight->track.used,
				     .end_seq = sight->end_seq };
		return true;
	}
	/* nobody goes further than the oldest sample needs: what comes before
	 * may be gone */
	if (chunk->first_seq <= from ||
	    chunk->first_seq == sight->track.born_seq)
		return false;
	*pin = (struct pin){ .chunk = chunk->older,
			     .used = chunk->older->used,
			     .end_seq = chunk->first_seq };
	return true;
}

/*
 * The chunks that have a sample in which the tracks were there.  All of them
 * go back a step at a time: a step is a wait for memory, and the waits of many
 * tracks are one where those of one track would add up.  NULL: no memory.
 */
static struct pin *find_chunks(const struct sight *sights, size_t count,
			       uint64_t seq)
{
	struct pin *pins = calloc(count, sizeof(*pins));
	bool found;

	if (pins == NULL)
		return NULL;
	for (size_t i = 0; i < count; i++)
		sight_next(&sights[i], seq, &pins[i]);
	do {
		found = true;
		for (size_t i = 0; i < count; i++)
			if (pins[i].chunk->first_seq > seq) {
				sight_next(&sights[i], seq, &pins[i]);
				found = false;
			}
	} while (!found);
	return pins;
}

static int by_pid(const void *a, const void *b)
{
	const struct process *const *x = a, *const *y = b;

	return ((*x)->key.pid > (*y)->key.pid) -
	       ((*x)->key.pid < (*y)->key.pid);
}

static const struct process *unpack_process(const struct pin *pin, uint64_t seq,
					    uint64_t *words)
{
	struct process process;

	chunk_read(pin, seq, words);
	record_to_process(pin->chunk->layout, words, &process);
	return process_copy(&process);
}

static int unpack_processes(const struct pin *pins, size_t count, uint64_t seq,
			    struct snapshot *snapshot)
{
	const struct process **processes = malloc(count * sizeof(*processes));
	uint64_t *words = malloc(pins->chunk->layout->nwords * sizeof(*words));
	size_t n = 0;

	snapshot->processes = processes;
	while (processes != NULL && words != NULL && n < count) {
		processes[n] = unpack_process(&pins[n], seq, words);
		if (processes[n] == NULL)
			break;
		snapshot->nprocesses = ++n;
	}
	free(words);
	if (n < count)
		return -ENOMEM;
	qsort(processes, count, sizeof(*processes), by_pid);
	return 0;
}

/* Its layout may be another one than today's. */
static struct snapshot *unpack_system(const struct pin *pin, uint64_t seq)
{
	const struct layout *layout = pin->chunk->layout;
	struct snapshot *snapshot = NULL;
	uint64_t *words = malloc(layout->nwords * sizeof(*words));

	if (words != NULL) {
		chunk_read(pin, seq, words);
		snapshot = record_to_snapshot(layout, words);
	}
	free(words);
	return snapshot;
}

int sights_unpack(const struct sights *sights, uint64_t seq,
		  const struct snapshot **ret)
{
	struct pin *pins = find_chunks(sights->list, sights->count, seq);
	struct snapshot *snapshot = NULL;
	int error = -ENOMEM;

	if (pins != NULL)
		snapshot = unpack_system(&pins[0], seq);
	if (snapshot != NULL) {
		snapshot->seq = seq;
		error = sights->count == 1
				? 0
				: unpack_processes(pins + 1, sights->count - 1,
						   seq, snapshot);
	}
	free(pins);
	if (error == 0)
		*ret = snapshot;
	else
		snapshot_unref(snapshot);
	return error;
}
