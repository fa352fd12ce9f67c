/* SPDX-License-Identifier: MIT
 *
 * One sample: its row in samples, and all that hangs on it.  What did not
 * change is taken from the snapshot before.
 */
#include "decoder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memtop/base.h"

/* ---- the host ------------------------------------------------------------ */

static void read_chars(sqlite3_stmt *stmt, int at, char *ret, size_t size)
{
	const char *bytes = sqlite3_column_blob(stmt, at);
	size_t len = (size_t)sqlite3_column_bytes(stmt, at);

	if (!bytes)
		len = 0;
	len = min_u64(len, size - 1);
	memcpy(ret, bytes ? bytes : "", len);
	ret[len] = '\0';
}

/* What calculates with it divides by it. */
static bool is_page_size(uint64_t size)
{
	return size >= 1024 && size <= 1024 * KIB && (size & (size - 1)) == 0;
}

static int read_host(sqlite3_stmt *stmt, struct host *host)
{
	/* behind first_sample, first_process, first_text */
	int at = 3, r;

	read_chars(stmt, at++, host->name, sizeof(host->name));
	read_chars(stmt, at++, host->kernel, sizeof(host->kernel));
	read_chars(stmt, at++, host->boot_id, sizeof(host->boot_id));
	read_chars(stmt, at++, host->user, sizeof(host->user));
	r = row_read_u64(stmt, at++, &host->uid);
	host->sees_all = sqlite3_column_int(stmt, at++) != 0;
	host->psi = sqlite3_column_int(stmt, at++) != 0;
	host->hidepid = sqlite3_column_int(stmt, at++) != 0;
	host->container = sqlite3_column_int(stmt, at++) != 0;
	if (r == 0)
		r = row_read_u64(stmt, at++, &host->page_size);
	if (r == 0)
		r = row_read_u64(stmt, at, &host->cpus);
	if (r == 0 && host->page_size != UNKNOWN &&
	    !is_page_size(host->page_size))
		r = -EBADMSG;
	return r;
}

static int find_host(struct decoder *decoder, int64_t segment)
{
	sqlite3_stmt *stmt;
	struct host *host;
	int r;

	if (decoder->host && decoder->segment == segment)
		return 0;
	host = host_new();
	if (!host)
		return -ENOMEM;
	stmt = reader_select(decoder->reader, TABLE_SEGMENTS, segment);
	r = reader_step(decoder->reader, stmt);
	r = r == 1 ? read_host(stmt, host) : r == 0 ? -EBADMSG : r;
	sqlite3_reset(stmt);
	if (r < 0) {
		host_unref(host);
		return r;
	}
	host_unref(decoder->host);
	decoder->host = host;
	decoder->segment = segment;
	return 0;
}

/* ---- the row ------------------------------------------------------------- */

static int read_blocks(sqlite3_stmt *stmt, int at, struct decoder *decoder)
{
	struct snapshot *s = decoder->snapshot;
	int r = row_read_block(stmt, at, s->monotonic_ns, &s->vmstat_block);

	if (r == 0)
		r = row_read_block(stmt, at + 2, s->monotonic_ns,
				   &s->processes_block);
	return r;
}

static int read_sample(struct decoder *decoder, sqlite3_stmt *stmt)
{
	/* segment keyframe time realtime_ns … period_ns complete lost */
	enum { SEGMENT, KEYFRAME, TIME, CLOCKS, COMPLETE = 8, LOST, BLOCKS };
	struct snapshot *s = decoder->snapshot;
	uint64_t *const clocks[] = { &s->realtime_ns, &s->monotonic_ns,
				     &s->boottime_ns, &s->interval_ns,
				     &s->period_ns };
	int r = 0;

	decoder->is_keyframe =
		sqlite3_column_int64(stmt, KEYFRAME) == decoder->sample;
	for (size_t i = 0; i < ARRAY_SIZE(clocks) && r == 0; i++)
		r = row_read_u64(stmt, CLOCKS + (int)i, clocks[i]);
	if (r < 0 || s->realtime_ns == UNKNOWN || s->monotonic_ns == UNKNOWN)
		return -EBADMSG;
	s->complete = sqlite3_column_int(stmt, COMPLETE) != 0;
	r = read_blocks(stmt, BLOCKS, decoder);
	if (r == 0)
		r = find_host(decoder, sqlite3_column_int64(stmt, SEGMENT));
	if (r == 0)
		s->host = host_ref(decoder->host);
	return r;
}

static int make(struct decoder *decoder, size_t index)
{
	struct reader *reader = decoder->reader;
	sqlite3_stmt *stmt;
	int r;

	decoder->sample = reader->moments[index].sample;
	stmt = reader_select(reader, TABLE_SAMPLES, decoder->sample);
	r = reader_step(reader, stmt);
	r = r == 1 ? read_sample(decoder, stmt) : r == 0 ? -EBADMSG : r;
	sqlite3_reset(stmt);
	if (decoder->is_keyframe)
		reader_text_budget(reader);
	if (r == 0 && !decoder->is_keyframe &&
	    (!decoder->last || decoder->index + 1 != index))
		r = -EBADMSG;
	if (r == 0)
		r = decoder_system(decoder);
	return r == 0 ? decoder_processes(decoder) : r;
}

void decoder_no_part(enum part_id part, void *row)
{
	if (parts[part].has_block)
		part_block(&parts[part], row)->state = STATE_NOT_READ;
}

/* ---- life ---------------------------------------------------------------- */

static void forget(struct decoder *decoder)
{
	snapshot_unref(decoder->last);
	decoder->last = NULL;
	decoder_drop_processes(decoder);
}

int decoder_make(struct decoder *decoder, size_t index,
		 const struct snapshot **ret)
{
	int r;

	decoder->snapshot = snapshot_new();
	if (!decoder->snapshot)
		return -ENOMEM;
	reader_budget(decoder->reader);
	r = make(decoder, index);
	if (r < 0) {
		snapshot_unref(decoder->snapshot);
		forget(decoder);
		return r;
	}
	letters_write(&decoder->letters, decoder->snapshot);
	decoder->snapshot->seq = index + 1;
	snapshot_unref(decoder->last);
	decoder->last = decoder->snapshot;
	decoder->index = index;
	*ret = snapshot_ref(decoder->last);
	return 0;
}

void decoder_init(struct decoder *decoder, struct reader *reader)
{
	*decoder = (struct decoder){ .reader = reader };
}

void decoder_done(struct decoder *decoder)
{
	forget(decoder);
	letters_done(&decoder->letters);
	host_unref(decoder->host);
	free(decoder->live);
	free(decoder->counter_ids);
	*decoder = (struct decoder){ 0 };
}
