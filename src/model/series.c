/* SPDX-License-Identifier: MIT
 *
 * One figure over time, read from the history through its public verbs.
 * Separate from the ring: this knows fields, the ring knows only snapshots.
 */
#include <math.h>

#include "series.h"

static double figure(const struct entity *entity, const struct field *field,
		     const void *row)
{
	struct value value = field_get(entity, field, row);

	/* a bound is no measurement: a line through it would lie */
	return value.state == STATE_OK ? value_number(&value) : NAN;
}

double series_value(const struct series_query *query,
		    const struct snapshot *snapshot)
{
	const struct entity *entity = query->entity;
	const struct process *process;
	const struct counter *counter;

	if (entity == NULL) {
		counter = snapshot_counter(snapshot, query->counter);
		return counter != NULL ? counter->rate : NAN;
	}
	if (!entity->repeated)
		return figure(entity, query->field,
			      (const char *)snapshot + entity->offset);
	if (entity != &entities[ENTITY_PROCESS])
		return NAN;
	process = snapshot_find(snapshot, query->key);
	return process != NULL ? figure(entity, query->field, process) : NAN;
}

size_t series_walk(struct history *history, const struct series_query *query,
		   struct series_point *ret, size_t max)
{
	uint64_t seq = query->from_seq, last = query->to_seq;
	size_t count = 0;

	if (last >= max)
		seq = max_u64(seq, last - max + 1);

	for (; seq <= last; seq++) {
		const struct snapshot *snapshot;

		/* the oldest may go while this reads */
		if (history_at(history, seq, &snapshot) < 0)
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
