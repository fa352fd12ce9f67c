/* SPDX-License-Identifier: MIT
 *
 * The rows of one entity as one reading of the kernel gave them: swap devices,
 * zones, slab caches and the like.  History, recordings, exports and screens
 * take any of them from the table of fields alone, so a new one is a struct, a
 * table and a collector.
 *
 * A row is a plain struct whose every pointer is a text with a row in the
 * table of fields.  The first field of the table is its key: what it is called,
 * as nothing else in the list is.
 *
 * A list in a snapshot is immutable and shared by reference counts (atomic):
 * one that was not read anew is the identical list in the next snapshot.
 */
#ifndef MEMTOP_LIST_H
#define MEMTOP_LIST_H

#include "memtop/snapshot.h"

/* No row is larger. */
#define ROW_SIZE_MAX 1024

/* The collector's own until it stands in a snapshot. */
struct list {
	atomic_uint refs;
	enum entity_id entity;
	struct block block; /* of the reading as a whole */
	size_t count, room;
	size_t row_size;
	_Alignas(max_align_t) unsigned char rows[];
};

/* Empty and pending; NULL: no memory.  Of an entity that is in no snapshot
 * too: rows that are made of others. */
struct list *list_new(enum entity_id entity);

/* Every number UNKNOWN or NAN, blocks pending, no texts. */
void list_row_init(enum entity_id entity, void *row);

/*
 * One more row at the end, with every number UNKNOWN or NAN and its blocks
 * pending.  The list may move: *list is where it is now, and rows had from it
 * before are not valid any more.  NULL: no memory, nothing changed.
 */
void *list_add(struct list **list);

/* The same as a copy of another row, whose texts it takes the references of:
 * whoever keeps that one refers to them once more. */
void *list_add_copy(struct list **list, const void *row);

/* The rows of a list of the same entity from that one on, with references of
 * their own; 0 or -ENOMEM, and then only the first of them may be there. */
int list_append(struct list **list, const struct list *from, size_t first);

/* Its rows once more, to be changed; NULL: no memory. */
struct list *list_copy(const struct list *list);

/* Takes the last row away again, with its texts. */
void list_drop(struct list *list);

/* Bytes of memory without its texts; list may be NULL, as in all below. */
size_t list_cost(const struct list *list);

const struct list *list_ref(const struct list *list);
void list_unref(const struct list *list);

/* No list has no rows and is pending. */
static inline size_t list_count(const struct list *list)
{
	return list ? list->count : 0;
}

static inline enum state list_state(const struct list *list)
{
	return list ? list->block.state : STATE_PENDING;
}

static inline const void *list_row(const struct list *list, size_t i)
{
	return list->rows + i * list->row_size;
}

/* That list of a snapshot; NULL: it has not been read. */
static inline const struct list *snapshot_list(const struct snapshot *snapshot,
					       enum entity_id entity)
{
	return snapshot->lists[entity - ENTITY_LIST_FIRST];
}

/* Puts a list into a snapshot that is being made; takes the reference. */
void snapshot_set_list(struct snapshot *snapshot, struct list *list);

/* The first row whose key reads like that, or NULL.  Numbers are compared as
 * they are written in decimal. */
const void *list_find(const struct list *list, const char *key);

/* Fills the rates of a list that was read anew from the list of before (NULL:
 * there was none), row by row with the same key. */
void list_rates(struct list *list, const struct list *before);

#endif
