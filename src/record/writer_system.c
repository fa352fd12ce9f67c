/* SPDX-License-Identifier: MIT
 *
 * The rows of one sample that are neither processes nor lists: its segment and
 * its clocks, the machine's figures, vmstat.
 */
#include <math.h>
#include <string.h>

#include "db.h"
#include "memtop/base.h"
#include "memtop/counters.h"
#include "memtop/format.h"
#include "writer.h"

int writer_insert(struct writer *writer, unsigned table)
{
	int r = db_step(writer->inserts[table]);

	if (r == 0)
		writer->rows++;
	return r;
}

int writer_part(struct writer *writer, enum part_id part, int64_t place,
		const void *row)
{
	sqlite3_stmt *stmt = writer->inserts[part];
	int at = 1, r;

	sqlite3_bind_int64(stmt, at++, writer->next_sample);
	if (parts[part].key != KEY_SAMPLE)
		sqlite3_bind_int64(stmt, at++, place);
	r = row_bind(stmt, at, &writer->layouts[part], row,
		     writer->snapshot->monotonic_ns, &writer->texts);
	return r < 0 ? r : writer_insert(writer, part);
}

static int write_segment(struct writer *writer)
{
	sqlite3_stmt *stmt = writer->inserts[TABLE_SEGMENTS];
	const struct snapshot *s = writer->snapshot;
	static const struct host nobody = { .uid = UNKNOWN,
					    .page_size = UNKNOWN,
					    .cpus = UNKNOWN };
	const struct host *host = s->host ? s->host : &nobody;
	int at = 1;

	texts_clear(&writer->texts);
	writer->segment_began_ns = s->monotonic_ns;
	sqlite3_bind_int64(stmt, at++, ++writer->segment);
	sqlite3_bind_int64(stmt, at++, writer->next_sample);
	sqlite3_bind_int64(stmt, at++, writer->next_process);
	sqlite3_bind_int64(stmt, at++, writer->texts.next_id);
	db_bind_chars(stmt, at++, host->name);
	db_bind_chars(stmt, at++, host->kernel);
	db_bind_chars(stmt, at++, host->boot_id);
	db_bind_chars(stmt, at++, host->user);
	db_bind_u64(stmt, at++, host->uid);
	sqlite3_bind_int(stmt, at++, host->sees_all);
	sqlite3_bind_int(stmt, at++, host->psi);
	sqlite3_bind_int(stmt, at++, host->hidepid);
	sqlite3_bind_int(stmt, at++, host->container);
	db_bind_u64(stmt, at++, host->page_size);
	db_bind_u64(stmt, at++, host->cpus);
	db_bind_u64(stmt, at++, s->realtime_ns);
	db_bind_u64(stmt, at++, s->monotonic_ns);
	db_bind_u64(stmt, at++, s->boottime_ns);
	db_bind_chars(stmt, at++, "memtop " MEMTOP_VERSION);
	return writer_insert(writer, TABLE_SEGMENTS);
}

static int write_user(struct writer *writer)
{
	const struct host *now = writer->snapshot->host;
	const struct host *before = writer->before->host;

	if (now == before || strcmp(now->user, before->user) == 0)
		return 0;
	sqlite3_bind_int64(writer->rename_user, 1, writer->segment);
	db_bind_chars(writer->rename_user, 2, now->user);
	return db_step(writer->rename_user);
}

/* Two columns of the table samples. */
static int bind_block(sqlite3_stmt *stmt, int at, const struct block *block,
		      const struct snapshot *snapshot)
{
	row_bind_block(stmt, at, block, snapshot->monotonic_ns);
	return at + 2;
}

static int write_sample_row(struct writer *writer, uint64_t lost)
{
	sqlite3_stmt *stmt = writer->inserts[TABLE_SAMPLES];
	const struct snapshot *s = writer->snapshot;
	char time[FORMAT_SIZE];
	int at = 1;

	sqlite3_bind_int64(stmt, at++, writer->next_sample);
	sqlite3_bind_int64(stmt, at++, writer->segment);
	sqlite3_bind_int64(stmt, at++, writer->keyframe);
	format_clock(time, s->realtime_ns, true);
	db_bind_chars(stmt, at++, time);
	db_bind_u64(stmt, at++, s->realtime_ns);
	db_bind_u64(stmt, at++, s->monotonic_ns);
	db_bind_u64(stmt, at++, s->boottime_ns);
	db_bind_u64(stmt, at++, s->interval_ns);
	db_bind_u64(stmt, at++, s->period_ns);
	sqlite3_bind_int(stmt, at++, s->complete);
	db_bind_u64(stmt, at++, lost);
	at = bind_block(stmt, at, &s->vmstat_block, s);
	bind_block(stmt, at, &s->processes_block, s);
	return writer_insert(writer, TABLE_SAMPLES);
}

static int write_singles(struct writer *writer)
{
	const struct snapshot *now = writer->snapshot;
	int r = 0;

	for (int i = 0; i < PART_SINGLE_END && r == 0; i++) {
		size_t offset = entities[parts[i].entity].offset;
		const char *row = (const char *)now + offset;

		if (writer->is_keyframe ||
		    !row_equal(&writer->layouts[i], row,
			       (const char *)writer->before + offset))
			r = writer_part(writer, (enum part_id)i, 0, row);
	}
	return r;
}

/* The rate that a reader works out by himself; NAN at a keyframe. */
static double expected_rate(const struct writer *writer, size_t i)
{
	const struct snapshot *now = writer->snapshot, *before = writer->before;

	if (writer->is_keyframe)
		return NAN;
	return counters_rate(now->vmstat_names->names[i],
			     before->vmstat[i].value,
			     before->vmstat_block.read_ns, now->vmstat[i].value,
			     now->vmstat_block.read_ns);
}

static int write_counter(struct writer *writer, size_t i)
{
	sqlite3_stmt *stmt = writer->inserts[TABLE_VMSTAT];
	const struct snapshot *now = writer->snapshot;
	const struct counter *counter = &now->vmstat[i];
	const char *name = now->vmstat_names->names[i];
	double rate = counter->rate, expected = expected_rate(writer, i);
	bool as_expected = rate == expected || (isnan(rate) && isnan(expected));
	int64_t id;
	int r;

	if (!writer->is_keyframe && as_expected &&
	    counter->value == writer->before->vmstat[i].value)
		return 0;
	r = texts_id(&writer->texts, name, strlen(name), &id);
	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, writer->next_sample);
	sqlite3_bind_int64(stmt, 2, id);
	db_bind_u64(stmt, 3, counter->value);
	if (as_expected)
		sqlite3_bind_null(stmt, 4);
	else
		sqlite3_bind_double(stmt, 4,
				    isfinite(rate) ? rate : RATE_UNKNOWN);
	return writer_insert(writer, TABLE_VMSTAT);
}

/* First of what has names: the ids of a segment's counters are in the order
 * of the kernel's file. */
static int write_vmstat(struct writer *writer)
{
	const struct snapshot *now = writer->snapshot;
	int r = 0;

	if (!now->vmstat_names || !now->vmstat)
		return 0;
	for (size_t i = 0; i < now->vmstat_names->count && r == 0; i++)
		r = write_counter(writer, i);
	return r;
}

int writer_system(struct writer *writer, uint64_t lost, bool segment)
{
	int r = segment ? write_segment(writer) : write_user(writer);

	if (r == 0)
		r = write_sample_row(writer, lost);
	if (r == 0)
		r = write_vmstat(writer);
	if (r == 0)
		r = write_singles(writer);
	if (r == 0)
		r = writer_verdict(writer);
	return r == 0 ? writer_lists(writer) : r;
}
