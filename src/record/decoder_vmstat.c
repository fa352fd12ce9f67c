/* SPDX-License-Identifier: MIT
 *
 * The counters of vmstat: names and all values in a keyframe, what has changed
 * after it.  Rates that follow from two values are not in the file.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"
#include "memtop/base.h"
#include "memtop/counters.h"
#include "memtop/rates.h"

enum { COUNTERS_MAX = 4096 };

struct counters {
	const struct text *names[COUNTERS_MAX];
	const char *strings[COUNTERS_MAX];
	int64_t ids[COUNTERS_MAX];
	struct counter values[COUNTERS_MAX];
	size_t count;
};

/* NULL: what a reader works out by himself; RATE_UNKNOWN: not known. */
static double read_rate(sqlite3_stmt *stmt, double otherwise)
{
	double rate = sqlite3_column_double(stmt, 2);

	if (sqlite3_column_type(stmt, 2) == SQLITE_NULL)
		return otherwise;
	return isfinite(rate) && rate != RATE_UNKNOWN ? rate : NAN;
}

static int read_counter(struct reader *reader, sqlite3_stmt *stmt,
			struct counters *all)
{
	size_t i = all->count;
	int64_t id = sqlite3_column_int64(stmt, 0);
	int r;

	if (i == COUNTERS_MAX || (i && all->ids[i - 1] >= id))
		return -EBADMSG;
	r = reader_text(reader, id, &all->names[i]);
	if (r < 0)
		return r;
	all->count++;
	all->ids[i] = id;
	all->strings[i] = text_str(all->names[i]);
	all->values[i].rate = read_rate(stmt, NAN);
	return row_read_u64(stmt, 1, &all->values[i].value);
}

static int keep_counters(struct decoder *decoder, const struct counters *all)
{
	struct snapshot *s = decoder->snapshot;
	size_t bytes = all->count * sizeof(all->values[0]);
	int64_t *ids;

	if (all->count == 0)
		return 0;
	s->vmstat_names = counter_names_new(all->strings, all->count);
	s->vmstat = malloc(bytes);
	ids = malloc(all->count * sizeof(*ids));
	if (!s->vmstat_names || !s->vmstat || !ids) {
		free(ids);
		return -ENOMEM;
	}
	memcpy(s->vmstat, all->values, bytes);
	memcpy(ids, all->ids, all->count * sizeof(*ids));
	free(decoder->counter_ids);
	decoder->counter_ids = ids;
	return 0;
}

/* A keyframe names all counters and their rates. */
static int read_all_counters(struct decoder *decoder)
{
	struct reader *reader = decoder->reader;
	struct counters *all = calloc(1, sizeof(*all));
	sqlite3_stmt *stmt;
	int r;

	if (!all)
		return -ENOMEM;
	stmt = reader_select(reader, TABLE_VMSTAT, decoder->sample);
	while ((r = reader_step(reader, stmt)) == 1) {
		r = read_counter(reader, stmt, all);
		if (r < 0)
			break;
	}
	sqlite3_reset(stmt);
	if (r == 0)
		r = keep_counters(decoder, all);
	for (size_t i = 0; i < all->count; i++)
		text_unref(all->names[i]);
	free(all);
	return r;
}

/* As before; the rates follow from that. */
static int take_counters(struct decoder *decoder)
{
	const struct snapshot *last = decoder->last;
	struct snapshot *s = decoder->snapshot;
	size_t count = last->vmstat_names ? last->vmstat_names->count : 0;

	if (count == 0)
		return 0;
	s->vmstat_names = counter_names_ref(last->vmstat_names);
	s->vmstat = malloc(count * sizeof(*s->vmstat));
	if (!s->vmstat)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		uint64_t value = last->vmstat[i].value;

		s->vmstat[i].value = value;
		s->vmstat[i].rate =
			rate_between(value, last->vmstat_block.read_ns, value,
				     s->vmstat_block.read_ns);
	}
	return 0;
}

/* SIZE_MAX: no counter has that name. */
static size_t counter_index(const struct decoder *decoder, int64_t id)
{
	const struct counter_names *names = decoder->snapshot->vmstat_names;
	size_t low = 0, high = names ? names->count : 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (decoder->counter_ids[middle] == id)
			return middle;
		if (decoder->counter_ids[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

static int change_counter(struct decoder *decoder, sqlite3_stmt *stmt)
{
	const struct snapshot *last = decoder->last;
	struct snapshot *s = decoder->snapshot;
	size_t i = counter_index(decoder, sqlite3_column_int64(stmt, 0));
	int r;

	if (i == SIZE_MAX)
		return -EBADMSG;
	r = row_read_u64(stmt, 1, &s->vmstat[i].value);
	if (r < 0)
		return r;
	s->vmstat[i].rate = read_rate(
		stmt,
		counters_rate(s->vmstat_names->names[i], last->vmstat[i].value,
			      last->vmstat_block.read_ns, s->vmstat[i].value,
			      s->vmstat_block.read_ns));
	return 0;
}

int decoder_vmstat(struct decoder *decoder)
{
	struct reader *reader = decoder->reader;
	sqlite3_stmt *stmt;
	int r;

	if (decoder->is_keyframe)
		return read_all_counters(decoder);
	r = take_counters(decoder);
	if (r < 0)
		return r;
	stmt = reader_select(reader, TABLE_VMSTAT, decoder->sample);
	while ((r = reader_step(reader, stmt)) == 1) {
		r = change_counter(decoder, stmt);
		if (r < 0)
			break;
	}
	sqlite3_reset(stmt);
	return r;
}
