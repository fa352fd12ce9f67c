/* SPDX-License-Identifier: MIT
 *
 * What of a sample goes into the file: what is not as in the sample before,
 * in one transaction.  A keyframe has all of it, so that reading can begin
 * there; a segment has texts and processes of its own besides, so that it can
 * be dropped whole.
 */
#include "writer.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "memtop/base.h"

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
		a->page_size == b->page_size && a->cpus == b->cpus);
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
		r = writer_system(writer, lost, segment);
	if (r == 0)
		r = writer_processes(writer, &ids);
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
