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
	int error = reserve(sights, FIXED_TRACKS + ring->nlive);

	for (size_t i = 0; i < FIXED_TRACKS && error == 0; i++)
		error = add(sights, &ring->fixed[i], UINT64_MAX);
	for (size_t i = 0; i < ring->nlive && error == 0; i++)
		if (ring->live[i].born_seq <= seq)
			error = add(sights, &ring->live[i], UINT64_MAX);
	if (error == 0)
		error = add_exits(sights, ring, NULL, seq, seq);
	return begin_reading(ring, error);
}

int sights_fixed(struct sights *sights, struct ring *ring, size_t index)
{
	return begin_reading(ring,
			     add(sights, &ring->fixed[index], UINT64_MAX));
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

/* The chunk that has a sample in which the track was there. */
static struct pin find_chunk(const struct sight *sight, uint64_t seq)
{
	struct pin pin = { .chunk = NULL };

	do
		sight_next(sight, seq, &pin);
	while (pin.chunk->first_seq > seq);
	return pin;
}

/*
 * The same of many.  All of them go back a step at a time: a step is a wait
 * for memory, and the waits of many tracks are one where those of one track
 * would add up.  NULL: no memory.
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

static int unpack_processes(const struct sights *sights, uint64_t seq,
			    struct snapshot *snapshot)
{
	const struct sight *first = &sights->list[FIXED_TRACKS];
	const struct layout *layout = first->track.chunk->layout;
	const size_t count = sights->count - FIXED_TRACKS;
	const struct process **processes = malloc(count * sizeof(*processes));
	uint64_t *words = malloc(layout->nwords * sizeof(*words));
	struct pin *pins = find_chunks(first, count, seq);
	size_t n = 0;

	snapshot->processes = processes;
	while (processes != NULL && words != NULL && pins != NULL &&
	       n < count) {
		processes[n] = unpack_process(&pins[n], seq, words);
		if (processes[n] == NULL)
			break;
		snapshot->nprocesses = ++n;
	}
	free(pins);
	free(words);
	if (n < count)
		return -ENOMEM;
	qsort(processes, count, sizeof(*processes), by_pid);
	return 0;
}

/* Its layout may be another one than today's. */
static struct snapshot *unpack_system(const struct sight *sight, uint64_t seq)
{
	struct snapshot *snapshot = NULL;
	struct pin pin = find_chunk(sight, seq);
	uint64_t *words = malloc(pin.chunk->layout->nwords * sizeof(*words));

	if (words != NULL) {
		chunk_read(&pin, seq, words);
		snapshot = record_to_snapshot(pin.chunk->layout, words);
	}
	free(words);
	return snapshot;
}

/* NULL where it had not begun yet. */
static int unpack_list(const struct sight *sight, uint64_t seq,
		       const struct list **ret)
{
	struct pin pin;
	uint64_t *words;
	int error;

	if (sight->track.chunk == NULL || sight->track.born_seq > seq)
		return 0;
	pin = find_chunk(sight, seq);
	words = malloc(pin.chunk->layout->nwords * sizeof(*words));
	if (words == NULL)
		return -ENOMEM;
	chunk_read(&pin, seq, words);
	error = record_to_list(pin.chunk->layout, words, ret);
	free(words);
	return error;
}

int sights_unpack(const struct sights *sights, uint64_t seq,
		  const struct snapshot **ret)
{
	struct snapshot *snapshot = unpack_system(&sights->list[0], seq);
	int error = 0;

	if (snapshot == NULL)
		return -ENOMEM;
	snapshot->seq = seq;
	for (size_t i = 0; i < LIST_COUNT && error == 0; i++)
		error = unpack_list(&sights->list[1 + i], seq,
				    &snapshot->lists[i]);
	if (error == 0 && sights->count > FIXED_TRACKS)
		error = unpack_processes(sights, seq, snapshot);
	if (error == 0)
		*ret = snapshot;
	else
		snapshot_unref(snapshot);
	return error;
}
