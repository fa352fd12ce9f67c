/* SPDX-License-Identifier: MIT
 *
 * One figure over time.  Separate from the ring: this knows fields, the ring
 * knows only tracks.  A figure is read where a record says that something
 * changed, and holds until the next one.
 */
#include "series.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

static double figure(const struct series_query *query, const void *row)
{
	struct value value = field_get(query->entity, query->field, row);

	/* a bound is no measurement: a line through it would lie */
	return value.state == STATE_OK ? value_number(&value) : NAN;
}

/* On loan, with its texts; the words of a cursor have indices for them. */
static void list_row_at(const struct cursor *cursor, size_t i, void *row)
{
	const struct entity *entity = &entities[cursor->chunk->layout->entity];

	record_to_row(cursor->chunk->layout, cursor->words, i, row);
	for (size_t j = 0; j < entity->nfields; j++) {
		const struct field *field = &entity->fields[j];
		const struct text **text =
			(void *)((char *)row + field->offset);

		if (field->kind == KIND_TEXT)
			*text = chunk_text(cursor->chunk, (uintptr_t)*text);
	}
}

static double value_in_list(const struct series_query *query,
			    const struct cursor *cursor)
{
	_Alignas(max_align_t) char row[ROW_SIZE_MAX];

	for (size_t i = 0; query->row && i < cursor->chunk->layout->nrows;
	     i++) {
		list_row_at(cursor, i, row);
		if (field_key_reads(query->entity, row, query->row))
			return figure(query, row);
	}
	return NAN;
}

/* Of the record that the cursor stands at. */
static double value_at(const struct series_query *query,
		       const struct cursor *cursor, size_t rate_word)
{
	const struct layout *layout = cursor->chunk->layout;
	struct snapshot snapshot;
	struct process process;
	double rate;

	if (query->entity == NULL) {
		if (rate_word == layout->nwords)
			return NAN;
		memcpy(&rate, &cursor->words[rate_word], sizeof(rate));
		return rate;
	}
	if (query->field->kind == KIND_TEXT)
		return NAN; /* here it is an index, and it has no course */
	if (query->entity == &entities[ENTITY_PROCESS]) {
		record_to_process(layout, cursor->words, &process);
		return figure(query, &process);
	}
	if (query->entity->repeated)
		return value_in_list(query, cursor);
	record_to_single(layout, cursor->words, &snapshot);
	return figure(query, (const char *)&snapshot + query->entity->offset);
}

static void fill(struct series_point *points, size_t count, uint64_t from,
		 uint64_t end, double value)
{
	const uint64_t first = points[0].seq;

	from = max_u64(from, first);
	end = min_u64(end, first + count);
	for (; from < end; from++)
		points[from - first].value = value;
}

static void unpack(const struct series_query *query, const struct pin *pin,
		   uint64_t *words, struct series_point *points, size_t count)
{
	const uint64_t first = points[0].seq;
	const uint64_t end = min_u64(pin->end_seq, first + count);
	struct cursor cursor = chunk_open(pin, words);
	size_t rate_word = 0;

	if (query->entity == NULL)
		rate_word =
			record_rate_word(pin->chunk->layout, query->counter);
	while (cursor.next_seq < end) {
		chunk_next(&cursor);
		if (cursor.next_seq > first)
			fill(points, count, cursor.seq,
			     min_u64(cursor.next_seq, end),
			     value_at(query, &cursor, rate_word));
	}
}

/* In any order: none speaks of a sample that another one speaks of. */
static int unpack_sight(const struct series_query *query,
			const struct sight *sight, struct series_point *points,
			size_t count)
{
	const uint64_t first = points[0].seq, end = first + count;
	struct pin pin = { .chunk = NULL };
	uint64_t *words = NULL, *larger;

	while (sight_next(sight, first, &pin)) {
		if (pin.chunk->first_seq >= end)
			continue;
		larger = realloc(words,
				 pin.chunk->layout->nwords * sizeof(*words));
		if (larger == NULL) {
			free(words);
			return -ENOMEM;
		}
		words = larger;
		unpack(query, &pin, words, points, count);
	}
	free(words);
	return 0;
}

int series_unpack(const struct series_query *query, const struct sights *sights,
		  struct series_point *points, size_t count)
{
	int error = 0;

	for (size_t i = 0; i < sights->count && error == 0; i++)
		if (sights->list[i].track.chunk != NULL &&
		    sights->list[i].track.born_seq < points[0].seq + count)
			error = unpack_sight(query, &sights->list[i], points,
					     count);
	return error;
}

static int find_tracks(struct ring *ring, const struct series_query *query,
		       uint64_t from, struct sights *sights)
{
	if (query->entity == &entities[ENTITY_PROCESS])
		return sights_process(sights, ring, query->key, from);
	if (query->entity != NULL && query->entity->repeated)
		return sights_fixed(sights, ring,
				    1 + (size_t)(query->entity - entities) -
					    ENTITY_LIST_FIRST);
	return sights_fixed(sights, ring, 0);
}

size_t series_look_up(struct ring *ring, const struct series_query *query,
		      struct series_point *ret, size_t max,
		      struct sights *sights)
{
	const uint64_t first = ring_first_seq(ring);
	uint64_t from = max_u64(query->from_seq, first);
	uint64_t to = ring->next_seq - 1;

	if (query->to_seq != 0)
		to = min_u64(to, query->to_seq);
	if (ring->count == 0 || from > to || max == 0)
		return 0;
	if (to - from >= max)
		from = to - max + 1;
	if (find_tracks(ring, query, from, sights) < 0)
		return 0;
	for (uint64_t seq = from; seq <= to; seq++) {
		const struct tick *tick = ring_tick(ring, seq - first);

		ret[seq - from] = (struct series_point){
			.seq = seq,
			.realtime_ns = tick->realtime_ns,
			.monotonic_ns = tick->monotonic_ns,
			.value = NAN,
		};
	}
	return to - from + 1;
}
