/* SPDX-License-Identifier: MIT
 *
 * The verdict of a sample, the way writer_verdict.c wrote it.  It is words of
 * memtop, so screens trust it; what stands in a file is not, and is made
 * printable here.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "decoder.h"
#include "memtop/base.h"

/* Names of rules and figures are no part of a snapshot: they stay with the
 * reader. */
static int find_name(struct reader *reader, const char *name, const char **ret)
{
	*ret = NULL;
	if (!name)
		return 0;
	for (size_t i = 0; i < RULES_MAX; i++) {
		if (!reader->rules[i])
			reader->rules[i] = strdup(name);
		if (!reader->rules[i])
			return -ENOMEM;
		*ret = reader->rules[i];
		if (strcmp(*ret, name) == 0)
			return 0;
	}
	return -EBADMSG;
}

/* They are written without quotes into lines and JSON alike. */
static bool is_plain(const char *name)
{
	return !name || (strlen(name) < 64 &&
			 name[strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					   "abcdefghijklmnopqrstuvwxyz"
					   "0123456789_-")] == '\0');
}

static int read_name(struct reader *reader, sqlite3_stmt *stmt, int at,
		     const char **ret)
{
	const char *name = (const char *)sqlite3_column_text(stmt, at);

	return is_plain(name) ? find_name(reader, name, ret) : -EBADMSG;
}

static int read_line(sqlite3_stmt *stmt, int at, size_t max,
		     const struct text **ret)
{
	const char *bytes = sqlite3_column_blob(stmt, at);
	size_t len = (size_t)sqlite3_column_bytes(stmt, at);
	char line[2048];
	struct text *text;

	if (!bytes)
		return 0;
	text_printable(line, sizeof(line), bytes, len, (int)max);
	text = text_new(line, strlen(line));
	if (!text)
		return -ENOMEM;
	*ret = text;
	return 0;
}

/* A small number that is an index of something. */
static int read_choice(sqlite3_stmt *stmt, int at, uint32_t last, uint32_t *ret)
{
	uint64_t value;
	int r = row_read_u64(stmt, at, &value);

	if (r < 0 || value > last)
		return -EBADMSG;
	*ret = (uint32_t)value;
	return 0;
}

static double read_number(sqlite3_stmt *stmt, int at)
{
	return sqlite3_column_type(stmt, at) == SQLITE_NULL
		       ? NAN
		       : sqlite3_column_double(stmt, at);
}

static int take_evidence(struct reader *reader, sqlite3_stmt *stmt,
			 struct verdict *verdict, size_t place)
{
	enum { PLACE, NAME, UNIT, COMPARISON, VALUE, BOUND };
	struct evidence *e = &verdict->evidence[place];
	int r = read_name(reader, stmt, NAME, &e->name);

	if (r == 0)
		r = read_choice(stmt, UNIT, UNIT_YES_NO, &e->unit);
	if (r == 0)
		r = read_choice(stmt, COMPARISON, COMPARE_AT_MOST,
				&e->comparison);
	e->value = read_number(stmt, VALUE);
	e->limit = read_number(stmt, BOUND);
	return r;
}

static int take_subject(struct reader *reader, sqlite3_stmt *stmt,
			struct verdict *verdict, size_t place)
{
	enum { PLACE, NAME, PID, START, ROLE, CERTAINTY };
	struct subject *s = &verdict->subjects[place];
	const char *bytes = sqlite3_column_blob(stmt, NAME);
	size_t len = (size_t)sqlite3_column_bytes(stmt, NAME);
	int r;

	(void)reader;
	s->pid = sqlite3_column_int64(stmt, PID);
	if (!bytes || len > 4096 || s->pid < 0 || s->pid > INT32_MAX)
		return -EBADMSG;
	r = row_read_u64(stmt, START, &s->start_ns);
	if (r == 0)
		r = read_choice(stmt, ROLE, SUBJECT_WAITER, &s->role);
	if (r == 0)
		r = read_choice(stmt, CERTAINTY, CERTAINTY_SURE, &s->certainty);
	/* a process's own bytes, as everywhere untrusted */
	text_unref(s->name);
	s->name = text_new(bytes, len);
	return r == 0 && !s->name ? -ENOMEM : r;
}

static int take_also(struct reader *reader, sqlite3_stmt *stmt,
		     struct verdict *verdict, size_t place)
{
	enum { PLACE, RULE, TEXT, SEVERITY, AT_LEAST, SINCE };
	struct also *also = &verdict->also[place];
	int r = read_name(reader, stmt, RULE, &also->rule);

	if (r == 0)
		r = read_choice(stmt, SEVERITY, SEVERITY_CRIT, &also->severity);
	if (r == 0)
		r = read_choice(stmt, AT_LEAST, 1, &also->at_least);
	if (r == 0)
		r = row_read_u64(stmt, SINCE, &also->since_realtime_ns);
	text_unref(also->text);
	also->text = NULL;
	return r == 0 ? read_line(stmt, TEXT, 600, &also->text) : r;
}

static int read_rows(struct decoder *decoder, unsigned table, size_t places,
		     int (*take)(struct reader *reader, sqlite3_stmt *stmt,
				 struct verdict *verdict, size_t place))
{
	struct reader *reader = decoder->reader;
	sqlite3_stmt *stmt;
	int r = 0;

	/* a file of a memtop that did not know them yet */
	if (!reader->selects[table])
		return 0;
	stmt = reader_select(reader, table, decoder->sample);
	while (r == 0 && (r = reader_step(reader, stmt)) == 1) {
		int64_t place = sqlite3_column_int64(stmt, 0);

		r = place < 0 || place >= (int64_t)places
			    ? -EBADMSG
			    : take(reader, stmt, &decoder->snapshot->verdict,
				   (size_t)place);
	}
	sqlite3_reset(stmt);
	return r;
}

static int take_verdict(struct reader *reader, sqlite3_stmt *stmt,
			struct verdict *verdict)
{
	enum { SEVERITY, RULE, TEXT, BRIEF, SINCE, AT_LEAST, OTHERS };
	enum { TEXT_CELLS = 600, BRIEF_CELLS = 120 };
	const struct text **const others[] = {
		&verdict->who,	      &verdict->who_brief, &verdict->next,
		&verdict->next_brief, &verdict->todo,	   &verdict->todo_brief,
		&verdict->advice,
	};
	int severity = sqlite3_column_int(stmt, SEVERITY);
	int r;

	verdict_unref_texts(verdict);
	*verdict = (struct verdict){ 0 };
	if (severity < SEVERITY_OK || severity > SEVERITY_CRIT)
		return -EBADMSG;
	verdict->severity = (enum severity)severity;
	verdict->at_least = sqlite3_column_int(stmt, AT_LEAST) != 0;
	r = read_name(reader, stmt, RULE, &verdict->rule);
	if (r == 0)
		r = read_line(stmt, TEXT, TEXT_CELLS, &verdict->text);
	if (r == 0)
		r = read_line(stmt, BRIEF, BRIEF_CELLS, &verdict->brief);
	if (r == 0)
		r = row_read_u64(stmt, SINCE, &verdict->since_realtime_ns);
	for (size_t i = 0; i < ARRAY_SIZE(others) && r == 0; i++)
		r = read_line(stmt, OTHERS + (int)i, TEXT_CELLS, others[i]);
	return r;
}

int decoder_verdict(struct decoder *decoder)
{
	struct reader *reader = decoder->reader;
	sqlite3_stmt *stmt =
		reader_select(reader, TABLE_VERDICTS, decoder->sample);
	int r = reader_step(reader, stmt);
	bool fresh = r == 1;

	if (fresh)
		r = take_verdict(reader, stmt, &decoder->snapshot->verdict);
	sqlite3_reset(stmt);
	if (r < 0 || !fresh)
		return r;
	r = read_rows(decoder, TABLE_EVIDENCE, VERDICT_EVIDENCE, take_evidence);
	if (r == 0)
		r = read_rows(decoder, TABLE_SUBJECTS, VERDICT_SUBJECTS,
			      take_subject);
	if (r == 0)
		r = read_rows(decoder, TABLE_ALSO, VERDICT_ALSO, take_also);
	return r;
}
