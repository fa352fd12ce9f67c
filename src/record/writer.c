/* SPDX-License-Identifier: MIT
 *
 * What of a sample goes into the file: what is not as in the sample before,
 * in one transaction.  A keyframe has all of it, so that reading can begin
 * there; a segment has texts and processes of its own besides, so that it can
 * be dropped whole.
 */
#include "writer.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "memtop/base.h"
#include "memtop/format.h"
#include "memtop/rates.h"

/* A keyframe comes when the changes since the last one outweigh it by this
 * much: with thousands of idle processes one a minute would be most of the
 * file. */
enum { KEYFRAME_WEIGHT = 4 };
/* So many texts in memory are enough. */
enum { TEXTS_MAX = 1 << 16 };

const struct writer_limits writer_default_limits = {
	.keyframe_ns = 60 * NS_PER_S,
	.keyframe_max_ns = 600 * NS_PER_S,
	.segment_ns = 3600 * NS_PER_S,
};

/* ---- when to begin anew ------------------------------------------------- */

static uint64_t since(const struct writer *writer, uint64_t then_ns)
{
	return sub_floor(writer->snapshot->monotonic_ns, then_ns);
}

static bool same_names(const struct counter_names *a,
		       const struct counter_names *b)
{
	if (a == b)
		return true;
	if (!a || !b || a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->names[i], b->names[i]) != 0)
			return false;
	return true;
}

/* All but the user's name, which comes late. */
static bool same_host(const struct host *a, const struct host *b)
{
	return a == b ||
	       (a && b && strcmp(a->name, b->name) == 0 &&
		strcmp(a->kernel, b->kernel) == 0 &&
		strcmp(a->boot_id, b->boot_id) == 0 && a->uid == b->uid &&
		a->sees_all == b->sees_all && a->psi == b->psi &&
		a->hidepid == b->hidepid && a->container == b->container &&
		a->page_size == b->page_size);
}

static bool is_new_segment(struct writer *writer)
{
	const struct snapshot *now = writer->snapshot, *before = writer->before;
	uint64_t max = writer->limits.max_bytes;

	if (!before || !same_host(before->host, now->host) ||
	    before->monotonic_ns > now->monotonic_ns ||
	    !same_names(before->vmstat_names, now->vmstat_names) ||
	    since(writer, writer->segment_began_ns) >=
		    writer->limits.segment_ns ||
	    writer->texts.count >= TEXTS_MAX)
		return true;
	/* small enough that dropping one leaves most of what is allowed, but
	 * with more in it than its keyframe */
	return max && writer->rows > writer->keyframe_rows &&
	       sub_floor(writer_bytes(writer), writer->segment_bytes) > max / 8;
}

static bool is_new_keyframe(const struct writer *writer)
{
	uint64_t age = since(writer, writer->keyframe_began_ns);

	return age >= writer->limits.keyframe_max_ns ||
	       (age >= writer->limits.keyframe_ns &&
		writer->rows >= KEYFRAME_WEIGHT * writer->keyframe_rows);
}

/* ---- rows ---------------------------------------------------------------- */

static int insert(struct writer *writer, unsigned table)
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
	return r < 0 ? r : insert(writer, part);
}

static int write_segment(struct writer *writer)
{
	sqlite3_stmt *stmt = writer->inserts[TABLE_SEGMENTS];
	const struct snapshot *s = writer->snapshot;
	static const struct host nobody = { .uid = UNKNOWN,
					    .page_size = UNKNOWN };
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
	db_bind_u64(stmt, at++, s->realtime_ns);
	db_bind_u64(stmt, at++, s->monotonic_ns);
	db_bind_u64(stmt, at++, s->boottime_ns);
	db_bind_chars(stmt, at++, "memtop " MEMTOP_VERSION);
	return insert(writer, TABLE_SEGMENTS);
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

static int write_sample_row(struct writer *writer, uint64_t lost,
			    bool swaps_changed)
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
	at = bind_block(stmt, at, &s->swaps_block, s);
	if (swaps_changed)
		sqlite3_bind_int64(stmt, at++, (int64_t)s->nswaps);
	else
		sqlite3_bind_null(stmt, at++);
	bind_block(stmt, at, &s->processes_block, s);
	return insert(writer, TABLE_SAMPLES);
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

static bool same_verdict(const struct verdict *a, const struct verdict *b)
{
	const char *rule_a = a->rule ? a->rule : "";
	const char *rule_b = b->rule ? b->rule : "";

	return a->severity == b->severity && strcmp(rule_a, rule_b) == 0 &&
	       text_equal(a->text, b->text) && text_equal(a->brief, b->brief) &&
	       a->since_realtime_ns == b->since_realtime_ns &&
	       a->at_least == b->at_least;
}

static int write_verdict(struct writer *writer)
{
	sqlite3_stmt *stmt = writer->inserts[TABLE_VERDICTS];
	const struct verdict *verdict = &writer->snapshot->verdict;
	int at = 1;

	if (!writer->is_keyframe &&
	    same_verdict(verdict, &writer->before->verdict))
		return 0;
	sqlite3_bind_int64(stmt, at++, writer->next_sample);
	sqlite3_bind_int(stmt, at++, (int)verdict->severity);
	db_bind_chars(stmt, at++, verdict->rule);
	db_bind_chars(stmt, at++, text_str(verdict->text));
	db_bind_chars(stmt, at++, text_str(verdict->brief));
	db_bind_u64(stmt, at++, verdict->since_realtime_ns);
	sqlite3_bind_int(stmt, at++, verdict->at_least);
	return insert(writer, TABLE_VERDICTS);
}

static bool swaps_changed(const struct writer *writer)
{
	const struct snapshot *now = writer->snapshot, *before = writer->before;

	if (writer->is_keyframe || now->nswaps != before->nswaps)
		return true;
	for (size_t i = 0; i < now->nswaps; i++)
		if (!row_equal(&writer->layouts[PART_SWAPS], &now->swaps[i],
			       &before->swaps[i]))
			return true;
	return false;
}

static int write_swaps(struct writer *writer)
{
	const struct snapshot *now = writer->snapshot;
	int r = 0;

	for (size_t i = 0; i < now->nswaps && r == 0; i++)
		r = writer_part(writer, PART_SWAPS, (int64_t)i, &now->swaps[i]);
	return r;
}

/* The rate that a reader works out by himself; NAN at a keyframe. */
static double expected_rate(const struct writer *writer, size_t i)
{
	const struct snapshot *now = writer->snapshot, *before = writer->before;

	if (writer->is_keyframe)
		return NAN;
	return rate_between(before->vmstat[i].value,
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
		/* no rate is negative: that is how "unknown" is written */
		sqlite3_bind_double(stmt, 4, isfinite(rate) ? rate : -1);
	return insert(writer, TABLE_VMSTAT);
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

/* ---- a sample ------------------------------------------------------------ */

static void begin_sample(struct writer *writer, const struct snapshot *snapshot,
			 bool *ret_segment)
{
	writer->snapshot = snapshot;
	*ret_segment = is_new_segment(writer);
	if (*ret_segment) {
		snapshot_unref(writer->before);
		writer->before = NULL;
	}
	writer->is_keyframe = *ret_segment || is_new_keyframe(writer);
	if (writer->is_keyframe) {
		writer->keyframe = writer->next_sample;
		writer->keyframe_began_ns = snapshot->monotonic_ns;
		writer->rows = 0;
	}
}

static int write_rows(struct writer *writer, uint64_t lost, bool segment,
		      int64_t **ret_ids)
{
	bool swaps = swaps_changed(writer);
	int r = segment ? write_segment(writer) : write_user(writer);

	if (r == 0)
		r = write_sample_row(writer, lost, swaps);
	if (r == 0)
		r = write_vmstat(writer);
	if (r == 0)
		r = write_singles(writer);
	if (r == 0)
		r = write_verdict(writer);
	if (r == 0 && swaps)
		r = write_swaps(writer);
	return r < 0 ? r : writer_processes(writer, ret_ids);
}

/* Nothing of the last attempt counts; what was written before it stands. */
static void give_up(struct writer *writer)
{
	if (!sqlite3_get_autocommit(writer->db))
		db_run(writer->db, "ROLLBACK");
	snapshot_unref(writer->before);
	writer->before = NULL;
}

int writer_sample(struct writer *writer, const struct snapshot *snapshot,
		  uint64_t lost)
{
	int64_t *ids = NULL;
	bool segment;
	int r;

	begin_sample(writer, snapshot, &segment);
	r = db_run(writer->db, "BEGIN IMMEDIATE");
	if (r == 0)
		r = write_rows(writer, lost, segment, &ids);
	if (r == 0)
		r = db_run(writer->db, "COMMIT");
	if (r < 0) {
		free(ids);
		give_up(writer);
		return r;
	}
	if (writer->is_keyframe) {
		writer->keyframe_rows = writer->rows;
		writer->rows = 0;
	}
	snapshot_unref(writer->before);
	writer->before = snapshot_ref(snapshot);
	free(writer->ids);
	writer->ids = ids;
	writer->next_sample++;
	if (segment) {
		/* what fails here is tried again at the next one */
		writer_prune(writer);
		writer->segment_bytes = writer_bytes(writer);
	}
	return 0;
}
