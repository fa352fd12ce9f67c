/* SPDX-License-Identifier: MIT
 *
 * The parts of a sample that are neither processes nor lists: the machine's
 * figures.
 */
#include <errno.h>
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
	verdict_ref_texts(&s->verdict);
}

static int read_single(struct decoder *decoder, enum part_id part)
{
	struct reader *reader = decoder->reader;
	char *row =
		(char *)decoder->snapshot + entities[parts[part].entity].offset;
	sqlite3_stmt *stmt;
	int r;

	/* a file of a memtop that did not know this part yet */
	if (!reader->selects[part])
		return 0;
	stmt = reader_select(reader, part, decoder->sample);
	r = reader_step(reader, stmt);
	if (r == 1)
		r = row_read(stmt, 0, &reader->layouts[part], row,
			     decoder->snapshot->monotonic_ns, reader_text,
			     reader);
	else if (r == 0 && reader->absent[part])
		decoder_no_part(part, row);
	else if (r == 0 && decoder->is_keyframe)
		r = -EBADMSG;
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
		r = decoder_verdict(decoder);
	if (r == 0)
		r = decoder_lists(decoder);
	return r < 0 ? r : decoder_vmstat(decoder);
}
