/* SPDX-License-Identifier: MIT
 *
 * The parts of a sample that are neither processes nor lists: the machine's
 * figures and the verdict.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "decoder.h"
#include "memtop/base.h"

/* ---- single entities ----------------------------------------------------- */

static void take_singles(struct decoder *decoder)
{
	const struct snapshot *last = decoder->last;
	struct snapshot *s = decoder->snapshot;

	for (int i = 0; i < ENTITY_LIST_FIRST; i++)
		memcpy((char *)s + entities[i].offset,
		       (const char *)last + entities[i].offset,
		       entities[i].row_size);
	s->verdict = last->verdict;
	text_ref(s->verdict.text);
	text_ref(s->verdict.brief);
}

static int read_single(struct decoder *decoder, enum part_id part)
{
	struct reader *reader = decoder->reader;
	char *row =
		(char *)decoder->snapshot + entities[parts[part].entity].offset;
	sqlite3_stmt *stmt = reader_select(reader, part, decoder->sample);
	int r = reader_step(reader, stmt);

	if (r == 1)
		r = row_read(stmt, 0, &reader->layouts[part], row,
			     decoder->snapshot->monotonic_ns, reader_text,
			     reader);
	else if (r == 0 && decoder->is_keyframe)
		r = -EBADMSG;
	sqlite3_reset(stmt);
	return r;
}

/* ---- the verdict --------------------------------------------------------- */

/* Names of rules are no part of a snapshot: they stay with the reader. */
static int find_rule(struct reader *reader, const char *name, const char **ret)
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

/* The verdict is words of memtop, so screens trust it; these are not. */
static int read_line(sqlite3_stmt *stmt, int at, size_t max,
		     const struct text **ret)
{
	const char *bytes = sqlite3_column_blob(stmt, at);
	size_t len = (size_t)sqlite3_column_bytes(stmt, at);
	char line[1024];
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

static int take_verdict(struct reader *reader, sqlite3_stmt *stmt,
			struct verdict *verdict)
{
	enum { SEVERITY, RULE, TEXT, BRIEF, SINCE, AT_LEAST };
	enum { TEXT_CELLS = 500, BRIEF_CELLS = 120 };
	int severity = sqlite3_column_int(stmt, SEVERITY);
	int r;

	text_unref(verdict->text);
	text_unref(verdict->brief);
	*verdict = (struct verdict){ 0 };
	if (severity < SEVERITY_OK || severity > SEVERITY_CRIT)
		return -EBADMSG;
	verdict->severity = (enum severity)severity;
	verdict->at_least = sqlite3_column_int(stmt, AT_LEAST) != 0;
	r = find_rule(reader, (const char *)sqlite3_column_text(stmt, RULE),
		      &verdict->rule);
	if (r == 0)
		r = read_line(stmt, TEXT, TEXT_CELLS, &verdict->text);
	if (r == 0)
		r = read_line(stmt, BRIEF, BRIEF_CELLS, &verdict->brief);
	if (r == 0)
		r = row_read_u64(stmt, SINCE, &verdict->since_realtime_ns);
	return r;
}

static int read_verdict(struct decoder *decoder)
{
	struct reader *reader = decoder->reader;
	sqlite3_stmt *stmt =
		reader_select(reader, TABLE_VERDICTS, decoder->sample);
	int r = reader_step(reader, stmt);

	if (r == 1)
		r = take_verdict(reader, stmt, &decoder->snapshot->verdict);
	sqlite3_reset(stmt);
	return r;
}

int decoder_system(struct decoder *decoder)
{
	int r = 0;

	if (!decoder->is_keyframe)
		take_singles(decoder);
	for (int i = 0; i < PART_SINGLE_END && r == 0; i++)
		r = read_single(decoder, (enum part_id)i);
	if (r == 0)
		r = read_verdict(decoder);
	if (r == 0)
		r = decoder_lists(decoder);
	return r < 0 ? r : decoder_vmstat(decoder);
}
