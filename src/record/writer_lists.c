/* SPDX-License-Identifier: MIT
 *
 * The lists of a sample: one row for a list that was read anew, and those of
 * its rows that are not what stood at the same place before.
 *
 * A row that was read together with its list changes its time with each
 * reading.  It says "with the list" instead (an age of 0), so that it is
 * written again only when a figure of it changes.
 */
#include <string.h>

#include "db.h"
#include "memtop/base.h"
#include "memtop/list.h"
#include "writer.h"

/* The row as it is compared and written, its texts on loan: what was read with
 * the list has been read at with_list_ns. */
struct plain_row {
	_Alignas(max_align_t) unsigned char bytes[ROW_SIZE_MAX];
};

static void make_plain(const struct part *part, const struct list *list,
		       size_t i, uint64_t with_list_ns, struct plain_row *ret)
{
	struct block *block;

	memcpy(ret->bytes, list_row(list, i), list->row_size);
	block = part_block(part, ret->bytes);
	if (block->read_ns == list->block.read_ns)
		block->read_ns = with_list_ns;
}

/* The very bytes of before, and as old: most rows of a long list are. */
static bool is_untouched(const struct part *part, const struct list *before,
			 const struct list *now, size_t i)
{
	const void *row = list_row(now, i);
	uint64_t read_ns = part_block(part, row)->read_ns;

	return (read_ns == before->block.read_ns) ==
		       (read_ns == now->block.read_ns) &&
	       memcmp(list_row(before, i), row, now->row_size) == 0;
}

static bool same_row(const struct layout *layout, const struct list *before,
		     const struct list *now, size_t i)
{
	struct plain_row a, b;

	if (i >= list_count(before))
		return false;
	if (is_untouched(layout->part, before, now, i))
		return true;
	make_plain(layout->part, before, i, UNKNOWN, &a);
	make_plain(layout->part, now, i, UNKNOWN, &b);
	return row_equal(layout, a.bytes, b.bytes);
}

/* before: NULL: all rows. */
static int write_rows(struct writer *writer, enum part_id part,
		      const struct list *before, const struct list *now)
{
	const struct layout *layout = &writer->layouts[part];
	int r = 0;

	for (size_t i = 0; i < list_count(now) && r == 0; i++) {
		struct plain_row row;

		if (same_row(layout, before, now, i))
			continue;
		make_plain(layout->part, now, i, writer->snapshot->monotonic_ns,
			   &row);
		r = writer_part(writer, part, (int64_t)i, row.bytes);
	}
	return r;
}

static int write_head(struct writer *writer, enum entity_id entity,
		      const struct list *list)
{
	sqlite3_stmt *stmt = writer->inserts[TABLE_LISTS];
	const char *name = entities[entity].name;
	const struct block none = { .state = STATE_PENDING };
	int64_t id;
	int r = texts_id(&writer->texts, name, strlen(name), &id);

	if (r < 0)
		return r;
	sqlite3_bind_int64(stmt, 1, writer->next_sample);
	sqlite3_bind_int64(stmt, 2, id);
	row_bind_block(stmt, 3, list ? &list->block : &none,
		       writer->snapshot->monotonic_ns);
	if (list)
		sqlite3_bind_int64(stmt, 5, (int64_t)list->count);
	else
		sqlite3_bind_null(stmt, 5);
	return writer_insert(writer, TABLE_LISTS);
}

static const struct list *list_before(const struct writer *writer,
				      enum entity_id entity)
{
	return writer->is_keyframe ? NULL
				   : snapshot_list(writer->before, entity);
}

int writer_lists(struct writer *writer)
{
	int r = 0;

	for (int e = ENTITY_LIST_FIRST; e < ENTITY_LIST_END && r == 0; e++)
		if (snapshot_list(writer->snapshot, e) !=
		    list_before(writer, e))
			r = write_head(writer, e,
				       snapshot_list(writer->snapshot, e));
	for (int p = PART_LIST_FIRST; p < PART_LIST_END && r == 0; p++) {
		enum entity_id entity = parts[p].entity;
		const struct list *now =
			snapshot_list(writer->snapshot, entity);
		const struct list *before = list_before(writer, entity);

		if (now != before)
			r = write_rows(writer, p, before, now);
	}
	return r;
}
