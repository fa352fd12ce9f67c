/* SPDX-License-Identifier: MIT
 *
 * The first half of a push: what the ring will be with one more sample.  All
 * that takes time or may fail is here, and nothing of it is seen by a reader:
 * records are written behind what a track says is used, in chunks that the
 * ring does not hold yet where there is no room.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "ring.h"

/* A past sample is unpacked from the first record of each chunk on, so more
 * records are less memory and more time. */
enum { RECORDS_MAX = 16 };

/* Memory goes a chunk at a time: no track may hold on to much with one. */
static bool is_full(const struct ring *ring, const struct track *track)
{
	const size_t limit = ring->limits.bytes;
	const struct track *fixed = ring->draft.fixed;
	const size_t share = track >= fixed && track < fixed + FIXED_TRACKS
				     ? limit / 16
				     : limit / 8 / (ring->nlive + 1);

	return track->chunk->records >= RECORDS_MAX || track->used > share;
}

static void note(struct ring *ring, struct track *track, struct chunk *chunk,
		 uint64_t seq)
{
	struct draft *draft = &ring->draft;

	draft->changes[draft->nchanges++] =
		(struct change){ .before = track->chunk, .chunk = chunk };
	track->chunk = chunk;
	track->used = chunk->used;
	track->last_seq = seq;
}

static void add_record(struct draft *draft, struct chunk *chunk, size_t missing,
		       uint64_t gap, size_t len)
{
	for (size_t i = 0; i < missing; i++)
		chunk_add_text(chunk, draft->missing[i]);
	chunk_add_record(chunk, gap, draft->packed, len);
}

/* A chunk that begins with draft->raw. */
static int begin_chunk(struct ring *ring, struct track *track,
		       struct layout *layout)
{
	struct draft *draft = &ring->draft;
	const size_t words_size = layout->nwords * sizeof(*draft->now);
	const uint64_t seq = ring->next_seq;
	struct chunk *chunk;
	size_t missing, len;

	memset(draft->before, 0, words_size);
	memcpy(draft->now, draft->raw, words_size);
	missing = chunk_index_texts(NULL, layout, draft->now, draft->missing);
	for (size_t i = 0; i < missing && track->chunk != NULL; i++)
		draft->missing[i] =
			chunk_same_text(track->chunk, draft->missing[i]);
	len = pack_words(draft->packed, draft->before, draft->now,
			 layout->kinds, layout->nwords);
	chunk = chunk_new(layout, seq, len + 1, missing);
	if (chunk == NULL)
		return -ENOMEM;
	add_record(draft, chunk, missing, 0, len);
	chunk->older = track->chunk;
	note(ring, track, chunk, seq);
	return 0;
}

/* From draft->before to draft->raw. */
static int continue_chunk(struct ring *ring, struct track *track)
{
	struct draft *draft = &ring->draft;
	struct chunk *chunk = track->chunk;
	struct layout *layout = chunk->layout;
	const uint64_t gap = ring->next_seq - track->last_seq;
	size_t missing, len, size;

	chunk->used = track->used; /* whatever a failed draft left there */
	chunk_index_texts(chunk, layout, draft->before, draft->missing);
	memcpy(draft->now, draft->raw, layout->nwords * sizeof(*draft->now));
	missing = chunk_index_texts(chunk, layout, draft->now, draft->missing);
	len = pack_words(draft->packed, draft->before, draft->now,
			 layout->kinds, layout->nwords);
	if (len == 0)
		return 0;
	if (is_full(ring, track))
		return begin_chunk(ring, track, layout);
	size = len + PACK_NUMBER_MAX;
	if (!chunk_has_room(chunk, size, missing)) {
		chunk = chunk_grow(chunk, size, missing);
		if (chunk == NULL)
			return -ENOMEM;
	}
	add_record(draft, chunk, missing, gap, len);
	note(ring, track, chunk, ring->next_seq);
	return 0;
}

/* NULL: no memory, and the array is as it was. */
static void *grow(void *array, size_t *capacity, size_t need, size_t size)
{
	void *larger;

	if (array != NULL && need <= *capacity)
		return array;
	need += need / 8 + 1;
	larger = realloc(array, need * size);
	if (larger != NULL)
		*capacity = need;
	return larger;
}

/* For a snapshot of nlive processes, after one of nbefore. */
static int reserve(struct draft *draft, size_t nlive, size_t nbefore)
{
	struct track *live =
		grow(draft->live, &draft->live_capacity, nlive, sizeof(*live));
	struct change *changes;
	const struct track **gone;

	if (live == NULL)
		return -ENOMEM;
	draft->live = live;
	changes = grow(draft->changes, &draft->changes_capacity,
		       nlive + FIXED_TRACKS, sizeof(*changes));
	if (changes == NULL)
		return -ENOMEM;
	draft->changes = changes;
	gone = grow(draft->gone, &draft->gone_capacity, nbefore, sizeof(*gone));
	if (gone == NULL)
		return -ENOMEM;
	draft->gone = gone;
	return 0;
}

static int reserve_words(struct draft *draft, size_t nwords)
{
	const size_t size = nwords * sizeof(uint64_t);

	if (nwords <= draft->words_capacity)
		return 0;
	draft->words_capacity = 0; /* until all of them are that large */
	free(draft->raw);
	free(draft->before);
	free(draft->now);
	free(draft->missing);
	free(draft->packed);
	draft->raw = malloc(size);
	draft->before = malloc(size);
	draft->now = malloc(size);
	draft->missing = malloc(nwords * sizeof(*draft->missing));
	draft->packed = malloc(PACK_MAX(nwords));
	if (draft->raw == NULL || draft->before == NULL || draft->now == NULL ||
	    draft->missing == NULL || draft->packed == NULL)
		return -ENOMEM;
	draft->words_capacity = nwords;
	return 0;
}

static void take_fixed(const struct layout *layout,
		       const struct snapshot *snapshot, uint64_t *words)
{
	if (layout->entity >= ENTITY_LIST_FIRST)
		record_from_list(
			layout, snapshot_list(snapshot, layout->entity), words);
	else
		record_from_system(layout, snapshot, words);
}

/* The first chunk, or the first one of another shape.  Takes the layout. */
static int begin_fixed(struct ring *ring, struct track *track,
		       struct layout *layout, const struct snapshot *snapshot)
{
	struct draft *draft = &ring->draft;
	int error;

	if (layout == NULL)
		return -ENOMEM;
	error = reserve_words(draft, layout->nwords);
	if (error == 0) {
		if (track->chunk != NULL)
			track->chunk->used = track->used;
		else
			track->born_seq = ring->next_seq;
		take_fixed(layout, snapshot, draft->raw);
		error = begin_chunk(ring, track, layout);
	}
	layout_unref(layout);
	return error;
}

static int continue_fixed(struct ring *ring, struct track *track,
			  const struct snapshot *snapshot)
{
	const struct layout *layout = track->chunk->layout;
	struct draft *draft = &ring->draft;

	if (reserve_words(draft, layout->nwords) < 0)
		return -ENOMEM;
	take_fixed(layout, ring->newest, draft->before);
	take_fixed(layout, snapshot, draft->raw);
	return continue_chunk(ring, track);
}

static int put_system(struct ring *ring, const struct snapshot *snapshot)
{
	struct track *track = &ring->draft.fixed[0];

	*track = ring->fixed[0];
	if (track->chunk != NULL && layout_fits(track->chunk->layout, snapshot))
		return continue_fixed(ring, track, snapshot);
	return begin_fixed(ring, track,
			   layout_new_system(ring->codec, snapshot), snapshot);
}

static int put_list(struct ring *ring, size_t index,
		    const struct snapshot *snapshot)
{
	const struct list *list = snapshot->lists[index];
	struct track *track = &ring->draft.fixed[1 + index];
	enum entity_id entity = ENTITY_LIST_FIRST + index;

	*track = ring->fixed[1 + index];
	if (list == (ring->newest != NULL ? ring->newest->lists[index] : NULL))
		return 0;
	if (track->chunk != NULL &&
	    layout_fits_list(track->chunk->layout, list))
		return continue_fixed(ring, track, snapshot);
	return begin_fixed(ring, track,
			   layout_new_list(ring->codec, entity, list),
			   snapshot);
}

static int put_process(struct ring *ring, struct track *track,
		       const struct process *before, const struct process *now)
{
	struct layout *layout = ring->process_layout;
	struct draft *draft = &ring->draft;

	record_from_process(layout, now, draft->raw);
	if (before == NULL) {
		*track = (struct track){ .key = now->key,
					 .born_seq = ring->next_seq };
		return begin_chunk(ring, track, layout);
	}
	record_from_process(layout, before, draft->before);
	return continue_chunk(ring, track);
}

/* Both lists are by pid.  Who has lost it to another is gone as well. */
static int put_processes(struct ring *ring, const struct snapshot *snapshot)
{
	struct draft *draft = &ring->draft;
	const struct process *const *old =
		ring->nlive > 0 ? ring->newest->processes : NULL;
	const struct track *live = ring->live;
	/* before the first sample there is no list to be at the end of */
	const struct track *const end = live ? live + ring->nlive : NULL;

	for (size_t i = 0; i < snapshot->nprocesses; i++) {
		const struct process *now = snapshot->processes[i];
		const struct process *before = NULL;
		struct track *track = &draft->live[draft->nlive++];
		int error;

		for (;
		     live < end && *old != now && live->key.pid < now->key.pid;
		     live++, old++)
			draft->gone[draft->ngone++] = live;
		if (live < end &&
		    (*old == now || process_key_equal(live->key, now->key))) {
			before = *old++;
			*track = *live++;
		}
		if (before == now)
			continue;
		error = put_process(ring, track, before, now);
		if (error < 0)
			return error;
	}
	while (live < end)
		draft->gone[draft->ngone++] = live++;
	return 0;
}

static int put_exits(struct draft *draft)
{
	if (draft->ngone == 0)
		return 0;
	draft->exits = malloc(sizeof(*draft->exits) +
			      draft->ngone * sizeof(struct track));
	if (draft->exits == NULL)
		return -ENOMEM;
	draft->exits->next = NULL;
	draft->exits->count = draft->ngone;
	for (size_t i = 0; i < draft->ngone; i++)
		draft->exits->tracks[i] = *draft->gone[i];
	return 0;
}

static void abandon(struct draft *draft)
{
	for (size_t i = 0; i < draft->nchanges; i++)
		if (draft->changes[i].chunk != draft->changes[i].before)
			chunk_free(draft->changes[i].chunk);
}

int draft_make(struct ring *ring, const struct snapshot *snapshot)
{
	struct draft *draft = &ring->draft;
	int error;

	draft->nlive = draft->nchanges = draft->ngone = 0;
	draft->exits = NULL;
	error = reserve(draft, snapshot->nprocesses, ring->nlive);
	if (error == 0)
		error = reserve_words(draft, ring->process_layout->nwords);
	if (error == 0)
		error = put_system(ring, snapshot);
	for (size_t i = 0; i < LIST_COUNT && error == 0; i++)
		error = put_list(ring, i, snapshot);
	if (error == 0)
		error = put_processes(ring, snapshot);
	if (error == 0)
		error = put_exits(draft);
	if (error < 0)
		abandon(draft);
	return error;
}

void draft_done(struct draft *draft)
{
	free(draft->live);
	free(draft->changes);
	free(draft->gone);
	free(draft->raw);
	free(draft->before);
	free(draft->now);
	free(draft->missing);
	free(draft->packed);
}

size_t draft_cost(const struct draft *draft)
{
	return draft->live_capacity * sizeof(*draft->live) +
	       draft->changes_capacity * sizeof(*draft->changes) +
	       draft->gone_capacity * sizeof(*draft->gone) +
	       draft->words_capacity * (3 * sizeof(uint64_t) +
					sizeof(*draft->missing) + PACK_MAX(1)) +
	       8 * BLOCK_COST;
}
