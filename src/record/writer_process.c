/* SPDX-License-Identifier: MIT
 *
 * The processes of a sample: who is new, who is gone, and what has changed of
 * the others.  A process keeps its id in the file for as long as a segment;
 * who goes by the same pid later is another one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "memtop/base.h"
#include "memtop/text.h"
#include "writer.h"

/* The texts that the table processes repeats, for those who ask in SQL: what
 * a process was called last. */
static const uint8_t name_fields[] = { PROCESS_USER, PROCESS_COMM,
				       PROCESS_COMMAND, PROCESS_CGROUP,
				       PROCESS_UNIT };

static int bind_names(struct writer *writer, sqlite3_stmt *stmt, int at,
		      const struct process *process)
{
	const struct entity *entity = &entities[ENTITY_PROCESS];

	for (size_t i = 0; i < ARRAY_SIZE(name_fields); i++, at++) {
		const struct field *field = &entity->fields[name_fields[i]];
		struct value value = field_get(entity, field, process);
		int64_t id;
		int r;

		sqlite3_bind_null(stmt, at);
		if (value.state != STATE_OK ||
		    field == writer->layouts[PART_NAMES].left_out)
			continue;
		r = texts_id(&writer->texts, value.text.bytes, value.text.len,
			     &id);
		if (r < 0)
			return r;
		sqlite3_bind_int64(stmt, at, id);
	}
	return 0;
}

static int write_birth(struct writer *writer, const struct process *process,
		       int64_t id)
{
	sqlite3_stmt *stmt = writer->inserts[TABLE_PROCESSES];
	int r;

	sqlite3_bind_int64(stmt, 1, id);
	sqlite3_bind_int64(stmt, 2, process->key.pid);
	db_bind_u64(stmt, 3, process->key.start_ns);
	sqlite3_bind_int(stmt, 4, process->kernel);
	sqlite3_bind_int64(stmt, 5, writer->next_sample);
	sqlite3_bind_null(stmt, 6);
	r = bind_names(writer, stmt, 7, process);
	return r < 0 ? r : db_step(stmt);
}

static int write_rename(struct writer *writer, const struct process *process,
			int64_t id)
{
	int r;

	sqlite3_bind_int64(writer->rename, 1, id);
	r = bind_names(writer, writer->rename, 2, process);
	return r < 0 ? r : db_step(writer->rename);
}

/* A row without a state says that the process is not there any more.  A
 * keyframe says so by not having it. */
static int write_exit(struct writer *writer, int64_t id)
{
	sqlite3_stmt *stmt = writer->inserts[PART_IDENTITY];
	int r = 0;

	if (!writer->is_keyframe) {
		sqlite3_clear_bindings(stmt);
		sqlite3_bind_int64(stmt, 1, writer->next_sample);
		sqlite3_bind_int64(stmt, 2, id);
		r = db_step(stmt);
	}
	if (r < 0)
		return r;
	sqlite3_bind_int64(writer->exit, 1, id);
	sqlite3_bind_int64(writer->exit, 2, writer->next_sample - 1);
	return db_step(writer->exit);
}

static bool same_names(const struct process *a, const struct process *b)
{
	return strcmp(a->comm, b->comm) == 0 && text_equal(a->user, b->user) &&
	       text_equal(a->command, b->command) &&
	       text_equal(a->cgroup, b->cgroup) && text_equal(a->unit, b->unit);
}

/* before: NULL for a new one. */
static int write_process(struct writer *writer, const struct process *process,
			 const struct process *before, int64_t id)
{
	bool all = !before || writer->is_keyframe;
	/* what nobody knows yet needs no row; that it is there does */
	const struct process *base = all ? writer->blank : before;
	int r = 0;

	if (process == base)
		return 0;
	for (int i = PART_IDENTITY; i < PART_COUNT && r == 0; i++)
		if ((all && i == PART_IDENTITY) ||
		    !row_equal(&writer->layouts[i], process, base))
			r = writer_part(writer, (enum part_id)i, id, process);
	if (r == 0 && before && !same_names(process, before))
		r = write_rename(writer, process, id);
	return r;
}

/* One step through both lists, which are sorted by pid: which of the two
 * comes next?  Both: it is the same process. */
static int compare(const struct process *now, const struct process *before)
{
	if (!before)
		return -1;
	if (!now)
		return 1;
	if (now->key.pid != before->key.pid)
		return now->key.pid < before->key.pid ? -1 : 1;
	/* the old one has to go first */
	return process_key_equal(now->key, before->key) ? 0 : 1;
}

static int walk(struct writer *writer, int64_t *ids)
{
	const struct snapshot *now = writer->snapshot, *before = writer->before;
	size_t nbefore = before ? before->nprocesses : 0, i = 0, k = 0;
	int r = 0;

	while (r == 0 && (i < now->nprocesses || k < nbefore)) {
		const struct process *one =
			i < now->nprocesses ? now->processes[i] : NULL;
		const struct process *old =
			k < nbefore ? before->processes[k] : NULL;
		int order = compare(one, old);

		if (order > 0) {
			r = write_exit(writer, writer->ids[k++]);
			continue;
		}
		ids[i] = order < 0 ? writer->next_process++ : writer->ids[k++];
		if (order < 0)
			r = write_birth(writer, one, ids[i]);
		if (r == 0)
			r = write_process(writer, one, order < 0 ? NULL : old,
					  ids[i]);
		i++;
	}
	return r;
}

int writer_processes(struct writer *writer, int64_t **ret_ids)
{
	int64_t *ids = calloc(writer->snapshot->nprocesses + 1, sizeof(*ids));
	int r;

	if (!ids)
		return -ENOMEM;
	r = walk(writer, ids);
	if (r < 0)
		free(ids);
	else
		*ret_ids = ids;
	return r;
}
