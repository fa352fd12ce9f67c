/* SPDX-License-Identifier: MIT
 *
 * Figures of one process over time, for the History page.  Knows the ring,
 * draws nothing.
 */
#include "tracks.h"

#include <stdlib.h>
#include <string.h>

#include "memtop/field.h"

/* How many points are asked of the history at a time. */
#define BATCH 256

/* clang-format off */
static const uint8_t track_fields[TRACK_COUNT] = {
	[TRACK_PSS]		= PROCESS_PSS,
	[TRACK_USS]		= PROCESS_USS,
	[TRACK_RSS]		= PROCESS_RSS,
	[TRACK_SWAP]		= PROCESS_SWAP,
	[TRACK_MAJOR_FAULTS]	= PROCESS_MAJOR_FAULT_RATE,
	[TRACK_THREADS]		= PROCESS_THREADS,
};
/* clang-format on */

static bool make_room(struct tracks *tracks, size_t more)
{
	size_t room = tracks->room ? tracks->room : 1024;
	struct moment *list;

	if (tracks->count + more <= tracks->room)
		return true;
	while (room < tracks->count + more)
		room *= 2;
	list = realloc(tracks->list, room * sizeof(*list));
	if (!list)
		return false;
	tracks->list = list;
	tracks->room = room;
	return true;
}

static void drop_before(struct tracks *tracks, uint64_t seq)
{
	size_t gone = 0;

	while (gone < tracks->count && tracks->list[gone].seq < seq)
		gone++;
	if (!gone)
		return;
	tracks->count -= gone;
	memmove(tracks->list, tracks->list + gone,
		tracks->count * sizeof(*tracks->list));
}

/* The points of one figure go beside those of the figures before. */
static void add_batch(struct tracks *tracks, struct history *history,
		      struct series_query *query)
{
	struct series_point points[BATCH];
	struct moment *moments;
	size_t count = 0, n;

	if (!make_room(tracks, BATCH))
		return;
	moments = tracks->list + tracks->count;
	for (int track = 0; track < TRACK_COUNT; track++) {
		query->field = &query->entity->fields[track_fields[track]];
		n = history_series(history, query, points, BATCH);
		for (size_t i = 0; !track && i < n; i++)
			moments[count++] = (struct moment){
				.seq = points[i].seq,
				.realtime_ns = points[i].realtime_ns,
			};
		for (size_t i = 0, at = 0; i < count; i++)
			moments[i].value[track] = history_series_at(
				points, n, moments[i].seq, &at);
	}
	tracks->count += count;
}

void tracks_update(struct tracks *tracks, struct history *history,
		   struct process_key key)
{
	struct series_query query = {
		.entity = &entities[ENTITY_PROCESS],
		.key = key,
	};
	struct history_span span;

	history_span(history, &span);
	if (!span.last_seq)
		return;
	drop_before(tracks, span.first_seq);
	if (tracks->last_seq + 1 < span.first_seq)
		tracks->last_seq = span.first_seq - 1;
	while (tracks->last_seq < span.last_seq) {
		query.from_seq = tracks->last_seq + 1;
		query.to_seq = min_u64(tracks->last_seq + BATCH, span.last_seq);
		add_batch(tracks, history, &query);
		tracks->last_seq = query.to_seq;
	}
}

void tracks_done(struct tracks *tracks)
{
	free(tracks->list);
	*tracks = (struct tracks){ 0 };
}

/* Index of the first moment after realtime_ns. */
static size_t first_after(const struct tracks *tracks, uint64_t realtime_ns)
{
	size_t low = 0, high = tracks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (tracks->list[middle].realtime_ns <= realtime_ns)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct moment *tracks_at(const struct tracks *tracks,
			       uint64_t realtime_ns)
{
	size_t after = first_after(tracks, realtime_ns);

	return after ? &tracks->list[after - 1] : NULL;
}

/* The mean of value over the moments from index *at up to end_ns. */
static double cell_mean(const struct tracks *tracks, track_value *value,
			size_t *at, uint64_t end_ns)
{
	double sum = 0;
	size_t n = 0;

	for (; *at < tracks->count && tracks->list[*at].realtime_ns <= end_ns;
	     (*at)++) {
		double v = value(&tracks->list[*at]);

		if (isnan(v))
			continue;
		sum += v;
		n++;
	}
	return n ? sum / (double)n : NAN;
}

static uint64_t interval(const struct tracks *tracks, size_t i)
{
	return sub_floor(tracks->list[i + 1].realtime_ns,
			 tracks->list[i].realtime_ns);
}

/* How long the value of that moment stands.  Until the next one, as long as
 * samples came at that pace before or after it, whatever the delay is now; a
 * longer silence is a gap. */
static uint64_t stands_for(const struct tracks *tracks, size_t i,
			   uint64_t hold_ns)
{
	uint64_t pace = 0;

	if (i > 0)
		pace = interval(tracks, i - 1);
	if (i + 2 < tracks->count)
		pace = max_u64(pace, interval(tracks, i + 1));
	return max_u64(hold_ns, pace / 2 * 5);
}

void tracks_cells(const struct tracks *tracks, track_value *value,
		  const struct track_window *window, double *ret)
{
	double span = (double)(window->to_ns - window->from_ns) /
		      (double)window->cells;
	size_t at = first_after(tracks, sub_floor(window->from_ns, 1));

	for (size_t i = 0; i < window->cells; i++) {
		uint64_t end =
			window->from_ns + (uint64_t)(span * (double)(i + 1));
		size_t before = at;

		if (i + 1 == window->cells)
			end = window->to_ns;
		ret[i] = cell_mean(tracks, value, &at, end);
		if (at == before && at &&
		    end - tracks->list[at - 1].realtime_ns <=
			    stands_for(tracks, at - 1, window->hold_ns))
			ret[i] = value(&tracks->list[at - 1]);
	}
}
