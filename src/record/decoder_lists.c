/* SPDX-License-Identifier: MIT
 *
 * The lists of a sample, the way writer_lists.c wrote them: which of them were
 * read anew, and the rows that changed.  Counts and places come from the file,
 * which may come from anybody.
 */
#include <errno.h>
#include <string.h>

#include "decoder.h"
#include "memtop/base.h"
#include "memtop/list.h"

/* Of one list; a machine with a hundred thousand cgroups has less. */
#define LIST_BYTES_MAX (UINT64_C(64) << 20)

/* A list of this sample while it is read. */
struct fresh {
	struct list *list;
	size_t known; /* rows that were there before: the others must come */
};

static const struct list *list_before(const struct decoder *decoder,
				      enum entity_id entity)
{
	return decoder->is_keyframe ? NULL
				    : snapshot_list(decoder->last, entity);
}

/* ---- heads --------------------------------------------------------------- */

static void shift_blocks(enum entity_id entity, void *row, uint64_t from_ns,
			 uint64_t to_ns)
{
	for (int p = PART_LIST_FIRST; p < PART_LIST_END; p++) {
		struct block *block;

		if (parts[p].entity != entity)
			continue;
		block = part_block(&parts[p], row);
		if (block->read_ns == from_ns)
			block->read_ns = to_ns;
	}
}

static void ref_texts(const struct entity *entity, const void *row)
{
	for (size_t i = 0; i < entity->nfields; i++)
		if (entity->fields[i].kind == KIND_TEXT)
			text_ref(*(const struct text *const
					   *)((const char *)row +
					      entity->fields[i].offset));
}

/* What a memtop that wrote the file did not know of such rows never comes. */
static void mark_absent(const struct decoder *decoder, enum entity_id entity,
			void *row)
{
	for (enum part_id p = PART_LIST_FIRST; p < PART_LIST_END; p++)
		if (parts[p].entity == entity && decoder->reader->absent[p])
			decoder_no_part(p, row);
}

/* As many rows as there are now, those of before with what they had. */
static int add_rows(const struct decoder *decoder, struct fresh *fresh,
		    const struct list *before, uint64_t count)
{
	enum entity_id entity = fresh->list->entity;

	if (count > LIST_BYTES_MAX / fresh->list->row_size)
		return -EBADMSG;
	for (size_t i = 0; i < count; i++) {
		void *row = list_add(&fresh->list);

		if (!row)
			return -ENOMEM;
		if (i >= list_count(before)) {
			mark_absent(decoder, entity, row);
			continue;
		}
		memcpy(row, list_row(before, i), before->row_size);
		ref_texts(&entities[entity], row);
		shift_blocks(entity, row, before->block.read_ns,
			     fresh->list->block.read_ns);
	}
	fresh->known = min_u64(count, list_count(before));
	return 0;
}

/* Lists that this program has not heard of are left alone. */
static int find_list(struct reader *reader, int64_t name, int *ret_entity)
{
	const struct text *text;
	int r = reader_text(reader, name, &text);

	if (r < 0)
		return r;
	*ret_entity = ENTITY_LIST_FIRST;
	while (*ret_entity < ENTITY_LIST_END &&
	       strcmp(entities[*ret_entity].name, text_str(text)) != 0)
		++*ret_entity;
	text_unref(text);
	return 0;
}

static int read_head(struct decoder *decoder, sqlite3_stmt *stmt,
		     struct fresh *lists, bool *ret_gone)
{
	enum { NAME, STATE, AGE, ROWS };
	struct fresh *fresh;
	struct block block;
	uint64_t count;
	int entity;
	int r = find_list(decoder->reader, sqlite3_column_int64(stmt, NAME),
			  &entity);

	if (r < 0 || entity == ENTITY_LIST_END)
		return r;
	r = row_read_block(stmt, STATE, decoder->snapshot->monotonic_ns,
			   &block);
	if (r == 0)
		r = row_read_u64(stmt, ROWS, &count);
	if (r < 0)
		return r;
	if (count == UNKNOWN) {
		ret_gone[entity - ENTITY_LIST_FIRST] = true;
		return 0;
	}
	fresh = &lists[entity - ENTITY_LIST_FIRST];
	if (fresh->list)
		return -EBADMSG; /* two rows for one */
	fresh->list = list_new(entity);
	if (!fresh->list)
		return -ENOMEM;
	fresh->list->block = block;
	return add_rows(decoder, fresh, list_before(decoder, entity), count);
}

static int read_heads(struct decoder *decoder, struct fresh *lists, bool *gone)
{
	struct reader *reader = decoder->reader;
	sqlite3_stmt *stmt =
		reader_select(reader, TABLE_LISTS, decoder->sample);
	int r;

	while ((r = reader_step(reader, stmt)) == 1) {
		r = read_head(decoder, stmt, lists, gone);
		if (r < 0)
			break;
	}
	sqlite3_reset(stmt);
	return r;
}

/* ---- rows ---------------------------------------------------------------- */

static int read_row(struct decoder *decoder, enum part_id part,
		    sqlite3_stmt *stmt, struct fresh *fresh, size_t *ret_new)
{
	const uint64_t now_ns = decoder->snapshot->monotonic_ns;
	int64_t place = sqlite3_column_int64(stmt, 0);
	struct block *block;
	void *row;
	int r;

	if (place < 0 || (uint64_t)place >= fresh->list->count)
		return -EBADMSG;
	row = fresh->list->rows + (size_t)place * fresh->list->row_size;
	r = row_read(stmt, 1, &decoder->reader->layouts[part], row, now_ns,
		     reader_text, decoder->reader);
	if (r < 0)
		return r;
	block = part_block(&parts[part], row);
	if (block->read_ns == now_ns)
		block->read_ns = fresh->list->block.read_ns;
	*ret_new += (uint64_t)place >= fresh->known;
	return 0;
}

static int read_rows(struct decoder *decoder, enum part_id part,
		     struct fresh *fresh)
{
	struct reader *reader = decoder->reader;
	sqlite3_stmt *stmt = reader_select(reader, part, decoder->sample);
	size_t new = 0;
	int r;

	while ((r = reader_step(reader, stmt)) == 1) {
		r = read_row(decoder, part, stmt, fresh, &new);
		if (r < 0)
			break;
	}
	sqlite3_reset(stmt);
	if (r == 0 && new != fresh->list->count - fresh->known)
		r = -EBADMSG;
	return r;
}

static bool is_recorded(const struct reader *reader, enum entity_id entity)
{
	if (reader->absent[TABLE_LISTS])
		return false;
	for (int p = PART_LIST_FIRST; p < PART_LIST_END; p++)
		if (parts[p].entity == entity && !reader->absent[p])
			return true;
	return false;
}

/* As it was, or not read at all when the memtop that wrote the file knew no
 * such list: it never comes, so it is not pending.  0 or -ENOMEM. */
static int keep_list(struct decoder *decoder, enum entity_id entity)
{
	const struct list *before = list_before(decoder, entity);
	struct list *none;

	if (before || is_recorded(decoder->reader, entity)) {
		decoder->snapshot->lists[entity - ENTITY_LIST_FIRST] =
			list_ref(before);
		return 0;
	}
	none = list_new(entity);
	if (!none)
		return -ENOMEM;
	none->block.state = STATE_NOT_READ;
	snapshot_set_list(decoder->snapshot, none);
	return 0;
}

int decoder_lists(struct decoder *decoder)
{
	struct fresh lists[LIST_COUNT] = { 0 };
	bool gone[LIST_COUNT] = { false };
	int r = read_heads(decoder, lists, gone);

	for (int p = PART_LIST_FIRST; p < PART_LIST_END && r == 0; p++) {
		struct fresh *fresh =
			&lists[parts[p].entity - ENTITY_LIST_FIRST];

		/* a file of a memtop that did not know this part yet */
		if (fresh->list && !decoder->reader->absent[p])
			r = read_rows(decoder, p, fresh);
	}
	for (int i = 0; i < LIST_COUNT; i++) {
		if (r == 0 && lists[i].list)
			snapshot_set_list(decoder->snapshot, lists[i].list);
		else if (r == 0 && !gone[i])
			r = keep_list(decoder, ENTITY_LIST_FIRST + i);
		else
			list_unref(lists[i].list);
	}
	return r;
}
