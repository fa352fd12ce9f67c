/* SPDX-License-Identifier: MIT
 *
 * The verdict of one sample, when it is another than before: its line and
 * what belongs to it, one table for each kind of row.
 */
#include <math.h>
#include <string.h>

#include "db.h"
#include "writer.h"

/* The row of a place within this sample's verdict. */
static sqlite3_stmt *begin_row(struct writer *writer, unsigned table,
			       size_t place)
{
	sqlite3_stmt *stmt = writer->inserts[table];

	sqlite3_bind_int64(stmt, 1, writer->next_sample);
	sqlite3_bind_int64(stmt, 2, (int64_t)place);
	return stmt;
}

static void bind_number(sqlite3_stmt *stmt, int at, double number)
{
	if (isfinite(number))
		sqlite3_bind_double(stmt, at, number);
	else
		sqlite3_bind_null(stmt, at);
}

static int write_evidence(struct writer *writer, const struct verdict *verdict)
{
	int r = 0;

	for (size_t i = 0; i < VERDICT_EVIDENCE && r == 0; i++) {
		const struct evidence *e = &verdict->evidence[i];
		sqlite3_stmt *stmt;

		if (!e->name)
			continue;
		stmt = begin_row(writer, TABLE_EVIDENCE, i);
		db_bind_chars(stmt, 3, e->name);
		sqlite3_bind_int(stmt, 4, (int)e->unit);
		sqlite3_bind_int(stmt, 5, (int)e->comparison);
		bind_number(stmt, 6, e->value);
		bind_number(stmt, 7, e->limit);
		r = writer_insert(writer, TABLE_EVIDENCE);
	}
	return r;
}

static int write_subjects(struct writer *writer, const struct verdict *verdict)
{
	int r = 0;

	for (size_t i = 0; i < VERDICT_SUBJECTS && r == 0; i++) {
		const struct subject *s = &verdict->subjects[i];
		sqlite3_stmt *stmt;

		if (!s->name)
			continue;
		stmt = begin_row(writer, TABLE_SUBJECTS, i);
		/* bytes of another process: they need be no text */
		db_bind_bytes(stmt, 3, text_str(s->name), text_len(s->name));
		sqlite3_bind_int64(stmt, 4, s->pid);
		db_bind_u64(stmt, 5, s->start_ns);
		sqlite3_bind_int(stmt, 6, (int)s->role);
		sqlite3_bind_int(stmt, 7, (int)s->certainty);
		r = writer_insert(writer, TABLE_SUBJECTS);
	}
	return r;
}

static int write_also(struct writer *writer, const struct verdict *verdict)
{
	int r = 0;

	for (size_t i = 0; i < VERDICT_ALSO && r == 0; i++) {
		const struct also *also = &verdict->also[i];
		sqlite3_stmt *stmt;

		if (!also->rule)
			continue;
		stmt = begin_row(writer, TABLE_ALSO, i);
		db_bind_chars(stmt, 3, also->rule);
		db_bind_chars(stmt, 4, text_str(also->text));
		sqlite3_bind_int(stmt, 5, (int)also->severity);
		sqlite3_bind_int(stmt, 6, (int)also->at_least);
		db_bind_u64(stmt, 7, also->since_realtime_ns);
		r = writer_insert(writer, TABLE_ALSO);
	}
	return r;
}

int writer_verdict(struct writer *writer)
{
	sqlite3_stmt *stmt = writer->inserts[TABLE_VERDICTS];
	const struct verdict *verdict = &writer->snapshot->verdict;
	const struct text *const texts[] = {
		verdict->who,	     verdict->who_brief, verdict->next,
		verdict->next_brief, verdict->todo,	 verdict->todo_brief,
		verdict->advice,
	};
	int at = 1, r;

	if (!writer->is_keyframe &&
	    verdict_equal(verdict, &writer->before->verdict))
		return 0;
	sqlite3_bind_int64(stmt, at++, writer->next_sample);
	sqlite3_bind_int(stmt, at++, (int)verdict->severity);
	db_bind_chars(stmt, at++, verdict->rule);
	db_bind_chars(stmt, at++, text_str(verdict->text));
	db_bind_chars(stmt, at++, text_str(verdict->brief));
	db_bind_u64(stmt, at++, verdict->since_realtime_ns);
	sqlite3_bind_int(stmt, at++, verdict->at_least);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		db_bind_chars(stmt, at++, texts[i] ? text_str(texts[i]) : NULL);
	r = writer_insert(writer, TABLE_VERDICTS);
	if (r == 0)
		r = write_evidence(writer, verdict);
	if (r == 0)
		r = write_subjects(writer, verdict);
	return r == 0 ? write_also(writer, verdict) : r;
}
