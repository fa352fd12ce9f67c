/* SPDX-License-Identifier: MIT
 *
 * Life and lookup of lists, see list.h.  Knows rows by their table of fields
 * only.
 */
#include "memtop/list.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chunk.h"
#include "model.h"

struct list *list_new(enum entity_id entity)
{
	struct list *list = malloc(sizeof(*list));

	assert(entities[entity].repeated);
	assert(entities[entity].row_size <= ROW_SIZE_MAX);
	if (list == NULL)
		return NULL;
	*list = (struct list){
		.entity = entity,
		.row_size = entities[entity].row_size,
	};
	atomic_init(&list->refs, 1);
	return list;
}

void list_row_init(enum entity_id entity, void *row)
{
	memset(row, 0, entities[entity].row_size);
	field_reset(&entities[entity], row);
}

/* One more row, with whatever stands there. */
static void *add_raw(struct list **list)
{
	struct list *larger;
	size_t room = (*list)->room;

	if ((*list)->count == room) {
		room = room == 0 ? 8 : 2 * room;
		larger = realloc(*list,
				 sizeof(*larger) + room * (*list)->row_size);
		if (larger == NULL)
			return NULL;
		larger->room = room;
		*list = larger;
	}
	return (*list)->rows + (*list)->count++ * (*list)->row_size;
}

void *list_add(struct list **list)
{
	void *row = add_raw(list);

	if (row != NULL)
		list_row_init((*list)->entity, row);
	return row;
}

void *list_add_copy(struct list **list, const void *row)
{
	void *copy = add_raw(list);

	return copy != NULL ? memcpy(copy, row, (*list)->row_size) : NULL;
}

static const struct text *text_at(const struct list *list, size_t i,
				  size_t offset)
{
	const struct text *text;

	memcpy(&text, (const char *)list_row(list, i) + offset, sizeof(text));
	return text;
}

/* The texts of the rows from there on are referred to once more. */
static void ref_texts(const struct list *list, size_t first)
{
	const struct entity *entity = &entities[list->entity];

	for (size_t f = 0; f < entity->nfields; f++)
		for (size_t i = first;
		     entity->fields[f].kind == KIND_TEXT && i < list->count;
		     i++)
			text_ref(text_at(list, i, entity->fields[f].offset));
}

int list_append(struct list **list, const struct list *from, size_t first)
{
	size_t begin = (*list)->count;
	int r = 0;

	for (size_t i = first; i < list_count(from) && r == 0; i++)
		r = list_add_copy(list, list_row(from, i)) ? 0 : -ENOMEM;
	ref_texts(*list, begin);
	return r;
}

struct list *list_copy(const struct list *list)
{
	size_t bytes = list->count * list->row_size;
	struct list *copy = malloc(sizeof(*copy) + bytes);

	if (copy == NULL)
		return NULL;
	memcpy(copy, list, sizeof(*copy) + bytes);
	atomic_init(&copy->refs, 1);
	copy->room = list->count;
	ref_texts(copy, 0);
	return copy;
}

/* Takes away the rows from there on.  Field by field: most are no texts. */
static void cut(struct list *list, size_t count)
{
	const struct entity *entity = &entities[list->entity];

	for (size_t f = 0; f < entity->nfields; f++)
		for (size_t i = count;
		     entity->fields[f].kind == KIND_TEXT && i < list->count;
		     i++)
			text_unref(text_at(list, i, entity->fields[f].offset));
	list->count = count;
}

void list_drop(struct list *list)
{
	cut(list, list->count - 1);
}

size_t list_cost(const struct list *list)
{
	return list != NULL ? sizeof(*list) + list->room * list->row_size +
				      BLOCK_COST
			    : 0;
}

const struct list *list_ref(const struct list *list)
{
	/* only the count changes: the rows stay as they are */
	struct list *shared = (struct list *)list;

	if (shared != NULL)
		atomic_fetch_add_explicit(&shared->refs, 1,
					  memory_order_relaxed);
	return list;
}

void list_unref(const struct list *list)
{
	struct list *shared = (struct list *)list;

	if (shared == NULL ||
	    atomic_fetch_sub_explicit(&shared->refs, 1, memory_order_acq_rel) >
		    1)
		return;
	cut(shared, 0);
	free(shared);
}

void snapshot_set_list(struct snapshot *snapshot, struct list *list)
{
	const struct list **place =
		&snapshot->lists[list->entity - ENTITY_LIST_FIRST];

	list_unref(*place);
	*place = list;
}

static bool key_reads(const struct value *value, const char *key)
{
	char number[24];

	switch (value->kind) {
	case KIND_TEXT:
		return value->text.len == strlen(key) &&
		       memcmp(value->text.bytes, key, value->text.len) == 0;
	case KIND_U64:
		snprintf(number, sizeof(number), "%ju", (uintmax_t)value->u64);
		return strcmp(number, key) == 0;
	case KIND_I64:
		snprintf(number, sizeof(number), "%jd", (intmax_t)value->i64);
		return strcmp(number, key) == 0;
	default:
		return false;
	}
}

bool field_key_reads(const struct entity *entity, const void *row,
		     const char *key)
{
	struct value value = field_get(entity, &entity->fields[0], row);

	return value.state == STATE_OK && key_reads(&value, key);
}

const void *list_find(const struct list *list, const char *key)
{
	for (size_t i = 0; i < list_count(list); i++)
		if (field_key_reads(&entities[list->entity], list_row(list, i),
				    key))
			return list_row(list, i);
	return NULL;
}
